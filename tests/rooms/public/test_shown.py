"""What the receipt, the start page, the feed, the figures and one's own page show and leave out. Clauses: SZ-15.1,
JY-9.3, JY-9.8a, JY-18, SQ-10.5a, SZ-26."""

from __future__ import annotations

import re
from dataclasses import asdict
from typing import Any
from xml.etree import ElementTree

import pytest
from tests.paper_ground import codes_on_paper, pages_of, title_and_language, told_of_pictures
from tests.publication_ground import published
from tests.town_ground import Town, fresh
from tests.visiting_ground import Citizen, answered, asked_by_message

from minsheng.cases.orders import models
from minsheng.cases.orders.storage.results import Month
from minsheng.public.publication.models import Figures, PublicCase


def test_the_receipts_code_for_cameras_leads_to_the_query_with_the_number_and_never_holds_the_code(town: Town) -> None:
    citizen = Citizen(town.code)
    row = citizen.file()

    (address,) = codes_on_paper(citizen.get("file/receipt.pdf").content)

    assert address == f"http://testserver{citizen.path('query')}?number={row.number}"
    assert f'value="{row.number}"' in Citizen(town.code).shown(f"query?number={row.number}")


def test_the_receipts_pdf_has_number_code_and_what_comes_next(town: Town) -> None:
    citizen = Citizen(town.code)
    row = citizen.file()

    (words,) = pages_of(citizen.get("file/receipt.pdf").content)

    for said in (row.number, citizen.code(), "2026-09-1816:40:00", "9月19日16:40前核对并决定受理"):
        assert said in words


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_receipts_pdf_says_what_it_is_and_has_the_querys_address_in_words_on_its_one_page(
    town: Town, settings: Any, language: str
) -> None:
    settings.PUBLIC_URL = "https://an-uncommonly-long-name-of-a-portal.jiangyin.wuxi.jiangsu.example.gov.cn"
    citizen = Citizen(town.code)
    row = citizen.file()
    citizen.client.cookies["language"] = language

    content = citizen.get("file/receipt.pdf").content

    (words,) = pages_of(content)
    assert f"{settings.PUBLIC_URL}{citizen.path('query')}" in words
    assert codes_on_paper(content) == [f"{settings.PUBLIC_URL}{citizen.path('query')}?number={row.number}"]
    title, author, said_in = title_and_language(content)
    assert title == {"zh-hans": "江阴市 12345 诉求回执", "en": "江阴市 12345: receipt"}[language]
    assert (author, said_in) == ("江阴市 12345", language.partition("-")[0])
    assert told_of_pictures(content) == [{"zh-hans": "查询进度的二维码", "en": "QR code of the query page"}[language]]


def test_the_feed_has_the_confirmed_words_and_nothing_else(town: Town) -> None:
    row = published(town, Citizen(town.code))
    reader = Citizen(town.code)

    (item,) = ElementTree.fromstring(reader.get("cases/feed.xml").content).iter("item")

    assert item.findtext("title") == "人行道破损"
    assert item.findtext("description") == "东门人行道破损已久，希望修理。\n\n已派人修复。"
    assert item.findtext("link") == f"http://testserver{reader.path(f'cases/{row.number}')}"


@pytest.mark.parametrize("asked", ["channel", "unit"])
def test_the_list_is_narrowed_by_channel_and_by_unit(town: Town, asked: str) -> None:
    row = published(town, Citizen(town.code))
    right, wrong = {"channel": ("web", "phone"), "unit": ("城管局", "住建局")}[asked]
    reader = Citizen(town.code)

    for address in ("cases", "cases/feed.xml"):
        assert row.number in reader.shown(f"{address}?{asked}={right}")
        assert row.number not in reader.shown(f"{address}?{asked}={wrong}")


def test_emergency_numbers_come_first_on_the_start_page(town: Town) -> None:
    page = Citizen(town.code).shown()

    assert re.findall(r'href="tel:(\d+)"', page[page.index("<main") : page.index("<h1")]) == [
        "110", "119", "120", "122", "12395"
    ]  # fmt: skip


def test_the_start_page_says_what_is_not_taken_by_the_citys_own_rules(town: Town, suqian: Town) -> None:
    # R6 is an emergency: not turned away, but told the number to ring.
    both = ["不在本市管辖范围", "已进入或须经信访、仲裁、复议、诉讼", "涉及国家秘密、商业秘密、个人隐私"]
    both += ["恶意侮辱、诽谤等", "内容不具体或缺乏政策法规依据、无法办理"]
    here = ["已有最终答复或多次答复的同一事项", "涉及未加入热线的单位", "不属行政管理职能"]

    assert not_taken(Citizen(town.code)) == both + here
    assert not_taken(Citizen(suqian.code)) == [*both, "依照规定不予受理的其他事项"]


def not_taken(citizen: Citizen) -> list[str]:
    """Return the list of what is not taken."""
    page = citizen.shown()
    part = page[page.index('id="not-taken"') :]
    return re.findall(r"<li>([^<]+)</li>", part[: part.index("</ul>")])


def test_an_extension_is_told_once_it_is_approved(town: Town) -> None:
    citizen = Citizen(town.code)
    row = citizen.file()
    town.act(row.id, "seat", "submit")
    town.act(row.id, "dispatcher", "dispatch", unit="城管局", basis="权责清单")
    town.act(row.id, "officer@城管局", "sign")
    town.later(days=6)
    more = {"until": "2026-09-28T12:00", "progress": "清理", "next_steps": "等", "leader_consent": True}
    town.act(row.id, "officer@城管局", "request_extension", reason="雨季", **more)
    assert "办理时间延长" not in citizen.shown(f"appeals/{row.number}")

    town.act(row.id, "auditor", "approve_extension", reason="属实")

    page = citizen.shown(f"appeals/{row.number}")
    assert "情况较复杂，办理时间延长到 9月28日 12:00" in page
    assert "雨季" not in page


def test_a_rating_is_asked_for_only_after_the_answer(town: Town) -> None:
    citizen = Citizen(town.code)
    row = citizen.file()
    assert "提交评价" not in citizen.shown(f"appeals/{row.number}")

    answered(town, row.id)

    assert "提交评价" in citizen.shown(f"appeals/{row.number}")


def test_where_nobody_rates_by_themselves_only_a_waiting_message_asks_for_the_rating(suqian: Town) -> None:
    """Who was dissatisfied in answer to the message is called by a person next. Clauses: SQ-10.5a, SQ-10.5b."""
    order = asked_by_message(suqian)
    number = models.Order.objects.get(id=order).number
    citizen = Citizen(suqian.code)
    citizen.sign_in("13812345678")
    said = {"satisfied": "dissatisfied", "resolved": "no", "cause": "result", "remark": ""}
    assert citizen.act(number, "rate", "rate", **said).status_code == 302

    again = citizen.post(f"appeals/{number}/rate", fresh(**said))

    assert models.Order.objects.get(id=order).status == "CALLBACK_MANUAL"
    assert "提交评价" not in citizen.shown(f"appeals/{number}")
    assert again.status_code == 409


def test_a_case_is_followed_no_longer_and_saying_so_twice_does_no_harm(town: Town) -> None:
    row = published(town, Citizen(town.code))
    reader, other = Citizen(town.code), Citizen(town.code)
    for each, phone in ((reader, "13000000002"), (other, "13000000003")):
        each.sign_in(phone)
        each.post(f"cases/{row.number}/follow", {})
    assert "2 人关注" in reader.shown(f"cases/{row.number}")

    for _ in range(2):
        assert reader.post(f"cases/{row.number}/follow", {"stop": "1"}).status_code == 302

    assert PublicCase.objects.get(order=row.id).follows == 1
    assert row.number not in reader.shown("mine")
    assert row.number in other.shown("mine")


@pytest.mark.parametrize(
    ("counts", "shown"),
    [
        ((9, 4, 4, 4, 4), ["9", "&lt;5", "样本不足", "&lt;5"]),
        ((4, 1, 1, 1, 1), ["&lt;5", "&lt;5", "样本不足", "&lt;5"]),
        ((5, 5, 5, 4, 5), ["5", "5", "80.0%", "5"]),
        ((0, 0, 0, 0, 0), ["0", "0", "样本不足", "0"]),
    ],
)
def test_no_figure_below_five_is_shown(town: Town, counts: tuple[int, ...], shown: list[str]) -> None:
    """Received, closed, rated, satisfied, published."""
    month = Month("2026-09", *counts)
    Figures.objects.create(city_id=town.code, counted_at=town.now, months=[asdict(month)])

    page = Citizen(town.code).shown("statistics")

    assert re.findall(r'<td class="number">([^<]*)</td>', page) == shown
