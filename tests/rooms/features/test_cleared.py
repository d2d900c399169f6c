"""What features call work is deleted once nobody needs it: every table by a job, and nothing that is still needed.

Clauses: JY-8d.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps
from django.db import connection
from django.db.models import Field, ForeignKey, Model
from tests import town_ground as towns
from tests.town_ground import Town
from tests.toy_ground import AskKey, GiveBack, LendKey
from tests.toy_rows_ground import FEATURE, KIND, LoanRow

from minsheng.cases.live.models import Claim
from minsheng.cases.orders.models import Assignment, Order
from minsheng.core.drafts import texts
from minsheng.core.drafts.models import UnitText
from minsheng.core.features import queries as features
from minsheng.core.features.values import WORK_KEPT
from minsheng.core.jobs import actions as core_jobs
from minsheng.core.ledger import tasks as ledger
from minsheng.core.lifecycles import actions as lifecycles
from minsheng.domain.actors import Actor

YEARS = timedelta(days=3650)
# What is no job: the relay deletes what it has told, and the workers what they know of jobs that are no more.
_BESIDE: Mapping[str, Callable[[datetime], object]] = {
    "relay": lambda now: ledger.relay_once(),
    "workers": lambda now: core_jobs.forget_trouble(),
}
UNIT = "城管局"


def _work() -> Iterator[tuple[str, str, str]]:
    for feature in features.features():
        for name, table in feature.tables.items():
            if table.kept == "work":
                yield feature.app, name, table.cleared


@pytest.fixture
def town(db: None, test_clock: Callable[[datetime], None]) -> Town:
    return towns.build("jiangyin", test_clock)


def closed(town: Town) -> str:
    """Return an order that was handled and closed."""
    order = town.handled()
    Order.objects.filter(pk=order).update(status="CLOSED", closed_at=town.now)
    return order


def _value(field: Field[Any, Any], town: Town, order: str) -> Any:
    if isinstance(field, ForeignKey):
        related = field.related_model
        assert isinstance(related, type)
        if related is Order:
            return order
        first = related._default_manager.first()
        return first.pk if first is not None else planted(related, town, order).pk
    match field.get_internal_type():
        case "DateTimeField" | "DateField":
            return town.now
        case "UUIDField":
            return uuid4()
        case "BinaryField":
            return b"1"
        case "JSONField" | "ArrayField":
            return {}
        case "TextField":
            return f"order/{order}" if field.name == "stream" else "x"
        case _:
            return 1


# Where a row of that shape is not what it would be: a count that ended, its report, a file.
_GIVEN: Mapping[str, Mapping[str, object]] = {
    "Job": {"state": "DONE"},
    "Report": {"kind": "annual", "status": "DRAFT", "since": date(2025, 1, 1), "until": date(2026, 1, 1)},
    "DraftFile": {"digest": "a" * 64},
}


def planted(model: type[Model], town: Town, order: str) -> Any:
    """Keep a row with something in every column."""
    given = {
        field.attname: _value(field, town, order)
        for field in model._meta.concrete_fields
        if not field.get_internal_type().startswith("BigAuto")
    }
    return model._default_manager.create(**{**given, **_GIVEN.get(model.__name__, {})})


@pytest.mark.parametrize(("app", "name", "job"), sorted(_work()))
def test_rows_of_work_go_once_nobody_needs_them(app: str, name: str, job: str, town: Town) -> None:
    config = next(each for each in apps.get_app_configs() if each.name == app)
    model = config.get_model(name)
    order = closed(town)
    if name == "Outbox":
        kept = 0  # every fact of the town waits there already
    else:
        model._default_manager.all().delete()
        planted(model, town, order)
        # The newest signal stays: it says where the numbers stand.
        kept = 1 if name == "Signal" else 0
        if kept:
            planted(model, town, order)
    town.later(days=YEARS.days)

    if job in _BESIDE:
        _BESIDE[job](town.now)
    else:
        features.named(features.jobs()[job].does)(town.now)

    assert model._default_manager.count() == kept


def test_only_work_is_cleared() -> None:
    for feature in features.features():
        for name, table in feature.tables.items():
            assert bool(table.cleared) == (table.kept == "work"), name


def test_what_is_open_or_has_just_ended_keeps_its_work(town: Town) -> None:
    open_one, over = town.handled(), closed(town)
    for order in (open_one, over):
        texts.save(f"order/{order}", unit=UNIT, text="已修复", saved_by="staff:1", now=town.now)
        Assignment.objects.create(order_id=order, unit=UNIT, person="staff:1", assigned_by="", assigned_at=town.now)
        Claim.objects.create(
            stream=f"order/{order}", city=town.code, person="staff:1", role="auditor", claimed_at=town.now,
            expires_at=town.now + timedelta(minutes=15),
        )  # fmt: skip

    _clear(town.now + timedelta(minutes=10))
    assert _left() == ({f"order/{open_one}", f"order/{over}"}, {open_one, over}, {open_one, over})
    _clear(town.now + WORK_KEPT)
    assert _left() == ({f"order/{open_one}", f"order/{over}"}, {open_one, over}, set())
    _clear(town.now + WORK_KEPT + timedelta(seconds=1))
    assert _left() == ({f"order/{open_one}"}, {open_one}, set())


def test_supervision_goes_on_beside_a_closed_order(town: Town) -> None:
    order = closed(town)
    Order.objects.filter(pk=order).update(supervised=True)
    texts.save(f"order/{order}", unit=UNIT, text="已修复", saved_by="staff:1", now=town.now)

    _clear(town.now + YEARS)

    assert _left()[0] == {f"order/{order}"}


def test_text_of_any_life_cycle_goes_a_while_after_its_end(town: Town, settings: Any) -> None:
    with connection.schema_editor() as editor:
        editor.create_model(LoanRow)
    settings.FEATURES = [*settings.FEATURES, FEATURE]
    by = Actor("officer", UNIT, "staff:1")
    loans = [
        lifecycles.begin(
            KIND, AskKey(room="301"), city=town.code, by=by, now=town.now,
            made=lambda id: LoanRow(id=id, city_id=town.code, number="钥1"),
        ).id
        for _ in range(2)
    ]  # fmt: skip
    for loan in loans:
        texts.save(f"loan/{loan}", unit=UNIT, text="用完", saved_by="staff:1", now=town.now)
    lifecycles.apply(KIND, loans[0], LendKey(), city=town.code, by=Actor("office"), now=town.now)
    end = town.now + timedelta(days=1)
    lifecycles.apply(KIND, loans[0], GiveBack(reason="用完"), city=town.code, by=by, now=end)

    _clear(end + WORK_KEPT)
    assert len(_left()[0]) == 2
    _clear(end + WORK_KEPT + timedelta(seconds=1))

    assert _left()[0] == {f"loan/{loans[1]}"}


def _clear(now: datetime) -> None:
    for job in ("forget_drafts", "forget_assignments", "forget_signals"):
        features.named(features.jobs()[job].does)(now)


def _left() -> tuple[set[str], set[str], set[str]]:
    return (
        set(UnitText.objects.values_list("stream", flat=True)),
        set(Assignment.objects.values_list("order_id", flat=True)),
        {stream.removeprefix("order/") for stream in Claim.objects.values_list("stream", flat=True)},
    )
