"""A disk that takes no more in the middle of a file: the page says that nothing was done, and nothing half is left."""

from __future__ import annotations

import gc
import logging
import resource
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from django.test import Client
from tests import files_ground as samples
from tests.town_ground import bring

from minsheng.cases.appeals import attachments
from minsheng.core.ledger.models import Event

if TYPE_CHECKING:
    from tests.town_ground import Town

OFFICER = "officer@城管局"
ROOM = 64 * 1024


@pytest.fixture(autouse=True)
def files(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keep files, and what is on its way, in folders of the test's own."""
    settings.FILES_FOLDER = tmp_path / "files"
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path / "coming"
    settings.FILE_UPLOAD_TEMP_DIR.mkdir()
    settings.DEMO = True
    monkeypatch.setattr(tempfile, "tempdir", str(settings.FILE_UPLOAD_TEMP_DIR))
    return tmp_path


@contextmanager
def full() -> Iterator[None]:
    """Have the kernel refuse what goes beyond a little, in the middle of a write, as it does when a disk is full."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (ROOM, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def left_behind(folder: Path) -> list[Path]:
    """Return the files that there are once nobody holds the fault any more: a coming file goes with its request."""
    gc.collect()
    return [each for place in ("files", "coming") for each in (folder / place).rglob("*") if each.is_file()]


@pytest.mark.parametrize("size", [300_000, 3_000_000])  # kept in memory until it is stored; in a file from the start
def test_file_for_which_there_is_no_room_leaves_no_row_no_fact_and_no_part(
    town: Town, files: Path, size: int, caplog: pytest.LogCaptureFixture
) -> None:
    order, content, key = town.handled(), samples.PNG + b"\x00" * size, str(uuid4())
    desk = town.desk(OFFICER)
    desk.raise_request_exception = False
    facts = Event.objects.count()
    # A kept record would hold the request, and with it what was coming.
    caplog.set_level(logging.CRITICAL, logger="django.request")

    with full():
        refused = bring(desk, order, ("现场.png", content), key=key)
    said = (refused.status_code, "没有收下" in refused.content.decode())
    del refused  # it holds its request, and what was coming

    assert said == (503, True)
    assert attachments.of_order(order) == []
    assert Event.objects.count() == facts
    assert left_behind(files) == []
    _goes_in_once_there_is_room(desk, order, content, key)


def _goes_in_once_there_is_room(desk: Client, order: str, content: bytes, key: str) -> None:
    """The same press is no second one: it was never done."""
    again = bring(desk, order, ("现场.png", content), key=key)
    assert again.status_code == 302
    assert [each.size for each in attachments.of_order(order)] == [len(content)]
