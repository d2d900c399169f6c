"""Reads of cases beside their lists: the sealed copies that are their evidence."""

from __future__ import annotations

from typing import Final

from minsheng.cases.accountability.models import Snapshot
from minsheng.core.people.vault_keys import Cell

CELLS: Final[tuple[Cell, ...]] = ((Snapshot.objects, "snapshot", "body"),)
