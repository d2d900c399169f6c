"""People who post in a forum, and a unit that answers them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.test import Client
from tests import town_ground as towns
from tests.town_ground import Town
from tests.visiting_ground import Citizen

from minsheng.cases.forum.actions import KIND
from minsheng.cases.forum.models import Thread
from minsheng.core.drafts import texts
from minsheng.core.lifecycles import actions as lifecycles
from minsheng.domain.forum import commands as cmd

ADMIN = "forum_admin"
# Invented identity numbers with their check digit, by telephone.
NUMBERS = {"13000000001": "11010119900307299X", "13000000002": "110101199003072957"}


def poster(city: str, phone: str, name: str, *, citizen: Citizen | None = None) -> Citizen:
    """Return somebody with an account and a real name that the demonstration's register knows."""
    known = citizen or Citizen(city)
    known.sign_in(phone)
    away = known.post("real-name", {})
    done = known.client.post(away["Location"], {"name": name, "id_number": NUMBERS[phone]})
    assert done.status_code == 302
    return known


def threads_of(town: Town) -> list[Thread]:
    """Return the town's threads, the newest first."""
    return list(Thread.objects.filter(city=town.code).order_by("-posted_at", "-id"))


def as_unit(town: Town, row: Thread, *, text: str) -> Thread:
    """Let 城管局 claim a thread, attend to it and answer with its leader's approval."""
    steps: tuple[tuple[str, Any], ...] = (
        ("officer@城管局", cmd.Claim()),
        ("officer@城管局", cmd.Attend()),
        ("leader@城管局", cmd.ApproveAnswer()),
        ("officer@城管局", cmd.AnswerPost(text=text)),
    )
    unit, officer = "城管局", f"staff:{town.staff['officer@城管局']}"
    for by, command in steps:
        if isinstance(command, cmd.ApproveAnswer):
            texts.save(f"thread/{row.pk}", unit=unit, text=text, saved_by=officer, now=town.now, submit=True)
        lifecycles.apply(KIND, row.pk, command, city=town.code, by=town.actor(by), now=town.now)
    return Thread.objects.get(pk=row.pk)


def let_in(town: Town, citizen: Citizen, *, title: str, content: str) -> Thread:
    """Post a thread by the page and let it in."""
    form = {"key": str(uuid4()), "title": title, "content": content}
    assert citizen.post("forum/post", form).status_code == 302
    row = threads_of(town)[0]
    lifecycles.apply(KIND, row.pk, cmd.ApprovePost(), city=town.code, by=town.actor(ADMIN), now=town.now)
    return Thread.objects.get(pk=row.pk)


def prepared(code: str, client: Client, set_clock: Callable[[datetime], None], *, now: datetime) -> dict[str, str]:
    """Return the codes of a citizen's threads, one for every face that a thread's page has."""
    town = towns.build(code, set_clock, pack="suzhou")
    town.at(now)
    citizen = poster(code, "13000000001", "陆晓禾", citizen=Citizen(code, client))
    form = {"title": "滨江路路灯不亮", "content": "滨江路路灯三天不亮。\n请派人来看看。"}
    rows = {"thread": let_in(town, citizen, **form)}
    town.later(seconds=1)
    rows["answered_thread"] = as_unit(town, let_in(town, citizen, **form), text="路灯已经更换。")
    for content in ("我家门口也是。", "w" * 150):
        citizen.post(f"forum/{rows['thread'].code}/comment", {"key": str(uuid4()), "content": content})
    _give(town, rows["thread"], cmd.ApproveComment(number=1))
    town.later(seconds=1)
    rows["hidden_thread"] = let_in(town, citizen, **form)
    _give(town, rows["hidden_thread"], cmd.Hide(reason="违法信息"))
    for name in ("refused_thread", "waiting_thread"):
        town.later(seconds=1)
        assert citizen.post("forum/post", {"key": str(uuid4()), **form}).status_code == 302
        rows[name] = threads_of(town)[0]
    _give(town, rows["refused_thread"], cmd.RefusePost(reason="与本市无关"))
    return {name: row.code for name, row in rows.items()}


def _give(town: Town, row: Thread, command: Any) -> None:
    lifecycles.apply(KIND, row.pk, command, city=town.code, by=town.actor(ADMIN), now=town.now)
