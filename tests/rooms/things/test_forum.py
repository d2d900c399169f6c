"""Threads at the desks and in the database: who reads what, when words become public, orders, names, bans."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import pytest
from tests import town_ground as towns
from tests.town_ground import Town, text_of

from minsheng.cases.forum import answers, members
from minsheng.cases.forum.actions import KIND, opened
from minsheng.cases.forum.models import Member, Post, Thread
from minsheng.cases.orders.models import Order
from minsheng.core.drafts import texts
from minsheng.core.ledger import journals, tasks, verification
from minsheng.core.lifecycles import actions as lifecycles
from minsheng.core.lifecycles import queries
from minsheng.domain.actors import Actor
from minsheng.domain.forum import commands as cmd
from minsheng.domain.rejected import Rejected

SAID = "张三家门口路灯不亮，电话19900001234"
LET_IN = "[姓名]家门口路灯不亮，电话[电话]"


@pytest.fixture
def town(db: None, test_clock: Callable[[datetime], None]) -> Town:
    return towns.build("suzhou", test_clock, pack="suzhou")


def actor(name: str) -> Actor:
    role, _, unit = name.partition("@")
    return Actor(role, unit or None)


def posted(town: Town, **fields: Any) -> Thread:
    form = {"account": str(uuid4()), "verified": True, "title": "路灯", "content": SAID, **fields}
    made = lifecycles.begin(
        KIND, cmd.Post(**form), city=town.code, by=actor("citizen"), now=town.now, made=lambda id: opened(id, town.code)
    )
    return Thread.objects.get(pk=made.id)


def give(town: Town, by: str, row: Thread, command: Any) -> Thread:
    lifecycles.apply(KIND, row.pk, command, city=town.code, by=actor(by), now=town.now)
    return Thread.objects.get(pk=row.pk)


def attended(town: Town) -> Thread:
    row = give(town, "forum_admin", posted(town), cmd.ApprovePost(content=LET_IN))
    return give(town, "officer@城管局", give(town, "officer@城管局", row, cmd.Claim()), cmd.Attend())


def exists(town: Town, row: Thread, *names: str) -> set[str]:
    return {name for name in names if queries.row_of(KIND, str(row.pk), actor(name), city=town.code) is not None}


READERS = (
    "forum_admin",
    "office",
    "supervisor",
    "joint_meeting",
    "officer@城管局",
    "officer@住建局",
    "seat",
    "auditor",
)


@pytest.mark.clause("SZ-17b")
def test_what_is_not_let_in_exists_for_the_administrator_alone(town: Town) -> None:
    row = posted(town)
    assert exists(town, row, *READERS) == {"forum_admin"}
    assert (row.title, Post.objects.filter(thread=row).exists()) == ("", False)

    row = give(town, "forum_admin", row, cmd.ApprovePost(content=LET_IN))
    assert exists(town, row, *READERS) == {"forum_admin", "office", "supervisor", "joint_meeting"}
    assert list(Post.objects.filter(thread=row).values_list("kind", "text")) == [("post", LET_IN)]
    row = give(town, "officer@城管局", row, cmd.Claim())
    assert "officer@城管局" in exists(town, row, *READERS)
    assert "officer@住建局" not in exists(town, row, *READERS)


def test_the_administrator_comes_to_the_threads_and_lets_one_in_by_the_page(town: Town) -> None:
    row, desk = posted(town), town.desk("forum_admin")
    assert desk.get("/").headers["Location"] == "/things/thread/"
    assert row.number in text_of(desk.get("/things/thread/"))
    assert "门口路灯不亮" in text_of(desk.get(f"/things/thread/{row.pk}/"))
    assert desk.get(f"/orders/{town.handled()}/").status_code == 403

    do = partial(desk.post, f"/things/thread/{row.pk}/do/approve_post")
    praise = do({"key": str(uuid4()), "content": "路灯很亮，谢谢"})
    assert (praise.status_code, "只能遮盖原文" in text_of(praise)) == (422, True)
    assert do({"key": str(uuid4()), "content": SAID}).status_code == 422
    assert Thread.objects.get(pk=row.pk).status == "PENDING"
    done = do({"key": str(uuid4())})

    assert "19900001234" not in Post.objects.get(thread=row, kind="post").text
    assert (done.status_code, Thread.objects.get(pk=row.pk).status) == (302, "OPEN")


def test_a_unit_that_is_asked_reads_the_thread_until_it_has_refused(town: Town) -> None:
    ask = cmd.AskUnit(unit="住建局", kind=cmd.CO, reason="一", basis="二")
    row = give(town, "officer@城管局", attended(town), ask)
    assert exists(town, row, "officer@住建局")

    row = give(town, "officer@住建局", row, cmd.AnswerRequest(accept=False, reason="不归我局"))
    assert not exists(town, row, "officer@住建局")


def test_words_as_they_were_typed_and_the_poster_stand_on_no_page_of_a_unit(town: Town) -> None:
    row = attended(town)
    give(town, "citizen", row, cmd.Comment(account="m2", verified=True, content="李四也说不亮"))
    give(town, "forum_admin", row, cmd.Disclose(organ="公安机关", document="通知书7号"))

    page = town.desk("officer@城管局").get(f"/things/thread/{row.pk}/").content.decode()

    assert "路灯不亮" in page
    for hidden in ("张三", "19900001234", "李四", row.member, "通知书7号", "公安机关"):
        assert hidden not in page


def test_a_comment_is_read_once_it_is_let_in_and_one_that_is_not_is_kept_sealed(town: Town) -> None:
    row = attended(town)
    for content in ("我家也是", "广告"):
        row = give(town, "citizen", row, cmd.Comment(account="m2", verified=True, content=content))
    assert row.waiting == 2
    assert set(Post.objects.filter(thread=row, kind="comment").values_list("standing", "text")) == {("waiting", "")}

    admin = Actor("forum_admin", None, "client:1")
    for unnamed in (cmd.ApproveComment(), cmd.RefuseComment(reason="广告")):
        with pytest.raises(Rejected, match="field_missing"):
            lifecycles.apply(KIND, row.pk, unnamed, city=town.code, by=admin, now=town.now)
    with pytest.raises(Rejected, match="words_not_the_authors"):
        give(town, "forum_admin", row, cmd.ApproveComment(number=1, content="我很满意"))
    row = give(town, "forum_admin", row, cmd.RefuseComment(number=2, reason="广告"))
    row = give(town, "forum_admin", row, cmd.ApproveComment())

    comments = Post.objects.filter(thread=row, kind="comment").order_by("number")
    assert list(comments.values_list("number", "standing", "text")) == [(1, "read", "我家也是"), (2, "refused", "")]
    assert (row.comments, row.waiting) == (1, 0)


@pytest.mark.clause("SZ-22c")
def test_the_follow_up_is_read_together_with_the_time_that_it_tells_of(town: Town) -> None:
    row = give(town, "officer@城管局", attended(town), cmd.ExtendPost(by_workdays=2, reason="待料", text="延后两日"))
    assert not Post.objects.filter(thread=row, kind="follow_up").exists()

    row = give(town, "forum_admin", row, cmd.ApproveExtension())

    assert Post.objects.get(thread=row, kind="follow_up").text == "延后两日"


def test_an_answer_by_telephone_of_a_sealed_thread_is_not_read(town: Town) -> None:
    row = give(town, "forum_admin", attended(town), cmd.Classify(class_=cmd.SMALL, sealed=True, ground="涉及住址"))
    row = give(town, "leader@城管局", row, cmd.ApproveAnswer())

    row = give(town, "officer@城管局", row, cmd.AnswerPost(text="已当面答复", channel="phone"))

    assert row.status == "ANSWERED"
    assert not Post.objects.filter(thread=row, kind="answer").exists()


@pytest.mark.clause("SZ-22a")
def test_the_leader_approves_these_very_words(town: Town) -> None:
    row, unit = attended(town), "城管局"
    texts.save(f"thread/{row.pk}", unit=unit, text="已安排", saved_by="staff:1", now=town.now, submit=True)
    officer, leader = Actor("officer", unit, "staff:1"), Actor("leader", unit, "staff:2")
    city, now = town.code, town.now
    lifecycles.apply(KIND, row.pk, cmd.ApproveAnswer(), city=city, by=leader, now=now)

    with pytest.raises(Rejected, match="reply_differs"):
        lifecycles.apply(KIND, row.pk, cmd.Stance(text="另一句"), city=city, by=officer, now=now)
    lifecycles.apply(KIND, row.pk, cmd.Stance(text="已安排"), city=city, by=officer, now=now)

    assert Post.objects.get(thread=row, kind="stance").text == "已安排"
    assert texts.of(f"thread/{row.pk}", unit=unit) is None


@pytest.mark.clause("SZ-22a")
def test_no_public_text_of_a_unit_names_its_staff(town: Town) -> None:
    row = attended(town)
    town.hire("梁谷雨", "officer", unit="城管局")

    for command in (cmd.Stance(text="经办人梁谷雨已到现场"), cmd.AnswerPost(text="联系梁 谷雨")):
        with pytest.raises(Rejected, match="text_names_officer"):
            give(town, "officer@城管局", row, command)

    assert not Post.objects.filter(thread=row).exclude(kind="post").exists()


def test_an_order_that_begins_with_a_thread_has_its_public_words_and_no_appellant(town: Town) -> None:
    row = give(town, "forum_admin", attended(town), cmd.JoinOrder(type="help"))

    order = Order.objects.get(pk=row.order)
    assert (order.status, order.title) == ("SUBMITTED", "路灯")
    assert order.state["channel"] == "forum"
    page = text_of(town.desk("dispatcher").get(f"/orders/{order.pk}/"))
    assert "路灯不亮" in page
    assert "19900001234" not in page
    with pytest.raises(Rejected, match="order_unknown"):
        give(town, "forum_admin", attended(town), cmd.JoinOrder(order="没有这个编号"))


def test_the_orders_answer_is_offered_and_read_with_what_names_people_covered(town: Town) -> None:
    order = town.handled()
    row = give(town, "forum_admin", attended(town), cmd.JoinOrder(order=Order.objects.get(pk=order).number))
    town.act(order, "officer@城管局", "reply", text="已修好，联系19900005678", channel="phone", kind="final")
    town.act(order, "auditor", "pass_audit")
    while tasks.relay_once():
        pass

    desk = town.desk("officer@城管局")
    page = desk.get(f"/things/thread/{row.pk}/")
    assert f"/orders/{order}/" in page.content.decode()
    offered = text_of(page)
    assert ("已修好" in offered, "19900005678" in offered) == (True, False)
    do = partial(desk.post, f"/things/thread/{row.pk}/do/answer_post")
    assert do({"key": str(uuid4())}).status_code == 422  # what is said to everybody somebody has read
    assert do({"key": str(uuid4()), "text": "没有人审过的话"}).status_code in (409, 422)
    assert do({"key": str(uuid4()), "text": answers.answer_of(order)}).status_code == 302

    said = Post.objects.get(thread=row, kind="answer").text
    assert "已修好" in said
    assert "19900005678" not in said


def test_hidden_threads_keep_their_words_as_evidence(town: Town) -> None:
    row = give(town, "forum_admin", attended(town), cmd.Hide(reason="待核"))

    assert exists(town, row, "officer@城管局", "office") == {"officer@城管局", "office"}
    assert Post.objects.filter(thread=row, kind="post").exists()
    assert verification.verify().fault is None


class TestMembers:
    @pytest.fixture
    def member(self, town: Town) -> Member:
        return members.of_account(uuid4(), city=town.code, now=town.now)

    def named(self, town: Town, name: str) -> Member:
        member = members.of_account(uuid4(), city=town.code, now=town.now)
        members.ask_name(member, name, now=town.now)
        members.approve_name(member.pk, name, city=town.code, by=actor("forum_admin"), now=town.now)
        return Member.objects.get(pk=member.pk)

    def test_an_account_is_one_member(self, town: Town) -> None:
        account = uuid4()
        first = members.of_account(account, city=town.code, now=town.now)
        assert members.of_account(account, city=town.code, now=town.now).pk == first.pk

    def test_a_name_is_read_once_the_administrator_has_let_it_in(self, town: Town, member: Member) -> None:
        members.ask_name(member, "江边小草", now=town.now)
        assert members.names({str(member.pk)}) == {str(member.pk): members.NAMELESS}

        members.approve_name(member.pk, "江边小草", city=town.code, by=actor("forum_admin"), now=town.now)
        assert members.names({str(member.pk), "x"}) == {str(member.pk): "江边小草", "x": members.LEFT}

    @pytest.mark.parametrize("alike", ["Tom7", "ｔｏｍ7", "TOM7", "тоm7", "t0m7", "t-o·m7"])
    def test_no_two_names_look_alike(self, town: Town, member: Member, alike: str) -> None:
        self.named(town, "tom7")

        with pytest.raises(Rejected, match="forum_name_taken"):
            members.ask_name(member, alike, now=town.now)

    @pytest.mark.parametrize(
        ("name", "code"),
        [
            ("  ", "forum_name_empty"),
            ("<b>", "forum_name_odd"),
            ("草" * 17, "forum_name_odd"),
            ("城管局小李", "forum_name_reserved"),
            ("城-管·局小李", "forum_name_reserved"),
            ("城菅局小李", "forum_name_reserved"),
            ("公-安-局", "forum_name_reserved"),
            ("管_理_员", "forum_name_reserved"),
            ("12-345", "forum_name_reserved"),
            ("论坛管理员", "forum_name_reserved"),
            ("１２３４５", "forum_name_reserved"),
            ("19900001234", "forum_name_reserved"),
        ],
    )
    def test_a_name_that_speaks_for_an_organ_or_tells_a_number_is_refused(
        self, town: Town, member: Member, name: str, code: str
    ) -> None:
        with pytest.raises(Rejected, match=code):
            members.ask_name(member, name, now=town.now)
        assert Member.objects.get(pk=member.pk).asked == ""

    @pytest.mark.clause("SZ-17a")
    @pytest.mark.parametrize("name", ["葛然", "葛-然", "我是葛然"])
    def test_ones_own_real_name_is_no_name_for_the_forum(self, town: Town, member: Member, name: str) -> None:
        with pytest.raises(Rejected, match="forum_name_own"):
            members.ask_name(member, name, own="葛然", now=town.now)
        members.ask_name(member, "小葛", own="葛然", now=town.now)

    def test_a_name_is_decided_on_that_was_read(self, town: Town, member: Member) -> None:
        admin = actor("forum_admin")
        members.ask_name(member, "晨光里", now=town.now)
        members.ask_name(member, "市长是骗子", now=town.now)

        with pytest.raises(Rejected, match="not_found"):
            members.approve_name(member.pk, "晨光里", city=town.code, by=admin, now=town.now)
        with pytest.raises(Rejected, match="not_found"):
            members.refuse_name(member.pk, "晨光里", "不雅", city=town.code, by=admin, now=town.now)

        member.refresh_from_db()
        assert (member.name, member.asked, member.refused) == ("", "市长是骗子", "")

    def test_a_name_that_is_refused_leaves_the_one_before(self, town: Town) -> None:
        member = self.named(town, "小草")
        members.ask_name(member, "大树", now=town.now)
        with pytest.raises(Rejected, match="reason_missing"):
            members.refuse_name(member.pk, "大树", " ", city=town.code, by=actor("forum_admin"), now=town.now)

        members.refuse_name(member.pk, "大树", "与他人混淆", city=town.code, by=actor("forum_admin"), now=town.now)

        member.refresh_from_db()
        assert (member.name, member.asked, member.refused) == ("小草", "", "与他人混淆")
        with pytest.raises(Rejected, match="not_found"):
            members.approve_name(member.pk, "大树", city=town.code, by=actor("forum_admin"), now=town.now)

    def test_a_ban_has_its_reason_and_its_end(self, town: Town, member: Member) -> None:
        with pytest.raises(Rejected, match="reason_missing"):
            members.bar(member.pk, days=3, reason="", city=town.code, by=actor("forum_admin"), now=town.now)
        members.bar(member.pk, days=3, reason="多次辱骂", city=town.code, by=actor("forum_admin"), now=town.now)

        with pytest.raises(Rejected, match="account_banned"):
            posted(town, account=str(member.pk))
        town.later(days=3, seconds=1)
        assert posted(town, account=str(member.pk)).status == "PENDING"
        members.bar(member.pk, days=None, reason="造谣", city=town.code, by=actor("forum_admin"), now=town.now)
        assert members.is_banned(str(member.pk), now=town.now + timedelta(days=9000))
        members.let_write(member.pk, city=town.code, by=actor("forum_admin"), now=town.now)
        assert not members.is_banned(str(member.pk), now=town.now)


def test_no_address_of_a_thread_leads_to_the_next_one(town: Town) -> None:
    codes = {opened(UUID(int=each), town.code).code for each in range(20)}

    assert len(codes) == 20
    assert all(len(code) == 10 for code in codes)


@pytest.mark.clause("SZ-20a")
def test_whoever_comes_first_claims_from_the_patrol_list(town: Town) -> None:
    journals.make_months(town.now.date(), town.now.date())
    waits = posted(town, title="未审核的帖子")
    row = give(town, "forum_admin", posted(town, content="望星路路灯不亮"), cmd.ApprovePost())
    first, second = town.desk("officer@城管局"), town.desk("officer@住建局")

    for client in (first, second):
        page = text_of(client.get("/forum/patrol"))
        assert ("望星路路灯不亮" in page, "未审核的帖子" in page, "网帖领办" in page) == (True, False, True)
    assert "望星路路灯不亮" not in text_of(first.get("/forum/patrol?q=公积金"))
    assert first.post(f"/forum/{row.pk}/claim", {"key": str(uuid4())}).status_code == 302
    assert "已由城管局领办" in text_of(second.post(f"/forum/{row.pk}/claim", {"key": str(uuid4())}, follow=True))
    assert Thread.objects.get(pk=row.pk).target_unit == "城管局"
    assert town.desk("leader@城管局").post(f"/forum/{row.pk}/claim", {"key": str(uuid4())}).status_code == 403
    assert first.post(f"/forum/{waits.pk}/claim", {"key": str(uuid4())}).status_code == 302
    assert Thread.objects.get(pk=waits.pk).status == "PENDING"
    assert town.desk("seat").get("/forum/patrol").status_code == 403
    looked = text_of(town.desk("forum_admin").get("/forum/patrol"))
    assert ("一个月内没有" in looked, str(town.now.date()) in looked) == (True, True)


@pytest.mark.clause("SZ-22a")
def test_a_unit_writes_its_leader_reads_and_approves_and_the_officer_answers_by_pages(town: Town) -> None:
    row = attended(town)
    page, officer, leader = f"/things/thread/{row.pk}/", town.desk("officer@城管局"), town.desk("leader@城管局")

    def do(client: Any, command: str, **fields: str) -> int:
        form = {"key": str(uuid4()), "seen_version": Thread.objects.get(pk=row.pk).version, **fields}
        return client.post(f"{page}do/{command}", form).status_code

    def sends(words: str, **more: str) -> int:
        form = {"text": words, "purpose": "stance", "submit": "1", **more}
        return officer.post(f"/forum/{row.pk}/text", form).status_code

    assert do(leader, "approve_answer", seen="none") in (409, 422)
    assert town.desk("officer@住建局").get(f"/forum/{row.pk}/text").status_code == 404
    assert (sends(""), sends("已安排", purpose="x")) == (422, 422)
    assert officer.post(f"/forum/{row.pk}/text", {"text": "还没写完", "purpose": "stance"}).status_code == 302
    assert "还没写完" not in text_of(leader.get(page))
    assert do(leader, "approve_answer") in (409, 422)
    assert sends("已安排维修") == 302
    assert row.number in text_of(leader.get("/things/thread/"))
    seen = leader.get(page)
    assert ("拟作表态性回复" in text_of(seen), "<p>已安排维修</p>" in seen.content.decode()) == (True, True)
    assert leader.post(f"/forum/{row.pk}/text", {"remark": "请写明期限", "seen": "x"}).status_code == 302
    assert "请写明期限" not in text_of(officer.get(f"/forum/{row.pk}/text"))
    digest = re.search(r'name="seen" value="([0-9a-f]{64})"', seen.content.decode())
    assert digest is not None
    back = {"remark": "请写明期限", "seen": digest[1]}
    assert leader.post(f"/forum/{row.pk}/text", back).status_code == 302
    assert "请写明期限" in text_of(officer.get(f"/forum/{row.pk}/text"))
    assert sends("三日内修好") == 302
    assert do(leader, "approve_answer", seen=digest[1]) in (409, 422)
    again = re.search(r'name="seen" value="([0-9a-f]{64})"', leader.get(page).content.decode())
    assert again is not None
    assert do(leader, "approve_answer", seen=again[1]) == 302
    assert do(leader, "approve_answer", seen=again[1]) in (409, 422)
    assert do(officer, "answer_post", text="三日内修好") in (409, 422)
    assert do(officer, "stance", text="三日内修好") == 302
    assert Post.objects.get(thread=row, kind="stance").text == "三日内修好"
