"""Reports as documents: words, figures, charts, files."""
