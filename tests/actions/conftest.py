"""Emptying tables between tests that commit: the ledger refuses TRUNCATE, so the owner steps around its triggers."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None) -> None:
    """Let Django's flush pass; only a superuser can, which the application's role never is."""
    from django.db.backends.postgresql.operations import DatabaseOperations

    flush = DatabaseOperations.execute_sql_flush

    def flush_as_owner(self: DatabaseOperations, sql_list: Any) -> None:
        with self.connection.cursor() as cursor:
            cursor.execute("SET session_replication_role = replica")
            try:
                flush(self, sql_list)
            finally:
                cursor.execute("RESET session_replication_role")

    DatabaseOperations.execute_sql_flush = flush_as_owner  # type: ignore[method-assign]
