"""Sanctions against units: talks, notices of criticism, special reports, pushes to organs."""
