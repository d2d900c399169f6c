"""Whether a PDF does something by itself: runs a script, starts a program. It is read as bytes, never interpreted.

Where an object lies in a PDF is for its reader to find out, and readers forgive much; so the words that name such
actions are looked for everywhere, also written with `#` (PDF 32000-1, 7.3.5) and inside packed object streams (7.5.7).
"""

from __future__ import annotations

import re
import zlib
from typing import BinaryIO, Final


class Opaque(Exception):
    """What cannot be looked into: encrypted, packed in another way than usual, or more than the budget."""


def _word(name: str) -> bytes:
    """Return the pattern of a PDF name, each letter plain or as `#` and two hexadecimal digits."""
    letters = (b"(?:%s|#%02x|#%02X)" % (re.escape(each.encode()), ord(each), ord(each)) for each in name)
    return b"/" + b"".join(letters)


_END: Final = rb"(?![A-Za-z0-9])"
# XFA forms bring scripts of their own.
_ACTS: Final = re.compile(b"(?:" + b"|".join(map(_word, ("JavaScript", "Launch", "XFA", "RichMedia"))) + b")" + _END)
# Shorter words count among the objects, and in a stream only where text stands before them: by chance they stand in any
# picture. What is sent or fetched by itself tells the reader's password to whoever waits there.
_SHORT: Final = b"(?:" + b"|".join(map(_word, ("JS", "SubmitForm", "ImportData", "GoToR", "GoToE"))) + b")" + _END
_AMONG_OBJECTS: Final = re.compile(_SHORT)
_IN_TEXT: Final = re.compile(rb"[\t\r\n -~]{12}" + _SHORT)
_PROGRAM: Final = re.compile(
    rb"\.(?:exe|com|bat|cmd|scr|pif|msi|hta|jar|js|jse|vbs|vbe|wsf|ps1|lnk|reg|dll)\s*[)>]", re.IGNORECASE
)
_EMBEDDED: Final = re.compile(_word("EmbeddedFile") + b"s?" + _END)
_PACKED: Final = re.compile(_word("ObjStm") + _END)
_ENCRYPTED: Final = re.compile(_word("Encrypt") + _END)
_PREDICTED: Final = re.compile(_word("Predictor") + _END)
_FILTER: Final = re.compile(_word("Filter") + rb"\s*(?:\[\s*(/[^\s/\[\]<>()]+)\s*\]|(/[^\s/\[\]<>()]+)|(.))", re.DOTALL)
_FLATE: Final = re.compile(_word("FlateDecode"))
_STREAM: Final = re.compile(rb"(?<!end)stream(?:\r\n|\n|\r)")
# A dictionary before a stream is short; object streams of real documents unpack to some megabytes in all.
_DICTIONARY_AT_MOST: Final = 4_096
_UNPACKED_AT_MOST: Final = 64 << 20


def acts(stream: BinaryIO) -> bool:
    """Tell whether a PDF names a script, a program to start or to take out, or sends something. Raises: Opaque.

    Another embedded file is for its own reader to open; it is not looked into.
    """
    stream.seek(0)
    content = stream.read()
    if _ACTS.search(content) or _IN_TEXT.search(content) or _acts_among(_outside_streams(content)):
        return True
    left = _UNPACKED_AT_MOST
    for found in _STREAM.finditer(content):
        dictionary = content[max(0, found.start() - _DICTIONARY_AT_MOST) : found.start()].rpartition(b"obj")[2]
        if not _PACKED.search(dictionary):
            continue
        if _ENCRYPTED.search(content):
            raise Opaque("encrypted")
        unpacked = _unpacked(memoryview(content)[found.end() :], dictionary, most=left)
        left -= len(unpacked)
        if _ACTS.search(unpacked) or _acts_among(unpacked):
            return True
    return False


def _acts_among(objects: bytes) -> bool:
    if _AMONG_OBJECTS.search(objects):
        return True
    return _EMBEDDED.search(objects) is not None and _PROGRAM.search(objects) is not None


def _outside_streams(content: bytes) -> bytes:
    """Return a file without its streams, but object streams that stand in it as they are."""
    kept, at = [], 0
    for found in _STREAM.finditer(content):
        if found.start() < at:
            continue
        end = content.find(b"endstream", found.end())
        dictionary = content[max(0, found.start() - _DICTIONARY_AT_MOST) : found.start()].rpartition(b"obj")[2]
        is_plain = _PACKED.search(dictionary) is not None and _FILTER.search(dictionary) is None
        if end < 0 or is_plain:
            continue
        kept.append(content[at : found.start()])
        at = end
    return b"".join([*kept, content[at:]])


def _unpacked(packed: memoryview, dictionary: bytes, *, most: int) -> bytes:
    """Return the objects of an object stream, `most` bytes at most. Raises: Opaque."""
    filtered = _FILTER.search(dictionary)
    if filtered is None:
        return b""  # it stands in the file as it is, and was looked at with the rest
    if not _FLATE.fullmatch(filtered[1] or filtered[2] or b"") or _PREDICTED.search(dictionary):
        raise Opaque("filter")
    unpacking = zlib.decompressobj()
    try:
        plain = unpacking.decompress(packed, max(most, 1))
    except zlib.error:
        raise Opaque("broken") from None
    if not unpacking.eof and unpacking.unconsumed_tail:
        raise Opaque("too much")
    return plain
