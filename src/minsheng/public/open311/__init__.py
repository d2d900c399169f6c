"""Other systems: Open311 GeoReport v2 over what is public, so that clients made for it work here."""
