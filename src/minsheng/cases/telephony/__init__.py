"""Telephony: the controller of calls, their records, agents and what they ask for."""
