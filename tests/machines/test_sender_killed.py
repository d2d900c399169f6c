"""Whoever sends messages is killed two hundred times, just after the carrier took one: none is lost, nor told twice.

The carrier here keeps what it takes in a file, as a provider would on its own side; what comes twice has one reference.
"""

from __future__ import annotations

import os
import signal
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.db import connections
from tests.toy_rows_ground import FEATURE

from minsheng.core.messages import actions, sending
from minsheng.core.messages.models import Message
from minsheng.core.messages.values import BESIDE, CITIZEN

NOW = datetime.fromisoformat("2026-09-18T10:00:00+08:00")
MESSAGES = 150
CRASHES = 200
AT_ONCE = 4


class FileCarrier:
    """Takes messages into a file; `dies_at`: with which one the whole process is killed, before anybody marks it."""

    name = "file"

    def __init__(self, path: Path, *, dies_at: int = 0) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self._left = dies_at

    def send(self, address: str, text: str, /, *, reference: str) -> None:
        os.write(self._file, f"{reference}\t{address}\n".encode())
        self._left -= 1
        if self._left == 0:
            os.kill(os.getpid(), signal.SIGKILL)


@pytest.fixture(autouse=True)
def toys(settings: LazySettings, monkeypatch: pytest.MonkeyPatch) -> None:
    """A feature whose messages have an address and words; a process that is killed has few with the carrier."""
    settings.FEATURES = [*settings.FEATURES, FEATURE]
    monkeypatch.setattr(sending, "SENDERS", AT_ONCE)


def sent_by_a_child(path: Path, *, dies_at: int, now: datetime) -> bool:
    """Send in a process of its own; tell whether it was killed, and not out of work before."""
    connections.close_all()
    child = os.fork()
    if child == 0:
        try:
            sending.send_waiting({"sms": FileCarrier(path, dies_at=dies_at)}.get, now=now)
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


@pytest.mark.django_db(transaction=True)
def test_messages_survive_two_hundred_deaths_of_their_sender(tmp_path: Path) -> None:
    accepted, now, crashes = tmp_path / "accepted", NOW, 0
    for position in range(MESSAGES):
        actions.tell(
            "loan/1", [CITIZEN], city="jiangyin", kind="answered", params={}, position=position, place=BESIDE, now=NOW
        )

    while crashes < CRASHES:
        if sent_by_a_child(accepted, dies_at=1 + crashes % AT_ONCE, now=now):
            crashes += 1
        else:
            now += timedelta(hours=3)  # those that were with the carrier come again
    while Message.objects.exclude(state="SENT").exists():
        now += timedelta(hours=3)
        assert sending.send_waiting({"sms": FileCarrier(accepted)}.get, now=now) > 0, "something waits for ever"

    lines = accepted.read_text(encoding="utf-8").splitlines()
    references = {line.partition("\t")[0] for line in lines}
    assert len(references) == MESSAGES
    # The same reference is the same message, also after any number of deaths; a death costs what was with the carrier.
    assert len(set(lines)) == MESSAGES
    assert 0 < len(lines) - MESSAGES <= CRASHES * AT_ONCE
    print(f"{CRASHES} deaths, {MESSAGES} messages, 0 lost, {len(lines) - MESSAGES} again")
