"""Pictures and films without what they tell beside the picture: place, device, moments, names, previews.

A picture is drawn anew from its pixels; for films see `films`.
"""

from __future__ import annotations

import io
from typing import BinaryIO, Final

from PIL import Image, ImageOps, UnidentifiedImageError

from minsheng.gateways import films
from minsheng.gateways.boxes import Unpublishable

PICTURES: Final = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP", "image/gif": "PNG"}
FILMS: Final = frozenset({"video/mp4", "video/quicktime"})
# What a picture may hold, at upload and when it is published: more is a bomb, or nothing that a page needs.
PIXELS_AT_MOST: Final = 60_000_000
_EDGE_AT_MOST: Final = 2560
_QUALITY: Final = 85
_EXTENSIONS: Final = {"JPEG": "jpg", "PNG": "png", "WEBP": "webp"}


def is_publishable(media_type: str) -> bool:
    """Return whether files of this kind can be published at all."""
    return media_type in PICTURES or media_type in FILMS


def is_too_large(stream: BinaryIO) -> bool:
    """Tell by its head alone whether a picture has too many pixels; what is no picture has none."""
    stream.seek(0)
    try:
        with Image.open(stream) as found:
            return found.width * found.height > PIXELS_AT_MOST
    except Image.DecompressionBombError:
        return True
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError):
        return False


def stripped(stream: BinaryIO, *, media_type: str) -> tuple[BinaryIO, str, str]:
    """Return the file without metadata, its media type and extension. Raises: Unpublishable."""
    if media_type in PICTURES:
        return _redrawn(stream, PICTURES[media_type])
    if media_type in FILMS:
        return films.stripped(stream), media_type, "mp4" if media_type == "video/mp4" else "mov"
    raise Unpublishable


def _redrawn(stream: BinaryIO, form: str) -> tuple[BinaryIO, str, str]:
    stream.seek(0)
    try:
        with Image.open(stream) as found:
            if found.width * found.height > PIXELS_AT_MOST:
                raise Unpublishable
            turned = ImageOps.exif_transpose(found) or found
            plain = turned.convert("RGB" if form == "JPEG" else "RGBA")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError) as fault:
        raise Unpublishable from fault
    plain.thumbnail((_EDGE_AT_MOST, _EDGE_AT_MOST))
    # A picture of its own: what the library carries along (EXIF, XMP, comments, profiles, text chunks) stays behind.
    fresh = Image.new(plain.mode, plain.size)
    fresh.paste(plain)
    out = io.BytesIO()
    fresh.save(out, form, **({"quality": _QUALITY} if form != "PNG" else {}))
    out.seek(0)
    return out, f"image/{form.lower()}", _EXTENSIONS[form]
