"""`minsheng gateway`: keep the sessions with carriers that the file of providers names. Any number may run."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from minsheng.app.cli import installation
from minsheng.gateways import clock, sms_http

if TYPE_CHECKING:
    from minsheng.gateways.bindings.values import Binding

VARIABLE = "MINSHENG_SMS_FILE"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare nothing: all settings come from the environment."""


def run(args: argparse.Namespace) -> int:
    """Keep the sessions until told to stop; return 1 with the reason where the file names none."""
    file = os.environ.get(VARIABLE, "")
    try:
        known = sms_http.bindings_of(Path(file)) if file else ()
    except sms_http.SmsMisconfigured as fault:
        print(fault.args[0], file=sys.stderr)
        return 1
    if not known:
        print(f"{VARIABLE} 没有指明带 protocol 的短信通道，没有执行。", file=sys.stderr)
        return 1
    with installation.opened():
        return installation.run_until_stopped(lambda stop: asyncio.run(_keep(Path(file), stop)))


def is_wanted() -> bool:
    """Tell whether the file of providers names a session; a file that cannot be used is told by `minsheng doctor`."""
    file = os.environ.get(VARIABLE, "")
    try:
        return bool(file and sms_http.bindings_of(Path(file)))
    except sms_http.SmsMisconfigured:
        return False


async def _keep(file: Path, stop: threading.Event) -> None:
    from minsheng.core.messages.gateway import Gateway

    await Gateway(file, take=_take, now=clock.now).run(stop)


def _take(binding: Binding, came: sms_http.Came) -> None:
    """Let the room of incoming messages have what somebody sent."""
    from minsheng.cases.incoming import actions as incoming
    from minsheng.cases.incoming.values import text_message

    now = clock.now()
    incoming.take(text_message(came, provider=binding.name, now=now), city=binding.inbound, now=now)
