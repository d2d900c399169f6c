"""Pages of the administration, a module a subject."""
