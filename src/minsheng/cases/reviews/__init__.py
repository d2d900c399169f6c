"""Ratings of services (好差评): received, verified, rectified, checked, returned."""
