"""A claim belongs to the thing of any stream: the toy's, which is no order, is left to the colleague who has it.

Clauses: JY-9.5.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID

import pytest
from django.db import connection
from tests.town_ground import Town
from tests.toy_ground import CYCLE, AskKey, LendKey
from tests.toy_rows_ground import KIND, LoanRow

from minsheng.cases.live import claims, tasks
from minsheng.cases.live.models import Claim
from minsheng.core.lifecycles import actions
from minsheng.core.lifecycles.kinds import Asked, Kind
from minsheng.core.people import queries as people
from minsheng.domain import claiming
from minsheng.domain.actors import Actor
from minsheng.domain.rejected import Rejected

DESKS = frozenset({"office"})
MINE, COLLEAGUE = Actor("office", person="staff:1"), Actor("office", person="staff:2")


@dataclass(frozen=True, slots=True)
class Facts:
    claim: claiming.Claim | None


_LEND = replace(CYCLE.row(LendKey), guards=(*CYCLE.row(LendKey).guards, claiming.unclaimed_at(DESKS)))
SHARED = replace(CYCLE, rows=tuple(_LEND if row.command is LendKey else row for row in CYCLE.rows))


@pytest.fixture
def loan(town: Town) -> UUID:
    with connection.schema_editor() as editor:
        editor.create_model(LoanRow)

    def made(id: UUID) -> LoanRow:
        return LoanRow(id=id, city_id=town.code, number="钥1")

    by = Actor("officer", "城管局", "staff:3")
    return actions.begin(KIND, AskKey(room="301"), city=town.code, by=by, now=town.now, made=made).id


def lent(town: Town, loan: UUID, by: Actor) -> str:
    def facts(asked: Asked) -> Facts:
        return Facts(claims.of_colleague(f"loan/{asked.row.pk}", by=by, now=town.now))

    kind = Kind(SHARED, model=LoanRow, names=people.names, words=KIND.words, facts=facts)
    try:
        actions.apply(kind, loan, LendKey(), city=town.code, by=by, now=town.now)
    except Rejected as rejected:
        return rejected.code
    return ""


def test_what_a_colleague_has_claimed_is_left_to_them_until_it_runs_out(town: Town, loan: UUID) -> None:
    stream = f"loan/{loan}"
    claims.claim(stream, city=town.code, by=MINE, desks=DESKS, now=town.now)

    assert lent(town, loan, COLLEAGUE) == "claimed"
    with pytest.raises(Rejected, match="claimed"):
        claims.claim(stream, city=town.code, by=COLLEAGUE, desks=DESKS, now=town.now)
    assert list(LoanRow._default_manager.filter(claims.claimed_by("loan", person="staff:1", now=town.now)))
    town.later(minutes=15)
    assert lent(town, loan, COLLEAGUE) == ""
    tasks.forget(town.now + timedelta(seconds=1))
    assert not Claim.objects.exists()


def test_taken_over_and_given_back(town: Town, loan: UUID) -> None:
    stream = f"loan/{loan}"
    claims.claim(stream, city=town.code, by=MINE, desks=DESKS, now=town.now)

    former = claims.claim(stream, city=town.code, by=COLLEAGUE, desks=DESKS, now=town.now, take_over=True)

    assert former is not None
    assert former.person == "staff:1"
    assert lent(town, loan, MINE) == "claimed"
    assert claims.release(stream, by=COLLEAGUE)
    assert lent(town, loan, MINE) == ""


def test_claim_binds_its_own_stream_and_desk_alone(town: Town, loan: UUID) -> None:
    claims.claim(f"order/{loan}", city=town.code, by=MINE, desks=DESKS, now=town.now)

    with pytest.raises(Rejected, match="not_your_role"):
        claims.claim(f"loan/{loan}", city=town.code, by=Actor("seat", person="staff:4"), desks=DESKS, now=town.now)
    assert claims.of([f"loan/{loan}"], now=town.now) == {}
    assert lent(town, loan, COLLEAGUE) == ""
