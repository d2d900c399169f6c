"""Questions of citizens to the question desk (晓苏): answered by an article or a unit, published, converted."""
