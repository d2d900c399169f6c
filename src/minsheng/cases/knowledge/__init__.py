"""The knowledge base: articles of units, the documents that they rest on, duties, and finding them."""
