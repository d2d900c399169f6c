"""The board of electronic monitoring: counters, the rows behind each, and what becomes of a lead."""
