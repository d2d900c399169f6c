"""Programs of others by `/api/public/`: sign in by a code, file once, follow, add, rate, be pushed to."""

from __future__ import annotations

import hmac
import json
import threading
from collections.abc import Iterator
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from uuid import uuid4

import pytest
from django.conf import LazySettings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests import files_ground as samples
from tests.town_ground import Town, relayed

from minsheng.cases.orders.models import Order
from minsheng.core.messages import tasks as outbox
from minsheng.core.messages.models import Message
from minsheng.core.reach.models import Address
from minsheng.domain.actors import SYSTEM
from minsheng.domain.rejected import Rejected
from minsheng.public.apps import actions
from minsheng.public.apps.models import Grant, Program
from minsheng.public.portal import codes

PHONE = "13000000001"
APPEAL = {
    "type": "help", "title": "路灯不亮", "content": "人民路路灯三天不亮，晚上看不清路。", "place": "人民路",
    "publish": "yes", "appellant": "citizen",
}  # fmt: skip


class Hook(ThreadingHTTPServer):
    """The program's own server: keeps what is pushed and answers as it is told to."""

    status: int
    came: list[tuple[str, bytes]]


class Handler(BaseHTTPRequestHandler):
    """One push."""

    server: Hook

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.came.append((self.headers["X-Minsheng-Signature"], body))
        self.send_response(self.server.status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def hook() -> Iterator[Hook]:
    made = Hook(("127.0.0.1", 0), Handler)
    made.status, made.came = 200, []
    thread = threading.Thread(target=made.serve_forever)
    thread.start()
    yield made
    made.shutdown()
    thread.join()
    made.server_close()


@pytest.fixture
def keys(town: Town, hook: Hook, settings: LazySettings, tmp_path: Any) -> actions.Keys:
    settings.DEMO, settings.FILES_FOLDER = True, tmp_path
    url = f"http://127.0.0.1:{hook.server_port}/push"
    return actions.serve(town.code, "江阴通", channel="app", webhook=url, actor=SYSTEM, now=town.now)


def call(method: str, path: str, token: str, body: object = None, *, key: str = "") -> Any:
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": key or str(uuid4())}
    if method == "GET":
        return Client().get(f"/api/public/{path}", headers=headers)
    return Client().post(
        f"/api/public/{path}", json.dumps(body or {}), content_type="application/json", headers=headers
    )


def signed_in(keys: actions.Keys, phone: str = PHONE) -> Any:
    code = call("POST", "codes", keys.token, {"phone": phone}).json()["code"]
    return call("POST", "tokens", keys.token, {"phone": phone, "code": code}).json()


def answered(town: Town, order: str) -> None:
    town.act(order, "seat", "submit")
    town.act(order, "dispatcher", "dispatch", unit="城管局", basis="权责清单")
    town.act(order, "officer@城管局", "sign")
    town.act(order, "leader@城管局", "approve_reply")
    town.act(order, "officer@城管局", "reply", text="已修复", kind="final")
    town.act(order, "auditor", "pass_audit")
    relayed()


def test_a_program_opens_our_pages_signed_in_once(town: Town, keys: actions.Keys) -> None:
    token = signed_in(keys)["access_token"]
    number = call("POST", "appeals", token, APPEAL).json()["number"]
    asked = {"page": "appeal", "number": number}

    answer = call("POST", "pages", token, asked).json()
    path = answer["address"].partition("testserver")[2]
    browser, other = Client(), Client()
    assert (answer["expires_in"], browser.head(path).status_code) == (120, 302)
    first = browser.get(path)
    assert (first.status_code, first["Location"]) == (302, f"/portal/{town.code}/appeals/{number}")
    assert browser.get(first["Location"]).status_code == 200
    assert "sign-in" in other.get(path)["Location"]
    assert other.get(f"/portal/{town.code}/appeals/{number}").status_code == 404
    late = call("POST", "pages", token, {"page": "mine"}).json()["address"].partition("testserver")[2]
    town.later(minutes=3)
    assert "sign-in" in other.get(late)["Location"]
    ended = call("POST", "pages", token).json()["address"].partition("testserver")[2]
    assert call("POST", "tokens/end", token).status_code == 200
    assert "sign-in" in other.get(ended)["Location"]


def test_a_program_opens_no_page_that_is_not_for_it(keys: actions.Keys) -> None:
    token = signed_in(keys)["access_token"]

    assert call("POST", "pages", token, {"page": "desks"}).status_code == 422
    assert call("POST", "pages", token, {"page": "appeal", "number": "20260101000001"}).status_code == 404
    assert call("POST", "pages", keys.token, {"page": "start"}).status_code == 401


@pytest.mark.clause("SZ-2")
def test_somebody_files_follows_and_rates_in_a_program(town: Town, keys: actions.Keys, hook: Hook) -> None:
    offered = call("GET", "services", keys.token).json()
    assert "help" in {each["code"] for each in offered["types"]}
    mine = signed_in(keys)
    token = mine["access_token"]

    filed = [call("POST", "appeals", token, APPEAL, key="one") for _ in range(2)]
    assert [each.status_code for each in filed] == [200, 200]
    assert filed[0].json() == filed[1].json()
    assert codes.opens(Order.objects.get().id, filed[0].json()["code"])
    assert [each.headers.get("Idempotent-Replay") for each in filed] == [None, "true"]
    order = Order.objects.get()
    assert (order.channel, {each.json()["number"] for each in filed}) == ("app", {order.number})
    assert call("POST", f"appeals/{order.number}/material", token, {"text": "昨晚有人摔倒"}).status_code == 200
    answered(town, order.id)
    shown = call("GET", f"appeals/{order.number}", token).json()
    assert (shown["may_rate"], shown["title"]) == (True, "路灯不亮")
    assert "已修复" in [each["text"] for each in shown["steps"]]

    outbox.send(town.now)
    pushed = [json.loads(body) for _, body in hook.came]
    assert {each["user"] for each in pushed} == {mine["user"]}
    assert PHONE not in json.dumps(pushed)
    talk = call("GET", f"appeals/{order.number}/messages", token).json()["items"]
    assert [each["channel"] for each in talk if each["from_us"]] == ["app"] * len(pushed)
    rating = {"satisfied": "satisfied", "resolved": True}
    assert call("POST", f"appeals/{order.number}/rate", token, rating).status_code == 200
    order.refresh_from_db()
    assert (order.status, order.reason) == ("CLOSED", "satisfied")


def test_push_is_signed_with_the_moment_and_gone_users_are_told_by_text_message(
    town: Town, keys: actions.Keys, hook: Hook
) -> None:
    token = signed_in(keys)["access_token"]
    call("POST", "appeals", token, APPEAL)
    answered(town, Order.objects.get().id)
    hook.status = 410
    outbox.send(town.now)

    signature, body = hook.came[0]
    moment, made = (part.partition("=")[2] for part in signature.split(","))
    assert hmac.new(keys.secret.encode(), f"{moment}.".encode() + body, sha256).hexdigest() == made
    found = list(Message.objects.filter(kind="answered").order_by("id").values_list("channel", "state"))
    assert found == [("app", "FAILED"), ("sms", "WAITING")]


def test_wrong_answers_say_which_and_nothing_is_filed(town: Town, keys: actions.Keys) -> None:
    token = signed_in(keys)["access_token"]

    found = [
        call("POST", "appeals", token, {**APPEAL, **wrong})
        for wrong in ({"content": "短"}, {"type": "odd"}, {"target_unit": "没有的局"}, {"publish": ""})
    ]
    assert [each.status_code for each in found] == [422] * 4
    assert [each.json()["fields"] for each in found] == [["content"], ["type"], ["target_unit"], ["publish"]]
    assert "至少 10 个字" in found[0].json()["detail"]
    assert call("POST", "appeals", token, {**APPEAL, "odd": 1}).status_code == 422
    assert Order.objects.count() == 0


def test_nobody_gets_at_anybody_elses_appeal_or_in_with_another_token(town: Town, keys: actions.Keys) -> None:
    mine, theirs = signed_in(keys)["access_token"], signed_in(keys, "13000000002")["access_token"]
    number = call("POST", "appeals", mine, APPEAL).json()["number"]

    assert call("GET", f"appeals/{number}", theirs).status_code == 404
    assert (
        call("POST", f"appeals/{number}/rate", theirs, {"satisfied": "satisfied", "resolved": True}).status_code == 404
    )
    assert call("GET", "appeals", theirs).json() == {"items": []}
    assert [call("GET", "services", each).status_code for each in ("", "x", mine)] == [401] * 3
    assert call("GET", "appeals", keys.token).status_code == 401
    assert call("POST", "tokens", keys.token, {"phone": PHONE, "code": "000000"}).status_code == 422


def test_signing_out_ends_the_token_and_the_pushes(town: Town, keys: actions.Keys) -> None:
    token = signed_in(keys)["access_token"]
    assert Address.objects.count() == 1
    assert token.encode() not in bytes(Grant.objects.get().token_hash)
    assert call("POST", "tokens/end", token).status_code == 200

    assert call("GET", "appeals", token).status_code == 401
    assert Address.objects.count() == 0


def test_programs_of_one_channel_have_addresses_of_their_own(town: Town, keys: actions.Keys) -> None:
    other = actions.serve(
        town.code, "澄江通", channel="app", webhook="https://a.example.com", actor=SYSTEM, now=town.now
    )
    signed_in(keys)
    town.later(minutes=2)
    there = signed_in(other)["access_token"]
    assert Address.objects.count() == 2

    call("POST", "tokens/end", there)
    assert Address.objects.count() == 1
    town.later(minutes=2)
    signed_in(other)
    actions.end(town.code, "澄江通", actor=SYSTEM, now=town.now)
    assert Address.objects.count() == 1
    town.later(days=8)
    actions.forget(now=town.now)
    assert (Address.objects.count(), Grant.objects.count()) == (0, 0)


def test_what_no_document_can_hold_is_left_out_of_words(town: Town, keys: actions.Keys) -> None:
    token = signed_in(keys)["access_token"]
    number = call("POST", "appeals", token, APPEAL).json()["number"]

    assert call("POST", f"appeals/{number}/material", token, {"text": "甲\u0000乙"}).status_code == 200
    assert call("POST", f"appeals/{number}/material", token, {"text": "\u0000"}).status_code == 422


def test_program_that_has_ended_serves_nobody(town: Town, keys: actions.Keys) -> None:
    token = signed_in(keys)["access_token"]
    assert actions.end(town.code, "江阴通", actor=SYSTEM, now=town.now)

    assert [call("GET", "services", keys.token).status_code, call("GET", "appeals", token).status_code] == [401, 401]
    again = actions.serve(town.code, "江阴通", channel="app", webhook="", actor=SYSTEM, now=town.now)
    assert call("GET", "services", again.token).status_code == 200
    assert Program.objects.count() == 1


@pytest.mark.parametrize(
    ("channel", "webhook", "code"),
    [("odd", "", "code_not_in_pack"), ("app", "http://a.example.com", "webhook_not_https"),
     ("app", "https://u:p@a.example.com", "webhook_not_https")],
)  # fmt: skip
def test_program_that_does_not_fit_is_refused(town: Town, channel: str, webhook: str, code: str) -> None:
    with pytest.raises(Rejected, match=code):
        actions.serve(town.code, "别的", channel=channel, webhook=webhook, actor=SYSTEM, now=town.now)


def test_file_is_looked_at_before_it_is_added(town: Town, keys: actions.Keys) -> None:
    token = signed_in(keys)["access_token"]
    number = call("POST", "appeals", token, APPEAL).json()["number"]

    def bring(content: bytes) -> int:
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": str(uuid4())}
        file = SimpleUploadedFile("现场.png", content)
        return Client().post(f"/api/public/appeals/{number}/files", {"file": file}, headers=headers).status_code

    assert [bring(samples.PNG), bring(b"no picture")] == [200, 409]
