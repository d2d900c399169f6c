"""1,000 open event streams on one process: from an order's commit to its arrival at every browser, and the memory.

As in a running platform the relay is a process of its own, and so are the streams; the browsers are sockets of one more
process. The moment of commit is read by the writer, that of arrival by the browsers, from the same machine's clock.
Goal: p99 under 1 s.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path

import httpx

from bench import ground

STREAMS = ground.sized(1000)
COMMITS = 150
SECONDS_BETWEEN = 0.3
# Half hear that something newly waits for them, at once; half only that an order changed, which may wait a moment.
ROLES = ("dispatcher", "auditor")
PEOPLE = 20
_EVENT = re.compile(rb'event: (new|order)\nid: \d+\ndata: \{"order":"([^"]+)","version":(\d+)\}')

Arrivals = list[tuple[str, str, int, float]]


def run() -> None:
    """Measure and print the table."""
    city = ground.open_city("live")
    keys = sessions(city)
    with processes() as (port, streams, _):
        ours, theirs = multiprocessing.get_context("spawn").Pipe()
        browsers = multiprocessing.get_context("spawn").Process(target=browse, args=(port, keys, theirs))
        idle = _memory(streams)
        browsers.start()
        theirs.close()
        try:
            admitted_in = ours.recv()
            open_memory = _memory(streams)
            before = ground.children_cpu([streams])
            committed = commit(city)
            cpu = ground.children_cpu([streams]) - before
            time.sleep(3.0)
            busy_memory = _memory(streams)
            ours.send("enough")
            arrivals: Arrivals = ours.recv()
        finally:
            browsers.join(20)
    _print(committed, arrivals, admitted_in, cpu, (idle, open_memory, busy_memory))


def _print(
    committed: dict[tuple[str, int], float],
    arrivals: Arrivals,
    admitted_in: float,
    cpu: float,
    memory: tuple[float, float, float],
) -> None:
    rows = []
    for kind, label in (("new", "新到待办（立即）"), ("order", "工单有变化（至多每 0.5 秒一批）")):
        delays = [at - committed[order, version] for each, order, version, at in arrivals if each == kind]
        wanted = COMMITS * STREAMS // (2 if kind == "new" else 1)
        figures = [f"{ground.percentile(delays, share) * 1000:.0f}" for share in (0.5, 0.95, 0.99)]
        ground.counted(f"收到的消息：{label}", len(delays), wanted)
        ground.goal(f"自提交到浏览器：{label} p99", ground.percentile(delays, 0.99) * 1000, "毫秒", under=1000)
        rows.append((label, f"{len(delays):,} / {wanted:,}", *figures, f"{max(delays) * 1000:.0f}", "p99 < 1000"))
    ground.table(
        f"{STREAMS:,} 个事件流，一个进程：自提交到浏览器收到（毫秒），{COMMITS} 次登记",
        ("消息", "收到", "p50", "p95", "p99", "最长", "目标"),
        rows,
    )
    idle, opened, busy = memory
    ground.table(
        "进程",
        ("项目", "值"),
        (
            ("全部接入用时（秒，含逐个核对会话）", f"{admitted_in:.1f}"),
            ("内存，无人连接（MB，主进程与工作进程合计）", f"{idle:.0f}"),
            (f"内存，{STREAMS:,} 个事件流（MB）", f"{opened:.0f}"),
            ("内存，测量之后（MB）", f"{busy:.0f}"),
            ("测量期间的 CPU（核）", f"{cpu / (COMMITS * SECONDS_BETWEEN):.2f}"),
        ),
    )


def sessions(city: str) -> list[str]:
    """Return the keys of sessions of people in both roles, in turn."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    from minsheng.core.people import labels
    from minsheng.core.people.models import RoleAssignment, Staff
    from minsheng.core.people.signin import BEGAN, SEEN
    from minsheng.gateways import clock

    now, keys = clock.now(), []
    for number in range(PEOPLE):
        staff = Staff.objects.create(
            username=f"{city}-{number}",
            password="!",
            display_name="测量",
            city_id=city,
            confidentiality_ack_at=now,
            confidentiality_version=labels.CONFIDENTIALITY_VERSION,
        )
        RoleAssignment.objects.create(staff=staff, role=ROLES[number % len(ROLES)], granted_at=now, granted_by="bench")
        session = SessionStore()
        session[SESSION_KEY] = str(staff.pk)
        session[BACKEND_SESSION_KEY] = "minsheng.core.people.signin.StaffBackend"
        session[HASH_SESSION_KEY] = staff.get_session_auth_hash()
        session[BEGAN] = session[SEEN] = time.time()
        session.create()
        keys.append(str(session.session_key))
    return keys


@contextmanager
def processes() -> Iterator[tuple[int, int, int]]:
    """Run streams and relay; yield the streams' port and both numbers."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    command = [
        sys.executable, "-m", "granian", "--interface", "asgi", "--no-ws", "--host", "127.0.0.1", "--port", str(port),
        "--workers", "1", "--loop", "asyncio", "--backlog", "4096", "--backpressure", "20000", "--log-level", "error",
        "minsheng.app.site.live:application",
    ]  # fmt: skip
    environment = {**os.environ, "MINSHENG_PLAIN_HTTP": "1"}
    streams = subprocess.Popen(command, env=environment)
    relay = subprocess.Popen([sys.executable, "-m", "minsheng.app.cli.main", "work"], env=environment)
    try:
        for _ in range(200):
            try:
                if httpx.get(f"http://127.0.0.1:{port}/livez").status_code == 200:
                    break
            except httpx.TransportError:
                pass
            time.sleep(0.1)
        yield port, streams.pid, relay.pid
    finally:
        for process in (relay, streams):
            process.terminate()
            process.wait(20)


def commit(city: str) -> dict[tuple[str, int], float]:
    """Register orders at an even pace; return when each was committed."""
    from minsheng.cases.orders import actions
    from minsheng.domain.actors import Actor
    from minsheng.domain.orders import commands as cmd
    from minsheng.gateways import clock

    found = {}
    begin = time.monotonic()
    for number in range(COMMITS):
        time.sleep(max(0.0, begin + number * SECONDS_BETWEEN - time.monotonic()))
        command = cmd.Submit(type="help", channel="phone", appellant="citizen", publish="no", content="路灯不亮")
        order = actions.register(command, city=city, actor=Actor("seat"), now=clock.now()).order
        found[order.id, order.version] = time.time()
    return found


def _memory(master: int) -> float:
    """Return the megabytes that a process and its descendants hold for themselves (proportional set size)."""
    total = 0
    for pid in ground.with_descendants([master]):
        found = re.search(r"^Pss:\s+(\d+) kB", Path(f"/proc/{pid}/smaps_rollup").read_text(), re.MULTILINE)
        total += int(found[1]) if found else 0
    return total / 1024


def browse(port: int, keys: list[str], line: Connection) -> None:
    """Be a thousand browsers; say when all are connected, and on a word what each of them received and when."""
    asyncio.run(_browse(port, keys, line))


async def _browse(port: int, keys: list[str], line: Connection) -> None:
    arrivals: Arrivals = []
    ready = asyncio.Semaphore(0)
    at_once = asyncio.Semaphore(100)
    begin = time.monotonic()
    tasks = [
        asyncio.create_task(_one(port, keys[number % len(keys)], arrivals, ready, at_once)) for number in range(STREAMS)
    ]
    for _ in range(STREAMS):
        await ready.acquire()
    line.send(time.monotonic() - begin)
    await asyncio.to_thread(line.recv)
    for task in tasks:
        task.cancel()
    line.send(arrivals)


async def _one(port: int, key: str, arrivals: Arrivals, ready: asyncio.Semaphore, at_once: asyncio.Semaphore) -> None:
    async with at_once:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(f"GET /live/stream HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: minsheng={key}\r\n\r\n".encode())
        head = await reader.readuntil(b"event: beat")
        if b" 200 " not in head.split(b"\r\n", 1)[0]:
            raise RuntimeError(head)
    ready.release()
    kept = b""
    while chunk := await reader.read(65536):
        now = time.time()
        kept += chunk
        end = kept.rfind(b"\n\n")
        if end >= 0:
            whole, kept = kept[: end + 2], kept[end + 2 :]
            for kind, order, version in _EVENT.findall(whole):
                arrivals.append((kind.decode(), order.decode(), int(version), now))
