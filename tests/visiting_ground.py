"""A citizen at the portal, without a browser: goes through the pages as a form without scripts does."""

from __future__ import annotations

import hashlib
import html
import re
from dataclasses import dataclass, field
from typing import Any

from django.test import Client
from tests.town_ground import Town, with_identity

from minsheng.cases.orders import models
from minsheng.public.citizens import captcha

CONTENT = "小区东门的人行道破损已有半个月，老人行走不便，希望尽快修理。"
ANSWERS: dict[str, dict[str, str]] = {
    "type": {"type": "help"},
    "content": {"title": "小区东门人行道破损", "content": CONTENT},
    "place": {"place": "滨江路12号"},
    "about": {"target_unit": ""},
    "publish": {"publish": "yes"},
    "contact": {"appellant": "citizen", "name": "陆晓禾", "phone": "13000000001"},
}

# A request by Open311.
REQUEST = {
    "service_code": "other",
    "description": "小区门口路灯连续三天不亮",
    "address_string": "滨江路12号",
    "attribute[type]": "help",
    "attribute[publish]": "yes",
    "phone": "13000000003",
    "first_name": "然",
    "last_name": "葛",
}


# What the browser of a person says that it is; without it a page counts as read by nobody.
PERSON = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


def browser() -> Client:
    """Return a browser of a person."""
    return Client(HTTP_USER_AGENT=PERSON)


@dataclass(slots=True)
class Citizen:
    """A browser without scripts, in one city."""

    city: str
    client: Client = field(default_factory=browser)

    def path(self, rest: str = "") -> str:
        """Return an address of the city's portal."""
        return f"/portal/{self.city}/{rest}"

    def get(self, rest: str = "", **more: Any) -> Any:
        """Open a page."""
        return self.client.get(self.path(rest), more)

    def post(self, rest: str, values: dict[str, Any], **more: Any) -> Any:
        """Send a form."""
        return self.client.post(self.path(rest), values, **more)

    def shown(self, rest: str = "") -> str:
        """Return a page's text as it came."""
        answer = self.get(rest)
        assert answer.status_code == 200, (rest, answer.status_code)
        return str(answer.content.decode())

    def asked(self, rest: str, values: dict[str, Any]) -> Any:
        """Send a form that has the question, after answering it as a person does."""
        return self.post(rest, {**values, **solved(self.shown(rest))})

    def begin(self) -> None:
        """Answer the first question; a draft stands from then on."""
        assert self.post("file/type", ANSWERS["type"]).status_code == 302

    def fill(self, **changes: dict[str, str]) -> None:
        """Go through the questions up to the last look."""
        for step, values in {**ANSWERS, **changes}.items():
            answer = self.post(f"file/{step}", values)
            assert answer.status_code == 302, (step, answer.content.decode())

    def file(self, **changes: dict[str, str]) -> models.Order:
        """File an appeal and return its row."""
        self.fill(**changes)
        answer = self.asked("file/check", {"agreed": "on"})
        assert answer.status_code == 302, answer.content.decode()
        return models.Order.objects.order_by("-registered_at", "-id")[0]

    def code(self) -> str:
        """Return the query code of the receipt."""
        found = re.search(r'id="query-code">([^<]+)<', self.shown("file/receipt"))
        assert found is not None
        return found[1]

    def sign_in(self, phone: str) -> None:
        """Sign in with a telephone; the demonstration shows the code."""
        assert self.asked("sign-in", {"phone": phone}).status_code == 302
        found = re.search(r'<strong class="number">(\d{6})<', self.shown("sign-in/code"))
        assert found is not None
        assert self.post("sign-in/code", {"code": found[1]}).status_code == 302

    def act(self, number: str, what: str, form: str, **values: Any) -> Any:
        """Send one of the forms of one's own appeal; `form` is the end of its address."""
        page = self.shown(f"appeals/{number}")
        part = page[page.index(f'action="{self.path(f"appeals/{number}/{form}")}"') :]
        found = re.search(r'name="key" value="([^"]+)"', part)
        assert found is not None
        return self.post(f"appeals/{number}/{what}", {"key": found[1], **values})


def solved(page: str) -> dict[str, str]:
    """Return the answer to a page's question, as somebody who can read gives it."""
    token = re.search(r'name="question_token" value="([^"]+)"', page)
    text = re.search(r'<label for="id_question_answer">([^<]+)</label>', page)
    assert token is not None
    assert text is not None
    return {"question_token": html.unescape(token[1]), "question_answer": answer_to(text[1])}


def answer_to(question: str) -> str:
    """Return what a reader answers."""
    if "：" in question and question.startswith("请用数字"):
        digits = [("零一二三四五六七八九").index(each) for each in question if each in "零一二三四五六七八九"]
        return str(digits[0] + digits[1])
    place = next(n for n, word in enumerate(("第一个", "第二个", "第三个", "第四个")) if word in question)
    return question.rpartition("：")[2].split()[place]


def proof(page: str) -> dict[str, str]:
    """Return the work that a script does."""
    token = re.search(r'name="question_token" value="([^"]+)"', page)
    nonce = re.search(r'data-nonce="([^"]+)"', page)
    assert token is not None
    assert nonce is not None
    number = next(n for n in range(10_000_000) if captcha.proves(nonce[1], str(n)))
    assert hashlib.sha256(f"{nonce[1]}:{number}".encode()).digest()[0] == 0
    return {"question_token": html.unescape(token[1]), "question_proof": str(number)}


def answered(town: Town, order: str, text: str = "已修复，感谢您的反映。") -> None:
    """Let the hotline and the unit do their part, up to the callback."""
    town.act(order, "seat", "submit")
    town.act(order, "dispatcher", "dispatch", unit="城管局", basis="权责清单")
    town.act(order, "officer@城管局", "sign")
    town.act(order, "leader@城管局", "approve_reply")
    town.act(order, "officer@城管局", "reply", text=text, channel="web")
    town.act(order, "auditor", "pass_audit")


def closed(town: Town, order: str) -> None:
    """Let the appellant be called and be content."""
    town.act(order, "callback_agent", "callback", reached=True, satisfied="satisfied", resolved=True)


def asked_by_message(town: Town) -> str:
    """Let 13812345678 ring and be answered where a text message asks for the rating; return the order's id."""
    order = town.register(channel="phone", publish="", real_name=True)
    with_identity(town, order)
    town.act(order, "dispatcher", "dispatch", unit="城管局", basis="权责清单")
    town.act(order, "officer@城管局", "sign")
    town.act(order, "officer@城管局", "reply", text="已修复")
    town.act(order, "auditor", "pass_audit")
    return order
