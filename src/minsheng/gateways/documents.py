"""Documents for people: PDF by typst with fonts from the wheel, QR codes by segno. Nothing is fetched."""

from __future__ import annotations

import functools
import io
import json
import unicodedata
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import pylopdf_fonts_zh_cn
import segno
import typst
from fontTools.ttLib import TTCollection, TTFont, TTLibError

_OUR_FONTS = Path(pylopdf_fonts_zh_cn.__file__).resolve().parent


def pdf(
    source: str | Path, values: Mapping[str, object], *, fonts: Path | None = None, made_at: datetime | None = None
) -> bytes:
    """Return the PDF of a typst document, given as text or as a file; it reads `json(bytes(sys.inputs.values))`.

    Values never become markup: whatever a citizen wrote is shown as written. `fonts`: a folder whose fonts are taken
    before ours. With `made_at`, the same document and values give the same bytes.
    """
    stamp = {"timestamp": int(made_at.timestamp())} if made_at is not None else {}
    return _compiled(source, values, fonts=fonts, format="pdf", **stamp)


def png(source: str | Path, values: Mapping[str, object], *, dots: float) -> bytes:
    """Return the one page of a typst document as a picture with so many dots an inch."""
    return _compiled(source, values, format="png", ppi=dots)


def lacking(text: str, *, fonts: Path | None = None) -> tuple[str, ...]:
    """Return the characters of a text for which no font has a shape, each once: in a PDF they would be boxes."""
    known = _shapes(fonts)
    return tuple(dict.fromkeys(each for each in text if ord(each) not in known and not _shows_nothing(each)))


def _shows_nothing(letter: str) -> bool:
    return unicodedata.category(letter)[0] in "CZ" or 0xFE00 <= ord(letter) <= 0xFE0F


@functools.cache
def _shapes(fonts: Path | None) -> frozenset[int]:
    """Return what the fonts in use can write; one that cannot be read writes nothing, in typst as here."""
    found: set[int] = set()
    for folder in (_OUR_FONTS, *([fonts] if fonts is not None else [])):
        for path in sorted(folder.rglob("*")):
            if path.suffix.lower() in (".otf", ".ttf", ".otc", ".ttc"):
                found |= _shapes_of(path)
    return frozenset(found)


def _shapes_of(path: Path) -> set[int]:
    try:
        if path.suffix.lower() in (".otc", ".ttc"):
            with TTCollection(path, lazy=True) as collection:
                return {code for font in collection.fonts for code in font.getBestCmap() or ()}
        with TTFont(path, lazy=True) as font:
            return set(font.getBestCmap() or ())
    except TTLibError:
        return set()


def qr_svg(text: str, *, label: str) -> str:
    """Return a QR code as SVG that inherits the text's color; `label` is what screen readers say."""
    out = io.BytesIO()
    segno.make(text, error="m").save(
        out, kind="svg", xmldecl=False, svgns=True, scale=4, border=4, title=label, omitsize=False, light="#fff"
    )
    return out.getvalue().decode()


def _compiled(
    source: str | Path, values: Mapping[str, object], *, fonts: Path | None = None, **options: object
) -> bytes:
    # The stub wants source and font folders to be of one type.
    compiled: Any = typst.compile
    made: bytes = compiled(
        source.encode() if isinstance(source, str) else source,
        font_paths=[*([fonts] if fonts is not None else []), _OUR_FONTS],
        ignore_system_fonts=True,
        sys_inputs={"values": json.dumps(values, ensure_ascii=False)},
        **options,
    )
    return made
