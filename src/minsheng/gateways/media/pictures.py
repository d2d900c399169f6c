"""Pictures and films without what they tell beside the picture: place, device, moments, names, previews.

A picture is drawn anew from its pixels; for films see `films`.
"""

from __future__ import annotations

import io
from typing import BinaryIO, Final

from PIL import Image, ImageOps, UnidentifiedImageError

from minsheng.gateways.media import films
from minsheng.gateways.media.films import Unpublishable

PICTURES: Final = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP", "image/gif": "PNG"}
# What a picture may hold, at upload and when it is published: more is a bomb, or nothing that a page needs. Telephones
# make JPEG of 108 million, which is read at a fraction of its size; others have to be unpacked whole.
_PIXELS_AT_MOST: Final = {"image/jpeg": 110_000_000}
_PIXELS_OF_OTHERS: Final = 60_000_000
_EDGE_AT_MOST: Final = 2560
_QUALITY: Final = 85
_EXTENSIONS: Final = {"JPEG": "jpg", "PNG": "png", "WEBP": "webp"}


def is_publishable(media_type: str) -> bool:
    """Return whether files of this kind can be published at all."""
    return media_type in PICTURES or media_type in films.FORMATS


def can_be_stripped(media_type: str) -> bool:
    """Return whether this machine has what files of this kind are published with: films need FFmpeg."""
    return media_type in PICTURES or (media_type in films.FORMATS and films.are_possible())


def most_pixels(media_type: str) -> int:
    """Return how many pixels a picture of this kind may have."""
    return _PIXELS_AT_MOST.get(media_type, _PIXELS_OF_OTHERS)


def is_too_large(stream: BinaryIO, *, media_type: str) -> bool:
    """Tell by its head alone whether a picture has too many pixels; what is no picture has none."""
    stream.seek(0)
    try:
        with Image.open(stream) as found:
            return found.width * found.height > most_pixels(media_type)
    except Image.DecompressionBombError:
        return True
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError):
        return False


def stripped(stream: BinaryIO, *, media_type: str) -> tuple[BinaryIO, str, str]:
    """Return the file without metadata, its media type and extension. Raises: Unpublishable."""
    if media_type in PICTURES:
        return _redrawn(stream, media_type)
    if media_type in films.FORMATS:
        return films.stripped(stream, media_type=media_type), media_type, films.FORMATS[media_type][1]
    raise Unpublishable


def _redrawn(stream: BinaryIO, media_type: str) -> tuple[BinaryIO, str, str]:
    form = PICTURES[media_type]
    stream.seek(0)
    try:
        with Image.open(stream) as found:
            if found.width * found.height > most_pixels(media_type):
                raise Unpublishable
            # A JPEG alone can be read smaller than it is; for others this does nothing.
            found.draft("RGB", (_EDGE_AT_MOST, _EDGE_AT_MOST))
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
