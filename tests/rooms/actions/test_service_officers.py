"""Service officers of units: who holds which post from when to when, the conditions, and who is reached at night.

Clauses: SZ-9b, SZ-10, SZ-11.1, SZ-11.2, SZ-11.3, SZ-11.4.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from tests import town_ground as towns
from tests.town_ground import LONG_AGO, Town, moment, relayed, row, send, text_of

from minsheng.core.ledger import queries as ledger
from minsheng.core.messages import sending
from minsheng.core.messages.models import Message
from minsheng.core.people import actions as people
from minsheng.core.people import contacts
from minsheng.core.people.models import Roster, UnitContact
from minsheng.domain.rejected import Rejected
from minsheng.gateways.sms import Demonstration

NIGHT = moment("2026-10-02T03:00:00")


@pytest.fixture
def town(db: None, test_clock: Callable[[datetime], None]) -> Town:
    return towns.build("suzhou", test_clock, pack="suzhou")


class Carrier(Demonstration):
    """Keeps what it is given to send."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, str]] = []

    def send(self, phone: str, text: str, *, reference: str) -> None:
        self.sent.append((phone, text))


def nights(town: Town) -> None:
    """Put two people on 城管局's roster, whose shifts meet at three in the morning."""
    Roster.objects.filter(unit__name="城管局").delete()
    for person, phone, hours in (("夜班", "13900000001", (-7, 0)), ("晨班", "13900000002", (0, 6))):
        people.put_on_roster(
            town.code, unit="城管局", person=person, phone=phone, starts_at=NIGHT + timedelta(hours=hours[0]),
            ends_at=NIGHT + timedelta(hours=hours[1]), actor=town.actor("officer@城管局"), now=town.now,
        )  # fmt: skip


@pytest.mark.clause("SZ-9b")
def test_emergency_at_night_reaches_the_person_on_the_roster_at_that_hour(town: Town) -> None:
    people.set_contact(
        town.code, unit="城管局", post="联系人", name="白班", phone="13900000009", effective_on=date(2026, 9, 1),
        filed_at=town.now, now=town.now,
    )  # fmt: skip
    nights(town)
    town.at(NIGHT)
    order = town.draft(emergency={"place": "人民路", "facts": "人行道塌陷"})
    town.act(order, "dispatcher", "dispatch", unit="城管局", basis="权责清单")
    relayed()
    carrier = Carrier()

    sending.send_waiting({"sms": carrier}.get, now=town.now)

    assert {phone for phone, _ in carrier.sent} == {"13900000002"}
    said = " ".join(text for _, text in carrier.sent)
    assert row(order).number in said
    assert "塌陷" not in said
    assert "人民路" not in said


def test_nobody_on_the_roster_has_no_number_to_send_to(town: Town) -> None:
    Roster.objects.filter(unit__name="城管局").update(phone_enc=None)
    town.at(NIGHT)
    town.dispatched()
    relayed()
    carrier = Carrier()

    sending.send_waiting({"sms": carrier}.get, now=town.now)

    assert carrier.sent == []
    assert {each.state for each in Message.objects.filter(recipient="duty@城管局")} == {"FAILED"}


def test_in_office_hours_no_message_goes_to_a_roster(town: Town) -> None:
    town.dispatched()
    relayed()

    assert not Message.objects.filter(recipient__startswith="duty@").exists()


@pytest.mark.clause("SZ-10")
def test_officer_signs_the_own_units_order_and_nobody_elses(town: Town) -> None:
    order = town.dispatched()

    assert send(town.desk("officer@城管局"), order, "sign").status_code in (200, 302)
    assert row(order).status == "HANDLING"
    other = town.dispatched()
    assert town.desk("officer@住建局").get(f"/orders/{other}/").status_code == 404
    with pytest.raises(Rejected, match="not_your_unit"):
        town.act(other, "officer@住建局", "sign")


def listed(town: Town, on: str) -> str:
    """Return the line of 城管局 on the center's list of a day."""
    page = text_of(town.desk("office").get(f"/contacts?on={on}"))
    return next(line for line in re.findall(r"<tr>(.*?)</tr>", page, re.S) if "城管局" in line)


@pytest.mark.clause("SZ-11.1")
@pytest.mark.clause("SZ-11.2")
@pytest.mark.clause("SZ-11.3")
@pytest.mark.clause("SZ-11.4")
def test_contact_without_confirmed_conditions_is_incomplete_on_the_list_of_a_day(town: Town) -> None:
    UnitContact.objects.all().delete()
    for post in ("分管领导", "负责人", "联系人"):
        people.set_contact(
            town.code, unit="城管局", post=post, name="王某", phone="13900000009", effective_on=date(2026, 9, 1),
            filed_at=town.now, now=town.now,
        )  # fmt: skip
    first, *rest = UnitContact.objects.order_by("post")
    town.at(moment("2026-10-08T10:00:00"))
    head = town.desk("head@城管局")
    for each in rest:
        head.post("/contacts/confirm", {"contact": each.pk, "on": "2026-10-08"})

    line = listed(town, "2026-10-08")
    assert "不齐全" in line
    assert f"<td>{first.post}</td>" in line

    head.post("/contacts/confirm", {"contact": first.pk, "on": "2026-10-08"})
    head.post("/contacts/confirm", {"contact": first.pk, "on": "2026-10-08"})
    assert "不齐全" not in listed(town, "2026-10-08")
    assert "不齐全" in listed(town, "2026-10-07")
    assert "2026-10-08" in text_of(head.get("/contacts"))
    facts = [each for each in ledger.history(f"unit/{first.unit_id}") if each.type == "ConditionsConfirmed"]
    assert len(facts) == 3


@pytest.mark.parametrize(
    ("who", "on"), [("officer@城管局", "2026-09-18"), ("head@住建局", "2026-09-18"), ("head@城管局", "2026-09-19")]
)
def test_conditions_are_confirmed_by_the_own_units_leaders_up_to_today(town: Town, who: str, on: str) -> None:
    contact = UnitContact.objects.get(unit__name="城管局")

    town.desk(who).post("/contacts/confirm", {"contact": contact.pk, "on": on})

    contact.refresh_from_db()
    assert contact.confirmed_on is None
    assert town.desk("seat").post("/contacts/confirm", {"contact": contact.pk, "on": on}).status_code == 403


def test_who_held_a_post_before_stays_with_both_days(town: Town) -> None:
    contacts.change(
        town.code, post="经办人", person="新任", phone="13900000009", effective_on=date(2026, 9, 20),
        actor=town.actor("officer@城管局"), now=town.now,
    )  # fmt: skip

    page = text_of(town.desk("officer@城管局").get("/contacts"))

    assert f'经办人 周联系 <span class="small soft">{LONG_AGO.date()} – 2026-09-20' in page
    assert "经办人" in listed(town, "2026-09-19")
