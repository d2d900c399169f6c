"""A folder of backups: which copies are whole, when another is due, and what goes with those that are forgotten."""

from __future__ import annotations

import json
import os
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from minsheng.gateways.postgres.backups import Backups, is_due, segments

BEGAN = datetime.fromisoformat("2026-11-30T02:00:00+08:00")


@pytest.fixture
def kept(tmp_path: Path) -> Backups:
    made = Backups(tmp_path / "backup")
    made.make_folders()
    log(made, BEGAN).mkdir()
    return made


def log(kept: Backups, began: datetime) -> Path:
    return kept.folder / "wal" / began.strftime("%Y%m%dT%H%M%S%z")


def copy(kept: Backups, began: datetime, *, position: str, timeline: int = 1) -> None:
    folder = kept.folder / "base" / began.strftime("%Y%m%dT%H%M%S%z")
    folder.mkdir()
    manifest = {"WAL-Ranges": [{"Timeline": timeline, "Start-LSN": position, "End-LSN": position}]}
    (folder / "backup_manifest").write_text(json.dumps(manifest), encoding="utf-8")


def test_copies_are_listed_newest_first_and_half_made_ones_are_not(kept: Backups) -> None:
    copy(kept, BEGAN, position="0/2000028")
    copy(kept, BEGAN + timedelta(days=1), position="1F/FF000028", timeline=3)
    (kept.folder / "base" / "20261202T020000+0800.draft").mkdir()
    (kept.folder / "base" / "20261203T020000+0800").mkdir()

    found = kept.bases()

    assert [base.began for base in found] == [BEGAN + timedelta(days=1), BEGAN]
    assert [base.first_segment for base in found] == ["000000030000001F000000FF", "000000010000000000000002"]


def test_another_copy_is_due_after_two_in_the_morning(kept: Backups) -> None:
    assert is_due(None, now=BEGAN)
    copy(kept, BEGAN, position="0/2000028")
    (base,) = kept.bases()

    assert not is_due(base, now=BEGAN + timedelta(hours=23, minutes=59))
    assert is_due(base, now=BEGAN + timedelta(days=1, seconds=1))
    assert is_due(base, now=BEGAN + timedelta(days=9))


def test_old_copies_go_with_the_log_that_only_they_need_and_two_always_stay(kept: Backups) -> None:
    for day in range(4):
        copy(kept, BEGAN + timedelta(days=day), position=f"0/{day + 2}000028")
    for name in ("000000010000000000000002", "000000010000000000000003", "000000010000000000000004.partial",
                 "00000002.history"):  # fmt: skip
        (log(kept, BEGAN) / name).touch()

    forgotten = kept.forget(before=BEGAN + timedelta(days=9))

    assert forgotten == 2
    assert [base.began.day for base in kept.bases()] == [3, 2]
    assert sorted(each.name for each in log(kept, BEGAN).iterdir()) == [
        "000000010000000000000004.partial",
        "00000002.history",
    ]


def test_each_copy_goes_on_with_the_log_that_follows_it_and_a_log_of_no_copy_goes(kept: Backups) -> None:
    later = log(kept, BEGAN + timedelta(days=2))
    later.mkdir()
    for day in range(5):
        copy(kept, BEGAN + timedelta(days=day), position=f"0/{day + 2}000028")

    assert [kept.log_of(base) for base in kept.bases()] == [later, later, later, log(kept, BEGAN), log(kept, BEGAN)]
    kept.forget(before=BEGAN + timedelta(days=1))
    assert kept.logs() == [later, log(kept, BEGAN)]
    kept.forget(before=BEGAN + timedelta(days=9))
    assert kept.logs() == [later]


def test_whole_segment_comes_before_its_beginning(kept: Backups) -> None:
    for name in ("000000010000000000000002", "000000010000000000000003", "000000010000000000000003.partial",
                 "000000010000000000000004.partial", "00000002.history", "notes"):  # fmt: skip
        (log(kept, BEGAN) / name).touch()

    found = segments(log(kept, BEGAN), first="000000010000000000000003")

    assert {name: path.name for name, path in found.items()} == {
        "000000010000000000000003": "000000010000000000000003",
        "000000010000000000000004": "000000010000000000000004.partial",
        "00000002.history": "00000002.history",
    }


def test_file_taken_out_of_the_store_leaves_the_backup_once_its_copies_do(kept: Backups, tmp_path: Path) -> None:
    store = tmp_path / "files"
    for name in ("aa", "bb"):
        (store / "12").mkdir(parents=True, exist_ok=True)
        (store / "12" / name).write_bytes(name.encode())
    (store / "drafts").mkdir()
    (store / "drafts" / "half").touch()
    assert kept.copy_files(store) == 2
    assert kept.copy_files(store) == 0

    (store / "12" / "aa").unlink()
    assert kept.forget_files(store, before=BEGAN) == 0
    assert (kept.files / "12" / "aa").exists()
    os.utime(kept.files / "12" / "aa.gone", (0, 0))

    assert kept.forget_files(store, before=BEGAN) == 1
    assert sorted(each.name for each in (kept.files / "12").iterdir()) == ["bb"]


def test_only_a_drill_that_held_counts(kept: Backups) -> None:
    assert kept.last_drill() is None
    kept.record({"at": "2026-11-01", "held": True})
    kept.record({"at": "2026-11-02", "held": False})

    assert kept.last_drill() == {"at": "2026-11-01", "held": True}
