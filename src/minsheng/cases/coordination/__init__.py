"""Coordination with several units: meetings with their tasks, programmes with what they collected."""
