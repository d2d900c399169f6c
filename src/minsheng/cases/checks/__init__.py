"""Checks of closed orders (复核), and rounds of looking back (回头看) that draw them."""
