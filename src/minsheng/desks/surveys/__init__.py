"""A survey at the desks: its questions, results and export; asking by telephone."""
