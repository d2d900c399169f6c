"""What is published of a picture or a film tells nothing beside what it shows. Clauses: JY-9.8a, JY-10.3c."""

from __future__ import annotations

import io
import struct
from pathlib import Path

import pytest
from PIL import Image, PngImagePlugin

from minsheng.gateways import pictures
from minsheng.gateways.pictures import Unpublishable

PLACE = "+31.9201+120.2853/"
DEVICE = "SecretPhoneMaker X1"
# Half a second of grey with a tone (H.264 and AAC), with PLACE, DEVICE and a moment in its description.
FILM = Path(__file__).with_name("film.mp4")


def photograph(form: str) -> bytes:
    """Return a picture that says where, when and with what it was taken, and has a preview of something else."""
    picture = Image.new("RGB", (120, 80), "green")
    exif = Image.Exif()
    exif[0x010F], exif[0x0132] = DEVICE, "2026:09:18 16:40:00"
    exif.get_ifd(0x8825)[1] = "N"
    more: dict[str, object] = {"exif": exif}
    if form == "PNG":
        notes = PngImagePlugin.PngInfo()
        notes.add_text("Comment", f"{DEVICE} {PLACE}")
        notes.add_itxt("XML:com.adobe.xmp", f"<x>{PLACE}</x>")
        more["pnginfo"] = notes
    if form == "JPEG":
        more["comment"] = DEVICE.encode()
    out = io.BytesIO()
    picture.save(out, form, **more)
    return out.getvalue()


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "GIF"])
def test_a_picture_is_drawn_anew_and_says_nothing_else(form: str) -> None:
    original = photograph(form)
    if form != "GIF":
        assert DEVICE.encode() in original

    bare, media_type, extension = pictures.stripped(io.BytesIO(original), media_type=f"image/{form.lower()}")

    content = bare.read()
    shown = Image.open(io.BytesIO(content))
    assert shown.size == (120, 80)
    assert not shown.getexif()
    assert not {"comment", "exif", "xmp", "Comment"} & set(shown.info)
    for told in (DEVICE.encode(), PLACE.encode(), b"2026:09:18"):
        assert told not in content
    assert (media_type, extension) == {
        "JPEG": ("image/jpeg", "jpg"), "PNG": ("image/png", "png"), "WEBP": ("image/webp", "webp"),
        "GIF": ("image/png", "png"),
    }[form]  # fmt: skip


def test_a_picture_stays_the_right_way_up_without_the_mark_that_said_so() -> None:
    picture = Image.new("RGB", (120, 80), "green")
    exif = Image.Exif()
    exif[0x0112] = 6
    out = io.BytesIO()
    picture.save(out, "JPEG", exif=exif)

    bare, _, _ = pictures.stripped(out, media_type="image/jpeg")

    assert Image.open(bare).size == (80, 120)


def box(kind: bytes, *content: bytes) -> bytes:
    """Return a box of a film."""
    body = b"".join(content)
    return struct.pack(">I", 8 + len(body)) + kind + body


def track(handler: bytes) -> bytes:
    """Return a track of a kind: moments of making, a handler with the device's name."""
    moments = b"\0\0\0\0" + struct.pack(">II", 3_900_000_000, 3_900_000_001) + b"\0" * 12
    told = b"\0" * 8 + handler + b"\0" * 12 + DEVICE.encode() + b"\0"
    return box(b"trak", box(b"tkhd", moments), box(b"mdia", box(b"mdhd", moments), box(b"hdlr", told)))


def film(*tracks: bytes) -> bytes:
    """Return a film that says where it was taken, when and with what, in every way that makers have."""
    moov = box(
        b"moov",
        box(b"mvhd", b"\0\0\0\0" + struct.pack(">II", 3_900_000_000, 3_900_000_001) + b"\0" * 12),
        *tracks,
        box(b"udta", box(b"\xa9xyz", b"\0\x12\x15\xc7" + PLACE.encode()), box(b"\xa9mak", DEVICE.encode())),
        box(b"meta", PLACE.encode()),
    )
    trailer = box(b"free", DEVICE.encode()) + box(b"sefd", DEVICE.encode())
    uuid = box(b"uuid", b"x" * 16 + PLACE.encode())
    return box(b"ftyp", b"isom\0\0\0\0") + moov + uuid + box(b"mdat", b"pixels") + trailer


def test_a_film_keeps_its_places_and_loses_what_describes_it() -> None:
    original = film(track(b"vide"), track(b"soun"))

    bare, media_type, extension = pictures.stripped(io.BytesIO(original), media_type="video/mp4")

    content = bare.read()
    assert len(content) == len(original)
    assert content.index(b"mdat") == original.index(b"mdat")
    assert b"pixels" in content
    for told in (PLACE.encode(), DEVICE.encode(), struct.pack(">I", 3_900_000_000)):
        assert told in original
        assert told not in content
    assert (media_type, extension) == ("video/mp4", "mp4")


def test_a_real_film_says_nothing_else() -> None:
    original = FILM.read_bytes()

    bare, _, _ = pictures.stripped(io.BytesIO(original), media_type="video/mp4")

    content = bare.read()
    for told in (PLACE.encode(), DEVICE.encode()):
        assert told in original
        assert told not in content


@pytest.mark.parametrize(
    "content",
    [
        film(track(b"vide"), track(b"meta")),  # places by the second
        b"\0\0\xff\xff" + b"moov" + b"\0" * 20,  # a box longer than the file
        struct.pack(">I", 1) + b"moov",  # a length that is not there
        struct.pack(">I", 4) + b"moov" + b"\0" * 20,  # a box shorter than its head
    ],
)
def test_a_film_that_can_not_be_freed_of_what_it_tells_is_not_published(content: bytes) -> None:
    with pytest.raises(Unpublishable):
        pictures.stripped(io.BytesIO(content), media_type="video/mp4")


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 40, "image/png"),
        (b"<html>", "image/jpeg"),
        (b"", "image/webp"),
        (b"%PDF-1.7", "application/pdf"),
    ],
)
def test_what_is_no_picture_is_not_published(content: bytes, media_type: str) -> None:
    with pytest.raises(Unpublishable):
        pictures.stripped(io.BytesIO(content), media_type=media_type)


def test_a_picture_of_too_many_pixels_is_not_opened() -> None:
    out = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(out, "PNG")

    with pytest.raises(Unpublishable):
        pictures.stripped(out, media_type="image/png")
