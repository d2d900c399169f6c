"""A document as PDF: typeset by typst in the layout of GB/T 9704-2012, with fonts from a wheel or the office's own."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any, assert_never

from minsheng.figures.reports.documents.document import (
    Block,
    Document,
    Heading,
    Paragraph,
    Picture,
    Table,
    chinese_date,
)
from minsheng.gateways import documents

_LAYOUT = Path(__file__).resolve().parents[1] / "typst" / "official.typ"
_PICTURE = _LAYOUT.with_name("picture.typ")


def pdf(document: Document, *, fonts: Path | None, made_at: datetime) -> bytes:
    """Return the document as PDF. The same document and moment give the same bytes.

    `fonts`: a folder whose fonts are taken before ours, as the office's licensed 仿宋_GB2312 and 小标宋.
    """
    return documents.pdf(_LAYOUT, _values(document), fonts=fonts, made_at=made_at)


def lacking(document: Document, *, fonts: Path | None) -> tuple[str, ...]:
    """Return the characters of the document that would be boxes in its PDF."""
    return documents.lacking(json.dumps(_values(document), ensure_ascii=False), fonts=fonts)


def _values(document: Document) -> dict[str, Any]:
    return {
        "title": document.title,
        "issuer": document.issuer,
        "signed_on": chinese_date(document.signed_on) if document.signed_on else "",
        "mark": document.mark,
        "number": document.number,
        "addressees": "，".join(document.addressees),
        "copies": "，".join(document.copies),
        "watermark": document.watermark,
        "blocks": [_plain(block) for block in document.blocks],
    }


def png(svg: str) -> bytes:
    """Return a chart as PNG, as wide as the type area at 200 dots an inch, for readers that know no SVG."""
    return documents.png(_PICTURE, {"svg": svg}, dots=200)


def _plain(block: Block) -> dict[str, Any]:
    match block:
        case Heading(level=level, text=text):
            return {"kind": "heading", "level": level, "text": text}
        case Paragraph(text=text):
            return {"kind": "paragraph", "text": text}
        case Table():
            return {
                "kind": "table",
                "caption": block.caption,
                "columns": [{"name": each.name, "unit": each.unit, "align": each.align} for each in block.columns],
                "rows": [list(row) for row in block.rows],
                "notes": list(block.notes),
            }
        case Picture(caption=caption, svg=svg, alt=alt):
            return {"kind": "picture", "caption": caption, "svg": svg, "alt": alt}
        case _:
            assert_never(block)
