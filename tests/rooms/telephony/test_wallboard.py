"""The board counts what the figures of each call say, and shows a supervisor who waits and who is ready."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from bench import telephones as bench
from tests.telephones_ground import CITIZEN, do, opened
from tests.town_ground import Town, build, relayed

from minsheng.cases.notices.models import Notice
from minsheng.cases.telephony import answering, queries, wallboard
from minsheng.cases.telephony.models import TelephonyCall
from minsheng.cases.telephony.values import Batch
from minsheng.cases.telephony.wallboard import Counted
from minsheng.core.policies import queries as policies
from minsheng.desks.telephony import board
from minsheng.domain.telephony import calls as record
from minsheng.domain.telephony.calls import Call


@pytest.fixture
def town(db: None, test_clock: Callable[[datetime], None]) -> Town:
    return build("jiangyin", test_clock)


def counted(calls: list[Call]) -> Counted:
    """Count calls one by one, by their figures."""
    told = [record.figures(each) for each in calls]
    return Counted(
        queued=len(told),
        answered=sum(each.answered for each in told),
        soon=sum(each.soon for each in told),
        in_time=sum(each.in_time for each in told),
        abandoned=sum(each.abandoned for each in told),
        short=sum(each.is_short for each in told),
        waited=sum((each.wait for each in told if each.answered), start=timedelta()),
    )


def test_board_counts_what_the_figures_of_each_call_say(db: None) -> None:
    rules = bench.rules()
    day = bench.play(300, rules=rules)
    batch = Batch(bench.BEGINS, calls=day.calls)
    TelephonyCall.objects.bulk_create(
        TelephonyCall(id=id, city="bench", **queries.fields_of(batch, id)) for id in day.calls
    )
    queued = sorted((each for each in day.calls.values() if each.queued_at), key=lambda each: each.queued_at)
    middle, now = queued[len(queued) // 2].queued_at, max(each.ended_at for each in queued if each.ended_at)

    found = wallboard.of("bench", rules.telephony_queues, midnight=middle, now=now)

    today = [each for each in queued if each.queued_at >= middle]
    assert 0 < len(today) < len(queued)
    assert found.today == counted(today)
    assert found.day_long == counted(queued)
    assert found.hour == counted([each for each in queued if each.queued_at >= now - timedelta(hours=1)])
    assert all((found.today.answered, found.today.abandoned, found.day_long.short, found.today.waited))
    for each in found.queues:
        assert each.today == counted([call for call in today if call.queue == each.code])
    assert found.waiting == found.owed == 0


def test_supervisor_reads_who_waits_how_long_and_who_is_ready(town: Town) -> None:
    seat, telephones = town.desk("seat"), opened(town)
    rules = policies.rules_for(town.code, now=town.now)
    do(seat, "go_ready")
    telephones.looks()
    page = town.desk("supervisor").get("/telephony")
    assert page.context["board"]["queues"][0]["ready"] == 1
    do(seat, "take_break", reason=next(iter(rules.telephony_breaks)))
    telephones.looks()
    telephones.office.sim.calls_in(CITIZEN, "12345")
    telephones.office.passes(3)
    town.later(seconds=50)

    page = town.desk("supervisor").get("/telephony/screen")

    line = page.context["board"]["queues"][0]
    assert (line["waiting"], line["ready"], line["is_late"]) == (1, 0, True)
    tiles = {each.label: each for each in page.context["board"]["tiles"]}
    assert (tiles["等候"].text, tiles["等候"].is_pressing) == ("1", True)
    assert (tiles["小休"].text, tiles["就绪"].text) == ("1", "0")
    assert [each["soon"] for each in page.context["board"]["rates"]] == [board.NOTHING] * 3
    assert CITIZEN not in page.content.decode()


@pytest.mark.parametrize("who", ["seat", "specialist", "dispatcher", "office", "leader@城管局"])
def test_nobody_else_has_the_board(town: Town, who: str) -> None:
    assert town.desk(who).get("/telephony/screen").status_code == 403


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "0:00"), (59.9, "0:59"), (60, "1:00"), (3725, "62:05"), (None, board.NOTHING)]
)
def test_lengths_are_minutes_and_seconds(seconds: float | None, text: str) -> None:
    assert board.clocked(timedelta(seconds=seconds) if seconds is not None else None) == text


def called(city: str, count: int, *, begins: datetime, wait: int) -> None:
    """Let so many be answered after so many seconds, one a minute."""
    for number in range(count):
        at = begins + timedelta(minutes=number)
        TelephonyCall.objects.create(
            id=uuid4(), city=city, direction=record.IN, queue="ordinary", stage=record.ENDED, offered_at=at,
            queued_at=at, answered_at=at + timedelta(seconds=wait), ended_at=at + timedelta(minutes=3),
        )  # fmt: skip


def test_supervisors_hear_once_that_too_few_are_answered_soon_until_it_was_well(town: Town) -> None:
    def heard() -> list[str]:
        relayed()
        told = list(Notice.objects.filter(recipient="supervisor", kind="calls_answered_late").order_by("id"))
        return [str(each.params["rate"]) for each in told]

    begins = town.now
    called(town.code, 19, begins=begins, wait=16)
    answering.watch(begins + timedelta(hours=1))
    assert heard() == []
    called(town.code, 1, begins=begins, wait=15)
    for hours in (1, 2):
        answering.watch(begins + timedelta(hours=hours))
        assert heard() == ["5.0%"]
    well = begins + timedelta(hours=25)
    called(town.code, 20, begins=well, wait=3)
    answering.watch(well + timedelta(hours=1))
    assert heard() == ["5.0%"]
    called(town.code, 2, begins=well, wait=40)
    answering.watch(well + timedelta(hours=1))
    assert heard() == ["5.0%", "90.9%"]


def test_a_day_in_which_fewer_than_19_of_20_were_answered_soon_stands_out(db: None) -> None:
    rules = bench.rules()
    called("bench", 18, begins=bench.BEGINS, wait=15)
    called("bench", 2, begins=bench.BEGINS + timedelta(hours=1), wait=16)
    now = bench.BEGINS + timedelta(hours=23)

    low = board.shown("bench", rules, now)["rates"]
    last = TelephonyCall.objects.order_by("offered_at").last()
    last.answered_at = last.offered_at + timedelta(seconds=15)
    last.save()
    well = board.shown("bench", rules, now)["rates"]

    assert [(each["soon"], each["is_low"]) for each in (low[-1], well[-1])] == [("90.0%", True), ("95.0%", False)]
    # Nobody called in the last hour: no goal is missed.
    assert (low[0]["soon"], low[0]["is_low"]) == (board.NOTHING, False)


def test_rates_have_one_decimal_and_nothing_has_none() -> None:
    assert [board.rate(19, 20), board.rate(1, 3), board.rate(0, 5), board.rate(0, 0)] == [
        "95.0%", "33.3%", "0.0%", board.NOTHING
    ]  # fmt: skip
