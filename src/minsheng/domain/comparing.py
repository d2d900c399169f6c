"""Packs beside each other: one by its name, and the parameters in which two differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from minsheng.domain import kinds, packs
from minsheng.domain.packs import Chosen, Entry, Pack
from minsheng.domain.parameters import PARAMETERS, Parameter


def chosen(library: Sequence[Pack], name: str, overlays: Sequence[str]) -> Chosen:
    """Return a pack by its name, the newest version where none is pinned. An overlay may be shown by itself.

    Raises: UnknownPack.
    """
    pack_id, version = packs.split(name)
    alone = [one for one in library if one.id == pack_id and one.overlay and version in (None, one.version)]
    if alone and not overlays:
        return Chosen(max(alone, key=lambda one: one.version), ())
    return packs.in_force(library, pack_id, overlays, on=date.max, version=version)


def differing(one: Mapping[str, Entry], other: Mapping[str, Entry]) -> list[Parameter]:
    """Return the parameters whose values differ, in the order of their table."""
    return [each for each in PARAMETERS if value(one, each) != value(other, each)]


def value(side: Mapping[str, Entry], parameter: Parameter) -> object:
    """Return a parameter's value in plain words, None where the pack does not say it."""
    entry = side.get(parameter.attribute)
    return None if entry is None else kinds.plain(entry.value)
