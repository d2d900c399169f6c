"""Text messages by binary protocols: SMPP 3.4, CMPP 2.0 and 3.0. Read `values` first, then `session`."""
