"""Files that belong to a stream of any feature: looked at, scanned, kept by digest, every reading on record.

Read `gates` for what a feature brings, `actions` for what a file goes through.
"""
