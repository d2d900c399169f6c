"""Text messages that people send: answers to what was asked of them, and all else, which a seat looks at."""
