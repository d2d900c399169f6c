"""Emptying tables between tests that commit: the ledger refuses TRUNCATE, so the owner steps around its triggers."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None) -> None:
    """Let Django's flush pass; only the owner of the tables can, which the application's role never is."""
    from django.db.backends.postgresql.operations import DatabaseOperations

    flush = DatabaseOperations.execute_sql_flush

    def flush_as_owner(self: DatabaseOperations, sql_list: Any) -> None:
        with self.connection.cursor() as cursor:
            for way in ("DISABLE", "ENABLE"):
                cursor.execute(f"ALTER TABLE ledger_event {way} TRIGGER USER")
                cursor.execute(f"ALTER TABLE ledger_seal {way} TRIGGER USER")
                if way == "DISABLE":
                    flush(self, sql_list)

    DatabaseOperations.execute_sql_flush = flush_as_owner  # type: ignore[method-assign]
