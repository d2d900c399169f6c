"""Text messages that people send, as a carrier brings them: ratings, additions, and what a seat looks at."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.conf import LazySettings
from django.test import Client
from tests import town_ground as towns
from tests.town_ground import Town, relayed, row, text_of, with_identity

from minsheng.cases.appeals.models import Addition
from minsheng.cases.incoming.models import Incoming
from minsheng.core.messages import sending
from minsheng.core.messages.values import Message
from minsheng.domain.orders.order import CALLBACK
from minsheng.public.citizens import writer

PHONE = "13812345678"
FILE = """
[[provider]]
name = "carrier"
url = "https://sms.example/send"
fields = {mobile = "{phone}", content = "{text}"}
inbound = {id = "moid", phone = "from", text = "text", city = "suqian", token = "SMS_TOKEN"}
"""


@pytest.fixture
def town(
    db: None, test_clock: Callable[[datetime], None], tmp_path: Path, settings: LazySettings,
    monkeypatch: pytest.MonkeyPatch,
) -> Town:  # fmt: skip
    monkeypatch.setenv("SMS_TOKEN", "t0ken")
    file = tmp_path / "sms.toml"
    file.write_text(FILE, encoding="utf-8")
    settings.SMS_FILE = str(file)
    return towns.build("suqian", test_clock, pack="suqian")


def came(text: str, *, id: str = "m1", phone: str = PHONE, token: str = "t0ken") -> int:
    body = json.dumps([{"moid": id, "from": phone, "text": text}])
    path = f"/inbound/sms/carrier/messages?token={token}"
    return Client().post(path, body, content_type="application/json").status_code


def asked(town: Town) -> str:
    """Return an order whose appellant was asked by text message how satisfied they are."""
    order = town.handled()
    with_identity(town, order)
    town.act(order, "officer@城管局", "reply", text="已修复", channel="phone", kind="final")
    town.act(order, "auditor", "pass_audit")
    assert row(order).status == CALLBACK
    return order


def close(town: Town, **fields: str) -> Any:
    found = Incoming.objects.get(status="WAITING")
    form = {"key": str(uuid4()), "seen_version": found.version, **fields}
    return town.desk("seat").post(f"/things/incoming/{found.pk}/do/close_incoming", form)


@pytest.mark.clause("SQ-10.5a")
def test_answer_by_number_rates_the_order_once(town: Town) -> None:
    order = asked(town)

    assert [came("您好，2，谢谢") for _ in range(2)] == [200, 200]
    assert (row(order).status, row(order).reason) == ("CLOSED", "satisfied")
    found = Incoming.objects.get()
    assert (found.status, found.order) == ("TAKEN", order)
    page = text_of(town.desk("seat").get(f"/things/incoming/{found.pk}/"))
    assert (row(order).number in page, PHONE in page) == (True, False)


@pytest.mark.clause("SQ-10.5b")
def test_dissatisfied_answer_is_called_back_by_a_person(town: Town) -> None:
    order = asked(town)
    came("不满意")

    assert row(order).status == "CALLBACK_MANUAL"


def test_two_that_were_asked_about_are_told_apart_by_the_number_alone(town: Town) -> None:
    first, second = asked(town), asked(town)
    came("2")
    assert Incoming.objects.get().status == "WAITING"
    relayed()
    texts: list[str] = []

    class Carrier:
        name = "test"

        def send(self, phone: str, text: str, /, *, reference: str, about: str = "") -> None:
            texts.append(text)

    sending.send_waiting({"sms": Carrier()}.get, now=town.now)
    assert [row(each).number[-6:] in texts[-1] for each in (first, second)] == [True, True]
    came(f"2 {row(second).number[-6:]}", id="m2")

    assert (row(first).status, row(second).status) == (CALLBACK, "CLOSED")
    # What was asked about is settled with it.
    assert set(Incoming.objects.values_list("status", "order")) == {("TAKEN", second)}


def test_what_is_no_rating_is_added_to_the_only_open_order(town: Town) -> None:
    order = town.handled()
    with_identity(town, order)
    came("昨天又有人摔倒，请抓紧")

    assert Addition.objects.get().text == "昨天又有人摔倒，请抓紧"
    assert Incoming.objects.get().order == order


def test_what_nobody_asked_for_waits_for_a_seat_and_is_never_lost(town: Town) -> None:
    came("路灯坏了，我是李丽，电话13998765432", phone="13900001111")
    found = Incoming.objects.get()
    listed = town.desk("seat").get("/things/incoming/").content.decode()
    page = text_of(town.desk("seat").get(f"/things/incoming/{found.pk}/"))

    assert found.number in listed
    assert "路灯坏了" in page
    assert not any(each in page for each in ("13998765432", "13900001111"))
    assert town.desk("officer@城管局").get(f"/things/incoming/{found.pk}/").status_code == 404
    assert close(town, outcome="registered", number="没有").status_code == 422
    assert close(town, outcome="nothing").status_code == 422
    order = town.register()
    assert close(town, outcome="registered", number=row(order).number).status_code == 302
    assert Incoming.objects.get().order == order


@pytest.mark.parametrize(
    ("phone", "text"), [("乱码", "1"), ("1", ""), ("13812345678", "x" * 20_001), (PHONE, "\x00甲")]
)
def test_odd_messages_wait_for_a_seat(town: Town, phone: str, text: str) -> None:
    assert came(text, phone=phone) == 200
    assert Incoming.objects.get().status == "WAITING"


def test_only_the_carrier_brings_messages(town: Town) -> None:
    assert came("1", token="wrong") == 404
    assert (
        Client().post("/inbound/sms/other/messages?token=t0ken", "[]", content_type="application/json").status_code
        == 404
    )
    path = "/inbound/sms/carrier/messages?token=t0ken"
    assert Client().post(path, "[[", content_type="application/json").status_code == 400
    assert not Incoming.objects.exists()


def test_whoever_is_asked_is_told_how_to_answer(town: Town) -> None:
    order = asked(town)
    message = Message("suqian", f"order/{order}", "sms_callback", {})

    assert "也可以回复数字：1很满意 2满意 3基本满意 4不满意 5很不满意。" in writer.text(message, now=town.now)
