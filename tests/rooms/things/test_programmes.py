"""A session of a programme at the desks: the seat registers what it collects, answers it, and nothing is left over."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from tests import town_ground as towns
from tests.town_ground import Town, fresh, row

from minsheng.cases.coordination.models import Programme
from minsheng.cases.orders.models import Order


@pytest.fixture
def town(db: None, test_clock: Callable[[datetime], None]) -> Town:
    return towns.build("jiangyin", test_clock)


@pytest.fixture
def session(town: Town) -> str:
    """Return the address of a session on air."""
    office = town.desk("office")
    when = (town.now + timedelta(minutes=1)).isoformat()
    form = {"key": str(uuid4()), "kind": "live", "when": when, "topic": "夜间照明"}
    answer = office.post("/things/programme/new/plan_session", form)
    assert answer.status_code == 302, answer.content.decode()
    address = str(answer["Location"])
    assert press(office, address, "invite", units="城管局").status_code == 302
    invited = town.desk("officer@城管局")
    assert press(invited, address, "confirm_attendance", attends="false").status_code == 422
    assert press(invited, address, "confirm_attendance", attends="true", rank="head").status_code == 302
    assert press(office, address, "go_on_air").status_code == 302
    return address


def press(desk: Client, thing: str, command: str, **given: Any) -> Any:
    version = Programme.objects.get().version
    return desk.post(f"{thing}do/{command}", {"key": str(uuid4()), "seen_version": version, **given})


def registered(town: Town, *, button: str) -> Order:
    typed = fresh(
        type="consult", channel="phone", appellant="citizen", publish="yes", content="路灯几点开？",
        programme=str(Programme.objects.get().pk), category=towns.words_wanted(town.code, town.now).category,
        name="葛然", phone="13800000001",
    )  # fmt: skip
    answer = town.desk("seat").post("/orders/new", {**typed, button: "1"})
    assert answer.status_code == 302, answer.content.decode()
    return Order.objects.latest("registered_at", "id")


def test_what_a_session_collects_is_answered_or_followed_up(town: Town, session: str) -> None:
    office, seat = town.desk("office"), town.desk("seat")
    asked, other = registered(town, button="register"), registered(town, button="submit")

    assert (asked.programme, asked.status) == (str(Programme.objects.get().pk), "DRAFT")
    assert press(office, session, "close_session").status_code == 409
    assert press(seat, session, "answer_on_air", order=other.number, text="十八点").status_code == 409
    assert press(seat, session, "answer_on_air", order=asked.number, text="十八点").status_code == 302
    assert (row(asked.pk).status, row(asked.pk).reason) == ("CLOSED", "online")
    assert press(office, session, "close_session").status_code == 302
    assert Programme.objects.get().status == "CLOSED"


def test_seat_chooses_among_the_sessions_on_air_and_sees_none_without(town: Town) -> None:
    assert "节目场次" not in town.desk("seat").get("/orders/new").content.decode()


def test_topic_is_offered_to_the_seat(town: Town, session: str) -> None:
    page = town.desk("seat").get("/orders/new").content.decode()

    assert "夜间照明" in page
    assert "不是节目收集的" in page
