"""What answers to text messages mean, and what becomes of those that mean nothing to the platform."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from tests.packing_ground import rules_of

from minsheng.domain import lifecycle
from minsheng.domain.actors import SYSTEM, Actor
from minsheng.domain.channels import incoming
from minsheng.domain.channels.replies import leaves, reply_of
from minsheng.domain.rejected import Rejected

NOW = datetime.fromisoformat("2026-09-22T10:00:00+08:00")
SECOND = timedelta(seconds=1)
GRADES = rules_of("suqian").satisfaction_grades


@pytest.mark.parametrize(
    ("text", "grade", "number"),
    [
        ("1", "very_satisfied", ""),
        ("２", "satisfied", ""),
        ("  5 。", "very_dissatisfied", ""),
        ("满意", "satisfied", ""),
        ("您好，不满意，谢谢！", "dissatisfied", ""),
        ("回复4", "dissatisfied", ""),
        ("不满意4", "dissatisfied", ""),
        ("基本满意 000123", "basically_satisfied", "000123"),
        ("4，20260918000123", "dissatisfied", "20260918000123"),
    ],
)
def test_grade_is_read_by_number_or_name(text: str, grade: str, number: str) -> None:
    found = reply_of(text, GRADES)

    assert found is not None
    assert (found.grade, found.number) == (grade, number)


@pytest.mark.parametrize("text", ["", "6", "不满意1", "不太满意", "路灯还没修", "123456", "谢谢", "1 2", "满意吗"])
def test_what_is_no_grade_is_left_to_a_person(text: str) -> None:
    assert reply_of(text, GRADES) is None


@pytest.mark.parametrize(
    ("text", "is_so"), [("TD", True), ("ｔｄ。", True), (" 退订 ", True), ("退订有线电视", False), ("", False)]
)
def test_who_wants_no_more_news_says_so_in_a_word(text: str, is_so: bool) -> None:
    assert leaves(text) is is_so


def do(state: Any, command: Any, by: Actor, order: str = "", register_no: str = "") -> Any:
    known = incoming.Known(order, register_no)
    facts = lifecycle.decide(incoming.CYCLE, state, command, by=by, rules=rules_of("suqian"), facts=known, now=NOW)
    return incoming.CYCLE.fold(state, facts)


def test_message_is_taken_or_closed_with_what_was_done() -> None:
    received = do(
        incoming.Incoming("i"), incoming.ReceiveIncoming(source_no="a 1", phone="13800138000", text="1"), SYSTEM
    )
    taken = do(received, incoming.TakeIncoming(order="o1", outcome="rated"), SYSTEM)
    seat = Actor("seat")

    assert (received.status, taken.status, taken.order, taken.outcome) == ("WAITING", "TAKEN", "o1", "rated")
    with pytest.raises(Rejected, match="order_unknown"):
        do(received, incoming.CloseIncoming(outcome="registered", number="甲9"), seat)
    with pytest.raises(Rejected, match="reason_missing"):
        do(received, incoming.CloseIncoming(outcome="nothing"), seat)
    assert do(received, incoming.CloseIncoming(outcome="nothing", reason="广告"), seat).status == "CLOSED"
    assert do(received, incoming.CloseIncoming(outcome="added", number="甲1"), seat, "o1").order == "o1"


def received(**fields: Any) -> Any:
    command = incoming.ReceiveIncoming(**{"source_no": "a 1", "text": "路灯不亮", **fields})
    return do(incoming.Incoming("i"), command, SYSTEM)


def test_talks_are_looked_at_in_minutes_and_post_in_a_day() -> None:
    limits = {
        channel: received(channel=channel).timers["look"].due - NOW for channel in ("", "wechat", "mail", "letter")
    }

    assert [limits[each].total_seconds() for each in limits] == [180, 180, 86_400, 86_400]


def test_what_was_not_looked_at_in_time_is_marked_and_is_nobodys_breach() -> None:
    waiting = received(channel="wechat")
    late = incoming.CYCLE.fold(
        waiting,
        lifecycle.run_out(incoming.CYCLE, waiting, rules=rules_of("suqian"), now=waiting.timers["look"].due + SECOND),
    )

    assert (late.status, late.timers["look"].status, late.breaches) == ("WAITING", "missed", ())
    assert do(late, incoming.CloseIncoming(outcome="nothing", reason="广告"), Actor("seat")).status == "CLOSED"


def test_sender_is_asked_by_a_channel_that_goes_both_ways() -> None:
    seat = Actor("seat")
    asked = do(received(channel="mail"), incoming.AskSender(text="请问在哪条路？"), seat)

    assert (asked.status, asked.timers["look"].status) == ("WAITING", "met")
    with pytest.raises(Rejected, match="channel_one_way"):
        do(received(channel="letter"), incoming.AskSender(text="请问在哪条路？"), seat)
    with pytest.raises(Rejected, match="field_missing"):
        do(received(channel="sms"), incoming.AskSender(), seat)


def test_what_is_laid_aside_can_be_brought_back() -> None:
    seat = Actor("seat")
    at_once = received(channel="mail", note="automatic", aside=True)
    aside = do(received(), incoming.LayAside(reason="广告"), seat)

    assert (at_once.status, at_once.timers, aside.status) == ("ASIDE", {}, "ASIDE")
    assert [do(each, incoming.BringBack(), seat).status for each in (at_once, aside)] == ["WAITING", "WAITING"]
    with pytest.raises(Rejected, match="reason_missing"):
        do(received(), incoming.LayAside(), seat)


def letter(**fields: Any) -> Any:
    given = {"channel": "letter", "arrived_on": NOW.date(), "text": "路灯不亮", **fields}
    return do(incoming.Incoming("i"), incoming.RecordLetter(**given), Actor("seat"), register_no="信函〔2026〕1号")


def test_letter_is_entered_with_the_number_of_the_register_and_looked_at_within_a_day() -> None:
    entered = letter()

    assert (entered.status, entered.channel, entered.register_no) == ("WAITING", "letter", "信函〔2026〕1号")
    assert (entered.timers["look"].due - NOW).total_seconds() == 86_400
    assert letter(channel="visit").channel == "visit"


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"channel": ""}, "field_missing"),
        ({"arrived_on": None}, "field_missing"),
        ({"channel": "sms"}, "code_not_in_pack"),  # has a door of its own
        ({"arrived_on": NOW.date() + timedelta(days=1)}, "arrived_later"),
    ],
)
def test_letter_without_its_day_or_of_another_channel_is_refused(fields: dict[str, Any], code: str) -> None:
    with pytest.raises(Rejected, match=code):
        letter(**fields)
