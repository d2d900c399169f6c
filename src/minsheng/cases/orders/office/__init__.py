"""What an office does around orders: claims, drafts, lists, routing."""
