"""Words that people write again and again: a city's, a unit's and a person's own, put into a form by one press."""
