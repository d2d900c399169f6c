"""From the ledger to the lake: each fact once, late ones in their month, nobody named. A-45, A-66, SZ-26."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from tests import lake_ground as making
from tests import town_ground as towns
from tests.town_ground import Town, moment

from minsheng.cases.orders import actions, models
from minsheng.core.policies import queries as policies
from minsheng.domain.orders import commands as cmd
from minsheng.domain.periods import Period
from minsheng.figures.lake import engines, export, queries
from minsheng.figures.lake.store import Store, Writer
from minsheng.figures.reports.release import releases


@pytest.fixture
def town(db: None, test_clock: Callable[[datetime], None]) -> Town:
    """Return a town under Jiangyin's rules."""
    return towns.build("jiangyin", test_clock)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """Return where the lake will be."""
    return Store(tmp_path / "lake")


def rows(store: Store, dataset: str) -> list[dict[str, Any]]:
    manifest = store.read()
    return [row for file in manifest.of(dataset) if file.month for row in store.rows(file).to_pylist()]


def closed(town: Town, **fields: Any) -> str:
    """Return an order that went the whole way: signed, answered, audited, called back and satisfied."""
    order = town.replied(**fields)
    town.later(hours=1)
    town.act(order, "auditor", "pass_audit")
    town.later(minutes=30)
    town.act(order, "callback_agent", "callback", reached=True, satisfied="satisfied", resolved=True)
    return order


def test_an_order_stands_in_the_lake_as_the_ledger_has_it(town: Town, store: Store) -> None:
    town.at(moment("2026-09-14T09:00:00"))
    order = closed(town)

    export.export(store, now=town.now)

    [row] = rows(store, "orders")
    assert row["order_id"] == order
    assert (row["source"], row["disposal"], row["appellant"]) == ("phone", "unit", "citizen")
    assert (row["status"], row["reason"], row["unit"]) == ("CLOSED", "satisfied", "城管局")
    assert row["registered_at"] == datetime(2026, 9, 14, 9)  # noqa: DTZ001
    assert row["handling_millidays"] == 0
    assert row["timely"] is True
    assert [each["stage"] for each in rows(store, "stages")] == [
        "DRAFT", "SUBMITTED", "DISPATCHED", "HANDLING", "REPLIED", "CALLBACK", "CLOSED",
    ]  # fmt: skip
    [asked] = rows(store, "callbacks")
    assert (asked["reached"], asked["rated"], asked["satisfied"], asked["resolved"]) == (True, True, True, True)


@pytest.mark.clause("JY-9.7a")
def test_who_was_never_reached_is_in_no_rate_of_satisfaction(town: Town, store: Store) -> None:
    closed(town)
    order = town.replied()
    town.act(order, "auditor", "pass_audit")
    for _ in range(3):
        town.later(hours=25)
        town.act(order, "callback_agent", "callback", reached=False)
    town.act(order, "callback_agent", "close_unreached")

    export.export(store, now=town.now)

    kept = {row["order_id"]: row for row in rows(store, "orders")}
    asked = {row["order_id"]: row for row in rows(store, "callbacks")}
    assert kept[order]["reason"] == "unreached"
    assert (asked[order]["attempts"], asked[order]["reached"], asked[order]["rated"]) == (3, False, False)
    day = Period.day(date(2026, 9, 18))
    with engines.opened(store) as lake:
        [counted] = lake.rows(queries.callbacks(lake, day, town.now))
    assert (counted["rated"], counted["judged"], counted["satisfied"]) == (1, 1, 1)


@pytest.mark.clause("SZ-2", "SZ-14a")
def test_table_1_counts_each_channel_and_each_kind_of_appellant_once(
    test_clock: Callable[[datetime], None], db: None, store: Store
) -> None:
    town = towns.build("suzhou_c", test_clock, pack="suzhou")
    channels = tuple(policies.rules_for(town.code, now=town.now).channels)
    for channel in channels:
        town.handled(channel=channel)
    at_once = town.draft(type="consult", channel="phone", appellant="enterprise")
    town.act(at_once, "seat", "answer", no_article=True, text="请携带证件")

    export.export(store, now=town.now)
    with engines.opened(store, city=town.code) as lake:
        table = releases.build(lake, making.parameters(Period.day(date(2026, 9, 18))))["E-1"]

    ways, answers = ("电话", "互联网", "承办转办"), ("民声接听员", "政策专员", "部门办理")
    assert channels == ("phone", "web", "forum", "app", "upper", "yangtze_delta", "linked")
    assert [table["群众诉求"][way].value for way in ways] == [1, 3, 3]
    assert [table["企业诉求"][way].value for way in ways] == [1, 0, 0]
    assert [table["总计"][answer].value for answer in answers] == [1, 0, 7]
    assert table["总计"]["诉求总量"].value == 8


def test_an_answer_at_once_is_the_seats(town: Town, store: Store) -> None:
    form = cmd.Register(type="consult", channel="app", appellant="enterprise", publish="yes", content="怎样办理")
    asked = actions.register(form, city=town.code, actor=town.actor("seat"), now=town.now).order.id
    town.act(asked, "specialist", "answer", no_article=True, text="请携带证件")

    export.export(store, now=town.now)

    row = next(row for row in rows(store, "orders") if row["order_id"] == asked)
    assert (row["disposal"], row["source"], row["appellant"], row["consult"]) == (
        "specialist", "online", "enterprise", True,
    )  # fmt: skip


def test_a_rejected_appeal_is_not_accepted(town: Town, store: Store) -> None:
    form = cmd.Register(type="help", channel="phone", appellant="citizen", publish="yes", content="请介绍对象")
    order = actions.register(form, city=town.code, actor=town.actor("seat"), now=town.now).order.id
    town.act(order, "seat", "reject", code="R1", explanation="不属于受理范围")

    export.export(store, now=town.now)

    [row] = rows(store, "orders")
    assert (row["order_id"], row["accepted"]) == (order, False)


@pytest.mark.clause("SZ-14c")
def test_what_is_confirmed_not_to_be_the_citys_leaves_every_denominator(
    test_clock: Callable[[datetime], None], db: None, store: Store
) -> None:
    town = towns.build("suzhou_c", test_clock, pack="suzhou")
    closed(town)
    order = town.draft()
    town.act(order, "seat", "ask_acceptance", unit="城管局")
    town.act(order, "officer@城管局", "give_opinion", document="书面不予受理意见", evidence=["权属登记"])
    town.act(order, "supervisor", "confirm_opinion", reason="权属清楚")

    export.export(store, now=town.now)

    day = Period.day(date(2026, 9, 18))
    with engines.opened(store) as lake:
        handled = lake.rows(queries.handling(lake, day, day.ends_at))
    kept = {row["order_id"]: row["excluded"] for row in rows(store, "orders")}
    assert kept[order] is True
    assert sum(row["counted"] for row in handled) == 1
    assert sum(row["excluded"] for row in handled) == 1


@pytest.mark.clause("SZ-37")
def test_what_closed_in_the_last_minute_of_a_quarter_belongs_to_it(town: Town, store: Store) -> None:
    orders = []
    for moment_ in ("2026-09-30T22:29:00", "2026-09-30T22:30:00"):
        town.at(moment(moment_))
        orders.append(closed(town))
    closings = {row["order_id"]: row["entered_at"] for row in _closings(town, store)}
    quarter = Period.quarter(2026, 3)

    with engines.opened(store) as lake:
        handled = lake.rows(queries.handling(lake, quarter, quarter.ends_at))

    assert [f"{closings[order]:%m-%d %H:%M}" for order in orders] == ["09-30 23:59", "10-01 00:00"]
    assert (sum(row["count"] for row in handled), sum(row["closed"] for row in handled)) == (2, 1)


def _closings(town: Town, store: Store) -> list[dict[str, Any]]:
    export.export(store, now=town.now)
    return [row for row in rows(store, "stages") if row["stage"] == "CLOSED"]


def test_a_late_answer_is_not_in_time(town: Town, store: Store) -> None:
    order = town.handled()
    town.later(days=30)
    town.act(order, "leader@城管局", "approve_reply")
    town.act(order, "officer@城管局", "reply", text="已修复")
    town.act(order, "auditor", "pass_audit")

    export.export(store, now=town.now)

    [row] = rows(store, "orders")
    assert row["timely"] is False
    assert row["completed_at"] > row["due_at"]


def test_a_case_given_to_several_units_is_one_appeal(town: Town, store: Store) -> None:
    order = town.register()
    town.act(order, "dispatcher", "dispatch", units=("城管局", "住建局"), parallel=True, basis="分别办理")

    export.export(store, now=town.now)

    found = rows(store, "orders")
    assert sorted(row["parent"] or "" for row in found) == ["", order, order]
    assert {row["unit"] for row in found} == {None, "城管局", "住建局"}
    day = Period.day(date(2026, 9, 18))
    with engines.opened(store) as lake:
        counted = lake.rows(queries.appeals(lake, day, day.ends_at))
    assert sum(row["count"] for row in counted) == 1


def test_exporting_again_changes_nothing(town: Town, store: Store) -> None:
    closed(town)
    export.export(store, now=town.now)
    before = store.read()

    again = export.export(store, now=town.now)

    assert again.orders == 0
    assert store.read().files == before.files


def test_a_late_fact_rewrites_the_month_of_its_order(town: Town, store: Store) -> None:
    town.at(moment("2026-07-20T10:00:00"))
    late = town.handled()
    other = town.handled()
    town.at(moment("2026-09-21T10:00:00"))
    export.export(store, now=town.now)
    untouched = store.read().partition("orders", town.code, "2026-09")
    town.act(late, "leader@城管局", "approve_reply")
    town.act(late, "officer@城管局", "reply", text="已修复")

    done = export.export(store, now=town.now)

    assert done.orders == 1
    statuses = {row["order_id"]: row["status"] for row in rows(store, "orders")}
    assert statuses == {late: "REPLIED", other: "HANDLING"}
    assert untouched is None
    assert {file.month for file in store.read().of("orders") if file.month} == {"2026-07"}


def test_small_commits_give_what_one_gives(town: Town, store: Store, tmp_path: Path) -> None:
    for _ in range(4):
        closed(town)
        town.later(days=9)
    whole = Store(tmp_path / "whole")

    export.export(store, now=town.now, at_once=3)
    export.export(whole, now=town.now)

    for dataset in ("orders", "stages", "callbacks"):
        assert sorted(map(str, rows(store, dataset))) == sorted(map(str, rows(whole, dataset)))


@pytest.mark.parametrize("after", [1, 2, 3, 5, 8])
def test_a_writer_that_dies_leaves_a_lake_that_reads_and_goes_on(
    town: Town, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    for _ in range(3):
        closed(town)
        town.later(days=9)
    whole = Store(tmp_path / "whole")
    export.export(whole, now=town.now)
    calls = 0

    class Died(BaseException):
        pass

    def dies(self: Writer, *args: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == after:
            raise Died
        return put(self, *args)

    put = Writer._write
    with monkeypatch.context() as patched:
        patched.setattr(Writer, "_write", dies)
        with pytest.raises(Died):
            export.export(store, now=town.now, at_once=4)
        if (store.folder / "manifest.json").exists():
            assert store.verify() == []

    export.export(store, now=town.now, at_once=4)

    assert sorted(map(str, rows(store, "orders"))) == sorted(map(str, rows(whole, "orders")))
    assert store.verify() == []


def test_nothing_in_the_lake_names_a_person(town: Town, store: Store) -> None:
    words = {
        "content": "我叫司徒雷登云，住在紫竹园八号，电话13912345678",
        "place": "紫竹园八号",
        "target_person": "欧阳科长",
    }
    closed(town, **words)

    export.export(store, now=town.now)

    held = b"".join(path.read_bytes() for path in store.folder.rglob("*") if path.is_file())
    shown = "".join(str(row) for dataset in ("orders", "stages", "callbacks") for row in rows(store, dataset))
    for secret in ("司徒雷登云", "紫竹园", "13912345678", "欧阳科长", "已修复"):
        assert secret.encode() not in held
        assert secret not in shown


def test_units_and_seats_are_counted_for_the_month(town: Town, store: Store) -> None:
    export.export(store, now=town.now)

    found = {(row["subject"], row["level"], row["kind"]): row["count"] for row in rows(store, "stocks")}
    assert found["units", "city", "government"] == 3
    assert found["seats", "city", ""] == 1
    assert found["specialists", "city", ""] == 1


@pytest.mark.clause("JS-2.4a")
def test_a_return_is_counted_and_the_first_unit_remembered(town: Town, store: Store) -> None:
    order = town.dispatched()
    town.act(order, "officer@城管局", "request_return", reason="不属本单位", basis="权责清单", suggest="住建局")
    town.act(order, "dispatcher", "accept_return", reason="成立")
    town.act(order, "dispatcher", "dispatch", unit="住建局", basis="改派")

    export.export(store, now=town.now)

    [row] = rows(store, "orders")
    assert (row["returns"], row["first_unit"], row["unit"]) == (1, "城管局", "住建局")
    assert models.Order.objects.count() == 1
