"""Claims: one person has an order before them; it ends by itself, can be taken over, and binds the desk alone."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import connection
from tests import town_ground as towns
from tests.town_ground import Town

from minsheng.cases.live.models import Claim
from minsheng.cases.orders.office import claims
from minsheng.domain.actors import Actor
from minsheng.domain.rejected import Rejected

AT_ONCE = 6


@pytest.fixture
def town(transactional_db: None, test_clock: Callable[[datetime], None]) -> Town:
    """Return a town whose rows other connections see."""
    return towns.build("jiangyin", test_clock)


@pytest.fixture
def other(town: Town) -> Actor:
    """Return a second dispatcher."""
    return Actor("dispatcher", None, f"staff:{town.hire('钱交办', 'dispatcher')}")


def test_a_claim_holds_off_a_colleague_who_is_told_the_name(town: Town, other: Actor) -> None:
    order = town.register()
    claims.claim(order, city=town.code, by=town.actor("dispatcher"), now=town.now)

    with pytest.raises(Rejected) as refused:
        claims.claim(order, city=town.code, by=other, now=town.now + timedelta(minutes=5))

    assert refused.value.code == "claimed"
    assert refused.value.params["who"] == "dispatcher甲"


def test_a_takeover_says_from_whom_and_begins_anew(town: Town, other: Actor) -> None:
    order, later = town.register(), town.now + timedelta(minutes=5)
    claims.claim(order, city=town.code, by=town.actor("dispatcher"), now=town.now)

    former = claims.claim(order, city=town.code, by=other, now=later, take_over=True)

    held = claims.of([order], now=later)[order]
    assert former is not None
    assert former.name == "dispatcher甲"
    assert (held.person, held.claimed_at) == (other.person, later)


def test_a_claim_ends_by_itself_after_its_time_and_not_before(town: Town, other: Actor) -> None:
    order, mine = town.register(), town.actor("dispatcher")
    claims.claim(order, city=town.code, by=mine, now=town.now)
    ends = town.now + claims.HELD_FOR

    before, after = claims.of([order], now=ends - timedelta(seconds=1)), claims.of([order], now=ends)
    taken = claims.claim(order, city=town.code, by=other, now=ends)

    assert (list(before), list(after), taken) == ([order], [], None)
    assert claims.of([order], now=ends)[order].person == other.person


def test_signs_of_life_prolong_a_claim_that_stands_and_none_that_has_ended(town: Town) -> None:
    order, mine = town.register(), town.actor("dispatcher")
    claims.claim(order, city=town.code, by=mine, now=town.now)
    moved = town.now + timedelta(minutes=14)

    claims.prolong(order, by=mine, now=moved)
    claims.prolong(order, by=mine, now=moved + claims.HELD_FOR)

    assert Claim.objects.get(stream=f"order/{order}").expires_at == moved + claims.HELD_FOR


def test_nobody_prolongs_a_colleagues_claim(town: Town, other: Actor) -> None:
    order = town.register()
    claims.claim(order, city=town.code, by=town.actor("dispatcher"), now=town.now)

    claims.prolong(order, by=other, now=town.now + timedelta(minutes=10))

    assert Claim.objects.get(stream=f"order/{order}").expires_at == town.now + claims.HELD_FOR


def test_what_another_desk_left_behind_holds_nobody_up(town: Town) -> None:
    order = town.register()
    claims.claim(order, city=town.code, by=town.actor("dispatcher"), now=town.now)

    former = claims.claim(order, city=town.code, by=town.actor("auditor"), now=town.now)

    assert former is None
    assert claims.of([order], now=town.now)[order].role == "auditor"


def test_a_role_without_a_shared_desk_claims_nothing(town: Town) -> None:
    order = town.register()

    with pytest.raises(Rejected) as refused:
        claims.claim(order, city=town.code, by=town.actor("seat"), now=town.now)

    assert refused.value.code == "not_your_role"
    assert not Claim.objects.exists()


def test_after_its_holders_step_the_claim_is_gone(town: Town) -> None:
    order = town.register()
    claims.claim(order, city=town.code, by=town.actor("dispatcher"), now=town.now)

    town.act(order, "dispatcher", "dispatch", unit="城管局", basis="权责清单")

    assert not Claim.objects.exists()


def test_of_several_who_press_at_once_exactly_one_gets_it(town: Town) -> None:
    order = town.register()
    actors = [Actor("dispatcher", None, f"staff:{town.hire(f'同时{n}', 'dispatcher')}") for n in range(AT_ONCE)]
    start = threading.Barrier(AT_ONCE)
    answers: dict[int, str] = {}

    def press(place: int) -> None:
        start.wait()
        try:
            claims.claim(order, city=town.code, by=actors[place], now=town.now)
            answers[place] = "mine"
        except Rejected as rejected:
            answers[place] = rejected.code
        finally:
            connection.close()

    threads = [threading.Thread(target=press, args=(place,)) for place in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(answers.values()) == ["claimed"] * (AT_ONCE - 1) + ["mine"]
    winner = next(place for place, answer in answers.items() if answer == "mine")
    assert Claim.objects.get(stream=f"order/{order}").person == actors[winner].person
