"""Pictures of threads: redrawn, for everybody only once let in, and left out one by one; who has left keeps threads."""

from __future__ import annotations

import io
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image
from tests.files_ground import PDF
from tests.forum_ground import ADMIN, let_in, poster, threads_of
from tests.town_ground import Town, text_of
from tests.visiting_ground import Citizen

from minsheng.cases.forum.actions import KIND
from minsheng.cases.forum.models import Member, Picture, Thread
from minsheng.core.files import gates, places
from minsheng.core.files.models import Attachment
from minsheng.core.lifecycles import actions as lifecycles
from minsheng.domain.forum import commands as cmd

SECRET = "陆晓禾的手机"


@pytest.fixture
def author(suzhou: Town) -> Citizen:
    return poster(suzhou.code, "13000000001", "陆晓禾")


def photo(color: str = "red", *, name: str = "a.jpg") -> SimpleUploadedFile:
    """Return a photo that says who took it."""
    made, exif = io.BytesIO(), Image.Exif()
    exif[0x010E] = "taken by 13000000001"
    Image.new("RGB", (40, 30), color).save(made, "JPEG", exif=exif, comment=b"13000000001")
    return SimpleUploadedFile(name, made.getvalue(), content_type="image/jpeg")


def posted(citizen: Citizen, *pictures: Any, **more: str) -> Any:
    form = {"key": str(uuid4()), "title": "滨江路路灯", "content": "滨江路路灯不亮", **more}
    return citizen.client.post(citizen.path("forum/post"), {**form, "pictures": list(pictures)})


def bytes_of(answer: Any) -> bytes:
    return b"".join(answer.streaming_content)


@pytest.mark.clause("SZ-17b")
def test_pictures_are_copies_without_metadata_and_everybodys_only_once_the_thread_is_let_in(
    suzhou: Town, author: Citizen
) -> None:
    form = {"key": str(uuid4()), "title": "滨江路路灯", "content": "滨江路路灯不亮"}
    for _ in range(2):  # pressing twice is one thread with its pictures once
        send = {**form, "pictures": [photo(name=f"{SECRET}.jpg"), photo("blue")]}
        assert author.client.post(author.path("forum/post"), send).status_code == 302
    (row,), admin, reader = threads_of(suzhou), suzhou.desk(ADMIN), Citizen(suzhou.code)
    assert (Picture.objects.count(), Attachment.objects.filter(owner="thread").count()) == (2, 2)
    mine = author.get(f"forum/{row.code}/picture/1")
    assert (mine.status_code, mine["Content-Type"], b"13000000001" in bytes_of(mine)) == (200, "image/jpeg", False)
    assert reader.get(f"forum/{row.code}/picture/1").status_code == 404
    assert suzhou.desk("office").get(f"/forum/moderation/{row.pk}/picture/1").status_code == 403
    assert bytes_of(admin.get(f"/forum/moderation/{row.pk}/picture/2"))

    item = {"item": f"{row.pk}.0", "key": str(uuid4()), "approve": "1"}
    several = admin.post("/forum/moderation/several", {**item, "items": [item["item"]]})
    assert "看过图片" in text_of(several)
    done = admin.post(
        "/forum/moderation", {**item, "title": "*路灯", "content": "滨江路路灯不亮", "pictures": ["2", "x", "11"]}
    )
    assert done.status_code == 302

    page = text_of(reader.get(f"forum/{row.code}"))
    assert (f"{row.code}/picture/2" in page, f"{row.code}/picture/1" in page, SECRET in page) == (True, False, False)
    shown = reader.get(f"forum/{row.code}/picture/2")
    assert (shown.status_code, b"13000000001" in bytes_of(shown)) == (200, False)
    for address in ("picture/1", "picture/3"):
        assert reader.get(f"forum/{row.code}/{address}").status_code == 404
    hide = cmd.Hide(reason="违法信息")
    lifecycles.apply(KIND, row.pk, hide, city=suzhou.code, by=suzhou.actor(ADMIN), now=suzhou.now)
    assert reader.get(f"forum/{row.code}/picture/2").status_code == 404
    copy = Picture.objects.get(place=2)
    assert gates.is_held(copy.digest)
    assert places.store().open(copy.digest).read()


@pytest.mark.parametrize(
    ("files", "status", "sentence"),
    [
        ([photo() for _ in range(11)], 409, "图片最多 10 张"),
        ([SimpleUploadedFile("a.pdf", PDF)], 409, "不是图片"),
        ([photo(), SimpleUploadedFile("a.jpg", b"no picture")], 409, ""),
        ([SimpleUploadedFile("a.png", b"\x89PNG\r\n\x1a\n" + b"\x00" * 64)], 409, ""),
    ],
)
def test_what_is_no_picture_or_too_much_is_refused_and_nothing_is_kept(
    suzhou: Town, author: Citizen, files: list[Any], status: int, sentence: str
) -> None:
    for each in files:
        each.seek(0)

    answer = posted(author, *files)

    assert (answer.status_code, sentence in text_of(answer)) == (status, True)
    assert (threads_of(suzhou), Attachment.objects.count(), Picture.objects.count()) == ([], 0, 0)


def test_threads_of_somebody_who_has_left_stay_under_a_word_that_names_nobody(suzhou: Town, author: Citizen) -> None:
    row = let_in(suzhou, author, title="滨江路路灯", content="滨江路路灯不亮")
    Member.objects.all().delete()

    for address in (f"forum/{row.code}", "forum"):
        assert "已注销用户" in text_of(Citizen(suzhou.code).get(address))
    assert Thread.objects.get(pk=row.pk).title == "滨江路路灯"
