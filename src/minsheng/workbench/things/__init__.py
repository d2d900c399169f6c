"""List, page, forms and API of whatever has a life cycle and no pages of its own, made of its table and labels."""
