"""The patrol list: what a unit looks for, and what nobody has claimed in time."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from tests import town_ground as towns
from tests.town_ground import Town, text_of

from minsheng.cases.forum import patrol as patrols
from minsheng.cases.forum.actions import KIND, opened
from minsheng.cases.forum.models import Subscription, Thread
from minsheng.core.ledger import tasks
from minsheng.core.lifecycles import actions as lifecycles
from minsheng.domain.actors import Actor
from minsheng.domain.forum import commands as cmd

HERE = "/forum/patrol"
WANTED = f"{HERE}/subscribe"


@pytest.fixture
def suzhou(town: Town) -> Town:
    return towns.build("suzhou_p", town.set_clock, pack="suzhou")


def let_in(town: Town, title: str, *, board: str = "", size: str = "") -> Thread:
    form = cmd.Post(account=str(uuid4()), verified=True, board=board, title=title, content=f"{title}，请处理")
    made = lifecycles.begin(
        KIND, form, city=town.code, by=Actor("citizen"), now=town.now, made=lambda id: opened(id, town.code)
    )
    for command in (cmd.ApprovePost(), *((cmd.Classify(class_=size),) if size else ())):
        lifecycles.apply(KIND, made.id, command, city=town.code, by=Actor("forum_admin"), now=town.now)
    return Thread.objects.get(pk=made.id)


def listed(desk: Any, **asked: str) -> set[str]:
    return {each["row"].title for each in desk.get(HERE, asked).context["rows"]}


def test_a_unit_looks_for_boards_sizes_and_words_of_its_own_and_others_do_not_see_them(suzhou: Town) -> None:
    for title, board, size in (("路灯不亮", "gusu", ""), ("井盖松动", "", "major"), ("公交改线", "", "")):
        let_in(suzhou, title, board=board, size=size)
    desk, other = suzhou.desk("officer@城管局"), suzhou.desk("officer@住建局")
    everything = {"路灯不亮", "井盖松动", "公交改线"}
    assert listed(desk, mine="1") == everything

    for form in ({"size": "major"}, {"size": "", "words": " 路灯  请处理 "}, {"size": "major"}):
        assert desk.post(WANTED, form).status_code == 302

    assert Subscription.objects.count() == 2
    assert (listed(desk), listed(desk, mine="1"), listed(other, mine="1")) == (
        everything, {"路灯不亮", "井盖松动"}, everything,
    )  # fmt: skip
    page = text_of(desk.get(HERE))
    assert ("大事" in page, "路灯 请处理" in page) == (True, True)
    assert "路灯 请处理" not in text_of(other.get(HERE))
    by_words = Subscription.objects.get(size="")
    other.post(WANTED, {"remove": str(by_words.pk)})
    assert Subscription.objects.count() == 2
    desk.post(WANTED, {"remove": str(by_words.pk)})
    desk.post(WANTED, {"remove": "x"})
    assert listed(desk, mine="1") == {"井盖松动"}
    of_board = Subscription(city=suzhou.code, unit="城管局", board="gusu", at=suzhou.now)
    fits = patrols.fitting(Thread.objects.filter(city=suzhou.code), [of_board])
    assert [each.title for each in fits] == ["路灯不亮"]


@pytest.mark.parametrize(
    ("form", "status"), [({"size": ""}, 409), ({"size": "x"}, 422), ({"size": "", "words": "字" * 101}, 422)]
)
def test_a_condition_that_says_nothing_or_is_wrong_is_refused_and_kept_nowhere(
    suzhou: Town, form: dict[str, str], status: int
) -> None:
    assert suzhou.desk("officer@城管局").post(WANTED, form).status_code == status
    assert suzhou.desk("leader@城管局").post(WANTED, {"size": "major"}).status_code == 403
    assert suzhou.desk("forum_admin").post(WANTED, {"size": "major"}).status_code == 403
    assert Subscription.objects.count() == 0


def test_no_more_conditions_than_twenty(suzhou: Town) -> None:
    for n in range(patrols.SUBSCRIPTIONS):
        patrols.subscribe(suzhou.code, "城管局", board="", size="", words=f"词{n}", now=suzhou.now)

    assert suzhou.desk("officer@城管局").post(WANTED, {"size": "major"}).status_code == 409


@pytest.mark.clause("SZ-20a")
def test_what_nobody_claims_in_time_stands_in_the_administrators_list_and_is_assigned(suzhou: Town) -> None:
    row, admin, unit = let_in(suzhou, "路灯不亮"), suzhou.desk("forum_admin"), suzhou.desk("officer@城管局")
    assert "待指派" not in text_of(admin.get(HERE))
    taken = let_in(suzhou, "井盖松动")
    key = {"key": str(uuid4())}
    assert unit.post(f"/forum/{taken.pk}/claim", key).status_code == 302
    suzhou.desk("officer@住建局").post(f"/forum/{taken.pk}/claim", {"key": str(uuid4())})
    assert Thread.objects.get(pk=taken.pk).target_unit == "城管局"
    suzhou.later(days=4)
    while tasks.sweep_once(suzhou.now):
        pass

    page = admin.get(HERE)
    assert [each["row"].pk for each in page.context["to_assign"]] == [row.pk]
    assert "待指派" in text_of(page)
    assert "待指派" not in text_of(unit.get(HERE))

    done = admin.post(f"/things/thread/{row.pk}/do/assign", {"key": str(uuid4()), "unit": "住建局"})
    assert done.status_code == 302
    assert (Thread.objects.get(pk=row.pk).target_unit, listed(admin)) == ("住建局", set())
