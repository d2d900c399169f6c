"""Whether the sealed words of facts are those that the ledger has digests of. Source: JY-20.11; `ledger.witnesses`."""

from __future__ import annotations

from collections.abc import Sequence

from minsheng.core.features import queries as features
from minsheng.core.ledger import queries as ledger
from minsheng.core.ledger.witnesses import Altered, Compared
from minsheng.core.people import vault
from minsheng.core.words import queries
from minsheng.core.words.digests import SALT, digest, spoken
from minsheng.core.words.models import Said


def compare(streams: Sequence[str]) -> Compared:
    """Compare the words of these streams with what their facts hold of them."""
    seen = Compared(streams=len(streams))
    kinds = features.life_cycles()
    for stream in streams:
        kind = kinds[stream.partition("/")[0]]
        rows = {row.version: row for row in Said.objects.filter(stream=stream)}
        for event in ledger.history(stream):
            held = spoken(kind.codec.from_ledger(event).event)
            if held and not _fits(rows.pop(event.version, None), held):
                seen.found(stream, "words")
        for _ in rows:
            seen.found(stream, "words")
    return seen


def strangers() -> list[Altered]:
    """Return rows of streams that the ledger does not know."""
    known = tuple(f"{prefix}/" for prefix in features.life_cycles())
    streams = Said.objects.values_list("stream", flat=True).distinct()
    return [Altered(each, "stranger") for each in streams if not each.startswith(known) or not ledger.history(each)]


def _fits(row: Said | None, held: dict[str, str]) -> bool:
    if row is None:
        return False
    try:
        words = queries.opened(row)
    except vault.VaultBroken:
        return False
    salt = words.pop(SALT, "")
    return {name: digest(text, salt=salt) for name, text in words.items()} == held
