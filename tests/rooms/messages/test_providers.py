"""Text messages by HTTP against a real server: signed, failed over, receipts in any order; what goes first."""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import LazySettings
from django.db import connection
from django.test import Client
from tests.toy_rows_ground import FEATURE
from tests.toy_writer_ground import PHONE

from minsheng.core.features.values import BAD
from minsheng.core.messages import actions, checks, receipts, sending, tasks
from minsheng.core.messages.models import Message, Receipt
from minsheng.core.messages.values import BESIDE, CITIZEN
from minsheng.core.policies import actions as policies
from minsheng.domain.actors import SYSTEM
from minsheng.gateways import carriers, sms_http
from minsheng.gateways.sms import SmsAway, SmsRefused

NOW = datetime.fromisoformat("2026-09-18T10:00:00+08:00")
FILE = """
[[provider]]
name = "first"
url = "{url}/first"
fields = {{mobile = "{{phone}}", content = "{{text}}", ref = "{{reference}}"}}
sign = "hmac-sha256"
sign_header = "X-Sign"
secret = "SMS_FIRST"
accepted = {{field = "code", is = ["0"]}}
permanent = {{field = "code", is = ["4"]}}
id = "data.id"
receipts = {{id = "msgid", state = "stat", delivered = ["DELIVRD"], permanent = ["UNDELIV"], temporary = ["EXPIRED"], token = "SMS_TOKEN", ids = "hex"}}

[[provider]]
name = "second"
url = "{url}/second"
body = "form"
fields = {{to = "{{phone}}", msg = "{{text}}"}}
headers = {{X-Key = "{{secret}}"}}
secret = "SMS_SECOND"
"""  # noqa: E501 - a table of TOML stands on one line


class Server(ThreadingHTTPServer):
    """Answers each provider with what it is told to, and keeps what came."""

    answers: dict[str, tuple[int, object]]
    came: list[tuple[str, dict[str, str], bytes]]


class Handler(BaseHTTPRequestHandler):
    """One request."""

    server: Server

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.came.append((self.path, dict(self.headers), body))
        status, told = self.server.answers[self.path]
        content = json.dumps(told).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server(("127.0.0.1", 0), Handler)
    made.answers, made.came = {"/first": (200, {"code": 0, "data": {"id": 255}}), "/second": (200, {})}, []
    thread = threading.Thread(target=made.serve_forever)
    thread.start()
    yield made
    made.shutdown()
    thread.join()
    made.server_close()


@pytest.fixture
def file(server: Server, tmp_path: Path, settings: LazySettings, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, secret in (("SMS_FIRST", "geheim"), ("SMS_SECOND", "key2"), ("SMS_TOKEN", "t0ken")):
        monkeypatch.setenv(name, secret)
    path = tmp_path / "sms.toml"
    path.write_text(FILE.format(url=f"http://127.0.0.1:{server.server_port}"), encoding="utf-8")
    settings.SMS_FILE = str(path)
    settings.FEATURES = [*settings.FEATURES, FEATURE]
    return path


@pytest.fixture
def city(db: None) -> None:
    """A city whose pack has quiet hours."""
    policies.open_city("jiangyin", name="江阴市", pack="jiangyin", actor=SYSTEM, now=NOW - timedelta(days=400))


def told(count: int = 1, *, kind: str = "answered", since: int = 0) -> None:
    for position in range(since, since + count):
        actions.tell(
            "loan/1", [CITIZEN], city="jiangyin", kind=kind, params={}, position=position, place=BESIDE, now=NOW
        )


def receipt(id: str, stat: str, *, token: str = "t0ken", provider: str = "first") -> int:
    body = json.dumps([{"msgid": id, "stat": stat}])
    headers = {"X-Token": token}
    return (
        Client()
        .post(f"/inbound/sms/{provider}/receipts", body, content_type="application/json", headers=headers)
        .status_code
    )


def only() -> Message:
    return Message.objects.get()


@pytest.mark.django_db
def test_message_is_signed_handed_over_and_its_receipt_says_that_it_arrived(server: Server, file: Path) -> None:
    told()
    tasks.send(NOW)

    path, headers, body = server.came[0]
    said = json.loads(body)
    assert (path, said["mobile"], said["ref"]) == ("/first", PHONE, f"message {only().pk}")
    assert headers["X-Sign"] == hmac.new(b"geheim", body, hashlib.sha256).hexdigest()
    assert (only().state, only().provider, only().provider_id, only().awaits) == ("SENT", "first", "255", True)
    assert only().parts == sms_http.parts_of(said["content"])
    # The same id in hexadecimal, twice.
    assert [receipt("ff", "DELIVRD") for _ in range(2)] == [200, 200]
    assert (only().state, only().awaits, Receipt.objects.count()) == ("DELIVERED", False, 1)
    assert receipt("ff", "EXPIRED") == 200
    assert only().state == "DELIVERED"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("stat", "state", "why"), [("UNDELIV", "FAILED", "permanent"), ("EXPIRED", "WAITING", ""), ("ODD", "SENT", "")]
)
def test_receipt_of_a_failure_ends_it_or_has_it_tried_again(file: Path, stat: str, state: str, why: str) -> None:
    told()
    tasks.send(NOW)
    receipt("ff", stat)

    assert (only().state, only().why) == (state, why)


@pytest.mark.django_db
def test_receipt_that_comes_before_the_answer_is_not_lost(server: Server, file: Path) -> None:
    assert receipt("ff", "DELIVRD") == 200
    told()
    tasks.send(NOW)

    assert only().state == "DELIVERED"


@pytest.mark.django_db
def test_other_tokens_and_other_providers_find_nothing_and_bad_bodies_change_nothing(file: Path) -> None:
    told()
    tasks.send(NOW)

    assert receipt("255", "DELIVRD", token="wrong") == 404
    assert receipt("255", "DELIVRD", provider="second") == 404
    assert receipt("255", "DELIVRD", provider="none") == 404
    for body in ("{", "[1]", '"x"', "\x00", "[" * 100_000):
        answer = Client().post("/inbound/sms/first/receipts?token=t0ken", body, content_type="application/json")
        assert answer.status_code == 400
    assert only().state == "SENT"
    assert (
        Client()
        .post(
            "/inbound/sms/first/receipts?token=t0ken",
            "msgid=ff&stat=DELIVRD",
            content_type="application/x-www-form-urlencoded",
        )
        .status_code
        == 200
    )
    assert only().state == "DELIVERED"


@pytest.mark.django_db
def test_receipt_is_of_the_message_with_its_id_alone(server: Server, file: Path) -> None:
    for position, id in enumerate(("1000", "4096")):
        server.answers["/first"] = (200, {"code": 0, "data": {"id": id}})
        told(since=position)
        tasks.send(NOW)
    receipt("3e8", "UNDELIV")

    assert list(Message.objects.order_by("position").values_list("state", flat=True)) == ["FAILED", "SENT"]


@pytest.mark.django_db
def test_message_that_is_sent_anew_has_a_reference_of_its_own(server: Server, file: Path) -> None:
    told()
    tasks.send(NOW)
    receipt("ff", "EXPIRED")
    tasks.send(NOW + timedelta(days=400))

    first, second = (json.loads(body)["ref"] for _, _, body in server.came)
    assert (second, only().state) == (f"{first} 1", "SENT")


@pytest.mark.django_db
@pytest.mark.parametrize("id", ["a\x00b", "9" * 5_000, "\ud800", ""])
def test_odd_id_of_a_receipt_is_none(file: Path, id: str) -> None:
    assert receipt(id, "DELIVRD") == 200
    assert not Receipt.objects.exists()


@pytest.mark.django_db
def test_next_provider_takes_what_the_first_does_not(server: Server, file: Path) -> None:
    server.answers["/first"] = (503, {})
    told()
    tasks.send(NOW)

    assert [path for path, _, _ in server.came] == ["/first", "/second"]
    assert server.came[1][1]["X-Key"] == "key2"
    assert b"to=" + PHONE.encode() in server.came[1][2]
    assert (only().state, only().provider, only().awaits) == ("SENT", "second", False)


@pytest.mark.django_db
def test_number_that_nobody_reaches_is_given_up_at_once(server: Server, file: Path) -> None:
    server.answers["/first"] = (200, {"code": 4})
    told()
    tasks.send(NOW)

    assert (only().state, only().why, len(server.came)) == ("FAILED", "permanent", 1)


@pytest.mark.django_db
def test_slow_provider_comes_last_until_it_is_better(server: Server, file: Path) -> None:
    told(25)
    tasks.send(NOW)
    assert {row.provider for row in Message.objects.all()} == {"first"}
    Message.objects.update(sent_at=NOW - timedelta(minutes=10))

    assert receipts.slow(now=NOW) == {"first"}
    told(1, since=100)
    tasks.send(NOW)
    assert Message.objects.get(position=100).provider == "second"
    assert receipts.slow(now=NOW + timedelta(minutes=10)) == frozenset()


@pytest.mark.django_db
def test_message_without_a_receipt_is_given_up_after_days(file: Path) -> None:
    told()
    tasks.send(NOW)
    tasks.reconcile(NOW + timedelta(days=2))
    assert only().state == "SENT"
    tasks.reconcile(NOW + timedelta(days=4))

    assert (only().state, only().why) == ("FAILED", "expired")
    receipt("ff", "DELIVRD")
    assert only().state == "DELIVERED"
    Receipt.objects.update(at=NOW)
    tasks.reconcile(NOW + timedelta(days=8))
    assert not Receipt.objects.exists()


@pytest.mark.django_db
def test_what_is_urgent_goes_before_a_thousand_news(
    server: Server, file: Path, city: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "AT_ONCE", 50)
    told(60, kind="news")
    told(1, since=500)
    told(1, kind="alarm", since=900)
    tasks.send(NOW)

    said = [json.loads(body)["ref"] for _, _, body in server.came]
    first = {f"message {Message.objects.get(position=each).pk}" for each in (500, 900)}
    assert first <= set(said[: sending.SENDERS])
    assert Message.objects.filter(state="WAITING").count() == 62 - sending.AT_ONCE


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "没有写任何 [[provider]]"),
        ("x", "不是 TOML"),
        ('[[provider]]\nname = "a"', "缺少 url、fields"),
        ('[[provider]]\nname = "a"\nurl = "http://sms.example"\nfields = {a = "b"}', "https"),
        ('[[provider]]\nname = "a"\nurl = "https://sms.example"\nfields = {a = "{words}"}', "写得不对"),
        ('[[provider]]\nname = "a"\nurl = "https://sms.example"\nfields = {a = "b"}\nspeed = 1', "不认识的项 speed"),
        ('[[provider]]\nname = "a"\nurl = "https://sms.example"\nfields = {a = "b"}\nsign = "hmac-sha256"', "secret"),
        (
            '[[provider]]\nname = "a"\nurl = "https://sms.example"\nfields = {a = "b"}\nbody = "xml"',
            "form 或 text",
        ),
        ('[[provider]]\nname = "a"\nurl = "https://sms.example"\nfields = {a = "b"}\nsecret = "NOT_SET"', "NOT_SET"),
        (
            '[[provider]]\nname = "a"\nurl = "https://sms.example"\nfields = {a = "b"}\n'
            'receipts = {id = "i", state = "s", token = ""}',
            "须写 token",
        ),
    ],
)
@pytest.mark.django_db
def test_file_that_cannot_be_used_is_told_by_doctor_and_carries_nothing(
    text: str, says: str, tmp_path: Path, settings: LazySettings
) -> None:
    path = tmp_path / "sms.toml"
    path.write_text(text, encoding="utf-8")
    settings.SMS_FILE = str(path)

    with pytest.raises(sms_http.SmsMisconfigured, match=says.replace("[", r"\[").replace("]", r"\]")):
        sms_http.providers(path)
    assert carriers.configured("sms", demonstration=False, file=str(path)) is None
    reached: psycopg.Connection = connection.connection
    found = checks.channels(reached, now=NOW)
    assert found[0].level == BAD
    assert says in found[0].what


def test_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(sms_http.SmsMisconfigured, match="打不开"):
        sms_http.providers(tmp_path / "none.toml")


def test_carrier_refuses_and_is_away_by_its_own_words(server: Server, file: Path) -> None:
    carrier: Any = carriers.configured("sms", demonstration=False, file=str(file))
    server.answers = {"/first": (200, {"code": 9}), "/second": (500, {})}
    with pytest.raises(SmsAway):
        carrier.send(PHONE, "甲", reference="r")
    server.answers["/first"] = (200, {"code": 4})
    with pytest.raises(SmsRefused):
        carrier.send(PHONE, "甲", reference="r")


@pytest.mark.parametrize(
    ("text", "parts"), [("甲" * 70, 1), ("甲" * 71, 2), ("甲" * 134, 2), ("甲" * 135, 3), ("😀" * 36, 2)]
)
def test_parts_are_counted_as_carriers_do(text: str, parts: int) -> None:
    assert sms_http.parts_of(text) == parts
