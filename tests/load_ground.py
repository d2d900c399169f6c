"""Registrations by several programs at once while something is killed: whoever was answered must find theirs."""

from __future__ import annotations

import itertools
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx
from tests.program_ground import Program

CALLERS = 6


@dataclass(slots=True)
class Load:
    """Registrations by several callers that try again under the same key until they are answered.

    `beside`: further addresses of the same platform, asked in turn with the first, as a balancer does; it may grow and
    shrink while the callers call. `pause`: seconds that a caller waits before the next, so that others get
    processors, too. `telephone`: the first of the numbers that the appellants have, one each; None: nobody has one.
    """

    address: str
    token: str
    wanted: int
    acknowledged: dict[int, list[str]] = field(default_factory=dict)
    odd: list[str] = field(default_factory=list)
    retries: int = 0
    pause: float = 0.0
    telephone: int | None = None
    beside: list[str] = field(default_factory=list)
    answered: Counter[str] = field(default_factory=Counter)
    _next: int = 0
    _guard: threading.Lock = field(default_factory=threading.Lock)
    _stop: threading.Event = field(default_factory=threading.Event)

    def start(self) -> list[threading.Thread]:
        """Let the callers begin."""
        callers = [threading.Thread(target=self._call, daemon=True) for _ in range(CALLERS)]
        for caller in callers:
            caller.start()
        return callers

    def finish(self) -> None:
        """Let the callers begin nothing new, and end once what they have begun is answered."""
        with self._guard:
            self.wanted = self._next

    def stop(self) -> None:
        """Let the callers give up."""
        self._stop.set()

    def _call(self) -> None:
        turns = itertools.count()
        with httpx.Client(timeout=10, headers={"Authorization": f"Bearer {self.token}"}) as http:
            while (number := self._take()) is not None:
                while not self._stop.is_set() and not self._ask(http, number, self._place(turns)):
                    with self._guard:
                        self.retries += 1
                    self._stop.wait(0.1)
                self._stop.wait(self.pause)

    def _place(self, turns: Iterator[int]) -> str:
        with self._guard:
            places = [self.address, *self.beside] if self.address else self.beside
            return places[next(turns) % len(places)]

    def _take(self) -> int | None:
        with self._guard:
            if self._next >= self.wanted or self._stop.is_set():
                return None
            self._next += 1
            return self._next

    def _ask(self, http: httpx.Client, number: int, address: str) -> bool:
        """Ask once; return whether it was answered for good."""
        body: dict[str, Any] = {
            "type": "help",
            "channel": "phone",
            "appellant": "citizen",
            "content": f"路灯第{number}盏不亮。",
            "title": f"路灯{number}",
            "submit": True,
        }
        if self.telephone is not None:
            body["identity"] = {"name": f"陆{number}", "phone": str(self.telephone + number)}
        try:
            answer = http.post(f"{address}/api/appeals", json=body, headers={"Idempotency-Key": f"fault-{number}"})
        except httpx.TransportError:
            return False
        if answer.status_code >= 500:
            return False
        with self._guard:
            if answer.status_code not in (200, 201):
                if answer.json().get("code") == "in_flight":
                    return False
                self.odd.append(f"{answer.status_code} {answer.text[:200]}")
                return True
            self.acknowledged.setdefault(number, []).append(answer.json()["id"])
            self.answered[address] += 1
        return True


def command(running: Program, *words: str) -> subprocess.CompletedProcess[str]:
    """Run a command of the program for the running one's database."""
    return subprocess.run(
        [sys.executable, "-m", "minsheng.app.cli.main", *words],
        env=running.environment(),
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


def client_of_a_city(running: Program) -> str:
    """Open a city and return the token of a program that registers in it."""
    opened = command(running, "city", "open", "faults", "--name", "故障演练市", "--pack", "suqian")
    assert opened.returncode == 0, opened.stderr
    made = command(running, "client", "create", "load", "--city", "faults", "--role", "seat")
    assert made.returncode == 0, made.stderr
    return made.stdout.strip()
