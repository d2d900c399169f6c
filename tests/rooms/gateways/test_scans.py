"""Scans become one PDF whatever they were; separator sheets that typst printed are read back from noisy pages."""

from __future__ import annotations

import io

import pikepdf
import pytest
from PIL import Image
from tests import scans_ground as paper

from minsheng.gateways.media import pdfs, scans, sheets
from minsheng.gateways.media.scans import ScanRefused

TEXT = "MINSHENG:1:suqian:2026-000001:0123456789abcdef"


def sheet(text: str = TEXT) -> Image.Image:
    return paper.pages_of(sheets.printed([("2026-000001", text)], title="分隔页", note="请放在每封信之前"))[0]


def count(pdf: bytes) -> int:
    with pikepdf.open(io.BytesIO(pdf)) as found:
        return len(found.pages)


@pytest.mark.parametrize("turned", [0, 1.5, -2, 90, 180, 270, 178.5])
def test_sheet_is_read_back_however_it_lay_under_the_scanner(turned: float) -> None:
    page = paper.scanned(sheet(), turned=turned)

    assert sheets.codes(page) == [TEXT]
    assert sheets.is_framed(page)


def test_sheet_survives_a_photocopy_in_black_and_white() -> None:
    page = paper.scanned(sheet(), noise=25).point(lambda each: 255 if each > 128 else 0)

    assert (sheets.codes(page), sheets.is_framed(page)) == ([TEXT], True)


def test_sheet_without_a_readable_code_is_known_by_its_frame_and_letters_are_none() -> None:
    smeared = sheet()
    for corner in ((190, 190), (700, 190), (190, 1200), (700, 1200)):
        smeared.paste(255, (*corner, corner[0] + 345, corner[1] + 345))
    dark = Image.new("L", (1240, 1754), 0)

    assert (sheets.codes(smeared), sheets.is_framed(paper.scanned(smeared, turned=1))) == ([], True)
    assert not sheets.is_framed(paper.scanned(paper.letter("路灯坏了")))
    assert not sheets.is_framed(dark)


def test_pictures_and_pdfs_become_the_pages_of_one_pdf_in_their_order() -> None:
    fax = [paper.letter(each).convert("1") for each in ("第一页", "第二页")]
    printed = scans.pdf_of([paper.jpeg(paper.letter("封面"))])

    whole = scans.pdf_of([paper.tiff(fax, dots=(204, 98)), paper.jpeg(paper.letter("信封")), printed])

    assert count(whole) == 4
    assert not pdfs.acts(io.BytesIO(whole))
    assert {each.size for each in scans.pictures(whole)} == {(1241, 1754)}  # A4, whatever the dots of a fax
    assert whole == scans.pdf_of([paper.tiff(fax, dots=(204, 98)), paper.jpeg(paper.letter("信封")), printed])
    assert [count(each) for each in scans.cut(whole, [[0, 1], [3]])] == [2, 1]


@pytest.mark.parametrize("end", [-60, -400])
def test_pdf_that_was_cut_off_in_transfer_is_repaired(end: int) -> None:
    good = scans.pdf_of([paper.jpeg(paper.letter("一")), paper.jpeg(paper.letter("二"))])
    at = good.index(b"xref") if end == -400 else len(good) + end

    assert count(scans.pdf_of([good[:at]])) == 2


def test_pdf_with_scripts_gives_its_pages_alone() -> None:
    with pikepdf.open(io.BytesIO(scans.pdf_of([paper.jpeg(paper.letter("一"))]))) as found:
        script = found.make_indirect(pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)"))
        found.Root.OpenAction = script
        found.pages[0].obj.AA = pikepdf.Dictionary(O=script)
        out = io.BytesIO()
        found.save(out)

    assert pdfs.acts(out)
    assert not pdfs.acts(io.BytesIO(scans.pdf_of([out.getvalue()])))


def locked() -> bytes:
    with pikepdf.open(io.BytesIO(scans.pdf_of([paper.jpeg(paper.letter("一"))]))) as found:
        out = io.BytesIO()
        found.save(out, encryption=pikepdf.Encryption(owner="a", user="b"))
    return out.getvalue()


def empty() -> bytes:
    with pikepdf.new() as none:
        out = io.BytesIO()
        none.save(out)
    return out.getvalue()


def long() -> bytes:
    with pikepdf.new() as many:
        for _ in range(scans.PAGES_AT_MOST + 1):
            many.add_blank_page()
        out = io.BytesIO()
        many.save(out)
    return out.getvalue()


def huge() -> bytes:
    out = io.BytesIO()
    Image.new("1", (40_000, 2_000)).save(out, "PNG")
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "scan_empty"), (empty(), "scan_empty"), (b"hello", "scan_broken"), (b"%PDF-1.7 nothing", "scan_broken"),
        (b"II*\x00\x08\x00\x00\x00", "scan_broken"), (locked(), "scan_locked"), (long(), "scan_too_long"),
        (huge(), "scan_too_large"),
    ],
    ids=["nothing", "no page", "text", "no pdf", "no tiff", "locked", "long", "huge"],
)  # fmt: skip
def test_what_has_no_readable_pages_or_too_many_is_refused(content: bytes, code: str) -> None:
    with pytest.raises(ScanRefused) as refused:
        scans.pdf_of([content])

    assert refused.value.code == code
