"""Files that a page gives to be saved: documents and tables, under a Chinese name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from urllib.parse import quote

from django.http import HttpResponse

from minsheng.gateways import spreadsheets
from minsheng.gateways.spreadsheets import Sheet

TYPES: Final[Mapping[str, str]] = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}
# The forms in which a table is given.
TABLES: Final = ("xlsx", "csv")


def attachment(content: bytes, kind: str, name: str) -> HttpResponse:
    """Return a file to be saved under a Chinese name (RFC 6266)."""
    response = HttpResponse(content, content_type=TYPES[kind])
    response["Content-Disposition"] = f"attachment; filename=\"report.{kind}\"; filename*=UTF-8''{quote(name)}"
    response["Cache-Control"] = "no-store"
    return response


def table(sheet: Sheet, kind: str) -> HttpResponse:
    """Return a table as a file of one of `TABLES`; no text in it is a formula."""
    content = spreadsheets.xlsx_of([sheet]) if kind == "xlsx" else spreadsheets.csv_of(sheet)
    return attachment(content, kind, f"{sheet.name}.{kind}")
