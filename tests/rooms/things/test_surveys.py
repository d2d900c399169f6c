"""Surveys: a link, an invitation by message, the telephone; answers of nobody, results without a small cell."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client
from tests import town_ground as towns
from tests.playing_things_ground import sweep_until
from tests.town_ground import Town, relayed, text_of

from minsheng.cases.appeals.models import Appeal
from minsheng.cases.orders.models import Order
from minsheng.cases.surveys import actions, queries
from minsheng.cases.surveys.models import Answer, Callee, Survey, Token, Waiting
from minsheng.core.ledger import verification, witnesses
from minsheng.core.messages import sending
from minsheng.core.messages.models import Message
from minsheng.core.people import appellants
from minsheng.domain.surveys import survey
from minsheng.figures.lake import export
from minsheng.figures.lake.store import Store

QUESTIONS = "是否满意｜单选｜满意、不满意｜满意→3\n为什么｜文字\n打几分｜量表｜5"
PLEASED = {"q1": "满意", "q3": "4"}


@pytest.fixture
def town(db: None, test_clock: Callable[[datetime], None]) -> Town:
    return towns.build("suzhou", test_clock, pack="suzhou")


def drafted(town: Town, *ways: str, **changed: Any) -> str:
    """Return the address of a survey that is not open yet."""
    form = {
        "key": str(uuid4()), "title": "办理满意度", "purpose": "了解办理质量", "questions": QUESTIONS,
        "ways": list(ways), "ends": "2026-10-30", **changed,
    }  # fmt: skip
    answer = town.desk("office").post("/things/survey/new/draft_survey", form)
    assert answer.status_code == 302, text_of(answer)
    return str(answer["Location"])


def do(town: Town, page: str, command: str, who: str = "office", **fields: Any) -> int:
    row = Survey.objects.get(pk=id_of(page))
    form = {"key": str(uuid4()), "seen_version": str(row.version), **fields}
    return town.desk(who).post(f"{page}do/{command}", form).status_code


def id_of(page: str) -> UUID:
    return UUID(page.strip("/").rpartition("/")[2])


def opened(town: Town, *ways: str, **changed: Any) -> str:
    page = drafted(town, *ways, **changed)
    assert do(town, page, "open_survey") == 302
    return page


def closed_orders(town: Town, count: int) -> list[str]:
    """Return orders that are closed, each of a citizen with a telephone."""
    found = []
    for place in range(count):
        order = town.replied()
        known = appellants.keep_appellant(
            city=town.code, kind="citizen", name=f"王{place}", phone=f"1390000{place:04}", now=town.now
        )
        Appeal.objects.filter(pk=order).update(appellant=known)
        town.act(order, "auditor", "pass_audit")
        town.act(order, "callback_agent", "callback", reached=True, satisfied="satisfied", resolved=True)
        found.append(order)
    return found


def taken(town: Town, **later: float) -> None:
    town.later(**(later or {"days": 1}))
    actions.take(town.code, now=town.now)


def sampled(town: Town) -> dict[str, str]:
    day = f"{town.now.date()}"
    return {"since": day, "until": day, "percent": "100"}


def closed_with(town: Town, *answers: dict[str, Any]) -> str:
    """Return a survey by a link that was answered so and is over."""
    page = opened(town, "link")
    for each in answers:
        assert Client().post(f"/portal/{town.code}/surveys/{id_of(page)}", each).status_code == 302
    assert do(town, page, "close_survey") == 302
    actions.take(town.code, now=town.now)
    return page


def test_everybody_answers_by_the_link_until_the_survey_is_over(town: Town) -> None:
    page = opened(town, "link")
    address = f"/portal/{town.code}/surveys/{id_of(page)}"

    assert "办理满意度" in text_of(Client().get(f"/portal/{town.code}/surveys"))
    wrong = Client().post(address, {"q1": "满意"})
    assert (wrong.status_code, "请回答第 3 题" in text_of(wrong)) == (422, True)
    assert not Waiting.objects.exists()
    sent = Client().post(address, {**PLEASED, "q2": "跳过的"})
    assert sent["Location"] == f"/portal/{town.code}/surveys/thanks"
    assert Waiting.objects.get().answers == {"1": ["满意"], "3": ["4"]}
    do(town, page, "close_survey")
    late = Client().post(address, PLEASED)
    assert (late.status_code, "已经结束" in text_of(late)) == (422, True)
    assert Waiting.objects.count() == 1


def test_draft_is_mended_from_what_it_says(town: Town) -> None:
    page = drafted(town, "link")
    shown = text_of(town.desk("office").get(page))

    assert ("是否满意｜单选｜满意、不满意｜满意→3" in shown, "打几分｜量表｜5" in shown) == (True, True)
    changed = {"title": "新名称", "questions": "是否满意｜单选｜满意、不满意", "ways": ["link"], "ends": "2026-10-30"}
    assert do(town, page, "draft_survey", **changed) == 302
    assert Survey.objects.get().title == "新名称"


def test_second_press_of_a_form_is_the_same_answer(town: Town) -> None:
    page = opened(town, "link")
    address = f"/portal/{town.code}/surveys/{id_of(page)}"
    key = text_of(Client().get(address)).partition('name="key" value="')[2].partition('"')[0]

    for _ in range(2):
        assert Client().post(address, {**PLEASED, "key": key}).status_code == 302
    assert Client().post(address, PLEASED).status_code == 302  # one that is sent without a key
    assert Waiting.objects.count() == 2


def test_what_is_drafted_or_not_by_a_link_is_nobodys(town: Town) -> None:
    closed_orders(town, 1)
    draft, invited = drafted(town, "link"), opened(town, "message", **sampled(town))

    for page in (draft, invited):
        for rest in ("", "/results"):
            assert Client().get(f"/portal/{town.code}/surveys/{id_of(page)}{rest}").status_code == 404
    assert Client().get(f"/portal/{town.code}/s/none").status_code == 404
    for who in ("seat", "officer@城管局", "head@城管局", "auditor"):
        assert town.desk(who).get(draft).status_code == 404
        assert town.desk(who).get(f"/surveys/{id_of(draft)}").status_code == 404


def test_personal_data_of_a_text_are_covered_before_they_are_kept(town: Town) -> None:
    page = opened(town, "link")
    Client().post(
        f"/portal/{town.code}/surveys/{id_of(page)}", {"q1": "不满意", "q2": "请打13800138000找我", "q3": "1"}
    )

    kept = str(Waiting.objects.get().answers)
    assert ("13800138000" in kept, "找我" in kept) == (False, True)


def invited(town: Town, settings: Any, count: int) -> tuple[str, list[str]]:
    """Return a survey to which so many are invited, and the links that they got."""
    settings.PUBLIC_URL = "https://12345.example"
    closed_orders(town, count)
    page = opened(town, "message", **sampled(town))
    relayed()
    sent: list[str] = []

    class Carrier:
        def send(self, address: str, text: str, *, reference: str) -> None:
            sent.append(text)

    while sending.send_waiting(lambda channel: Carrier(), now=town.now):
        pass
    return page, [text.rpartition("https://12345.example")[2] for text in sent if "/s/" in text]


def test_invitation_is_good_for_one_answer_that_nothing_joins_to_anybody(town: Town, settings: Any) -> None:
    page, links = invited(town, settings, 2)

    assert len(set(links)) == 2
    assert Client().get(links[0]).status_code == 200
    assert Client().post(links[0], PLEASED).status_code == 302
    again = Client().post(links[0], PLEASED)
    assert Client().post(links[1], {**PLEASED, "key": str(uuid4())}).status_code == 302
    assert (again.status_code, "只能作答一次" in text_of(again)) == (422, True)
    assert "只能作答一次" in text_of(Client().get(links[0]))
    assert set(Token.objects.values_list("is_used", flat=True)) == {True}

    # What a clerk, or whoever reads all tables, finds: no table has both a person or a token and an answer.
    token = links[0].rpartition("/")[2]
    answer = Waiting.objects.values()[0]
    assert set(answer) == {"id", "survey", "day", "way", "district", "answers"}
    assert set(Token.objects.values()[0]) == {"digest", "survey", "is_used"}
    assert answer["id"].version == 4  # by chance: a uuid7 would tell the hour
    told = [str(each) for each in Message.objects.filter(kind="survey_invited").values("params", "recipient", "stream")]
    assert len(told) == 2
    assert not [each for each in told if token in each]
    assert Survey.objects.get(pk=id_of(page)).state["answers"] == 0


def test_answers_are_mixed_and_bound_by_a_digest(town: Town) -> None:
    page = opened(town, "link")
    address = f"/portal/{town.code}/surveys/{id_of(page)}"
    for score in "1234":
        Client().post(address, {"q1": "满意", "q3": score})
    taken(town)
    assert (Waiting.objects.count(), Answer.objects.count()) == (4, 0)  # too few to mix

    for score in "5432":
        Client().post(address, {"q1": "满意", "q3": score})
    taken(town)
    taken(town)
    assert (Waiting.objects.count(), Answer.objects.count()) == (0, 8)
    assert Answer.objects.values_list("heap", flat=True).distinct().count() == 1
    assert witnesses.compare_all().altered == []
    assert verification.verify().fault is None
    Answer.objects.filter(pk=Answer.objects.first().pk).update(answers={"1": ["不满意"]})
    assert [each.stream for each in witnesses.compare_all().altered] == [f"survey/{id_of(page)}"]


def test_results_come_once_it_is_over_and_have_no_small_cell(town: Town, tmp_path: Path) -> None:
    pleased = [PLEASED] * 9
    not_so = [{"q1": "不满意", "q2": "太慢", "q3": "2"}] * 6
    page = closed_with(town, *pleased, *not_so)
    row = Survey.objects.get()

    shown = text_of(town.desk("office").get(f"/surveys/{row.pk}"))
    assert ("60.0%" in shown, "太慢" in shown, "3.20" in shown) == (True, True, True)
    assert "太慢" not in text_of(town.desk("command").get(f"/surveys/{row.pk}"))
    assert Client().get(f"/portal/{town.code}/surveys/{row.pk}/results").status_code == 404
    assert do(town, page, "publish_survey") == 302
    public = text_of(Client().get(f"/portal/{town.code}/surveys/{row.pk}/results"))
    assert ("60.0%" in public, "太慢" in public) == (True, False)
    for kind in ("csv", "xlsx"):
        assert town.desk("office").get(f"/surveys/{row.pk}/results.{kind}").status_code == 200
    assert "60.0%" in town.desk("office").get(f"/surveys/{row.pk}/results.csv").content.decode("utf-8-sig")

    store = Store(tmp_path)
    export.export(store, now=town.now)
    rows = [each for file in store.read().of("survey_answers", city=town.code) for each in store.rows(file).to_pylist()]
    assert {(each["question"], each["option"], each["count"], each["of"]) for each in rows} == {
        (1, "满意", 9, 15), (1, "不满意", 6, 15),
        (3, "2", 6, 15), (3, "4", 9, 15), (3, "1", 0, 15), (3, "3", 0, 15), (3, "5", 0, 15),
    }  # fmt: skip


def test_few_who_answer_otherwise_are_in_no_result(town: Town, tmp_path: Path) -> None:
    page = closed_with(town, *[PLEASED] * 9, *[{"q1": "不满意", "q2": "太慢", "q3": "4"}] * 2)
    row = Survey.objects.get()
    do(town, page, "publish_survey")

    shown = text_of(town.desk("office").get(f"/surveys/{row.pk}"))
    assert ("太慢" in shown, "18.2%" in shown, "81.8%" in shown) == (False, False, False)
    assert "100.0%" in shown  # everybody said four
    sent = town.desk("office").get(f"/surveys/{row.pk}/results.csv").content.decode("utf-8-sig")
    assert "1,是否满意,不满意,11,,," in sent
    store = Store(tmp_path)
    export.export(store, now=town.now)
    rows = [each for file in store.read().of("survey_answers", city=town.code) for each in store.rows(file).to_pylist()]
    assert {each["question"] for each in rows} == {3}


def test_nothing_is_published_of_too_few(town: Town) -> None:
    page = closed_with(town, *[PLEASED] * 4)

    assert do(town, page, "publish_survey") == 422
    assert Survey.objects.get().status == survey.CLOSED


def test_open_survey_shows_no_figure_from_which_an_answer_follows(town: Town) -> None:
    page = opened(town, "link")
    for _ in range(6):
        Client().post(f"/portal/{town.code}/surveys/{id_of(page)}", PLEASED)
    taken(town)

    row = Survey.objects.get()
    assert queries.figures(row, actions.KIND.read(row).questions, {}) == []
    assert "100.0%" not in text_of(town.desk("office").get(f"/surveys/{row.pk}"))
    assert town.desk("office").get(f"/surveys/{row.pk}/results.csv").status_code == 404


def test_agent_asks_by_telephone_and_the_list_knows_no_answer(town: Town) -> None:
    (order,) = closed_orders(town, 1)
    page = opened(town, "telephone", **sampled(town))
    agent, address = town.desk("callback_agent"), f"/surveys/{id_of(page)}/call"

    first = text_of(agent.get(address))
    assert (Order.objects.get(pk=order).number in first, "13900000000" in first) == (True, False)
    assert "13900000000" in text_of(agent.post(address, {"order": order, "outcome": "number"}))
    assert agent.post(address, {"order": order, "outcome": "answered", "q1": "满意"}).status_code == 422
    assert agent.post(address, {"order": order, "outcome": "answered", **PLEASED}).status_code == 302
    assert agent.post(address, {"order": order, "outcome": "answered", **PLEASED}).status_code == 422
    assert Callee.objects.values("order", "state").get() == {"order": order, "state": "ASKED"}
    assert (Waiting.objects.count(), Waiting.objects.get().way) == (1, "telephone")
    assert order not in str(Waiting.objects.values().get())
    assert "都访问过了" in text_of(agent.get(address))
    for who in ("office", "supervisor"):
        assert town.desk(who).get(address).status_code == 403


def test_sample_is_drawn_by_a_seed_that_is_published(town: Town) -> None:
    orders = closed_orders(town, 4)
    page = opened(town, "message", **{**sampled(town), "percent": "50"})
    state = actions.KIND.read(Survey.objects.get())

    numbers = set(Order.objects.filter(pk__in=orders).values_list("number", flat=True))
    assert len(state.orders) == 2
    assert set(state.orders) < numbers
    assert state.seed in text_of(town.desk("office").get(page))


def test_end_of_its_day_ends_a_survey(town: Town) -> None:
    opened(town, "link", ends=f"{town.now.date() + timedelta(days=1)}")
    town.later(days=3)
    sweep_until(town.now)

    assert Survey.objects.get().status == survey.CLOSED
