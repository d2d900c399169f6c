"""Lint the SQL of every migration with squawk: what stops the desks, or a program of the last version, is refused.

`python scripts/migrations.py`. Django says what each migration would do to PostgreSQL, so one runs for the
while: the one that `DATABASE_URL` names, or an embedded one. Nothing is written to it. What stood before the check is
in `scripts/migrations.toml`, each with its reason; a row there that excuses nothing is refused, too.
"""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from minsheng.gateways import database
from minsheng.gateways.postgres import layout, server

ROOT = Path(__file__).resolve().parents[1]
EXCUSED = ROOT / "scripts" / "migrations.toml"
# `minsheng migrate` bounds every waiting itself, and clears away what was left unfinished; the last two are taste.
LEFT_OUT = (
    "require-lock-timeout", "require-statement-timeout", "prefer-robust-stmts", "prefer-bigint-over-int",
    "prefer-text-field",
)  # fmt: skip
# The oldest PostgreSQL that docs/operations.md allows.
POSTGRESQL = "15"


@dataclass(frozen=True, slots=True)
class Found:
    """What squawk has against a migration, which is named `application.name`."""

    migration: str
    rule: str
    message: str


def main() -> int:
    """Lint; say what is found and not excused, and what is excused in vain; return 1 when there is any of it."""
    with tempfile.TemporaryDirectory(prefix="ms-migrations-") as name:
        folder = Path(name)
        for migration, is_atomic, sql in _statements():
            place = folder / ("atomic" if is_atomic else "open")
            place.mkdir(exist_ok=True)
            (place / f"{migration}.sql").write_text(sql, encoding="utf-8")
        found = linted(folder)
    excused = tomllib.loads(EXCUSED.read_text(encoding="utf-8"))
    told = complaints(found, excused)
    for line in told:
        print(line, file=sys.stderr)
    return 1 if told else 0


def linted(folder: Path) -> list[Found]:
    """Return what squawk finds in the files of `atomic`, which run in a transaction each, and of `open`."""
    found = []
    for name, words in (("atomic", ["--assume-in-transaction"]), ("open", ["--no-assume-in-transaction"])):
        if not (files := sorted((folder / name).glob("*.sql"))):
            continue
        squawk = Path(sys.executable).parent / "squawk"
        call = [
            squawk,
            "--reporter",
            "json",
            "--pg-version",
            POSTGRESQL,
            "--exclude",
            ",".join(LEFT_OUT),
            *words,
            *files,
        ]
        said = subprocess.run(call, capture_output=True, text=True, check=False, cwd=folder)
        if said.returncode not in (0, 1) or not said.stdout:
            raise SystemExit(f"squawk {said.returncode}: {said.stderr}")
        found += [
            Found(Path(each["file"]).stem, each["rule_name"], each["message"]) for each in json.loads(said.stdout)
        ]
    return found


def complaints(found: list[Found], excused: Mapping[str, Any]) -> list[str]:
    """Return a line for each finding that nothing excuses, and for each excuse that is for nothing."""
    lines = []
    rules: dict[str, set[str]] = {}
    for each in found:
        rules.setdefault(each.migration, set()).add(each.rule)
        if each.rule not in excused.get(each.migration, {}).get("rules", ()):
            lines.append(f"{each.migration}：{each.rule}：{each.message}（做法见 CONTRIBUTING.md “Migrations”）")
    for migration, row in excused.items():
        if not str(row.get("why", "")).strip():
            lines.append(f"scripts/migrations.toml：{migration} 没有写明原因")
        for rule in sorted(set(row["rules"]) - rules.get(migration, set())):
            lines.append(f"scripts/migrations.toml：{migration} 的 {rule} 已不需要，请删去")
    return sorted(set(lines))


def _statements() -> Iterator[tuple[str, bool, str]]:
    """Give each migration of ours by name, whether it runs in a transaction, and its SQL."""
    with _postgresql():
        import django

        django.setup()
        from django.db import connections
        from django.db.migrations.loader import MigrationLoader

        connection = connections["default"]
        try:
            loader = MigrationLoader(connection, replace_migrations=False)
            for (application, name), migration in sorted(loader.disk_migrations.items()):
                if migration.__module__.startswith("minsheng."):
                    sql = "\n".join(loader.collect_sql([(migration, False)]))
                    yield f"{application}.{name}", migration.atomic, sql
        finally:
            connection.close()


@contextmanager
def _postgresql() -> Iterator[None]:
    """Have a PostgreSQL that Django can ask about itself, and the settings that Django wants."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "minsheng.app.site.settings"
    os.environ.setdefault("MINSHENG_SECRET_KEY", "for-lint-only-" + "0" * 40)
    os.environ.setdefault("MINSHENG_VAULT_KEY", base64.b64encode(bytes(range(32))).decode())
    if database.named() is not None:
        yield
        return
    with tempfile.TemporaryDirectory(prefix="ms-lint-") as name:
        var = Path(name)
        var.chmod(0o755)  # as root another user runs the server
        running = server.start(var)
        try:
            urls = database.embedded(var)
            database.Urls(app=urls.owner, owner=urls.owner).put_into(os.environ)
            yield
        finally:
            running.stop()
            layout.remove_socket_folder(layout.plan(var))


if __name__ == "__main__":
    raise SystemExit(main())
