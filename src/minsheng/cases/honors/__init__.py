"""Honors: units' yearly rolls, commendations that the city approved."""
