"""A database of 0.1.0 is upgraded as the operations guide says, and nothing of it is lost.

`tests/upgrade/0.1.0.sql.gz` was made by that version's own code (commit 5da7371, the last before work on the next one,
in a worktree of its own): `minsheng migrate`; one demonstration city, `demo.actions.fill(scale=0.01,
chosen=[demo_jiangyin])` with every ninth story; `demo.actions.tell` (relay and seal); then `minsheng database --
pg_dump --no-owner --no-privileges --exclude-extension=pg_trgm`. The vault's key is bytes 0 to 31. All people in it are
invented.
"""

from __future__ import annotations

import base64
import gzip
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from minsheng.gateways import database, processes
from minsheng.gateways.postgres import layout, server

pytestmark = pytest.mark.slow

DUMP = Path(__file__).parents[1] / "upgrade" / "0.1.0.sql.gz"
KEY = base64.b64encode(bytes(range(32))).decode()
APPEALS = 16
# What a dispatcher of that city sees, and whether every identity opens.
LOOK = """
from minsheng.app.cli import installation
with installation.opened():
    from django.test import Client
    from minsheng.app.demo import cities
    from minsheng.cases.orders.models import Order
    from minsheng.core.people import queries
    from minsheng.core.people.models import Appellant
    client = Client()
    entered = client.post("/sign-in", {"username": "jy_dispatcher", "password": cities.PASSWORD})
    pages = [client.get(f"/orders/{order}/").status_code for order in Order.objects.filter(is_internal=False)
             .values_list("id", flat=True)]
    opened = sum(queries.opened(row).name is not None for row in Appellant.objects.all())
    print(entered.status_code, client.get("/").status_code, len(pages), set(pages), opened == Appellant.objects.count())
"""


@pytest.fixture(scope="module")
def old() -> Iterator[Path]:
    """Have a folder with the database of 0.1.0, restored as the operations guide says."""
    with tempfile.TemporaryDirectory(prefix="ms-upgrade-") as folder:
        var = Path(folder) / "var"
        Path(folder).chmod(0o755)
        made = called(var, "migrate", "--empty")
        assert made.returncode == 0, made.stderr
        running = server.start(var)
        restored = called(var, "database", "--", "psql", "-qX", "-v", "ON_ERROR_STOP=1", stdin=_dump())
        assert restored.returncode == 0, restored.stderr
        yield var
        running.stop()
        assert not processes.alive(running.process)
        layout.remove_socket_folder(layout.plan(var))


def _dump() -> str:
    return gzip.decompress(DUMP.read_bytes()).decode()


def called(var: Path, *words: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    """Call a command of this version on that folder."""
    return _run([sys.executable, "-m", "minsheng.app.cli.main", *words], var, stdin)


def _run(call: list[str], var: Path, stdin: str = "") -> subprocess.CompletedProcess[str]:
    names = ("DATABASE_", "MINSHENG_", "DJANGO_")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(names)}
    environment |= {"MINSHENG_VAR": str(var), "MINSHENG_DEMO": "1"}
    environment |= {"MINSHENG_SECRET_KEY": "k" * 50, "MINSHENG_VAULT_KEY": KEY}
    return subprocess.run(call, env=environment, input=stdin, capture_output=True, text=True, check=False, timeout=300)


def _one(var: Path, query: str) -> object:
    with psycopg.connect(database.embedded(var).owner) as connection:
        row = connection.execute(query.encode()).fetchone()
    return row[0] if row else None


def test_a_database_of_0_1_0_is_upgraded_and_nothing_is_lost(old: Path) -> None:
    facts = _one(old, "select string_agg(body::text || encode(hash, 'hex'), ' ' order by position) from ledger_event")

    migrated = called(old, "migrate", "--quiet")
    again = called(old, "migrate", "--quiet")
    verified = called(old, "ledger", "verify")
    compared = called(old, "ledger", "rebuild", "--check")
    doctor = called(old, "doctor", "--port", "0")
    looked = _run([sys.executable, "-c", LOOK], old)

    assert migrated.returncode == 0, migrated.stderr
    assert "数据来自旧版本：已按事实重建" in migrated.stdout
    assert again.stdout == ""
    assert (verified.returncode, verified.stdout.count("全部一致")) == (0, 2), verified.stdout + verified.stderr
    assert f"其中 {APPEALS} 条由旧版本登记" in verified.stdout
    assert compared.returncode == 0, compared.stdout + compared.stderr
    assert "✓ 密钥与数据库相符" in doctor.stdout
    assert "✓ 表结构是最新的" in doctor.stdout
    assert looked.stdout.startswith("302 200 "), looked.stdout + looked.stderr
    assert looked.stdout.endswith(" {200} True\n"), looked.stdout
    assert _one(old, "select count(*) from orders_order where registrar <> '' or channel = 'web'") != 0
    assert facts == _one(
        old,
        "select string_agg(body::text || encode(hash, 'hex'), ' ' order by position) from ledger_event"
        " where position <= (select to_position from ledger_seal order by id limit 1)",
    )


def test_other_keys_than_those_of_0_1_0_are_refused(old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    called(old, "migrate", "--quiet")
    monkeypatch.setitem(globals(), "KEY", base64.b64encode(bytes(range(1, 33))).decode())

    refused = called(old, "migrate", "--quiet")

    assert refused.returncode == 1
    assert "密钥与数据库不符" in refused.stderr
