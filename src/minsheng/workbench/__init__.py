"""What every desk shares: lists, lights, timelines, forms made of a command, panels."""
