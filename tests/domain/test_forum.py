"""Threads of the forum: what no story of a city tells, since its pack, its persons or its calendar are other ones."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from minsheng.domain import kinds, lifecycle, packs
from minsheng.domain.actors import Actor
from minsheng.domain.approval import Draft, digest_of
from minsheng.domain.facts import Fact
from minsheng.domain.forum import commands as cmd
from minsheng.domain.forum import events as ev
from minsheng.domain.forum.state import Hotline, Known, Thread
from minsheng.domain.forum.thread import CYCLE, recompute
from minsheng.domain.rejected import Rejected
from minsheng.domain.rules import Rules
from minsheng.domain.worktime import CalendarYear
from minsheng.gateways import packfiles

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 3, 2, 10, tzinfo=ZONE)
ADMIN, CITIZEN, OTHER = Actor("forum_admin"), Actor("citizen"), Actor("officer", "水利局")
OFFICER, LEADER, HEAD = (Actor(role, "城管局") for role in ("officer", "leader", "head"))
KNOWN = Known()
DRAFTED = Known(draft=Draft("staff:officer"))
POST = cmd.Post(account="m1", verified=True, content="路灯不亮")


def rules(pack: str = "suzhou", *, loaded: CalendarYear | None = None, **changed: Any) -> Rules:
    chosen = packs.in_force(packfiles.shipped_packs(), pack, (), on=date(2026, 1, 1))
    calendar = packfiles.load_calendar()
    return replace(packs.rules(chosen.pack, (), calendar=calendar.with_year(loaded) if loaded else calendar), **changed)


RULES = rules()


def given(
    state: Thread, command: Any, by: Actor, *, now: datetime = NOW, known: Known = KNOWN, by_rules: Rules = RULES
) -> Thread:
    state = CYCLE.fold(state, lifecycle.run_out(CYCLE, state, rules=by_rules, now=now))
    return CYCLE.fold(state, lifecycle.decide(CYCLE, state, command, by=by, rules=by_rules, facts=known, now=now))


def opened(now: datetime = NOW, by_rules: Rules = RULES) -> Thread:
    state = given(CYCLE.start("t1"), POST, CITIZEN, now=now, by_rules=by_rules)
    return given(state, cmd.ApprovePost(), ADMIN, now=now, by_rules=by_rules)


def attended(now: datetime = NOW, by_rules: Rules = RULES) -> Thread:
    state = given(opened(now, by_rules), cmd.Claim(), OFFICER, now=now, by_rules=by_rules)
    return given(state, cmd.Attend(), OFFICER, now=now, by_rules=by_rules)


def refusal(state: Thread, command: Any, by: Actor, **more: Any) -> str:
    with pytest.raises(Rejected) as rejected:
        given(state, command, by, **more)
    return rejected.value.code


def test_somebody_who_is_banned_neither_posts_nor_comments() -> None:
    banned = Known(banned=True)

    assert refusal(CYCLE.start("t1"), POST, CITIZEN, known=banned) == "account_banned"
    comment = cmd.Comment(account="m1", verified=True, content="确实")
    assert refusal(opened(), comment, CITIZEN, known=banned) == "account_banned"


def test_words_are_kept_as_the_administrator_covered_them() -> None:
    state = given(CYCLE.start("t1"), replace(POST, title="题", content="张三欠薪"), CITIZEN)

    typed = Known(title="题", content="张三欠薪，电话19900001234")

    kept = given(state, cmd.ApprovePost(content="[姓名]欠薪，电话*"), ADMIN, known=typed)
    assert (kept.title, kept.content) == ("题", "[姓名]欠薪，电话*")
    assert given(state, cmd.ApprovePost(), ADMIN, known=typed).content == "张三欠薪，电话[电话]"
    for other in ("张三没有欠薪，电话*", "张三欠薪", "*欠薪*谢谢", "谢谢*"):
        assert refusal(state, cmd.ApprovePost(content=other), ADMIN, known=typed) == "words_not_the_authors"
    assert refusal(state, cmd.ApprovePost(content=typed.content), ADMIN, known=typed) == "text_names_somebody"


def test_a_unit_that_the_city_does_not_have_is_neither_asked_nor_assigned_to() -> None:
    unknown = Known(unit_known=False)
    ask = cmd.AskUnit(unit="火星局", kind=cmd.CO, reason="一", basis="二")

    assert refusal(attended(), ask, OFFICER, known=unknown) == "unit_unknown"
    special = given(opened(), cmd.FlagSpecial(reason="急"), ADMIN)
    assert refusal(special, cmd.Assign(unit="火星局"), ADMIN, known=unknown) == "unit_unknown"


def test_what_a_claimed_thread_is_flagged_for_is_told_to_its_unit_at_any_hour() -> None:
    night = NOW.replace(hour=23)

    facts = lifecycle.decide(
        CYCLE, attended(), cmd.FlagSpecial(reason="急"), by=OFFICER, rules=RULES, facts=Known(), now=night
    )

    assert [str(each) for each in facts[0].notices] == [
        "special>forum_admin",
        "special>leader@城管局",
        "special>duty@城管局",
    ]


def test_a_unit_has_its_part_once_and_the_asker_that_gets_its_own_request_stays() -> None:
    ask = cmd.AskUnit(unit="水利局", kind=cmd.CO, reason="一", basis="二")
    state = given(given(attended(), ask, OFFICER), cmd.AnswerRequest(accept=True), OTHER)
    state = given(given(state, ask, OFFICER), cmd.AnswerRequest(accept=True), OTHER)
    assert (state.unit, state.co_units) == ("城管局", ("水利局",))

    state = given(given(state, ask, OFFICER), cmd.AnswerRequest(accept=False, reason="无"), OTHER)
    state = given(given(state, cmd.ApproveAnswer(), LEADER, known=DRAFTED), cmd.Assign(unit="城管局"), ADMIN)
    assert (state.unit, state.co_units, state.approved, state.request) == ("城管局", ("水利局",), True, None)


def test_where_the_pack_wants_a_deputy_leader_a_head_does_not_approve() -> None:
    strict = rules(forum_reply_approval="leader")

    assert refusal(attended(), cmd.ApproveAnswer(), HEAD, by_rules=strict) == "wrong_authority"
    assert given(attended(), cmd.ApproveAnswer(), LEADER, by_rules=strict, known=DRAFTED).approved


def test_exactly_the_approved_words_are_said_and_nobody_approves_their_own() -> None:
    officer, leader, program = (
        Actor(role, "城管局", who)
        for role, who in (("officer", "staff:1"), ("leader", "staff:2"), ("leader", "client:1"))
    )
    draft = Draft("staff:1", digest_of("已安排"), digest_of("已安排"), is_sent=True, purpose="stance")
    for by in (leader, program):
        for waits in (None, replace(draft, is_sent=False)):
            assert refusal(attended(), cmd.ApproveAnswer(), by, known=Known(draft=waits)) == "draft_missing"
    state = given(attended(), cmd.ApproveAnswer(), leader, known=Known(draft=draft))

    assert refusal(state, cmd.Stance(text="另一句"), officer, known=Known(draft=draft)) == "reply_differs"
    assert refusal(state, cmd.AnswerPost(text="已安排"), officer, known=Known(draft=draft)) == "reply_differs"
    assert refusal(state, cmd.Stance(text="已安排"), officer) == "reply_not_approved"
    assert given(state, cmd.Stance(text="已安排"), officer, known=Known(draft=draft)).status == "STANCE"
    own = replace(draft, saved_by="staff:2")
    assert refusal(attended(), cmd.ApproveAnswer(), leader, known=Known(draft=own)) == "self_approval"


def test_where_the_pack_has_no_stance_and_no_rectification_nobody_gives_or_orders_one() -> None:
    suqian = rules("suqian")
    state = attended(by_rules=suqian)

    assert refusal(state, cmd.Stance(text="已安排"), OFFICER, by_rules=suqian) == "not_allowed_now"
    assert refusal(state, cmd.Rectify(ground="一"), ADMIN, by_rules=suqian) == "not_allowed_now"
    assert refusal(state, cmd.Measure(kind="notice", ground="一"), Actor("joint_meeting"), by_rules=suqian) == (
        "wrong_authority"
    )


def test_an_answer_is_not_public_where_the_pack_says_so() -> None:
    closed = rules("suqian", forum_publish_default=False)

    facts = lifecycle.decide(
        CYCLE, attended(by_rules=closed), cmd.AnswerPost(text="已修"), by=OFFICER, rules=closed, facts=Known(), now=NOW
    )

    assert isinstance(facts[0].event, ev.PostAnswered)
    assert not facts[0].event.is_public


def test_without_limits_there_are_no_clocks_and_an_unclaimed_thread_is_assigned_at_once() -> None:
    free = rules(forum_claim_limit=None, forum_attention=None, forum_rating_window=None)
    state = opened(by_rules=free)
    assert set(state.timers) == {"stance", "final"}

    state = given(state, cmd.Assign(unit="城管局"), ADMIN, by_rules=free)
    state = given(given(state, cmd.Attend(), OFFICER), cmd.ApproveAnswer(), LEADER, known=DRAFTED)
    state = given(state, cmd.AnswerPost(text="已修"), OFFICER, by_rules=free)
    assert "rating" not in state.timers
    assert given(state, cmd.RatePost(account="m1", satisfied="satisfied"), CITIZEN, by_rules=free).status == "RATED"


def test_a_request_for_more_time_lives_through_a_hiding_past_the_due_moment() -> None:
    state = attended()
    due = state.timers["final"].due
    assert due is not None
    state = given(state, cmd.ApproveAnswer(), LEADER, known=DRAFTED)
    state = given(state, cmd.Stance(text="已安排"), OFFICER)
    state = given(state, cmd.ExtendPost(until=due + timedelta(hours=3), reason="一", text="二"), OFFICER, now=due)

    state = given(state, cmd.Hide(reason="待核"), ADMIN, now=due + timedelta(hours=1))
    state = given(state, cmd.Unhide(reason="已核"), ADMIN, now=due + timedelta(hours=2))
    assert (state.timers["final"].status, state.timers["final"].due) == ("running", due)
    state = given(state, cmd.ApproveExtension(), ADMIN, now=due + timedelta(hours=2))
    assert state.timers["final"].due == due + timedelta(hours=3)


def test_a_hiding_on_the_last_day_of_the_rating_leaves_the_day_of_its_end() -> None:
    state = given(attended(), cmd.ApproveAnswer(), LEADER, known=DRAFTED)
    state = given(state, cmd.AnswerPost(text="已修"), OFFICER)
    last = state.timers["rating"].due
    assert last is not None

    state = given(state, cmd.Hide(reason="待核"), ADMIN, now=last - timedelta(hours=3))
    state = given(state, cmd.Unhide(reason="已核"), ADMIN, now=last + timedelta(days=2))

    assert state.timers["rating"].due == last + timedelta(days=2)


def test_more_time_that_ends_before_the_due_moment_in_force_moves_nothing() -> None:
    state = attended()
    due = state.timers["final"].due
    assert due is not None
    state = given(state, cmd.ExtendPost(until=due + timedelta(hours=1), reason="一", text="二"), OFFICER)
    later = {**state.timers, "final": replace(state.timers["final"], due=due + timedelta(days=3))}

    state = given(replace(state, timers=later), cmd.ApproveExtension(), ADMIN)

    assert state.timers["final"].due == due + timedelta(days=3)


def test_more_time_that_is_refused_in_time_misses_nothing() -> None:
    state = given(attended(), cmd.ExtendPost(by_workdays=1, reason="一", text="二"), OFFICER)

    state = given(state, cmd.RefuseExtension(reason="无须"), ADMIN)

    assert (state.timers["final"].status, state.rectification) == ("running", "")


def test_a_thread_of_a_pack_that_dropped_its_final_clock_has_no_more_time() -> None:
    state = replace(attended(), timers={})

    assert refusal(state, cmd.ExtendPost(by_workdays=1, reason="一", text="二"), OFFICER) == "not_allowed_now"


def test_a_thread_that_was_late_before_it_was_joined_stays_late_when_it_leaves() -> None:
    order = Known(order=Hotline("o1"))
    late = NOW + timedelta(days=20)
    state = given(attended(), cmd.JoinOrder(order="o1"), ADMIN, now=late, known=order)

    state = given(state, cmd.LeaveOrder(reason="另一事"), ADMIN, now=late)

    assert (state.timers["final"].status, state.joined) == ("missed", "")


def test_a_thread_without_a_final_clock_leaves_an_order_without_one() -> None:
    state = replace(attended(), timers={})
    state = given(state, cmd.JoinOrder(order="o1"), ADMIN, known=Known(order=Hotline("o1")))

    assert given(state, cmd.LeaveOrder(reason="另一事"), ADMIN).timers == {}


def test_an_order_that_begins_with_a_thread_has_the_words_that_were_opened_for_it() -> None:
    known = Known(fresh="o9", content="路灯不亮，在某路")

    facts = lifecycle.decide(CYCLE, attended(), cmd.JoinOrder(), by=ADMIN, rules=RULES, facts=known, now=NOW)

    event = facts[0].event
    assert isinstance(event, ev.OrderJoined)
    assert (event.order, event.submits, event.content) == ("o9", True, "路灯不亮，在某路")


def test_a_story_names_the_order_that_begins_with_a_thread() -> None:
    assert refusal(attended(), cmd.JoinOrder(), ADMIN) == "field_missing"


def test_the_orders_answer_is_offered_once() -> None:
    state = given(attended(), cmd.JoinOrder(order="o1"), ADMIN, known=Known(order=Hotline("o1")))
    system = Actor("system")

    offered = given(state, cmd.OfferAnswer(), system)
    assert refusal(offered, cmd.OfferAnswer(), system) == "not_allowed_now"
    assert refusal(attended(), cmd.OfferAnswer(), system) == "not_allowed_now"


def test_a_form_may_be_shown_to_an_author_and_an_issuer_before_it_is_filled_in() -> None:
    state = given(given(attended(), cmd.ApproveAnswer(), LEADER, known=DRAFTED), cmd.AnswerPost(text="已修"), OFFICER)

    lifecycle.ask(CYCLE, state, cmd.RatePost, by=CITIZEN, facts=Known())
    issuers = Known(issuers=("joint_meeting",))
    with pytest.raises(Rejected, match="not_allowed_now"):
        lifecycle.ask(CYCLE, state, cmd.Measure, by=Actor("joint_meeting"), facts=issuers)
    with pytest.raises(Rejected, match="wrong_authority"):
        lifecycle.ask(CYCLE, state, cmd.Measure, by=Actor("supervisor"), facts=issuers)


class TestYear:
    """The clocks of a thread whose limits reach into a year without a final calendar (A-48)."""

    DECEMBER = datetime(2026, 12, 29, 10, tzinfo=ZONE)
    LATER = datetime(2027, 1, 9, 10, tzinfo=ZONE)
    LONG = CalendarYear(2027, frozenset(date(2027, 1, day) for day in range(1, 9)), frozenset(), final=True, source="")

    def missed(self) -> Thread:
        state = attended(self.DECEMBER)
        state = given(state, cmd.ApproveAnswer(), LEADER, now=self.DECEMBER, known=DRAFTED)
        state = given(state, cmd.Stance(text="已安排"), OFFICER,
                      now=self.DECEMBER)  # fmt: skip
        return CYCLE.fold(state, lifecycle.run_out(CYCLE, state, rules=RULES, now=self.LATER))

    def test_an_order_to_rectify_goes_with_the_miss_that_it_came_from(self) -> None:
        state = self.missed()
        assert (state.timers["final"].status, state.rectification) == ("missed", "ordered")

        facts = recompute(state, 2027, rules(loaded=self.LONG), self.LATER)

        state = CYCLE.fold(state, facts)
        assert (state.timers["final"].status, state.rectification) == ("running", "")
        assert state.timers["rectification"].status == "cancelled"
        assert isinstance(facts[-1].event, ev.RectificationDropped)

    def test_one_that_was_ordered_by_hand_stays(self) -> None:
        state = replace(self.missed(), rectified_for="")

        state = CYCLE.fold(state, recompute(state, 2027, rules(loaded=self.LONG), self.LATER))

        assert state.rectification == "ordered"

    def test_nobody_is_told_of_a_thread_but_the_administrator_while_nobody_has_it(self) -> None:
        state = opened(self.DECEMBER)

        facts = recompute(state, 2027, rules(loaded=self.LONG), self.DECEMBER)

        assert {str(each) for fact in facts for each in fact.notices} == {"due_changed>forum_admin"}


def test_a_leader_approves_nothing_that_nobody_has_written() -> None:
    assert refusal(attended(), cmd.ApproveAnswer(), replace(LEADER, person="staff:1")) == "draft_missing"


def test_who_decides_on_a_comment_names_it_and_no_public_text_names_staff() -> None:
    state = given(opened(), cmd.Comment(account="m2", verified=True, content="我家也是"), CITIZEN)
    admin = replace(ADMIN, person="staff:1")

    assert refusal(state, cmd.ApproveComment(), admin) == "field_missing"
    assert refusal(state, cmd.RefuseComment(reason="广告"), admin) == "field_missing"
    typed = Known(content="我家也是")
    assert given(state, cmd.ApproveComment(number=1), admin, known=typed).comments == 1
    named = Known(officer="梁谷雨")
    assert refusal(attended(), cmd.Stance(text="梁谷雨去修"), OFFICER, known=named) == "text_names_officer"


def test_a_fact_without_a_request_changes_no_request() -> None:
    fact = Fact("t1", ev.RequestUnanswered(), NOW, ADMIN, "CLAIMED")

    assert CYCLE.evolve(attended(), fact).request is None


def test_a_board_that_closed_meanwhile_takes_no_thread_and_others_do() -> None:
    by_rules = rules(forum_boards={"old": "旧版块", "new": "新版块"}, forum_boards_closed=("old", "gone"))

    for board, code in (("old", "board_closed"), ("gone", "board_closed")):
        assert refusal(CYCLE.start("t1"), replace(POST, board=board), CITIZEN, by_rules=by_rules) == code
    assert given(CYCLE.start("t1"), replace(POST, board="new"), CITIZEN, by_rules=by_rules).board == "new"


@pytest.mark.parametrize("plain", [[], "今天", {"2026-9-1": "一"}, {"昨天": "一"}, {1: "一"}, {"2026-09-01": " "}])
def test_notices_are_texts_by_day_and_nothing_else(plain: object) -> None:
    with pytest.raises(ValueError, match="应为"):
        kinds.dated_texts(plain)


def test_notices_come_with_the_newest_first() -> None:
    told = kinds.dated_texts({"2026-01-02": "旧", "2026-09-01": "新"})

    assert list(told.items()) == [("2026-09-01", "新"), ("2026-01-02", "旧")]
    assert kinds.dated_texts("none") == {}
