"""Telephony: queues and lines as packs write them, agents' states, a call's timeline, and the floor that joins them."""
