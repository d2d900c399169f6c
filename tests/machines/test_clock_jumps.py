"""The clock of every process jumps: past deadlines, back again, over holidays and the end of a year.

What fires bears the moment at which it was due, which the rehearsal of the same steps gives too, and fires once.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from tests.load_ground import command
from tests.program_ground import Program, program

from minsheng.app.cli import rehearse
from minsheng.gateways import packfiles, processes

pytestmark = pytest.mark.slow

Dues = dict[str, datetime | None]
# The last hour before eight days of holidays, of which the days around are worked.
BEFORE_THE_HOLIDAY = "2026-09-30T17:00:00+08:00"
AFTER_THE_HOLIDAY = "2026-10-20T09:00:00+08:00"
BACK_AGAIN = "2026-10-12T09:00:00+08:00"
LAST_OF_THE_YEAR = "2026-12-31T23:59:30+08:00"
NEW_YEAR = "2027-01-05T09:00:00+08:00"
UNIT = "城管局"
STAFFED = f"""
import json
from datetime import date, datetime, timedelta
from minsheng.app.cli import installation
with installation.opened():
    from minsheng.core.people import actions as people
    from minsheng.domain.actors import SYSTEM
    now = datetime.fromisoformat("{BEFORE_THE_HOLIDAY}")
    people.add_unit("faults", name="{UNIT}", joined_on=date(2020, 1, 1), phone="12345", actor=SYSTEM, now=now)
    people.set_contact("faults", unit="{UNIT}", post="经办人", name="张三", phone="",
        effective_on=date(2020, 1, 1), filed_at=now, now=now)
    people.put_on_roster("faults", unit="{UNIT}", person="李四", phone="", starts_at=now,
        ends_at=now + timedelta(days=365), actor=SYSTEM, now=now)
    roles = ("seat", "dispatcher")
    print(json.dumps({{role: people.add_client("faults", name=role, roles=(role,), unit=None, actor=SYSTEM, now=now)
        for role in roles}}))
"""
STORY = """
title: {content}
pack: jiangyin
steps:
- at: {begun}
  by: seat
  do: submit
  order: o1
  with: {{type: help, channel: phone, appellant: citizen, publish: "yes", content: {content}}}
- {{at: {begun}, by: dispatcher, do: dispatch, order: o1, with: {{unit: 城管局, basis: 权责清单第12项}}}}
- {{at: {ended}, order: o1}}
"""
FACTS = "SELECT type, at, body -> 'clocks' FROM ledger_event WHERE stream = %s ORDER BY position"
LATE = "SELECT count(*) FROM ledger_alarm WHERE due < %s"


class Clock:
    """The file that all processes read."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def jump(self, moment: str) -> None:
        """Set it in one step, so that nobody reads half a moment."""
        draft = self.path.with_suffix(".draft")
        draft.write_text(moment, encoding="utf-8")
        draft.rename(self.path)


@pytest.fixture(scope="module")
def clock(tmp_path_factory: pytest.TempPathFactory) -> Clock:
    made = Clock(tmp_path_factory.mktemp("clock") / "now")
    made.jump(BEFORE_THE_HOLIDAY)
    return made


@pytest.fixture(scope="module")
def running(clock: Clock) -> Iterator[Program]:
    with program(MINSHENG_TEST_MODE="1", MINSHENG_TEST_CLOCK=str(clock.path)) as started:
        started.start()
        yield started


class Desk:
    """The seat and the dispatcher of the city, by the API."""

    def __init__(self, running: Program) -> None:
        self.running = running
        opened = command(running, "city", "open", "faults", "--name", "故障演练市", "--pack", "jiangyin")
        assert opened.returncode == 0, opened.stderr
        call = [sys.executable, "-c", STAFFED]
        made = subprocess.run(call, env=running.environment(), capture_output=True, text=True, check=False)
        assert made.returncode == 0, made.stderr
        self.tokens = json.loads(made.stdout)
        self.calls = 0

    def ask(self, role: str, path: str, body: dict[str, Any]) -> Any:
        """Write as a role; return what is answered."""
        self.calls += 1
        headers = {"Authorization": f"Bearer {self.tokens[role]}", "Idempotency-Key": f"jump-{self.calls}"}
        answer = httpx.post(f"http://127.0.0.1:{self.running.port}/api{path}", json=body, headers=headers, timeout=20)
        assert answer.status_code in (200, 201), answer.text
        return answer.json()

    def dispatched(self, content: str) -> str:
        """Register an appeal and give it to the unit; return the order's stream."""
        body = {"type": "help", "channel": "phone", "appellant": "citizen", "publish": "yes", "content": content}
        order = self.ask("seat", "/appeals", {**body, "submit": True})["id"]
        self.ask("dispatcher", f"/orders/{order}/dispatch", {"unit": UNIT, "basis": "权责清单第12项"})
        return f"order/{order}"


def settled(running: Program, moment: str) -> None:
    """Wait until everything that was due before a moment has been fired."""

    def late() -> int:
        with psycopg.connect(running.urls.owner) as connection:
            row = connection.execute(LATE, [moment]).fetchone()
        return int(row[0]) if row else 0

    assert processes.wait_until(lambda: late() == 0, seconds=60), running.said()


def stored(running: Program, stream: str) -> list[tuple[str, datetime, Dues]]:
    """Return an order's facts: kind, moment, and each clock's due moment."""
    with psycopg.connect(running.urls.owner) as connection:
        rows = connection.execute(FACTS, [stream]).fetchall()
    return [
        (kind, at, _dues((each["name"], each["unit"], each["due"]) for each in clocks or ()))
        for kind, at, clocks in rows
    ]


def rehearsed(path: Path, *, content: str, begun: str, ended: str) -> list[tuple[str, datetime, Dues]]:
    """Return the same of the rehearsal, in which time goes on evenly."""
    path.write_text(
        STORY.format(content=content, begun=begun[:19].replace("T", " "), ended=ended[:19].replace("T", " ")),
        encoding="utf-8",
    )
    _, results = rehearse.play_file(path, library=packfiles.library())
    facts = [fact for result in results for fact in result.facts]
    assert all(not result.code for result in results)
    return [
        (type(fact.event).__name__, fact.at, _dues((each.name, each.unit, each.due) for each in fact.clocks))
        for fact in facts
    ]


def _dues(clocks: Iterable[tuple[str, str, Any]]) -> Dues:
    moments = ((f"{name}@{unit}", due) for name, unit, due in clocks)
    return {key: datetime.fromisoformat(due) if isinstance(due, str) else due for key, due in moments}


def test_deadlines_are_those_of_the_rehearsal_however_the_clock_jumps(
    clock: Clock, running: Program, tmp_path: Path
) -> None:
    desk = Desk(running)
    orders = {BEFORE_THE_HOLIDAY: desk.dispatched("节前的路灯不亮。")}
    for moment, content in (
        (AFTER_THE_HOLIDAY, ""),
        (BACK_AGAIN, "回拨后的路灯不亮。"),
        (LAST_OF_THE_YEAR, "跨年的路灯不亮。"),
    ):
        clock.jump(moment)
        settled(running, moment)
        if content:
            orders[moment] = desk.dispatched(content)
    clock.jump(NEW_YEAR)
    settled(running, NEW_YEAR)

    contents = ("节前的路灯不亮。", "回拨后的路灯不亮。", "跨年的路灯不亮。")
    for (begun, stream), content in zip(orders.items(), contents, strict=True):
        model = rehearsed(tmp_path / "story.yaml", content=content, begun=begun, ended=NEW_YEAR)
        assert stored(running, stream) == model
        assert any(kind == "TimerMissed" for kind, _, _ in model)
    for words in (("ledger", "verify"), ("ledger", "rebuild", "--check")):
        done = command(running, *words)
        assert done.returncode == 0, done.stdout + done.stderr
