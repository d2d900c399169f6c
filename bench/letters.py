"""Real letters through their whole life: taken in by the import, then handled through the API until they are closed.

The letters stay where `MINSHENG_SHARED` names them; nothing of them is kept or printed. Times stand inside every limit:
what comes out is CLOSED, without a breach, and the ledger holds.
"""

from __future__ import annotations

import json
import os
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from bench import ground
from minsheng.gateways import clock

CATEGORY = "1101"

PACKS = ("suzhou", "jiangyin", "suqian")
FILES = ("complaints-answered.csv", "complaints-dated.csv", "complaints-labelled.csv", "complaints-plain.csv")
# A Tuesday without a holiday near; everything happens in its morning, inside the shortest limit of each pack.
BEGINS = datetime.fromisoformat("2026-09-08T09:00:00+08:00")
UNITS = 40
CHUNK = 200
ANSWER = "经核实，有关情况已处理完毕，特此答复。"


@dataclass(slots=True)
class Life:
    """What came of the letters of one pack."""

    pack: str
    letters: int = 0
    known: int = 0
    refused: list[str] = field(default_factory=list)
    closed: int = 0
    breaches: int = 0
    requests: int = 0
    import_seconds: float = 0.0
    handling_seconds: float = 0.0


def folder() -> Path | None:
    """Return the folder of real letters, or None where `MINSHENG_SHARED` names none."""
    named = os.environ.get("MINSHENG_SHARED")
    found = Path(named) / "data" / "messages" if named else None
    return found if found is not None and found.is_dir() else None


@contextmanager
def standing_clock() -> Iterator[Callable[[datetime], None]]:
    """Let the official clock stand where the function that is given says, for this process."""
    before = {name: os.environ.get(name) for name in (clock.CLOCK_VARIABLE, clock.MODE_VARIABLE)}
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "clock"
        os.environ[clock.CLOCK_VARIABLE], os.environ[clock.MODE_VARIABLE] = str(path), "1"

        def set_clock(moment: datetime) -> None:
            clock.set_test_clock(path, moment=moment)

        try:
            yield set_clock
        finally:
            for name, value in before.items():
                os.environ.pop(name) if value is None else os.environ.__setitem__(name, value)


def live(
    pack: str, *, messages: Path, set_clock: Callable[[datetime], None], share: tuple[int, int] = (0, 1), most: int = 0
) -> Life:
    """Take letters through their life under a pack; `share` (n, of) takes every of-th letter, `most` ends early."""
    life = Life(pack)
    city = ground.open_city(f"letters_{pack}", pack=pack, units=UNITS)
    set_clock(BEGINS)
    orders = _take_in(life, city, messages, share=share, most=most)
    began = time.perf_counter()
    caller = _Caller(life, city)
    for minutes, step in enumerate(_steps(pack), start=1):
        set_clock(BEGINS + timedelta(minutes=5 * minutes))
        for number, order in enumerate(orders):
            unit = ground.unit_name(number % UNITS + 1)
            command, role, body = step(unit)
            caller.post(order, command, role, body)
    life.handling_seconds = time.perf_counter() - began
    _count(life, city)
    return life


Step = Callable[[str], tuple[str, str, dict[str, object]]]


def _steps(pack: str) -> Sequence[Step]:
    """Return what happens to each letter, in order; what differs is what the packs say."""

    def dispatch(unit: str) -> tuple[str, str, dict[str, object]]:
        return "dispatch", "dispatcher", {"unit": unit, "basis": "权责清单"}

    def sign(unit: str) -> tuple[str, str, dict[str, object]]:
        return "sign", f"officer@{unit}", {"investigate": True} if pack == "suqian" else {}

    def approve(unit: str) -> tuple[str, str, dict[str, object]]:
        return "approve_reply", f"leader@{unit}", {}

    def reply(unit: str) -> tuple[str, str, dict[str, object]]:
        return "reply", f"officer@{unit}", {"text": ANSWER, "channel": "web", "kind": "final"}

    def audit(unit: str) -> tuple[str, str, dict[str, object]]:
        return "pass_audit", "auditor", {}

    def callback(unit: str) -> tuple[str, str, dict[str, object]]:
        return "callback", "callback_agent", {"reached": True, "satisfied": "satisfied", "resolved": True}

    def sms(unit: str) -> tuple[str, str, dict[str, object]]:
        return "answer_sms", "citizen", {"satisfied": "satisfied", "resolved": True}

    approval = (approve,) if pack == "jiangyin" else ()
    return (dispatch, sign, *approval, reply, audit, sms if pack == "suqian" else callback)


def _take_in(life: Life, city: str, messages: Path, *, share: tuple[int, int], most: int) -> list[str]:
    from minsheng.cases.appeals import actions as appeals
    from minsheng.cases.orders.imports import actions as imports
    from minsheng.cases.orders.imports import csv as imports_csv
    from minsheng.core.policies import queries as policies
    from minsheng.domain.actors import SYSTEM

    wanted = policies.rules_for(city, now=clock.now()).classify_before_dispatch
    defaults = imports.Defaults(type="help", channel="web", publish="yes", real_name=True)
    began = time.perf_counter()
    orders: list[str] = []
    seen = 0
    for name in FILES:
        with imports_csv.open_text(messages / name) as stream:
            rows = []
            for row in imports_csv.read(messages / name, stream=stream).rows:
                seen += 1
                if seen % share[1] == share[0] and not (most and len(rows) + life.letters >= most):
                    rows.append(row)
        for start in range(0, len(rows), CHUNK):
            some = rows[start : start + CHUNK]
            for taken in imports.take_in(some, city=city, defaults=defaults, submit=True, now=clock.now()):
                life.letters += 1
                if taken.outcome is imports.Outcome.ADDED:
                    orders.append(taken.order)
                    # Letters come without a category; a dispatcher gives it where the city wants it (SZ-15.2).
                    if wanted:
                        appeals.categorize(taken.order, category=CATEGORY, city=city, actor=SYSTEM, now=clock.now())
                elif taken.outcome is imports.Outcome.KNOWN:
                    life.known += 1
                else:
                    life.refused.append(f"{name}:{taken.row.line}: {taken.reason}")
    life.import_seconds = time.perf_counter() - began
    return orders


class _Caller:
    """Clients of the API for a city, and what they send."""

    def __init__(self, life: Life, city: str) -> None:
        from django.test import Client

        self.life, self.city = life, city
        self.tokens: dict[str, str] = {}
        self.client = Client(SERVER_NAME="localhost")

    def post(self, order: str, command: str, actor: str, body: dict[str, object]) -> None:
        """Carry out a command. Raises: AssertionError when it is refused."""
        self.life.requests += 1
        response = self.client.post(
            f"/api/orders/{order}/{command}",
            data=json.dumps(body),
            content_type="application/json",
            headers={"Authorization": f"Bearer {self._token(actor)}", "Idempotency-Key": f"{order}-{command}"},
        )
        assert response.status_code == 200, (self.life.pack, command, response.json())

    def _token(self, actor: str) -> str:
        from minsheng.core.people import actions
        from minsheng.domain.actors import SYSTEM

        if actor not in self.tokens:
            role, _, unit = actor.partition("@")
            self.tokens[actor] = actions.add_client(
                self.city, name=actor, roles=(role,), unit=unit or None, actor=SYSTEM, now=clock.now()
            )
        return self.tokens[actor]


def _count(life: Life, city: str) -> None:
    from minsheng.cases.orders.models import Breach, Order

    life.closed = Order.objects.filter(city=city, status="CLOSED", reason="satisfied").count()
    life.breaches = Breach.objects.filter(city=city).count()
