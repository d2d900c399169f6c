"""The seat's telephone: their state, the call that rings or is talked, and what came of it."""
