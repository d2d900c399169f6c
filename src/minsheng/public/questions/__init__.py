"""The question desk for everybody: asking after looking at articles, one's own questions, published ones."""
