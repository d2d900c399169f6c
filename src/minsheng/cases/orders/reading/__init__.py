"""Who reads what of an order, and how it is found."""
