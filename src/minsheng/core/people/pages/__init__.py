"""Signing in, contacts, rosters, and what is being typed."""
