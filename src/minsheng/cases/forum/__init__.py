"""The forum: threads of citizens with their posts, what units and the administrator do about them."""
