"""Deciding what becomes public."""
