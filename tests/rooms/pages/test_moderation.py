"""The moderation desk: what is let in with words covered, several at once, claims, the reminder, who sees any of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from tests import town_ground as towns
from tests.town_ground import Town, relayed, text_of
from tests.visiting_ground import Citizen

from minsheng.cases.forum import moderation
from minsheng.cases.forum.actions import KIND, opened
from minsheng.cases.forum.models import Post, Thread
from minsheng.cases.notices import queries as notices
from minsheng.cases.orders.models import Order
from minsheng.core.ledger import queries as ledger
from minsheng.core.lifecycles import actions as lifecycles
from minsheng.core.policies import queries as policies
from minsheng.core.words import queries as words
from minsheng.domain.actors import Actor
from minsheng.domain.forum import commands as cmd

HERE = "/forum/moderation"
SAID = "物业经理电话19900001234，滨江路路灯不亮，加微信返利"


def wrote(town: Town, *, content: str = SAID, title: str = "滨江路路灯", account: str = "") -> Thread:
    form = cmd.Post(account=account or str(uuid4()), verified=True, title=title, content=content)
    made = lifecycles.begin(
        KIND, form, city=town.code, by=Actor("citizen"), now=town.now, made=lambda id: opened(id, town.code)
    )
    return Thread.objects.get(pk=made.id)


def given(town: Town, row: Thread, by: str, command: Any) -> Thread:
    lifecycles.apply(KIND, row.pk, command, city=town.code, by=Actor(by), now=town.now)
    return Thread.objects.get(pk=row.pk)


def decide(desk: Any, row: Thread, *, number: int = 0, **form: str) -> Any:
    return desk.post(HERE, {"item": f"{row.pk}.{number}", "key": str(uuid4()), **form})


@pytest.fixture
def suzhou(town: Town) -> Town:
    return towns.build("suzhou_p", town.set_clock, pack="suzhou")


@pytest.fixture
def with_words(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Return what changes rules of the city."""
    known = policies.rules_for

    def change(**rules: Any) -> None:
        monkeypatch.setattr(policies, "rules_for", lambda city, *, now: replace(known(city, now=now), **rules))

    return change


@pytest.mark.clause("SZ-17b")
def test_a_thread_is_let_in_with_words_covered_and_the_typed_ones_stay_evidence(
    suzhou: Town, with_words: Callable[..., None]
) -> None:
    with_words(forum_marked_words=("返利",))
    row, desk = wrote(suzhou), suzhou.desk("forum_admin")

    queue, page = (text_of(desk.get(address)) for address in (HERE, f"{HERE}?item={row.pk}.0"))
    assert all(each in queue for each in ("滨江路路灯", "返利", "个人信息 1", "待审核 1 件"))
    assert "19900001234" in page
    refused = decide(desk, row, approve="1", title="滨江路路灯", content=SAID)
    assert (refused.status_code, "文字中仍有电话" in text_of(refused)) == (409, True)
    assert Thread.objects.get(pk=row.pk).status == "PENDING"

    other = decide(desk, row, approve="1", title="滨江路路灯", content="滨江路路灯不亮")
    assert (other.status_code, "只能遮盖原文" in text_of(other)) == (409, True)
    kept = SAID.replace("19900001234", "***").replace("加微信返利", "***")
    assert decide(desk, row, approve="1", title="滨江路路灯", content=kept).status_code == 302

    shown = text_of(Citizen(suzhou.code).get(f"forum/{Thread.objects.get(pk=row.pk).code}"))
    assert (kept in shown, "19900001234" in shown) == (True, False)
    assert words.of_fact(KIND.stream(row.pk), 1)["content"] == SAID
    again = decide(desk, row, approve="1", title="滨江路路灯", content=kept)
    assert "已经处理过" in text_of(desk.get(again["Location"]))


def test_neither_a_number_nor_an_empty_or_endless_text_is_let_in(suzhou: Town) -> None:
    row, desk = wrote(suzhou), suzhou.desk("forum_admin")

    for content in (" ", "字" * 20_001, SAID):
        assert decide(desk, row, approve="1", title="滨江路路灯", content=content).status_code == 409

    assert Thread.objects.get(pk=row.pk).status == "PENDING"


@pytest.mark.clause("SZ-18")
def test_what_is_refused_has_a_reason_of_the_list_or_words_and_several_have_a_result_each(suzhou: Town) -> None:
    desk = suzhou.desk("forum_admin")
    first, second, third = (wrote(suzhou, content=text) for text in ("路灯不亮", "买灯请找我", SAID))
    assert decide(desk, first, refuse="1", reason="").status_code == 409
    open_one = given(suzhou, wrote(suzhou, content="井盖松动"), "forum_admin", cmd.ApprovePost())
    given(suzhou, open_one, "citizen", cmd.Comment(account="m2", verified=True, content="我家门口也是"))
    endless = wrote(suzhou, content="路灯不亮。" * 61)
    assert "路灯不亮" in text_of(desk.get(HERE))  # what is let in with others stands whole in the list
    items = [f"{first.pk}.0", f"{open_one.pk}.1", f"{third.pk}.0", f"{endless.pk}.0", "nothing"]

    done = desk.post(f"{HERE}/several", {"key": str(uuid4()), "approve": "1", "items": items})

    page = text_of(done)
    assert ("共 5 件，已处理 2 件" in page, page.count("逐件打开")) == (True, 2)
    standing = [Thread.objects.get(pk=each.pk).status for each in (first, second, third, endless)]
    assert standing == ["OPEN", *["PENDING"] * 3]
    assert Post.objects.get(thread=open_one, kind="comment").text == "我家门口也是"
    desk.post(f"{HERE}/several", {"key": str(uuid4()), "refuse": "1", "reason": "广告", "items": [f"{second.pk}.0"]})
    decide(desk, third, refuse="1", reason="泄露他人个人信息", more="请去掉电话后再发")
    assert [words.said(KIND.stream(each.pk), "reason") for each in (second, third)] == [
        "广告", "泄露他人个人信息：请去掉电话后再发",
    ]  # fmt: skip
    nothing = desk.post(f"{HERE}/several", {"key": str(uuid4()), "approve": "1"})
    assert "请先勾选" in text_of(desk.get(nothing["Location"]))


def test_beside_an_item_stand_the_accounts_threads_and_what_is_like_it_and_nobodys_identity(suzhou: Town) -> None:
    account = str(uuid4())
    given(suzhou, wrote(suzhou, title="长江路井盖", account=account), "forum_admin", cmd.ApprovePost())
    given(suzhou, wrote(suzhou, title="滨江路路灯不亮三天"), "forum_admin", cmd.ApprovePost())
    refused = wrote(suzhou, title="加微信", account=account)
    given(suzhou, refused, "forum_admin", cmd.RefusePost(reason="广告"))
    order = suzhou.register(content="滨江路路灯不亮")
    row = wrote(suzhou, content="滨江路路灯不亮", account=account)

    page = text_of(suzhou.desk("forum_admin").get(f"{HERE}?item={row.pk}.0"))

    assert all(each in page for each in ("长江路井盖", "加微信", "滨江路路灯不亮三天"))
    item = moderation.one(suzhou.code, row.pk, 0)
    assert item is not None
    assert [each.number for each in moderation.orders_like(item)] == [Order.objects.get(pk=order).number]
    assert account not in page


def test_a_colleague_who_has_claimed_an_item_is_named_and_nobody_else_decides_till_it_is_taken_over(
    suzhou: Town,
) -> None:
    row, desk = wrote(suzhou, content="路灯不亮"), suzhou.desk("forum_admin")
    other = suzhou.desk(suzhou.hire("钱审核", "forum_admin"))
    assert desk.post(f"{HERE}/claim", {"item": f"{row.pk}.0"}).status_code == 302
    assert "我已领取" in text_of(desk.get(f"{HERE}?item={row.pk}.0"))

    kept = decide(other, row, approve="1", title="滨江路路灯", content="*")
    assert (kept.status_code, Thread.objects.get(pk=row.pk).status) == (409, "PENDING")
    assert "接手办理" in text_of(other.get(f"{HERE}?item={row.pk}.0"))
    taken = other.post(f"{HERE}/claim", {"item": f"{row.pk}.0"})
    assert "领取" in text_of(other.get(taken["Location"]))
    other.post(f"{HERE}/claim", {"item": f"{row.pk}.0", "take_over": "1"})
    assert decide(other, row, approve="1", title="滨江路路灯", content="*").status_code == 302

    assert desk.post(f"{HERE}/claim", {"item": f"{row.pk}.0"}).status_code == 404


def test_what_waits_longer_than_the_limit_rings_to_the_administrator_once(
    suzhou: Town, with_words: Callable[..., None]
) -> None:
    row, desk = wrote(suzhou, content="路灯不亮"), suzhou.desk("forum_admin")

    def rung() -> list[str]:
        relayed()
        return [said for each, said in notices.latest(Actor("forum_admin"), city=suzhou.code) if "审核" in said]

    moderation.remind(suzhou.now + timedelta(minutes=119))
    assert rung() == []
    assert "未到时限" in text_of(desk.get(HERE))
    suzhou.later(hours=2)
    for _ in range(2):
        moderation.remind(suzhou.now)
    assert rung() == ["有 1 件帖子、跟帖或网名久未审核，请到「论坛审核」办理。"]
    assert "久未审核" in text_of(desk.get(HERE))
    suzhou.later(minutes=5)
    wrote(suzhou, content="井盖松动")
    moderation.remind(suzhou.now + timedelta(hours=1))
    assert len(rung()) == 1
    moderation.remind(suzhou.now + timedelta(hours=2))
    assert rung()[0] == "有 2 件帖子、跟帖或网名久未审核，请到「论坛审核」办理。"

    given(suzhou, row, "forum_admin", cmd.ApprovePost())
    with_words(forum_moderation_alert=None)
    moderation.remind(suzhou.now + timedelta(days=3))
    assert len(ledger.history(f"forum/{suzhou.code}")) == 2


@pytest.mark.clause("SZ-17b")
def test_the_desk_is_the_administrators_and_no_other_role_reads_what_waits(suzhou: Town) -> None:
    row = wrote(suzhou)
    for who in ("office", "supervisor", "seat", "officer@城管局", "leader@城管局"):
        desk = suzhou.desk(who)
        assert desk.get(HERE).status_code == 403, who
        assert decide(desk, row, approve="1", title="一", content="二").status_code == 403
        for address in ("several", "claim"):
            assert desk.post(f"{HERE}/{address}", {"key": str(uuid4()), "items": [f"{row.pk}.0"]}).status_code == 403
    assert Thread.objects.get(pk=row.pk).status == "PENDING"
    assert suzhou.desk("forum_admin").post(HERE, {"item": f"{row.pk}.0", "key": "x"}).status_code in (302, 404, 409)


@pytest.mark.parametrize(
    ("text", "found"),
    [("加微信返利", ["返利"]), ("Ｖx返利ＶX", ["vx", "返利", "vx"]), ("没有", []), ("İ返利", ["返利"])],
)
def test_words_of_the_list_are_found_however_wide_and_mark_alone(text: str, found: list[str]) -> None:
    marks = moderation.marked(text, ("vx", "返利", ""))

    assert sorted(each[2] for each in marks) == sorted(found)
    assert all(text[start:end] for start, end, _word in marks)
