"""`minsheng audit`: tell a collector outside of every fact, refusal and seal by syslog, and compare what it kept.

`minsheng serve` runs `send` where MINSHENG_AUDIT_SYSLOG names a collector.
"""

from __future__ import annotations

import argparse
import logging
import os
import socket
import sys
import threading
import time
from collections import deque
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from minsheng.app.cli import installation
from minsheng.gateways import clock, syslog

if TYPE_CHECKING:
    from collections.abc import Iterator

    from minsheng.core.ledger.outward import Mark

logger = logging.getLogger(__name__)

VARIABLE: Final = "MINSHENG_AUDIT_SYSLOG"
AUTHORITY_VARIABLE: Final = "MINSHENG_AUDIT_CA"
_AT_ONCE: Final = 500
_PAUSE: Final = 1.0
# Also when there is nothing to send somebody must see that the sender lives.
_SAID_EVERY: Final = timedelta(seconds=30)
_LONGEST_PAUSE: Final = 30.0
# Syslog has no receipts: what went over a line that stands so many seconds later has arrived; else it is said again.
_SURE_AFTER: Final = 5.0
_SHOWN: Final = 20


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare `send` and `compare`."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="send|compare")
    says = f"持续把每条事实、拒绝和封存发给日志服务器（{VARIABLE}，RFC 5424，TLS）"
    send = actions.add_parser("send", help=says, description=says)
    send.add_argument("--again", action="store_true", help="从头再发一遍，例如换了日志服务器之后")
    says = "把日志服务器保存的文件与总账逐条比对，指出不一致和缺少之处"
    compare = actions.add_parser("compare", help=says, description=says)
    compare.add_argument("file", type=Path, nargs="+", metavar="文件", help="日志服务器上的文件，可以有几个")


def run(args: argparse.Namespace) -> int:
    """Do it. Raises: ValueError for an address that is none."""
    if args.action == "compare":
        with installation.opened():
            return _compare(args.file)
    url, authority = os.environ.get(VARIABLE, ""), os.environ.get(AUTHORITY_VARIABLE, "")
    if not url:
        print(f"没有设置 {VARIABLE}，没有执行。请写成 tls://主机:6514。", file=sys.stderr)
        return 1
    sink = syslog.Sink(url, Path(authority) if authority else None)
    with installation.opened():
        return installation.run_until_stopped(lambda stop: _send(sink, stop, again=args.again))


def _send(sink: syslog.Sink, stop: threading.Event, *, again: bool) -> None:
    """Send until told to stop; what a collector that went away may not have got is said again."""
    from django.db import DatabaseError, close_old_connections

    from minsheng.core.ledger import outward

    sure, pause = outward.Mark() if again else outward.mark(), 0.0
    failures = 0
    while not stop.wait(pause):
        close_old_connections()
        line: _Line | None = None
        try:
            line = _Line(sink.connect(), sure)
            failures = 0
            while not stop.is_set():
                line.send_some(stop)
        except (OSError, DatabaseError) as fault:
            # A collector takes the same line twice without harm.
            logger.warning("audit: the collector or the database is away (%s); trying again", type(fault).__name__)
            failures += 1
        finally:
            if line is not None:
                line.connection.close()
                sure = line.sure
        pause = min(_LONGEST_PAUSE, 0.5 * 2 ** min(failures, 6))


class _Line:
    """One connection: how far what was said over it has surely arrived, and what went out since, with when it did."""

    def __init__(self, connection: socket.socket, sure: Mark) -> None:
        self.connection = connection
        self.sure = self._reached = sure
        self._on_its_way: deque[tuple[float, Mark]] = deque()

    def send_some(self, stop: threading.Event) -> None:
        """Say what comes next. Raises: OSError, also when the other end has gone."""
        from minsheng.core.ledger import outward

        entries, then = outward.next_entries(self._reached, limit=_AT_ONCE)
        if syslog.is_closed(self.connection):
            raise ConnectionResetError
        self._make_sure()
        if entries:
            host = socket.gethostname()
            syslog.send(self.connection, [syslog.line(entry, host=host) for entry in entries])
            self._on_its_way.append((time.monotonic(), then))
        self._reached = then
        now = clock.now()
        if entries or (last := outward.since()) is None or now - last > _SAID_EVERY:
            outward.told(self.sure, now=now)
        if len(entries) < _AT_ONCE:
            stop.wait(_PAUSE)

    def _make_sure(self) -> None:
        """Take for arrived what went out a while ago; the line stands."""
        while self._on_its_way and time.monotonic() - self._on_its_way[0][0] > _SURE_AFTER:
            _, self.sure = self._on_its_way.popleft()


def _compare(files: list[Path]) -> int:
    from minsheng.core.ledger import outward

    found = outward.compare(_read(files))
    print(f"比对一致的事实 {found.agree} 条。")
    for says, places in (
        ("与总账不一致的事实（总账或副本被改动过）", found.differ),
        ("副本里有、总账里没有的事实（总账被删除过）", found.gone),
        ("总账里有、副本里缺的事实（请用 minsheng audit send --again 补发）", found.wanting),
        ("与总账不一致的封存", found.seals_differ),
    ):
        if places:
            shown = "、".join(map(str, places[:_SHOWN]))
            print(f"{says}：{len(places)} 条，位置 {shown}{' 等' if len(places) > _SHOWN else ''}")
    if found.agree and found.newer:
        print(f"总账另有 {found.newer} 条更新的事实，副本还没有；如果副本不是更早留下的，请核对日志服务器。")
    if not found.agree and found.is_whole:
        print("文件里没有本平台的事实，请核对文件。", file=sys.stderr)
        return 1
    return 0 if found.is_whole else 1


def _read(files: list[Path]) -> Iterator[tuple[str, dict[str, str]]]:
    for file in files:
        with file.open(encoding="utf-8", errors="replace") as lines:
            for each in lines:
                yield from syslog.read(each)
