"""The interface for other systems."""
