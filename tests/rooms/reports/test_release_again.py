"""The annual release: its sections, and the same tables when it is counted again."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from datetime import datetime

import docx
import pytest
from django.conf import settings
from tests import town_ground as towns
from tests.reports_ground import counted, lake_of, planned, press, written
from tests.town_ground import Town

from minsheng.figures.reports.cycle import jobs
from minsheng.figures.reports.models import Report

pytestmark = pytest.mark.django_db


@pytest.fixture
def town(db: None, test_clock: Callable[[datetime], None], monkeypatch: pytest.MonkeyPatch) -> Town:
    town = towns.build("suzhou", test_clock, pack="suzhou")
    monkeypatch.setattr(settings, "LAKE_FOLDER", lake_of(town.code))
    return town


@pytest.mark.clause("AR-0")
def test_release_has_its_sections_and_the_same_tables_when_it_is_counted_again(town: Town) -> None:
    report = planned(town)
    counted(town, report)
    written(town, report)
    office = town.desk("office")

    def tables() -> bytes:
        found = Report.objects.get(pk=report).figures
        return json.dumps(found, sort_keys=True).encode()

    first = tables()
    paper = docx.Document(io.BytesIO(office.get(f"/reports/{report}/document.docx").content))
    headings = [line.text for line in paper.paragraphs if re.match(r"[一二三]、|（[一二三四五六]）", line.text)]
    press(town, "office", report, "compose")
    assert jobs.run_one(clock=lambda: town.now)

    numbers = ["一、", "二、", "（一）", "（二）", "（三）", "（四）", "（五）", "（六）", "三、"]
    assert [each[: len(number)] for each, number in zip(headings, numbers, strict=False)] == numbers, headings
    assert tables() == first
