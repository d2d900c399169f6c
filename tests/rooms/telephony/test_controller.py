"""The controller as a process runs it: who has the calls, who takes them over, and what is kept without a database."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from anyio.from_thread import start_blocking_portal
from django.db import DatabaseError, connection

from minsheng.cases.telephony import actions, controller, queries
from minsheng.cases.telephony.buffer import Buffer
from minsheng.cases.telephony.controller import Controller
from minsheng.cases.telephony.models import TelephonyAgent, TelephonyAsk, TelephonyCall, TelephonyLeg
from minsheng.cases.telephony.values import Batch
from minsheng.core.ledger import queries as ledger
from minsheng.core.policies import actions as policies
from minsheng.domain.actors import SYSTEM, Actor
from minsheng.domain.telephony.calls import Line, fold
from minsheng.gateways import clock
from minsheng.gateways.switch import sim as switches
from minsheng.gateways.switch.sim import SimSwitch

CITIZEN = "19900001111"
pytestmark = pytest.mark.django_db(transaction=True)


class Town:
    """A switch whose time passes with the real one, in a loop of its own, and the controllers beside it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._loops = start_blocking_portal()
        self._loop = self._loops.__enter__()
        self.sim = SimSwitch(prefix=uuid4().hex[:6])
        self._keeping = self._loop.start_task_soon(self.sim.keep)
        self._running: dict[int, tuple[threading.Event, Any]] = {}

    def starts(self) -> Controller:
        made = Controller("suzhou", self.sim, now=clock.now, folder=self.folder, demonstration=self.sim, courtesy=0.3)
        stop = threading.Event()
        self._running[id(made)] = stop, self._loop.start_task_soon(made.run, stop)
        return made

    def dies(self, one: Controller) -> None:
        """End a controller as `kill -9` would: nothing more is written or done."""

        def kill() -> None:
            one._exchange = None
            for task in one._tasks:
                task.cancel()
            one._tasks = []
            while not one._batches.empty():
                one._batches.get_nowait()

        self._loop.call(kill)
        _, running = self._running.pop(id(one))
        running.cancel()
        with contextlib.suppress(BaseException):
            running.result(10)

    def do(self, deed: Callable[..., Any], *args: Any) -> Any:
        """Do something to the switch, in its loop."""
        return self._loop.start_task_soon(deed, *args).result(10)

    def ask(self, agent: str, kind: str, **body: object) -> None:
        by = Actor("seat", person=agent)
        actions.ask(uuid4(), kind=kind, agent=agent, by=by, city="suzhou", now=clock.now(), body=body)

    def comes(self, agent: str) -> None:
        self.ask(agent, "come", skills={"ordinary": 1})
        self.ask(agent, "go_ready")
        self.until(lambda: TelephonyAgent.objects.filter(pk=agent, state="READY").exists())

    def until(self, condition: Callable[[], Any]) -> None:
        for _ in range(600):
            with contextlib.suppress(DatabaseError):
                if condition():
                    return
            threading.Event().wait(0.02)
        raise AssertionError("it did not happen")

    def talk(self, agent: str) -> str:
        """Let somebody call and the agent answer; return the call at the switch."""
        call: str = self.do(self.sim.calls_in, CITIZEN)
        self.until(lambda: self.sim.rings(agent.replace(":", "-")))
        self.do(self.sim.picks_up, self.sim.rings(agent.replace(":", "-")))
        self.until(lambda: TelephonyCall.objects.filter(agent=agent, stage="TALKING").exists())
        return call

    def close(self) -> None:
        for stop, running in self._running.values():
            stop.set()
            running.result(20)
        self._keeping.cancel()
        self._loops.__exit__(None, None, None)


@pytest.fixture
def town(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Town]:
    monkeypatch.setattr(switches, "PROMPT_SECONDS", 0.05)
    policies.open_city("suzhou", name="苏州市", pack="suzhou", actor=SYSTEM, now=clock.now() - timedelta(days=400))
    made = Town(tmp_path)
    yield made
    made.close()


def test_one_has_the_calls_and_another_takes_them_over_when_it_dies(town: Town) -> None:
    first = town.starts()
    town.until(lambda: first.is_active)
    second = town.starts()
    for agent in ("staff:1", "staff:2"):
        town.comes(agent)
    calls = [town.talk("staff:1"), town.talk("staff:2")]
    waiting = town.do(town.sim.calls_in, CITIZEN)
    town.until(lambda: queries.waiting("suzhou") == 1)
    assert not second.is_active

    town.dies(first)

    town.until(lambda: second.is_active)
    assert all(len(town.sim.hears(each)) == 1 for each in calls)
    town.do(town.sim.hangs_up, calls[0])
    town.until(lambda: TelephonyCall.objects.filter(agent="staff:1", by="caller").exclude(digest=None).exists())
    town.ask("staff:1", "settle", outcome="silent")
    town.ask("staff:1", "go_ready")
    town.until(lambda: town.sim.rings("staff-1"))
    row = TelephonyCall.objects.get(channel=waiting)
    assert [each.what for each in queries.timeline(row.pk, since=row.offered_at)][:4] == [
        "offered", "menu_end", "queued", "adopted",
    ]  # fmt: skip
    assert TelephonyCall.objects.filter(stage="TALKING").count() == 1


def test_without_a_database_calls_go_on_and_their_timeline_is_written_once(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = town.starts()
    town.until(lambda: one.is_active)
    other = town.starts()
    town.comes("staff:1")
    call = town.talk("staff:1")
    away = threading.Event()
    write, connect = actions.write, psycopg.AsyncConnection.connect

    def written(batch: Batch, **named: Any) -> None:
        if away.is_set():
            raise DatabaseError("away")
        write(batch, **named)

    async def connected(*args: Any, **named: Any) -> Any:
        if away.is_set():
            raise psycopg.OperationalError("away")
        return await connect(*args, **named)

    monkeypatch.setattr(actions, "write", written)
    monkeypatch.setattr(psycopg.AsyncConnection, "connect", connected)
    away.set()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
            " AND pid <> pg_backend_pid()"
        )
    town.do(town.sim.hangs_up, call)
    town.until(lambda: not Buffer(town.folder, "suzhou").is_empty())
    second = town.do(town.sim.calls_in, CITIZEN)
    town.until(lambda: "music" in town.sim.hears(second))
    assert TelephonyCall.objects.get().stage == "TALKING"
    assert one.is_active

    away.clear()

    town.until(lambda: TelephonyCall.objects.filter(channel=call, stage="ENDED").exclude(digest=None).exists())
    town.until(lambda: TelephonyCall.objects.filter(channel=second, stage="QUEUED").exists())
    row = TelephonyCall.objects.get(channel=call)
    assert len(ledger.history(f"call/{row.pk}")) == 1
    town.until(lambda: Buffer(town.folder, "suzhou").is_empty())
    assert (one.is_active, other.is_active) == (True, False)


def test_calls_of_a_switch_that_started_anew_are_ended_and_its_new_ones_taken(town: Town) -> None:
    one = town.starts()
    town.until(lambda: one.is_active)
    town.comes("staff:1")
    call = town.talk("staff:1")

    town.do(town.sim.restarts)

    town.until(lambda: TelephonyCall.objects.filter(channel=call, cause="lost").exclude(digest=None).exists())
    assert TelephonyAgent.objects.get().state == "WRAP_UP"
    again = town.do(town.sim.calls_in, CITIZEN)
    town.until(lambda: TelephonyCall.objects.filter(channel=again, stage="QUEUED").exists())


def test_who_stops_leaves_the_calls_up_and_what_was_asked_for_a_later_one(town: Town) -> None:
    one = town.starts()
    town.until(lambda: one.is_active)
    town.comes("staff:1")
    call = town.talk("staff:1")
    stop, running = town._running.pop(id(one))

    stop.set()
    running.result(20)

    assert town.sim.hears(call)
    town.ask("staff:1", "hang_up")
    assert TelephonyAsk.objects.filter(done_at=None).count() == 1
    later = town.starts()
    town.until(lambda: later.is_active)
    town.until(lambda: TelephonyCall.objects.filter(channel=call, by="agent", stage="ENDED").exists())
    assert TelephonyAsk.objects.filter(done_at=None).count() == 0


def test_buffer_passes_over_a_line_that_was_cut(tmp_path: Path) -> None:
    buffer = Buffer(tmp_path / "deep", "suzhou")
    assert (buffer.is_empty(), list(buffer.waiting())) == (True, [])
    batch = Batch(clock.now(), (Line(call="c", no=1, what="offered", at=clock.now()),))
    buffer.put(batch)
    path = next((tmp_path / "deep").iterdir())
    with path.open("ab") as file:
        file.write(b'{"at": "2026')

    (found,) = buffer.waiting()

    assert (found, path.stat().st_mode & 0o777) == (batch, 0o600)
    buffer.clear()
    buffer.clear()
    assert buffer.is_empty()
    assert controller.COURTESY > 1


def test_what_a_controller_kept_of_an_earlier_turn_is_written_no_more_and_of_its_own_once(town: Town) -> None:
    first, second = actions.take_turn("suzhou"), actions.take_turn("suzhou")
    id = str(uuid4())
    at = clock.now()

    def batch(turn: int, no: int, what: str) -> Batch:
        lines = [Line(call=id, no=1, what="offered", at=at, says={"channel": "c", "line": "12345", "queue": "q"})]
        lines += [Line(call=id, no=n, what=what, at=at, says={}) for n in range(2, no + 1)]
        call = fold(lines)
        assert call is not None
        return Batch(at, tuple(lines), {id: call}, turn=turn)

    buffer = Buffer(town.folder, "suzhou")
    buffer.put(batch(second, 2, "adopted"))
    buffer.put(batch(first, 3, "unhold"))
    one = town.starts()
    town.until(lambda: one.is_active and buffer.is_empty())

    row = TelephonyCall.objects.get(pk=id)
    whats = [each.what for each in queries.timeline(row.pk, since=row.offered_at)]
    assert (whats[:2], "unhold" in whats) == (["offered", "adopted"], False)
    assert (first, second) == (1, 2)


def test_who_has_the_lock_again_after_another_had_a_turn_begins_anew(town: Town) -> None:
    one = town.starts()
    town.until(lambda: one.is_active)
    town.comes("staff:1")
    call = town.talk("staff:1")
    assert actions.take_turn("suzhou") == 2

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
            " AND pid <> pg_backend_pid()"
        )

    town.until(lambda: queries.turn("suzhou") == 3)
    row = TelephonyCall.objects.get(channel=call)
    town.until(lambda: "adopted" in [each.what for each in queries.timeline(row.pk, since=row.offered_at)])
    assert len(town.sim.hears(call)) == 1
    town.do(town.sim.hangs_up, call)
    town.until(lambda: TelephonyCall.objects.filter(channel=call, by="caller").exclude(digest=None).exists())


def test_switch_that_is_slow_with_one_call_keeps_no_other_waiting(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    slow: list[str] = []
    music = town.sim.music

    async def begins(call: str, *, on: bool) -> None:
        if call in slow:
            await asyncio.Event().wait()
        await music(call, on=on)

    monkeypatch.setattr(town.sim, "music", begins)
    one = town.starts()
    town.until(lambda: one.is_active)
    for agent in ("staff:1", "staff:2"):
        town.comes(agent)
    town.do(lambda: slow.append(town.sim.calls_in(CITIZEN)))
    town.until(lambda: TelephonyCall.objects.filter(stage="RINGING").exists())

    other = town.do(town.sim.calls_in, "19900002222")

    town.until(lambda: town.sim.rings("staff-1") or town.sim.rings("staff-2"))
    town.do(town.sim.picks_up, town.sim.rings("staff-1") or town.sim.rings("staff-2"))
    town.until(lambda: TelephonyCall.objects.filter(channel=other, stage="TALKING").exists())


def test_talk_of_three_is_taken_over_and_goes_on_without_the_seat(town: Town) -> None:
    first = town.starts()
    town.until(lambda: first.is_active)
    town.comes("staff:1")
    call = town.talk("staff:1")
    town.ask("staff:1", "consult", party="110")
    town.until(lambda: town.sim.rings("tel:110"))
    third = town.sim.rings("tel:110")
    town.do(town.sim.picks_up, third)
    town.until(lambda: TelephonyLeg.objects.filter(pk=third).exclude(answered_at=None).exists())
    second = town.starts()

    town.dies(first)
    town.until(lambda: second.is_active)
    assert "music" in town.sim.hears(call)
    town.ask("staff:1", "conference")
    town.until(lambda: len(town.sim.hears(call)) == 2)
    town.ask("staff:1", "leave")
    town.until(lambda: TelephonyCall.objects.filter(stage="PASSED").exists())

    town.until(lambda: town.sim.hears(call) == {third})
    town.do(town.sim.hangs_up, third)
    town.until(lambda: TelephonyCall.objects.filter(by="party").exclude(digest=None).exists())
