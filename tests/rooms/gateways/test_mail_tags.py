"""Keyed tags in addresses and Message-IDs."""

from __future__ import annotations

import string

import pytest
from tests.mail_ground import DOMAIN, ID, KEY

from minsheng.gateways.mail import tags


def test_a_tag_is_read_by_the_key_that_made_it_and_by_no_other() -> None:
    made = tags.tag(tags.REPLY, ID, key=KEY)

    assert tags.read(tags.REPLY, made, keys=(KEY,)) == ID
    assert tags.read(tags.REPLY, made, keys=(b"a newer key", KEY)) == ID
    assert tags.read(tags.REPLY, made, keys=(b"another key",)) == ""
    assert tags.read(tags.REPLY, made, keys=()) == ""


def test_a_tag_of_one_purpose_is_none_of_another() -> None:
    made = tags.tag(tags.REPLY, ID, key=KEY)

    assert {tags.read(each, made, keys=(KEY,)) for each in (tags.BOUNCE, tags.ID)} == {""}


def test_a_tag_with_any_letter_changed_is_none() -> None:
    made = tags.tag(tags.REPLY, ID, key=KEY)
    letters = string.ascii_lowercase + "234567"

    read = {
        tags.read(tags.REPLY, made[:place] + letter + made[place + 1 :], keys=(KEY,))
        for place in range(len(made) - 1)
        for letter in letters
        if letter != made[place]
    }

    assert read == {""}


def test_a_tag_is_read_in_capitals_as_some_servers_write_it() -> None:
    address = tags.address(tags.BOUNCE, ID, domain=DOMAIN, key=KEY)

    assert tags.in_addresses(tags.BOUNCE, [address.upper()], domain=DOMAIN, keys=(KEY,)) == ID
    assert len(address.partition("@")[0]) <= 64  # what a local part may have


@pytest.mark.parametrize("odd", ["", "a", "ü" * 39, "1" * 39, "a" * 40, "=" * 39, "a" * 10_000])
def test_a_text_that_is_no_tag_is_none(odd: str) -> None:
    assert tags.read(tags.REPLY, odd, keys=(KEY,)) == ""


def test_the_same_reference_has_the_same_id_and_no_other_has() -> None:
    assert tags.id_of("message 7", key=KEY) == tags.id_of("message 7", key=KEY)
    assert len({tags.id_of(each, key=KEY) for each in ("message 7", "message 7 1", "message 8")}) == 3


def test_message_ids_of_ours_are_found_among_others_in_their_order() -> None:
    other = "ffeeddccbbaa99887766554433221100"
    ours = [tags.message_id(each, domain=DOMAIN, key=KEY) for each in (ID, other)]
    forged = tags.message_id(ID, domain=DOMAIN, key=b"another key")

    found = tags.in_message_ids(["<x@example.com>", ours[1], forged, ours[0], ours[1]], domain=DOMAIN, keys=(KEY,))

    assert found == (other, ID)
