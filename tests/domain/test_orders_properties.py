"""Random walks through the life cycles of all three cities, and what must hold wherever they lead.

Clauses: I1, I3, I4, I5, I6, I7, I9, I10 of the entities; JY-10.2c, JY-11c, JY-12.0, SQ-10.3d, SZ-15.5b.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule
from tests.reached_ground import Units, filled, situations

from minsheng.domain import packs, rehearsal
from minsheng.domain.actors import UNIT_ROLES, Actor
from minsheng.domain.clocks import Timer
from minsheng.domain.facts import Fact
from minsheng.domain.matters import matter_of
from minsheng.domain.orders import commands as cmd
from minsheng.domain.orders import events as ev
from minsheng.domain.orders import firing, timers
from minsheng.domain.orders.case import Decision, Facts, Row
from minsheng.domain.orders.decide import decide, strays
from minsheng.domain.orders.folding import evolve
from minsheng.domain.orders.order import CLOSED, HANDLED_REASONS, Order
from minsheng.domain.orders.table import BY_COMMAND, TABLE
from minsheng.domain.packs import Rules
from minsheng.domain.rejected import Rejected
from minsheng.domain.worktime import Calendar
from minsheng.gateways import packfiles

ZONE = ZoneInfo("Asia/Shanghai")
START = datetime(2026, 12, 21, 9, 30, tzinfo=ZONE)  # near a year whose calendar is not known yet
PACKS = ("suzhou", "jiangyin", "suqian")
WALKS = 30
UNITS = ("甲局", "乙局", "丙局")
LABELS = ("", "噪音")
WAITS = [
    timedelta(0),
    *(timedelta(minutes=each) for each in (1, 20, 61, 185)),
    *(timedelta(days=each) for each in (1, 3, 8)),
]
# Walks that end at once, or turn on the spot, show little.
ENDINGS = (
    cmd.Link, cmd.DeclineDispatch, cmd.ProposeReferral, cmd.Urge, cmd.Remind, cmd.TransferToDiscipline, cmd.SetPublish,
    cmd.MarkRepeat, cmd.UnmarkRepeat, cmd.RequestCoordination, cmd.Measure, cmd.NameLead, cmd.CloseUnreached,
)  # fmt: skip


def rules_of(pack: str, calendar: Calendar) -> Rules:
    overlays = ("jiangsu_2021",) if pack == "suzhou" else ()
    chosen = packs.in_force(packfiles.shipped_packs(), pack, overlays, on=date(2026, 1, 1))
    return packs.rules(chosen.pack, chosen.overlays, calendar=calendar)


class Walk:
    """Appeals, their children, and a clock; whatever happens to them is checked on the way."""

    def __init__(self, orders: dict[str, Order], pack: str, now: datetime) -> None:
        self.base, self.orders, self.pack, self.now, self.loads = dict(orders), orders, pack, now, 0
        self.calendar = packfiles.load_calendar()
        self.in_force = rules_of(pack, self.calendar)
        self.facts: list[Fact] = []

    @classmethod
    def from_the_first_word(cls, pack: str, *, label: str) -> Walk:
        walk = cls({}, pack, START)
        for name in ("o1", "o2"):
            form = cmd.Submit(
                type="complaint", channel="phone", appellant="citizen", publish="yes", content="甲", matter=label
            )
            walk.take(name, form, Actor("seat"))
        return walk

    @classmethod
    def from_a_rehearsal(cls, chosen: int) -> Walk:
        reached = situations()[chosen % len(situations())]
        there = [each for each in (reached.order, reached.facts.parent, reached.facts.target) if each is not None]
        return cls({each.id: each for each in reversed(there)}, reached.rules.pack, reached.now)

    def facts_about(self, order: Order) -> Facts:
        parent = self.orders.get(order.parent) if order.parent else None
        others = [each for each in self.orders.values() if each.id != order.id]
        return Facts(
            units=Units(),
            matter=matter_of(order, self.orders.values()),
            target=others[0] if others else None,
            parent=parent,
            open_siblings=sum(self.known(name).is_open for name in parent.children if name != order.id)
            if parent
            else 0,
        )

    def known(self, name: str) -> Order:
        return self.orders.get(name, Order(name))

    def keep(self, decision: Decision) -> None:
        for fact in decision.facts:
            before = self.orders.get(fact.stream, Order(fact.stream))
            self.check_clocks(before, fact)
            self.check_history(before, fact)
            self.orders[fact.stream] = evolve(before, fact)
            self.facts.append(fact)
        for name, order in decision.orders.items():
            assert self.orders.get(name, Order(name)) == order, "the facts fold into the order"

    def take(self, name: str, form: cmd.Command, by: Actor) -> None:
        order = self.orders.get(name, Order(name))
        try:
            decision = decide(order, form, by=by, rules=self.in_force, facts=self.facts_about(order), now=self.now)
        except Rejected:
            return
        assert strays(BY_COMMAND[type(form)], order, decision) == []
        self.keep(decision)

    def wait(self, length: timedelta) -> None:
        self.now += length
        for name in list(self.orders):
            order = self.orders[name]
            self.keep(firing.run_out(order, rules=self.in_force, facts=self.facts_about(order), now=self.now))

    def act(self, choose: Callable[[Sequence[Any]], Any]) -> None:
        """Do something to some order that the rules let somebody do, if a few tries find it."""
        order = self.orders[choose(sorted(self.orders))]
        rows = [row for row in TABLE if order.status in row.sources]
        likely = [row for row in rows if row.command not in ENDINGS]
        for _ in range(6):
            possible = self.possible(order, choose([*likely, *likely, *likely, *rows]))
            if possible:
                form, by = choose(possible)
                self.take(order.id, form, by)
                return

    def possible(self, order: Order, row: Row) -> list[tuple[cmd.Command, Actor]]:
        """Return the forms of a row that somebody may fill in now; what is refused changes nothing."""
        held = tuple(part.unit for part in order.parts) or ((order.handler,) if order.handler else UNITS)
        people = [Actor(role, unit) for role in row.who for unit in (held if role in UNIT_ROLES else (None,))]
        facts, found = self.facts_about(order), []
        for form in filled(row.command, now=self.now, units=UNITS):
            for by in people:
                try:
                    decide(order, form, by=by, rules=self.in_force, facts=facts, now=self.now)
                except Rejected:
                    continue
                found.append((form, by))
        return found

    def load_calendar(self, *, holidays: Sequence[int], make_up: bool) -> None:
        days = tuple(sorted({f"2027-01-{day:02}" for day in holidays if date(2027, 1, day).weekday() < 5}))
        year = rehearsal.calendar_year("2027", days, ("2027-01-02", "2027-01-10") if make_up else ())
        self.wait(timedelta(0))
        self.loads += 1
        self.calendar = self.calendar.with_year(year)
        self.in_force = rules_of(self.pack, self.calendar)
        for name in list(self.orders):
            self.keep(firing.recompute(self.orders[name], year=2027, rules=self.in_force, now=self.now))

    # what every single fact must respect

    def check_clocks(self, before: Order, fact: Fact) -> None:
        """I7: no clock is met and missed; I10: each says what it rests on."""
        loaded = isinstance(fact.event, ev.DeadlineRecomputed)
        for timer in fact.clocks:
            assert timer.basis.clause
            assert timer.name in timers.NAMES
            was = before.timers.get(timer.key)
            if was is None or loaded or self.begins_anew(fact, was, timer):
                continue
            assert (was.status, timer.status) not in {("missed", "met"), ("met", "missed")}, timer.key
            assert was.status != "cancelled" or timer.status == "cancelled", timer.key
        for timer in before.timers.values():
            assert timer.status != "annulled" or loaded

    @staticmethod
    def begins_anew(fact: Fact, was: Timer, timer: Timer) -> bool:
        # A unit that was relieved may be added again in the same second: the basis is then the same.
        given = isinstance(fact.event, ev.UnitAdded | ev.Dispatched)
        # A successor takes over what stands still at the unit before it, whatever became of a clock of its own.
        taken = isinstance(fact.event, ev.UnitSucceeded) and timer.status == "paused"
        return taken or (timer.status == "running" and (given or was.basis != timer.basis))

    def check_history(self, before: Order, fact: Fact) -> None:
        match fact.event:
            case ev.ReturnRequested(unit=unit):  # I5
                assert unit not in before.no_more_return
            case ev.ExtensionApproved(unit=unit, until=until):  # I6
                asked = before.extension
                assert asked is not None
                clock = before.timer(asked.timer, unit)
                if clock is not None and clock.original_due is not None:
                    cap = self.in_force.ext_cap
                    if isinstance(cap, str):
                        cap = self.in_force.handle_limit_other
                    latest = self.in_force.worktime.due(clock.original_due, cap).moment
                    assert until <= latest or self.loads
            case ev.Published():  # I4
                assert not before.is_internal
                assert before.publish != "no"
            case ev.Closed(reason=reason):  # I1, I3
                assert before.status != CLOSED
                if reason in HANDLED_REASONS:
                    assert before.unit_completed_at is not None
                if before.written_opinion and reason in HANDLED_REASONS:
                    assert before.documented
            case _:
                pass

    def what_stands_holds(self) -> None:
        for order in self.orders.values():
            assert (order.status == CLOSED) == (order.reason is not None)
            assert (order.status == CLOSED) == (order.closed_at is not None)
            assert not (order.is_internal and order.published)  # I4
            assert len(set(order.no_more_return)) == len(order.no_more_return)
            assert order.extension is None or order.status != CLOSED
            assert order.lead == "" or sum(part.lead for part in order.parts) <= 1
            for timer in order.timers.values():
                assert (timer.rest is not None) == (timer.status == "paused")
                assert (timer.due is None) == (timer.status == "cancelled")
                if order.status == CLOSED:
                    assert timer.status not in ("running", "paused") or timer.name == "supervision"
            for child in order.children:
                assert self.known(child).parent in (order.id, "")
            if order.children and order.status == CLOSED and order.reason == "children_closed":
                assert all(not self.known(child).is_open or self.known(child).round > 1 for child in order.children)

    def every_fact_is_in_the_history(self) -> None:
        """I9: the version counts the facts, and the facts alone make the order."""
        folded = dict(self.base)
        for fact in self.facts:
            folded[fact.stream] = evolve(folded.get(fact.stream, Order(fact.stream)), fact)
        assert folded == self.orders
        for name, order in self.orders.items():
            before = self.base[name].version if name in self.base else 0
            assert order.version == before + sum(fact.stream == name for fact in self.facts)


class LifeCycles(RuleBasedStateMachine):
    """Walks that Hypothesis chooses, and shortens when one fails."""

    @initialize(pack=st.sampled_from(PACKS), label=st.sampled_from(LABELS))
    def begin(self, pack: str, label: str) -> None:
        self.walk = Walk.from_the_first_word(pack, label=label)

    @precondition(lambda self: len(self.walk.facts) == 4)
    @rule(chosen=st.integers(0, 400))
    def begin_elsewhere(self, chosen: int) -> None:
        self.walk = Walk.from_a_rehearsal(chosen)

    @rule(length=st.sampled_from(WAITS))
    def wait(self, length: timedelta) -> None:
        self.walk.wait(length)

    @rule(data=st.data(), length=st.sampled_from(WAITS[:4]))
    def act(self, data: st.DataObject, length: timedelta) -> None:
        self.walk.wait(length)
        self.walk.act(lambda choices: data.draw(st.sampled_from(choices)))

    @precondition(lambda self: self.walk.loads < 2)
    @rule(holidays=st.lists(st.integers(1, 8), max_size=4), make_up=st.booleans())
    def load_calendar(self, holidays: list[int], make_up: bool) -> None:
        self.walk.load_calendar(holidays=holidays, make_up=make_up)

    def teardown(self) -> None:
        if hasattr(self, "walk"):
            self.walk.what_stands_holds()
            self.walk.every_fact_is_in_the_history()


TestLifeCycles = LifeCycles.TestCase
TestLifeCycles.settings = settings(
    max_examples=25, stateful_step_count=20, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)


@pytest.mark.parametrize("seed", range(WALKS))
def test_long_walk_holds(seed: int) -> None:
    """Eighty steps from the first word, and twenty from each of several places that rehearsals lead to."""
    chance = random.Random(seed)
    walks = [(Walk.from_the_first_word(PACKS[seed % 3], label=chance.choice(LABELS)), 80)]
    walks += [(Walk.from_a_rehearsal(seed + WALKS * count), 20) for count in range(240 // WALKS)]

    for walk, steps in walks:
        for _ in range(steps):
            walk.wait(chance.choice(WAITS if chance.random() < 0.3 else WAITS[:4]))
            walk.act(chance.choice)
            if walk.loads < 2 and chance.random() < 0.03:
                walk.load_calendar(holidays=chance.sample(range(1, 9), 3), make_up=chance.random() < 0.5)
            walk.what_stands_holds()
        walk.every_fact_is_in_the_history()
