"""Orders as they are stored: rows, words, numbers, witnesses."""
