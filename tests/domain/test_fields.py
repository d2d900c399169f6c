"""What a field takes and what it refuses, whichever door the value comes through."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from minsheng import wording
from minsheng.domain.orders import commands as cmd
from minsheng.domain.orders import fields
from minsheng.domain.orders.fields import Malformed

ZONE = ZoneInfo("Asia/Shanghai")


@pytest.mark.parametrize(
    ("name", "values", "code"),
    [
        ("register", {"content": "长" * (fields.LONG + 1)}, "too_long"),
        ("register", {"place": "长" * (fields.SHORT + 1)}, "too_long"),
        ("register", {"content": "a\0b"}, "bad_characters"),
        ("register", {"content": "a\ud800b"}, "bad_characters"),
        ("register", {"content": ["a"]}, "not_text"),
        ("register", {"emergency": {"facts": "长" * (fields.LONG + 1)}}, "too_long"),
        ("register", {"emergency": {"place": "长" * (fields.SHORT + 1)}}, "too_long"),
        ("register", {"upper_due": "0001-01-01T00:00:00"}, "not_a_moment"),
        ("register", {"upper_due": "9999-12-31T23:59:59-12:00"}, "not_a_moment"),
        ("dispatch", {"units": ["甲"] * (fields.MOST_NAMES + 1)}, "too_many"),
        ("request_extension", {"by_days": 1000}, "not_a_count"),
        ("request_extension", {"by_days": 10**4000}, "not_a_count"),
    ],
)
def test_a_value_that_nothing_could_keep_is_refused_in_words(name: str, values: dict[str, object], code: str) -> None:
    with pytest.raises(Malformed) as refused:
        cmd.build(name, values, zone=ZONE)

    assert refused.value.code == code
    assert wording.say(refused.value).startswith("“")
    assert not wording.why(refused.value).startswith("格式不对")


def test_the_longest_values_are_taken() -> None:
    built = cmd.build("register", {"content": "长" * fields.LONG, "place": "长" * fields.SHORT}, zone=ZONE)

    assert isinstance(built, cmd.Register)
    assert (len(built.content), len(built.place)) == (fields.LONG, fields.SHORT)


@pytest.mark.parametrize(("value", "text"), [(True, "yes"), (False, "no"), (12, "12"), (" 甲 ", "甲")])
def test_plain_values_become_text(value: object, text: str) -> None:
    assert fields.plain_text("place", value, limit=10) == text


def test_a_moment_without_an_offset_is_local() -> None:
    assert fields.read_moment("until", "2026-09-18 16:40:00", ZONE) == datetime(2026, 9, 18, 16, 40, tzinfo=ZONE)
