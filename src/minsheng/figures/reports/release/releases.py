"""Making an annual release: count, fill the tables, check. The only door for pages, documents and the command line."""

from __future__ import annotations

from collections.abc import Callable

from minsheng.figures.lake.engines import Lake
from minsheng.figures.reports.release import appeal_tables, checks, service_tables
from minsheng.figures.reports.release.annual import Annual, Table, without
from minsheng.figures.reports.release.counts import Counts, Parameters, gather

TABLES: tuple[Callable[[Counts, Parameters], Table], ...] = (
    appeal_tables.headline,
    appeal_tables.appeals,
    appeal_tables.calls,
    service_tables.broadcasts,
    service_tables.talent,
    service_tables.knowledge,
    service_tables.assistant,
    service_tables.police,
    appeal_tables.efficiency,
    service_tables.standards,
    appeal_tables.units,
    appeal_tables.classes,
    service_tables.shares,
    service_tables.team,
    service_tables.members,
    service_tables.safety,
)


def build(lake: Lake, parameters: Parameters, *, told: Callable[[str], None] = lambda name: None) -> Annual:
    """Return all tables as the lake gives them, unchecked; `told` hears what is being counted."""
    return fill(gather(lake, parameters, told=told), parameters)


def fill(counts: Counts, parameters: Parameters) -> Annual:
    """Return all tables from what was counted."""
    tables = tuple(without(make(counts, parameters), counts.unfilled) for make in TABLES)
    return Annual(f"{parameters.period.name}工作情况发布", tables, population=parameters.population)


def publishable(lake: Lake, parameters: Parameters, *, told: Callable[[str], None] = lambda name: None) -> Annual:
    """Return the release when every identity holds. Raises: Rejected identity_broken, which names what doesn't."""
    release = build(lake, parameters, told=told)
    checks.refuse_if_broken(release)
    return release
