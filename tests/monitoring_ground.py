"""What tests of electronic monitoring do in a town: let facts be heard, press the forms of violations and dossiers."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.test import Client
from tests.town_ground import Town

from minsheng.cases.monitoring.models import Dossier, Violation
from minsheng.core.ledger import tasks as ledger


def heard(town: Town) -> None:
    """Let every clock that ran out ring, and the subscribers hear of all."""
    while ledger.sweep_once(town.now):
        pass
    while ledger.relay_once():
        pass


def closed(town: Town) -> str:
    """Return an order that 城管局 has answered and its appellant was satisfied with."""
    order = town.replied()
    town.act(order, "auditor", "pass_audit")
    town.act(order, "callback_agent", "callback", reached=True, satisfied="satisfied", resolved=True)
    return order


def address(row: Violation | Dossier) -> str:
    """Return the address of a thing's page."""
    prefix = "violation" if isinstance(row, Violation) else "dossier"
    return f"/things/{prefix}/{row.pk}/"


def press(desk: Client, row: Violation | Dossier, command: str, **given: Any) -> Any:
    """Send a form of a thing's page as it stands now."""
    row.refresh_from_db()
    form = {"key": str(uuid4()), "seen_version": row.version, **given}
    return desk.post(f"{address(row)}do/{command}", form)


def record(desk: Client, code: str, **given: Any) -> Any:
    """Send the form by which a violation is recorded by hand."""
    form = {"key": str(uuid4()), "code": code, "unit": "城管局", **given}
    return desk.post("/things/violation/new/record_violation", form)


def transfer(desk: Client, *numbers: str, **given: Any) -> Any:
    """Send the form by which violations are handed on."""
    form = {"key": str(uuid4()), "violations": "\n".join(numbers), "receivers": ["市纪委监委"], "materials": "调查材料"}
    return desk.post("/things/dossier/new/transfer_violations", {**form, **given})
