"""The codes with which a unit's windows ask for ratings."""
