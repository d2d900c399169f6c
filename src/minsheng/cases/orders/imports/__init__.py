"""Letters from a file."""
