"""Bytes of mails to text, also where the charset that a mail names is not the one that it is written in.

GB2312 in a header means GBK or GB18030 more often than not; UTF-8, GBK and UTF-7 also come under other names.
"""

from __future__ import annotations

import codecs
import re
from email.header import decode_header
from typing import Final

import charset_normalizer

_GB: Final = frozenset({"gb2312", "gbk", "gb18030"})
_ANY_BYTES: Final = frozenset({"iso8859-1", "cp1252", "iso8859-15", "ascii", ""})
# These write all letters in seven bits.
_SEVEN_BITS: Final = ("utf-7", "hz", "iso2022")
_UTF7: Final = re.compile(rb"\+[A-Za-z0-9+/]{3,}-?")
_WIDE: Final = re.compile("[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")
_MARKS: Final = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
# So much is looked at to guess a charset, and so much of a header is read.
_SAMPLE: Final = 32 * 1024
HEADER_AT_MOST: Final = 64 * 1024


def decoded(raw: bytes, declared: str = "") -> str:
    """Return bytes as text by the charset they are most likely in; what can't be read becomes U+FFFD. Never raises."""
    for mark, codec in _MARKS:
        if raw.startswith(mark) and (text := _strict(raw, codec)) is not None:
            return text
    codec = _codec(declared)
    if raw.isascii():
        return _of_seven_bits(raw, codec)
    utf8 = _strict(raw, "utf-8")
    # GBK of a few letters may be valid UTF-8 by chance, but then it has no Chinese letter in it.
    if utf8 is not None and (codec in _ANY_BYTES or codec == "utf-8" or _WIDE.search(utf8)):
        return utf8
    if codec in _GB and (text := _strict(raw, "gb18030")) is not None:
        return text
    if _is_nearly_utf8(raw):
        return raw.decode("utf-8", "replace")
    if codec not in _ANY_BYTES | _GB and (text := _strict(raw, codec)) is not None:
        return text
    if codec in _GB:
        return raw.decode("gb18030", "replace")
    return _guessed(raw, codec)


def header(value: str) -> str:
    """Return the text of a header's raw value: unfolded, encoded words decoded, bytes without any name guessed."""
    value = re.sub(r"[\r\n]+", "", value[:HEADER_AT_MOST])
    if any("\udc80" <= letter <= "\udcff" for letter in value):
        value = decoded(value.encode("utf-8", "surrogateescape"))
    if "=?" not in value:
        return value
    try:
        chunks = decode_header(value)
    except Exception:  # the standard library raises several kinds for broken Base64
        return value
    return "".join(
        chunk if isinstance(chunk, str)
        else decoded(chunk, charset) if charset else chunk.decode("raw-unicode-escape", "replace")
        for chunk, charset in chunks
    )  # fmt: skip


def _codec(declared: str) -> str:
    name = declared.strip().strip("\"'").split("*")[0].lower()
    if name in ("gb_2312-80", "x-gbk", "cp936", "euc-cn", "x-euc-cn", "gb-2312", "gb"):
        return "gb2312"
    try:
        return codecs.lookup(name).name
    except (LookupError, ValueError, UnicodeError):
        return ""


def _strict(raw: bytes, codec: str) -> str | None:
    try:
        return raw.decode(codec)
    except (UnicodeError, LookupError, ValueError):
        return None


def _of_seven_bits(raw: bytes, codec: str) -> str:
    if codec.startswith(_SEVEN_BITS) and (text := _strict(raw, codec)) is not None:
        return text
    if b"\x1b$" in raw and (text := _strict(raw, "iso2022_jp_2")) is not None:
        return text
    if _UTF7.search(raw) and (text := _strict(raw, "utf-7")) is not None:
        # A sum with plus signs is no UTF-7: what that would make of it is no Chinese.
        strange = [letter for letter in text if not letter.isascii()]
        if len(strange) > 1 and all(_WIDE.match(letter) for letter in strange):
            return text
    return raw.decode("ascii")


def _is_nearly_utf8(raw: bytes) -> bool:
    """Tell whether only a letter here and there is broken, as where something was cut."""
    text = raw[:_SAMPLE].decode("utf-8", "replace")
    return text.count("\ufffd") <= 1 + len(text) // 50 and len(_WIDE.findall(text)) > 3


def _guessed(raw: bytes, codec: str) -> str:
    text = _strict(raw, "gb2312") or _strict(raw, "gb18030")
    if text is not None and _is_plain_chinese(text):
        return text
    if codec and codec != "ascii" and (text := _strict(raw, codec)) is not None:
        return text
    best = charset_normalizer.from_bytes(raw[:_SAMPLE]).best()
    return raw.decode(best.encoding if best is not None else "utf-8", "replace")


def _is_plain_chinese(text: str) -> bool:
    """Tell whether letters are mostly those that everybody writes; two letters of Latin-1 make a rare one."""
    strange = [letter for letter in text[:_SAMPLE] if not letter.isascii()]
    common = [letter for letter in strange if _WIDE.match(letter) and letter.encode("gb2312", "ignore")]
    return len(common) > 1 and len(common) * 10 >= len(strange) * 7
