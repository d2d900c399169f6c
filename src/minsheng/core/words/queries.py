"""Reading the words of facts; who may is asked of the stream's gate by whoever calls."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import msgspec

from minsheng.core.people import vault
from minsheng.core.people.vault_keys import Cell
from minsheng.core.words.digests import SALT
from minsheng.core.words.models import Said

# What of it is sealed, for the change of keys and for `minsheng ledger verify`.
CELLS: Final[tuple[Cell, ...]] = ((Said.objects, "words", "text"),)


def of(stream: str) -> dict[int, dict[str, str]]:
    """Return the words of a stream's facts by version and field; what can't be opened is left out."""
    return of_streams([stream]).get(stream, {})


def of_fact(stream: str, version: int) -> dict[str, str]:
    """Return the words of one fact by field; nothing where it has none, or they can't be opened."""
    row = Said.objects.filter(stream=stream, version=version).first()
    try:
        clear = opened(row) if row is not None else {}
    except vault.VaultBroken:
        return {}
    clear.pop(SALT, None)
    return clear


def of_streams(streams: Sequence[str]) -> dict[str, dict[int, dict[str, str]]]:
    """Return the words of the facts of several streams, as `of` does, by stream."""
    found: dict[str, dict[int, dict[str, str]]] = {}
    for row in Said.objects.filter(stream__in=streams):
        try:
            clear = opened(row)
        except vault.VaultBroken:
            continue
        clear.pop(SALT, None)
        found.setdefault(row.stream, {})[row.version] = clear
    return found


def opened(row: Said) -> dict[str, str]:
    """Return what a row holds, its salt included. Raises: VaultBroken."""
    plain = vault.decrypt(bytes(row.text_enc), owner=f"words/{row.pk}", field="text")
    return msgspec.json.decode(plain, type=dict[str, str])


def said(stream: str, field: str) -> str:
    """Return the words that a field of the stream's latest fact with that field has; empty for none."""
    words = of(stream)
    return next((words[version][field] for version in sorted(words, reverse=True) if field in words[version]), "")
