"""The studio of a programme: screening what came in, and the run sheet."""
