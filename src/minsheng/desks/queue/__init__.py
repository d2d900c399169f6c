"""The lists of a desk."""
