"""Commands made from plain values, as files, forms and the API give them."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from minsheng.domain.actors import Actor
from minsheng.domain.orders import commands as cmd
from minsheng.domain.orders import fields
from minsheng.domain.orders.commands import Attestation, EmergencyForm, Malformed

ZONE = ZoneInfo("Asia/Shanghai")
IN_UTC = datetime(2026, 3, 5, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("name", "key", "value", "read"),
    [
        # text, however a file or a form writes it
        ("answer", "article", "  A-17 ", "A-17"),
        ("refer_emergency", "number", 119, "119"),
        ("register", "line", 12329, "12329"),
        ("register", "place", True, "yes"),
        # choices
        ("register", "type", "help", "help"),
        ("register", "publish", "yes", "yes"),
        ("register", "publish", True, "yes"),
        ("register", "publish", False, "no"),
        ("register", "publish", "off", "no"),
        ("register", "publish", "", ""),
        # grades, and plain satisfaction
        ("callback", "satisfied", "basically_satisfied", "basically_satisfied"),
        ("callback", "satisfied", True, "satisfied"),
        ("callback", "satisfied", "no", "dissatisfied"),
        ("callback", "satisfied", False, "dissatisfied"),
        # truth
        ("callback", "reached", "true", True),
        ("callback", "reached", "0", False),
        ("callback", "reached", "1", True),
        ("callback", "reached", False, False),
        # numbers and moments
        ("request_extension", "by_workdays", "3", 3),
        ("request_extension", "until", "2026-03-05 17:30", datetime(2026, 3, 5, 17, 30, tzinfo=ZONE)),
        ("request_extension", "until", "2026-03-05T09:30:00Z", IN_UTC),
        ("request_extension", "until", IN_UTC, IN_UTC),
        # lists
        ("give_opinion", "evidence", ["甲", "乙"], ("甲", "乙")),
        ("give_opinion", "evidence", "甲", ("甲",)),
        # consent and information: a word, or when, how and what
        ("request_extension", "leader_consent", True, Attestation()),
        ("request_extension", "leader_consent", "false", None),
        (
            "request_extension",
            "citizen_informed",
            {"at": "2026-03-05 09:00", "channel": "phone", "text": None},
            Attestation(datetime(2026, 3, 5, 9, tzinfo=ZONE), "phone"),
        ),
        # the emergency form
        ("register", "emergency", {"place": "甲路", "facts": "爆管"}, EmergencyForm("major", "甲路", "爆管")),
        ("register", "emergency", None, None),
    ],
)  # fmt: skip
def test_value_is_read_as_the_field_wants_it(name: str, key: str, value: object, read: object) -> None:
    command = cmd.build(name, {key: value}, zone=ZONE)

    assert command.name == name
    assert getattr(command, key) == read


@pytest.mark.parametrize(
    ("name", "key", "value", "code", "at"),
    [
        ("sign", "comment", "x", "unknown_field", "comment"),
        ("register", "type", "praise", "not_a_choice", "type"),
        ("register", "publish", "maybe", "not_a_choice", "publish"),
        ("callback", "satisfied", "so-so", "not_a_choice", "satisfied"),
        ("callback", "reached", "perhaps", "not_a_flag", "reached"),
        ("request_extension", "by_workdays", "many", "not_a_count", "by_workdays"),
        ("request_extension", "by_workdays", True, "not_a_count", "by_workdays"),
        ("request_extension", "by_workdays", "1000", "not_a_count", "by_workdays"),
        ("request_extension", "until", "soon", "not_a_moment", "until"),
        ("request_extension", "until", "0001-01-01", "not_a_moment", "until"),
        ("request_extension", "leader_consent", "maybe", "not_a_flag", "leader_consent"),
        ("request_extension", "leader_consent", {"who": "x"}, "unknown_field", "leader_consent.who"),
        ("request_extension", "leader_consent", {"at": "x"}, "not_a_moment", "leader_consent.at"),
        ("answer", "article", ["x"], "not_text", "article"),
        ("answer", "article", {"x": 1}, "not_text", "article"),
        ("answer", "article", "甲" * (fields.SHORT + 1), "too_long", "article"),
        ("answer", "article", "nul\0", "bad_characters", "article"),
        ("give_opinion", "evidence", ["x"] * (fields.MOST_NAMES + 1), "too_many", "evidence"),
        ("register", "emergency", "fire", "not_a_map", "emergency"),
        ("register", "emergency", {"level": "huge"}, "not_a_choice", "emergency.level"),
    ],
)
def test_value_that_does_not_fit_is_refused_with_its_key(
    name: str, key: str, value: object, code: str, at: str
) -> None:
    with pytest.raises(Malformed) as caught:
        cmd.build(name, {key: value}, zone=ZONE)

    assert (caught.value.code, caught.value.key) == (code, at)


def test_long_text_is_kept_where_a_letter_may_stand() -> None:
    command = cmd.build("reply", {"text": "甲" * fields.LONG}, zone=ZONE)

    assert isinstance(command, cmd.Reply)
    assert len(command.text) == fields.LONG


def test_command_without_fields_is_its_class() -> None:
    assert cmd.build("pass_audit", {}, zone=ZONE) == cmd.PassAudit()


@pytest.mark.parametrize("text", ["seat", "citizen", "officer@水务局", "head@水务局"])
def test_actor_is_read_and_written(text: str) -> None:
    assert str(Actor.parse(text)) == text


@pytest.mark.parametrize("text", ["janitor", "officer", "leader@", "seat@水务局", ""])
def test_actor_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        Actor.parse(text)
