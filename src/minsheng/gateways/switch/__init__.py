"""Telephone switches behind one narrow port: `port` says what a switch does, each other module is one kind of them."""
