"""Text messages through one session of SMPP: 100 a second, each with its receipt.

A carrier (the one that tests play) in a process of its own answers each submission at once, and tells of each that it
arrived. The measuring process hands over as the outbox's threads do; `minsheng gateway` is the program itself.
Goals: all messages delivered by their receipts, 100 a second, and less than a core of the gateway's for that.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.connection import Connection
from pathlib import Path

from bench import ground

MESSAGES = ground.sized(6_000)
RATE = 100
_SENDERS = 32
PHONE = "19900000001"
_TEXT = "【12345】您反映的事项已办结，请评价。"
_FILE = """
[gateway]
listen = ["127.0.0.1:{own}"]
token = "SMS_GATEWAY_TOKEN"

[[provider]]
name = "carrier"
protocol = "smpp"
host = "127.0.0.1"
port = {port}
account = "bench"
password = "SMS_PASSWORD"
source = "1069012345"
window = 32
rate = {rate}
"""


def run() -> None:
    """Measure and print the table."""
    os.environ |= {"SMS_GATEWAY_TOKEN": "bench", "SMS_PASSWORD": "bench"}
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    carrier = context.Process(target=carry, args=(theirs,))
    carrier.start()
    with tempfile.TemporaryDirectory(prefix="ms-sms-") as folder:
        file = Path(folder) / "sms.toml"
        # The carrier's pace is a little above: what is measured is the gateway, not its brake.
        file.write_text(_FILE.format(own=_free_port(), port=ours.recv(), rate=RATE * 1.05), encoding="utf-8")
        os.environ["MINSHENG_SMS_FILE"] = str(file)
        gateway = subprocess.Popen([sys.executable, "-m", "minsheng.app.cli.main", "gateway"])
        try:
            _until_bound()
            before = ground.children_cpu([gateway.pid])
            begun = time.monotonic()
            _hand_over_all()
            sent_in = time.monotonic() - begun
            _until_delivered()
            cpu = ground.children_cpu([gateway.pid]) - before
        finally:
            gateway.send_signal(signal.SIGTERM)
            gateway.wait(30)
            ours.send("enough")
            carrier.join(30)
    _print(sent_in, cpu)


def carry(told: Connection) -> None:
    """Be a carrier that tells of each message that it arrived."""
    from tests.carriers_ground import Line, Smsc, Submitted

    class Quick(Smsc):
        """Sends the receipt behind the answer."""

        def _told(self, line: Line, submitted: Submitted, answers: object) -> None:
            super()._told(line, submitted, answers)  # type: ignore[arg-type]
            self.receipt(submitted.id, "DELIVRD")

    made = Quick()
    told.send(made.port)
    told.recv()
    made.close()


def _hand_over_all() -> None:
    """Hand over as the outbox's threads do, as quickly as the binding takes messages."""
    from minsheng.gateways import carriers

    sms = carriers.configured("sms", demonstration=False, file=os.environ["MINSHENG_SMS_FILE"])
    assert sms is not None
    with ThreadPoolExecutor(_SENDERS) as threads:
        handed = [threads.submit(sms.send, PHONE, _TEXT, reference=f"message {n}") for n in range(MESSAGES)]
    for each in handed:
        each.result()


def _until_bound() -> None:
    from minsheng.core.messages.models import Binding

    begun = time.monotonic()
    while not Binding.objects.filter(is_bound=True).exists():
        if time.monotonic() - begun > 60:
            raise TimeoutError("the gateway has no session")
        time.sleep(0.1)


def _until_delivered() -> None:
    begun = time.monotonic()
    while _matched() < MESSAGES and time.monotonic() - begun < 60:
        time.sleep(0.1)


def _matched() -> int:
    """Return how many messages the outbox was told of, by the id that it was given."""
    from minsheng.core.messages.models import Receipt, Submission

    ids = Submission.objects.exclude(provider_id="").values("provider_id")
    return Receipt.objects.filter(outcome="delivered", provider_id__in=ids).count()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as made:
        port: int = made.getsockname()[1]
        return port


def _print(sent_in: float, cpu: float) -> None:
    delivered = _matched()
    ground.counted("收到回执、已送达的短信", delivered, MESSAGES)
    ground.goal("经一个 SMPP 会话发出", MESSAGES / sent_in, "条/秒", least=RATE)
    ground.goal("短信网关进程，每秒 100 条时", cpu / MESSAGES * RATE, "个核", under=1.0)
    ground.table(
        f"一个 SMPP 会话，{MESSAGES:,} 条短信，每条有回执",
        ("条/秒", "网关 CPU（毫秒/条）", "已送达"),
        [(f"{MESSAGES / sent_in:.0f}", f"{cpu / MESSAGES * 1000:.2f}", f"{delivered:,}")],
    )
