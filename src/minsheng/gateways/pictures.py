"""Pictures and films without what they tell beside the picture: place, device, moments, names, previews.

A picture is drawn anew from its pixels. A film keeps its length and places, so that it still plays: every box that is
not needed to play it is overwritten in place with an empty one (ISO/IEC 14496-12); one with a track that is neither
picture nor sound is refused, since such tracks hold places by the second.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from typing import BinaryIO, Final

from PIL import Image, ImageOps, UnidentifiedImageError

from minsheng.domain.rejected import Rejected

PICTURES: Final = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP", "image/gif": "PNG"}
FILMS: Final = frozenset({"video/mp4", "video/quicktime"})
# What a picture may hold: more pixels is a bomb, or nothing that a page needs.
_PIXELS_AT_MOST: Final = 60_000_000
_EDGE_AT_MOST: Final = 2560
_QUALITY: Final = 85
_EXTENSIONS: Final = {"JPEG": "jpg", "PNG": "png", "WEBP": "webp"}
# What plays a film, by the box that holds it (b"": the file). Whatever else there is describes it: free text, GPS of
# iTunes and QuickTime, XMP, previews, a maker's own trailer.
_NEEDED: Final = {
    b"": frozenset({b"ftyp", b"styp", b"moov", b"moof", b"mdat", b"sidx", b"mfra"}),
    b"moov": frozenset({b"mvhd", b"trak", b"mvex"}),
    b"trak": frozenset({b"tkhd", b"edts", b"mdia", b"tref"}),
    b"mdia": frozenset({b"mdhd", b"hdlr", b"minf", b"elng"}),
    b"minf": frozenset({b"vmhd", b"smhd", b"dinf", b"stbl"}),
    b"moof": frozenset({b"mfhd", b"traf"}),
    b"traf": frozenset({b"tfhd", b"tfdt", b"trun", b"sbgp", b"sgpd", b"saiz", b"saio"}),
}
# Boxes that begin with version, flags, and the moments of making and changing.
_DATED: Final = frozenset({b"mvhd", b"tkhd", b"mdhd"})
_SEEN_OR_HEARD: Final = frozenset({b"vide", b"soun"})


class Unpublishable(Rejected):
    """A file that can't be freed of what it tells; the code says why."""


def is_publishable(media_type: str) -> bool:
    """Return whether files of this kind can be published at all."""
    return media_type in PICTURES or media_type in FILMS


def stripped(stream: BinaryIO, *, media_type: str) -> tuple[BinaryIO, str, str]:
    """Return the file without metadata, its media type and extension. Raises: Unpublishable."""
    if media_type in PICTURES:
        return _redrawn(stream, PICTURES[media_type])
    if media_type in FILMS:
        return _film(stream), media_type, "mp4" if media_type == "video/mp4" else "mov"
    raise Unpublishable("file_not_publishable")


def _redrawn(stream: BinaryIO, form: str) -> tuple[BinaryIO, str, str]:
    stream.seek(0)
    try:
        with Image.open(stream) as found:
            if found.width * found.height > _PIXELS_AT_MOST:
                raise Unpublishable("file_not_publishable")
            turned = ImageOps.exif_transpose(found) or found
            plain = turned.convert("RGB" if form == "JPEG" else "RGBA")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError) as fault:
        raise Unpublishable("file_not_publishable") from fault
    plain.thumbnail((_EDGE_AT_MOST, _EDGE_AT_MOST))
    # A picture of its own: what the library carries along (EXIF, XMP, comments, profiles, text chunks) stays behind.
    fresh = Image.new(plain.mode, plain.size)
    fresh.paste(plain)
    out = io.BytesIO()
    fresh.save(out, form, **({"quality": _QUALITY} if form != "PNG" else {}))
    out.seek(0)
    return out, f"image/{form.lower()}", _EXTENSIONS[form]


def _film(stream: BinaryIO) -> BinaryIO:
    stream.seek(0)
    content = bytearray(stream.read())
    _clean(content, b"", 0, len(content))
    return io.BytesIO(bytes(content))


def _clean(content: bytearray, holder: bytes, first: int, last: int) -> None:
    """Empty what need not be between two places of a box that holds others. Raises: Unpublishable."""
    for kind, start, body, end in _boxes(content, first, last):
        if kind not in _NEEDED[holder]:
            content[start + 4 : start + 8] = b"free"
            content[body:end] = bytes(end - body)
        elif kind == b"hdlr":
            if bytes(content[body + 8 : body + 12]) not in _SEEN_OR_HEARD:
                raise Unpublishable("file_not_publishable")
            # The handler's name often is the device's.
            content[body + 24 : end] = bytes(max(0, end - body - 24))
        elif kind in _DATED:
            size = 16 if content[body : body + 1] == b"\x01" else 8
            content[body + 4 : body + 4 + size] = bytes(size)
        elif kind in _NEEDED:
            _clean(content, kind, body, end)


def _boxes(content: bytearray, first: int, last: int) -> Iterator[tuple[bytes, int, int, int]]:
    """Give each box between two places: its kind, where it starts, where its body starts, where it ends."""
    place = first
    while place + 8 <= last:
        size = int(struct.unpack_from(">I", content, place)[0])
        kind, body = bytes(content[place + 4 : place + 8]), place + 8
        if size == 1:
            if place + 16 > last:
                raise Unpublishable("file_not_publishable")
            size, body = int(struct.unpack_from(">Q", content, place + 8)[0]), place + 16
        end = last if size == 0 else place + size
        if end > last or end < body:
            raise Unpublishable("file_not_publishable")
        yield kind, place, body, end
        place = end
