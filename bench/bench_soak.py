"""An hour of steady work on the whole program: memory and connections stay where they are (`BENCH_SHARE` scales it).

Registrations and pages come at an even pace; a quarter of the time lets caches fill, then each process's memory and the
database's connections are looked at again and again. Goals: no process grows by more than a tenth, nor by more than
16 MB where that is more; no connection more at the end; nothing is answered by a fault.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import httpx
import psycopg

from bench import ground

HOUR = 3_600
PACE = 0.2
_PARTS = ("web", "live", "worker", "jobs", "sweeper", "lake")
_LEAST_GROWTH = 16.0


def run() -> None:
    """Work, look, and say how memory and connections stood after the first quarter and at the end."""
    from minsheng.gateways import database

    seconds = ground.sized(HOUR)
    var = Path(os.environ[database.VAR_VARIABLE])
    port = _free_port()
    with subprocess.Popen(
        [sys.executable, "-m", "minsheng.app.cli.main", "serve", "--port", str(port)], stdout=subprocess.DEVNULL
    ) as program:
        try:
            _wait_ready(port)
            token = _token()
            asked, faults, early, late = _work(port, token, var, seconds)
        finally:
            program.terminate()
            program.wait(60)
    ground.counted("请求无故障", asked - faults, asked)
    rows = []
    for part, before in early[0].items():
        after = late[0][part]
        allowed = max(before * 0.1, _LEAST_GROWTH)
        ground.goal(f"{part} 内存增长", after - before, "MB", under=allowed)
        rows.append((part, f"{before:,.0f}", f"{after:,.0f}"))
    ground.goal("数据库连接增加", late[1] - early[1], "个", under=1)
    rows.append(("连接", str(early[1]), str(late[1])))
    ground.table(f"持续运行 {seconds:,} 秒，{asked:,} 个请求", ("进程", "四分之一处 MB", "结束 MB"), rows)


Look = tuple[dict[str, float], int]


def _work(port: int, token: str, var: Path, seconds: int) -> tuple[int, int, Look, Look]:
    asked = faults = 0
    early: Look | None = None
    begun = time.monotonic()
    headers = {"Authorization": f"Bearer {token}"}
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=20, headers=headers) as http:
        while (gone := time.monotonic() - begun) < seconds:
            if early is None and gone > seconds / 4:
                early = _look(var)
            body = {
                "type": "help", "channel": "phone", "appellant": "citizen", "publish": "yes", "submit": True,
                "content": f"第{asked}盏路灯不亮。",
            }  # fmt: skip
            answers = [
                http.post("/api/appeals", json=body, headers={"Idempotency-Key": f"soak-{asked}"}),
                http.get("/api/orders"),
                http.get("/portal/"),
                http.get("/sign-in"),
            ]
            asked += len(answers)
            faults += sum(each.status_code >= 400 for each in answers)
            time.sleep(PACE)
    return asked, faults, early or _look(var), _look(var)


def _look(var: Path) -> Look:
    """Return the resident memory of each part with its children in MB, and the connections to the database."""
    from minsheng.gateways import processes

    memory = {}
    for part in _PARTS:
        process = processes.noted(var / "run" / f"{part}.pid")
        assert process is not None, part
        pid = process.pid
        memory[part] = sum(_resident(each) for each in ground.with_descendants([pid]))
    with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
        row = connection.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()").fetchone()
    return memory, int(row[0]) if row else 0


def _resident(pid: int) -> float:
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    except OSError:
        return 0.0
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def _token() -> str:
    """Open a city and return the token of a program that registers in it."""
    ground.open_city(units=20)
    from minsheng.core.people import actions as people
    from minsheng.domain.actors import SYSTEM

    return people.add_client(ground.CITY, name="soak", roles=("seat",), unit=None, actor=SYSTEM, now=ground.SINCE)


def _wait_ready(port: int) -> None:
    until = time.monotonic() + 120
    while time.monotonic() < until:
        try:
            if httpx.get(f"http://127.0.0.1:{port}/readyz", timeout=5).status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.5)
    raise RuntimeError("the program was not ready within two minutes")


def _free_port() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        number: int = probe.getsockname()[1]
    return number
