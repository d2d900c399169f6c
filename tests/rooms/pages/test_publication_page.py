"""The decision to publish: what was found, the words confirmed, the exceptions.

Clauses: JY-9.8a, JY-9.8.1, JY-9.8.2, JY-9.8.3, A-73.
"""

from __future__ import annotations

from typing import Any

import pytest
from tests.town_ground import Town, fresh, row

from minsheng.cases.appeals import publication

WORDS = "我叫张建国，家住滨江路12号3幢502室，电话13812345678，门口人行道破损"


def closed(town: Town, **fields: Any) -> str:
    """Return a closed case."""
    order = town.replied(content=WORDS, **fields)
    town.act(order, "auditor", "pass_audit")
    town.act(order, "callback_agent", "callback", reached=True, satisfied="satisfied", resolved=True)
    return order


def texts(town: Town, order: str, **others: str) -> dict[str, str]:
    """Return what the page proposes, with some texts changed."""
    shown = town.desk("auditor").get(f"/orders/{order}/publication")
    given = {f"text_{part.field}": part.text for part in shown.context["parts"]}
    return fresh(publish="1", seen_version=row(order).version, **{**given, **others})


def test_a_closed_case_waits_for_the_decision(town: Town) -> None:
    order = closed(town)

    shown = town.desk("auditor").get("/?tab=publication")

    assert [each.id for each in shown.context["rows"]] == [order]


def test_the_page_marks_what_it_found_and_proposes_masked_words(town: Town) -> None:
    order = closed(town)

    page = town.desk("auditor").get(f"/orders/{order}/publication")
    content = next(part for part in page.context["parts"] if part.field == "content")

    # The auditor does not learn who it is (JY-8d): what was found is marked where it stood, and covered.
    assert {"[电话]"} <= {piece.text for piece in content.pieces if piece.why}
    assert "13812345678" not in page.content.decode()
    assert "13812345678" not in content.text
    assert "502" not in content.text


def test_the_confirmed_words_are_kept_and_the_case_is_public(town: Town) -> None:
    order = closed(town)

    answer = town.desk("auditor").post(f"/orders/{order}/publication", texts(town, order, text_title="人行道破损"))

    assert answer.status_code == 302
    assert row(order).is_published
    assert publication.confirmed(order)["title"].text == "人行道破损"
    assert town.desk("auditor").get("/?tab=publication").context["rows"] == []


def test_a_number_that_still_stands_is_refused_until_it_is_acknowledged(town: Town) -> None:
    order = closed(town)
    client = town.desk("auditor")
    given = texts(town, order, text_content="请打13912345678")

    refused = client.post(f"/orders/{order}/publication", given)
    token = refused.context["standing"][0].token
    accepted = client.post(f"/orders/{order}/publication", {**given, **fresh(), "acknowledged": token})

    assert refused.status_code == 422
    assert "手机号码" in refused.content.decode()
    assert accepted.status_code == 302
    assert row(order).is_published


def test_empty_words_are_refused_and_no_words_go_out(town: Town) -> None:
    order = closed(town)

    answer = town.desk("auditor").post(f"/orders/{order}/publication", texts(town, order, text_content=" "))

    assert answer.status_code == 422
    assert row(order).publication_due
    assert publication.confirmed(order) == {}


def test_against_the_citizens_no_there_is_no_publishing(town: Town) -> None:
    order = closed(town, publish="no")
    client = town.desk("auditor")

    page = client.get(f"/orders/{order}/publication")
    answer = client.post(f"/orders/{order}/publication", texts(town, order))

    assert page.context["may_publish"] is False
    assert answer.status_code in (409, 422)
    assert not row(order).is_published


@pytest.mark.clause("JY-9.8.4")
def test_a_decision_against_names_its_exception(town: Town) -> None:
    order = closed(town)
    client = town.desk("auditor")
    path = f"/orders/{order}/publication"

    silent = client.post(path, fresh(withdraw="1", seen_version=row(order).version))
    unlawful = client.post(path, fresh(withdraw="1", exception="4", seen_version=row(order).version))
    decided = client.post(
        path, fresh(withdraw="1", exception="4", basis="保密法第二十条", seen_version=row(order).version)
    )

    assert (silent.status_code, unlawful.status_code) == (422, 422)
    assert decided.status_code == 302
    assert row(order).state["publication"] is False
    assert not row(order).publication_due
    assert "保密法第二十条" in client.get(f"/orders/{order}/").content.decode()


def test_the_units_suggestion_is_shown_and_without_one_the_exception_is_not_offered(town: Town) -> None:
    client = town.desk("auditor")
    plain = closed(town)
    suggested = town.replied(content=WORDS, withhold="涉及邻居家事")
    town.act(suggested, "auditor", "pass_audit")
    pages = [client.get(f"/orders/{order}/publication").content.decode() for order in (plain, suggested)]

    assert ["联动单位建议不公开" in page for page in pages] == [False, True]
    assert ["单位建议不公开，经审查确不宜公开的" in page for page in pages] == [False, True]
    assert "涉及邻居家事" in pages[1]
    refused = client.post(
        f"/orders/{plain}/publication", fresh(withdraw="1", exception="3", seen_version=row(plain).version)
    )
    taken = client.post(
        f"/orders/{suggested}/publication", fresh(withdraw="1", exception="3", seen_version=row(suggested).version)
    )
    assert (refused.status_code, taken.status_code) == (422, 302)
    assert row(plain).state["publication"] is None
    assert row(suggested).state["publication"] is False


def test_a_unit_says_at_its_desk_why_an_answer_should_not_be_public(town: Town) -> None:
    asked, private = town.handled(), town.handled(publish="no")
    for order in (asked, private):
        town.act(order, "leader@城管局", "approve_reply")

    pages = [
        town.desk("officer@城管局").get(f"/orders/{order}/do/reply/").content.decode() for order in (asked, private)
    ]

    assert ["建议不公开的理由" in page for page in pages] == [True, False]


@pytest.mark.parametrize("name", ["seat", "dispatcher", "supervisor", "callback_agent"])
def test_only_the_auditor_decides(town: Town, name: str) -> None:
    order = closed(town)

    assert town.desk(name).get(f"/orders/{order}/publication").status_code == 403
    assert town.desk(name).post(f"/orders/{order}/publication", fresh(publish="1")).status_code == 403


def test_a_referral_is_not_there(town: Town) -> None:
    order = town.internal()

    assert town.desk("auditor").get(f"/orders/{order}/publication").status_code == 404


def test_from_the_list_it_goes_on_to_the_next_decision(town: Town) -> None:
    older = closed(town)
    town.later(minutes=1)
    newer = closed(town)

    answer = town.desk("auditor").post(f"/orders/{newer}/publication", {**texts(town, newer), "list": "publication"})

    assert answer["Location"] == f"/orders/{older}/publication?list=publication"
