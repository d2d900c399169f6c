"""An upgrade without a stop: the program of the last version goes on beside today's tables and today's program.

The last version is the last tag before this commit, or, as long as there is none, a commit of the day before. Where the
sources have no history, as in a tarball, nothing can be shown, and the tests say that they are skipped.
"""

from __future__ import annotations

import io
import json
import subprocess
import sys
import tarfile
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from tests.load_ground import Load, client_of_a_city, command
from tests.program_ground import Program
from tests.run_ground import free_port

from minsheng.gateways import database, processes
from minsheng.gateways.postgres import layout, server

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
# 2026-11-29, drafts in a room of their own: from here on both programs may run beside each other.
FIRST = "358d39aa3c8103fd6dbfe25c34a62f43318d26ba"
PATIENCE = 120.0
UNIT = "城管局"
# What comes by itself comes again; until 2026-11-30 a program failed those of them that it did not know.
FAILED = "SELECT task_name FROM procrastinate_jobs WHERE status = 'failed' AND queueing_lock <> task_name"
# A unit with its contact and who is on duty there, and a program for each role that an order needs beside the seat.
STAFFED = f"""
import json
from datetime import date, timedelta
from minsheng.app.cli import installation
with installation.opened():
    from minsheng.core.people import actions as people
    from minsheng.domain.actors import SYSTEM
    from minsheng.gateways import clock
    now = clock.now()
    people.add_unit("faults", name="{UNIT}", joined_on=date(2020, 1, 1), phone="12345", actor=SYSTEM, now=now)
    people.set_contact("faults", unit="{UNIT}", post="经办人", name="张三", phone="",
        effective_on=date(2020, 1, 1), filed_at=now, now=now)
    people.put_on_roster("faults", unit="{UNIT}", person="李四", phone="", starts_at=now,
        ends_at=now + timedelta(days=9), actor=SYSTEM, now=now)
    roles = {{"dispatcher": None, "officer": "{UNIT}", "auditor": None}}
    print(json.dumps({{role: people.add_client("faults", name=role, roles=(role,), unit=unit, actor=SYSTEM, now=now)
        for role, unit in roles.items()}}))
"""


@dataclass(frozen=True, slots=True)
class Pair:
    """The last version's program and today's, with one database; neither has been started."""

    former: Program
    today: Program
    urls: database.Urls


def _git(*words: str) -> bytes:
    try:
        done = subprocess.run(["git", "-C", str(ROOT), *words], capture_output=True, check=True)
    except subprocess.CalledProcessError as fault:
        # An archive of the sources, or a clone cut short; git itself is needed (`make lint` asks it for the files).
        pytest.skip(f"the sources have no history to take the last version from: {fault}")
    return done.stdout


def last_version() -> str:
    """Return the commit of the last version before this one."""
    tags = _git("tag", "--list", "v*", "--merged", "HEAD^", "--sort=-creatordate").decode().split()
    return tags[0] if tags else FIRST


@pytest.fixture(scope="module")
def pair() -> Iterator[Pair]:
    packed = _git("archive", "--format=tar", last_version(), "src")
    with tempfile.TemporaryDirectory(prefix="ms-beside-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        with tarfile.open(fileobj=io.BytesIO(packed)) as sources:
            sources.extractall(folder / "sources", filter="data")
        running = server.start(folder / "database")
        urls = database.embedded(folder / "database")
        given = {"DATABASE_URL": urls.app, "DATABASE_OWNER_URL": urls.owner}
        made = []
        for part, more in (("former", {"PYTHONPATH": str(folder / "sources" / "src")}), ("today", {})):
            (folder / part).mkdir()
            made.append(Program(folder / part, port=free_port(), words=("--web-workers", "1"), given=given | more))
        try:
            yield Pair(*made, urls)
        finally:
            for each in made:
                each.stop()
            running.stop()
            layout.remove_socket_folder(layout.plan(folder / "database"))


def _carried(program: Program, tokens: dict[str, str], name: str) -> list[str]:
    """Register an appeal and take it to its answer through one program; return the states that it went through."""
    address = f"http://127.0.0.1:{program.port}/api"
    steps: list[tuple[str, str, dict[str, Any]]] = [
        ("dispatcher", "dispatch", {"unit": UNIT, "basis": "权责清单第12项"}),
        ("officer", "sign", {}),
        ("officer", "reply", {"kind": "final", "text": "已修好。", "channel": "phone"}),
        ("auditor", "pass_audit", {}),
    ]
    body = {
        "type": "help",
        "channel": "phone",
        "appellant": "citizen",
        "content": f"{name}的路灯不亮。",
        "submit": True,
    }
    states = []
    with httpx.Client(timeout=20) as http:

        def call(role: str, path: str, sent: dict[str, Any]) -> Any:
            headers = {"Authorization": f"Bearer {tokens[role]}", "Idempotency-Key": f"{name}-{path[-20:]}"}
            answer = http.post(f"{address}{path}", json=sent, headers=headers)
            assert answer.status_code in (200, 201), f"{path}: {answer.text}"
            states.append(answer.json()["status"])
            return answer.json()

        order = call("seat", "/appeals", body)["id"]
        for role, step, sent in steps:
            call(role, f"/orders/{order}/{step}", sent)
    return states


def _tokens(program: Program) -> dict[str, str]:
    """Open a city with a unit, and return a token for each role that an order needs."""
    seat = client_of_a_city(program)
    return {"seat": seat, **json.loads(_ran(program, STAFFED))}


def test_last_version_serves_on_today_s_tables_and_nothing_is_lost_under_load(pair: Pair) -> None:
    pair.former.start()
    tokens = _tokens(pair.former)
    assert "/sources/src/" in _ran(pair.former, "import minsheng; print(minsheng.__path__[0])")
    load = Load(f"http://127.0.0.1:{pair.former.port}", tokens["seat"], 1_000_000, pause=0.3)
    callers = load.start()
    try:
        _answered(load, 20, pair.former)
        _migrate_past_a_reader(pair)
        at_the_change = len(load.acknowledged)
        carried = _carried(pair.former, tokens, "former")
        pair.today.start()
        load.beside.append(f"http://127.0.0.1:{pair.today.port}")
        beside = _carried(pair.today, tokens, "today")
        _answered(load, len(load.acknowledged) + 40, pair.today)
        load.address = ""
        pair.former.stop()
        _answered(load, len(load.acknowledged) + 20, pair.today)
        load.finish()
        done = processes.wait_until(lambda: not any(map(threading.Thread.is_alive, callers)), seconds=PATIENCE)
    finally:
        load.stop()

    assert done, f"{len(load.acknowledged)} acknowledged, {load.retries} retries; {pair.today.said()}"
    assert load.odd == []
    assert carried == beside
    assert min(load.answered.values()) > 20, load.answered
    assert len(load.acknowledged) > at_the_change
    assert _stored(pair.urls) == {f"路灯{number}": ids for number, ids in load.acknowledged.items()}
    _is_sound(pair)
    print(f"{last_version()[:12]}: {len(load.acknowledged)} acknowledged, 0 lost; by {dict(load.answered)}")


def _migrate_past_a_reader(pair: Pair) -> None:
    """Upgrade the tables, by two machines at once, while somebody reads one of them for long: nobody else waits."""
    call = [sys.executable, "-m", "minsheng.app.cli.main", "migrate", "--quiet"]
    given: dict[str, Any] = {"env": pair.today.environment(), "stdout": subprocess.PIPE, "text": True}
    given["stderr"] = subprocess.STDOUT
    with psycopg.connect(pair.urls.owner) as reader, psycopg.connect(pair.urls.app, autocommit=True) as desk:
        reader.execute("LOCK TABLE people_staff IN ACCESS SHARE MODE")
        given_up = command(pair.today, "migrate", "--quiet", "--patience", "0")
        assert (given_up.returncode, "有表一直被使用" in given_up.stdout) == (1, True), given_up.stderr
        both = [subprocess.Popen(call, **given) for _ in range(2)]
        try:
            for each in both:
                assert each.stdout is not None  # it is read by us
                assert "稍后自动再试" in each.stdout.readline()
            # Without a bound who asks for the table stands behind the upgrade, and the upgrade behind the reader.
            desk.execute("SET statement_timeout = '8s'")
            desk.execute("SELECT count(*) FROM people_staff")
            reader.commit()
            said = [each.communicate(timeout=PATIENCE)[0] for each in both]
            assert [each.returncode for each in both] == [0, 0], said
        finally:
            for each in both:
                each.kill()
                each.wait()


def test_what_a_try_before_left_unfinished_is_cleared_away(pair: Pair) -> None:
    with psycopg.connect(pair.urls.owner, autocommit=True) as owner:
        owner.execute("CREATE TABLE twice AS SELECT 1 AS number FROM generate_series(1, 2)")
        with pytest.raises(psycopg.errors.UniqueViolation):
            owner.execute("CREATE UNIQUE INDEX CONCURRENTLY twice_number ON twice (number)")

        done = command(pair.today, "migrate", "--quiet")

        assert done.returncode == 0, done.stdout + done.stderr
        assert owner.execute("SELECT to_regclass('twice_number')").fetchone() == (None,)


def _ran(program: Program, script: str) -> str:
    """Run a script with a program's own code and settings; return what it printed."""
    call = [sys.executable, "-c", script]
    done = subprocess.run(call, env=program.environment(), capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    return done.stdout


def _answered(load: Load, count: int, program: Program) -> None:
    """Wait until so many are acknowledged."""
    reached = processes.wait_until(lambda: len(load.acknowledged) >= count, seconds=PATIENCE)
    assert reached, f"{len(load.acknowledged)} acknowledged, {load.odd[:3]}; {program.said()}"


def _stored(urls: database.Urls) -> dict[str, list[str]]:
    """Return the ids of the orders that the load registered, by title."""
    found: dict[str, list[str]] = {}
    with psycopg.connect(urls.owner) as connection:
        query = "SELECT title, id FROM orders_order WHERE city_id = 'faults' AND title LIKE '路灯%'"
        for title, order in connection.execute(query):
            found.setdefault(title, []).append(order)
    return found


def _is_sound(pair: Pair) -> None:
    """Hold that the ledger verifies, that what is made from it agrees, and that no job failed for good."""
    for words in (("ledger", "verify"), ("ledger", "rebuild", "--check")):
        done = command(pair.today, *words)
        assert done.returncode == 0, done.stdout + done.stderr
    with psycopg.connect(pair.urls.owner) as connection:
        failed = connection.execute(FAILED).fetchall()
    assert failed == []
