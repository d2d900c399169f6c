"""Calls that an exchange of a city's own tells of: records, the agent's page, and what is no such message."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client
from tests.town_ground import Town, fresh, text_of

from minsheng.cases.telephony import checks, queries, tasks
from minsheng.cases.telephony import cti as records
from minsheng.cases.telephony.models import TelephonyCall
from minsheng.core.ledger import journals
from minsheng.core.ledger import queries as ledger
from minsheng.core.people.models import Staff
from minsheng.gateways.switch import cti
from minsheng.gateways.switch.cti import CtiMisconfigured

TOKEN = "a-token-of-the-exchange"
CITIZEN = "19900001111"
FILE = '[[switch]]\nname = "pbx"\ncity = "jiangyin"\ntoken = "CTI_TOKEN"\n'


@pytest.fixture
def exchange(town: Town, tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """Return what tells the platform of a call, as a vendor's exchange does."""
    journals.make_months(town.now.date(), town.now.date())
    path = tmp_path / "cti.toml"
    path.write_text(FILE, encoding="utf-8")
    settings.CTI_FILE = str(path)
    monkeypatch.setenv("CTI_TOKEN", TOKEN)
    client = Client()

    def tell(event: str, *, as_json: bool = False, path: str = "/api/cti", token: str = TOKEN, **more: Any) -> Any:
        said = {"event": event, "from": CITIZEN, "to": "12345", "direction": "in", "callId": "c-1", **more}
        headers = {"X-Token": token} if token else {}
        if as_json:
            return client.post(path, json.dumps(said), content_type="application/json", headers=headers)
        form = urlencode(said, doseq=True)
        return client.post(path, form, content_type="application/x-www-form-urlencoded", headers=headers)

    return tell


def later(town: Town, seconds: int) -> datetime:
    town.at(town.now + timedelta(seconds=seconds))
    return town.now


@pytest.mark.parametrize("as_json", [False, True])
def test_call_is_kept_from_its_three_events_once(town: Town, exchange: Callable[..., Any], as_json: bool) -> None:
    username = Staff.objects.get(pk=town.staff["seat"]).username
    for _ in range(2):
        assert exchange("newCall", as_json=as_json).status_code == 200
    later(town, 7)
    for _ in range(2):
        exchange("answer", as_json=as_json, **{"user[]": [username]})
    page = text_of(town.desk("seat").get("/telephony"))
    assert ("199****1111" in page, CITIZEN in page, "登记诉求" in page) == (True, False, True)
    later(town, 60)
    for _ in range(2):
        exchange("hangup", as_json=as_json, cause="normalClearing")
    exchange("answer", as_json=as_json)

    (row,) = TelephonyCall.objects.all()
    assert [each.what for each in queries.timeline(row.pk, since=row.offered_at)] == [
        "offered", "queued", "answered", "ended",
    ]  # fmt: skip
    assert (row.agent, row.cause, row.queue, row.line) == (
        f"staff:{town.staff['seat']}", "normalClearing", "ordinary", "12345",
    )  # fmt: skip
    assert [each.type for each in ledger.history(f"call/{row.pk}")] == ["CallEnded"]
    assert queries.number_of(row.pk) == CITIZEN
    assert queries.live_calls(town.code) == []


def test_seat_says_why_nothing_was_registered_or_registers_it(town: Town, exchange: Callable[..., Any]) -> None:
    exchange("answer", answeringNumber="seat甲")
    (row,) = TelephonyCall.objects.all()
    client = town.desk("seat")

    assert "通话中" in text_of(client.get("/telephony/pop"))
    client.post("/telephony/do", fresh(kind="settle", outcome="misdialed", call=str(row.pk)))
    assert "就绪”" not in text_of(client.get("/telephony"))
    exchange("hangup")
    assert "通话中" not in text_of(client.get("/telephony/pop"))

    assert TelephonyCall.objects.get().outcome == "misdialed"
    assert client.get("/telephony").context["call"] is None
    exchange("newCall", direction="out", callId="c-2", to=CITIZEN, **{"from": "12345"})
    exchange("hangup", direction="out", callId="c-2", to=CITIZEN, **{"from": "12345"}, cause="<b>busy</b>")
    out = TelephonyCall.objects.get(direction="out")
    assert (out.cause, out.queued_at, out.line, queries.number_of(out.pk)) == ("hung_up", None, "12345", CITIZEN)


def test_who_takes_a_call_over_has_it_and_a_name_used_anew_is_a_new_call(
    town: Town, exchange: Callable[..., Any]
) -> None:
    exchange("newCall")
    exchange("answer", answeringNumber="seat甲")
    exchange("answer", answeringNumber="specialist甲")
    (row,) = TelephonyCall.objects.all()
    assert row.agent == f"staff:{town.staff['specialist']}"
    exchange("hangup")
    exchange("newCall")
    assert TelephonyCall.objects.count() == 1
    later(town, 3_600)
    for event in ("newCall", "newCall", "answer", "hangup", "hangup"):
        exchange(event)

    assert [each.ended_at is not None for each in TelephonyCall.objects.all()] == [True, True]


def test_calls_that_an_exchange_forgot_wait_no_longer(town: Town, exchange: Callable[..., Any]) -> None:
    exchange("newCall")
    tasks.look_after(later(town, 3_600))
    assert queries.waiting(town.code) == 1
    tasks.look_after(later(town, 4 * 3_600))

    row = TelephonyCall.objects.get()
    assert (row.cause, queries.waiting(town.code), row.digest is not None) == ("lost", 0, True)


def test_nothing_logs_a_token(
    town: Town, exchange: Callable[..., Any], caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level("DEBUG")
    address = f"/api/cti/{TOKEN}"
    assert exchange("dance", path=address, token="").status_code == 400
    monkeypatch.setattr(records, "take", lambda *_, **__: 1 / 0)
    assert exchange("newCall", path=address, token="").status_code == 500

    assert TOKEN not in caplog.text


def test_tokens_are_taken_from_headers_and_addresses_and_others_find_nothing(
    town: Town, exchange: Callable[..., Any], settings: Any, tmp_path: Path
) -> None:
    assert exchange("newCall", path=f"/api/cti/{TOKEN}", token="").status_code == 200
    assert Client().post("/api/cti", {}, headers={"Authorization": f"Bearer {TOKEN}"}).status_code == 400
    assert exchange("newCall", token="another").status_code == 404
    assert exchange("newCall", token="").status_code == 404
    assert Client().get("/api/cti", headers={"X-Token": TOKEN}).status_code == 405
    assert Client().get("/api/nothing").status_code == 404
    (tmp_path / "cti.toml").write_text(FILE.replace("jiangyin", "nowhere"), encoding="utf-8")
    assert exchange("newCall").status_code == 404
    settings.CTI_FILE = ""
    assert exchange("newCall").status_code == 404
    assert TelephonyCall.objects.count() == 1


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"", "application/x-www-form-urlencoded", 400),
        (b"event=dance&direction=in&callId=1", "application/x-www-form-urlencoded", 400),
        (b"event=newCall&direction=up&callId=1", "application/x-www-form-urlencoded", 400),
        (b"event=newCall&direction=in", "application/x-www-form-urlencoded", 400),
        (b"event=newCall&direction=in&callId=%00", "application/x-www-form-urlencoded", 400),
        (b"event=newCall&direction=in&callId=" + b"1" * 251, "application/x-www-form-urlencoded", 400),
        (b"\xff\xfe", "application/x-www-form-urlencoded", 400),
        (b"[1]", "application/json", 400),
        (b'{"event": []}', "application/json", 400),
        (b"[" * 16_000, "application/json", 400),
        (b"{", "application/json", 400),
        (b"x" * 20_000, "text/plain", 413),
    ],
)
def test_what_is_no_such_message_changes_nothing(
    exchange: Callable[..., Any], body: bytes, kind: str, status: int
) -> None:
    answer = Client().post("/api/cti", body, content_type=kind, headers={"X-Token": TOKEN})

    assert (answer.status_code, TelephonyCall.objects.count()) == (status, 0)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("nonsense", "TOML"),
        ("x = 1", "没有 [[switch]]"),
        ("switch = 1", "没有 [[switch]]"),
        ("[[switch]]\nname = 'pbx'", "应写明"),
        (FILE.replace("pbx", "P B X"), "小写字母"),
        (FILE.replace("CTI_TOKEN", "UNSET"), "UNSET"),
        (FILE + FILE, "不能重复"),
    ],
)
def test_file_that_cannot_be_used_is_told_by_doctor(
    exchange: Callable[..., Any], settings: Any, tmp_path: Path, text: str, says: str
) -> None:
    (good,) = checks.check(None, now=datetime.now().astimezone())  # type: ignore[arg-type]
    assert (good.level, "pbx" in good.what) == ("正常", True)
    (tmp_path / "cti.toml").write_text(text, encoding="utf-8")

    (found,) = checks.check(None, now=datetime.now().astimezone())  # type: ignore[arg-type]
    assert (found.level, says in found.advice, TOKEN in found.advice) == ("有误", True, False)
    assert exchange("newCall").status_code == 404
    settings.CTI_FILE = ""
    assert list(checks.check(None, now=datetime.now().astimezone())) == []  # type: ignore[arg-type]
    with pytest.raises(CtiMisconfigured):
        cti.vendors(tmp_path / "none.toml")
