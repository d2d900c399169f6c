"""What covering personal data costs the processor: a page of a list, one order. Goal: at most 10 ms a page."""

from __future__ import annotations

import random
import time
from collections.abc import Callable

from bench import bulk, ground

# A page of a list; and how often each is measured.
ROWS, ROUNDS = 50, 40
GOAL = 10.0


def run() -> None:
    """Measure with appellants known in every field, which is the dearest, and print the table."""
    from minsheng.cases.appeals import queries as appeals
    from minsheng.cases.orders.reading import words as reading
    from minsheng.cases.orders.storage import queries
    from minsheng.domain.actors import Actor

    city = ground.open_city("covering")
    ids = _orders(city)
    actor = Actor("officer", "承办单位001", "staff:1")
    rows = list(queries.visible(Actor("dispatcher"), city=city).filter(id__in=ids))
    assert len(rows) == ROWS
    said = {row.id: row.title for row in rows}
    shown = reading.titles(rows, actor=actor, city=city)
    assert all(shown[order] != said[order] for order in ids), "every title names somebody, and none does as shown"
    states = [queries.state_of(row) for row in rows[:1]]
    words = appeals.words_of(ids[0])

    def one() -> None:
        reading.of(states[0], actor=actor, city=city, words=words).words(words)

    measured = (
        (f"列表一页（{ROWS} 件）", _milliseconds(lambda: reading.titles(rows, actor=actor, city=city))),
        ("一件工单的正文（2,000 字）", _milliseconds(one)),
    )
    for name, (_, most) in measured:
        ground.goal(f"遮盖：{name} p95", most, "毫秒", under=GOAL)
    ground.table(
        "遮盖个人信息所用的处理器时间",
        ("页面", "中位（毫秒）", "p95（毫秒）", "目标"),
        [(name, f"{half:.1f}", f"{most:.1f}", f"≤ {GOAL:.0f}") for name, (half, most) in measured],
    )


def _orders(city: str) -> list[str]:
    """Register orders of as many people, each named in the title and in long words; return their ids."""
    from minsheng.cases.orders import actions
    from minsheng.core.people import appellants
    from minsheng.domain.actors import Actor
    from minsheng.domain.orders import commands as cmd

    chance = random.Random(1)
    ids = []
    for place in range(ROWS):
        name = "陆" + "".join(chance.sample("晓禾安然明远书言清和", 2))
        phone, home = f"1300000{place:04}", f"桃源路{place + 1}号2幢301室"
        who = appellants.keep_appellant(
            city=city, kind="citizen", name=name, phone=phone, address=home, now=ground.MONDAY
        )
        about = chance.choice(bulk.PLACES) + chance.choice(bulk.THINGS)
        content = (f"{about}，住{home}的{name}请回电{phone}。" * 60)[:2000]
        command = cmd.Submit(
            type="help", channel="phone", appellant="citizen", publish="yes", content=content, place=about
        )
        words = actions.Words(appellant=who, title=f"{name}：{about}"[:40])
        made = actions.register(command, city=city, actor=Actor("seat"), now=ground.MONDAY, words=words)
        ids.append(made.order.id)
    return ids


def _milliseconds(work: Callable[[], object]) -> tuple[float, float]:
    """Return the middle and the 95th percentile of the processor's time that some work takes, in milliseconds."""
    times = []
    for _ in range(ROUNDS):
        began = time.process_time()
        work()
        times.append((time.process_time() - began) * 1000)
    times.sort()
    return times[ROUNDS // 2], times[ROUNDS * 95 // 100]
