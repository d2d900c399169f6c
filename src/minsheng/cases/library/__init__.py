"""Case studies of closed orders, and remedies for classes of orders."""
