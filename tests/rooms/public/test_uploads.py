"""What citizens may send and what not: refused with a clear sentence, nothing kept. Clauses: JY-10.3c, SZ-15.1."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image
from tests import files_ground as filesamples
from tests.town_ground import Town
from tests.visiting_ground import Citizen

from minsheng.cases.appeals import attachments
from minsheng.cases.appeals import queries as appeals
from minsheng.cases.orders.storage import queries
from minsheng.core.ledger.models import Refusal
from minsheng.gateways.antivirus import EICAR
from minsheng.public.portal import filings
from minsheng.public.portal.models import Draft, DraftFile


def bomb() -> bytes:
    """Return a small archive that unpacks to three hundred megabytes and calls itself a letter."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", filesamples.WORD)
        with archive.open("word/document.xml", "w") as entry:
            for _ in range(300):
                entry.write(b"\0" * 1_048_576)
    return out.getvalue()


def wide() -> bytes:
    """Return a picture of 50,000 × 50,000 pixels in about 300 KB."""
    out = io.BytesIO()
    Image.new("1", (50_000, 50_000)).save(out, "PNG")
    return out.getvalue()


REFUSED = {
    "EICAR": ("现场.txt", EICAR, "恶意程序"),
    "EICAR in a picture": ("现场.png", filesamples.PNG + EICAR, "恶意程序"),
    "a picture of too many pixels": ("现场.png", wide, "像素超过 6000 万"),
    "zip bomb": ("材料.docx", bomb, "解压后过大"),
    "an archive": ("材料.zip", b"PK\x05\x06" + b"\0" * 18, "不能识别"),
    "HTML as PNG": ("现场.png", b"<html><script>alert(1)</script></html>", "不能识别"),
    "HTML as text": ("说明.txt", b"<html><script>alert(1)</script></html>", "网页代码"),
    "SVG": ("现场.svg", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "不能识别"),
    "a picture that says it is a film": ("现场.mp4", filesamples.PNG, "与文件名不符"),
    "nothing": ("现场.png", b"", "空文件"),
    "a program": ("现场.exe", b"MZ\x90\0" + b"\0" * 200, "不能识别"),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_what_is_no_picture_film_or_document_is_refused_and_nothing_is_kept(town: Town, kind: str) -> None:
    name, content, said = REFUSED[kind]
    citizen = Citizen(town.code)
    citizen.begin()
    citizen.post("file/type", {"type": "help"})

    answer = citizen.post(
        "file/files", {"files": SimpleUploadedFile(name, content() if callable(content) else content), "upload": "1"}
    )

    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert DraftFile.objects.count() == 0
    assert kept() == []


@pytest.mark.parametrize("kind", ["EICAR", "HTML as PNG", "nothing"])
def test_what_is_refused_when_filing_is_refused_when_added_later_and_the_words_with_it(town: Town, kind: str) -> None:
    name, content, said = REFUSED[kind]
    assert isinstance(content, bytes)
    citizen = Citizen(town.code)
    row = citizen.file()
    before = len(queries.history(row.id))

    answer = citizen.act(row.number, "material", "material", text="补充的话", files=SimpleUploadedFile(name, content))

    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert attachments.of_order(row.id) == []
    assert appeals.additions(row.id) == []
    assert len(queries.history(row.id)) == before
    assert kept() == []
    assert Refusal.objects.filter(command="attach", code="file_infected").exists() is (kind == "EICAR")


def kept() -> list[Path]:
    """Return every file that lies in either store."""
    from django.conf import settings

    return [
        each
        for folder in (settings.DRAFTS_FOLDER, settings.FILES_FOLDER)
        for each in folder.rglob("*")
        if each.is_file()
    ]


def test_somebody_who_brings_something_infected_is_on_record(town: Town) -> None:
    citizen = Citizen(town.code)
    citizen.begin()

    citizen.post("file/files", {"files": SimpleUploadedFile("现场.txt", EICAR), "upload": "1"})

    assert Refusal.objects.filter(command="attach", code="file_infected").count() == 1


@pytest.mark.parametrize(
    "name", ["<img src=x onerror=alert(1)>.png", "字" * 300 + ".png", "a:b.png", 'a"b.png', "a|b?.png"]
)
def test_odd_names_are_refused_and_nothing_is_kept(town: Town, name: str) -> None:
    citizen = Citizen(town.code)
    citizen.begin()

    answer = citizen.post("file/files", {"files": SimpleUploadedFile(name, filesamples.PNG), "upload": "1"})

    assert answer.status_code == 422
    assert "请改名后重新上传" in answer.content.decode()
    assert "<img src=x" not in answer.content.decode()
    assert DraftFile.objects.count() == 0
    assert kept() == []


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("现场\u3000照片.png", "现场照片.png"),
        ("截屏 3.00\u202f下午.png", "截屏 3.00下午.png"),
        ("满意率98%.png", "满意率98_.png"),
        ("没有扩展名", "没有扩展名.png"),
    ],
)
def test_names_that_only_want_a_touch_are_made_harmless(town: Town, name: str, shown: str) -> None:
    citizen = Citizen(town.code)
    citizen.begin()

    citizen.post("file/files", {"files": SimpleUploadedFile(name, filesamples.PNG), "upload": "1"})

    assert DraftFile.objects.get().name == shown


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd.png", "passwd.png"),
        ("C:\\\\fotos\\\\a.png", "a.png"),
        ("a\u202egnp.exe.png", "agnp.exe.png"),
        ("a&#x202e;gnp.png", "agnp.png"),
        ("a\u200b.png", "a.png"),
        ("a\0.png", "a.png"),
        ("\u202e", "附件"),
        ("..", "附件"),
        ("字" * 300 + ".png", "字" * 96 + ".png"),
    ],
)
@pytest.mark.parametrize("where", ["file/files", "material"])
@pytest.mark.parametrize("size", [0, 2 * 1024**2])
def test_names_are_judged_as_they_came(town: Town, name: str, shown: str, where: str, size: int) -> None:
    citizen = Citizen(town.code)
    if where == "material":
        where = f"appeals/{citizen.file().number}/material"
    else:
        citizen.begin()

    answer = citizen.client.post(citizen.path(where), **by_hand(name, filesamples.PNG + b"\0" * size))

    assert answer.status_code == 422
    assert f"“{shown}”的文件名" in answer.content.decode()
    assert "请改名后重新上传" in answer.content.decode()
    assert DraftFile.objects.count() == 0
    assert kept() == []


def by_hand(name: str, content: bytes) -> dict[str, Any]:
    """Return a body whose file has a name as it stands, which no library has made better."""
    lines = [
        b"--x", b'Content-Disposition: form-data; name="upload"', b"", b"1",
        b"--x", f'Content-Disposition: form-data; name="files"; filename="{name}"'.encode(),
        b"Content-Type: image/png", b"", content,
        b"--x--", b"",
    ]  # fmt: skip
    return {"data": b"\r\n".join(lines), "content_type": "multipart/form-data; boundary=x"}


def test_two_gigabytes_are_refused_before_a_byte_is_read(town: Town) -> None:
    citizen = Citizen(town.code)
    citizen.begin()

    answer = citizen.client.post(
        citizen.path("file/files"),
        data=b"",
        content_type="multipart/form-data; boundary=x",
        headers={"content-length": str(2 * 1024**3)},
        CONTENT_LENGTH=str(2 * 1024**3),
    )

    assert answer.status_code == 413
    assert "没有收下任何内容" in answer.content.decode()
    assert kept() == []


def test_a_stranger_without_a_draft_brings_no_large_body_at_all(town: Town) -> None:
    answer = Citizen(town.code).client.post(
        f"/portal/{town.code}/file/files", data=b"", content_type="multipart/form-data; boundary=x",
        CONTENT_LENGTH=str(6 * 1024**2),
    )  # fmt: skip

    assert answer.status_code == 413


def test_files_can_be_taken_out_again_and_go_with_a_draft_that_nobody_filed(town: Town) -> None:
    citizen = Citizen(town.code)
    citizen.begin()
    citizen.post("file/files", {"files": SimpleUploadedFile("现场.png", filesamples.PNG), "upload": "1"})
    file = DraftFile.objects.get()
    citizen.post(f"file/files/{file.id}/remove", {})
    assert kept() == []
    citizen.post("file/files", {"files": SimpleUploadedFile("现场.png", filesamples.PNG), "upload": "1"})
    assert len(kept()) == 1

    town.later(days=2)
    filings.forget(now=town.now)

    assert Draft.objects.count() == 0
    assert kept() == []


def test_files_of_another_browsers_draft_can_not_be_taken_out(town: Town) -> None:
    citizen = Citizen(town.code)
    citizen.begin()
    citizen.post("file/files", {"files": SimpleUploadedFile("现场.png", filesamples.PNG), "upload": "1"})
    other = Citizen(town.code)
    other.begin()

    other.post(f"file/files/{DraftFile.objects.get().id}/remove", {})

    assert DraftFile.objects.count() == 1


def test_filed_files_move_to_the_records_and_none_stays_with_the_drafts(
    town: Town, django_capture_on_commit_callbacks: Any
) -> None:
    from django.conf import settings

    citizen = Citizen(town.code)
    citizen.fill()
    citizen.post("file/files", {"files": SimpleUploadedFile("现场.png", filesamples.PNG), "upload": "1"})
    with django_capture_on_commit_callbacks(execute=True):
        citizen.asked("file/check", {"agreed": "on"})

    row = town_row()
    assert [each.name for each in attachments.of_order(row)] == ["现场.png"]
    assert [each for each in settings.DRAFTS_FOLDER.rglob("*") if each.is_file()] == []


def town_row() -> str:
    """Return the id of the only order."""
    from minsheng.cases.orders.models import Order

    return Order.objects.get().id


def test_a_second_file_with_the_same_content_is_mentioned(town: Town) -> None:
    citizen = Citizen(town.code)
    citizen.begin()
    citizen.post("file/files", {"files": [SimpleUploadedFile("现场.png", filesamples.PNG)], "upload": "1"})

    again = citizen.post("file/files", {"files": [SimpleUploadedFile("现场.png", filesamples.PNG)], "upload": "1"})
    other = citizen.post("file/files", {"files": [SimpleUploadedFile("门口.png", filesamples.PNG)], "upload": "1"})

    assert again.status_code == 302
    assert other.status_code == 422
    assert "“门口.png”和已上传的“现场.png”内容完全相同" in other.content.decode()
    assert [each.name for each in DraftFile.objects.all()] == ["现场.png"]
