"""A unit's own desk."""
