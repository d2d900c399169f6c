"""Paper as scanners give it: pages of letters, separator sheets, turned, at a low resolution and noisy."""

from __future__ import annotations

import io
from collections.abc import Sequence

import numpy as np
import pypdfium2
from PIL import Image, ImageDraw

NOISE = np.random.default_rng(15)


def letter(text: str, *, lines: int = 20) -> Image.Image:
    """Return a page with lines that look like writing; `text` stands over them."""
    page = Image.new("L", (1240, 1754), 255)
    draw = ImageDraw.Draw(page)
    draw.text((200, 150), text, fill=0, font_size=40)
    for line in range(lines):
        draw.line((200, 260 + 60 * line, 1040 - 37 * (line % 5), 260 + 60 * line), fill=60, width=6)
    return page


def pages_of(pdf: bytes, *, dots: int = 150) -> list[Image.Image]:
    """Return the pages of a PDF as a scanner sees them."""
    document = pypdfium2.PdfDocument(pdf)
    return [page.render(scale=dots / 72).to_pil().convert("L") for page in document]


def scanned(page: Image.Image, *, turned: float = 0.0, noise: float = 12.0, gray: int = 20) -> Image.Image:
    """Return a page as it lay under a scanner: turned by degrees, a little gray, a little noisy."""
    lain = page.rotate(turned, expand=turned % 90 == 0, fillcolor=255)
    dots = np.asarray(lain, dtype=np.float32) * (255 - gray) / 255 + NOISE.normal(0, noise, (lain.height, lain.width))
    return Image.fromarray(np.clip(dots, 0, 255).astype(np.uint8), "L")


def tiff(pages: Sequence[Image.Image], *, dots: tuple[float, float] = (150, 150)) -> bytes:
    """Return pages as one TIFF, packed as faxes are where they are black and white."""
    out = io.BytesIO()
    packing = "group4" if pages[0].mode == "1" else "tiff_deflate"
    pages[0].save(out, "TIFF", save_all=True, append_images=list(pages[1:]), compression=packing, dpi=dots)
    return out.getvalue()


def jpeg(page: Image.Image) -> bytes:
    """Return a page as JPEG."""
    out = io.BytesIO()
    page.convert("L").save(out, "JPEG", quality=70, dpi=(150, 150))
    return out.getvalue()
