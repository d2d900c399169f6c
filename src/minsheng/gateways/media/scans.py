"""Paper as scanners and fax machines give it, made into one PDF: broken PDFs repaired, pictures and TIFF as pages.

What came is looked at for malicious software before it is opened here. Nothing of a PDF is kept but its pages.
"""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator, Sequence
from typing import Any, Final

import img2pdf
import pikepdf
import pypdfium2
from PIL import Image, UnidentifiedImageError

from minsheng.domain.rejected import Rejected

# A sack of post on one evening; more is a mistake, or a bomb.
PAGES_AT_MOST: Final = 500
# A0 at 400 dots an inch, in black and white, is more than this; letters and faxes are far less.
_PIXELS_AT_MOST: Final = 60_000_000
_DOTS: Final = 150
# On a screen beside a form.
_SHOWN_DOTS: Final = 110
_PICTURE_AT_MOST: Final = 4_000_000
_A4: Final = (img2pdf.mm_to_pt(210), img2pdf.mm_to_pt(297))
# PDFium has one state for the whole process.
_ALONE: Final = threading.Lock()


class ScanRefused(Rejected):
    """A scan that has no pages, too many, or none that anybody can read; the code says why."""


def pdf_of(files: Sequence[bytes]) -> bytes:
    """Return the pages of all files, in their order, as one PDF; the same files give the same bytes.

    A file is a PDF, or a picture of one or many pages (TIFF, JPEG, PNG). Raises: ScanRefused.
    """
    with pikepdf.new() as whole:
        for content in files:
            for source in _opened(content):
                with source:
                    _add(source, whole)
        if not len(whole.pages):
            raise ScanRefused("scan_empty")
        return _saved(whole)


def cut(pdf: bytes, parts: Sequence[Sequence[int]]) -> list[bytes]:
    """Return a PDF for each list of pages, counted from 0, of one that `pdf_of` made."""
    found = []
    with pikepdf.open(io.BytesIO(pdf)) as source:
        for pages in parts:
            with pikepdf.new() as part:
                for page in pages:
                    part.pages.append(source.pages[page])
                found.append(_saved(part))
    return found


def pictures(pdf: bytes) -> Iterator[Image.Image]:
    """Give each page of a PDF that `pdf_of` made as a gray picture of 150 dots an inch, smaller where it is huge."""
    with _ALONE:
        document = pypdfium2.PdfDocument(pdf)
        count = len(document)
    try:
        for place in range(count):
            with _ALONE:
                picture = _drawn(document[place], dots=_DOTS)
            yield picture
    finally:
        with _ALONE:
            document.close()


def shown(pdf: bytes, *, at_most: int) -> tuple[list[bytes], int]:
    """Return the first pages of a PDF as PNG, for a page that shows them, and how many pages it has.

    Raises: ScanRefused.
    """
    found: list[bytes] = []
    try:
        with _ALONE:
            document = pypdfium2.PdfDocument(pdf)
            try:
                count = len(document)
                for place in range(min(count, at_most)):
                    out = io.BytesIO()
                    _drawn(document[place], dots=_SHOWN_DOTS).save(out, "PNG")
                    found.append(out.getvalue())
            finally:
                document.close()
    except (pypdfium2.PdfiumError, ValueError) as fault:
        raise ScanRefused("scan_broken") from fault
    return found, count


def _drawn(page: Any, *, dots: int) -> Image.Image:
    """Return a page of PDFium's as a gray picture of so many dots an inch, smaller where it is huge, and close it."""
    width, height = page.get_size()
    scale = min(dots / 72, (_PICTURE_AT_MOST / max(width * height, 1)) ** 0.5)
    picture: Image.Image = page.render(scale=scale, grayscale=True).to_pil().convert("L")
    page.close()
    return picture


def _opened(content: bytes) -> Iterator[pikepdf.Pdf]:
    """Give what a file holds as PDFs: itself, repaired where it is broken, or the pictures in it."""
    if not content:
        raise ScanRefused("scan_empty")
    if b"%PDF-" in content[:1024]:
        yield _repaired(content)
        return
    for picture in _frames(content):
        try:
            made = img2pdf.convert(picture, layout_fun=img2pdf.get_layout_fun(_A4, auto_orient=True))
        except (img2pdf.PdfTooLargeError, ValueError, OSError) as fault:
            raise ScanRefused("scan_broken") from fault
        yield pikepdf.open(io.BytesIO(made))


def _repaired(content: bytes) -> pikepdf.Pdf:
    try:
        found = pikepdf.open(io.BytesIO(content))
    except pikepdf.PasswordError as fault:
        raise ScanRefused("scan_locked") from fault
    except (pikepdf.PdfError, ValueError, RecursionError) as fault:
        raise ScanRefused("scan_broken") from fault
    if found.is_encrypted:
        found.close()
        raise ScanRefused("scan_locked")
    return found


def _frames(content: bytes) -> Iterator[bytes]:
    """Give each page of a picture as PNG: plain pixels, whatever the file said beside them."""
    try:
        with Image.open(io.BytesIO(content), formats=("TIFF", "JPEG", "PNG")) as found:
            count = getattr(found, "n_frames", 1)
            if count > PAGES_AT_MOST:
                raise ScanRefused("scan_too_long", most=PAGES_AT_MOST)
            for place in range(count):
                found.seek(place)
                if found.width * found.height > _PIXELS_AT_MOST:
                    raise ScanRefused("scan_too_large", most=_PIXELS_AT_MOST // 10_000)
                yield _plain(found)
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError, Image.DecompressionBombError) as fault:
        raise ScanRefused("scan_broken") from fault


def _plain(found: Image.Image) -> bytes:
    """Return a page of a picture without transparency; a fax's pixels are not square, its page is."""
    dots = tuple(float(each) for each in found.info.get("dpi", ()))
    picture = found if found.mode in ("1", "L", "RGB") else found.convert("RGB")
    if len(dots) == 2 and min(dots) > 0 and max(dots) / min(dots) > 1.2:
        height = round(picture.height * dots[0] / dots[1])
        if picture.width * height > _PIXELS_AT_MOST:
            raise ScanRefused("scan_too_large", most=_PIXELS_AT_MOST // 10_000)
        picture = picture.resize((picture.width, height))
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def _add(source: pikepdf.Pdf, whole: pikepdf.Pdf) -> None:
    try:
        if len(whole.pages) + len(source.pages) > PAGES_AT_MOST:
            raise ScanRefused("scan_too_long", most=PAGES_AT_MOST)
        for page in source.pages:
            # What a page does by itself, links and notes among it: a scan has none that anybody needs.
            for name in ("/AA", "/Annots"):
                if name in page.obj:
                    del page.obj[name]
            whole.pages.append(page)
    except (pikepdf.PdfError, ValueError, TypeError, RecursionError) as fault:
        raise ScanRefused("scan_broken") from fault


def _saved(whole: Any) -> bytes:
    out = io.BytesIO()
    try:
        # No object streams: what looks for scripts in a PDF then reads everything.
        whole.save(out, object_stream_mode=pikepdf.ObjectStreamMode.disable, deterministic_id=True)
    except (pikepdf.PdfError, ValueError, RecursionError) as fault:
        raise ScanRefused("scan_broken") from fault
    return out.getvalue()
