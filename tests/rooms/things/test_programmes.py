"""A session of a programme at the desks: the seat registers what it collects, answers it, and nothing is left over."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from tests import lake_ground as making
from tests import town_ground as towns
from tests.town_ground import Town, fresh, row

from minsheng.cases.coordination import actions as coordination
from minsheng.cases.coordination.models import Programme
from minsheng.cases.notices.models import Notice
from minsheng.cases.orders.models import Order, Planted
from minsheng.domain.periods import Period
from minsheng.domain.rejected import Rejected
from minsheng.figures.lake import engines, export
from minsheng.figures.lake.store import Store
from minsheng.figures.reports.release import checks as identities
from minsheng.figures.reports.release import releases


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


@pytest.mark.parametrize("named", ["abc", "01a0b3ac-2b00-7000-8243-8aa6421ca165"])
def test_appeal_of_no_session_is_refused(town: Town, session: str, named: str) -> None:
    typed = fresh(
        type="consult", channel="phone", appellant="citizen", publish="yes", content="路灯几点开？", programme=named,
        category=towns.words_wanted(town.code, town.now).category, name="葛然", phone="13800000001",
    )  # fmt: skip
    assert town.desk("seat").post("/orders/new", {**typed, "submit": "1"}).status_code == 422
    with pytest.raises(Rejected, match="session_over"):
        town.register(programme=named)
    assert not Order.objects.exists()


def test_session_that_is_over_collects_nothing_more(town: Town, session: str) -> None:
    assert press(town.desk("office"), session, "close_session").status_code == 302

    with pytest.raises(Rejected, match="session_over"):
        town.register(programme=str(Programme.objects.get().pk))


@pytest.mark.clause("AR-2.2.1")
def test_release_counts_sessions_guests_and_what_became_of_their_appeals(
    town: Town, session: str, tmp_path: Path
) -> None:
    office, seat = town.desk("office"), town.desk("seat")
    asked, _ = registered(town, button="register"), registered(town, button="submit")
    press(seat, session, "answer_on_air", order=asked.number, text="十八点")
    press(office, session, "close_session")
    assert press(office, session, "publish_session", topics="张三13800138000的路灯").status_code == 422
    published = press(office, session, "publish_session", topics="夜间照明\n路灯维修", answers="几点开灯：十八点")
    assert published.status_code == 302
    export.export(Store(tmp_path), now=town.now)

    with engines.opened(Store(tmp_path)) as lake:
        release = releases.build(lake, making.parameters(Period.day(date(2026, 9, 18))))

    table = release["E-3"]
    names = ("期数", "上线县（市、区）长、局长", "其中：主要负责人", "收到诉求总量", "现场回应诉求数")
    assert [table.cell("政风热线", name).value for name in names] == [1, 1, 1, 2, 1]
    later = ("直播后督办重点诉求数", "发布民生热点", "发布政策问答")
    assert [table.cell("政风热线", name).value for name in later] == [1, 2, 1]
    assert identities.broken(release) == []


@pytest.mark.clause("JY-15")
def test_every_invited_unit_is_told_and_confirms_or_declines(town: Town, session: str) -> None:
    form = {"key": str(uuid4()), "kind": "live", "when": (town.now + timedelta(days=2)).isoformat(), "topic": "停车"}
    other = str(town.desk("office").post("/things/programme/new/plan_session", form)["Location"])
    planned = Programme.objects.get(topic="停车")

    def sent(who: str, command: str, **given: str) -> int:
        version = Programme.objects.get(pk=planned.pk).version
        filled = {"key": str(uuid4()), "seen_version": version, **given}
        return town.desk(who).post(f"{other}do/{command}", filled).status_code

    assert sent("office", "invite", units="城管局\n住建局") == 302
    towns.relayed()
    told = Notice.objects.filter(kind="programme_invited", stream=f"programme/{planned.pk}")
    assert {each.recipient.partition("@")[2] for each in told} == {"城管局", "住建局"}
    assert sent("officer@城管局", "confirm_attendance", attends="true", rank="leader") == 302
    assert sent("officer@住建局", "confirm_attendance", attends="false", reason="另有会议") == 302
    state = Programme.objects.get(pk=planned.pk).state
    assert (state["attending"], state["declined"]) == (["城管局"], ["住建局"])


def test_studio_screens_what_came_in_and_its_run_sheet_names_nobody(town: Town, session: str) -> None:
    asked, other = registered(town, button="register"), registered(town, button="register")
    Order.objects.filter(pk=asked.pk).update(title="葛然（13800000001）问路灯几点开")
    seat, studio = town.desk("seat"), f"/studio/{Programme.objects.get().pk}"

    page = towns.text_of(seat.get(studio))
    assert "问路灯几点开" in page
    assert ("葛然" in page, "13800000001" in page) == (False, False)
    assert press(seat, session, "screen_appeal", order=asked.pk, verdict="maybe").status_code == 422
    assert (
        press(seat, session, "screen_appeal", order=asked.pk, verdict="on_air", note="回电13800000001").status_code
        == 302
    )
    assert press(town.desk("office"), session, "screen_appeal", order=other.pk, verdict="off").status_code == 302
    sheet = towns.text_of(town.desk("office").get(f"{studio}/print"))
    assert ("问路灯几点开" in sheet, "城管局（主要负责人到场）" in sheet) == (True, True)
    assert ("葛然" in sheet, "13800000001" in sheet) == (False, False)
    assert sheet.count("几点开") == 1
    for outsider in ("officer@城管局", "dispatcher"):
        assert town.desk(outsider).get(studio).status_code in (403, 404)


def test_what_has_become_an_order_is_screened_no_more(town: Town, session: str) -> None:
    order = registered(town, button="submit")

    assert press(town.desk("seat"), session, "screen_appeal", order=order.pk, verdict="on_air").status_code == 409
    assert Programme.objects.get().state["screened"] == {}


def test_planted_appeal_is_worked_on_in_the_studio_and_counts_nowhere(town: Town, session: str) -> None:
    asked = registered(town, button="register")
    Planted.objects.create(order=asked, task="t")
    seat, studio = town.desk("seat"), f"/studio/{Programme.objects.get().pk}"

    assert asked.number in towns.text_of(seat.get(studio))
    assert press(town.desk("office"), session, "close_session").status_code == 409
    assert press(seat, session, "answer_on_air", order=asked.pk, text="十八点").status_code == 302
    assert press(town.desk("office"), session, "close_session").status_code == 302
    closed = coordination.tally_of(Programme.objects.get())
    assert (closed["received"], closed["answered_on_air"]) == (0, 0)
