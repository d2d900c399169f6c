"""The lint of migrations refuses what stops the desks or breaks a program of before, and idle excuses."""

from __future__ import annotations

from pathlib import Path

import pytest
from scripts.migrations import Found, complaints, linted

CONCURRENTLY = "CREATE INDEX CONCURRENTLY seen ON orders_order (city_id);"


@pytest.mark.parametrize(
    ("place", "sql", "rules"),
    [
        ("atomic", "ALTER TABLE orders_order DROP COLUMN title;", {"ban-drop-column"}),
        ("atomic", "ALTER TABLE orders_order RENAME COLUMN title TO name;", {"renaming-column"}),
        (
            "atomic",
            "ALTER TABLE orders_order ADD COLUMN a text DEFAULT '' NOT NULL;"
            " ALTER TABLE orders_order ALTER COLUMN a DROP DEFAULT;",
            {"ban-drop-default"},  # what Django writes for a default that is not the database's own
        ),
        ("atomic", "CREATE INDEX seen ON orders_order (city_id);", {"require-concurrent-index-creation"}),
        ("atomic", f"{CONCURRENTLY} SELECT 1;", {"ban-concurrent-index-creation-in-transaction"}),
        ("open", CONCURRENTLY, set()),
        ("atomic", "ALTER TABLE orders_order ADD COLUMN a text DEFAULT '' NOT NULL;", set()),
        ("atomic", "ALTER TABLE orders_order ADD CONSTRAINT a CHECK (version > 0) NOT VALID;", set()),
    ],
)
def test_sql_that_locks_or_breaks_is_found(tmp_path: Path, place: str, sql: str, rules: set[str]) -> None:
    (tmp_path / place).mkdir()
    (tmp_path / place / "orders.0099_tried.sql").write_text(sql, encoding="utf-8")

    found = linted(tmp_path)

    assert {each.rule for each in found} == rules
    assert {each.migration for each in found} <= {"orders.0099_tried"}


def test_only_what_is_listed_with_a_reason_is_excused() -> None:
    found = [Found("orders.0098", "renaming-column", "Renaming."), Found("orders.0099", "ban-drop-column", "Dropping.")]
    excused = {"orders.0098": {"rules": ["renaming-column", "ban-drop-table"], "why": " "}}

    told = complaints(found, excused)

    assert len(told) == 3
    assert told[0].startswith("orders.0099：ban-drop-column")
    assert {line.partition("：")[2][:11] for line in told[1:]} == {"orders.0098"}
    assert complaints(found[:1], {"orders.0098": {"rules": ["renaming-column"], "why": "Nobody reads it."}}) == []
