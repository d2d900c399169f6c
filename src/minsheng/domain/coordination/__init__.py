"""What the hotline arranges with several units: meetings that coordinate, programmes that answer in public."""
