"""Django's PostgreSQL with patience: a database that stands still is given up after so many seconds, by the client.

`statement_timeout` is kept by the server, and a frozen server keeps nothing. Without this a request waits for ever, and
a dozen of them hold every thread. Django finds `DatabaseWrapper` by the name of this module (`DATABASES`).
"""

from __future__ import annotations

from typing import Any

import psycopg
from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection that waits for each answer no longer than the settings' `PATIENCE`, in seconds; None for ever."""

    def get_new_connection(self, conn_params: dict[str, Any]) -> psycopg.Connection[Any]:
        """Connect; `connect_timeout` bounds that."""
        connection: psycopg.Connection[Any] = super().get_new_connection(conn_params)
        seconds: float | None = self.settings_dict.get("PATIENCE")
        if seconds is not None:
            _bound(connection, seconds)
        return connection


def _bound(connection: psycopg.Connection[Any], seconds: float) -> None:
    wait = connection.wait

    def bounded(gen: Any, *args: Any, **named: Any) -> Any:
        """Wait as psycopg does; what doesn't come in time never will be asked for again on this connection."""
        named.setdefault("timeout", seconds)
        try:
            return wait(gen, *args, **named)
        except psycopg.OperationalError:
            if connection.pgconn.transaction_status == psycopg.pq.TransactionStatus.ACTIVE:
                connection.pgconn.finish()
            raise

    connection.wait = bounded  # type: ignore[method-assign]
