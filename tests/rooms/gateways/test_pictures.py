"""What is published of a picture tells nothing beside what it shows. Clauses: JY-9.8a, JY-10.3c."""

from __future__ import annotations

import io

import pytest
from PIL import Image, PngImagePlugin
from tests.films_ground import DEVICE, PLACE

from minsheng.gateways.media import pictures
from minsheng.gateways.media.films import Unpublishable


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


def test_the_largest_photographs_of_telephones_are_taken() -> None:
    large = io.BytesIO()
    Image.new("L", (12_000, 9_000), 128).save(large, "JPEG", quality=10)
    assert not pictures.is_too_large(large, media_type="image/jpeg")

    copy, media_type, _ = pictures.stripped(large, media_type="image/jpeg")

    with Image.open(copy) as shown:
        assert (media_type, shown.size) == ("image/jpeg", (2560, 1920))
