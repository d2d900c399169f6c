"""Appellants in the vault: kept, named, found and read, every reading with its fact. Source: JY-8d, SZ-26, JY-23.5."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from minsheng.core.ledger import actions as ledger
from minsheng.core.ledger.facts import actor_to_plain
from minsheng.core.people import openings, queries, vault
from minsheng.core.people.models import Appellant
from minsheng.core.people.permissions import RevealRefused, Situation, may_reveal
from minsheng.domain.actors import Actor
from minsheng.domain.rejected import Rejected
from minsheng.gateways import ids


class ReasonNamesIdentity(Rejected):
    """The reason for a reveal holds a telephone or identity number; it would stand in the ledger for ever."""

    def __init__(self) -> None:
        super().__init__("reason_names_identity")


@transaction.atomic
def keep_appellant(
    *,
    city: str,
    kind: str,
    name: str | None = None,
    phone: str | None = None,
    id_number: str | None = None,
    address: str | None = None,
    now: datetime,
) -> UUID:
    """Put somebody into the vault and return the pseudonym; the same name and number give the same one.

    What is newly known of somebody already there is added; what is known is never overwritten.
    Raises: BadPhone, BadIdNumber; nothing is kept then. Source: SQ-10.1, JY-8d, SZ-26.
    """
    values = {
        "name": name.strip() or None if name else None,
        "phone": vault.phone_in(city, phone) if phone else None,
        "id_number": vault.normal_id_number(id_number) if id_number else None,
        "address": address.strip() or None if address else None,
    }
    found = _known(city, values)
    if found is not None:
        return found
    pseudonym = ids.uuid7(now)
    Appellant(
        id=pseudonym,
        city_id=city,
        kind=kind,
        created_at=now,
        key_id=vault.keyring().current.id,
        **_cells(pseudonym, city, values),
    ).save(force_insert=True)
    return pseudonym


def reveal(
    appellant: UUID,
    *,
    city: str,
    actor: Actor,
    situation: Situation,
    order: str,
    reason: str,
    fields: Iterable[str] = queries.FIELDS,
    now: datetime,
) -> queries.Identity:
    """Return the wanted fields in clear, after writing down who sees them and why; never the data themselves.

    A refusal is kept as well: an attempt of the complained-about unit is worth knowing.
    Raises: RevealRefused, ReasonNamesIdentity, OpeningsUsedUp, UnknownAppellant.
    Source: JY-8d, JY-20.11, JY-23.5, SZ-26, A-15.
    """
    wanted = tuple(field for field in queries.FIELDS if field in set(fields))
    stream = f"identity/{appellant}"
    try:
        may_reveal(actor, situation, reason=reason)
    except RevealRefused as refusal:
        ledger.refuse(
            at=now, city=city, stream=stream, actor=actor_to_plain(actor), command="reveal", code=refusal.code
        )
        raise
    if vault.names_somebody(reason):
        raise ReasonNamesIdentity
    if not Appellant.objects.filter(pk=appellant, city=city).exists():
        raise queries.UnknownAppellant
    openings.count(actor, city=city, stream=stream, command="reveal", now=now)
    with transaction.atomic():
        row = Appellant.objects.select_for_update().get(pk=appellant, city=city)
        body = {"order": order, "fields": list(wanted), "reason": reason.strip()}
        ledger.record(city, stream, "IdentityRevealed", body, actor=actor, now=now)
        return _only(row, wanted)


@transaction.atomic
def disclose(appellant: UUID, *, city: str, actor: Actor, fields: Iterable[str], now: datetime) -> queries.Identity:
    """Return the wanted fields for an organ that asks by law, after writing down who reads which of them.

    The fact names no thread: it stands where everybody who reads the identity's record would learn who wrote it.

    Whoever calls has seen to it that two people agreed. Raises: UnknownAppellant. Source: SZ-26.
    """
    row = Appellant.objects.select_for_update().filter(pk=appellant, city=city).first()
    if row is None:
        raise queries.UnknownAppellant
    wanted = [field for field in queries.FIELDS if field in set(fields)]
    body = {"fields": wanted, "purpose": "lawful_disclosure"}
    ledger.record(city, f"identity/{appellant}", "IdentityDisclosed", body, actor=actor, now=now)
    return _only(row, wanted)


def _only(row: Appellant, wanted: Sequence[str]) -> queries.Identity:
    """Return the wanted fields in clear, and none of the others."""
    clear = queries.with_gaps(*queries.opened(row))
    return queries.Identity(**{field: getattr(clear, field) if field in wanted else None for field in queries.FIELDS})


def look_up(*, city: str, phone: str, actor: Actor, purpose: str, now: datetime) -> list[UUID]:
    """Return the pseudonyms kept with a number, the newest first, after writing down who asked for them.

    Finding somebody's appeals by their number is a reading of their identity; the number itself is never kept.
    `purpose`: what it was for, in a word. A number that nobody has counts as well: it was tried.
    Raises: BadPhone, OpeningsUsedUp. Source: JY-23.5, JY-8d, SQ-10.1.
    """
    found = queries.find_appellant(city=city, phone=phone)
    openings.count(actor, city=city, stream=openings.stream_of(actor), command="look_up", now=now)
    with transaction.atomic():
        # The rows are held in one order, so that two who look the same number up can't block each other.
        held = Appellant.objects.select_for_update().filter(pk__in=found).order_by("pk").values_list("pk", flat=True)
        for appellant in list(held):
            ledger.record(city, f"identity/{appellant}", "IdentityLookedUp", {"purpose": purpose}, actor=actor, now=now)
    return found


@transaction.atomic
def name_appellant(appellant: UUID, *, name: str, id_number: str | None) -> None:
    """Keep the real name and number of somebody whom a register has verified, in the place of what they said.

    Raises: BadIdNumber, UnknownAppellant. Source: SQ-10.1, SZ-17a.
    """
    row = Appellant.objects.select_for_update().filter(pk=appellant).first()
    if row is None:
        raise queries.UnknownAppellant
    values = {"name": name.strip(), "id_number": vault.normal_id_number(id_number) if id_number else None}
    # A cell that is written anew needs the key that the whole row is marked with.
    clear, _broken = queries.opened(row)
    whole = {field: values.get(field) or getattr(clear, field) for field in queries.FIELDS}
    Appellant.objects.filter(pk=row.pk).update(key_id=vault.keyring().current.id, **_cells(row.pk, row.city_id, whole))


@transaction.atomic
def same_phone(appellant: UUID, *, city: str, actor: Actor, purpose: str, now: datetime) -> list[UUID]:
    """Return the pseudonyms that share somebody's telephone, themselves among them; each look is on record."""
    row = Appellant.objects.filter(pk=appellant, city=city).first()
    phone = queries.opened(row)[0].phone if row is not None else None
    if phone is None:
        return [appellant]
    return look_up(city=city, phone=phone, actor=actor, purpose=purpose, now=now)


@transaction.atomic
def phone_for_message(appellant: UUID, *, city: str, order: str, now: datetime) -> str | None:
    """Return the number that a text message goes to, after writing down that it was used. Source: JY-23.5, SQ-10.5a."""
    row = Appellant.objects.select_for_update().filter(pk=appellant, city=city).first()
    phone = queries.opened(row)[0].phone if row is not None else None
    if phone is not None:
        body = {"order": order, "purpose": "message"}
        ledger.record(city, f"identity/{appellant}", "IdentityUsed", body, actor=Actor("system"), now=now)
    return phone


@transaction.atomic
def address_for_letter(appellant: UUID, *, city: str, order: str, now: datetime) -> str | None:
    """Return name and postal address for the window of an envelope, after writing down that they were used.

    The name stands in the first line. Source: JY-23.5, JY-9.4.
    """
    row = Appellant.objects.select_for_update().filter(pk=appellant, city=city).first()
    clear = queries.opened(row)[0] if row is not None else None
    if clear is None or clear.address is None:
        return None
    body = {"order": order, "purpose": "letter"}
    ledger.record(city, f"identity/{appellant}", "IdentityUsed", body, actor=Actor("system"), now=now)
    return f"{clear.name or ''}\n{clear.address}"


def has_address(appellant: UUID) -> bool:
    """Tell whether somebody can be written to; the address stays where it is."""
    return Appellant.objects.filter(pk=appellant).exclude(address_enc=None).exists()


def has_phone(appellant: UUID) -> bool:
    """Tell whether somebody can be called; the number stays where it is."""
    return Appellant.objects.filter(pk=appellant).exclude(phone_enc=None).exists()


def rotate_keys(*, limit: int = 500, broken: set[UUID] | None = None) -> int:
    """Re-encrypt and re-index appellants that were kept under a retired key; return how many were.

    Whoever has a cell that can't be opened stays as they are and is put into `broken`, which are not looked at again.
    """
    current = vault.keyring().current.id
    passed = broken if broken is not None else set()
    with transaction.atomic():
        kept = Appellant.objects.select_for_update(skip_locked=True).exclude(key_id=current).exclude(pk__in=passed)
        rows = list(kept[:limit])
        for row in rows:
            clear, unreadable = queries.opened(row)
            if unreadable:
                passed.add(row.pk)
                continue
            values = {field: getattr(clear, field) for field in queries.FIELDS}
            Appellant.objects.filter(pk=row.pk).update(key_id=current, **_cells(row.pk, row.city_id, values))
    return sum(row.pk not in passed for row in rows)


def _known(city: str, values: Mapping[str, str | None]) -> UUID | None:
    phone = values["phone"]
    if phone is None:
        return None
    indexes = vault.phone_indexes(phone, city=city)
    for row in Appellant.objects.filter(city=city, phone_index__in=indexes).order_by("-created_at"):
        clear, broken = queries.opened(row)
        if broken or clear.name not in (None, values["name"]) or clear.id_number not in (None, values["id_number"]):
            continue
        new = {field: value for field, value in values.items() if value is not None and getattr(clear, field) is None}
        if new:
            Appellant.objects.filter(pk=row.pk).update(**_cells(row.pk, city, new))
        return row.pk
    return None


def _cells(pseudonym: UUID, city: str, values: Mapping[str, str | None]) -> dict[str, bytes]:
    cells = {
        f"{field}_enc": vault.encrypt(value, owner=str(pseudonym), field=field)
        for field, value in values.items()
        if value is not None
    }
    if phone := values.get("phone"):
        cells["phone_index"] = vault.blind_index("phone", phone, city=city)
    if id_number := values.get("id_number"):
        cells["id_index"] = vault.blind_index("id_number", id_number, city=city)
    return cells
