"""Boards, notices before posting, feeds and lists by board and unit, the map and addresses for search engines."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from tests.forum_ground import ADMIN, as_unit, poster, threads_of
from tests.town_ground import Town, text_of
from tests.visiting_ground import Citizen

from minsheng.cases.forum.actions import KIND
from minsheng.cases.forum.models import Thread
from minsheng.core.lifecycles import actions as lifecycles
from minsheng.core.policies import queries as policies
from minsheng.domain.forum import commands as cmd

BOARDS = {"gusu": "姑苏区", "traffic": "城建交通", "old": "旧版块"}


@pytest.fixture
def with_boards(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Return what gives the city boards and notices."""
    known = policies.rules_for

    def change(**rules: Any) -> None:
        rules = {"forum_boards": BOARDS, "forum_boards_closed": ("old",), **rules}
        monkeypatch.setattr(policies, "rules_for", lambda city, *, now: replace(known(city, now=now), **rules))

    return change


def posted(town: Town, citizen: Citizen, board: str, *, content: str = "滨江路路灯不亮") -> Any:
    form = {"key": str(uuid4()), "title": f"路灯{content}", "content": content, "board": board}
    return citizen.post("forum/post", form)


def let_in(town: Town, citizen: Citizen, board: str, **more: str) -> Thread:
    assert posted(town, citizen, board, **more).status_code == 302
    row = threads_of(town)[0]
    lifecycles.apply(KIND, row.pk, cmd.ApprovePost(), city=town.code, by=town.actor(ADMIN), now=town.now)
    return Thread.objects.get(pk=row.pk)


def test_a_board_is_chosen_and_has_a_list_and_a_feed_of_its_own_and_units_too(
    suzhou: Town, with_boards: Callable[..., None]
) -> None:
    with_boards()
    citizen, reader = poster(suzhou.code, "13000000001", "陆晓禾"), Citizen(suzhou.code)
    assert "旧版块" not in citizen.shown("forum/post")
    for wrong in ("", "nothing", "old"):
        assert posted(suzhou, citizen, wrong).status_code == 422
    assert threads_of(suzhou) == []
    first = as_unit(suzhou, let_in(suzhou, citizen, "gusu", content="甲处"), text="已经更换。")
    suzhou.later(seconds=1)
    second = let_in(suzhou, citizen, "traffic", content="乙处")

    def codes(address: str, **asked: str) -> set[str]:
        page = reader.get(address, **asked).content.decode()
        return {each.code for each in (first, second) if each.code in page}

    for address in ("forum", "forum/feed.xml"):
        assert codes(address) == {first.code, second.code}
        assert codes(address, board="gusu") == {first.code}
        assert codes(address, unit="城管局") == {first.code}
        assert codes(address, board="traffic", unit="城管局") == set()
    page = text_of(reader.get("forum", board="gusu"))
    assert ("姑苏区" in page, "旧版块" in page) == (True, True)
    assert "姑苏区" in text_of(reader.get(f"forum/{first.code}"))
    patrol = suzhou.desk("officer@城管局")
    assert second.title in text_of(patrol.get("/forum/patrol", {"q": "城建"}))
    assert second.title not in text_of(patrol.get("/forum/patrol", {"q": "姑苏区"}))


def test_a_board_that_closed_meanwhile_refuses_with_a_sentence_and_changes_nothing(
    suzhou: Town, with_boards: Callable[..., None]
) -> None:
    with_boards()
    citizen = poster(suzhou.code, "13000000001", "陆晓禾")

    answer = posted(suzhou, citizen, "old")

    assert (answer.status_code, "已停止发帖" in text_of(answer)) == (422, True)
    assert threads_of(suzhou) == []


@pytest.mark.clause("SZ-28a")
def test_notices_stand_with_their_day_before_the_button_and_those_of_tomorrow_do_not(
    suzhou: Town, with_boards: Callable[..., None]
) -> None:
    with_boards(forum_notices={"2999-01-01": "明天的话", "2026-09-02": "依法表达诉求。", "2026-01-05": "旧的话"})
    citizen = poster(suzhou.code, "13000000001", "陆晓禾")

    page = text_of(citizen.get("forum/post"))

    assert "明天的话" not in page
    places = [page.index(each) for each in ("2026-09-02 更新", "依法表达诉求。", "旧的话", "版块", "发帖</button>")[:4]]
    assert places == sorted(places)
    listed = text_of(Citizen(suzhou.code).get("forum"))
    assert ("依法表达诉求。" in listed, "旧的话" in listed) == (True, False)


def test_search_engines_have_a_map_one_address_a_thread_and_follow_no_link_of_others(
    suzhou: Town, with_boards: Callable[..., None], settings: Any
) -> None:
    with_boards()
    citizen, reader = poster(suzhou.code, "13000000001", "陆晓禾"), Citizen(suzhou.code)
    settings.PUBLIC_URL = "https://12345.example.com"
    row = let_in(suzhou, citizen, "gusu", content="见 https://example.com/a?b=1 的照片")
    posted(suzhou, citizen, "gusu", content="还没有审核")
    waiting = threads_of(suzhou)[0]
    here = f"https://12345.example.com/portal/{suzhou.code}/forum"

    mapped, page = (reader.get(f"forum/{each}").content.decode() for each in ("sitemap.xml", f"{row.code}?after=20"))

    assert (f"<loc>{here}/{row.code}</loc>" in mapped, waiting.code in mapped) == (True, False)
    assert f'<link rel="canonical" href="{here}/{row.code}">' in page
    assert 'href="https://example.com/a?b=1" rel="nofollow"' in page
    assert f'href="{here}?board=gusu"' in reader.get("forum", board="gusu", after=row.code).content.decode()
