"""Doctor and status page say how the backups stand: old, not received, never tried, or well."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings as configured
from tests.town_ground import Town, text_of

from minsheng.app.operation import backing
from minsheng.core.features.values import BAD, GOOD, HINT
from minsheng.gateways.postgres.backups import Backups

NOW = datetime(2026, 11, 30, 1, 0, tzinfo=UTC)


@pytest.fixture
def kept(tmp_path: Path, settings: Any) -> Backups:
    settings.BACKUP_FOLDER = tmp_path
    made = Backups(tmp_path)
    made.make_folders()
    return made


def copy(kept: Backups, began: datetime) -> None:
    folder = kept.folder / "base" / began.strftime("%Y%m%dT%H%M%S%z")
    folder.mkdir()
    manifest = {"WAL-Ranges": [{"Timeline": 1, "Start-LSN": "0/2000028", "End-LSN": "0/2000028"}]}
    (folder / "backup_manifest").write_text(json.dumps(manifest), encoding="utf-8")


def levels() -> list[str]:
    with psycopg.connect(configured.URLS.app) as connection:
        return [finding.level for finding in backing.checks(connection, now=NOW)]


def test_nobody_who_backs_up_otherwise_is_told_that_anything_is_wrong(db: None, settings: Any) -> None:
    settings.BACKUP_FOLDER = None

    assert levels() == [HINT]
    assert list(backing.gauges(NOW)) == []


def test_doctor_knows_old_copies_and_drills_that_are_wanting(db: None, kept: Backups) -> None:
    assert levels() == [BAD, HINT, HINT]
    copy(kept, NOW - timedelta(hours=30))
    assert levels() == [BAD, HINT, HINT]
    copy(kept, NOW - timedelta(hours=3))
    kept.record({"at": "2026-11-03T03:30:00+00:00", "held": True, "says": "RTO"})
    assert levels() == [GOOD, HINT, GOOD]
    kept.record({"at": "2026-11-29T03:30:00+00:00", "held": False, "says": "lost"})
    assert levels() == [GOOD, HINT, GOOD]


def test_status_page_names_the_old_backup_and_the_log(town: Town, kept: Backups) -> None:
    copy(kept, town.now - timedelta(hours=30))

    page = text_of(town.desk("supervisor").get("/status"))

    assert "最近的备份是 30.0 小时以前的。" in page
    assert "新的记录没有进入备份。" in page
