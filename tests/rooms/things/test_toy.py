"""One `feature.py` and one table give a feature page, list, signal, notice, API, story, lake rows and rebuilding."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.conf import LazySettings
from django.db import connection
from django.test import Client
from tests import town_ground as towns
from tests.calling_ground import City
from tests.publication_ground import told
from tests.town_ground import Town, relayed
from tests.toy_ground import CYCLE
from tests.toy_rows_ground import FEATURE, KIND, LoanRow
from tests.toy_writer_ground import PHONE as PHONE_OF_TOY

from minsheng.cases.live.models import Signal
from minsheng.cases.notices.models import Notice
from minsheng.core.ledger import tasks, verification
from minsheng.core.messages import queries
from minsheng.domain import cycles, rehearsal, scenario
from minsheng.domain.actors import CITY_ROLES
from minsheng.figures.lake import export
from minsheng.figures.lake.store import Store

PHONE, NAME = "13812345678", "陆晓禾"
WHY = f"联系人：{NAME}，电话{PHONE}"
ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def toys(db: None, settings: LazySettings, test_clock: Callable[[datetime], None]) -> Town:
    """A town whose program has one feature more."""
    with connection.schema_editor() as editor:
        editor.create_model(LoanRow)
    settings.FEATURES = [*settings.FEATURES[:-1], FEATURE, settings.FEATURES[-1]]
    return towns.build("jiangyin", test_clock)


def field(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found is not None, page
    return found[1]


def asked(town: Town, by: str = "officer@城管局") -> str:
    """Ask for a key by the page; return the address of the loan."""
    desk = town.desk(by)
    form = desk.get("/things/loan/new/ask_key").content.decode()
    sent = {"key": field(form, "key"), "room": "301", "why": WHY}
    answer = desk.post("/things/loan/new/ask_key", sent)
    assert answer.status_code == 302, answer.content.decode()
    return str(answer["Location"])


def press(desk: Client, loan: str, command: str, **given: str) -> Any:
    page = desk.get(loan).content.decode()
    kept = {"key": str(uuid4()), "seen_version": field(page, "seen_version") if "seen_version" in page else ""}
    return desk.post(f"{loan}do/{command}", {**kept, **given})


def test_page_list_and_counts_are_made_of_the_table(toys: Town) -> None:
    loan = asked(toys)
    office, officer = toys.desk("office"), toys.desk("officer@城管局")

    assert "借用钥匙" in officer.get("/things/loan/").content.decode()
    waiting = office.get("/things/loan/").content.decode()
    assert re.search(r"待我办理 <span class=\"count\">1</span>", waiting)
    assert loan in waiting
    assert loan not in officer.get("/things/loan/?tab=waiting").content.decode()
    assert loan in officer.get("/things/loan/?tab=all").content.decode()
    page = office.get(loan).content.decode()
    assert ("出借" in page, "归还" in page, "301" in page) == (True, False, True)

    assert press(office, loan, "lend_key").status_code == 302
    refused = press(officer, loan, "give_back")
    assert (refused.status_code, "请填写说明。" in refused.content.decode()) == (422, True)
    assert press(officer, loan, "give_back", reason="用完").status_code == 302
    assert "已归还" in office.get(loan).content.decode()


def test_a_second_press_changes_nothing_and_who_was_faster_is_named(toys: Town) -> None:
    loan = asked(toys)
    office = toys.desk("office")
    sent = {"key": str(uuid4()), "seen_version": "1"}

    pressed = [office.post(f"{loan}do/lend_key", sent).status_code for _ in range(2)]
    late = office.post(f"{loan}do/lend_key", {**sent, "key": str(uuid4())})
    other = office.post(f"{loan}do/give_back", {**sent, "reason": "x"})

    assert (pressed, late.status_code, other.status_code) == ([302, 302], 409, 409)
    assert LoanRow._default_manager.get().version == 2
    assert "出借" in late.content.decode()


def test_nobody_else_sees_the_thing_or_hears_of_it(toys: Town) -> None:
    loan = asked(toys)
    relayed()
    id = loan.rstrip("/").rpartition("/")[2]

    told = {row.audience for row in Signal.objects.filter(order=f"loan/{id}")}
    assert told == {"role:office", "role:supervisor", "role:designated_officer", "unit:城管局"}
    for name in toys.staff:
        role, _, unit = name.partition("@")
        may = role in ("office", "supervisor", "designated_officer") or unit == "城管局"
        assert (toys.desk(name).get(loan).status_code == 200) is may, name
        assert (f"role:{role}" in told or f"unit:{unit}" in told) is may, name
    LoanRow._default_manager.update(is_restricted=True, target_unit="住建局")
    assert toys.desk("officer@城管局").get(loan).status_code == toys.desk("office").get(loan).status_code == 404
    assert toys.desk("designated_officer").get(loan).status_code == 200
    for bad in ("/things/loan/x/", "/things/nothing/", "/things/order/", "/things/contact/", "/things/loan/?tab=x"):
        assert toys.desk("office").get(bad).status_code == 404


def test_what_is_personal_is_covered_wherever_the_thing_is_shown(toys: Town, tmp_path: Path) -> None:
    loan = asked(toys)
    toys.desk("office")
    press(toys.desk("office"), loan, "lend_key")
    relayed()
    city = City("jiangyin", toys.set_clock, (*CITY_ROLES, "officer@城管局"))
    store = Store(tmp_path)
    export.export(store, now=toys.now)

    shown = [toys.desk("office").get(each).content.decode() for each in (loan, "/things/loan/?tab=all")]
    shown += [str(city.get("/things/loan", by="office").body), str(list(Notice.objects.values()))]
    shown += [str(list(Signal.objects.values())), str([store.rows(file).to_pylist() for file in store.read().files])]

    assert not any(PHONE in each or NAME in each for each in shown)
    assert "陆某" in shown[0]


def test_notice_leads_to_the_page(toys: Town) -> None:
    loan = asked(toys)
    press(toys.desk("office"), loan, "lend_key")
    relayed()

    assert f'href="{loan}"' in toys.desk("officer@城管局").get("/notices/").content.decode()
    assert "钥匙" in toys.desk("office").get("/notices/").content.decode()


def test_whoever_it_is_of_is_told_by_a_writer_of_its_own(toys: Town) -> None:
    loan = asked(toys)
    press(toys.desk("office"), loan, "lend_key")

    assert told(toys) == [(PHONE_OF_TOY, "jiangyin：answered loan {}")]
    assert told(toys) == []
    stream = f"loan/{loan.rstrip('/').rpartition('/')[2]}"
    assert [(each.kind, each.state) for each in queries.of(stream)] == [("answered", "SENT")]


def test_api_begins_lists_and_commands(toys: Town) -> None:
    city = City("jiangyin", toys.set_clock, (*CITY_ROLES, "officer@城管局", "officer@住建局"))

    begun = city.post("/things/loan?command=ask_key", {"room": "301", "why": "开会"}, by="officer@城管局")
    id = begun.body["id"]
    lent = city.post(f"/things/loan/{id}/lend_key", {}, by="office")

    assert (begun.body["status"], lent.body["status"], lent.body["may"]) == ("ASKED", "LENT", [])
    assert [each["id"] for each in city.get("/things/loan", by="office").body["items"]] == [id]
    assert city.get(f"/things/loan/{id}", by="officer@城管局").body["may"] == ["give_back"]
    assert city.get(f"/things/loan/{id}", by="officer@住建局").code == "not_found"
    assert city.post(f"/things/loan/{id}/give_back", {}, by="officer@城管局").code == "reason_missing"
    assert city.post(f"/things/loan/{id}/give_back", {"x": "1"}, by="officer@城管局").code == "malformed"
    assert city.post(f"/things/loan/{id}/nothing", {}, by="office").code == "not_found"
    assert city.get("/things/order", by="office").code == "not_found"


def test_clock_lake_rows_and_rebuilding_come_with_it(toys: Town, tmp_path: Path) -> None:
    loan = asked(toys)
    press(toys.desk("office"), loan, "lend_key")
    toys.later(days=30)
    tasks.sweep_once(toys.now)
    store = Store(tmp_path)
    export.export(store, now=toys.now)

    (row,) = [each for file in store.read().of("things", city="jiangyin") for each in store.rows(file).to_pylist()]
    assert (row["kind"], row["status"], row["late"], row["unit"], row["ended_at"]) == (
        "loan", "LENT", True, "城管局", None,
    )  # fmt: skip
    press(toys.desk("officer@城管局"), loan, "give_back", reason="用完")
    export.export(store, now=toys.now + timedelta(minutes=1))
    (row,) = [each for file in store.read().of("things", city="jiangyin") for each in store.rows(file).to_pylist()]
    assert (row["status"], row["ended_at"] is None) == ("BACK", False)
    assert verification.rebuild(check=True)["loan"] == verification.Rebuilt(1, 0)
    LoanRow._default_manager.update(status="ASKED")
    assert verification.rebuild(check=False)["loan"] == verification.Rebuilt(1, 1)


def test_story_is_played(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from minsheng.app.cli.main import main

    played = {**cycles.PLAYED, "loan": cycles.Played(CYCLE)}
    for module in (scenario, rehearsal):
        monkeypatch.setattr(module, "PLAYED", played)
    monkeypatch.setattr(scenario, "THINGS", ("order", *played))
    story = tmp_path / "story.yaml"
    story.write_text(
        "pack: jiangyin\nsteps:\n"
        "- {at: 2026-09-18 09:00, do: ask_key, loan: a, by: officer@城管局, with: {room: 301},\n"
        "   expect: {status: ASKED}}\n"
        "- {at: 2026-09-18 09:10, do: lend_key, loan: a, by: officer@城管局, expect: {refused: not_your_role}}\n"
        "- {at: 2026-09-18 09:10, do: lend_key, loan: a, by: office, expect: {timers: {back: running}}}\n"
        "- {at: 2026-10-18 09:10, loan: a, expect: {violations: [late_key@城管局], timers: {back: missed}}}\n",
        encoding="utf-8",
    )

    status = main(["rehearse", str(story)])

    assert status == 0, capsys.readouterr().out


def test_the_toy_is_short() -> None:
    written = [(ROOT / "tests" / name).read_text(encoding="utf-8") for name in ("toy_ground.py", "toy_rows_ground.py")]

    assert sum(bool(line.strip()) for text in written for line in text.splitlines()) < 150
    assert KIND.labels is not None


@pytest.mark.parametrize("stream", ["report", "contact", "nothing", "loan"])
def test_notice_of_what_has_no_page_here_breaks_nobodys_notices(toys: Town, stream: str) -> None:
    Notice.objects.create(
        city="jiangyin", position=1, place=0, stream=f"{stream}/{uuid4()}", kind="due_changed",
        recipient="officer@城管局", params={}, at=toys.now,
    )  # fmt: skip

    answer = toys.desk("officer@城管局").get("/notices/")

    assert answer.status_code == 200
    assert ">查看</a>" not in answer.content.decode()


def test_a_command_that_takes_the_thing_out_of_sight_is_answered_and_so_is_its_repetition(
    toys: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    city = City("jiangyin", toys.set_clock, (*CITY_ROLES, "officer@城管局"))
    id = city.post("/things/loan?command=ask_key", {"room": "301"}, by="officer@城管局").body["id"]
    columns = KIND.columns
    monkeypatch.setattr(KIND, "columns", lambda loan: {**columns(loan), "is_restricted": loan.status == "LENT"})

    first, again = (city.post(f"/things/loan/{id}/lend_key", {}, by="office", key="k") for _ in range(2))
    other = city.post(f"/things/loan/{id}/lend_key", {}, by="office", key="l")

    assert (first.status, first.body["status"], first.body["units"]) == (200, "LENT", [])
    assert (again.body, again.headers["Idempotent-Replay"], other.code) == (first.body, "true", "not_found")
    loan = asked(toys)
    assert press(toys.desk("office"), loan, "lend_key")["Location"] == "/things/loan/"
