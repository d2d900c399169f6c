"""The tables of the yearly release."""
