"""Accountability: cases with their measures and appeals."""
