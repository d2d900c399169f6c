"""Views of threads and the lake: who is counted once, what no person opened, and the figures of the release."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from tests import lake_ground as making
from tests.forum_ground import ADMIN, as_unit, poster
from tests.town_ground import Town
from tests.visiting_ground import PERSON, Citizen

from minsheng.cases.forum import exporting, members, patrol, views
from minsheng.cases.forum.actions import KIND, opened
from minsheng.cases.forum.models import Thread, View, Visit
from minsheng.core.features.values import Range
from minsheng.core.ledger import journals
from minsheng.core.ledger.values import ZONE
from minsheng.core.lifecycles import actions as lifecycles
from minsheng.domain.actors import Actor
from minsheng.domain.forum import commands as cmd
from minsheng.domain.periods import Period
from minsheng.figures.lake import engines, export, schema
from minsheng.figures.lake.store import Partition, Store
from minsheng.figures.reports.release import releases
from minsheng.public.forum import counts


def begun(town: Town, *, account: str = "x", approve: bool = True, board: str = "") -> Thread:
    """Return a thread, let in unless that is not wanted."""
    form = cmd.Post(account=account, verified=True, title="路灯不亮", content="滨江路路灯不亮", board=board)
    made = lifecycles.begin(
        KIND, form, city=town.code, by=Actor("citizen"), now=town.now, made=lambda id: opened(id, town.code)
    )
    if approve:
        lifecycles.apply(KIND, made.id, cmd.ApprovePost(), city=town.code, by=town.actor(ADMIN), now=town.now)
    return Thread.objects.get(pk=made.id)


def read(town: Town, row: Thread, *, agent: str = PERSON, address: str = "203.0.113.7", **more: Any) -> Any:
    """Open a thread as a browser does."""
    client = Client(HTTP_USER_AGENT=agent, REMOTE_ADDR=address)
    method = client.head if more.pop("head", False) else client.get
    return method(f"/portal/{town.code}/forum/{row.code}", **more)


def counted(row: Thread) -> tuple[int, int]:
    """Return views by people and by machines."""
    found = View.objects.filter(thread=row.pk).values_list("views", "robots")
    return sum(each[0] for each in found), sum(each[1] for each in found)


def test_an_address_counts_once_a_thread_and_half_hour_and_nothing_of_it_stays(suzhou: Town) -> None:
    row, other = begun(suzhou), begun(suzhou)
    for _ in range(3):
        assert read(suzhou, row).status_code == 200
    assert "Set-Cookie" not in read(suzhou, row)
    read(suzhou, other)
    read(suzhou, row, address="203.0.113.8")
    for address in ("2001:db8::1", "2001:db8::2"):  # one line has the whole network
        read(suzhou, row, address=address)
    assert (counted(row), counted(other)) == ((3, 0), (1, 0))

    suzhou.later(minutes=29)
    read(suzhou, row)
    assert counted(row)[0] == 3
    suzhou.later(minutes=2)
    read(suzhou, row)
    assert counted(row)[0] == 4
    hours = {(suzhou.now - timedelta(minutes=31)).hour, suzhou.now.hour}
    assert View.objects.filter(thread=row.pk).count() == len(hours)

    kept = Visit.objects.count()
    assert not Visit.objects.filter(key__contains=b"203.0.113").exists()
    views.forget(suzhou.now)
    assert (kept, Visit.objects.count()) == (4, 1)
    views.forget(suzhou.now + timedelta(minutes=30))
    assert Visit.objects.count() == 0


@pytest.mark.parametrize(
    "asked",
    [
        {"agent": "Mozilla/5.0 (compatible; Baiduspider/2.0; +http://www.example.com/search/spider.html)"},
        {"agent": "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.example.com/bingbot.htm)"},
        {"agent": "curl/8.14"},
        {"agent": ""},
        {"HTTP_SEC_PURPOSE": "prefetch;prerender"},
        {"head": True},
    ],
)
def test_what_nobody_reads_is_counted_apart(suzhou: Town, asked: dict[str, Any]) -> None:
    row = begun(suzhou)

    for _ in range(2):
        assert read(suzhou, row, **asked).status_code == 200

    assert counted(row) == (0, 2)
    assert Visit.objects.count() == 0


def test_what_others_do_not_read_counts_nothing_and_a_view_costs_one_statement(suzhou: Town) -> None:
    waiting, row = begun(suzhou, approve=False), begun(suzhou)
    assert read(suzhou, waiting).status_code == 404
    assert View.objects.count() == 0

    with connection.execute_wrapper(said := Said()):
        read(suzhou, row)

    assert said.about_views == 1


class Said:
    """How many statements were about views."""

    about_views = 0

    def __call__(self, execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
        self.about_views += "forum_view" in str(sql)
        return execute(sql, params, many, context)


def test_the_lake_has_the_course_of_each_thread_and_no_word_or_member(suzhou: Town) -> None:
    account = "0198c0de-0000-7000-8000-000000000001"
    done = as_unit(suzhou, begun(suzhou, account=account, board="城区"), text="路灯已经更换。")
    lifecycles.apply(
        KIND, done.pk, cmd.RatePost(account=account, satisfied="satisfied"), city=suzhou.code, by=Actor("citizen"),
        now=suzhou.now,
    )  # fmt: skip
    still, _unread = begun(suzhou), begun(suzhou, approve=False)
    small = cmd.Classify(class_="small")
    lifecycles.apply(KIND, done.pk, small, city=suzhou.code, by=suzhou.actor(ADMIN), now=suzhou.now)
    for address in ("203.0.113.7", "203.0.113.8"):
        read(suzhou, done, address=address)

    made = [each for each in exported(suzhou) if each.dataset == "threads"]

    rows = {row["thread_id"]: row for fresh in made for month in fresh.rows.values() for row in month}
    assert set(rows) == {str(done.pk), str(still.pk)}
    told, wall = rows[str(done.pk)], suzhou.now.astimezone(ZONE).replace(tzinfo=None)
    assert told == {
        "city": suzhou.code, "thread_id": str(done.pk), "posted_at": wall, "district": told["district"],
        "unit": "城管局", "handled": True, "handled_at": wall, "views": 2, "order_id": None, "class": "small",
        "claimed_by": "claim", "attended_at": wall, "stance_at": None, "answered_at": wall, "timely": True,
        "rated": True, "satisfied": True, "board": "城区", "sealed": False,
    }  # fmt: skip
    assert rows[str(still.pk)]["timely"] is None
    assert account not in str(rows)
    schema.table_of_rows("threads", list(rows.values()))


def exported(town: Town) -> list[Any]:
    """Return what the lake is told of everything up to now."""
    return list(exporting.export(Range(0, 2**60, town.now)))


@pytest.mark.clause("AR-1.1b")
def test_the_release_prints_views_and_handled_matters_beside_those_of_the_year_before(
    suzhou: Town, tmp_path: Path
) -> None:
    rows = [as_unit(suzhou, begun(suzhou), text="路灯已经更换。") for _ in range(16)]
    begun(suzhou)
    for n in range(2_687):
        views.viewed(rows[n % 16], address=f"203.0.{n // 250}.{n % 250}", robot=False, now=suzhou.now)
    store = Store(tmp_path)
    with store.writing() as writer:
        moment = datetime(2025, 9, 18, 10)  # noqa: DTZ001 - the lake has wall time
        before = [
            {"city": suzhou.code, "thread_id": str(n), "posted_at": moment, "handled": True, "views": 100}
            for n in range(8)
        ]
        writer.put(Partition("threads", suzhou.code, "2025-09", schema.table_of_rows("threads", before)))
        writer.commit({})

    export.export(store, now=suzhou.now)

    with engines.opened(store, city=suzhou.code) as lake:
        release = releases.build(lake, making.parameters(Period.year(2026)))
    seen, handled = (release["E-0"].cell(name, "数值") for name in ("论坛访问量", "论坛处理反映事项"))
    assert (seen.value, handled.value) == (2_687, 16)
    assert (str(seen.change), str(handled.change)) == ("235.88", "100.00")


def test_accounts_and_days_of_patrol_are_counted_for_the_month(suzhou: Town) -> None:
    journals.make_months(date(2026, 9, 1), date(2026, 9, 30))
    citizen = poster(suzhou.code, "13000000001", "陆晓禾")
    assert counts.stocks(suzhou.code, on=suzhou.now.date()) == {}
    citizen.post("forum/name", {"key": "0198c0de-0000-7000-8000-000000000002", "name": "江边小草"})
    other = Citizen(suzhou.code)
    other.sign_in("13000000003")
    other.post("forum/name", {"key": "0198c0de-0000-7000-8000-000000000003", "name": "湖边小草"})
    for days in (0, 0, 1):
        suzhou.later(days=days)
        patrol.patrolled(suzhou.code, "城管局", now=suzhou.now)
        patrol.patrolled(suzhou.code, "城管局", now=suzhou.now)

    assert counts.stocks(suzhou.code, on=suzhou.now.date()) == {
        ("forum_accounts", "city", ""): 2, ("forum_accounts", "city", "verified"): 1,
    }  # fmt: skip
    assert patrol.stocks(suzhou.code, on=suzhou.now.date()) == {("patrol_days", "city", "城管局"): 2}
    assert len(members.accounts(suzhou.code)) == 2
    assert "本月巡查天数" in suzhou.desk("forum_admin").get("/forum/patrol").content.decode()
