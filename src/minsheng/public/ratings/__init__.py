"""Ratings of services by whoever has just been served: a code at the window leads to five grades and a few words."""
