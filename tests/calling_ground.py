"""A city whose API is called: clients of every role, a clock that stands, and what a caller writes each time."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.test import Client as Browser

from minsheng.core.people import actions as people
from minsheng.core.policies import actions as policies
from minsheng.domain.actors import CITY_ROLES, SYSTEM, UNIT_ROLES

MONDAY = datetime.fromisoformat("2026-09-07T09:00:00+08:00")
LONG_AGO = datetime.fromisoformat("2021-01-01T00:00:00+08:00")
UNITS = ("城管局", "住建局", "纪委监委")
APPEAL = {
    "type": "help",
    "channel": "phone",
    "appellant": "citizen",
    "publish": "yes",
    "content": "路灯不亮",
    "submit": True,
}


@dataclass(slots=True)
class Answer:
    """What came back."""

    status: int
    body: Any
    headers: Mapping[str, str]

    @property
    def code(self) -> str:
        """The code of a refusal."""
        assert self.headers["Content-Type"] == "application/problem+json", self.body
        return str(self.body["code"])


@dataclass(slots=True)
class City:
    """A city and the tokens of its clients, by `role` or `role@unit`; a client is made when it first calls."""

    code: str
    set_clock: Callable[[datetime], None]
    names: tuple[str, ...]
    tokens: dict[str, str] = field(default_factory=dict)
    browser: Browser = field(default_factory=lambda: Browser(raise_request_exception=False))
    keys: Any = field(default_factory=lambda: itertools.count(1))

    def at(self, moment: datetime | str) -> None:
        """Move the clock; text without an offset is local."""
        if isinstance(moment, str):
            moment = datetime.fromisoformat(moment if "+" in moment else f"{moment}+08:00")
        self.set_clock(moment)

    def get(self, path: str, *, by: str = "dispatcher", **headers: str) -> Answer:
        """Ask as the client of a role."""
        return _answer(self.browser.get(f"/api{path}", headers=self._headers(by, headers)))

    def post(self, path: str, body: object = None, *, by: str, key: str | None = None, **headers: str) -> Answer:
        """Write as the client of a role, under a key of its own unless one is given."""
        sent = headers | {"Idempotency-Key": key or f"key-{next(self.keys)}"}
        text = body if isinstance(body, str | bytes) else json.dumps({} if body is None else body)
        return _answer(
            self.browser.post(
                f"/api{path}", data=text, content_type="application/json", headers=self._headers(by, sent)
            )
        )

    def register(self, **more: object) -> str:
        """Register and submit an appeal as a seat; return the order's id."""
        answer = self.post("/appeals", {**APPEAL, **more}, by="seat")
        assert answer.status == 201, answer.body
        return str(answer.body["id"])

    def do(self, order: str, command: str, by: str, **body: object) -> Answer:
        """Carry out a command and expect it to be accepted."""
        answer = self.post(f"/orders/{order}/{command}", body, by=by)
        assert answer.status == 200, answer.body
        return answer

    def token_of(self, name: str) -> str:
        """Return the token of one of the city's clients."""
        if name not in self.tokens:
            role, _, unit = name.partition("@")
            self.tokens[name] = client_of(self.code, name, (role,), unit or None)
        return self.tokens[name]

    def _headers(self, by: str, more: Mapping[str, str]) -> dict[str, str]:
        token = self.token_of(by) if by in self.names else self.tokens.get(by, by)
        return {"Authorization": f"Bearer {token}", **{name.replace("_", "-"): text for name, text in more.items()}}


def open_city(
    code: str,
    *,
    pack: str,
    set_clock: Callable[[datetime], None],
    units: tuple[str, ...] = UNITS,
    overlays: tuple[str, ...] = (),
) -> City:
    """Open a city with units."""
    actor = SYSTEM
    policies.open_city(code, name=f"{code}市", pack=pack, overlays=overlays, actor=actor, now=LONG_AGO)
    in_units = tuple(f"{role}@{unit}" for unit in units for role in UNIT_ROLES)
    city = City(code, set_clock, (*CITY_ROLES, "citizen", *in_units))
    for unit in units:
        people.add_unit(
            code,
            name=unit,
            joined_on=date(2020, 1, 1),
            phone="12345",
            is_discipline=unit == "纪委监委",
            actor=SYSTEM,
            now=LONG_AGO,
        )
        people.set_contact(
            code, unit=unit, post="经办人", name="张三", phone="", effective_on=date(2020, 1, 1), filed_at=LONG_AGO,
            now=LONG_AGO,
        )  # fmt: skip
        people.put_on_roster(
            code, unit=unit, person="李四", phone="", starts_at=LONG_AGO, ends_at=LONG_AGO + timedelta(days=9000),
            actor=SYSTEM, now=LONG_AGO,
        )  # fmt: skip
    return city


def client_of(code: str, name: str, roles: tuple[str, ...], unit: str | None) -> str:
    return people.add_client(code, name=name, roles=roles, unit=unit, actor=SYSTEM, now=LONG_AGO)


def _answer(response: Any) -> Answer:
    kind = response["Content-Type"]
    body = json.loads(response.content) if "json" in kind else response.content
    return Answer(response.status_code, body, response.headers)
