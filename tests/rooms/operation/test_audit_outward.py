"""The audit outside: what a collector is told of facts, refusals and seals, what comparing finds, and when it rings."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import ProgrammingError, connection, transaction
from tests.town_ground import Town

from minsheng.app.operation import auditing
from minsheng.cases.orders.models import Order
from minsheng.core.ledger import outward, sealing
from minsheng.core.ledger.outward import Mark
from minsheng.core.people import alarms
from minsheng.domain.rejected import Rejected
from minsheng.gateways.syslog import Entry


@transaction.atomic
def register_without_ledger(town: Town) -> None:
    """Register while the table of facts is not there."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE ledger_event RENAME TO ledger_event_away")
    town.register()


def sealed(town: Town) -> list[Entry]:
    """Seal all there is, and return what a collector is told from the beginning."""
    mark = None
    for _ in range(3):
        mark = sealing.seal_once(town.now, mark=mark)
    entries, _ = outward.next_entries(Mark(), limit=10_000)
    return entries


def copy(entries: list[Entry]) -> list[tuple[str, dict[str, str]]]:
    return [(entry.kind, dict(entry.fields)) for entry in entries]


def test_collector_is_told_who_did_what_and_no_words(town: Town) -> None:
    order = town.register(content="井盖破损，找张三丰，电话 13800138000")
    with pytest.raises(Rejected):
        town.act(order, "officer@城管局", "sign")

    entries = sealed(town)

    registered = next(each for each in entries if each.fields.get("stream") == f"order/{order}")
    assert registered.kind == "fact"
    assert registered.fields["role"] == "seat"
    assert registered.fields["person"] == f"staff:{town.staff['seat']}"
    assert len(registered.fields["hash"]) == 64
    assert any(each.kind == "seal" for each in entries)
    said = str(entries)
    assert not any(word in said for word in ("井盖", "张三丰", "13800138000"))


def test_marks_go_on_and_nothing_is_told_twice_nor_left_out(town: Town) -> None:
    town.register()
    whole = [entry for entry in sealed(town) if entry.kind == "fact"]

    found: list[Entry] = []
    mark = Mark()
    for _ in range(len(whole) + 2):
        entries, mark = outward.next_entries(mark, limit=1)
        found += [entry for entry in entries if entry.kind == "fact"]

    assert found == whole
    assert mark.seal > 0


def test_comparing_finds_what_was_rewritten_taken_away_and_not_told(town: Town) -> None:
    town.register()
    kept = copy(sealed(town))
    assert outward.compare(kept).is_whole
    facts = [fields for kind, fields in kept if kind == "fact"]
    seals = [fields for kind, fields in kept if kind == "seal"]

    others = [(kind, {**fields, "hash": "0" * 64}) if fields is facts[1] else (kind, fields) for kind, fields in kept]
    assert list(outward.compare(others).differ) == [int(facts[1]["position"])]
    forged = [(kind, {**fields, "hash": "0" * 64}) if fields is seals[0] else (kind, fields) for kind, fields in kept]
    assert list(outward.compare(forged).seals_differ) == [int(seals[0]["id"])]
    assert list(outward.compare([*kept, ("fact", {**facts[1], "position": "999999"})]).gone) == [999999]
    without = [(kind, fields) for kind, fields in kept if fields is not facts[1]]
    assert list(outward.compare(without).wanting) == [int(facts[1]["position"])]
    early = outward.compare(kept[:1])
    assert (early.is_whole, early.newer) == (True, len(facts) - 1)
    twice = [*kept, *kept, ("fact", {**facts[1], "hash": "0" * 64})]
    assert list(outward.compare(twice).differ) == [int(facts[1]["position"])]


def test_silent_collector_rings_the_security_administrator_once_in_an_hour(town: Town, settings: Any) -> None:
    auditing.watch(town.now)
    assert alarms.latest(town.code) == []

    settings.AUDIT_SYSLOG = "tls://collector:6514"
    outward.told(Mark(), now=town.now)
    auditing.watch(town.now + timedelta(minutes=4))
    assert alarms.latest(town.code) == []

    for minutes in (6, 11, 16):
        auditing.watch(town.now + timedelta(minutes=minutes))
    assert [each.kind for each in alarms.latest(town.code)] == ["audit_stopped"]
    (gauge,) = auditing.gauges(town.now + timedelta(minutes=6))
    assert gauge.value == 360


def test_nothing_happens_where_no_fact_can_be_recorded(town: Town) -> None:
    """No audit, no action: what happens and its fact are written together, or neither is."""
    before = Order.objects.count()

    with pytest.raises(ProgrammingError, match="ledger_event"):
        register_without_ledger(town)

    assert Order.objects.count() == before
