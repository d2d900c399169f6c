"""Published copies of pictures go when nobody is to see them any more. Clauses: JY-9.8a, JY-9.8.2."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.files_ground import PNG
from tests.publication_ground import decided
from tests.town_ground import Town, relayed
from tests.visiting_ground import Citizen, answered, closed

from minsheng.cases.appeals import attachments
from minsheng.cases.appeals.models import PublicFile
from minsheng.cases.orders import models


@pytest.fixture
def town(transactional_db: None, town: Town, tmp_path: Path, settings: Any) -> Town:
    """Return a town that really commits: contents go once it is certain that nobody has them."""
    settings.FILES_FOLDER = tmp_path / "files"
    settings.DRAFTS_FOLDER = tmp_path / "drafts"
    return town


def pictured(town: Town) -> tuple[models.Order, str]:
    """Return a closed order with one picture published, and the picture's id."""
    citizen = Citizen(town.code)
    citizen.fill()
    citizen.post("file/files", {"files": SimpleUploadedFile("现场.png", PNG), "upload": "1"})
    assert citizen.asked("file/check", {"agreed": "on"}).status_code == 302
    row = models.Order.objects.get()
    answered(town, row.id)
    closed(town, row.id)
    (picture,) = attachments.of_order(row.id)
    assert decided(town, row.id, public_files=str(picture.id)).status_code == 302
    relayed()
    return models.Order.objects.get(id=row.id), str(picture.id)


def contents(settings: Any) -> set[str]:
    """Return the contents that lie in the store, by their digests."""
    return {path.name for path in Path(settings.FILES_FOLDER).rglob("*") if path.is_file()}


def test_a_picture_that_is_chosen_no_more_leaves_no_copy(town: Town, settings: Any) -> None:
    row, _picture = pictured(town)
    copy = PublicFile.objects.get().digest
    assert any(copy in name for name in contents(settings))

    assert decided(town, row.id).status_code == 302

    assert not PublicFile.objects.exists()
    (original,) = attachments.of_order(row.id)
    left = contents(settings)
    assert not any(copy in name for name in left)
    assert any(original.digest in name for name in left)
    assert Citizen(town.code).get(f"cases/{row.number}/1.png").status_code == 404


def test_a_case_that_is_handled_anew_leaves_no_copy(town: Town, settings: Any) -> None:
    row, _ = pictured(town)
    copy = PublicFile.objects.get().digest

    town.act(row.id, "supervisor", "reopen", finding="答复不实")

    assert not PublicFile.objects.exists()
    assert not any(copy in name for name in contents(settings))


def test_the_same_choice_once_more_keeps_the_copy(town: Town, settings: Any) -> None:
    row, picture = pictured(town)
    before = contents(settings)

    assert decided(town, row.id, public_files=picture).status_code == 302

    assert contents(settings) == before
    assert Citizen(town.code).get(f"cases/{row.number}/1.png").status_code == 200


def test_a_picture_is_asked_for_again_each_time_and_sent_only_when_it_is_another(town: Town) -> None:
    row, _ = pictured(town)
    reader = Citizen(town.code)
    address = reader.path(f"cases/{row.number}/1.png")
    first = reader.client.get(address)
    mark = first["ETag"]

    again = [
        ask(address, headers={"if-none-match": named, **more})
        for ask in (reader.client.get, reader.client.head)
        for named in (mark, f'"another", W/{mark}', "*")
        for more in ({}, {"range": "bytes=0-1"})
    ]
    other = reader.client.get(address, headers={"if-none-match": '"another"'})

    assert first["Cache-Control"] == "private, no-cache"
    assert {(each.status_code, each.content, each["ETag"], each["Cache-Control"]) for each in again} == {
        (304, b"", mark, "private, no-cache")
    }
    assert b"".join(other.streaming_content) == b"".join(first.streaming_content)


def test_who_has_a_copy_is_told_when_it_is_withdrawn(town: Town) -> None:
    row, _ = pictured(town)
    reader = Citizen(town.code)
    address = reader.path(f"cases/{row.number}/1.png")
    mark = reader.client.get(address)["ETag"]

    assert decided(town, row.id).status_code == 302

    assert reader.client.get(address, headers={"if-none-match": mark}).status_code == 404
