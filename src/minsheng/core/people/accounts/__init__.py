"""Accounts of staff as the system administrator keeps them: lists, changes, leavers, import."""
