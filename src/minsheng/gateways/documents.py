"""Documents for people: PDF by typst with fonts from the wheel, QR codes by segno. Nothing is fetched."""

from __future__ import annotations

import io
import json
from functools import lru_cache
from pathlib import Path
from typing import Any

import pylopdf_fonts_zh_cn
import segno
import typst


def pdf(source: str, values: dict[str, str]) -> bytes:
    """Return the PDF of a typst document; it reads the values as texts with `json.decode(sys.inputs.values)`.

    Values never become markup: whatever a citizen wrote is shown as written.
    """
    # The stub wants source and font folders to be of one type.
    compiled: Any = typst.compile
    made: bytes = compiled(
        source.encode(),
        format="pdf",
        font_paths=[*_font_folders()],
        ignore_system_fonts=True,
        sys_inputs={"values": json.dumps(values, ensure_ascii=False)},
    )
    return made


def qr_svg(text: str, *, label: str) -> str:
    """Return a QR code as SVG that inherits the text's colour; `label` is what screen readers say."""
    out = io.BytesIO()
    segno.make(text, error="m").save(
        out, kind="svg", xmldecl=False, svgns=True, scale=4, border=4, title=label, omitsize=False, light="#fff"
    )
    return out.getvalue().decode()


@lru_cache(maxsize=1)
def _font_folders() -> tuple[Path, ...]:
    return tuple(Path(folder) for folder in pylopdf_fonts_zh_cn.__path__)
