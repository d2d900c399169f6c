"""The one path of a life cycle on PostgreSQL, gone by a toy: apply, ring, recompute, rebuild, refusal, key, who won."""

from __future__ import annotations

import pkgutil
from datetime import UTC, date, datetime
from functools import partial
from importlib import import_module
from typing import Any
from uuid import UUID

import pytest
from django.conf import LazySettings
from django.db import connection
from tests.toy_ground import ASKED, BACK, LENT, AskKey, GiveBack, LendKey, Loan
from tests.toy_rows_ground import FEATURE, KIND, LoanRow

import minsheng
from minsheng.core.ledger import queries as ledger
from minsheng.core.ledger import tasks, verification
from minsheng.core.ledger.values import KeyReused
from minsheng.core.lifecycles import actions
from minsheng.core.lifecycles.kinds import FromRow, Held, Key, Kind
from minsheng.core.policies import actions as policies
from minsheng.domain.actors import SYSTEM, Actor
from minsheng.domain.cycles import PLAYED
from minsheng.domain.rejected import Rejected
from minsheng.domain.worktime import CalendarYear

NOW = datetime(2026, 9, 30, 1, 0, tzinfo=UTC)
DUE = datetime(2026, 10, 10, 9, 30, tzinfo=UTC)
LATE = datetime(2026, 10, 12, 1, 0, tzinfo=UTC)
OFFICER, OFFICE = Actor("officer", "城管局", "staff:1"), Actor("office", person="staff:2")


ring = partial(actions.ring, KIND)
do = partial(actions.apply, KIND, city="jiangyin")


@pytest.fixture
def loan(db: None, settings: LazySettings) -> UUID:
    with connection.schema_editor() as editor:
        editor.create_model(LoanRow)
    settings.FEATURES = [*settings.FEATURES, FEATURE]
    policies.open_city("jiangyin", name="江阴", pack="jiangyin", actor=SYSTEM, now=NOW)
    return begun()


def begun(key: Key | None = None, now: datetime = NOW, room: str = "301") -> UUID:
    made = partial(_row, city="jiangyin")
    return actions.begin(KIND, AskKey(room=room), city="jiangyin", by=OFFICER, now=now, made=made, key=key).id


def _row(id: UUID, city: str) -> LoanRow:
    return LoanRow(id=id, city_id=city, number="钥1")


def row(loan: UUID) -> LoanRow:
    return LoanRow._default_manager.get(pk=loan)


def test_command_moves_state_row_stream_and_alarm_together(loan: UUID) -> None:
    done = do(loan, LendKey(), by=OFFICE, now=NOW)

    kept = row(loan)
    assert (done.state.status, kept.status, kept.version, kept.due) == (LENT, LENT, 2, DUE)
    assert (kept.room, kept.units, kept.number, kept.is_late) == ("301", ["城管局"], "钥1", False)
    assert [event.type for event in ledger.history(f"loan/{loan}")] == ["KeyAsked", "KeyLent"]
    assert (ledger.alarm(f"loan/{loan}"), ledger.is_unheard([f"loan/{loan}"])) == (DUE, True)
    assert KIND.read(kept) == done.state


def test_sweeper_records_what_ran_out_once_at_its_due_moment(loan: UUID) -> None:
    do(loan, LendKey(), by=OFFICE, now=NOW)

    rung = [tasks.sweep_once(DUE), tasks.sweep_once(LATE), tasks.sweep_once(LATE)]
    ring(f"loan/{loan}", LATE)

    missed = ledger.history(f"loan/{loan}")[-1]
    assert (rung[1:], missed.type, missed.at, row(loan).is_late) == ([1, 0], "KeyMissed", DUE, True)
    assert ledger.alarm(f"loan/{loan}") is None


def test_refusal_is_kept_and_so_is_what_ran_out_before(loan: UUID) -> None:
    do(loan, LendKey(), by=OFFICE, now=NOW)

    with pytest.raises(Rejected, match="reason_missing"):
        do(loan, GiveBack(), by=OFFICER, now=LATE, key=Key("t", "1"))
    with pytest.raises(Rejected, match="not_found"):
        actions.apply(KIND, loan, GiveBack(reason="办完"), city="suzhou", by=OFFICER, now=LATE)
    done = do(loan, GiveBack(reason="办完"), by=OFFICER, now=LATE, key=Key("t", "1"))

    assert [event.type for event in ledger.history(f"loan/{loan}")][2:] == ["KeyMissed", "KeyBack"]
    assert done.state.timers["back"].status == "missed"
    with connection.cursor() as cursor:
        cursor.execute("SELECT stream, command, code, actor->>'person' FROM ledger_refusal")
        assert cursor.fetchall() == [(f"loan/{loan}", "give_back", "reason_missing", "staff:1")]


def test_key_gives_the_same_answer_and_none_to_other_words(loan: UUID) -> None:
    again = [begun(Key("t", "0", "302"), room="302") for _ in range(2)]
    first, other = Key("t", "1"), Key("t", "1", "另一件")
    do(loan, LendKey(), by=OFFICE, now=NOW, key=first)
    do(loan, GiveBack(reason="办完"), by=OFFICER, now=NOW)
    beside: list[Any] = []

    repeated = do(loan, LendKey(), by=OFFICE, now=NOW, key=first, beside=beside.append)

    assert (repeated.repeated, repeated.state.status, beside, again[0]) == (True, LENT, [], again[1])
    assert (row(loan).status, LoanRow._default_manager.count()) == (BACK, 2)
    with pytest.raises(KeyReused):
        do(loan, LendKey(), by=OFFICE, now=NOW, key=other)


def test_conflict_says_who_did_what(loan: UUID) -> None:
    do(loan, LendKey(), by=OFFICE, now=NOW)

    with pytest.raises(Rejected) as refused:
        do(loan, LendKey(), by=OFFICE, now=NOW, seen_version=1)
    with pytest.raises(Rejected, match="not_allowed_now"):
        do(loan, LendKey(), by=OFFICE, now=NOW, seen_version=2)

    assert (refused.value.code, refused.value.params["what"]) == ("conflict", "出借")
    assert (refused.value.params["refused"], refused.value.params["at"]) == ("not_allowed_now", NOW)


def test_command_made_of_the_row_changes_it_only_if_it_is_carried_out(loan: UUID) -> None:
    def made(held: Held[Loan]) -> LendKey:
        held.row.number = "钥2"
        return LendKey()

    with pytest.raises(Rejected, match="not_your_role"):
        do(loan, FromRow(LendKey, made), by=OFFICER, now=NOW)
    with pytest.raises(ZeroDivisionError):
        do(loan, FromRow(LendKey, made), by=OFFICE, now=NOW, beside=lambda held: 1 // 0)
    before = (row(loan).number, row(loan).status)
    do(loan, FromRow(LendKey, made), by=OFFICE, now=NOW)

    assert (before, row(loan).number) == (("钥1", ASKED), "钥2")


def test_loaded_year_moves_the_clock_and_rebuilding_gives_the_same_rows(loan: UUID) -> None:
    start = datetime(2026, 12, 31, 1, 0, tzinfo=UTC)
    do(loan, LendKey(), by=OFFICE, now=start)
    year = CalendarYear(2027, frozenset({date(2027, 1, 1), date(2027, 1, 4)}), frozenset(), final=True, source="通知")
    policies.load_calendar(year, loaded_by="staff:1", actor=OFFICE, now=start)
    before = row(loan).due

    moved = [actions.recompute(KIND, "jiangyin", year=2027, now=start) for _ in range(2)]
    after = row(loan)
    LoanRow._default_manager.update(status=ASKED, room="", due=None)
    rebuilt = [actions.rebuild(KIND, check=check) for check in (True, False, True)]

    assert (moved, rebuilt) == ([1, 0], [(1, 1), (1, 1), (1, 0)])
    assert before is not None
    assert after.due is not None
    assert (before < after.due, row(loan).due, ledger.alarm(f"loan/{loan}")) == (True, after.due, after.due)
    assert verification.verify().fault is None


def test_every_life_cycle_that_is_kept_can_be_rehearsed() -> None:
    modules = [import_module(each.name) for each in pkgutil.walk_packages(minsheng.__path__, "minsheng.")
               if each.name.rpartition(".")[2] in ("actions", "contacts")]  # fmt: skip
    kept = {value.cycle.name for module in modules for value in vars(module).values() if isinstance(value, Kind)}

    assert kept == set(PLAYED)
