"""A command on what is no order (a contact is filed, by `core.lifecycles`) beside a command on an order (a unit signs).

In turns on one connection in this process, so that noise strikes both alike; CPU of the program and of the database.
Goal: at most 1.3 times an order's.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta

from bench import ground

ROUNDS = 6
EACH = ground.sized(200)


def run() -> None:
    """Measure and print both, and their ratio."""
    from django.db import connection

    from minsheng.cases.orders.models import Order
    from minsheng.core.people.models import UnitContact

    city = ground.open_city(units=ROUNDS * EACH + 50)
    connection.ensure_connection()
    server = connection.connection.info.backend_pid
    _orders(_dispatched(city, 50))
    _contacts(city, _announced(city, 50, start=ROUNDS * EACH))
    spent: dict[str, list[tuple[float, float]]] = {"order": [], "contact": []}
    for number in range(ROUNDS):
        orders, contacts = _dispatched(city, EACH), _announced(city, EACH, start=number * EACH)
        spent["order"].append(_cpu(lambda given=orders: _orders(given), server))
        spent["contact"].append(_cpu(lambda given=contacts: _contacts(city, given), server))
    ground.counted("签收的工单", Order.objects.filter(status="HANDLING").count(), ROUNDS * EACH + 50)
    filed = UnitContact.objects.filter(version__gt=0, status="FILED").count()
    ground.counted("备案的联系人变更", filed, ROUNDS * EACH + 50)
    best = {name: min(rounds, key=sum) for name, rounds in spent.items()}
    ground.goal("其他事项一个命令的 CPU，相对于工单", sum(best["contact"]) / sum(best["order"]), "倍", under=1.3)
    order = sum(best["order"])
    ground.table(
        f"一个命令的 CPU（{ROUNDS} 轮 × {EACH} 次，取最好一轮）",
        ("命令", "程序，毫秒", "数据库，毫秒", "相对"),
        [
            (name, f"{own / EACH * 1e3:.2f}", f"{theirs / EACH * 1e3:.2f}", f"{(own + theirs) / order:.2f}")
            for name, (own, theirs) in best.items()
        ],
    )


def _dispatched(city: str, count: int) -> list[str]:
    """Return orders that wait for their unit's signature."""
    from minsheng.cases.orders import actions
    from minsheng.domain.actors import Actor
    from minsheng.domain.orders import commands as cmd

    form = cmd.Submit(type="help", channel="phone", appellant="citizen", publish="yes", content="路灯不亮，请修理")
    found = []
    for _ in range(count):
        made = actions.register(form, city=city, actor=Actor("seat", None, "staff:1"), now=ground.MONDAY)
        dispatch = cmd.Dispatch(unit=ground.unit_name(1), basis="清单")
        dispatcher = Actor("dispatcher", None, "staff:2")
        actions.apply(dispatch, order_id=made.order.id, actor=dispatcher, now=ground.MONDAY + timedelta(minutes=1))
        found.append(made.order.id)
    return found


def _announced(city: str, count: int, *, start: int) -> list[tuple[str, object]]:
    """Return changes of contact that wait for their filing, each of a unit of its own."""
    from minsheng.core.people import contacts
    from minsheng.domain.actors import Actor

    found: list[tuple[str, object]] = []
    for number in range(start + 1, start + count + 1):
        unit = ground.unit_name(number)
        made = contacts.change(
            city, post="经办人", person="测量", phone="13800000000", effective_on=ground.MONDAY.date(),
            actor=Actor("officer", unit, "staff:3"), now=ground.MONDAY,
        )  # fmt: skip
        found.append((unit, made))
    return found


def _orders(given: list[str]) -> None:
    from minsheng.cases.orders import actions
    from minsheng.domain.actors import Actor
    from minsheng.domain.orders import commands as cmd

    officer = Actor("officer", ground.unit_name(1), "staff:3")
    for order in given:
        actions.apply(cmd.Sign(), order_id=order, actor=officer, now=ground.MONDAY + timedelta(minutes=9))


def _contacts(city: str, given: list[tuple[str, object]]) -> None:
    from minsheng.core.people import contacts
    from minsheng.domain.actors import Actor

    for unit, contact in given:
        officer = Actor("officer", unit, "staff:3")
        contacts.file(contact, city=city, actor=officer, now=ground.MONDAY + timedelta(minutes=9))


def _cpu(work: Callable[[], object], server: int) -> tuple[float, float]:
    """Return the CPU seconds of this program and of the database's process."""
    own, theirs = time.process_time(), ground.children_cpu([server])
    work()
    return time.process_time() - own, ground.children_cpu([server]) - theirs
