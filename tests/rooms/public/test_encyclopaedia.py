"""The encyclopaedia: what everybody reads today, as people and as machines read it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from xml.etree import ElementTree

import pytest
from django.test import Client
from tests import calling_ground as calling
from tests import knowledge_ground as knowledge
from tests import town_ground as towns
from tests.town_ground import Town, text_of
from tests.visiting_ground import browser

from minsheng.cases.knowledge import uses
from minsheng.core.ledger import journals
from minsheng.domain.knowledge.article import FlagArticle
from minsheng.domain.knowledge.basis import RegisterBasis

LAMPS = {"title": "路灯坏了找谁", "body": "请拨打路灯管理所。</script><b>粗</b>", "category": "1101"}


@pytest.fixture
def town(db: None, test_clock: Callable[[datetime], None]) -> Town:
    journals.make_months(date(2026, 9, 1), date(2026, 12, 31))
    return towns.build("jiangyin", test_clock)


def read(town: Town, path: str = "") -> str:
    answer = Client().get(f"/portal/{town.code}/knowledge{path}")
    assert answer.status_code == 200, path
    return text_of(answer)


def status(town: Town, path: str) -> int:
    return Client().get(f"/portal/{town.code}/knowledge{path}").status_code


@pytest.mark.clause("SZ-31a")
def test_everybody_finds_and_reads_what_is_valid_today_with_its_unit_and_its_basis(town: Town) -> None:
    document = RegisterBasis(kind="notice", title="照明办法", number="1号")
    knowledge.begin(town, "office", "basis", document)
    last = town.now.date()
    row = knowledge.published(town, **LAMPS, basis=("1号",), valid_to=last)
    seats = knowledge.published(town, title="路灯内部办法", body="内部", audience="seats")

    for path in ("", "?text=路灯坏了", "?theme=城市管理", "?unit=城管局", "?kind=question"):
        assert LAMPS["title"] in read(town, path), path
        assert "路灯内部办法" not in read(town, path), path
    for path in ("?theme=教育", "?unit=住建局", "?kind=information", "?text=公积金", "?after=x"):
        assert (LAMPS["title"] in read(town, path)) == (path == "?after=x"), path
    page = read(town, f"/{row.number}")
    assert ("照明办法" in page, "城管局" in page, str(last) in page) == (True, True, True)
    assert status(town, f"/{seats.number}") == 404
    town.later(days=1)
    assert status(town, f"/{row.number}") == 404
    assert LAMPS["title"] not in read(town)


def test_what_is_to_be_verified_is_not_there(town: Town) -> None:
    row = knowledge.published(town, **LAMPS)
    knowledge.give(town, "office", "article", row.pk, FlagArticle(reason="有人反映"))

    assert status(town, f"/{row.number}") == 404
    assert LAMPS["title"] not in read(town, "?text=路灯坏了")


def test_machines_read_it_as_linked_data_feed_and_map(town: Town) -> None:
    row = knowledge.published(town, **LAMPS)
    other = knowledge.published(town, title="路灯介绍", body="内容", kind="information")
    town.later(days=1)
    knowledge.revised(town, row, body="请拨打 12345。")

    page = Client().get(f"/portal/{town.code}/knowledge/{row.number}").content.decode()
    held = re.findall(r'<script type="application/ld\+json"[^>]*>(.*?)</script>', page)
    said = json.loads(held[0])
    assert (said["@type"], said["mainEntity"][0]["acceptedAnswer"]["text"]) == ("FAQPage", "请拨打 12345。")
    service = Client().get(f"/portal/{town.code}/knowledge/{other.number}").content.decode()
    assert '"GovernmentService"' in service
    feed = ElementTree.fromstring(Client().get(f"/portal/{town.code}/knowledge/feed.xml").content)
    assert [each.text for each in feed.iter("title")][1:] == [LAMPS["title"], "路灯介绍"]
    site = Client().get(f"/portal/{town.code}/knowledge/sitemap.xml").content.decode()
    assert (site.count("<loc>"), "2026-09-19" in site) == (2, True)


def test_a_body_ends_no_element_of_the_page(town: Town) -> None:
    row = knowledge.published(town, **LAMPS)

    page = Client().get(f"/portal/{town.code}/knowledge/{row.number}").content.decode()

    assert "</script><b>" not in page
    assert "\\u003c/script\\u003e" in page


def test_readings_and_remarks_are_counted_and_name_nobody(town: Town) -> None:
    row = knowledge.published(town, **LAMPS)
    address = f"/portal/{town.code}/knowledge/{row.number}"
    reader = browser()
    reader.get(address)
    assert reader.head(address).status_code == 200
    assert Client(HTTP_USER_AGENT="Baiduspider/2.0").get(address).status_code == 200
    for _ in range(2):
        assert reader.post(f"{address}/remark", {"said": "outdated"}).status_code == 302
    assert reader.post(f"{address}/remark", {"said": "rude"}).status_code == 404

    entries = journals.of(f"article/{row.pk}", since=town.now - timedelta(days=1), until=town.now + timedelta(days=1))
    assert {(each.kind, each.body["reader"]) for each in entries} == {
        (uses.USE, "citizen"), (uses.REMARK, "citizen"),
    }  # fmt: skip
    assert uses.remarks(row) == {"outdated": 1}
    assert [each.kind for each in entries] == [uses.USE, uses.REMARK]
    assert {tuple(each.actor) for each in entries} == {("role",)}


def test_pages_follow_one_another(town: Town) -> None:
    for number in range(21):
        knowledge.published(town, title=f"知识{number:02}", body="内容")
        town.later(seconds=1)

    first = read(town)
    onward = re.search(
        r'rel="next" href="(\?after=[^"]+)"', Client().get(f"/portal/{town.code}/knowledge").content.decode()
    )
    assert onward is not None
    second = read(town, onward[1].replace("&amp;", "&"))
    assert ("知识20" in first, "知识00" in first, "知识00" in second, "知识01" in second) == (True, False, True, False)


def test_the_other_platforms_search_gives_the_same(town: Town) -> None:
    knowledge.published(town, **LAMPS)
    token = calling.client_of(town.code, "reader", ("dispatcher",), None)

    answer = Client().get("/api/knowledge/search?q=路灯坏了", headers={"Authorization": f"Bearer {token}"})

    assert [(each["title"], each["unit"]) for each in answer.json()["items"]] == [(LAMPS["title"], "城管局")]
    assert Client().get("/api/knowledge/search?q=路灯").status_code == 401
