"""Appeals and orders, what is told about them, and the live desks."""
