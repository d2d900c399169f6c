"""The rows of supervision beside an order: suggestions, supervision orders, and the numbers of their papers."""

from __future__ import annotations

from uuid import uuid4

import pytest
from tests.town_ground import Town, send, text_of

from minsheng.cases.orders import actions
from minsheng.cases.orders.actions import Key
from minsheng.cases.orders.models import Series, Suggestion, Supervision
from minsheng.core.ledger import verification
from minsheng.domain.orders import commands as cmd
from minsheng.domain.rejected import Rejected


def supervised(town: Town) -> str:
    order = town.handled()
    town.act(order, "supervisor", "supervise", category="K2", ground="群众多次反映")
    return order


def numbers() -> list[str]:
    return list(Supervision.objects.order_by("id").values_list("number", flat=True))


def test_numbers_run_through_a_year_without_gaps_whatever_is_refused_or_repeated(town: Town) -> None:
    first, other = supervised(town), town.handled()
    with pytest.raises(Rejected, match="not_allowed_now"):
        town.act(first, "supervisor", "supervise", category="K1", ground="再次")
    with pytest.raises(Rejected, match="field_missing"):
        town.act(other, "supervisor", "supervise", ground="没有类别")
    key = Key("staff:1", str(uuid4()), b"1")
    for _ in range(2):
        form = cmd.Supervise(category="K1", ground="重大民生")
        actions.apply(form, order_id=other, actor=town.actor("supervisor"), now=town.now, key=key)
    town.later(days=120)
    supervised(town)

    assert numbers() == ["澄民督〔2026〕1号", "澄民督〔2026〕2号", "澄民督〔2027〕1号"]


def test_rows_follow_and_are_made_anew_from_the_facts(town: Town) -> None:
    order = supervised(town)
    town.later(days=6)
    actions.apply(None, order_id=order, actor=town.actor("system"), now=town.now)
    town.act(order, "supervisor", "raise_supervision")
    town.act(order, "leader@城管局", "approve_feedback")
    town.act(order, "officer@城管局", "feed_back", text="已排定工期")
    town.act(order, "supervisor", "accept_feedback")
    town.act(order, "supervisor", "supervise", category="K1", ground="再次督办")
    ended, open_one = Supervision.objects.order_by("seq")
    assert (ended.status, ended.level, ended.answered_at, ended.closed_at) == ("CLOSED", 2, town.now, town.now)
    assert (open_one.status, open_one.level, open_one.number) == ("ISSUED", 1, "澄民督〔2026〕2号")
    assert open_one.due is not None
    kept = list(Suggestion.objects.values_list("ground", "status"))
    assert ("supervision_missed", "issued") in kept

    assert verification.rebuild(check=True)["order"].changed == 0
    Suggestion.objects.update(status="open")
    Supervision.objects.filter(seq=1).delete()
    Series.objects.update(last=0)
    assert verification.rebuild(check=False)["order"].changed == 2

    assert list(Suggestion.objects.values_list("ground", "status")) == kept
    assert numbers() == ["澄民督〔2026〕1号", "澄民督〔2026〕2号"]
    assert verification.rebuild(check=True)["order"].changed == 0


class TestAnswer:
    """JY-13.1c, B.5 D03: the unit's leader approves the very text that is given."""

    def test_no_person_answers_without_the_leader(self, town: Town) -> None:
        order = supervised(town)
        officer, leader = town.desk("officer@城管局"), town.desk("leader@城管局")

        refused = send(officer, order, "feed_back", text="三日内办结")
        assert refused.status_code == 422
        assert "督办反馈须先经本单位领导审签" in text_of(refused)

        send(officer, order, "feed_back", text="三日内办结", send_draft="1")
        assert "/?tab=approval" in text_of(leader.get("/"))
        shown = text_of(leader.get(f"/orders/{order}/do/approve_feedback/"))
        assert "三日内办结" in shown
        assert send(leader, order, "approve_feedback").status_code == 302

        changed = send(officer, order, "feed_back", text="五日内办结")
        assert "不一致" in text_of(changed)
        assert send(officer, order, "feed_back", text="三日内办结").status_code == 302
        assert Supervision.objects.get().status == "FEEDBACK"

    def test_the_leader_sends_it_back_and_a_reply_of_the_order_is_another_text(self, town: Town) -> None:
        order = supervised(town)
        officer, leader = town.desk("officer@城管局"), town.desk("leader@城管局")
        send(officer, order, "reply", text="答复的草稿", channel="phone", kind="final", save_draft="1")
        send(officer, order, "feed_back", text="反馈的草稿", send_draft="1")

        leader.post(f"/orders/{order}/draft/back", {"of": "approve_feedback", "remark": "请写明时间"})

        assert "请写明时间" in text_of(officer.get(f"/orders/{order}/do/feed_back/"))
        reply = text_of(officer.get(f"/orders/{order}/do/reply/"))
        assert "答复的草稿" in reply
        assert "请写明时间" not in reply

    def test_files_may_come_with_it_also_when_the_order_is_closed(self, town: Town) -> None:
        order = town.replied()
        town.act(order, "supervisor", "supervise", category="K2", ground="群众多次反映")
        assert "/attachments" in text_of(town.desk("officer@城管局").get(f"/orders/{order}/do/feed_back/"))
        form = town.desk("officer@城管局").get(f"/orders/{order}/attachments")
        assert form.context["may_attach"]
        assert town.desk("officer@住建局").get(f"/orders/{order}/attachments").status_code != 200
