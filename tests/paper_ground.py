"""Paper as people meet it: the words of a PDF, and the codes that a telephone reads from a page or a screen."""

from __future__ import annotations

import ctypes
import io
from collections.abc import Callable, Iterator
from typing import Any

import pypdfium2
import pypdfium2.raw
import zxingcpp
from PIL import Image

# Pixels to a point: about 200 to the inch, what a cheap telephone makes of a page held before it.
SCALE = 2.8


def pages_of(content: bytes) -> list[str]:
    """Return the words of a PDF page by page, without spaces."""
    with pypdfium2.PdfDocument(content) as paper:
        return ["".join(page.get_textpage().get_text_range().split()) for page in paper]


def title_and_language(content: bytes) -> tuple[str, str, str]:
    """Return a PDF's title, author and language, as a screen reader says them."""
    with pypdfium2.PdfDocument(content) as paper:
        facts = paper.get_metadata_dict()
        return facts["Title"], facts["Author"], _text(pypdfium2.raw.FPDFCatalog_GetLanguage, paper.raw)


def told_of_pictures(content: bytes) -> list[str]:
    """Return what the pictures of a PDF's first page are called for whoever can't see them."""
    raw = pypdfium2.raw

    def below(count: Callable[..., int], child: Callable[..., Any], of: Any) -> Iterator[Any]:
        for place in range(count(of)):
            element = child(of, place)
            if element:
                yield element
                yield from below(raw.FPDF_StructElement_CountChildren, raw.FPDF_StructElement_GetChildAtIndex, element)

    with pypdfium2.PdfDocument(content) as paper:
        page = paper[0]
        tree = raw.FPDF_StructTree_GetForPage(page.raw)
        elements = below(raw.FPDF_StructTree_CountChildren, raw.FPDF_StructTree_GetChildAtIndex, tree)
        figures = [each for each in elements if _text(raw.FPDF_StructElement_GetType, each) == "Figure"]
        found = [_text(raw.FPDF_StructElement_GetAltText, each) for each in figures]
        raw.FPDF_StructTree_Close(tree)
        return found


def codes_on_paper(content: bytes) -> list[str]:
    """Return what the codes on a PDF's first page say."""
    with pypdfium2.PdfDocument(content) as paper:
        return _codes(paper[0].render(scale=SCALE).to_pil())


def codes_on_screen(picture: bytes) -> list[str]:
    """Return what the codes in a picture say."""
    return _codes(Image.open(io.BytesIO(picture)))


def _text(of: Callable[..., int], thing: Any) -> str:
    size = of(thing, None, 0)
    kept = (ctypes.c_ushort * (size // 2))()
    of(thing, kept, size)
    return bytes(kept).decode("utf-16-le").rstrip("\0")


def _codes(picture: Image.Image) -> list[str]:
    return [code.text for code in zxingcpp.read_barcodes(picture)]
