"""Kannel as a provider by HTTP, described by a file: what goes out, and its receipt."""

from __future__ import annotations

import shutil
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from tests.run_ground import free_ports
from tests.toy_rows_ground import FEATURE
from tests.toy_writer_ground import PHONE

from minsheng.core.messages import actions, tasks
from minsheng.core.messages.models import Message
from minsheng.core.messages.values import BESIDE, CITIZEN

NOW = datetime.fromisoformat("2026-09-18T10:00:00+08:00")
FAKE = Path("/usr/lib/kannel/test/fakesmsc")
KANNEL = """
group = core
admin-port = {admin}
admin-password = {admin}
admin-interface = "127.0.0.1"
smsbox-port = {boxes}
smsbox-interface = "127.0.0.1"
box-allow-ip = "127.0.0.1"
dlr-storage = internal

group = smsc
smsc = fake
smsc-id = fake
host = 127.0.0.1
port = {fake}
connect-allow-ip = 127.0.0.1

group = smsbox
bearerbox-host = 127.0.0.1
bearerbox-port = {boxes}
sendsms-port = {sends}
sendsms-interface = "127.0.0.1"

group = sendsms-user
username = 12345
password = geheim
concatenation = true
max-messages = 10
"""
# As docs/operations.md has it.
FILE = """
[[provider]]
name = "kannel"
url = "http://127.0.0.1:{sends}/cgi-bin/sendsms"
body = "text"
fields = {{text = "{{text}}"}}
secret = "SMS_PASSWORD"
id = "{{key}}"
receipts = {{id = "id", state = "state", delivered = ["1"], permanent = ["2", "16"], token = "SMS_TOKEN"}}

[provider.headers]
X-Kannel-Username = "12345"
X-Kannel-Password = "{{secret}}"
X-Kannel-From = "12345"
X-Kannel-To = "{{phone}}"
X-Kannel-Coding = "2"
X-Kannel-Charset = "UTF-8"
X-Kannel-DLR-Mask = "19"
X-Kannel-DLR-Url = "{platform}/inbound/sms/kannel/receipts?token=t0ken&id={{key}}&state=%d"
"""


class Kannel:
    """Bearerbox, smsbox and a carrier that sends one message and prints what it gets."""

    def __init__(self, folder: Path, platform: str, stack: ExitStack) -> None:
        self.ports = dict(zip(("admin", "boxes", "fake", "sends"), free_ports(4), strict=True))
        self._folder, self._stack = folder, stack
        (folder / "kannel.conf").write_text(KANNEL.format(platform=platform, **self.ports), encoding="utf-8")
        self._start("bearerbox", "kannel.conf")
        self._reached("boxes")
        self._reached("fake")
        self._start("smsbox", "kannel.conf")
        self._reached("sends")

    def carries(self, words: str) -> None:
        """Let the carrier bring a message and take others."""
        self._start(str(FAKE), "-H", "127.0.0.1", "-r", str(self.ports["fake"]), "-i", "1", "-m", "1", words)

    def said(self) -> str:
        """Return all that the processes said."""
        return "\n".join(each.read_text(errors="replace") for each in self._folder.glob("*.out"))

    def _start(self, *words: str) -> None:
        out = self._stack.enter_context((self._folder / f"{Path(words[0]).name}.out").open("wb"))
        child = subprocess.Popen(words, cwd=self._folder, stdout=out, stderr=subprocess.STDOUT)
        self._stack.callback(_ended, child)

    def _reached(self, name: str) -> None:
        until(lambda: _answers(self.ports[name]), self.said)


def _answers(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


def _ended(child: subprocess.Popen[bytes]) -> None:
    child.terminate()
    try:
        child.wait(15)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


def until(condition: Callable[[], bool], said: Callable[[], str]) -> None:
    for _ in range(600):
        if condition():
            return
        threading.Event().wait(0.05)
    raise AssertionError(said())


@pytest.fixture
def kannel(
    tmp_path: Path, live_server: Any, settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Kannel]:
    if not (shutil.which("bearerbox") and shutil.which("smsbox") and FAKE.exists()):
        pytest.fail("Kannel is missing: run scripts/bootstrap.sh browser")
    monkeypatch.setenv("SMS_PASSWORD", "geheim")
    monkeypatch.setenv("SMS_TOKEN", "t0ken")
    settings.FEATURES = [*settings.FEATURES, FEATURE]
    settings.ALLOWED_HOSTS = ["*"]
    with ExitStack() as stack:
        made = Kannel(tmp_path, live_server.url, stack)
        file = tmp_path / "sms.toml"
        file.write_text(FILE.format(platform=live_server.url, **made.ports), encoding="utf-8")
        settings.SMS_FILE = str(file)
        yield made


@pytest.mark.django_db(transaction=True)
def test_message_goes_out_by_kannel_and_its_receipt_says_that_it_arrived(kannel: Kannel) -> None:
    kannel.carries("19900001111 12345 text hello")
    until(lambda: "fakesmsc: sent message 1" in kannel.said(), kannel.said)
    actions.tell("loan/1", [CITIZEN], city="jiangyin", kind="answered", params={}, position=1, place=BESIDE, now=NOW)
    tasks.send(NOW)

    row = Message.objects.get()
    assert (row.state, row.provider, row.provider_id) == ("SENT", "kannel", f"message-{row.pk}")
    until(lambda: Message.objects.get().state == "DELIVERED", kannel.said)
    assert f"<12345 {PHONE} ucs-2 " in kannel.said()
