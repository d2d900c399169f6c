"""Words that nobody has handed in yet: what a person types into a form, and a unit's text with its approval."""
