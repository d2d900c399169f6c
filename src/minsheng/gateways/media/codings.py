"""What coded pictures tell beside the picture, and overwriting it in place: SEI messages, user data, metadata units.

H.264 and H.265 (ISO/IEC 14496-15 tells where their units lie), MPEG-4 Visual, AV1. Nothing is decoded: of each unit the
head alone is read. Lengths stay, so that every table of the film still holds.
"""

from __future__ import annotations

import re
from mmap import mmap
from typing import Final

from minsheng.gateways.media.boxes import Unpublishable, erase, fields

# Messages that tell how to show the picture, by payload type (the same in H.264 and H.265): recovery point, packing of
# frames, orientation, parameter sets in use, brightness and transfer of the display. Whatever else there is (clock
# times, encoders' settings, a maker's own data) no decoder needs.
_SHOWN: Final = frozenset({6, 45, 47, 129, 137, 144, 147, 148})
# A longer message is none of those.
_MESSAGES_AT_MOST: Final = 4096
_USER_DATA: Final = re.compile(rb"\x00\x00\x01\xb2(.*?)(?=\x00\x00\x01|\Z)", re.DOTALL)
# Kinds of AV1's units: sequence, time, frames and tiles; and which metadata tells how to show the picture.
_AV1_SEEN: Final = frozenset({1, 2, 3, 4, 6, 7, 8})
_AV1_METADATA, _AV1_PADDING = 5, 15
_AV1_SHOWN: Final = frozenset({1, 2, 3})
# By the length of a unit's head in bytes, which is 1 in H.264 and 2 in H.265.
_SEI: Final = {1: frozenset({6}), 2: frozenset({39, 40})}
_DECODED: Final = {1: frozenset({1, 2, 3, 4, 5, 7, 8, 9, 10, 11, 13, 14, 15, 19, 20}), 2: frozenset(range(38))}
_FILLER: Final = {1: 12, 2: 38 << 1}


def quiet_units(content: mmap, first: int, last: int, *, width: int, head: int) -> None:
    """Quiet a sample of H.264 or H.265: units after their lengths, which are `width` bytes. Raises: Unpublishable."""
    place = first
    while place + width <= last:
        end = place + width + int.from_bytes(content[place : place + width])
        if end > last:
            raise Unpublishable
        _quiet_unit(content, place + width, end, head)
        place = end
    erase(content, place, last)


def quiet_avcc(content: mmap, first: int, last: int) -> int:
    """Quiet an `avcC`; return how many bytes the lengths of units have. Raises: Unpublishable."""
    profile, width, count = fields(content, ">xBxxBB", first, last)
    place = _quiet_listed(content, first + 6, last, count & 31, 1)
    (count,) = fields(content, ">B", place, last)
    place = _quiet_listed(content, place + 1, last, count, 1)
    if profile not in (66, 77, 88) and place + 4 <= last:
        (count,) = fields(content, ">xxxB", place, last)
        place = _quiet_listed(content, place + 4, last, count, 1)
    erase(content, place, last)
    return (width & 3) + 1


def quiet_hvcc(content: mmap, first: int, last: int) -> int:
    """Quiet an `hvcC`; return how many bytes the lengths of units have. Raises: Unpublishable."""
    width, arrays = fields(content, ">21xBB", first, last)
    place = first + 23
    for _ in range(arrays):
        (count,) = fields(content, ">xH", place, last)
        place = _quiet_listed(content, place + 3, last, count, 2)
    erase(content, place, last)
    return (width & 3) + 1


def quiet_visual(content: mmap, first: int, last: int) -> None:
    """Quiet a span of MPEG-4 Visual: user data up to the next start code."""
    for found in _USER_DATA.finditer(content, first, last):
        erase(content, *found.span(1), by=b"\xff")


def quiet_esds(content: mmap, first: int, last: int) -> None:
    """Quiet the descriptors of an `esds` (ISO/IEC 14496-1): what sets up the decoder stays. Raises: Unpublishable."""
    _quiet_descriptors(content, first + 4, last, 3)


def quiet_av1(content: mmap, first: int, last: int) -> None:
    """Quiet a sample of AV1, or the units of an `av1C`: metadata becomes padding. Raises: Unpublishable."""
    place = first
    while place < last:
        head = content[place]
        body = place + (2 if head & 4 else 1)
        size, body = _leb128(content, body, last) if head & 2 else (last - body, body)
        end = body + size
        if end > last:
            raise Unpublishable
        kind = head >> 3 & 15
        shows = kind == _AV1_METADATA and _leb128(content, body, end)[0] in _AV1_SHOWN
        if kind not in _AV1_SEEN and not shows:
            content[place] = head & 0x87 | _AV1_PADDING << 3
            _fill(content, body, end, by=b"\0")
        place = end


def _quiet_listed(content: mmap, place: int, last: int, count: int, head: int) -> int:
    """Quiet units that are listed in a record; return where they end."""
    for _ in range(count):
        (size,) = fields(content, ">H", place, last)
        end = place + 2 + size
        if end > last:
            raise Unpublishable
        _quiet_unit(content, place + 2, end, head)
        place = end
    return place


def _quiet_unit(content: mmap, first: int, last: int, head: int) -> None:
    if first == last:
        return
    body = first + head
    if body > last:
        raise Unpublishable
    kind = content[first] & 31 if head == 1 else content[first] >> 1 & 63
    if kind in _DECODED[head]:
        return
    if kind in _SEI[head] and last - body >= 3:
        if last - body > _MESSAGES_AT_MOST or not _only_shows(content[body:last]):
            _fill_messages(content, body, last)
        return
    content[first] = _FILLER[head] if head == 1 else content[first] & 0x81 | _FILLER[head]
    _fill(content, body, last, by=b"\xff")


def _fill(content: mmap, first: int, last: int, *, by: bytes) -> None:
    """Overwrite a unit's body with one byte and the bit that ends every unit."""
    if first < last:
        erase(content, first, last - 1, by=by)
        content[last - 1] = 0x80


def _only_shows(coded: bytes) -> bool:
    """Return whether an SEI unit's body has no message but those that tell how to show the picture."""
    raw, place = coded.replace(b"\0\0\3", b"\0\0"), 0
    while raw[place:] != b"\x80":
        numbers = []
        for _ in range(2):
            number = 0
            while raw[place : place + 1] == b"\xff":
                number, place = number + 255, place + 1
            if place >= len(raw):
                return False
            numbers.append(number + raw[place])
            place += 1
        if numbers[0] not in _SHOWN:
            return False
        place += numbers[1]
    return True


def _fill_messages(content: mmap, first: int, last: int) -> None:
    """Overwrite an SEI unit's body with filler payload (type 3): a filler unit may not stand before the picture."""
    place = first
    while (left := last - 1 - place) > 0:
        # A message has two bytes at least, so none may leave one.
        size = min(left, 255 if left == 257 else 256)
        content[place : place + size] = bytes((3, size - 2)) + b"\xff" * (size - 2)
        place += size
    content[last - 1] = 0x80


def _quiet_descriptors(content: mmap, first: int, last: int, holder: int) -> None:
    """Quiet descriptors; go into one of kind `holder`: a stream (3) holds its decoder (4), that its setup (5)."""
    place = first
    while place < last:
        tag, place = content[place], place + 1
        size = 0
        for _ in range(4):
            (part,) = fields(content, ">B", place, last)
            size, place = size << 7 | part & 127, place + 1
            if part < 128:
                break
        end = place + size
        if end > last:
            raise Unpublishable
        if tag == holder == 3:
            flags = fields(content, ">xxB", place, end)[0]
            # One that names a place outside of the film, or another stream.
            if flags & 0xE0:
                raise Unpublishable
            _quiet_descriptors(content, place + 3, end, 4)
        elif tag == holder == 4:
            fields(content, ">13x", place, end)
            _quiet_descriptors(content, place + 13, end, 5)
        elif tag == 5:
            quiet_visual(content, place, end)
        elif tag != 6:
            erase(content, place, end)
        place = end


def _leb128(content: mmap, place: int, last: int) -> tuple[int, int]:
    """Return a number of AV1 and where it ends."""
    number = 0
    for at in range(8):
        (part,) = fields(content, ">B", place + at, last)
        number |= (part & 127) << 7 * at
        if part < 128:
            return number, place + at + 1
    raise Unpublishable
