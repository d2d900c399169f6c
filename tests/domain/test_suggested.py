"""What the rules suggest of an order as it stands, and what becomes of a suggestion. Clauses: SZ-40, SQ-18, JY-20.8."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from tests.reached_ground import situations

from minsheng.domain.actors import Actor
from minsheng.domain.facts import Fact
from minsheng.domain.orders import commands as cmd
from minsheng.domain.orders import events as ev
from minsheng.domain.orders import suggesting
from minsheng.domain.orders.case import Facts
from minsheng.domain.orders.decide import decide
from minsheng.domain.orders.folding import evolve
from minsheng.domain.orders.order import CLOSED, HANDLING, Order, Part, Suggestion, UnitFacts
from minsheng.domain.packs import Rules
from minsheng.domain.rejected import Rejected

NOON = datetime.fromisoformat("2026-09-08T12:00:00+08:00")
TOWN = {name: UnitFacts(name) for name in ("甲局", "乙局", "丙局")} | {"县局": UnitFacts("县局", level="county")}


def rules_of(pack: str) -> Rules:
    return next(each.rules for each in situations() if each.rules.pack == pack)


def expected(order: Order, rules: Rules, *, by: datetime = NOON) -> list[tuple[str, str]]:
    return suggesting.expected(order, rules, units=TOWN, by=by)


def parts(*units: str) -> tuple[Part, ...]:
    return tuple(Part(unit, lead=place == 0) for place, unit in enumerate(units))


def late() -> Iterator[Order]:
    """Return orders whose lead's clock of work runs."""
    for each in situations():
        timer = each.order.timer("handle", each.order.lead)
        if each.rules.pack == "suzhou" and each.order.status == HANDLING and timer is not None:
            if timer.status == "running" and timer.due is not None:
                yield each.order


class TestRules:
    def test_each_threshold_of_the_pack_decides(self) -> None:
        rules = rules_of("suzhou")
        twice = Order("o", audit_rejections=2)
        three, levels = Order("o", parts=parts("甲局", "乙局", "丙局")), Order("o", parts=parts("甲局", "县局"))

        assert expected(twice, rules) == [("K2", "audit_rejected_again")]
        assert expected(twice, replace(rules, supervision_rejections_k2=3)) == []
        assert expected(three, rules) == expected(levels, rules) == [("K4", "many_units")]
        assert expected(three, replace(rules, multi_unit_k4=4)) == []
        assert expected(levels, replace(rules, multi_level_k4=3)) == []
        assert expected(three, replace(rules, supervision_auto_rules=("K1",))) == []

    def test_source_tag_and_dissatisfaction(self) -> None:
        suzhou, jiangyin = rules_of("suzhou"), rules_of("jiangyin")
        above = Order("o", channel="upper", submitted_at=NOON, tags=("media", "livelihood"))

        assert expected(above, suzhou) == [("K3", "media"), ("K1", "livelihood"), ("K3", "upper")]
        assert expected(above, jiangyin) == []
        assert expected(Order("o", satisfied=False), jiangyin) == [("K2", "dissatisfied")]
        assert expected(Order("o", satisfied=False), suzhou) == []

    def test_overdue_at_once_or_after_a_while(self) -> None:
        suzhou = rules_of("suzhou")
        order = next(late())
        timer = order.timer("handle", order.lead)
        assert timer is not None
        assert timer.due is not None
        second = timedelta(seconds=1)
        wait = suzhou.supervision_overdue_k5
        assert wait is not None
        watched = suzhou.worktime.due(timer.due, wait).moment

        assert expected(order, suzhou, by=watched) == []
        assert expected(order, suzhou, by=watched + second) == [("K5", "still_open")]
        at_once = replace(suzhou, supervision_auto_rules=("overdue",), supervision_overdue_k5=None)
        assert expected(order, at_once, by=timer.due) == []
        assert expected(order, at_once, by=timer.due + second) == [("K2", "overdue")]
        done = replace(order, timers={timer.key: replace(timer, status="met", done_at=timer.due)})
        paused = replace(order, timers={timer.key: replace(timer, status="paused")})
        assert expected(done, at_once, by=watched) == expected(paused, at_once, by=watched) == []

    def test_what_was_suggested_before_or_is_supervised_is_not_missing(self) -> None:
        rules = rules_of("suzhou")
        order = Order("o", status=HANDLING, audit_rejections=2)
        known = replace(order, suggestions=(Suggestion("K2", "audit_rejected_again", NOON, "dismissed"),))
        issued = given(order, ev.SupervisionIssued("K2", "甲", "甲局", "supervisor"))

        def missing(each: Order) -> list[tuple[str, str]]:
            return suggesting.missing(each, rules, units=TOWN, by=NOON)

        assert missing(order) == [("K2", "audit_rejected_again")]
        assert missing(known) == missing(issued) == missing(replace(order, status=CLOSED)) == []


def given(order: Order, *events: ev.Event, status: str = HANDLING) -> Order:
    """Return the order after the events, told by the supervisor."""
    for event in events:
        order = evolve(order, Fact("o", event, NOON, Actor("supervisor", None, "staff:1"), status))
    return order


def standing(order: Order) -> list[tuple[str, str]]:
    return [(each.ground, each.status) for each in order.suggestions]


class TestDecided:
    def test_the_same_suggestion_waits_once_and_comes_again_when_it_was_dismissed(self) -> None:
        suggested = ev.SupervisionSuggested("K2", "overdue")
        twice = given(Order("o"), suggested, suggested)
        again = given(twice, ev.SuggestionDismissed("K2", "overdue", "已办"), suggested)

        assert standing(twice) == [("overdue", "open")]
        assert standing(again) == [("overdue", "dismissed"), ("overdue", "open")]
        assert (again.suggestions[0].why, again.suggestions[0].decided_by) == ("已办", "staff:1")

    def test_issuing_and_raising_decide_what_waits(self) -> None:
        issued = given(
            Order("o"),
            ev.SupervisionSuggested("K1", "livelihood"),
            ev.SupervisionIssued("K1", "甲", "甲局", "supervisor"),
            ev.SupervisionSuggested("K2", "supervision_missed"),
        )
        raised = given(issued, ev.SupervisionRaised("甲局", 2))

        assert standing(issued) == [("livelihood", "issued"), ("supervision_missed", "open")]
        assert standing(raised) == [("livelihood", "issued"), ("supervision_missed", "issued")]
        assert raised.supervision is not None
        assert raised.supervision.level == 2

    def test_what_waits_lapses_with_an_order_that_ends_under_no_supervision(self) -> None:
        waiting = given(Order("o"), ev.SupervisionSuggested("K2", "overdue"))
        watched = given(Order("o"), ev.SupervisionIssued("K1", "甲", "甲局", "supervisor"), *[
            ev.SupervisionSuggested("K2", "supervision_missed")
        ])  # fmt: skip
        closed = given(watched, ev.Closed("satisfied"), status=CLOSED)

        assert standing(given(waiting, ev.Closed("satisfied"), status=CLOSED)) == [("overdue", "lapsed")]
        assert standing(closed) == [("supervision_missed", "open")]
        ended = given(closed, ev.SupervisionDecided(True, "可"), status=CLOSED)
        assert standing(ended) == [("supervision_missed", "lapsed")]
        assert standing(given(watched, ev.SupervisionDecided(True, "可"))) == [("supervision_missed", "open")]
        # A finding about what is closed suggests anew.
        found = given(ended, ev.SupervisionSuggested("K2", "false_report"), status=CLOSED)
        assert standing(found)[-1] == ("false_report", "open")

    def test_a_second_supervision_order_of_an_order_is_its_second(self) -> None:
        issue = ev.SupervisionIssued("K1", "甲", "甲局", "supervisor")
        first = given(Order("o"), issue, ev.FeedbackApproved("甲局"), ev.SupervisionAnswered("甲局", "乙"))
        assert first.supervision is not None
        assert (first.supervision.answered_at, first.supervision.approved) == (NOON, False)

        second = given(first, ev.SupervisionDecided(True, "可"), issue)

        assert second.supervision is not None
        assert (second.supervision.count, second.supervision.status) == (2, "ISSUED")


def test_a_persons_answer_wants_the_leaders_approval_and_a_programs_does_not() -> None:
    reached = next(
        each
        for each in situations()
        if each.order.supervision is not None and each.order.supervision.status == "ISSUED"
    )
    supervision = reached.order.supervision
    assert supervision is not None
    officer = Actor("officer", supervision.unit, "staff:1")

    def answer(order: Order, by: Actor) -> Order:
        form = cmd.FeedBack(text="三日内办结")
        decision = decide(order, form, by=by, rules=reached.rules, facts=Facts(), now=reached.now)
        return decision.orders[order.id]

    with pytest.raises(Rejected, match="feedback_not_approved"):
        answer(reached.order, officer)
    approved = given(reached.order, ev.FeedbackApproved(supervision.unit), status=reached.order.status)
    for order, by in ((approved, officer), (reached.order, Actor("officer", supervision.unit))):
        after = answer(order, by).supervision
        assert after is not None
        assert after.status == "FEEDBACK"


def test_the_office_urges_a_unit_so_often_in_an_hour() -> None:
    reached = next(each for each in situations() if each.order.status == HANDLING and each.order.responsible_unit)
    rules = replace(reached.rules, urge_unit_hourly=2)

    def urge(role: str, *moments: datetime, most: int | None = 2) -> Order:
        used = replace(rules, urge_unit_hourly=most)
        facts = Facts(unit_urges=moments)
        decision = decide(reached.order, cmd.Urge(), by=Actor(role), rules=used, facts=facts, now=reached.now)
        return decision.orders[reached.order.id]

    before = reached.now - timedelta(minutes=30)
    assert urge("office", before).urged_since == reached.now
    assert urge("office", before, before, most=None).urges == urge("citizen", before, before).urges
    with pytest.raises(Rejected, match="urges_used_up") as refused:
        urge("office", before, before)
    assert refused.value.params["opens"] == before + timedelta(hours=1)


def test_an_urge_is_unanswered_until_the_unit_does_something() -> None:
    held = Order("o", responsible_unit="甲局")
    urged = given(held, ev.Urged("请快"))
    later = evolve(urged, Fact("o", ev.Urged("再催"), NOON + timedelta(hours=1), Actor("office"), HANDLING))
    acted = evolve(later, Fact("o", ev.Signed("甲局"), NOON, Actor("officer", "甲局"), HANDLING))

    assert (urged.urged_since, later.urged_since, acted.urged_since) == (NOON, NOON, None)
    assert given(Order("o"), ev.Urged("请快")).urged_since is None
    assert given(urged, ev.Closed("satisfied"), status=CLOSED).urged_since is None
