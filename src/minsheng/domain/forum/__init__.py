"""The forum: threads of citizens, what units and the administrator do about them."""
