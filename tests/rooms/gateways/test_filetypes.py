"""What a file really is, whatever it is called; what is refused, and how names are cleaned."""

from __future__ import annotations

import io
import zipfile

import pytest
from tests import files_ground as samples

from minsheng.gateways.media.filetypes import ACCEPTED, KINDS, Limits, Unacceptable, clean_name, examine

LIMITS = Limits(file=100_000, video=200_000, order_files=10, order=1_000_000)


def code_of(content: bytes, name: str, limits: Limits = LIMITS) -> str:
    """Return the kind's code, or the code of the refusal."""
    try:
        return examine(io.BytesIO(content), name=name, limits=limits).kind.code
    except Unacceptable as refused:
        return refused.code


@pytest.mark.parametrize(
    ("content", "name", "kind"),
    [
        (samples.PNG, "现场.png", "png"),
        (samples.JPEG, "IMG_2031.JPG", "jpeg"),
        (samples.JPEG, "a.jpeg", "jpeg"),
        (samples.GIF, "a.gif", "gif"),
        (samples.WEBP, "a.webp", "webp"),
        (samples.PDF, "答复.pdf", "pdf"),
        (samples.WAV, "a.wav", "wav"),
        (samples.AMR, "录音.amr", "amr"),
        (samples.M4A, "a.m4a", "m4a"),
        (samples.MP4, "a.mp4", "mp4"),
        (samples.MOV, "a.mov", "mov"),
        (samples.MP3, "a.mp3", "mp3"),
        (b"\xff\xfb\x90\x64" + b"\x00" * 400, "a.mp3", "mp3"),
        (samples.DOCX, "意见.docx", "docx"),
        (samples.XLSX, "清单.xlsx", "xlsx"),
        (samples.DOC, "旧.doc", "doc"),
        (samples.XLS, "旧.xls", "xls"),
        ("路灯坏了，3 < 5。\r\n".encode(), "说明.txt", "txt"),
        ("路灯坏了。".encode("gb18030"), "说明.txt", "txt"),
        ("﻿路灯坏了。".encode(), "说明.txt", "txt"),
    ],
)
def test_what_is_on_the_list_is_known_by_its_content(content: bytes, name: str, kind: str) -> None:
    known = examine(io.BytesIO(content), name=name, limits=LIMITS)

    assert (known.kind.code, known.name, known.size) == (kind, name, len(content))


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        (b"", "a.png", "file_empty"),
        # the content is another one than the name says
        (samples.PNG, "a.jpg", "file_kind_differs"),
        (samples.DOCX, "a.xlsx", "file_kind_differs"),
        (samples.DOC, "a.xls", "file_kind_differs"),
        (samples.PDF, "a.txt", "file_kind_differs"),
        (samples.PNG, "a.png.exe", "file_kind_differs"),
        (samples.PNG, "photognp.exe", "file_kind_differs"),
        (samples.PNG, "photo\u202egnp.exe", "file_name_odd"),
        # pages and programs in disguise
        (b"<!DOCTYPE html><html><script>alert(1)</script></html>", "a.png", "file_kind_unknown"),
        (b"<html><body>", "a.html", "file_kind_unknown"),
        (b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', "a.svg", "file_kind_unknown"),
        (b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', "a.png", "file_kind_unknown"),
        (b"MZ\x90\x00" + b"\x00" * 100, "a.exe", "file_kind_unknown"),
        (b"#!/bin/sh\nrm -rf /\n", "a.sh", "file_kind_unknown"),
        (b"<script>alert(1)</script>", "a.txt", "file_has_markup"),
        ("说明 <img src=x onerror=alert(1)>".encode(), "a.txt", "file_has_markup"),
        (b"a\x00b", "a.txt", "file_broken"),
        (b"\xff\xfe\xfa\xf1\xff\xff", "a.txt", "file_broken"),
        (b"x" * (2 * 1024 * 1024 + 1), "a.txt", "file_too_large"),
        # archives
        (samples.archive(readme=b"x"), "a.docx", "file_kind_unknown"),
        (samples.archive(types=b"<Types/>"), "a.docx", "file_kind_unknown"),
        (samples.DOCX[:-30], "a.docx", "file_broken"),
        (b"PK\x03\x04nonsense", "a.docx", "file_broken"),
        (samples.DOCX, "a.zip", "file_kind_differs"),
        (samples.archive(types=samples.WORD, word__vbaProject__bin=b"x"), "a.docx", "docx"),
        (samples.archive(types=samples.types_of("application/vnd.ms-word.document.macroEnabled.main+xml")),
         "a.docx", "file_has_macros"),
        (samples.archive(types=samples.WORD, inner=samples.DOCX), "a.docx", "file_holds_archive"),
        (samples.archive(types=samples.WORD, inner=b"Rar!\x1a\x07\x00"), "a.docx", "file_holds_archive"),
        (samples.archive(types=samples.WORD, word__embeddings__one=samples.XLSX), "a.docx", "docx"),
        (samples.archive(types=samples.WORD, word__embeddings__one=samples.archive(x__embeddings__y=samples.XLSX)),
         "a.docx", "file_holds_archive"),
        (samples.archive(types=samples.WORD, big=b"\x00" * 20_000_000), "a.docx", "file_unpacks_too_large"),
        (samples.ole("Root Entry", "PowerPoint Document"), "a.doc", "file_kind_unknown"),
        (samples.ole("Root Entry", "WordDocument", "_VBA_PROJECT"), "a.doc", "file_has_macros"),
    ],
)  # fmt: skip
def test_what_is_not_on_the_list_or_in_disguise_is_refused(content: bytes, name: str, code: str) -> None:
    limits = Limits(file=50_000_000, video=50_000_000, order_files=10, order=1)

    assert code_of(content, name, limits) == code


def test_a_macro_is_found_by_its_part_also_when_the_types_hide_it() -> None:
    packed = io.BytesIO(samples.DOCX)
    with zipfile.ZipFile(packed, "a") as file:
        file.writestr("word/VBAProject.bin", b"x")

    assert code_of(packed.getvalue(), "a.docx") == "file_has_macros"


def test_a_document_of_very_many_parts_is_refused() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as file:
        for place in range(5_001):
            file.writestr(f"{place}", b"")

    assert code_of(packed.getvalue(), "a.docx", Limits(10_000_000, 1, 1, 1)) == "file_unpacks_too_large"


def test_a_document_that_lies_about_a_parts_length_is_refused() -> None:
    honest = samples.archive(types=samples.WORD, big=b"\x00" * 100_000)
    true, false = (100_000).to_bytes(4, "little"), (10).to_bytes(4, "little")

    assert code_of(honest.replace(true, false), "a.docx") == "file_broken"


def test_limits_differ_for_films_and_are_measured() -> None:
    picture, film = samples.PNG.ljust(150_000, b"\0"), samples.MP4.ljust(150_000, b"\0")

    assert code_of(picture, "a.png") == "file_too_large"
    assert code_of(film, "a.mp4") == "mp4"
    assert code_of(film.ljust(200_001, b"\0"), "a.mp4") == "file_too_large"


@pytest.mark.parametrize(
    ("name", "cleaned"),
    [
        ("现场照片.jpg", "现场照片.jpg"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\me\\a.pdf", "a.pdf"),
        ("a\x00b\r\nc.pdf", "abc.pdf"),
        ("\u202egpj.exe", "gpj.exe"),
        ("a\u200b\u2066b.pdf", "ab.pdf"),
        ('a<b>"c"|d?.pdf', "a_b__c__d_.pdf"),
        ("  a   b .pdf ", "a b .pdf"),
        ("...", "附件"),
        ("", "附件"),
        ("\ud800.png", "png"),
        ("长" * 300 + ".docx", "长" * 95 + ".docx"),
        ("长" * 300, "长" * 100),
        ("a." + "x" * 300, "a." + "x" * 98),
    ],
)
def test_names_are_cleaned(name: str, cleaned: str) -> None:
    assert clean_name(name) == cleaned


def test_a_name_without_extension_is_given_the_kinds_own() -> None:
    assert examine(io.BytesIO(samples.JPEG), name="IMG_2031", limits=LIMITS).name == "IMG_2031.jpg"
    assert examine(io.BytesIO(samples.PNG), name="长" * 100, limits=LIMITS).name == "长" * 94 + ".png"


@pytest.mark.parametrize(
    "name", ["长" * 97 + ".png", "...", "a/b.png", "C:\\a.png", "a\r\nb.png", "\u202egpj.png", "a?.png", "\ud800.png"]
)
def test_odd_names_are_refused(name: str) -> None:
    assert code_of(samples.PNG, name) == "file_name_odd"


def test_every_kind_says_how_it_is_recognized_and_names_itself() -> None:
    assert all(kind.signs or kind.part or kind.stream or kind.code == "txt" for kind in KINDS)
    assert len(ACCEPTED) == len(set(ACCEPTED))
    assert {kind.code for kind in KINDS if kind.is_video} == {"mp4", "mov"}
    assert {kind.code for kind in KINDS if kind.shows_inline} == {"jpeg", "png", "gif", "webp", "pdf"}
