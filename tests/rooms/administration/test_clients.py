"""Programs of the API by pages: a token is shown once, a new one makes the old useless, roles and the end are facts."""

from __future__ import annotations

import re
from typing import Any

import pytest
from tests.administration_ground import keyed, kinds_of, plain
from tests.town_ground import Town, text_of

from minsheng.core.ledger import queries as ledger
from minsheng.core.people import actions
from minsheng.core.people.models import Client

LIST = "/administration/clients"


def new(**more: Any) -> dict[str, Any]:
    return keyed(**{"name": "城管系统", "unit": "城管局", "roles": ["officer"], "days": "30", **more})


def token_in(answer: Any) -> str:
    return re.findall(r"ms_[0-9a-f]+_[\w-]+", text_of(answer))[0]


def test_a_program_is_added_with_a_token_that_is_shown_once_and_ends(town: Town) -> None:
    desk, sent = town.desk("admin"), new()

    shown, again = desk.post(f"{LIST}/new", sent), desk.post(f"{LIST}/new", sent, follow=True)
    token = token_in(shown)

    assert "ms_" not in text_of(again)
    known = actions.authenticate(token, now=town.now)
    assert known is not None
    assert (known.unit, known.roles) == ("城管局", ("officer",))
    assert "城管系统城管局经办人在用2026-10-1816:402026-09-18" in plain(desk.get(LIST))
    town.later(days=30)
    assert actions.authenticate(token, now=town.now) is None
    assert "已过期" in plain(desk.get(LIST, {"state": "expired", "words": "城管"}))
    (row,) = Client.objects.all()
    assert token not in str([ledger.content(each) for each in ledger.history(f"client/{row.pk}")])


def test_a_new_token_makes_the_old_useless_and_an_end_is_an_end(town: Town) -> None:
    desk = town.desk("admin")
    first = token_in(desk.post(f"{LIST}/new", new()))
    row = Client.objects.get()

    second = token_in(desk.post(f"{LIST}/{row.pk}/do/renew", keyed(days="")))
    apart = desk.post(f"{LIST}/{row.pk}/do/roles", keyed(roles=["officer", "leader"]))
    desk.post(f"{LIST}/{row.pk}/do/roles", keyed(roles=["leader"]))

    assert actions.authenticate(first, now=town.now) is None
    known = actions.authenticate(second, now=town.now)
    assert known is not None
    assert known.roles == ("leader",)
    assert apart.status_code == 422
    assert "兼任" in plain(apart)
    desk.post(f"{LIST}/{row.pk}/do/end", keyed())
    assert actions.authenticate(second, now=town.now) is None
    assert desk.post(f"{LIST}/{row.pk}/do/renew", keyed()).status_code == 422
    assert kinds_of(f"client/{row.pk}") == ["ClientAdded", "ClientRenewed", "ClientRolesSet", "ClientRevoked"]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"name": ""}, "请填写名称"),
        ({"name": "\u200b"}, "请填写名称"),
        ({"roles": []}, "请至少选一个岗位"),
        ({"unit": ""}, "单位"),
        ({"days": "0"}, "1到3650天"),
        ({"days": "x"}, "请填整数天数"),
    ],
)
def test_what_cannot_be_is_refused_in_chinese(town: Town, given: dict[str, Any], said: str) -> None:
    answer = town.desk("admin").post(f"{LIST}/new", new(**given))

    assert answer.status_code == 422
    assert said in plain(answer)
    assert not Client.objects.exists()


def test_a_program_of_another_city_is_not_there(town: Town) -> None:
    from minsheng.core.policies import actions as policies
    from minsheng.domain.actors import SYSTEM

    policies.open_city("elsewhere", name="别市", pack="suqian", actor=SYSTEM, now=town.now)
    actions.add_client("elsewhere", name="别", roles=["connector"], actor=SYSTEM, now=town.now)
    row = Client.objects.get()
    desk = town.desk("admin")

    assert desk.get(f"{LIST}/{row.pk}").status_code == 404
    assert desk.post(f"{LIST}/{row.pk}/do/end", keyed()).status_code == 404
    assert row.active
