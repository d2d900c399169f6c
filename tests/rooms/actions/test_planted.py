"""Planted appeals: marked when they are made, in no count, and on no surface different from a citizen's."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from tests import town_ground as towns
from tests.calling_ground import City
from tests.monitoring_ground import heard
from tests.town_ground import Town, relayed, words_wanted

from minsheng.cases.checks import actions as checks
from minsheng.cases.live.models import Signal
from minsheng.cases.monitoring import recount
from minsheng.cases.monitoring.models import Occurrence, Violation
from minsheng.cases.notices.models import Notice
from minsheng.cases.orders import actions
from minsheng.cases.orders.models import Order, Planted, Routing
from minsheng.cases.orders.storage import planted, queries, results
from minsheng.core.ledger.values import ZONE
from minsheng.core.people import appellants
from minsheng.domain.duties.check import AskCheck
from minsheng.domain.orders import commands as cmd
from minsheng.figures.lake import engines, export, schema, xes
from minsheng.figures.lake.store import Store

CALLER, CITIZEN = "13900001111", "13900002222"


@pytest.fixture
def town(db: None, test_clock: Callable[[datetime], None]) -> Town:
    return towns.build("jiangyin", test_clock)


def known(town: Town, phone: str, name: str) -> UUID:
    return appellants.keep_appellant(city=town.code, kind="citizen", name=name, phone=phone, now=town.now)


def agreed(town: Town, *, days: int = 5) -> None:
    planted.agree(
        known(town, CALLER, "约定"), city=town.code, task="t1", since=town.now, until=town.now + timedelta(days=days)
    )


def told(town: Town, phone: str, name: str, **fields: Any) -> str:
    """Return an order that 城管局 has to sign, registered by a seat as somebody with a number and a name says it."""
    given = {"type": "help", "channel": "phone", "appellant": "citizen", "publish": "no", "content": "路灯不亮"}
    command = cmd.build("submit", {**given, **fields}, zone=None)
    assert isinstance(command, cmd.AppealFields)
    words = replace(words_wanted(town.code, town.now), appellant=known(town, phone, name), category="1101")
    order = actions.register(command, city=town.code, actor=town.actor("seat"), now=town.now, words=words).order.id
    town.act(order, "dispatcher", "dispatch", unit="城管局", basis="权责清单")
    return order


def test_mark_is_made_with_the_order_whatever_name_the_seat_wrote(town: Town) -> None:
    agreed(town)
    marked, other = told(town, CALLER, "听错的名字"), told(town, CITIZEN, "王某")

    assert list(Planted.objects.values_list("order", "task")) == [(marked, "t1")]
    assert planted.among([marked, f"{marked}.1", other]) == {marked, f"{marked}.1"}


def test_number_is_a_citizens_again_once_the_time_is_over(town: Town) -> None:
    agreed(town, days=1)
    town.later(days=2)
    late = told(town, CALLER, "约定")
    planted.end("t1", now=town.now)

    assert planted.among([late]) == set()
    assert planted.is_taken(town.code, CALLER, now=town.now)  # by a citizen


def test_number_is_taken_while_it_is_agreed_and_free_after_planted_appeals_alone(town: Town) -> None:
    assert not planted.is_taken(town.code, CALLER, now=town.now)
    agreed(town)
    told(town, CALLER, "约定")
    assert planted.is_taken(town.code, CALLER, now=town.now)

    planted.end("t1", now=town.now)
    assert not planted.is_taken(town.code, CALLER, now=town.now)


def test_nothing_that_counts_has_a_planted_appeal(town: Town, tmp_path: Path) -> None:
    agreed(town)
    marked, other = told(town, CALLER, "约定"), told(town, CITIZEN, "王某")
    town.later(days=4)
    for order in (marked, other):
        town.act(order, "officer@城管局", "sign")
    heard(town)
    store = Store(tmp_path)
    export.export(store, now=town.now)
    log = BytesIO()

    files = [file for name in schema.DATASETS for file in store.read().of(name, city=town.code)]
    rows = [row for file in files for row in store.rows(file).to_pylist()]
    lake = {row["order_id"] for row in rows if "order_id" in row}
    assert marked not in str(rows)
    since = town.now - timedelta(days=40)
    (month,) = results.months(town.code, since=since, zone=ZONE.key)
    (group,) = (each for each in results.groups(town.code, since=since, many=9, within=timedelta(days=1)))
    assert (lake, month.received, group.received) == ({other}, 1, 1)
    assert xes.write(log, city=town.code)[0] == 1
    assert set(Occurrence.objects.values_list("source", flat=True)) == {f"order/{other}"}
    assert {each for row in Violation.objects.all() for each in row.orders} <= {other}
    assert recount.compare(town.code).differences == ()
    assert sum(Routing.objects.values_list("count", flat=True)) == 1
    late = queries._late_signs(queries.peek([other])[other].order, town.code, town.now)
    assert late == {}


def test_late_signature_of_a_planted_order_adds_to_no_others(town: Town) -> None:
    agreed(town)
    for phone, name in ((CALLER, "约定"), (CITIZEN, "王某")):
        told(town, phone, name)
    town.later(days=4)
    heard(town)
    town.later(days=1)
    waits = told(town, CITIZEN, "王某")
    (found,) = queries._late_signs(queries.peek([waits])[waits].order, town.code, town.now + timedelta(days=9)).values()

    assert len(found) == 1


def test_nobody_can_tell_a_planted_order_from_a_citizens(town: Town) -> None:
    agreed(town)
    orders = {told(town, CALLER, "王某"): CALLER, told(town, CITIZEN, "王某"): CITIZEN}
    relayed()

    def plain(order: str, text: str) -> str:
        number = Order.objects.get(pk=order).number
        text = text.replace(order, "ORDER").replace(number, "NUMBER").replace(orders[order][-4:], "TAIL")
        return re.sub(r'value="[0-9a-f-]{36}"|nonce="[^"]*"|csrf\w+" value="\w+"|name="list" value="[^"]*"', "", text)

    for who in ("officer@城管局", "leader@城管局", "seat", "dispatcher", "supervisor"):
        desk = town.desk(who)
        for address in ("/orders/{}/", "/orders/{}/attachments"):
            first, second = (plain(order, desk.get(address.format(order)).content.decode()) for order in orders)
            assert first == second, (who, address)
        listed = desk.get("/").content.decode() + desk.get("/find?q=路灯不亮").content.decode()
        assert {order in listed for order in orders} in ({True}, {False})
        assert "planted" not in listed
    names = ("officer@城管局", "seat", "dispatcher")
    api = City(town.code, town.set_clock, names)
    assert {order in str(api.get("/orders", by="dispatcher").body) for order in orders} == {True}
    for who in names:
        for path in ("/orders/{}", "/orders/{}/timeline", "/orders/{}/timers"):
            first, second = (plain(order, str(api.get(path.format(order), by=who).body)) for order in orders)
            assert first == second, (who, path)
    assert not Signal.objects.filter(order__startswith="planted/").exists()
    told_of = [
        sorted(Notice.objects.filter(stream=f"order/{order}").values_list("kind", "recipient")) for order in orders
    ]
    assert told_of[0] == told_of[1] != []


def test_planted_complaint_makes_nobody_s_a_repeated_one(db: None, test_clock: Callable[[datetime], None]) -> None:
    town = towns.build("suqian", test_clock, pack="suqian")
    agreed(town)
    first = told(town, CALLER, "约定", type="complaint", matter="路灯", real_name=True)
    town.act(first, "officer@城管局", "sign")
    town.act(first, "officer@城管局", "reply", text="已修复", channel="phone", kind="final")
    town.act(first, "auditor", "pass_audit")
    town.act(first, "callback_agent", "callback", reached=True, satisfied="satisfied", resolved=True)
    second = told(town, CITIZEN, "李市民", type="complaint", matter="路灯", real_name=True)

    assert Planted.objects.filter(order=first).exists()
    assert not Order.objects.get(pk=second).state["repeat"]


def test_check_of_a_planted_order_is_no_row_of_the_lake(town: Town, tmp_path: Path) -> None:
    agreed(town)
    orders = [told(town, phone, name) for phone, name in ((CALLER, "约定"), (CITIZEN, "李市民"))]
    for order in orders:
        town.act(order, "officer@城管局", "sign")
        town.act(order, "leader@城管局", "approve_reply")
        town.act(order, "officer@城管局", "reply", text="已修复")
        town.act(order, "auditor", "pass_audit")
        town.act(order, "callback_agent", "callback", reached=True, satisfied="satisfied", resolved=True)
        checks.ask(AskCheck(order=order, reason="抽查"), city=town.code, by=town.actor("supervisor"), now=town.now)
    export.export(Store(tmp_path), now=town.now)

    with engines.opened(Store(tmp_path)) as lake:
        rows = lake["things"].execute().to_dict("records")
    assert [each["kind"] for each in rows if each["kind"] == "check"] == ["check"]
