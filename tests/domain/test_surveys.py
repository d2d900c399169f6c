"""Surveys: questions and skip rules, weights, intervals, and small cells that nobody can tell by difference."""

from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.reached_ground import situations

from minsheng.domain import lifecycle
from minsheng.domain.actors import Actor
from minsheng.domain.rejected import Rejected
from minsheng.domain.surveys import questions, results, survey
from minsheng.domain.surveys.questions import MULTIPLE, SCALE, SINGLE, TEXT, Question, QuestionLine
from minsheng.domain.surveys.results import LEAST, Given

ASKED = (
    Question("是否满意", SINGLE, ("满意", "不满意"), (("满意", 3), ("不满意", 2))),
    Question("为什么", TEXT),
    Question("打几分", SCALE, ("1", "2", "3", "4", "5"), (("1", 0),)),
    Question("怎样出行", MULTIPLE, ("公交", "地铁")),
)


def line(**given: str) -> QuestionLine:
    return QuestionLine(**{"text": "问", "kind": "单选", "options": "是、否", **given})


def said(count: int, option: str, *, number: int = 1, district: str = "") -> list[Given]:
    return [Given({number: (option,)}, district)] * count


def test_questions_are_read_as_people_write_them() -> None:
    read = questions.read([line(skips="是->3; 否→结束"), line(kind="text", options=""), line(kind="量表", options="")])

    assert read[0] == Question("问", SINGLE, ("是", "否"), (("是", 3), ("否", 0)))
    assert (read[1].kind, read[2].options) == (TEXT, ("1", "2", "3", "4", "5"))


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        ([], "questions_count"),
        ([line()] * 31, "questions_count"),
        ([line(skips="也许→2"), line()], "question_skip"),  # no option of it
        ([line(skips="是"), line()], "question_skip"),  # leads nowhere
        ([line(skips="是→9"), line()], "question_skip"),  # there is no ninth
        ([line(kind="多选", skips="是→2"), line()], "question_skip"),
        ([line(kind="量表", options="一")], "question_scale"),
    ],
)
def test_questions_that_cannot_be_asked_are_refused(lines: list[QuestionLine], code: str) -> None:
    with pytest.raises(Rejected, match=code):
        questions.read(lines)


def test_skip_rules_say_what_is_asked_and_kept() -> None:
    answers = {1: ("满意",), 2: ("跳过的话",), 3: ("1",), 4: ("公交",)}

    assert questions.asked(ASKED, answers) == (1, 3)
    assert questions.hold(ASKED, answers) == {1: ("满意",), 3: ("1",)}
    assert questions.hold(ASKED, {1: ("不满意",), 2: ("x" * 2_000, "y"), 3: ("5",), 4: ("公交", "地铁", "公交")}) == {
        1: ("不满意",), 2: ("x" * 1_000,), 3: ("5",), 4: ("公交", "地铁"),
    }  # fmt: skip


def test_what_some_answer_leads_past_is_skippable() -> None:
    assert questions.skippable(ASKED) == {2, 4}


def test_text_may_be_left_out() -> None:
    assert 2 not in questions.hold(ASKED, {1: ("不满意",), 3: ("1",)})


def test_nothing_is_published_while_answers_wait() -> None:
    closed = survey.Survey("s", survey.CLOSED, answers=9)
    rules = next(each.rules for each in situations())
    now = datetime.fromisoformat("2026-10-12T10:00:00+08:00")

    with pytest.raises(Rejected, match="answers_waiting"):
        lifecycle.decide(
            survey.CYCLE, closed, survey.PublishSurvey(), by=Actor("office"), rules=rules,
            facts=survey.Known(waiting=1), now=now,
        )  # fmt: skip


@pytest.mark.parametrize(
    ("answers", "code"),
    [
        ({}, "question_unanswered"),
        ({1: ("也许",)}, "answer_not_offered"),
        ({1: ("满意", "不满意")}, "answer_not_offered"),
    ],
)
def test_answers_that_are_none_are_refused(answers: dict[int, tuple[str, ...]], code: str) -> None:
    with pytest.raises(Rejected, match=code):
        questions.hold(ASKED, answers)


def test_districts_weigh_as_in_the_city() -> None:
    told = [*said(10, "满意", district="甲区"), *said(30, "不满意", district="乙区"), *said(10, "满意")]

    weighed = results.weights(told, {"甲区": 300, "乙区": 100, "丙区": 50})
    assert weighed == [3.0] * 10 + [1 / 3] * 30 + [1.0] * 10
    (figures,) = results.figures(ASKED[:1], told[:40], {"甲区": 300, "乙区": 100})
    assert [(each.count, round(each.share or 0, 3)) for each in figures.cells] == [(30, 0.75), (10, 0.25)]
    assert results.weights(told, {}) == [1.0] * 50


def test_district_of_few_is_weighed_in_nothing_and_no_weighed_share_tells_of_it() -> None:
    told = [
        *said(20, "满意", district="甲区"),
        *said(9, "不满意", district="甲区"),
        *said(1, "不满意", district="乙区"),
    ]
    (figures,) = results.figures(ASKED[:1], told, {"甲区": 500, "乙区": 500})

    assert [(each.count, round(each.share or 0, 3)) for each in figures.cells] == [(20, 0.667), (10, 0.333)]


def test_interval_is_wilsons() -> None:
    low, high = results.interval(0.5, 100)

    assert (round(low, 4), round(high, 4)) == (0.4038, 0.5962)  # by the published formula
    assert results.interval(0.0, 10)[0] == 0.0
    assert results.interval(1.0, 10)[0] < 1.0


def test_fewer_than_five_answers_say_nothing() -> None:
    (figures,) = results.figures(ASKED[:1], said(LEAST - 1, "满意"), {})

    assert (figures.of, figures.cells) == (None, ())


def test_scale_shows_its_mean_or_its_cells_but_no_mean_beside_gaps() -> None:
    whole = [*said(5, "4", number=3), *said(5, "2", number=3)]
    gaps = [*said(6, "4", number=3), *said(1, "2", number=3)]
    shown, hidden = (
        next(each for each in results.figures(ASKED, told, {}) if each.number == 3) for told in (whole, gaps)
    )

    assert (shown.mean, len(shown.cells)) == (3.0, 5)
    assert (shown.low or 0) < 3.0 < (shown.high or 0)
    assert (hidden.cells, round(hidden.mean or 0, 2)) == ((), 3.71)


def test_question_that_few_skipped_is_not_shown() -> None:
    told = [Given({1: ("满意",), 3: ("4",)})] * 9 + [Given({1: ("不满意",)})] * 3
    enough = [*told, *[Given({1: ("不满意",)})] * 2]

    assert [each.of for each in results.figures(ASKED[:3], told, {})] == [12, None]
    assert [each.of for each in results.figures(ASKED[:3], enough, {})] == [14, 9]


def test_option_of_several_is_hidden_with_those_who_did_not_choose_it() -> None:
    assert results.hidden({"公交": 18, "地铁": 9, "步行": 3}, of=20, is_multiple=True) == {"公交", "步行"}


def test_districts_are_counted_as_cells() -> None:
    told = [*said(3, "满意", district="甲区"), *said(9, "满意", district="乙区"), *said(7, "满意", district="丙区")]

    assert results.shown_districts(told) == {"丙区": None, "乙区": 9, "甲区": None}


@settings(max_examples=200, deadline=None)
@given(st.lists(st.integers(0, 12), min_size=2, max_size=5).filter(lambda counts: sum(counts) >= LEAST))
def test_no_small_cell_follows_from_what_is_shown(counts: list[int]) -> None:
    cells = {str(place): count for place, count in enumerate(counts)}
    gone = results.hidden(cells, of=sum(counts), is_multiple=False)
    small = {each for each, count in cells.items() if 0 < count < LEAST}

    assert small <= gone
    if gone:
        # Whoever knows the total and the shown cells knows the sum of the others: of two at least, that may be nobody's
        # too, and of five people at least.
        assert len(gone) >= 2
        assert sum(cells[each] for each in gone) >= LEAST
        assert all(cells[each] for each in cells.keys() - gone)


def test_cells_of_one_each_are_not_told_by_being_five() -> None:
    assert results.hidden(dict.fromkeys("甲乙丙丁戊", 1) | {"己": 0}, of=5, is_multiple=False) == set("甲乙丙丁戊己")
