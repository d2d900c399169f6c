"""The outbox with 50,000 news waiting: what a result and a code to a telephone wait for meanwhile; and a long talk.

One process of jobs sends; its carrier needs 50 ms a message and writes down when it was asked for which. Goals: a
result and a code are with the carrier in less than 2 s; the tab of a talk of 500 entries costs less than 80 ms.
"""

from __future__ import annotations

import multiprocessing
import signal
import threading
import time
from datetime import timedelta
from multiprocessing.connection import Connection

from bench import bulk, ground
from bench.bench_http import PASSWORD, signed_in, web

NEWS = ground.sized(50_000)
RESULTS = 20
SECONDS_A_MESSAGE = 0.05
TALK = 500
_PAGES = 30


def run() -> None:
    """Measure and print the tables."""
    city = ground.open_city("outbox")
    accounts = _accounts(city)
    _news(city, accounts)
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    jobs = context.Process(target=work, args=(theirs,))
    jobs.start()
    theirs.close()
    try:
        _await_first(ours)
        waited, codes, sent = _meanwhile(city, accounts, ours)
    finally:
        jobs.terminate()
        jobs.join(30)
    ground.counted("交给运营商的结果消息", len(waited), RESULTS)
    ground.goal("有 5 万条公开类消息等待时，结果消息的等待 p95", ground.percentile(waited, 0.95), "秒", under=2)
    ground.goal("有 5 万条公开类消息等待时，验证码的等待 p95", ground.percentile(codes, 0.95), "秒", under=2)
    ground.table(
        f"{NEWS:,} 条公开类消息等待，一个后台进程，运营商每条 {SECONDS_A_MESSAGE * 1000:.0f} 毫秒",
        ("消息", "条数", "等待 p50（秒）", "等待 p95（秒）"),
        [_line("结果消息", waited), _line("验证码", codes)],
    )
    print(f"  同时发出公开类消息每秒 {sent:.0f} 条")
    _talk(city)


def work(told: Connection) -> None:
    """Be a process of jobs whose carrier tells when it was asked."""
    from minsheng.app.cli import installation
    from minsheng.gateways import carriers

    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    carriers.configured = lambda channel, **_: Telling(told)
    with installation.opened():
        from minsheng.core.jobs import tasks

        tasks.work_forever(stop=stop)


class Telling:
    """Takes a message after a while, and tells when it was asked for which."""

    name = "telling"

    def __init__(self, told: Connection) -> None:
        self._told = told

    def send(self, address: str, text: str, /, *, reference: str, about: str = "") -> None:
        """Take it."""
        with _LOCK:
            self._told.send((reference, time.time()))
        time.sleep(SECONDS_A_MESSAGE)


_LOCK = threading.Lock()


class Taking:
    """Takes a code at once."""

    name, shows = "taking", False

    def send(self, phone: str, text: str, /, *, reference: str, about: str = "") -> None:
        """Take it."""


def _accounts(city: str) -> list[str]:
    from minsheng.core.messages.values import account
    from minsheng.gateways import clock
    from minsheng.public.citizens import accounts

    return [account(accounts.enter(f"1900000{n:04d}", city=city, now=clock.now())) for n in range(200)]


def _news(city: str, accounts: list[str]) -> None:
    from minsheng.core.messages import values
    from minsheng.core.messages.models import Message
    from minsheng.gateways import clock

    now = clock.now()
    Message.objects.bulk_create(
        (
            Message(
                city=city, position=-n, place=0, stream="order/none", kind="followed", params={"number": "1"},
                recipient=accounts[n % len(accounts)], pace=values.NEWS, next_at=now, told_at=now,
            )
            for n in range(1, NEWS + 1)
        ),
        batch_size=5_000,
    )  # fmt: skip


def _await_first(ours: Connection) -> None:
    from minsheng.core.jobs import actions as jobs
    from minsheng.core.messages import actions

    jobs.defer(actions.JOB)
    if not ours.poll(120):
        raise RuntimeError("nothing was sent")


def _meanwhile(city: str, accounts: list[str], ours: Connection) -> tuple[list[float], list[float], float]:
    """Tell results and send codes; return how long each waited in seconds, and how many news went in a second."""
    from minsheng.core.messages import actions
    from minsheng.core.messages.models import Message
    from minsheng.core.messages.values import BESIDE
    from minsheng.gateways import clock
    from minsheng.public.citizens import codes

    kept: dict[str, float] = {}
    took = []
    begun, before = time.monotonic(), Message.objects.filter(state="SENT").count()
    for number in range(RESULTS):
        actions.tell(
            f"order/r{number}", [accounts[number]], city=city, kind="closed", params={"number": "1"},
            position=number + 1, place=BESIDE, now=clock.now(),
        )  # fmt: skip
        row = Message.objects.get(stream=f"order/r{number}")
        kept[f"message {row.pk}"] = time.time()
        asked = time.monotonic()
        codes.send(f"1910000{number:04d}", city=city, address=f"bench {number}", sms=Taking(), now=clock.now())
        took.append(time.monotonic() - asked)
        time.sleep(0.5)
    deadline = time.monotonic() + 60
    waited = []
    while len(waited) < len(kept) and time.monotonic() < deadline:
        if ours.poll(1):
            reference, at = ours.recv()
            if reference in kept:
                waited.append(at - kept[reference])
    after = Message.objects.filter(state="SENT").count()
    return waited, took, (after - before) / (time.monotonic() - begun)


def _talk(city: str) -> None:
    """Measure an order's page without and with a talk of 500 entries, one after the other."""
    from minsheng.cases.incoming import actions as incoming
    from minsheng.cases.incoming.models import Incoming
    from minsheng.cases.incoming.values import Arrived
    from minsheng.core.messages.models import Message
    from minsheng.core.people import actions, labels, vault
    from minsheng.core.people.models import Staff
    from minsheng.domain.actors import Actor
    from minsheng.gateways import clock

    now = clock.now()
    actions.add_staff(
        city, username="outbox-agent", display_name="测量", unit=None, roles=["callback_agent"], password=PASSWORD,
        actor=Actor("admin"), now=now,
    )  # fmt: skip
    Staff.objects.filter(username="outbox-agent").update(
        confidentiality_ack_at=now, confidentiality_version=labels.CONFIDENTIALITY_VERSION, password_changed_at=now
    )
    order = bulk.make_template(city, until="CALLBACK", start=ground.MONDAY).id
    rows: list[tuple[str, ...]] = []
    found = []
    with web() as (address, _):
        browser = signed_in(address, "outbox-agent")
        for name in ("没有往来", f"往来 {TALK} 条"):
            times = []
            for place in range(_PAGES + 3):
                begun = time.perf_counter()
                answer = browser.get(f"/orders/{order}/")
                if place >= 3:
                    times.append((time.perf_counter() - begun) * 1000)
                if answer.status_code != 200 or ("side-conversation" in answer.text) != bool(found):
                    raise RuntimeError(f"{name}: {answer.status_code}")
            found.append(ground.percentile(times, 0.5))
            rows.append((name, f"{found[-1]:.1f}", f"{ground.percentile(times, 0.95):.1f}"))
            for n in range(TALK // 2) if len(found) == 1 else ():
                moment = now + timedelta(seconds=n)
                said = Message.objects.create(
                    city=city, position=10_000_000 + n, place=0, stream=f"order/{order}", kind="answered",
                    recipient="citizen", next_at=moment, sent_at=moment, state="SENT",
                )  # fmt: skip
                said.text_enc = vault.encrypt("您反映的事项已有答复。", owner=f"message/{said.pk}", field="text")
                said.save(update_fields=["text_enc"])
                incoming.take(
                    Arrived(source_no=f"sms {n}", text=f"路灯还是不亮，第{n}次说了", phone="19000000001"),
                    city=city,
                    now=moment,
                )
            Incoming.objects.filter(city=city).update(order=order)
    ground.goal(f"往来 {TALK} 条的页签（中位数之差）", found[1] - found[0], "毫秒", under=80)
    ground.table("工单页（callback_agent）", ("项目", "p50（毫秒）", "p95（毫秒）"), rows)


def _line(name: str, waited: list[float]) -> tuple[str, ...]:
    return name, str(len(waited)), *(f"{ground.percentile(waited, share):.2f}" for share in (0.5, 0.95))
