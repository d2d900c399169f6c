"""Oversight from outside: how orders were handled, and nothing of anybody."""
