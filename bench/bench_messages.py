"""A slow carrier of messages beside the live signals: their p95 without one, and while 100 messages go at 5 s each.

Both are measured in one run, one after the other, with the same browsers. The carrier runs in a process of jobs as the
program has it; only what carries is changed. Goal: at most 1.3 times, or 50 ms more, and every message sent.
"""

from __future__ import annotations

import multiprocessing
import signal
import threading
import time

from bench import bench_live, ground

MESSAGES = ground.sized(100)
SECONDS_A_MESSAGE = 5.0
_MORE = 1.3
_NOISE = 0.05


def run() -> None:
    """Measure and print the table."""
    city = ground.open_city("told")
    keys = bench_live.sessions(city)
    context = multiprocessing.get_context("spawn")
    with bench_live.processes() as (port, _, _):
        ours, theirs = context.Pipe()
        browsers = context.Process(target=bench_live.browse, args=(port, keys, theirs))
        browsers.start()
        theirs.close()
        ours.recv()
        alone = bench_live.commit(city)
        _keep_messages(city)
        jobs = context.Process(target=work)
        jobs.start()
        begun = time.monotonic()
        try:
            beside = bench_live.commit(city)
            all_sent_in = _until_sent(begun)
            time.sleep(3.0)  # what was told last is still under way
            ours.send("enough")
            arrivals = ours.recv()
        finally:
            jobs.terminate()
            jobs.join(30)
            browsers.join(20)
    _print(alone, beside, arrivals, all_sent_in)


def work() -> None:
    """Be a process of jobs whose carrier needs five seconds a message."""
    from minsheng.app.cli import installation
    from minsheng.gateways import carriers

    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    carriers.configured = lambda channel, *, demonstration: Slow()
    with installation.opened():
        from minsheng.core.jobs import tasks

        tasks.work_forever(stop=stop)


class Slow:
    """Takes a message after five seconds."""

    name = "slow"

    def send(self, address: str, text: str, /, *, reference: str) -> None:
        """Take it."""
        time.sleep(SECONDS_A_MESSAGE)


def _keep_messages(city: str) -> None:
    """Let as many accounts as there are messages be told something."""
    from minsheng.core.messages import actions
    from minsheng.core.messages.values import BESIDE, account
    from minsheng.gateways import clock
    from minsheng.public.citizens import accounts

    now = clock.now()
    people = [accounts.enter(f"1900000{number:04d}", city=city, now=now) for number in range(MESSAGES)]
    actions.tell(
        "order/none", [account(each) for each in people], city=city, kind="followed", params={"number": "1"},
        position=0, place=BESIDE, now=now,
    )  # fmt: skip


def _until_sent(begun: float) -> float:
    """Wait until no message waits; return the seconds since the sending began."""
    from minsheng.core.messages.models import DUE, Message

    while Message.objects.filter(DUE).exists() and time.monotonic() - begun < 300:
        time.sleep(0.2)
    return time.monotonic() - begun


def _print(
    alone: dict[tuple[str, int], float],
    beside: dict[tuple[str, int], float],
    arrivals: bench_live.Arrivals,
    all_sent_in: float,
) -> None:
    from minsheng.core.messages.models import Message

    rows = []
    for kind, label in (("new", "新到待办（立即）"), ("order", "工单有变化（至多每 0.5 秒一批）")):
        found = []
        for name, committed in (("没有短信", alone), ("短信网关每条 5 秒", beside)):
            heard = [(order, version, at) for each, order, version, at in arrivals if each == kind]
            delays = [at - committed[o, v] for o, v, at in heard if (o, v) in committed]
            found.append(ground.percentile(delays, 0.95))
            wanted = bench_live.COMMITS * bench_live.STREAMS // (2 if kind == "new" else 1)
            ground.counted(f"收到的消息：{label}，{name}", len(delays), wanted)
            figures = [f"{ground.percentile(delays, share) * 1000:.0f}" for share in (0.5, 0.95, 0.99)]
            rows.append((label, name, len(delays), *figures))
        allowed = max(found[0] * _MORE, found[0] + _NOISE)
        ground.goal(f"慢网关旁的实时信号：{label} p95", found[1] * 1000, "毫秒", under=allowed * 1000)
    ground.counted("发出的短信", Message.objects.filter(state="SENT").count(), MESSAGES)
    ground.table(
        f"{bench_live.STREAMS:,} 个事件流：自提交到浏览器收到（毫秒）；{MESSAGES} 条短信在 {all_sent_in:.0f} 秒内发完",
        ("信号", "条件", "收到", "p50", "p95", "p99"),
        rows,
    )
