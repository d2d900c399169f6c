"""Filing without scripts, to the ledger. Clauses: SZ-15.1, JY-9.1a, JY-9.8.2, SQ-10.1."""

from __future__ import annotations

import pytest
from tests.publication_ground import published
from tests.town_ground import Town
from tests.visiting_ground import ANSWERS, CONTENT, Citizen, proof, solved

from minsheng.cases.appeals import queries as appeals
from minsheng.cases.orders import models
from minsheng.cases.orders.reading import identities
from minsheng.cases.orders.storage import queries
from minsheng.core.ledger import verification
from minsheng.domain.rejected import Rejected
from minsheng.domain.text import cleaned
from minsheng.public.portal.forms import close_names
from minsheng.public.portal.models import Draft


def test_what_is_filed_step_by_step_ends_in_the_ledger(town: Town) -> None:
    citizen = Citizen(town.code)

    row = citizen.file()

    order = queries.state_of(row)
    words = appeals.words_of(row.id)
    first = queries.history(row.id)[0]
    assert (row.status, order.channel, order.publish, order.type) == ("DRAFT", "web", "yes", "help")
    assert words is not None
    assert (words.title, words.content, words.place) == ("小区东门人行道破损", CONTENT, "滨江路12号")
    assert first.actor["role"] == "citizen"
    assert str(first.actor["person"]) == f"appellant:{words.appellant}"
    assert order.timers["acceptance"].status == "running"
    assert verification.verify().fault is None


def test_the_receipt_has_number_code_and_what_comes_next_and_can_be_read_again(town: Town) -> None:
    citizen = Citizen(town.code)
    row = citizen.file()

    page = citizen.shown("file/receipt")
    pdf = citizen.get("file/receipt.pdf")

    assert row.number in page
    assert "9月19日 16:40 前核对并决定受理" in page
    assert citizen.code() == citizen.code()
    assert "<svg" in page
    assert pdf.content.startswith(b"%PDF")
    assert pdf["Cache-Control"] == "private, no-store"


def test_pressing_twice_files_once(town: Town) -> None:
    citizen = Citizen(town.code)
    citizen.fill()
    values = {"agreed": "on", **solved(citizen.shown("file/check"))}

    first, second = citizen.post("file/check", values), citizen.post("file/check", values)

    assert first.status_code == 302
    assert second.status_code == 302
    assert models.Order.objects.count() == 1


def test_work_of_a_script_answers_the_question_too_and_once(town: Town) -> None:
    citizen = Citizen(town.code)
    citizen.fill()
    done = proof(citizen.shown("file/check"))

    assert citizen.post("file/check", {"agreed": "on", **done}).status_code == 302

    citizen.fill()
    assert citizen.post("file/check", {"agreed": "on", **done}).status_code == 422
    assert models.Order.objects.count() == 1


@pytest.mark.parametrize(
    ("step", "values", "said"),
    [
        ("type", {}, "请选择一类"),
        ("content", {"title": "", "content": CONTENT}, "请用一句话概括"),
        ("content", {"title": "路灯", "content": "坏了"}, "至少 10 个字"),
        ("content", {"title": "\u202e\u200b\u200f", "content": CONTENT}, "请用一句话概括"),
        ("content", {"title": "\u3164\u2800 \ufe0f", "content": CONTENT}, "请用一句话概括"),
        ("content", {"title": "路灯", "content": "\u200b\r\n\u2060" * 10}, "请写明情况"),
        ("about", {"target_unit": "没有的局"}, "没有这个单位"),
        ("publish", {}, "请选择一项"),
        ("contact", {**ANSWERS["contact"], "phone": "12"}, "电话号码不正确"),
    ],
)
def test_what_is_missing_is_said_on_top_and_beside_and_kept(
    town: Town, step: str, values: dict[str, str], said: str
) -> None:
    citizen = Citizen(town.code)
    citizen.begin()

    answer = citizen.post(f"file/{step}", values)

    page = answer.content.decode()
    assert answer.status_code == 422
    assert page.count(said) >= 2
    assert "有误：" in page[page.index("<title>") : page.index("</title>")]
    for value in values.values():
        assert cleaned(value) in page


UNITS = (
    "江阴市城市管理局", "江阴市住房和城乡建设局", "江阴市水利局", "江阴市公安局", "江阴市教育局", "江阴市民政局",
    "澄江街道办事处", "江阴市城市管理局澄江中队",
)  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("城管局", "江阴市城市管理局"),
        ("市城管局", "江阴市城市管理局"),
        ("江阴市城管局", "江阴市城市管理局"),
        ("住建局", "江阴市住房和城乡建设局"),
        ("水利局", "江阴市水利局"),
        ("澄江街道", "澄江街道办事处"),
        ("江苏省江阴市公安局", "江阴市公安局"),
    ],
)
def test_names_that_are_like_what_was_typed_come_first(typed: str, first: str) -> None:
    found = close_names(typed, UNITS)

    assert found[0] == first
    assert len(found) <= 5
    assert len(set(found)) == len(found)


def test_a_unit_called_otherwise_is_offered_and_one_press_takes_it(town: Town) -> None:
    citizen = Citizen(town.code)
    citizen.begin()

    refused = citizen.post("file/about", {"target_unit": "市城管局"})

    page = refused.content.decode()
    assert refused.status_code == 422
    assert '<button class="quiet" name="target_unit" value="城管局">' in page
    # The button stands behind the field, so that its name is the later one and counts.
    assert page.index('id="id_target_unit"') < page.index('name="target_unit" value="城管局"')
    assert citizen.post("file/about", {"target_unit": ["市城管局", "城管局"]}).status_code == 302
    assert 'value="城管局"' in citizen.shown("file/about")


def test_where_no_unit_is_called_anything_like_it_none_is_offered(town: Town) -> None:
    citizen = Citizen(town.code)
    citizen.begin()

    page = citizen.post("file/about", {"target_unit": "xyz"}).content.decode()

    assert "没有这个单位，请核对名称" in page
    assert 'name="target_unit" value' not in page.partition('id="id_target_unit"')[2]


def test_without_the_question_answered_nothing_is_filed(town: Town) -> None:
    citizen = Citizen(town.code)
    citizen.fill()

    answer = citizen.post("file/check", {"agreed": "on", "question_token": "x", "question_answer": "7"})

    assert answer.status_code == 422
    assert models.Order.objects.count() == 0


def test_answers_so_far_lie_sealed_on_the_server(town: Town) -> None:
    citizen = Citizen(town.code)
    citizen.fill()

    kept = bytes(Draft.objects.get().answers)

    assert b"13000000001" not in kept
    assert "人行道".encode() not in kept
    assert "小区东门人行道破损" in citizen.shown("file/content")


def test_who_comes_back_goes_on_where_something_is_missing(town: Town) -> None:
    citizen = Citizen(town.code)
    citizen.begin()
    citizen.post("file/type", ANSWERS["type"])

    onward = citizen.get("file")

    assert onward["Location"].endswith("/file/content?resumed=1")
    assert citizen.get("file/check")["Location"].endswith("/file/content")


def test_a_danger_is_answered_with_the_number_to_ring_and_holds_nothing_up(town: Town) -> None:
    citizen = Citizen(town.code)
    citizen.begin()

    answer = citizen.post("file/content", {"title": "楼道起火", "content": "楼道里有人烧东西，已经起火，请快来人。"})

    assert answer.status_code == 302
    assert "110、119 或 120" in citizen.shown("file/place")


def test_a_confidential_matter_hides_who_it_is_from_the_unit_and_from_the_public(town: Town) -> None:
    citizen = Citizen(town.code)

    row = citizen.file(publish={"publish": "confidential"})

    order = queries.state_of(row)
    assert (order.confidential, order.publish) == (True, "no")
    town.act(row.id, "seat", "submit")
    town.act(row.id, "dispatcher", "dispatch", unit="城管局", basis="权责清单")
    page = town.desk("officer@城管局").get(f"/orders/{row.id}/").content.decode()
    assert "陆" not in page
    with pytest.raises(Rejected, match="reveal_role_never"):
        identities.reveal(
            models.Order.objects.get(id=row.id), queries.state_of(models.Order.objects.get(id=row.id)),
            actor=town.actor("officer@城管局"), reason="联系诉求人", fields=("phone",), now=town.now,
        )  # fmt: skip


def test_a_question_is_good_for_half_an_hour(town: Town) -> None:
    citizen = Citizen(town.code)
    citizen.fill()
    values = {"agreed": "on", **solved(citizen.shown("file/check"))}
    town.later(minutes=30, seconds=1)

    answer = citizen.post("file/check", values)

    assert answer.status_code == 422
    assert "请重新回答这个问题" in answer.content.decode()
    assert models.Order.objects.count() == 0
    values = {"agreed": "on", **solved(citizen.shown("file/check"))}
    town.later(minutes=30)
    assert citizen.post("file/check", values).status_code == 302


def test_who_looks_at_a_case_in_the_middle_of_filing_finds_the_way_back(town: Town) -> None:
    row = published(town, Citizen(town.code))
    reader = Citizen(town.code)
    way_back = f'href="{reader.path("file")}">不是同一件事，继续填写我的诉求'
    assert way_back not in reader.shown(f"cases/{row.number}")

    reader.begin()

    assert way_back in reader.shown(f"cases/{row.number}")
