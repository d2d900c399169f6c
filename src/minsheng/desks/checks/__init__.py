"""The pages of checks (复核) and of looking back (回头看)."""
