"""Whether every sealed cell opens in its place, and the keyed hashes that people are found by fit what it holds.

A cell is bound to its row and column (`vault.encrypt`), so one that was damaged, or came from another row or column,
opens nowhere; what was put beside it or taken away does not fit the hash. Source: JY-8d, JY-20.11;
`ledger.witnesses` calls it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from uuid import UUID

from django.db.models import Q

from minsheng.core.ledger.witnesses import Altered, Compared
from minsheng.core.people import queries, vault
from minsheng.core.people.models import Appellant
from minsheng.core.people.vault_keys import cells

PREFIX = "identity/"
_BATCH = 500


def compare(streams: Sequence[str]) -> Compared:
    """Look into the cells of the appellants whom these streams are about."""
    wanted = [UUID(stream.removeprefix(PREFIX)) for stream in streams]
    seen = Compared(streams=len(streams))
    for row in Appellant.objects.filter(pk__in=wanted):
        seen.altered += _of_appellant(row)
    return seen


def strangers() -> list[Altered]:
    """Return every cell that does not open or fit; most appellants have no stream, since nobody has looked at them."""
    return list(dict.fromkeys((*_appellants(), *_other_cells())))


def _appellants() -> Iterator[Altered]:
    after = UUID(int=0)
    while rows := list(Appellant.objects.filter(pk__gt=after).order_by("pk")[:_BATCH]):
        for row in rows:
            yield from _of_appellant(row)
        after = rows[-1].pk


def _other_cells() -> Iterator[Altered]:
    for kept, owner, field in cells():
        for key, stored in kept.filter(~Q(**{f"{field}_enc": None})).values_list("pk", f"{field}_enc").iterator():
            try:
                vault.decrypt(bytes(stored), owner=f"{owner}/{key}", field=field)
            except vault.VaultBroken:
                yield Altered(f"{owner}/{key}", "cell")


def _of_appellant(row: Appellant) -> Iterator[Altered]:
    clear, broken = queries.opened(row)
    if broken:
        yield Altered(f"{PREFIX}{row.pk}", "cell")
    phones = vault.phone_indexes(clear.phone, city=row.city_id) if clear.phone else []
    numbers = vault.id_number_indexes(clear.id_number, city=row.city_id) if clear.id_number else []
    for field, index, fitting in (("phone", row.phone_index, phones), ("id_number", row.id_index, numbers)):
        fits = bytes(index) in fitting if index is not None else not fitting
        if field not in broken and not fits:
            yield Altered(f"{PREFIX}{row.pk}", "cell_index")
