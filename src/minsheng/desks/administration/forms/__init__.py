"""Forms of the administration, a module a subject."""
