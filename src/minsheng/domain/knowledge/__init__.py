"""Knowledge: articles with their versions, the documents that they rest on, duties to keep them right."""
