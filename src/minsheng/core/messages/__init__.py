"""One outbox of messages to people: "tell this person this about that", from any stream."""
