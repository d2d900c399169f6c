"""Measures in files do no harm on a full disk: no page of theirs is without a block."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from minsheng.gateways.measuring import AllocatedDict


def full(descriptor: int, start: int, length: int) -> None:
    raise OSError(errno.ENOSPC, "no space left")


def keys(measures: AllocatedDict) -> set[str]:
    return {key for key, _, _ in measures.read_all_values()}  # type: ignore[no-untyped-call]


def test_every_block_is_there_before_it_is_written_and_growing_loses_nothing(tmp_path: Path) -> None:
    file = tmp_path / "histogram_1.db"
    measures = AllocatedDict(str(file))
    wanted = {f"key-{number}-{'x' * 200}" for number in range(1000)}

    for key in wanted:
        measures.write_value(key, 1.0, 2.0)  # type: ignore[no-untyped-call]

    state = file.stat()
    assert state.st_size > 1 << 17
    assert state.st_blocks * 512 >= state.st_size
    assert keys(measures) == wanted
    again = AllocatedDict(str(file), read_mode=True)
    assert keys(again) == wanted


def test_full_disk_refuses_a_new_measure_and_keeps_the_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    measures = AllocatedDict(str(tmp_path / "histogram_1.db"))
    measures.write_value("kept", 7.0, 2.0)  # type: ignore[no-untyped-call]
    monkeypatch.setattr(os, "posix_fallocate", full)

    with pytest.raises(OSError, match="no space"):
        measures.write_value("x" * 100_000, 1.0, 2.0)  # type: ignore[no-untyped-call]

    measures.write_value("kept", 8.0, 2.0)  # type: ignore[no-untyped-call]
    assert measures.read_value("kept")[0] == 8.0  # type: ignore[no-untyped-call]
    assert keys(measures) == {"kept"}


def test_on_a_full_disk_the_first_page_lies_in_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "posix_fallocate", full)

    measures = AllocatedDict(str(tmp_path / "histogram_1.db"))
    measures.write_value("kept", 7.0, 2.0)  # type: ignore[no-untyped-call]

    assert measures.read_value("kept")[0] == 7.0  # type: ignore[no-untyped-call]
