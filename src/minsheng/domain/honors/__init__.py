"""Honors: a unit's yearly list of those below it, and commendations that the city approves."""
