"""A process's sessions in a thread of the test, and the file of providers that names them."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from tests.run_ground import free_ports

from minsheng.core.messages.gateway import Gateway

FILE = """
[gateway]
listen = [{listen}]
token = "SMS_GATEWAY_TOKEN"

[[provider]]
name = "carrier"
protocol = "{protocol}"
host = "127.0.0.1"
port = {port}
account = "901234"
password = "SMS_PASSWORD"
source = "1069012345"
inbound = "suqian"
{more}
"""
SECRETS = {"SMS_GATEWAY_TOKEN": "t0ken", "SMS_PASSWORD": "geheim"}


def written(path: Path, port: int, *, protocol: str = "smpp", more: str = "", processes: int = 1) -> Path:
    """Write the file of providers for a carrier at that port."""
    listen = ", ".join(f'"127.0.0.1:{each}"' for each in free_ports(processes))
    path.write_text(FILE.format(listen=listen, protocol=protocol, port=port, more=more), encoding="utf-8")
    return path


@contextlib.contextmanager
def gateway(file: Path, *, now: Callable[[], datetime], take: Callable[..., object]) -> Iterator[Gateway]:
    """Have a gateway in a thread; what it raises fails the test."""
    made, stop, faults = Gateway(file, take=take, now=now), threading.Event(), list[BaseException]()

    def run() -> None:
        try:
            asyncio.run(made.run(stop))
        except BaseException as fault:
            faults.append(fault)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield made
    finally:
        stop.set()
        thread.join(30)
    assert not thread.is_alive()
    if faults:
        raise faults[0]


def nobody(*_: Any) -> None:
    """Take what somebody sent where nobody sends anything."""
    raise AssertionError("somebody sent something")
