"""The process that has the session is killed 250 times while a carrier has messages of it: none is lost.

The carrier cannot know that two submissions are one message: a death costs at most the binding's window, with a window
of one no more are sent again than deaths.
"""

from __future__ import annotations

import asyncio
import os
import signal
import threading
import time
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.db import connections
from tests import carriers_ground as carriers_of
from tests import gateway_ground
from tests.carriers_ground import Smsc
from tests.toy_rows_ground import FEATURE

from minsheng.core.messages import actions, gateway, sending, tasks
from minsheng.core.messages.models import Message
from minsheng.core.messages.values import BESIDE, CITIZEN

NOW = datetime.fromisoformat("2026-09-18T10:00:00+08:00")
AT_ONCE = 4


class Nursery:
    """A process without threads that starts gateways: what forks beside threads may stand still for ever."""

    def __init__(self) -> None:
        self._asked, ask = os.pipe()
        answers, self._answer = os.pipe()
        connections.close_all()
        self._pid = os.fork()
        if self._pid == 0:
            os.close(ask)
            self._serve()
        os.close(self._asked)
        os.close(self._answer)
        self._ask, self._answers = ask, os.fdopen(answers)

    def start(self, file: Path) -> int:
        """Start a gateway; return its number."""
        os.write(self._ask, f"{file}\n".encode())
        return int(self._answers.readline())

    def close(self) -> None:
        """End it."""
        os.close(self._ask)
        os.waitpid(self._pid, 0)
        self._answers.close()

    def _serve(self) -> None:
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)
        try:
            for file in os.fdopen(self._asked):
                child = os.fork()
                if child == 0:
                    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                    made = gateway.Gateway(Path(file.strip()), take=gateway_ground.nobody, now=lambda: NOW)
                    asyncio.run(made.run(threading.Event()))
                os.write(self._answer, f"{child}\n".encode())
        finally:
            os._exit(0)


@pytest.fixture
def nursery(settings: LazySettings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Nursery]:
    settings.FEATURES = [*settings.FEATURES, FEATURE]
    monkeypatch.setattr(sending, "SENDERS", AT_ONCE)
    monkeypatch.setattr(sending, "AT_ONCE", AT_ONCE)
    monkeypatch.setattr(gateway, "_TURN", 0.02)
    for name, secret in gateway_ground.SECRETS.items():
        monkeypatch.setenv(name, secret)
    made = Nursery()
    yield made
    made.close()


def ended(process: int) -> None:
    """Wait until a process that was killed is gone, and its lines with it."""
    end = time.monotonic() + 30
    while Path(f"/proc/{process}").exists() and time.monotonic() < end:
        time.sleep(0.002)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("window", "crashes_wanted", "messages"), [(1, 200, 500), (16, 50, 200)])
def test_messages_survive_many_deaths_of_the_gateway(
    window: int, crashes_wanted: int, messages: int, nursery: Nursery, tmp_path: Path, settings: LazySettings
) -> None:
    for position in range(messages):
        actions.tell(
            "loan/1", [CITIZEN], city="jiangyin", kind="answered", params={"n": f"<{position}>"}, position=position,
            place=BESIDE, now=NOW,
        )  # fmt: skip
    now, crashes = NOW, 0
    with carriers_of.running(Smsc()) as smsc:
        file = gateway_ground.written(tmp_path / "sms.toml", smsc.port, more=f"window = {window}")
        settings.SMS_FILE = str(file)
        while crashes < crashes_wanted:
            process, dies_at = started(nursery, smsc, file), smsc._asked + crashes % AT_ONCE
            answers = "take" if crashes % 2 else "silent"

            def script(number: int, process: int = process, dies_at: int = dies_at, answers: str = answers) -> str:
                if number == dies_at and answers == "silent":
                    os.kill(process, signal.SIGKILL)
                if number == dies_at + 1 and answers == "take":
                    os.kill(process, signal.SIGKILL)  # the one before was answered, and perhaps not yet kept
                return answers if number >= dies_at else "take"

            smsc.script = script
            before = len(smsc.submitted)
            while Path(f"/proc/{process}").exists():
                tasks.send(now)
                now += timedelta(hours=1)
                if len(smsc.submitted) == before:
                    break
                before = len(smsc.submitted)
            os_kill(process)
            ended(process)
            crashes += 1
        smsc.script = lambda number: "take"
        process = started(nursery, smsc, file)
        while Message.objects.filter(state="WAITING").exists():
            now += timedelta(hours=3)
            tasks.send(now)
        os_kill(process)
        ended(process)
        counts = Counter(each.text for each in smsc.submitted)

    assert {*Message.objects.values_list("state", flat=True)} == {"SENT"}
    assert len(counts) == messages
    again = sum(counts.values()) - messages
    assert again <= crashes * min(window, AT_ONCE)
    print(f"window {window}: {crashes} deaths, {messages} messages, 0 lost, {again} again")


def os_kill(process: int) -> None:
    """Kill a gateway where it still lives."""
    if Path(f"/proc/{process}").exists():
        os.kill(process, signal.SIGKILL)


def started(nursery: Nursery, smsc: Smsc, file: Path) -> int:
    """Return a gateway that has the session."""
    logins = smsc.logins
    process = nursery.start(file)
    smsc.until(lambda: smsc.logins > logins)
    return process
