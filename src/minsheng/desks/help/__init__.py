"""Handbooks of the desks: a page a role, made of what the role does and of a section for each page that it has."""
