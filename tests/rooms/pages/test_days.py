"""Which days people's terms, shifts and endings may name; a row that names the calendar's last one breaks no page.

Clauses: JS-2.3b, JS-2.3e, AR-2.6.1.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from django.test import Client
from tests.town_ground import Town

from minsheng.cases.live import sessions
from minsheng.core.people import actions, contacts, experts, regions, rosters, shifts, terms
from minsheng.core.people.models import RoleAssignment, Staff
from minsheng.core.people.terms import Term
from minsheng.core.policies.queries import rules_for
from minsheng.domain.actors import SYSTEM, Actor
from minsheng.domain.rejected import Rejected

PHONE = "13912345678"
FAR = datetime.fromisoformat("9998-01-01T08:00:00+08:00")
HOURS = timedelta(hours=4)


def role(town: Town) -> None:
    terms.give(username(town), Term("seat", ends_on=date.max), actor=SYSTEM, now=town.now)


def role_since(town: Town) -> None:
    terms.give(username(town), Term("seat", starts_on=date.min), actor=SYSTEM, now=town.now)


def expert(town: Town) -> None:
    given = experts.Nomination("某甲", ("社保",), "城管局", FAR.date(), FAR.date(), PHONE)
    experts.nominate(town.code, given, actor=SYSTEM, now=town.now)


def region(town: Town) -> None:
    regions.put(town.code, "320281", "江阴市", actor=SYSTEM, now=town.now)
    regions.end(town.code, "320281", on=date.min, actor=SYSTEM, now=town.now)


def shift(town: Town) -> None:
    planned = shifts.Shift("ordinary", username(town), FAR, FAR + HOURS)
    shifts.put(town.code, planned, actor=SYSTEM, now=town.now)


def roster(town: Town) -> None:
    entry = rosters.Entry(FAR, FAR + HOURS, "某甲", PHONE)
    rosters.put(town.code, entry, unit="城管局", actor=SYSTEM, now=town.now)


def contact(town: Town) -> None:
    officer = Actor("officer", "城管局", f"staff:{town.staff['officer@城管局']}")
    contacts.change(
        town.code, post="经办人", person="某甲", phone=PHONE, effective_on=date.max, actor=officer, now=town.now
    )


def username(town: Town) -> str:
    return Staff.objects.get(pk=town.staff["seat"]).username


@pytest.mark.parametrize("enter", [role, role_since, expert, region, shift, roster, contact])
def test_a_day_that_nobody_can_mean_is_refused(town: Town, enter: Callable[[Town], None]) -> None:
    with pytest.raises(Rejected) as refused:
        enter(town)

    assert refused.value.code.removeprefix("open_") == "day_out_of_range"
    assert refused.value.params["first"] == "1949-10-01"


def test_a_role_until_the_last_day_there_is_has_no_end_and_breaks_nothing(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    staff = town.staff["seat"]
    actions.set_password(staff, password="Good-Passw0rd", actor=SYSTEM, now=town.now)
    shifts.put(
        town.code,
        shifts.Shift("ordinary", username(town), town.now, town.now + HOURS),
        actor=SYSTEM,
        now=town.now,
    )
    # As such rows may stand already: no command writes one any more.
    RoleAssignment.objects.filter(staff=staff).update(starts_on=date.min, ends_on=date.max)

    signed_in = Client().post("/sign-in", {"username": username(town), "password": "Good-Passw0rd"})
    pages = [town.desk("seat").get("/").status_code, town.desk("supervisor").get("/roster").status_code]
    told = shifts.tell_of_gaps(town.code, rules=rules_for(town.code, now=town.now), now=town.now)
    monkeypatch.setattr(sessions, "close_old_connections", lambda: None)
    key = town.desk("seat").session.session_key
    assert key is not None
    admitted = sessions.admit(key, after=None, wanted="")

    assert signed_in.status_code == 302
    assert pages == [200, 200]
    assert told[0].starts_at >= town.now + HOURS or told[0].ends_at <= town.now
    assert isinstance(admitted, sessions.Admitted)
    assert admitted.lasts == float("inf")
