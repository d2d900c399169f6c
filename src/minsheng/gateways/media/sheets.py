"""Separator sheets between the letters of a bulk scan: printed with a code, and read back from pages.

A sheet that nobody can read the code of is still known by its frame, so that it never passes for a page of a letter.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
import segno
import zxingcpp
from PIL import Image

from minsheng.gateways import documents

_LAYOUT: Final = Path(__file__).with_name("sheet.typ")
# A side of the frame is 14 mm thick and lies in the outer 45 mm, also where a page went in slightly turned.
_SMALL: Final = (210, 297)  # a dot a millimeter
_OUTER: Final = 45
_DARK: Final = 110
_SHARE: Final = 0.72


def printed(sheets: Sequence[tuple[str, str]], *, title: str, note: str, fonts: Path | None = None) -> bytes:
    """Return the PDF of sheets, each given by its number and the text of its code."""
    values = {"title": title, "note": note, "sheets": [{"number": n, "code": _svg(text)} for n, text in sheets]}
    return documents.pdf(_LAYOUT, values, fonts=fonts)


def codes(picture: Image.Image) -> list[str]:
    """Return the texts of the QR codes on a page, each once."""
    found = zxingcpp.read_barcodes(picture, formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode))
    return list(dict.fromkeys(each.text for each in found))


def is_framed(picture: Image.Image) -> bool:
    """Tell whether a page has the black frame of a sheet, whichever way round it lies."""
    size = _SMALL if picture.height >= picture.width else _SMALL[::-1]
    dark = np.asarray(picture.convert("L").resize(size, Image.Resampling.BOX)) < _DARK
    rows, columns = dark.mean(axis=1), dark.mean(axis=0)
    sides = (rows[:_OUTER], rows[-_OUTER:], columns[:_OUTER], columns[-_OUTER:])
    middle = dark[_OUTER * 2 : -_OUTER * 2, _OUTER:-_OUTER].mean()
    return all(side.max() >= _SHARE for side in sides) and bool(middle < 0.5)


def _svg(text: str) -> str:
    out = io.BytesIO()
    # The highest level of repair: a third of it may be smeared.
    segno.make(text, error="h", micro=False).save(out, kind="svg", border=4, light="#fff")
    return out.getvalue().decode()
