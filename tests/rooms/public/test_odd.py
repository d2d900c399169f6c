"""What people and machines send by accident or on purpose: pressed twice, odd letters, odd moments, wide digits."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest
from tests.publication_ground import decided, published
from tests.town_ground import Town, relayed
from tests.visiting_ground import Citizen, answered, asked_by_message, closed, solved

from minsheng.cases.appeals import queries as appeals
from minsheng.cases.orders import models
from minsheng.public.publication.models import Follow
from minsheng.public.publication.queries import alike


def test_filing_pressed_twice_leads_to_the_receipt_both_times(town: Town) -> None:
    citizen = Citizen(town.code)
    citizen.fill()
    values = {"agreed": "on", **solved(citizen.shown("file/check"))}

    landed = [citizen.post("file/check", values)["Location"] for _ in range(2)]

    assert landed == [citizen.path("file/receipt")] * 2
    # Going back with the browser's button, too.
    assert citizen.get("file/check")["Location"] == citizen.path("file/receipt")
    assert models.Order.objects.count() == 1


def test_a_message_answered_twice_is_answered(suqian: Town) -> None:
    row = models.Order.objects.get(id=asked_by_message(suqian))
    citizen = Citizen(suqian.code)
    citizen.sign_in("13812345678")
    page = citizen.shown(f"appeals/{row.number}")
    key = re.search(r'name="key" value="([^"]+)"', page[page.index("/rate") :])
    assert key is not None
    values = {"key": key[1], "satisfied": "satisfied", "resolved": "yes", "cause": "", "remark": ""}

    landed = [citizen.post(f"appeals/{row.number}/rate", values).status_code for _ in range(2)]

    assert landed == [302, 302]


@pytest.mark.parametrize("odd", ["\uffff", "\ufffe", "\x0b", "\x1b", "\x7f", "\u202e"])
def test_letters_that_xml_can_not_hold_break_neither_feed_nor_open311(town: Town, odd: str) -> None:
    row = Citizen(town.code).file()
    answered(town, row.id)
    closed(town, row.id)
    assert decided(town, row.id, text_title=f"人行道{odd}破损").status_code == 302
    relayed()
    reader = Citizen(town.code)

    feed = ElementTree.fromstring(reader.shown("cases/feed.xml"))
    requests = ElementTree.fromstring(reader.client.get(f"/open311/{town.code}/v2/requests.xml").content)

    assert len(feed.findall(".//item")) == len(requests.findall("request")) == 1


def wide(text: str) -> str:
    """Return letters and digits as a Chinese keyboard makes them wide."""
    return "".join(chr(ord(each) + 0xFEE0) if "!" <= each <= "~" else each for each in text)


def test_wide_digits_are_digits(town: Town) -> None:
    citizen = Citizen(town.code)
    row = citizen.file()
    asked = {"number": wide(f"{row.number[:6]} {row.number[6:]}"), "code": wide(citizen.code().lower())}
    assert Citizen(town.code).asked("query", asked).status_code == 302

    citizen.asked("sign-in", {"phone": "13000000001"})
    found = re.search(r'<strong class="number">(\d{6})<', citizen.shown("sign-in/code"))
    assert found is not None
    assert citizen.post("sign-in/code", {"code": wide(found[1])}).status_code == 302


def test_a_line_end_counts_as_one_letter_however_it_is_sent(town: Town) -> None:
    citizen = Citizen(town.code)
    lines = "一二三四五六七八九\n" * 500
    citizen.begin()

    assert citizen.post("file/content", {"title": "长", "content": lines.replace("\n", "\r\n")}).status_code == 302

    row = citizen.file(content={"title": "长", "content": "一二三四五\r\n六七八九十"})
    words = appeals.words_of(row.id)
    assert words is not None
    assert words.content == "一二三四五\n六七八九十"


@pytest.mark.parametrize(
    ("rest", "values"), [("file/content", {"title": "长", "content": "短"}), ("query", {"number": "", "code": ""})]
)
def test_large_type_chosen_on_a_page_of_errors_leads_back_to_that_page(
    town: Town, rest: str, values: dict[str, str]
) -> None:
    citizen = Citizen(town.code)
    citizen.begin()
    page = citizen.post(rest, values)
    assert page.status_code == 422

    here = re.search(r'name="next" value="([^"]*)"', page.content.decode())

    assert here is not None
    assert citizen.client.post("/preferences", {"next": here[1], "elder": "on"})["Location"] == citizen.path(rest)


def test_large_type_chosen_beside_a_refused_step_leads_back_to_the_appeal(town: Town) -> None:
    citizen = Citizen(town.code)
    row = citizen.file()

    page = citizen.post(f"appeals/{row.number}/material", {"text": ""})

    assert page.status_code == 422
    assert f'name="next" value="{citizen.path(f"appeals/{row.number}")}"' in page.content.decode()


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/open311/%00/v2/services.json", 404),
        ("/open311/a%00b/v2/requests.json", 404),
        ("/portal/x/cases/%00", 404),
        ("/portal/x/l/%00", 404),
        ("/portal/x/cases?after=0001-01-01T00:00:00%2B23:59~a", 200),
        ("/portal/x/cases?after=9999-12-31T23:59:59-23:59~a", 200),
        ("/portal/x/cases?after=2026-01-01T00:00:00-23:59~a", 200),
        ("/portal/x/cases?text=%EF%BF%BF%EF%BF%BF", 200),
        ("/portal/x/cases/feed.xml?unit=%01%1b", 200),
        ("/open311/x/v2/requests.json?end_date=2200-12-31T23:59:59-23:59", 200),
        ("/open311/x/v2/requests.json?start_date=1950-01-01T00:00:00%2B23:59", 200),
        ("/open311/x/v2/requests.json?service_request_id=%00", 404),
    ],
)
def test_odd_addresses_are_answered(town: Town, address: str, status: int) -> None:
    assert Citizen(town.code).client.get(address.replace("/x/", f"/{town.code}/")).status_code == status


def test_what_was_followed_can_be_left_also_while_it_is_not_public(town: Town) -> None:
    citizen, reader = Citizen(town.code), Citizen(town.code)
    row = published(town, citizen)
    reader.sign_in("13000000009")
    reader.post(f"cases/{row.number}/follow", {})
    citizen.act(row.number, "publish", "publish", publish="no")
    relayed()
    assert "取消关注" in reader.shown("mine")

    assert reader.post(f"cases/{row.number}/follow", {"stop": "1", "mine": "1"})["Location"] == reader.path("mine")

    assert not Follow.objects.exists()
    assert row.number not in reader.shown("mine")
    assert reader.post(f"cases/{row.number}/follow", {"stop": "1"}).status_code == 404


@pytest.mark.parametrize(
    ("path", "home"),
    [("/portal/jiangyin/cases/nothing", "/portal/jiangyin/"), ("/portal/nowhere/", "/portal/")],
    ids=["of a city", "of none"],
)
def test_who_finds_nothing_is_led_to_the_start_page_of_the_city_or_to_the_telephone(
    town: Town, path: str, home: str
) -> None:
    answer = Citizen(town.code).client.get(path)

    page = answer.content.decode()
    assert answer.status_code == 404
    assert f'href="{home}">返回首页' in page
    assert 'href="tel:12345"' in page


def test_the_page_of_a_body_that_is_too_large_is_the_citizens(town: Town) -> None:
    citizen = Citizen(town.code)
    citizen.begin()
    citizen.client.cookies["elder"] = "on"

    answer = citizen.client.post(
        citizen.path("file/files"), data=b"x", content_type="multipart/form-data; boundary=x",
        CONTENT_LENGTH="2147483648",
    )  # fmt: skip

    page = answer.content.decode()
    assert answer.status_code == 413
    assert "没有收下任何内容" in page
    assert 'href="/portal/"' in page
    assert 'href="/"' not in page
    assert "data-elder" in page


@pytest.mark.parametrize("rest", ["appeals/{number}/urge", "appeals/{number}/rate", "sign-out", "real-name"])
def test_an_address_that_only_takes_forms_says_so_when_it_is_opened(town: Town, rest: str) -> None:
    citizen = Citizen(town.code)
    row = citizen.file()

    answer = citizen.get(rest.format(number=row.number))

    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    assert "这个地址不能直接打开" in answer.content.decode()


def test_an_answer_to_a_draft_that_is_too_old_is_said_to_be_lost(town: Town) -> None:
    citizen = Citizen(town.code)
    citizen.begin()
    town.later(hours=25)

    answer = citizen.post("file/content", {"title": "长", "content": "一二三四五六七八九十"}, follow=True)

    assert "没有保存刚才的内容" in answer.content.decode()


def test_of_two_presses_at_once_both_are_led_to_the_receipt(town: Town) -> None:
    citizen = Citizen(town.code)
    citizen.fill()
    values = {"agreed": "on", **solved(citizen.shown("file/check"))}
    # The other browser tab came so early that its session still holds the draft.
    session = citizen.client.session
    before = dict(session["citizen"][town.code])
    citizen.post("file/check", values)
    session = citizen.client.session
    session["citizen"] = {town.code: before}
    session.save()

    second = citizen.post("file/check", values)

    assert second["Location"] == citizen.path("file/receipt")
    assert models.Order.objects.count() == 1


@pytest.mark.parametrize("looked_for", ["ktv", "KTV", "ＫＴＶ", "Ktv"])
def test_search_and_likeness_take_capitals_and_wide_letters_alike(town: Town, looked_for: str) -> None:
    row = Citizen(town.code).file()
    answered(town, row.id)
    closed(town, row.id)
    assert decided(town, row.id, text_title="楼下KTV夜里吵闹", text_content="楼下KTV夜里很吵。").status_code == 302
    relayed()

    assert row.number in Citizen(town.code).shown(f"cases?text={looked_for}")
    assert [each.number for each in alike(town.code, content=f"{looked_for}吵闹", place="")] == [row.number]
    assert "楼下KTV夜里吵闹" in Citizen(town.code).shown(f"cases/{row.number}")
