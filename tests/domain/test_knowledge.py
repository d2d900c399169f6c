"""Articles, the documents that they rest on, and duties: what is refused, and what a version never loses."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest
from tests.reached_ground import situations

from minsheng.domain import lifecycle
from minsheng.domain.actors import SYSTEM, Actor
from minsheng.domain.knowledge import article, basis, duty
from minsheng.domain.knowledge.article import months_after
from minsheng.domain.knowledge.content import Content
from minsheng.domain.orders import commands as cmd
from minsheng.domain.orders import events as ev
from minsheng.domain.orders.case import Facts
from minsheng.domain.orders.decide import decide
from minsheng.domain.orders.order import Order
from minsheng.domain.rejected import Rejected
from minsheng.domain.rules import Rules

NOW = datetime.fromisoformat("2026-03-02T10:00:00+08:00")
LATER = datetime.fromisoformat("2026-03-03T10:00:00+08:00")
RULES: Rules = next(each.rules for each in situations() if each.rules.pack == "suzhou")
EDITOR, LEADER = Actor("officer", "医保局", "staff:1"), Actor("leader", "医保局", "staff:2")
HEAD, OTHER, OFFICE = Actor("head", "医保局"), Actor("officer", "人社局"), Actor("office", None, "staff:9")
KNOWN = article.Known("city", {"文1": "b1"}, frozenset({"01"}), {"苏州市": "320500", "320500": "320500"})
FORM: dict[str, Any] = {"kind": "question", "title": "怎么缴费", "body": "线上缴。"}


def do(cycle: Any, state: Any, command: Any, by: Actor, facts: Any, now: datetime = NOW, rules: Rules = RULES) -> Any:
    return cycle.fold(state, lifecycle.decide(cycle, state, command, by=by, rules=rules, facts=facts, now=now))


def act(state: article.Article, command: Any, by: Actor, now: datetime = NOW, rules: Rules = RULES) -> article.Article:
    found: article.Article = do(article.CYCLE, state, command, by, KNOWN, now, rules)
    return found


def drafted(**changed: Any) -> article.Article:
    return act(article.Article("a"), article.DraftArticle(**{**FORM, **changed}), EDITOR)


def published(**changed: Any) -> article.Article:
    return act(act(drafted(**changed), article.SubmitArticle(), EDITOR), article.ApproveArticle(), LEADER)


class TestArticle:
    def test_a_version_that_rests_on_what_has_ended_is_not_approved(self) -> None:
        state = act(drafted(basis=("文1",)), article.SubmitArticle(), EDITOR)
        for ended, code in (({"b1": "文1"}, "basis_unknown"), ({"b2": "文2"}, "")):
            facts = replace(KNOWN, ended=ended)
            if code:
                with pytest.raises(Rejected, match=code):
                    do(article.CYCLE, state, article.ApproveArticle(), LEADER, facts)
            else:
                assert do(article.CYCLE, state, article.ApproveArticle(), LEADER, facts).edition == 1

    def test_an_overdue_duty_takes_over_a_mark_and_nobody_marks_twice(self) -> None:
        flagged = act(published(), article.FlagArticle(reason="听说有变"), OFFICE)
        with pytest.raises(Rejected, match="not_allowed_now"):
            act(flagged, article.FlagArticle(reason="再次"), OFFICE)
        taken = act(flagged, article.FlagArticle(reason="职责1", duty="duty/1"), SYSTEM)
        assert taken.duty == "duty/1"
        with pytest.raises(Rejected, match="not_allowed_now"):
            act(taken, article.FlagArticle(reason="职责2", duty="duty/2"), SYSTEM)

    @pytest.mark.parametrize(
        ("changed", "code"),
        [
            ({"body": ""}, "field_missing"),
            ({"kind": "essay"}, "code_not_in_pack"),
            ({"audience": "friends"}, "code_not_in_pack"),
            ({"title": "长" * 101}, "article_title_too_long"),
            ({"phrasings": ("长" * 101,)}, "article_title_too_long"),
            ({"phrasings": tuple(f"问法{each}" for each in range(31))}, "article_phrasings_too_many"),
            ({"body": "| 甲 | 乙 |\n" * 201}, "article_table_too_long"),
            ({"valid_from": date(2026, 5, 2), "valid_to": date(2026, 5, 1)}, "validity_reversed"),
            ({"body": "找张三，电话19900001234"}, "article_names_somebody"),
            ({"basis": ("文9",)}, "basis_unknown"),
            ({"category": "99"}, "article_category_unknown"),
            ({"region": "110000"}, "article_region_unknown"),
        ],
    )
    def test_what_does_not_fit_a_version_is_refused(self, changed: dict[str, Any], code: str) -> None:
        with pytest.raises(Rejected, match=code):
            drafted(**changed)

    def test_a_version_keeps_all_that_was_written_and_names_documents_by_their_ids(self) -> None:
        state = drafted(
            basis=("文1", "文1"), category="01", region="苏州市", phrasings=("缴费方式",), valid_from=date(2026, 4, 1)
        )

        assert state.draft == Content(
            **FORM, basis=("b1",), category="01", region="320500", phrasings=("缴费方式",), valid_from=date(2026, 4, 1)
        )
        assert [state.draft.is_valid_on(date(2026, month, 1)) for month in (3, 4)] == [False, True]
        assert not replace(state.draft, valid_to=date(2026, 4, 30)).is_valid_on(date(2026, 5, 1))

    def test_nobody_of_no_unit_writes(self) -> None:
        with pytest.raises(Rejected, match="not_your_unit"):
            act(article.Article("a"), article.DraftArticle(**FORM), Actor("officer"))

    def test_another_units_article_is_changed_by_nobody(self) -> None:
        for by, code in ((OTHER, "not_your_unit"), (OFFICE, "not_your_role"), (Actor("supervisor"), "not_your_role")):
            with pytest.raises(Rejected, match=code):
                act(published(), article.ReviseArticle(**FORM), by)

    def test_the_published_version_stands_until_the_next_one_is_approved(self) -> None:
        state = act(published(), article.ReviseArticle(**{**FORM, "body": "窗口缴。"}), EDITOR)
        with pytest.raises(Rejected, match="not_allowed_now"):
            act(state, article.ApproveArticle(), LEADER)
        state = act(state, article.SubmitArticle(), EDITOR)

        assert (state.status, state.pending, state.edition, state.latest) == ("PUBLISHED", "REVIEW", 1, 2)
        assert state.content is not None
        assert state.content.body == "线上缴。"
        back = act(state, article.SendBackArticle(reason="不清楚"), LEADER)
        assert (back.status, back.pending) == ("PUBLISHED", "DRAFT")
        state = act(state, article.ApproveArticle(), LEADER, LATER)
        assert state.content is not None
        assert (state.edition, state.content.body, state.pending) == (2, "窗口缴。", "")
        assert state.checked_at == LATER

    def test_what_is_sent_back_before_its_first_publication_is_a_draft_again(self) -> None:
        state = act(drafted(), article.SubmitArticle(), EDITOR)

        assert act(state, article.SendBackArticle(reason="不清楚"), LEADER).status == "DRAFT"
        assert act(state, article.ReviseArticle(**FORM), EDITOR).status == "DRAFT"
        with pytest.raises(Rejected, match="not_allowed_now"):
            act(state, article.SubmitArticle(), EDITOR)

    def test_nobody_approves_their_own_words_and_the_pack_says_who_may(self) -> None:
        state = act(drafted(), article.SubmitArticle(), EDITOR)
        strict = replace(RULES, knowledge_approval="head")

        with pytest.raises(Rejected, match="self_approval"):
            act(state, article.ApproveArticle(), replace(LEADER, person="staff:1"))
        with pytest.raises(Rejected, match="wrong_authority"):
            act(state, article.ApproveArticle(), LEADER, rules=strict)
        assert act(state, article.ApproveArticle(), HEAD, rules=strict).status == "PUBLISHED"
        asked = replace(KNOWN, approval="head")
        with pytest.raises(Rejected, match="wrong_authority"):
            lifecycle.ask(article.CYCLE, state, article.ApproveArticle, by=LEADER, facts=asked)

    def test_what_waits_for_its_moment_can_be_taken_back(self) -> None:
        state = act(act(drafted(), article.SubmitArticle(), EDITOR), article.ApproveArticle(publish_at=LATER), LEADER)
        assert (state.status, state.pending, state.timers["article_publish"].due) == ("REVIEW", "SCHEDULED", LATER)

        back = act(state, article.SendBackArticle(reason="再看"), LEADER)

        assert (back.status, back.timers["article_publish"].status) == ("DRAFT", "cancelled")

    def test_what_is_over_by_then_is_not_published(self) -> None:
        state = act(drafted(valid_to=date(2026, 3, 2)), article.SubmitArticle(), EDITOR)

        with pytest.raises(Rejected, match="validity_over"):
            act(state, article.ApproveArticle(publish_at=LATER), LEADER)
        assert act(state, article.ApproveArticle(), LEADER).status == "PUBLISHED"

    def test_a_duty_holds_its_mark_until_the_duty_is_done(self) -> None:
        state = act(published(), article.FlagArticle(reason="逾期", duty="duty/1"), SYSTEM)
        assert (state.status, state.duty) == ("TO_VERIFY", "duty/1")

        with pytest.raises(Rejected, match="article_duty_open"):
            act(state, article.ConfirmArticle(), LEADER)
        assert act(state, article.ConfirmArticle(), SYSTEM).status == "PUBLISHED"
        by_office = act(published(), article.FlagArticle(reason="有人反映", duty="duty/1"), OFFICE)
        assert by_office.duty == ""
        assert act(by_office, article.ConfirmArticle(), LEADER).duty == ""

    def test_it_goes_to_another_unit_by_a_decision_alone(self) -> None:
        moved = act(published(), article.MoveArticle(unit="人社局", reason="职能划转"), OFFICE)

        assert (moved.unit, moved.status) == ("人社局", "PUBLISHED")
        with pytest.raises(Rejected, match="unit_unknown"):
            do(article.CYCLE, published(), article.MoveArticle(unit="无", reason="划转"), OFFICE, article.Known(""))

    def test_the_same_day_months_later_is_the_last_of_a_shorter_month(self) -> None:
        assert months_after(date(2026, 1, 31), 1) == date(2026, 2, 28)
        assert months_after(date(2026, 12, 1), 12) == date(2027, 12, 1)


def registered(by: Actor = OFFICE, **changed: Any) -> basis.Basis:
    form = {"kind": "notice", "title": "通知", "number": "1号", **changed}
    found: basis.Basis = do(basis.CYCLE, basis.Basis("b"), basis.RegisterBasis(**form), by, basis.Known())
    return found


class TestBasis:
    def test_days_of_force_that_do_not_fit_are_refused(self) -> None:
        with pytest.raises(Rejected, match="code_not_in_pack"):
            registered(kind="rumor")
        with pytest.raises(Rejected, match="validity_reversed"):
            registered(since=date(2026, 5, 2), until=date(2026, 5, 1))
        with pytest.raises(Rejected, match="validity_over"):
            registered(until=date(2026, 3, 1))
        with pytest.raises(Rejected, match="number_taken"):
            do(basis.CYCLE, basis.Basis("b"), basis.RegisterBasis(kind="law", title="法", number="1"), OFFICE,
               basis.Known(is_taken=True))  # fmt: skip

    def test_an_amendment_may_end_it_earlier_and_a_repeal_ends_it(self) -> None:
        state = registered(EDITOR, until=date(2026, 12, 31))
        amended = do(basis.CYCLE, state, basis.AmendBasis(document="2号", until=date(2026, 6, 30)), EDITOR, None)
        same = do(basis.CYCLE, amended, basis.AmendBasis(document="3号"), EDITOR, None)

        assert (state.unit, amended.until, same.until) == ("医保局", date(2026, 6, 30), date(2026, 6, 30))
        with pytest.raises(Rejected, match="not_your_unit"):
            do(basis.CYCLE, same, basis.AmendBasis(document="4号"), OTHER, None)
        gone = do(basis.CYCLE, same, basis.RepealBasis(on=date(2026, 3, 1), reason="废止"), EDITOR, None)
        assert (gone.status, gone.until, gone.timers["basis_valid"].status) == (
            "REPEALED", date(2026, 3, 1), "cancelled",
        )  # fmt: skip


HELD = duty.Known({"知1": "知1", "一": "知1", "知2": "知2"})


def owed(entries: tuple[str, ...] = ("一", "知2"), facts: Any = HELD) -> duty.Duty:
    command = duty.ChangePolicy(unit="医保局", entries=entries, document="新政")
    found: duty.Duty = do(duty.CYCLE, duty.Duty("d"), command, OFFICE, facts)
    return found


class TestDuty:
    def test_articles_are_known_by_what_was_typed(self) -> None:
        assert owed().entries == ("知1", "知2")
        assert owed().begun_at == NOW
        with pytest.raises(Rejected, match="entry_unknown"):
            owed(("知9",))
        with pytest.raises(Rejected, match="unit_unknown"):
            owed(facts=replace(HELD, unit_known=False))
        with pytest.raises(Rejected, match="not_your_unit"):
            do(
                duty.CYCLE,
                duty.Duty("d"),
                duty.ChangePolicy(unit="医保局", entries=("一",), document="新"),
                OTHER,
                HELD,
            )
        own = do(duty.CYCLE, duty.Duty("d"), duty.ChangePolicy(unit="医保局", entries=("一",), document="新"), EDITOR,
                 HELD)  # fmt: skip
        assert own.unit == "医保局"

    def test_nobody_calls_up_to_date_what_was_not_touched(self) -> None:
        with pytest.raises(Rejected, match="entry_not_updated"):
            do(duty.CYCLE, owed(), duty.UpdateEntry(entry="一"), EDITOR, replace(HELD, fresh=False))
        with pytest.raises(Rejected, match="not_found"):
            do(duty.CYCLE, owed(("一",)), duty.UpdateEntry(entry="知2"), EDITOR, HELD)

    def test_a_duty_of_ten_is_met_by_the_last_one(self) -> None:
        state = owed()
        first = do(duty.CYCLE, state, duty.UpdateEntry(entry="一"), SYSTEM, HELD)
        again = do(duty.CYCLE, first, duty.UpdateEntry(entry="一"), SYSTEM, HELD)
        last = do(duty.CYCLE, again, duty.UpdateEntry(entry="知2"), EDITOR, HELD)

        assert (again.status, again.settled) == ("DUE", ("知1",))
        assert (last.status, last.timers["kb_update"].status) == ("DONE", "met")

    def test_what_needs_no_change_waits_for_the_office(self) -> None:
        state = do(duty.CYCLE, owed(), duty.NoChangeNeeded(entry="一", reason="未涉及"), EDITOR, HELD)
        assert (state.claimed, state.timers["kb_update"].status) == (("知1",), "running")

        with pytest.raises(Rejected, match="not_allowed_now"):
            do(duty.CYCLE, state, duty.NoChangeNeeded(entry="一", reason="未涉及"), EDITOR, HELD)
        some = do(duty.CYCLE, state, duty.ConfirmNoChange(), OFFICE, HELD)
        assert (some.status, some.settled, some.claimed) == ("DUE", ("知1",), ())
        with pytest.raises(Rejected, match="not_allowed_now"):
            do(duty.CYCLE, some, duty.ConfirmNoChange(), OFFICE, HELD)
        whole = do(duty.CYCLE, some, duty.NoChangeNeeded(reason="未涉及"), EDITOR, HELD)
        assert whole.timers["kb_update"].status == "paused"
        with pytest.raises(Rejected, match="not_allowed_now"):
            do(duty.CYCLE, whole, duty.NoChangeNeeded(reason="未涉及"), EDITOR, HELD)
        back = do(duty.CYCLE, whole, duty.ConfirmNoChange(confirmed=False, reason="已调整"), OFFICE, HELD)
        assert (back.open_entries, back.timers["kb_update"].status) == (("知2",), "running")
        updated = do(duty.CYCLE, whole, duty.UpdateEntry(entry="知2"), EDITOR, HELD)
        assert (updated.status, updated.claimed) == ("DONE", ())

    def test_the_answer_to_a_question_is_any_article_of_the_unit(self) -> None:
        with pytest.raises(Rejected, match="field_missing"):
            do(duty.CYCLE, duty.Duty("d"), duty.RequestAnswer(unit="医保局"), OFFICE, HELD)
        asked = do(duty.CYCLE, duty.Duty("d"), duty.RequestAnswer(unit="医保局", question="怎么缴"), OFFICE, HELD)
        named = do(duty.CYCLE, duty.Duty("d"), duty.RequestAnswer(unit="医保局", entries=("一",)), OFFICE, HELD)

        assert named.entries == ("知1",)
        assert do(duty.CYCLE, asked, duty.UpdateEntry(entry="知2"), EDITOR, HELD).status == "DONE"
        with pytest.raises(Rejected, match="not_found"):
            do(duty.CYCLE, asked, duty.UpdateEntry(entry="知9"), EDITOR, HELD)

    def test_a_loss_is_put_down_to_what_was_left_as_it_was(self) -> None:
        overdue = duty.CYCLE.fold(owed(), lifecycle.run_out(duty.CYCLE, owed(), rules=RULES, now=NOW.replace(month=5)))
        assert (overdue.status, overdue.to_verify) == ("OVERDUE", ("知1", "知2"))

        told = do(duty.CYCLE, overdue, duty.ComplainEntry(entry="一"), OFFICE, HELD)
        lost = do(duty.CYCLE, told, duty.ComplainEntry(entry="一", loss=True), OFFICE, HELD)
        assert [each.code for each in told.breaches] == ["late_knowledge"]
        assert [each.code for each in lost.breaches] == ["late_knowledge", "knowledge_loss"]
        late = do(duty.CYCLE, lost, duty.UpdateEntry(entry="一"), EDITOR, HELD)
        with pytest.raises(Rejected, match="not_allowed_now"):
            do(duty.CYCLE, late, duty.ComplainEntry(entry="一", loss=True), OFFICE, HELD)

    def test_a_calendar_that_is_loaded_moves_its_clock(self) -> None:
        assert duty.CYCLE.recompute(owed(), 2026, RULES, NOW) == ()


class TestCitation:
    def test_an_answer_keeps_number_and_version_or_is_refused(self) -> None:
        form = cmd.Register(type="consult", channel="phone", appellant="citizen", publish="yes", content="怎么缴费")
        seat = Actor("seat", None, "staff:3")
        registered = decide(Order("o"), form, by=seat, rules=RULES, facts=Facts(), now=NOW).orders["o"]

        def answered(facts: Facts) -> Any:
            command = cmd.Answer(article="知1", text="线上缴")
            return decide(registered, command, by=seat, rules=RULES, facts=facts, now=NOW).facts[0].event

        assert answered(Facts(citation="知1 v2")) == ev.Answered("知1 v2", "线上缴")
        assert answered(Facts()) == ev.Answered("知1", "线上缴")
        with pytest.raises(Rejected, match="article_not_valid"):
            answered(Facts(citation_fault="article_not_valid"))
