"""A database of an older version is upgraded as the operations guide says, and nothing of it is lost.

`tests/upgrade/0.1.0.sql.gz` was made by that version's own code (commit 5da7371, the last before work on the next one,
in a worktree of its own): `minsheng migrate`; one demonstration city, `demo.actions.fill(scale=0.01,
chosen=[demo_jiangyin])` with every ninth story; `demo.actions.tell` (relay and seal); then `minsheng database --
pg_dump --no-owner --no-privileges --exclude-extension=pg_trgm`. The vault's key is bytes 0 to 31. All people in it are
invented. Later ones are made by `tests/upgrade/make_dump.py` in the same way, with reports and a refusal too:
2026-11-29 by commit 8c65e6e, the last before commands and events were parted and the ledger had journals.
"""

from __future__ import annotations

import base64
import gzip
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from minsheng.gateways import database, processes
from minsheng.gateways.postgres import layout, server

pytestmark = pytest.mark.slow

DUMPS = Path(__file__).parents[1] / "upgrade"
KEY = base64.b64encode(bytes(range(32))).decode()
# How many appeals of a version have no digest of their words, since it kept none.
UNBOUND = {"0.1.0": 16, "2026-11-29": 0}
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
    read = [queries.opened(row) for row in Appellant.objects.all()]
    opened = sum(identity.name is not None and not broken for identity, broken in read)
    print(entered.status_code, client.get("/").status_code, len(pages), set(pages), opened == Appellant.objects.count())
"""
# An entry of a journal, written by the application's role beside the old facts, and sealed with them.
WRITE = """
from minsheng.app.cli import installation
with installation.opened():
    from django.db import transaction
    from minsheng.core.ledger import journals, sealing
    from minsheng.gateways import clock
    now = clock.now()
    with transaction.atomic():
        written = journals.append("demo_jiangyin", [journals.Entry("view", "article/a", "1", now, {}, {"n": 1})])
    sealing.seal_once(now, mark=sealing.seal_once(now))
    print(written)
"""
# Whoever follows a case has a message too; the dumps have none.
FOLLOWED = """
with person as (
    insert into citizens_account (id, city_id, appellant_id, front_name, level, created_at)
    select '01a1bf43-0960-7000-913b-000000000001', city_id, id, '', 'PHONE', now() from people_appellant
    where id not in (select appellant_id from citizens_account) limit 1 returning id
)
insert into citizens_message (city, position, place, "order", kind, params, state, attempts, next_at, account_id)
    select city, position, 1000, "order", 'followed', '{"number": "1"}', 'WAITING', 3, now(), person.id
    from citizens_message, person order by position limit 1
    returning id
"""
# A draft of an answer stood in clear, and whoever approved it was not kept; the oldest version sent none to a leader.
DRAFTED = """
insert into orders_draft (order_id, unit, text, saved_by, saved_at{columns})
    select id, '城管局', '已到张三丰家门口修好', 'staff:1', now(){values}
    from orders_order order by id limit 1
    returning id
"""
SENT = {
    "columns": ", submitted_at, approved_digest, remark",
    "values": ", now(), sha256(convert_to('已到张三丰家门口修好', 'UTF8')), '请写明时间'",
}
DRAFT = """
from minsheng.app.cli import installation
with installation.opened():
    from django.db import connection
    from minsheng.core.drafts import texts
    with connection.cursor() as cursor:
        cursor.execute("select stream, d::text from orders_draft d where saved_by = 'staff:1'")
        stream, kept = cursor.fetchone()
    held = texts.of(stream, unit="城管局")
    approved = held.approved is not None and held.approved.by == ""
    print(stream[:6], held.text, held.remark, approved, held.submitted_at is not None)
    print("张三丰" in kept or "请写明" in kept)
"""
MESSAGES = """
select string_agg(concat_ws('|', m.id, city, position, place, {stream}, kind, params, {recipient}, state, attempts,
    next_at, sent_at), E'\\n' order by m.id) from citizens_message m
"""
THEIR_STREAM = "'order/' || \"order\""
THEIR_RECIPIENT = "coalesce('account:' || account_id, 'citizen')"
FACTS = "select string_agg(body::text || encode(hash, 'hex'), ' ' order by position) from ledger_event"


@dataclass(frozen=True, slots=True)
class Old:
    """A folder with the database of an older version, and how many of its appeals can't be compared."""

    var: Path
    unbound: int


@pytest.fixture(scope="module", params=sorted(UNBOUND))
def older(request: pytest.FixtureRequest) -> Iterator[Old]:
    """Have the database of an older version, restored as the operations guide says."""
    with tempfile.TemporaryDirectory(prefix="ms-upgrade-") as folder:
        var = Path(folder) / "var"
        Path(folder).chmod(0o755)
        made = called(var, "migrate", "--empty")
        assert made.returncode == 0, made.stderr
        running = server.start(var)
        restored = called(var, "database", "--", "psql", "-qX", "-v", "ON_ERROR_STOP=1", stdin=_dump(request.param))
        assert restored.returncode == 0, restored.stderr
        yield Old(var, UNBOUND[request.param])
        running.stop()
        assert not processes.alive(running.process)
        layout.remove_socket_folder(layout.plan(var))


@pytest.fixture
def old(older: Old) -> Path:
    """Return the folder alone."""
    return older.var


def _dump(name: str) -> str:
    return gzip.decompress((DUMPS / f"{name}.sql.gz").read_bytes()).decode()


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


def test_a_database_of_an_older_version_is_upgraded_and_nothing_is_lost(older: Old) -> None:
    old = older.var
    had_messages = _one(old, "select to_regclass('citizens_message') is not null")
    followed = _one(old, FOLLOWED) if had_messages else None
    messages = _one(old, MESSAGES.format(stream=THEIR_STREAM, recipient=THEIR_RECIPIENT)) if had_messages else None
    assert _one(old, DRAFTED.format(**SENT if had_messages else {"columns": "", "values": ""})) is not None
    facts, last = _one(old, FACTS), _one(old, "select max(position) from ledger_event")

    migrated = called(old, "migrate", "--quiet")
    again = called(old, "migrate", "--quiet")
    verified = called(old, "ledger", "verify")
    compared = called(old, "ledger", "rebuild", "--check")
    doctor = called(old, "doctor", "--port", "0")
    looked = _run([sys.executable, "-c", LOOK], old)
    drafted = _run([sys.executable, "-c", DRAFT], old)

    assert migrated.returncode == 0, migrated.stderr
    assert "数据来自旧版本：已按事实重建" in migrated.stdout
    assert again.stdout == ""
    assert (verified.returncode, verified.stdout.count("全部一致")) == (0, 2), verified.stdout + verified.stderr
    assert (f"其中 {older.unbound} 条由旧版本登记" in verified.stdout) == bool(older.unbound)
    assert compared.returncode == 0, compared.stdout + compared.stderr
    assert "✓ 密钥与数据库相符" in doctor.stdout
    assert "✓ 表结构是最新的" in doctor.stdout
    assert looked.stdout.startswith("302 200 "), looked.stdout + looked.stderr
    assert looked.stdout.endswith(" {200} True\n"), looked.stdout
    assert _one(old, "select count(*) from orders_order where registrar <> '' or channel = 'web'") != 0
    assert (followed is not None) == had_messages == (older.unbound == 0)
    assert messages == _one(old, MESSAGES.format(stream="stream", recipient="recipient"))
    assert _one(old, "select count(*) from citizens_message where channel <> 'sms'") == 0
    sent = "请写明时间 True True" if had_messages else " False False"
    assert drafted.stdout == f"order/ 已到张三丰家门口修好 {sent}\nFalse\n", drafted.stderr
    assert facts == _one(old, f"{FACTS} where position <= {last}")


def test_what_is_written_after_the_upgrade_is_sealed_with_the_old_facts(old: Path) -> None:
    called(old, "migrate", "--quiet")

    written = _run([sys.executable, "-c", WRITE], old)
    verified = called(old, "ledger", "verify")

    assert written.stdout == "1\n", written.stderr
    assert (verified.returncode, "1 条流水" in verified.stdout) == (0, True), verified.stdout + verified.stderr
    assert "✓ 总账的防改触发器在位" in called(old, "doctor", "--port", "0").stdout


def test_other_keys_than_those_of_the_older_version_are_refused(old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    called(old, "migrate", "--quiet")
    monkeypatch.setitem(globals(), "KEY", base64.b64encode(bytes(range(1, 33))).decode())

    refused = called(old, "migrate", "--quiet")

    assert refused.returncode == 1
    assert "密钥与数据库不符" in refused.stderr
