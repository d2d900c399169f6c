"""The leaders' board."""
