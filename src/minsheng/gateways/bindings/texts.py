"""Texts as binary protocols carry them: UCS-2 in parts with a header each (3GPP TS 23.040, 9.2.3.24.1), and back.

70 units go in one text message; of several each has 67 and six bytes of header.
"""

from __future__ import annotations

import re
from typing import Final

from minsheng.gateways.bindings.values import Piece

ONE: Final = 70
OF_SEVERAL: Final = 67
UCS2, GBK, BINARY = 8, 15, 4
_LINK: Final = re.compile(r"https?://[!-~]+")
_CODECS: Final = {UCS2: "utf-16-be", GBK: "gbk"}


def units(text: str) -> int:
    """Return how many units of UCS-2 a text takes; an emoji takes two."""
    return len(text.encode("utf-16-be", "surrogatepass")) // 2


def parts(text: str) -> list[str]:
    """Return a text in as many parts as carry it; no part ends within a character, nor within a link that fits in one.

    Longer links end where they must.
    """
    if units(text) <= ONE:
        return [text]
    found, rest = [], text
    while units(rest) > OF_SEVERAL:
        end = _fitting(rest)
        for link in _LINK.finditer(rest):
            if 0 < link.start() < end < link.end() and units(link[0]) <= OF_SEVERAL:
                end = link.start()
        found.append(rest[:end])
        rest = rest[end:]
    return [*found, rest] if rest else found


def _fitting(text: str) -> int:
    """Return how many characters of a text go into one part."""
    used = 0
    for place, letter in enumerate(text):
        used += units(letter)
        if used > OF_SEVERAL:
            return place
    return len(text)


def encoded(text: str) -> bytes:
    """Return a text as UCS-2; half a character becomes a question mark."""
    return text.encode("utf-16-be", "replace")


def headed(parts: list[str], *, reference: int) -> list[bytes]:
    """Return parts as they go: each with its header where there are several. `reference`: the message's number."""
    if len(parts) == 1:
        return [encoded(parts[0])]
    heads = [bytes((5, 0, 3, reference & 0xFF, len(parts), place)) for place in range(1, len(parts) + 1)]
    return [head + encoded(part) for head, part in zip(heads, parts, strict=True)]


def beheaded(content: bytes) -> tuple[bytes, Piece | None]:
    """Return the content after its header, and which part of a long message that says it is.

    Raises: IndexError where the header ends too early.
    """
    length = content[0]
    head, content = content[1 : 1 + length], content[1 + length :]
    piece = None
    while head:
        kind, size = head[0], head[1]
        value, head = head[2 : 2 + size], head[2 + size :]
        if kind == 0 and size == 3:
            piece = _piece(value[0], value[1], value[2])
        elif kind == 8 and size == 4:
            piece = _piece(value[0] << 8 | value[1], value[2], value[3])
    return content, piece


def _piece(reference: int, total: int, place: int) -> Piece | None:
    """Return a part; None where its place is none, or it is the only one."""
    return Piece(reference, total, place) if total > 1 and 1 <= place <= total else None


def decoded(content: bytes, coding: int) -> str:
    """Return what a content says; what cannot be read becomes a sign that says so."""
    # The upper half is a class of messages, and flags.
    return content.decode(_CODECS.get(coding & 0x0F, "latin-1"), "replace")
