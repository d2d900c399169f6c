"""Paper as people meet it: the words of a PDF, and the codes that a telephone reads from a page or a screen."""

from __future__ import annotations

import io

import pypdfium2
import zxingcpp
from PIL import Image

# Pixels to a point: about 200 to the inch, what a cheap telephone makes of a page held before it.
SCALE = 2.8


def pages_of(content: bytes) -> list[str]:
    """Return the words of a PDF page by page, without spaces."""
    with pypdfium2.PdfDocument(content) as paper:
        return ["".join(page.get_textpage().get_text_range().split()) for page in paper]


def codes_on_paper(content: bytes) -> list[str]:
    """Return what the codes on a PDF's first page say."""
    with pypdfium2.PdfDocument(content) as paper:
        return _codes(paper[0].render(scale=SCALE).to_pil())


def codes_on_screen(picture: bytes) -> list[str]:
    """Return what the codes in a picture say."""
    return _codes(Image.open(io.BytesIO(picture)))


def _codes(picture: Image.Image) -> list[str]:
    return [code.text for code in zxingcpp.read_barcodes(picture)]
