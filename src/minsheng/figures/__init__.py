"""The lake of figures, its simulator, and reports."""
