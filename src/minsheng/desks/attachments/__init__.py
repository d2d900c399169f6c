"""Files of an order."""
