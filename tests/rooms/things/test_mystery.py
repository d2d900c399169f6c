"""Mystery calls: callers see their own tasks alone, ratings are blind, units see their own result, planted orders."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests import town_ground as towns
from tests.playing_things_ground import sweep_until
from tests.town_ground import Town, relayed, text_of

from minsheng.cases.mystery import labels, queries
from minsheng.cases.mystery.models import Campaign, MysteryCall
from minsheng.cases.orders import actions
from minsheng.cases.orders.models import Order, Planted
from minsheng.core.people import appellants
from minsheng.core.people.models import RoleAssignment
from minsheng.domain.orders import commands as cmd
from minsheng.figures.lake import export
from minsheng.figures.lake.store import Store

PHONE = "13900001111"
SOUND = b"ID3\x04\x00\x00\x00\x00\x00\x00" + b"\xff\xfb\x90\x00" * 400


@pytest.fixture
def town(db: None, test_clock: Callable[[datetime], None]) -> Town:
    town = towns.build("suqian", test_clock, pack="suqian")
    town.staff["second"] = town.hire("拨测乙", "mystery_caller")
    return town


def opened(town: Town, **changed: Any) -> str:
    """Return the address of a campaign over two units, which the command and 住建局 read once it is published."""
    form = {
        "key": str(uuid4()), "title": "三季度拨测", "agency": "某公司", "period": "2026Q3", "units": "城管局\n住建局",
        "script": "先说您好", "told": ["command"], "told_units": "住建局", **changed,
    }  # fmt: skip
    answer = town.desk("office").post("/things/campaign/new/open_campaign", form)
    assert answer.status_code == 302, text_of(answer)
    return str(answer["Location"])


def given(town: Town, campaign: str, *, unit: str = "城管局", who: str = "mystery_caller", **changed: str) -> Any:
    id = campaign.strip("/").rpartition("/")[2]
    form = {
        "key": str(uuid4()), "unit": unit, "caller": f"staff:{town.staff[who]}", "question": "路灯坏了找谁",
        "article": "市政条例第八条", "expected": "城管局", "until": "2026-09-25", **changed,
    }  # fmt: skip
    return town.desk("office").post(f"/mystery/campaigns/{id}/give", form)


def recorded(desk: Client, row: MysteryCall, **changed: Any) -> Any:
    form = {
        "key": str(uuid4()), "seen_version": row.version, "reached": "true", "wait_seconds": "15", "answer": "right",
        "attitude": "5", "done": "true", "text": "态度好", **changed,
    }  # fmt: skip
    return desk.post(f"/mystery/tasks/{row.pk}", form)


def do(town: Town, who: str, page: str, command: str, **fields: Any) -> int:
    row = Campaign.objects.get(pk=page.strip("/").rpartition("/")[2])
    form = {"key": str(uuid4()), "seen_version": str(row.version), **fields}
    return town.desk(who).post(f"{page}do/{command}", form).status_code


def in_window(town: Town) -> str:
    """Return a campaign in its window: one call to each unit, one of them rated twice."""
    page = opened(town)
    for unit, who in (("城管局", "mystery_caller"), ("住建局", "second")):
        assert given(town, page, unit=unit, who=who).status_code == 302
    for row in MysteryCall.objects.all():
        who = "mystery_caller" if row.target_unit == "城管局" else "second"
        changed = {} if row.target_unit == "城管局" else {"answer": "wrong", "attitude": "1", "done": "false"}
        assert recorded(town.desk(who), row, **changed).status_code == 302
    assert do(town, "office", page, "draw_seconds") == 302
    (row,) = MysteryCall.objects.filter(status="SECOND")
    rater = next(who for who in ("mystery_caller", "second") if row.rater == f"staff:{town.staff[who]}")
    form = {"key": str(uuid4()), "seen_version": row.version, "answer": "partly", "attitude": "5"}
    assert town.desk(rater).post(f"/mystery/tasks/{row.pk}", form).status_code == 302
    assert do(town, "office", page, "open_window") == 302
    return page


def published(town: Town) -> str:
    page = in_window(town)
    town.later(days=12)
    relayed()
    sweep_until(town.now)
    assert do(town, "office", page, "publish_campaign") == 302
    return page


def test_caller_has_own_tasks_and_nothing_else(town: Town) -> None:
    page = opened(town)
    given(town, page)
    row, order = MysteryCall.objects.get(), town.handled()
    caller, other = town.desk("mystery_caller"), town.desk("second")

    shown = text_of(caller.get(f"/mystery/tasks/{row.pk}"))
    assert ("路灯坏了找谁" in shown, "先说您好" in shown) == (True, True)
    assert "城管局" in text_of(caller.get("/mystery/tasks"))
    assert other.get(f"/mystery/tasks/{row.pk}").status_code == 404
    assert "城管局" not in text_of(other.get("/mystery/tasks"))
    for address in (page, "/things/mystery_call/", f"/things/mystery_call/{row.pk}/", "/things/campaign/"):
        assert caller.get(address).status_code == 403, address
    for address in (f"/orders/{order}/", "/orders/new", "/supervision", "/checks"):
        assert caller.get(address).status_code in (403, 404), address
    for who in ("seat", "supervisor", "officer@城管局", "head@城管局", "admin"):
        desk = town.desk(who)
        for address in ("/mystery/tasks", f"/mystery/tasks/{row.pk}", f"/things/mystery_call/{row.pk}/", page):
            assert desk.get(address).status_code in (403, 404), (who, address)


def test_role_ends_with_its_last_day(town: Town) -> None:
    given(town, opened(town))
    RoleAssignment.objects.filter(staff=town.staff["mystery_caller"]).update(ends_on=town.now.date())
    town.later(days=1)

    assert town.desk("mystery_caller").get("/mystery/tasks").status_code == 403
    refused = given(town, f"/things/campaign/{Campaign.objects.get().pk}/")
    assert refused.status_code == 422


def test_recording_comes_with_the_outcome_and_is_heard_on_record(town: Town, settings: Any, tmp_path: Path) -> None:
    settings.FILES_FOLDER, settings.DEMO = tmp_path / "files", True
    given(town, opened(town))
    row = MysteryCall.objects.get()
    caller = town.desk("mystery_caller")
    sound = SimpleUploadedFile("通话.mp3", SOUND, content_type="audio/mpeg")

    assert recorded(caller, row, attitude="").status_code == 422
    assert MysteryCall.objects.get().status == "GIVEN"
    assert recorded(caller, row, recordings=sound).status_code == 302

    (link,) = [each for each in text_of(caller.get(f"/mystery/tasks/{row.pk}")).split('"') if "/files/" in each]
    assert caller.get(link).status_code == 200
    assert town.desk("office").get(link).status_code == 200
    assert town.desk("second").get(link).status_code == 404
    assert town.desk("supervisor").get(link).status_code == 404
    assert "通话.mp3" in text_of(town.desk("office").get(f"/things/mystery_call/{row.pk}/"))


def test_raters_know_nothing_of_each_other(town: Town) -> None:
    page = in_window(town)
    row = MysteryCall.objects.get(status="RATED")
    first = "mystery_caller" if row.caller == f"staff:{town.staff['mystery_caller']}" else "second"
    rater = "second" if first == "mystery_caller" else "mystery_caller"

    assert row.caller != row.rater
    assert "复评" not in text_of(town.desk(first).get(f"/mystery/tasks/{row.pk}"))
    seen = text_of(town.desk(rater).get(f"/mystery/tasks/{row.pk}"))
    assert ("与依据一致" in seen, "态度好" in seen) == (False, False)
    assert "随机种子" in text_of(town.desk("office").get(page))


def test_unit_reads_its_own_result_and_complains_before_it_is_published(town: Town) -> None:
    page = in_window(town)
    own, others = (text_of(town.desk(f"leader@{unit}").get(page)) for unit in ("城管局", "住建局"))

    assert ("城管局 " in own, "住建局 " in own, "先说您好" in own) == (True, False, False)
    assert ("住建局 " in others, "城管局 " in others) == (True, False)
    assert town.desk("command").get(page).status_code == 404
    assert do(town, "leader@住建局", page, "complain_score", reason="当天停电") == 302
    assert "当天停电" in text_of(town.desk("office").get(page))
    assert "提出异议" not in text_of(town.desk("officer@城管局").get(page)).partition("<form")[0]
    assert do(town, "office", page, "publish_campaign") == 409
    decided = {"unit": "住建局", "upheld": "true", "score": "60", "reason": "属实"}
    assert do(town, "office", page, "decide_complaint", **decided) == 302
    assert "60.0" in text_of(town.desk("head@住建局").get(page))


@pytest.mark.clause("SZ-36")
def test_published_scores_are_for_the_list_and_for_assessments(town: Town, tmp_path: Path) -> None:
    page = published(town)

    assert "城管局 " in text_of(town.desk("command").get(page))
    assert "城管局 " in text_of(town.desk("leader@住建局").get(page))  # on the list
    assert "住建局 " not in text_of(town.desk("leader@城管局").get(page))
    for who in ("supervisor", "duty_leader", "seat", "auditor"):
        assert town.desk(who).get(page).status_code == 404, who
    scores = queries.scores(town.code, "2026Q3")
    assert set(scores) == {"城管局", "住建局"}
    assert scores["住建局"] < scores["城管局"] <= Decimal(100)
    assert queries.scores(town.code, "2026Q2") == {}
    store = Store(tmp_path)
    export.export(store, now=town.now)
    rows = [each for file in store.read().of("mystery_calls", city=town.code) for each in store.rows(file).to_pylist()]
    assert sorted(row["unit"] for row in rows) == ["住建局", "城管局"]
    assert "staff:" not in str(rows)


def test_lake_has_nothing_of_a_campaign_before_it_is_published(town: Town, tmp_path: Path) -> None:
    in_window(town)
    store = Store(tmp_path)
    export.export(store, now=town.now)

    files = [file for name in ("mystery_calls", "things") for file in store.read().of(name, city=town.code)]
    assert [row for file in files for row in store.rows(file).to_pylist()] == []


def test_order_from_the_agreed_number_is_planted_and_its_unit_finds_it_nowhere(town: Town) -> None:
    page = opened(town)
    assert given(town, page, phone=PHONE).status_code == 302
    row = MysteryCall.objects.get()
    known: UUID = appellants.keep_appellant(city=town.code, kind="citizen", name="王某", phone=PHONE, now=town.now)
    said = {"type": "help", "channel": "phone", "appellant": "citizen", "content": "灯不亮"}
    command = cmd.build("submit", said, zone=None)
    assert isinstance(command, cmd.AppealFields)
    words = replace(towns.words_wanted(town.code, town.now), appellant=known)
    order = actions.register(command, city=town.code, actor=town.actor("seat"), now=town.now, words=words).order.id
    town.act(order, "dispatcher", "dispatch", unit="城管局", basis="清单")
    number = Order.objects.get(pk=order).number

    assert Planted.objects.get().task == str(row.pk)
    assert number in text_of(town.desk("office").get(f"/things/mystery_call/{row.pk}/"))
    for who in ("officer@城管局", "leader@城管局", "seat", "dispatcher", "supervisor", "callback_agent", "auditor"):
        desk = town.desk(who)
        assert number in text_of(desk.get(f"/orders/{order}/"))
        shown = text_of(desk.get(f"/orders/{order}/")) + text_of(desk.get(f"/find?q={number}"))
        shown = shown.replace("/things/campaign/", "").replace("测评</a>", "")  # the navigation's
        assert not [word for word in ("拨测", "测评", "planted", str(row.pk)) if word in shown], who
        assert str(row.pk) not in text_of(desk.get(f"/find?q={row.number}"))


def test_number_of_a_citizen_is_refused(town: Town) -> None:
    page = opened(town)
    assert given(town, page, phone=PHONE).status_code == 302
    again = given(town, page, phone=PHONE)

    assert (again.status_code, "请换一个拨测专用号码" in text_of(again)) == (422, True)
    assert MysteryCall.objects.count() == 1
    assert given(town, page, phone="12").status_code == 422
    assert MysteryCall.objects.count() == 1


def test_unit_of_a_campaign_is_shown_no_other(town: Town) -> None:
    page = opened(town)
    given(town, page)
    row = Campaign.objects.get()
    row.units = ["城管局", "住建局"]

    assert labels.parties(row, town.actor("officer@城管局")) == ["城管局"]
    assert set(labels.parties(row, town.actor("office"))) >= {"城管局", "住建局"}
