"""A report as a document: blocks that pages, PDF and DOCX all show alike. Values only; nobody here knows a format."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

Align = Literal["left", "center", "right"]


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of level 1 to 3; its number, `一、` or `（一）`, is part of the text."""

    level: int
    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of the text."""

    text: str


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table; `unit` is printed below the name."""

    name: str
    unit: str = ""
    align: Align = "right"


@dataclass(frozen=True, slots=True)
class Table:
    """A table: `rows` hold texts as they are printed, one a column. `notes` are printed below it."""

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for row in self.rows:
            if len(row) != len(self.columns):
                raise ValueError(f"{self.caption}: {len(row)} cells in {len(self.columns)} columns")


@dataclass(frozen=True, slots=True)
class Picture:
    """A chart as SVG, and in words for who can't see it."""

    caption: str
    svg: str
    alt: str


Block = Heading | Paragraph | Table | Picture


@dataclass(frozen=True, slots=True)
class Document:
    """An official document in the order of GB/T 9704: mark, number, title, addressees, body, signature, copies.

    `mark` is the issuer in red at the top; empty for a document without one. `copies` are named at the end.
    `watermark` says that it is not final; empty when it is.
    """

    title: str
    issuer: str
    signed_on: date | None
    blocks: tuple[Block, ...]
    mark: str = ""
    number: str = ""
    addressees: tuple[str, ...] = ()
    copies: tuple[str, ...] = ()
    watermark: str = ""

    def tables(self) -> Iterator[Table]:
        """Yield the tables in their order."""
        return (block for block in self.blocks if isinstance(block, Table))


_DIGITS = "〇一二三四五六七八九"


def chinese_number(number: int) -> str:
    """Return 1 to 99 in Chinese, as headings are numbered."""
    if not 0 < number < 100:
        raise ValueError(number)
    tens, ones = divmod(number, 10)
    return ("" if tens < 2 else _DIGITS[tens]) + ("十" if tens else "") + (_DIGITS[ones] if ones else "")


def chinese_date(day: date) -> str:
    """Return the day as documents write it, in Arabic figures without leading zeros (GB/T 9704 7.3.5)."""
    return f"{day.year}年{day.month}月{day.day}日"
