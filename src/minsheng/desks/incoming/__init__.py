"""What people sent, at the seat's desk: its files, and the registration that begins with it."""
