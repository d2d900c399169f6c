"""What checks of `minsheng doctor` ask of the database before they read a table: whether it is there yet."""

from __future__ import annotations

import psycopg


def is_there(connection: psycopg.Connection, table: str) -> bool:
    """Return whether the table has been made; before the first `minsheng migrate` it has not."""
    row = connection.execute("select to_regclass(%s)", (table,)).fetchone()
    return row is not None and row[0] is not None
