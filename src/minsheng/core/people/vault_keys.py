"""Whether the keys of this program are those that the database was sealed with; with others it must not run.

With other keys old identities can't be read, and people who call again are not found and kept twice. Source: JY-8d.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any, Final

from django.conf import settings
from django.db import connection, models, transaction
from django.db.models.functions import Now, Substr

from minsheng.core.features import queries as features
from minsheng.core.ledger import actions as ledger
from minsheng.core.people import vault
from minsheng.core.people.models import Appellant, Expert, Factor, Roster, UnitContact, VaultKey
from minsheng.gateways import secrets_file
from minsheng.gateways.secrets_file import SecretsFault

# What is sealed and never sealed anew, as work that was typed and not handed in, lives no longer than this.
NOT_SEALED_ANEW: Final = timedelta(days=3)
# A kind of sealed cell: in which table, how a row is named to the cipher, under which field.
Cell = tuple[models.Manager[Any], str, str]
# The telephones of people at work, as cells.
PHONES_AT_WORK: Final[tuple[Cell, ...]] = (
    (UnitContact.objects, "contact", "phone"),
    (Roster.objects, "roster", "phone"),
    (Roster.objects, "roster", "substitute_phone"),
    (Expert.objects, "expert", "phone"),
)


# The secrets of the codes that staff sign in with.
_FACTORS: Final[Cell] = (Factor.objects, "factor", "secret")


def cells() -> tuple[Cell, ...]:
    """Return the lasting sealed cells, but for appellants: telephones at work, factors, and what others bring."""
    return (*PHONES_AT_WORK, _FACTORS, *features.sealed())


def key_of(field: str) -> Substr:
    """Return the key of a sealed column: a value names it in the bytes behind the first one."""
    return Substr(f"{field}_enc", 2, 4, output_field=models.BinaryField())


def hold() -> None:
    """Make sure that every key in use is among the settings, and put a new current key on the list.

    A database without tables fits every key. Raises: SecretsFault KEYS_DO_NOT_FIT.
    """
    if VaultKey._meta.db_table not in connection.introspection.table_names():
        return
    ring = _ring()
    current = vault.keyring().current.id
    known = {row.fingerprint: row for row in VaultKey.objects.all()}
    strange = [row.key_id for row in known.values() if row.retired_at is None and row.fingerprint not in ring]
    if not known:
        strange = sorted(_sealed_with() - set(ring.values()))
    if strange:
        raise SecretsFault("KEYS_DO_NOT_FIT", wanted="、".join(strange), given=current)
    own = secrets_file.fingerprint(settings.VAULT_KEY)
    if own in known and known[own].retired_at is None:
        return
    with transaction.atomic():
        ledger.hold("vault keys")
        used = {current} | (_sealed_with() if not known else set())
        for fingerprint, key_id in ring.items():
            if key_id in used:
                VaultKey.objects.update_or_create(
                    fingerprint=fingerprint, defaults={"key_id": key_id, "retired_at": None}
                )


@transaction.atomic
def let_go() -> list[str]:
    """Take the keys before the current one off the list when nothing is sealed with them; return those that may go.

    Nothing is while the current one is younger than drafts may be: they are sealed, too, and not sealed anew.
    """
    ledger.hold("vault keys")
    own = secrets_file.fingerprint(settings.VAULT_KEY)
    if not VaultKey.objects.filter(fingerprint=own, first_seen__lte=Now() - NOT_SEALED_ANEW).exists():
        return []
    free = VaultKey.objects.filter(retired_at=None).exclude(fingerprint=own).exclude(key_id__in=_sealed_with())
    gone = list(free.values_list("key_id", flat=True))
    free.update(retired_at=Now())
    return gone


def _ring() -> dict[str, str]:
    """Return the keys of the settings: fingerprint and short name."""
    texts = (settings.VAULT_KEY, *settings.VAULT_OLD_KEYS)
    return {secrets_file.fingerprint(text): key.id for text, key in zip(texts, vault.keyring().all, strict=True)}


def _sealed_with() -> set[str]:
    """Return the short names of the keys that lasting data are sealed with."""
    found = set(Appellant.objects.values_list("key_id", flat=True).distinct().order_by())
    for kept, _owner, field in cells():
        sealed = kept.exclude(**{f"{field}_enc": None}).annotate(key=key_of(field)).order_by()
        keys: Iterable[bytes] = sealed.values_list("key", flat=True).distinct()
        found |= {bytes(key).hex() for key in keys}
    return found
