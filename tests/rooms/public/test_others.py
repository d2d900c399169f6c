"""What is another's can't be acted on: as if it were not there, on record, nothing changes. Clauses: JY-9.8a, A-73."""

from __future__ import annotations

import pytest
from tests import refusals_ground
from tests.publication_ground import hidden
from tests.town_ground import Town, fresh, relayed
from tests.visiting_ground import Citizen, answered

from minsheng.cases.appeals import attachments
from minsheng.cases.appeals import queries as appeals
from minsheng.cases.orders import models
from minsheng.cases.orders.storage import queries
from minsheng.core.ledger.models import Refusal
from minsheng.public.publication.models import Follow

# What would be done at once if it were one's own.
DEEDS = {
    "material": {"text": "别人补充的话"},
    "urge": {"text": "别人催一下"},
    "rate": {"satisfied": "satisfied", "resolved": "yes", "cause": "", "remark": ""},
    "publish": {"publish": "no"},
}


def standing(order: str) -> tuple[object, ...]:
    """Return everything that an act would change: facts, version, words, files."""
    row = models.Order.objects.get(id=order)
    words = [each.text for each in appeals.additions(order)]
    return len(queries.history(order)), row.version, row.status, words, len(attachments.of_order(order))


@pytest.mark.parametrize("is_known", [True, False])
@pytest.mark.parametrize("deed", DEEDS)
def test_nobody_acts_on_anothers_appeal_and_the_attempt_is_on_record(town: Town, deed: str, is_known: bool) -> None:
    row = Citizen(town.code).file()
    answered(town, row.id)
    other = Citizen(town.code)
    if is_known:
        other.sign_in("13000000002")
    before = standing(row.id)
    known = refusals_ground.known()

    answer = other.post(f"appeals/{row.number}/{deed}", fresh(**DEEDS[deed]))

    assert answer.status_code == 404
    assert standing(row.id) == before
    refused = refusals_ground.since(known).get()
    assert (refused.command, refused.code, refused.city) == ("read_appeal", "not_found", town.code)
    assert row.number in refused.stream
    assert ("person" in refused.actor) is is_known


@pytest.mark.parametrize("deed", DEEDS)
def test_the_same_is_done_at_once_by_whoever_it_belongs_to(town: Town, deed: str) -> None:
    """Without this the refusals above could come of a form that is wrong."""
    citizen = Citizen(town.code)
    row = citizen.file()
    answered(town, row.id)
    before = standing(row.id)

    answer = citizen.post(f"appeals/{row.number}/{deed}", fresh(**DEEDS[deed]))

    assert answer.status_code == 302
    assert standing(row.id) != before


@pytest.mark.parametrize("stop", [True, False])
@pytest.mark.parametrize("kind", ["another's", "internal", "unpublished", "confidential", "none"])
def test_nobody_follows_what_is_not_public_and_the_attempt_is_on_record(town: Town, kind: str, stop: bool) -> None:
    row = hidden(town, kind)
    relayed()
    reader = Citizen(town.code)
    reader.sign_in("13000000002")
    known = refusals_ground.known()

    answer = reader.post(f"cases/{row.number}/follow", {"stop": "1"} if stop else {})

    assert answer.status_code == 404
    assert not Follow.objects.exists()
    refused = refusals_ground.since(known).get()
    assert (refused.command, refused.code) == ("read_case", "not_found")
    assert row.number in refused.stream


@pytest.mark.parametrize("address", ["file/receipt", "file/receipt.pdf"])
def test_who_filed_nothing_has_no_receipt_and_asking_is_on_record(town: Town, address: str) -> None:
    Citizen(town.code).file()
    other = Citizen(town.code)
    other.fill()

    answer = other.get(address)

    assert answer.status_code == 404
    refused = Refusal.objects.get()
    assert (refused.command, refused.code, refused.city) == ("read_receipt", "not_found", town.code)


def test_a_receipt_is_not_kept_longer_than_a_day(town: Town) -> None:
    citizen = Citizen(town.code)
    citizen.file()
    town.later(hours=23)
    assert citizen.get("file/receipt").status_code == 200

    town.later(hours=1)

    assert citizen.get("file/receipt").status_code == 404
    assert Refusal.objects.filter(command="read_receipt").count() == 1
