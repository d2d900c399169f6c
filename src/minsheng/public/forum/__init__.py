"""The forum for everybody: threads that were let in, posting, comments, the author's rating, forum names."""
