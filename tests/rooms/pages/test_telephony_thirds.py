"""Talks of three at a seat's desk: who is reachable, who hears whom, what stands on record, and who sees no number."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from tests import town_ground as towns
from tests.telephones_ground import CITIZEN, Telephones, do, opened
from tests.town_ground import Town, fresh, text_of

from minsheng.cases.orders import models
from minsheng.cases.orders.storage import queries as orders
from minsheng.cases.telephony import exporting, queries, reaching
from minsheng.cases.telephony.models import TelephonyCall, TelephonyLeg
from minsheng.core.features.values import Range
from minsheng.core.ledger import queries as ledger
from minsheng.core.ledger.queries import content
from minsheng.core.people import experts, vault
from minsheng.core.people.models import Roster, UnitContact
from minsheng.core.policies import queries as policies
from minsheng.domain.actors import SYSTEM

OFFICER, DUTY, EXPERT = "19900007001", "19900007002", "19900007003"
GIVEN = {
    "type": "help", "appellant": "citizen", "publish": "yes", "content": "补贴未到账", "phone": CITIZEN,
    "channel": "phone",
}  # fmt: skip


@pytest.fixture
def town(db: None, test_clock: Callable[[datetime], None]) -> Town:
    """Return a town under Suzhou's rules, whose units have telephones."""
    town = towns.build("suzhou", test_clock)
    for row in UnitContact.objects.all():
        row.phone_enc = vault.encrypt(OFFICER, owner=f"contact/{row.pk}", field="phone")
        row.save()
    for shift in Roster.objects.all():
        shift.phone_enc = vault.encrypt(DUTY, owner=f"roster/{shift.pk}", field="phone")
        shift.save()
    return town


@pytest.fixture
def telephones(town: Town) -> Telephones:
    return opened(town)


def asks(telephones: Telephones, client: Client, kind: str, **more: Any) -> None:
    call = telephones.office.of(telephones.seat)
    assert do(client, kind, call=call, **more).status_code in (200, 302)
    telephones.looks()


def third(call: str) -> str:
    """Return the leg of whoever was brought into a call last."""
    leg: str = TelephonyLeg.objects.filter(call=UUID(call), is_party=True).order_by("-began_at", "-pk")[0].pk
    return leg


def number_rung(telephones: Telephones, leg: str) -> str:
    return telephones.office.sim._calls[leg].endpoint


def lines(call: str) -> list[Any]:
    row = TelephonyCall.objects.get(pk=call)
    return queries.timeline(row.pk, since=row.offered_at)


def lake_row(town: Town) -> tuple[bool, int]:
    """Return of the one call that has ended whether it was a talk of three, and how long the seat talked."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(position) FROM ledger_event")
        last = cursor.fetchone()[0]
    [fresh] = exporting.export(Range(0, last, town.now))
    [row] = [row for rows in fresh.rows.values() for row in rows]
    return row["three_way"], row["talk_seconds"]


@pytest.mark.clause("SZ-15.2")
def test_unit_is_consulted_joined_and_left_with_the_citizen_and_all_is_on_record(
    town: Town, telephones: Telephones
) -> None:
    client, sim = town.desk("seat"), telephones.office.sim
    call = telephones.talks(client)
    citizen, seat = (
        telephones.office.exchange.floor.calls[call].channel,
        telephones.office.exchange.floor.calls[call].leg,
    )
    assert client.post("/orders/new", fresh(**GIVEN, call=call)).status_code == 302
    assert "现在接通联系人" in text_of(client.get("/telephony", {"unit": "城管局"}))

    asks(telephones, client, "consult", unit="城管局")
    leg = third(call)
    assert (number_rung(telephones, leg), sim.shown(leg)[0]) == (f"tel:{OFFICER}", "12345")
    assert CITIZEN not in str(sim.shown(leg))
    assert "music" in sim.hears(citizen)
    sim.picks_up(leg)
    telephones.office.passes(60)
    assert (sim.hears(seat), sim.hears(leg), "music" in sim.hears(citizen)) == ({leg}, {seat}, True)
    asks(telephones, client, "conference")
    assert (sim.hears(citizen), sim.hears(leg)) == ({seat, leg}, {seat, citizen})
    asks(telephones, client, "leave")
    assert (sim.hears(citizen), sim.hears(leg)) == ({leg}, {citizen})
    telephones.office.passes(30)
    sim.hangs_up(leg)
    telephones.office.passes(1)

    [talk] = queries.talks_of(lines(call))
    assert (talk.party, talk.outcome) == ("城管局", "passed")
    assert talk.until is not None
    assert talk.until - talk.since >= timedelta(seconds=90)
    page = client.get("/telephony")
    assert ("已转交" in text_of(page), OFFICER in text_of(page), CITIZEN in text_of(page)) == (True, False, False)
    order = models.Order.objects.get()
    sent = fresh(call=call, number="1")
    for _ in range(2):
        client.post("/telephony/talk", sent)
    facts = [content(each)["event"] for each in orders.history(order.id)]
    assert facts[1:] == [{"kind": "unit", "party": "城管局", "call": call}]
    assert "已记入工单" in text_of(client.get("/telephony"))
    assert lake_row(town) == (True, 60)


def test_what_came_of_a_talk_is_recorded_with_the_expert_who_is_called_without_a_number(
    town: Town, telephones: Telephones
) -> None:
    client = town.desk("seat")
    day = town.now.date()
    given = experts.Nomination(
        name="顾教授", fields=("劳动",), unit="城管局", starts_on=day, ends_on=day + timedelta(days=300), phone=EXPERT
    )
    id = experts.nominate(town.code, given, actor=SYSTEM, now=town.now)
    call = telephones.talks(client)
    client.post("/orders/new", fresh(**GIVEN, call=call))

    asks(telephones, client, "consult", party=f"expert@{id}")

    assert number_rung(telephones, third(call)) == f"tel:{EXPERT}"
    telephones.office.sim.picks_up(third(call))
    telephones.office.settles()
    page = text_of(client.get("/telephony"))
    assert ("顾教授" in page, "单独通话" in page, EXPERT in page) == (True, True, False)
    asks(telephones, client, "end_consult")
    client.post("/telephony/talk", fresh(call=call, number="1", outcome="answered"))
    fact = content(orders.history(models.Order.objects.get().id)[-1])["event"]
    assert fact == {"kind": "expert", "party": str(id), "outcome": "answered", "call": call}
    assert [each.type for each in ledger.history(f"expert/{id}")][-1] == "ExpertContactRead"
    assert not any(number in str(line) for line in lines(call) for number in (EXPERT, CITIZEN))


def test_party_who_cannot_be_reached_gives_the_citizen_back(town: Town, telephones: Telephones) -> None:
    client, sim = town.desk("seat"), telephones.office.sim
    UnitContact.objects.update(phone_enc=None)
    call = telephones.talks(client)
    seat = telephones.office.exchange.floor.calls[call].leg
    assert "没有可以接通的电话" in text_of(client.get("/telephony", {"unit": "城管局"}))

    asks(telephones, client, "consult", unit="城管局")

    assert sim.hears(telephones.office.exchange.floor.calls[call].channel) == {seat}
    assert "未接通" in text_of(client.get("/telephony"))
    # Nobody answers within half a minute either.
    asks(telephones, client, "consult", party="110")
    telephones.office.passes(40)
    assert [each.outcome for each in queries.talks_of(lines(call))] == ["unreached", "unreached"]
    asks(telephones, client, "hang_up")
    assert lake_row(town)[0] is False


def test_nobody_is_brought_in_whom_the_city_does_not_know(town: Town, telephones: Telephones) -> None:
    client = town.desk("seat")
    call = telephones.talks(client)

    for wanted in ({"unit": "无此局"}, {"party": "19900009999"}, {"party": "expert@nobody-1"}, {}):
        asks(telephones, client, "consult", **wanted)
    for kind in ("conference", "leave", "end_consult"):
        asks(telephones, client, kind)

    assert not TelephonyLeg.objects.filter(is_party=True).exists()
    assert client.post("/telephony/talk", fresh(call=call, number="1", outcome="answered")).status_code == 302
    assert client.post("/telephony/talk", fresh(call="x", number="1")).status_code == 302
    assert town.desk("officer@城管局").post("/telephony/talk", fresh(call=call, number="1")).status_code == 403
    asks(telephones, town.desk("specialist"), "consult", party="110")
    assert not TelephonyLeg.objects.filter(is_party=True).exists()


def test_ready_specialist_is_rung_and_another_is_shown_as_away(town: Town, telephones: Telephones) -> None:
    client, helper = town.desk("seat"), f"staff:{town.staff['specialist']}"
    call = telephones.talks(client)
    assert "未就绪" in text_of(client.get("/telephony"))
    do(town.desk("specialist"), "go_ready")
    telephones.looks()

    asks(telephones, client, "consult", party=f"specialist@{helper}")
    telephones.office.answers(helper)
    asks(telephones, client, "conference")

    assert telephones.office.exchange.floor.agents[helper].state == "TALKING"
    assert "199****1111" not in text_of(town.desk("specialist").get("/telephony"))
    asks(telephones, client, "hang_up")
    assert telephones.office.exchange.floor.agents[helper].state == "READY"
    assert TelephonyCall.objects.get(pk=call).ended_at is not None


def test_unit_is_called_at_the_duty_person_out_of_hours(town: Town) -> None:
    night = town.now + timedelta(hours=6)
    rules = policies.rules_for(town.code, now=night)

    assert reaching.who_of(town.code, "城管局", rules, now=night) == ("duty", True)
    assert reaching.number_of(town.code, "unit", "城管局", rules=rules, by=SYSTEM, now=night) == DUTY
    assert reaching.number_of(town.code, "emergency", "110", rules=rules, by=SYSTEM, now=night) == "110"
    assert reaching.number_of(town.code, "emergency", "水上", rules=rules, by=SYSTEM, now=night) == ""
    assert reaching.number_of(town.code, "tier", "wuxi", rules=rules, by=SYSTEM, now=night) == ""
    assert reaching.number_of(town.code, "expert", "nobody", rules=rules, by=SYSTEM, now=night) == ""
