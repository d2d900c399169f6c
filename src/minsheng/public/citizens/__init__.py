"""Citizens online: accounts and real names, codes by text message, what they are told, and what keeps machines out."""
