"""Sealed cells that were damaged or moved: found and named, and nothing but themselves is lost by them.

Clauses: JY-8d, JY-20.11.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection

from minsheng.app.cli import database_checks, doctor, main
from minsheng.app.cli import ledger as ledger_command
from minsheng.app.cli.checks import BAD
from minsheng.core.ledger import witnesses
from minsheng.core.people import actions, appellants, queries, rosters, rotation, vault
from minsheng.core.people.labels import UNREADABLE
from minsheng.core.people.models import Appellant, Roster, UnitContact
from minsheng.core.people.permissions import Situation
from minsheng.core.policies import actions as policies
from minsheng.domain.actors import SYSTEM, Actor

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
NAMES = ("张小民", "李大明", "王五一")
ID_NUMBERS = ("11010519491231002X", "440524188001010014", "11010519491231002X")
SEALED = ("name", "phone", "id_number", "address")


@pytest.fixture
def town(db: None) -> list[UUID]:
    """Return three people of a city, with a contact and a roster entry of a unit beside them."""
    policies.open_city("suqian", name="宿迁", pack="suqian", actor=SYSTEM, now=NOW)
    actions.add_unit("suqian", name="城管局", joined_on=date(2020, 1, 1), actor=SYSTEM, now=NOW)
    for post, phone in (("经办人", "15912345678"), ("分管领导", "15912345679")):
        held = {"name": "李工", "phone": phone, "effective_on": NOW.date(), "filed_at": NOW}
        actions.set_contact("suqian", unit="城管局", post=post, **held, now=NOW)
    for number in range(2):
        actions.put_on_roster(
            "suqian", unit="城管局", person="值班", phone=f"8435000{number}", substitute="替班",
            substitute_phone=f"8435001{number}", starts_at=NOW, ends_at=NOW + timedelta(days=1 + number), actor=SYSTEM,
            now=NOW,
        )  # fmt: skip
    return [
        appellants.keep_appellant(
            city="suqian", kind="citizen", name=name, phone=f"1381234567{number}", now=NOW,
            id_number=ID_NUMBERS[number], address=f"幸福路{number}号",
        )
        for number, name in enumerate(NAMES)
    ]  # fmt: skip


def _found() -> set[tuple[str, str]]:
    return {(each.stream, each.what) for each in witnesses.compare_all().altered}


def _swap(model: Any, column: str) -> list[str]:
    one, two = model.objects.exclude(**{column: None}).order_by("pk")[:2]
    mine, other = getattr(one, column), getattr(two, column)
    model.objects.filter(pk=one.pk).update(**{column: other})
    model.objects.filter(pk=two.pk).update(**{column: mine})
    return [str(one.pk), str(two.pk)]


def test_cells_as_they_were_sealed_are_in_order(town: list[UUID]) -> None:
    assert _found() == set()


@pytest.mark.parametrize(
    ("model", "kind", "column"),
    [(Appellant, "identity", f"{field}_enc") for field in SEALED]
    + [
        (UnitContact, "contact", "phone_enc"),
        (Roster, "roster", "phone_enc"),
        (Roster, "roster", "substitute_phone_enc"),
    ],
)
def test_cells_swapped_between_two_rows_are_found_in_both(town: list[UUID], model: Any, kind: str, column: str) -> None:
    rows = _swap(model, column)

    assert _found() == {(f"{kind}/{row}", "cell") for row in rows}


@pytest.mark.parametrize("column", ["phone_index", "id_index"])
def test_hashes_swapped_between_two_rows_are_found(town: list[UUID], column: str) -> None:
    rows = _swap(Appellant, column)

    assert _found() == {(f"identity/{row}", "cell_index") for row in rows}


def test_a_cell_of_another_column_a_damaged_one_and_an_emptied_one_are_found(town: list[UUID]) -> None:
    first, second, third = (Appellant.objects.get(pk=each) for each in town)
    Appellant.objects.filter(pk=first.pk).update(name_enc=first.address_enc)
    damaged = bytearray(bytes(second.name_enc or b""))
    damaged[-1] ^= 1
    Appellant.objects.filter(pk=second.pk).update(name_enc=bytes(damaged))
    Appellant.objects.filter(pk=third.pk).update(phone_enc=None)

    assert _found() == {
        (f"identity/{first.pk}", "cell"),
        (f"identity/{second.pk}", "cell"),
        (f"identity/{third.pk}", "cell_index"),
    }


def test_what_was_sealed_by_an_earlier_key_is_in_order_too(town: list[UUID], settings: Any) -> None:
    settings.VAULT_OLD_KEYS = [settings.VAULT_KEY]
    settings.VAULT_KEY = "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE="

    assert _found() == set()


def test_one_bad_cell_hides_itself_and_nothing_else(town: list[UUID], caplog: pytest.LogCaptureFixture) -> None:
    bad = town[1]
    Appellant.objects.filter(pk=bad).update(phone_enc=Appellant.objects.get(pk=town[0]).phone_enc)

    with caplog.at_level(logging.ERROR):
        masked = queries.masked(town, city="suqian")
        clear = appellants.reveal(
            bad, city="suqian", actor=Actor("supervisor", None, "staff:7"), situation=Situation(), order="O1",
            reason="核实情况", now=NOW,
        )  # fmt: skip

    assert [masked[each].phone for each in town] == ["138****5670", UNREADABLE, "138****5672"]
    assert [masked[each].name for each in town] == ["张**", "李**", "王**"]
    assert (clear.name, clear.phone) == ("李大明", UNREADABLE)
    assert f"identity/{bad} phone" in caplog.text
    assert not any(name in caplog.text for name in (*NAMES, "13812345670"))


def test_somebody_with_a_bad_cell_calls_again_and_is_registered(town: list[UUID]) -> None:
    Appellant.objects.filter(pk=town[1]).update(name_enc=b"damaged")

    again = appellants.keep_appellant(city="suqian", kind="citizen", name="李大明", phone="13812345671", now=NOW)

    assert again not in town
    assert set(queries.find_appellant(city="suqian", phone="13812345671")) == {again, town[1]}


def test_a_roster_with_a_bad_cell_shows_the_others(town: list[UUID]) -> None:
    bad = Roster.objects.order_by("ends_at")[0]
    Roster.objects.filter(pk=bad.pk).update(phone_enc=b"damaged")

    shifts = rosters.between("suqian", unit="城管局", since=NOW, until=NOW + timedelta(days=3))

    assert [shift.phone for shift in shifts] == [UNREADABLE, "052784350001"]
    assert [on.phone for on in queries.on_roster("suqian", unit="城管局", at=NOW)] == [UNREADABLE, "052784350001"]


def test_a_contact_with_a_bad_cell_shows_the_others(town: list[UUID]) -> None:
    UnitContact.objects.filter(post="经办人").update(phone_enc=b"damaged")

    held = queries.contacts("suqian", unit="城管局", on=NOW.date())

    assert {post: on.phone for post, on in held.items()} == {"经办人": UNREADABLE, "分管领导": "15912345679"}


def test_a_bad_cell_holds_no_rotation_up(town: list[UUID], settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rotation, "BATCH", 1)
    Appellant.objects.filter(pk=town[0]).update(name_enc=b"damaged")
    contact = UnitContact.objects.order_by("pk")[0]
    sealed = bytearray(bytes(contact.phone_enc or b""))
    sealed[-1] ^= 1
    UnitContact.objects.filter(pk=contact.pk).update(phone_enc=bytes(sealed))
    settings.VAULT_OLD_KEYS = [settings.VAULT_KEY]
    settings.VAULT_KEY = "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE="

    done = rotation.rotate()

    assert done.broken == {"identity": {town[0]}, "contact": {contact.pk}}
    assert done.moved == 2 + 1 + 4
    assert Appellant.objects.exclude(key_id=vault.keyring().current.id).count() == 1


def test_verify_and_doctor_name_the_row_and_nobody(
    town: list[UUID], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(ledger_command.installation, "opened", _open)
    monkeypatch.setattr(connection, "close", lambda: None)
    Appellant.objects.filter(pk=town[1]).update(name_enc=b"damaged")

    status = main.main(["ledger", "verify"])
    said = capsys.readouterr().out
    finding = doctor._sealed_cells()

    assert status == 1
    assert f"流 identity/{town[1]}：个人信息无法解开" in said
    assert (finding.level, "李大明" in said) == (BAD, False)
    assert f"identity/{town[1]}" in finding.what


def test_doctor_names_five_and_counts_them_all() -> None:
    finding = database_checks.sealed_cells([f"identity/{number}" for number in range(7)])

    assert finding.what.startswith("有 7 处")
    assert "identity/4 等" in finding.what
    assert "identity/5" not in finding.what


@contextmanager
def _open() -> Iterator[None]:
    """Stand in the place of an installation: the tests' database is open already."""
    yield
