"""What belongs to one city does not exist in another, whatever a session or a link says. Clauses: SZ-2, JY-9.8a."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests import refusals_ground
from tests.publication_ground import published
from tests.town_ground import Town
from tests.visiting_ground import ANSWERS, Citizen

from minsheng.core.ledger.models import Refusal
from minsheng.public.citizens import links


def there(citizen: Citizen, other: Town) -> Citizen:
    """Return the same browser at another city's address."""
    return Citizen(other.code, citizen.client)


def moved(citizen: Citizen, other: Town) -> Citizen:
    """Return the same browser in the other city, its session forged: all that it holds is said to be of that city."""
    session = citizen.client.session
    session["citizen"] = {other.code: session["citizen"][citizen.city]}
    session.save()
    return there(citizen, other)


def test_a_draft_is_begun_anew_in_another_city_and_goes_on_in_its_own(town: Town, suqian: Town) -> None:
    citizen = Citizen(town.code)
    citizen.fill()
    elsewhere = there(citizen, suqian)

    assert elsewhere.get("file/content")["Location"] == elsewhere.path("file")
    assert elsewhere.get("file")["Location"] == elsewhere.path("file/type")
    elsewhere.begin()
    assert ANSWERS["content"]["title"] not in elsewhere.shown("file/content")
    assert ANSWERS["content"]["title"] in citizen.shown("file/content")


def test_a_draft_of_another_city_is_not_seen_even_if_the_session_holds_it(town: Town, suqian: Town) -> None:
    citizen = Citizen(town.code)
    citizen.fill()
    elsewhere = moved(citizen, suqian)

    assert elsewhere.get("file/content")["Location"] == elsewhere.path("file")
    assert elsewhere.get("file/alike")["Location"] == elsewhere.path("file")


def test_account_order_and_receipt_of_another_city_are_not_seen_even_if_the_session_holds_them(
    town: Town, suqian: Town
) -> None:
    citizen = Citizen(town.code)
    row = citizen.file()
    citizen.sign_in("13000000001")
    elsewhere = moved(citizen, suqian)
    known = refusals_ground.known()

    for address in (f"appeals/{row.number}", "file/receipt", "file/receipt.pdf"):
        assert elsewhere.get(address).status_code == 404
    assert row.number not in elsewhere.shown("mine")
    assert elsewhere.get("account")["Location"] == elsewhere.path("sign-in")
    assert list(refusals_ground.since(known).order_by("id").values_list("city", "command")) == [
        (suqian.code, "read_appeal"),
        (suqian.code, "read_receipt"),
        (suqian.code, "read_receipt"),
    ]


def test_number_and_code_open_nothing_in_another_city(town: Town, suqian: Town) -> None:
    citizen = Citizen(town.code)
    values = {"number": citizen.file().number, "code": citizen.code()}

    answer = Citizen(suqian.code).asked("query", values)

    assert answer.status_code == 422
    assert Refusal.objects.get().city == suqian.code


def test_a_public_case_is_read_in_its_own_city_alone(town: Town, suqian: Town) -> None:
    row = published(town, Citizen(town.code))
    reader = Citizen(suqian.code)

    assert reader.get(f"cases/{row.number}").status_code == 404
    for address in ("", "cases", "cases?text=破损", "cases/feed.xml"):
        assert row.number not in reader.shown(address)
    opened = f"/open311/{suqian.code}/v2/requests"
    assert reader.client.get(f"{opened}/{row.number}.json").status_code == 404
    assert reader.client.get(f"{opened}.json").json() == []


@pytest.mark.parametrize("why", ["another city", "too old", "never given"])
def test_a_messages_link_opens_nothing_but_its_order_in_its_city_for_two_weeks(
    town: Town, suqian: Town, why: str
) -> None:
    row = Citizen(town.code).file()
    token = links.new(row.id, city=town.code, now=town.now).rpartition("/")[2]
    at_first, reader = Citizen(town.code), Citizen(suqian.code if why == "another city" else town.code)
    town.later(days=14)
    assert at_first.get(f"l/{token}").status_code == 302
    assert at_first.get(f"appeals/{row.number}").status_code == 200
    known = refusals_ground.known()

    town.later(seconds=1 if why == "too old" else 0)
    answer = reader.get(f"l/{token}x" if why == "never given" else f"l/{token}")

    assert answer.status_code == 404
    refused = refusals_ground.since(known).get()
    assert (refused.command, refused.code, refused.city) == ("open_link", "not_found", reader.city)
    # The token is as good as a key: it does not stand in the record.
    assert token not in str(refusals_ground.since(known).values().get())
    assert reader.get(f"appeals/{row.number}").status_code == 404


def test_the_link_itself_knows_its_city_and_its_time(town: Town, suqian: Town) -> None:
    """The page asks for the order within the city once more; without that the link alone must hold."""
    row = Citizen(town.code).file()
    token = links.new(row.id, city=town.code, now=town.now).rpartition("/")[2]
    last = town.now + timedelta(days=14)

    assert links.order_of(token, city=town.code, now=last) == row.id
    assert links.order_of(token, city=suqian.code, now=last) is None
    assert links.order_of(token, city=town.code, now=last + timedelta(seconds=1)) is None
