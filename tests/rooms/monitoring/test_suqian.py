"""Suqian's situations want what came of them; the case that follows may be answered with a notice of criticism."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from uuid import uuid4

import pytest
from tests import town_ground as towns
from tests.monitoring_ground import record
from tests.town_ground import Town, text_of

from minsheng.cases.accountability.models import Case
from minsheng.cases.monitoring.models import Violation


@pytest.fixture
def town(db: None, test_clock: Callable[[datetime], None]) -> Town:
    return towns.build("suqian", test_clock, pack="suqian")


@pytest.mark.clause("SQ-23")
def test_privacy_that_was_let_out_wants_its_consequence_and_may_be_criticized(town: Town) -> None:
    order, office = town.handled(), town.desk("office")
    refused = record(office, "23.c", evidence=order)
    assert refused.status_code == 422
    assert "造成的后果" in text_of(refused)
    assert not Violation.objects.exists()

    assert record(office, "23.c", evidence=order, consequence="诉求人住址被公开，多次受扰").status_code == 302
    one = Violation.objects.get()
    assert office.post(f"/monitoring/{one.pk}/case", {"key": str(uuid4())}).status_code == 302
    case = Case.objects.get()
    head, thing = town.desk("head@城管局"), f"/things/case/{case.pk}/"
    head.post(f"{thing}do/accept_case", {"key": str(uuid4()), "seen_version": case.version})
    assert "通报批评" in text_of(head.get(thing))
    case.refresh_from_db()
    given = {"key": str(uuid4()), "seen_version": case.version, "measures": ["通报批评"]}
    assert head.post(f"{thing}do/decide_measure", given).status_code == 302
    case.refresh_from_db()
    assert (case.status, case.state["measures"]) == ("DECIDED", ["通报批评"])
