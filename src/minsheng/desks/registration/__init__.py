"""Registering an appeal."""
