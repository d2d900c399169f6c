"""Questions to the question desk: what no story tells, since there nobody has a name and articles are words."""

from __future__ import annotations

from typing import Any

import pytest
from tests.packing_ground import rules_of
from tests.telephony_ground import BEGINS

from minsheng.domain import lifecycle
from minsheng.domain.actors import Actor
from minsheng.domain.knowledge import question
from minsheng.domain.knowledge.question import CYCLE, Known, Question
from minsheng.domain.rejected import Rejected

OFFICER, LEADER = (Actor(role, "公安局", f"staff:{role}") for role in ("officer", "leader"))
CITIZEN, SEAT = Actor("citizen"), Actor("seat", person="staff:seat")
RULES, KNOWN = rules_of("suzhou"), Known()


def given(state: Question, command: Any, by: Actor, *, known: Known = KNOWN) -> Question:
    return CYCLE.fold(state, lifecycle.decide(CYCLE, state, command, by=by, rules=RULES, facts=known, now=BEGINS))


def asked() -> Question:
    return given(CYCLE.start("q"), question.Ask(account="a", content="居住证", unit="公安局"), CITIZEN)


def refusal(state: Question, command: Any, by: Actor, *, known: Known = KNOWN) -> str:
    with pytest.raises(Rejected) as rejected:
        given(state, command, by, known=known)
    return rejected.value.code


def test_a_leader_approves_what_somebody_else_has_written() -> None:
    assert refusal(asked(), question.ApproveAnswer(), LEADER) == "not_allowed_now"
    own = given(asked(), question.DraftAnswer(text="网上办理"), Actor("officer", "公安局", "staff:leader"))
    assert refusal(own, question.ApproveAnswer(), LEADER) == "self_approval"
    drafted = given(asked(), question.DraftAnswer(text="网上办理"), OFFICER)
    approved = given(drafted, question.ApproveAnswer(), LEADER)

    assert refusal(approved, question.AnswerQuestion(text="别的"), OFFICER) == "reply_differs"
    assert given(approved, question.AnswerQuestion(text="网上办理"), OFFICER).status == "ANSWERED"


def test_a_unit_that_is_not_there_and_an_article_that_nobody_may_cite_are_refused() -> None:
    command = question.PassQuestion(unit="没有的局")
    assert refusal(asked(), command, SEAT, known=Known(unknown="没有的局")) == "unit_unknown"
    known = Known(citation_fault="article_not_public")
    assert refusal(asked(), question.QuoteAnswer(article="知识〔2026〕1号"), SEAT, known=known) == "article_not_public"
    cited = Known(citation="知识〔2026〕1号 v2")
    found = given(asked(), question.QuoteAnswer(article="知识〔2026〕1号"), SEAT, known=cited)
    assert found.article == "知识〔2026〕1号 v2"


def test_signs_alone_ask_nothing_and_nobody_agrees_in_the_askers_place() -> None:
    emoji = question.Ask(account="a", content="😀！")
    assert refusal(CYCLE.start("q"), emoji, CITIZEN) == "post_says_nothing"

    office = Actor("office", person="staff:office")
    order = question.ConvertQuestion(to="order", type="help", consent=True)
    assert refusal(asked(), order, office) == "asker_has_not_agreed"
    agreed = given(CYCLE.start("q"), question.Ask(account="a", content="居住证", agrees=True), CITIZEN)
    assert given(agreed, order, office).status == "CONVERTED"


def test_a_units_answer_is_published_in_its_words_or_with_some_of_them_covered() -> None:
    drafted = given(asked(), question.DraftAnswer(text="找张三，网上办理"), OFFICER)
    approved = given(drafted, question.ApproveAnswer(), LEADER)
    answered = given(approved, question.AnswerQuestion(text="找张三，网上办理"), OFFICER)
    office, known = Actor("office"), Known(answer="找张三，网上办理")

    other = question.PublishQuestion(title="居住证", text="找李四，网上办理")
    assert refusal(answered, other, office, known=known) == "not_the_units_words"
    covered = question.PublishQuestion(title="居住证", text="找**，网上办理")
    assert given(answered, covered, office, known=known).text == "找**，网上办理"
