"""From the plan of a report to its issue."""
