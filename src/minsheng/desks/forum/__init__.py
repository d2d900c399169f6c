"""Units at the forum: the patrol list on which they claim threads, and what they write before it is approved."""
