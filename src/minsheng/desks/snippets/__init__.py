"""The page of snippets: words that people put into forms by one press."""
