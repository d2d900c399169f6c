"""Registration and `my queue` through HTTP at 100,000 and at 1,000,000 orders, 60,000 of them open over 871 units.

A granian of its own serves on loopback; one client asks in turn. CPU is that of the web processes and the database
together. Goals: registration under 10 ms CPU, the queue's p95 under 80 ms, both within 1.3 × at the two sizes.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import httpx

from bench import bulk, ground

SIZES = (ground.sized(100_000), ground.sized(1_000_000))
OPEN = ground.sized(60_000)
REGISTRATIONS = 300
PAGES = 200
PASSWORD = "Bench-Password-1"


def run() -> None:
    """Measure at both sizes and print the table."""
    city = ground.open_city("http")
    token = _people(city)
    start = ground.MONDAY + timedelta(days=60)
    for state, share in (("SUBMITTED", 1), ("DISPATCHED", 3), ("HANDLING", 6), ("REPLIED", 1), ("CALLBACK", 1)):
        bulk.clone(bulk.make_template(city, until=state, start=start), OPEN * share // 12, mark=state[:3])
    closed = bulk.make_template(city, until="CLOSED", start=ground.MONDAY)
    there, rows = OPEN, []
    figures: list[dict[str, float]] = []
    for size in SIZES:
        bulk.clone(closed, size - there, mark=f"C{size}")
        there = size
        bulk.settle()
        with web() as (address, pid):
            figures.append(_measure(address, token, pid))
    for name, label, goal in (
        ("registration_cpu", "登记一件：程序+数据库 CPU（毫秒）", "< 10"),
        ("registration_p95", "登记一件：p95（毫秒）", ""),
        ("unit_p95", "经办人待办页 p95（毫秒）", "< 80"),
        ("dispatcher_p95", "交办员待办页 p95（毫秒）", "< 80"),
        ("unit_cpu", "经办人待办页 CPU（毫秒）", ""),
    ):
        small, large = (figure[name] for figure in figures)
        rows.append((label, f"{small:.1f}", f"{large:.1f}", f"{large / small:.2f} ×（目标 ≤ 1.3）", goal))
        ground.goal(f"{label}，两种规模之比", large / small, "倍", under=1.3)
        if goal:
            ground.goal(label, large, "毫秒", under=float(goal.removeprefix("< ")))
    ground.table(
        f"经由 HTTP（在办 {OPEN:,} 件，{ground.UNITS} 个单位）",
        ("项目", *(f"{size:,} 件" for size in SIZES), "比", "目标"),
        rows,
    )


def _people(city: str) -> str:
    """Give the city an officer, a dispatcher and an API client; return the client's token."""
    from minsheng.core.people import actions, labels
    from minsheng.core.people.models import Staff
    from minsheng.domain.actors import Actor
    from minsheng.gateways import clock

    admin, now = Actor("admin"), clock.now()
    for username, role, unit in (
        ("bench-officer", "officer", ground.unit_name(7)),
        ("bench-dispatcher", "dispatcher", None),
    ):
        actions.add_staff(
            city,
            username=username,
            display_name="测量",
            unit=unit,
            roles=[role],
            password=PASSWORD,
            actor=admin,
            now=now,
        )
    Staff.objects.filter(username__startswith="bench-").update(
        confidentiality_ack_at=now, confidentiality_version=labels.CONFIDENTIALITY_VERSION, password_changed_at=now
    )
    return actions.add_client(city, name="测量", roles=["seat"], actor=admin, now=now)


@contextmanager
def web() -> Iterator[tuple[str, int]]:
    """Serve on loopback; yield the address and the process."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--no-ws", "--host", "127.0.0.1", "--port", str(port),
        "--workers", "1", "--blocking-threads", "4", "--blocking-threads-idle-timeout", "600", "--log-level", "error",
        "minsheng.app.site.wsgi:application",
    ]  # fmt: skip
    process = subprocess.Popen(command, env={**os.environ, "MINSHENG_PLAIN_HTTP": "1"})
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(200):
            try:
                if httpx.get(f"{address}/livez").status_code == 200:
                    break
            except httpx.TransportError:
                time.sleep(0.1)
        yield address, process.pid
    finally:
        process.terminate()
        process.wait(20)


def postgres() -> list[int]:
    """Return the master process of the database that this run uses."""
    for file in Path(os.environ["BENCH_POSTGRES"]).resolve().rglob("postmaster.pid"):
        return [int(file.read_text().split()[0])]
    return []


def _measure(address: str, token: str, web: int) -> dict[str, float]:
    masters = [web, *postgres()]
    api = httpx.Client(base_url=address, headers={"Authorization": f"Bearer {token}"})
    _register(api, 40)
    before = ground.children_cpu(masters)
    times = _register(api, REGISTRATIONS)
    cpu = ground.children_cpu(masters) - before
    figures = {
        "registration_cpu": cpu / REGISTRATIONS * 1000,
        "registration_p95": ground.percentile(times, 0.95) * 1000,
    }
    for name, username in (("unit", "bench-officer"), ("dispatcher", "bench-dispatcher")):
        browser = signed_in(address, username)
        _pages(browser, 20)
        before = ground.children_cpu(masters)
        times = _pages(browser, PAGES)
        figures[f"{name}_cpu"] = (ground.children_cpu(masters) - before) / PAGES * 1000
        figures[f"{name}_p95"] = ground.percentile(times, 0.95) * 1000
    return figures


def _register(api: httpx.Client, count: int) -> list[float]:
    times = []
    for number in range(count):
        body = {
            "type": "help",
            "channel": "phone",
            "appellant": "citizen",
            "publish": "yes",
            "content": f"第{number}处井盖松动，夜里响声很大，请派人看看",
            "submit": True,
        }
        begin = time.perf_counter()
        answer = api.post("/api/appeals", json=body, headers={"Idempotency-Key": str(uuid.uuid4())})
        times.append(time.perf_counter() - begin)
        if answer.status_code not in (200, 201):
            raise RuntimeError(answer.text)
    return times


def signed_in(address: str, username: str) -> httpx.Client:
    """Return a browser in which an account of the measurement is signed in."""
    browser = httpx.Client(base_url=address, follow_redirects=True)
    browser.get("/sign-in")
    token = next(value for name, value in browser.cookies.items() if "csrf" in name)
    answer = browser.post("/sign-in", data={"username": username, "password": PASSWORD, "csrfmiddlewaretoken": token})
    if "退出" not in answer.text:
        raise RuntimeError(f"sign-in failed: {answer.status_code}")
    return browser


def _pages(browser: httpx.Client, count: int) -> list[float]:
    times = []
    for _ in range(count):
        begin = time.perf_counter()
        answer = browser.get("/")
        times.append(time.perf_counter() - begin)
        if answer.status_code != 200:
            raise RuntimeError(str(answer.status_code))
    return times
