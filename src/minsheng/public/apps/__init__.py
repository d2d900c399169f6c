"""Programs of others, such as 苏商通, in which people file, follow and rate: their API and their pushes."""
