"""The identity vault: ciphers, rotation, finding, masks, reveals. Clauses: JY-8d, JY-20.11, JY-23.5, SZ-26, SQ-10.1."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection

from minsheng.core.people import appellants, labels, queries, vault
from minsheng.core.people.models import Appellant
from minsheng.core.people.permissions import RevealRefused, Situation
from minsheng.core.policies import actions as policies
from minsheng.domain.actors import SYSTEM, Actor

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
KEY = base64.b64encode(bytes(range(32))).decode()
OTHER_KEY = base64.b64encode(bytes(range(1, 33))).decode()
NAME, PHONE, ID_NUMBER, ADDRESS = "张小民", "13812345678", "11010519491231002X", "江苏省宿迁市宿城区幸福路8号3幢502室"
SUPERVISOR = Actor("supervisor", None, "staff:7")


@pytest.fixture
def city(db: None) -> str:
    policies.open_city("suqian", name="宿迁", pack="suqian", actor=SYSTEM, now=NOW)
    return "suqian"


@pytest.fixture
def appellant(city: str) -> UUID:
    return appellants.keep_appellant(
        city=city, kind="citizen", name=NAME, phone=PHONE, id_number=ID_NUMBER, address=ADDRESS, now=NOW
    )


@pytest.fixture(params=["aes", "sm4"])
def cipher(request: pytest.FixtureRequest, settings: Any) -> str:
    settings.VAULT_CIPHER = request.param
    return str(request.param)


def test_a_value_opens_with_either_cipher_for_its_owner_and_field_alone(cipher: str) -> None:
    stored = vault.encrypt(PHONE, owner="a", field="phone")

    assert vault.decrypt(stored, owner="a", field="phone") == PHONE
    for owner, field in (("b", "phone"), ("a", "name")):
        with pytest.raises(vault.VaultBroken):
            vault.decrypt(stored, owner=owner, field=field)


def test_an_altered_value_does_not_open(cipher: str) -> None:
    stored = vault.encrypt(PHONE, owner="a", field="phone")

    for place in (0, 3, 10, len(stored) - 1):
        changed = bytearray(stored)
        changed[place] ^= 2
        with pytest.raises(vault.VaultBroken):
            vault.decrypt(bytes(changed), owner="a", field="phone")
    with pytest.raises(vault.VaultBroken):
        vault.decrypt(b"short", owner="a", field="phone")


def test_a_value_of_one_cipher_opens_when_the_setting_has_changed(settings: Any) -> None:
    settings.VAULT_CIPHER = "sm4"
    stored = vault.encrypt(NAME, owner="a", field="name")

    settings.VAULT_CIPHER = "aes"

    assert vault.decrypt(stored, owner="a", field="name") == NAME


def test_equal_values_look_different_in_store(cipher: str) -> None:
    assert vault.encrypt(PHONE, owner="a", field="phone") != vault.encrypt(PHONE, owner="a", field="phone")


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("VAULT_KEY", ""),
        ("VAULT_KEY", "kurz"),
        ("VAULT_KEY", base64.b64encode(b"x" * 16).decode()),
        ("VAULT_CIPHER", "des"),
    ],
)
def test_keyring_names_the_setting_that_is_wrong_and_never_the_key(settings: Any, variable: str, value: str) -> None:
    setattr(settings, variable, value)

    with pytest.raises(ValueError, match=f"MINSHENG_{variable}") as fault:
        vault.keyring()

    assert not value or value not in str(fault.value) or value == "des"


def test_a_dump_of_the_database_shows_nothing_of_the_person(appellant: UUID, cipher: str) -> None:
    kept = appellants.keep_appellant(city="suqian", kind="citizen", name="李四四", phone="13912345678", now=NOW)

    dump = _dump()

    assert kept != appellant
    for secret in (NAME, PHONE, ID_NUMBER, "幸福路", "李四四", "13912345678"):
        assert secret not in dump
        assert secret.encode().hex() not in dump


def test_find_by_phone_however_it_was_written(appellant: UUID) -> None:
    for written in ("138 1234 5678", "+8613812345678", "１３８１２３４５６７８", "138-1234-5678"):
        assert queries.find_appellant(city="suqian", phone=written) == [appellant]
    assert queries.find_appellant(city="suqian", phone="13800000000") == []
    assert queries.find_appellant_by_id_number(city="suqian", id_number="11010519491231002x") == [appellant]


@pytest.mark.django_db
def test_find_stays_within_the_city(appellant: UUID) -> None:
    assert queries.find_appellant(city="suzhou", phone=PHONE) == []


def test_the_same_person_calling_again_keeps_the_pseudonym_and_adds_what_is_new(city: str) -> None:
    first = appellants.keep_appellant(city=city, kind="citizen", phone=PHONE, name=NAME, now=NOW)

    again = appellants.keep_appellant(city=city, kind="citizen", phone=PHONE, name=NAME, address=ADDRESS, now=NOW)
    somebody_else = appellants.keep_appellant(city=city, kind="citizen", phone=PHONE, name="王五", now=NOW)
    nameless = appellants.keep_appellant(city=city, kind="citizen", now=NOW)

    assert again == first
    assert len({first, somebody_else, nameless}) == 3
    masked = queries.masked([first], city=city)[first]
    assert masked.address == "江苏省宿迁市宿城区****"


@pytest.mark.parametrize("phone", ["abc", "12", "1381234567890123", "138 1234 567x"])
def test_a_bad_phone_is_refused_and_nothing_is_kept(city: str, phone: str) -> None:
    with pytest.raises(vault.BadPhone):
        appellants.keep_appellant(city=city, kind="citizen", name=NAME, phone=phone, now=NOW)

    assert _rows("SELECT count(*) FROM people_appellant") == [(0,)]


@pytest.mark.parametrize("id_number", ["110105194912310021", "12345", "1101051949123100"])
def test_a_bad_id_number_is_refused(city: str, id_number: str) -> None:
    with pytest.raises(vault.BadIdNumber):
        appellants.keep_appellant(city=city, kind="citizen", id_number=id_number, now=NOW)


def test_masks_leave_too_little_to_recognise_anybody(appellant: UUID) -> None:
    masked = queries.masked([appellant], city="suqian")[appellant]

    assert masked == queries.Identity("张**", "138****5678", "1****************X", "江苏省宿迁市宿城区****")
    assert queries.masked([appellant], city="suzhou") == {}
    assert vault.mask_phone("051212345678") == "**********78"
    assert vault.mask_name("宿迁市某某置业有限公司") == "宿迁******公司"
    assert vault.mask_address("幸福路8号") == "****"


def test_old_keys_still_open_and_find_and_rotation_moves_to_the_new_one(settings: Any, appellant: UUID) -> None:
    settings.VAULT_OLD_KEYS, settings.VAULT_KEY, settings.VAULT_CIPHER = [KEY], OTHER_KEY, "sm4"
    found_before = queries.find_appellant(city="suqian", phone=PHONE)

    rotated = appellants.rotate_keys()

    settings.VAULT_OLD_KEYS = []
    assert found_before == [appellant]
    assert rotated == 1
    assert appellants.rotate_keys() == 0
    assert queries.find_appellant(city="suqian", phone=PHONE) == [appellant]
    assert queries.masked([appellant], city="suqian")[appellant].name == "张**"


def test_without_its_key_a_value_stays_shut(settings: Any, appellant: UUID) -> None:
    settings.VAULT_KEY = OTHER_KEY

    row = Appellant.objects.get(pk=appellant)
    with pytest.raises(vault.VaultBroken, match="MINSHENG_VAULT_OLD_KEYS"):
        vault.decrypt(bytes(row.phone_enc or b""), owner=str(appellant), field="phone")
    assert queries.masked([appellant], city="suqian")[appellant] == queries.Identity(*[labels.UNREADABLE] * 4)


def test_reveal_shows_the_wanted_fields_and_writes_down_who_and_why(appellant: UUID) -> None:
    shown = _reveal(appellant, SUPERVISOR, fields=("phone",), reason="核实督办情况")

    assert shown == queries.Identity(None, PHONE, None, None)
    entries = queries.reveals(appellant)
    assert [(entry.person, entry.role, entry.order, entry.fields, entry.reason) for entry in entries] == [
        ("staff:7", "supervisor", "order/1", ("phone",), "核实督办情况")
    ]
    assert PHONE not in _dump()


def test_each_reveal_has_its_own_entry(appellant: UUID) -> None:
    _reveal(appellant, SUPERVISOR, now=NOW)
    _reveal(appellant, SUPERVISOR, now=NOW + timedelta(minutes=1))

    assert len(queries.reveals(appellant)) == 2


def test_reveal_to_the_unit_complained_about_is_refused_and_the_attempt_is_kept(appellant: UUID) -> None:
    with pytest.raises(RevealRefused, match="reveal_target_never"):
        _reveal(appellant, Actor("officer", "城管局", "staff:9"), situation=Situation(is_target=True, is_party=True))

    assert queries.reveals(appellant) == []
    assert _rows("SELECT stream, command, code FROM ledger_refusal") == [
        (f"identity/{appellant}", "reveal", "reveal_target_never")
    ]


def test_reveal_refuses_a_reason_that_would_itself_name_somebody(appellant: UUID) -> None:
    with pytest.raises(appellants.ReasonNamesIdentity):
        _reveal(appellant, SUPERVISOR, reason=f"请回电 {PHONE}")

    assert PHONE not in _dump()


def test_reveal_of_another_citys_appellant_finds_nobody(appellant: UUID) -> None:
    with pytest.raises(queries.UnknownAppellant):
        appellants.reveal(
            appellant, city="suzhou", actor=SUPERVISOR, situation=Situation(), order="order/1", reason="核实", now=NOW
        )


def _reveal(
    appellant: UUID,
    actor: Actor,
    *,
    situation: Situation | None = None,
    reason: str = "核实情况",
    fields: tuple[str, ...] = queries.FIELDS,
    now: datetime = NOW,
) -> queries.Identity:
    return appellants.reveal(
        appellant,
        city="suqian",
        actor=actor,
        situation=situation or Situation(),
        order="order/1",
        reason=reason,
        fields=fields,
        now=now,
    )


def _dump() -> str:
    text = []
    for (table,) in _rows("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"):
        text.extend(str(row[0]) for row in _rows(f'SELECT t::text FROM "{table}" AS t'))
    return "\n".join(text)


def _rows(statement: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows


def test_who_was_kept_with_a_zero_before_the_mobile_is_the_same_person(city: str, appellant: UUID) -> None:
    """Earlier versions took a mobile with a leading zero for another number."""
    index = vault.blind_index("phone", f"0{PHONE}", city=city)
    Appellant.objects.filter(pk=appellant).update(phone_index=index)

    for written in (PHONE, f"0{PHONE}", f"+86 {PHONE}"):
        assert queries.find_appellant(city=city, phone=written) == [appellant]
    assert (
        appellants.keep_appellant(city=city, kind="citizen", name=NAME, phone=PHONE, id_number=ID_NUMBER, now=NOW)
        == appellant
    )
