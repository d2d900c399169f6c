"""Films as telephones and coders make them, with a secret in any place of them; and some that only claim to be one."""

from __future__ import annotations

import re
import struct
import subprocess
import tempfile
from functools import cache
from pathlib import Path

PLACE = "+31.9201+120.2853/"
DEVICE = "SecretPhoneMaker X1"
SECRET = b"SeCrEt"
# Half a second of gray with a tone (H.264 and AAC), with PLACE, DEVICE and a moment in its description.
FILM = Path(__file__).with_name("film.mp4")
MOMENT = 3_900_000_000
_TEXTS = {
    "words.srt": f"1\n00:00:00,000 --> 00:00:01,000\n{SECRET.decode()} words\n",
    "described.txt": f";FFMETADATA1\ntitle={SECRET.decode()}\nlocation={PLACE}\nmake={DEVICE}\n"
    f"[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=500\ntitle={SECRET.decode()}\n",
}


def box(kind: bytes, *content: bytes) -> bytes:
    """Return a box of a film."""
    body = b"".join(content)
    return struct.pack(">I", 8 + len(body)) + kind + body


def full(kind: bytes, *content: bytes | int, flags: int = 0) -> bytes:
    """Return a box with version and flags; numbers are 32 bits."""
    return box(kind, struct.pack(">I", flags), *(struct.pack(">I", x) if isinstance(x, int) else x for x in content))


@cache
def coded(picture: str, sound: str, container: str, *more: str) -> bytes:
    """Return a second of moving picture with a tone, coded by FFmpeg's coders of these names."""
    return written(
        *("-f", "lavfi", "-i", "testsrc=s=64x48:r=10:d=1", "-f", "lavfi", "-i", "sine=d=1", "-pix_fmt", "yuv420p"),
        *("-c:v", picture, "-c:a", sound, "-strict", "-2", *more, "-f", container),
    )


def written(*arguments: str, original: bytes = b"") -> bytes:
    """Return what FFmpeg writes; `film` is the original among its inputs, beside subtitles and a description."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "film").write_bytes(original)
        for name, text in _TEXTS.items():
            Path(folder, name).write_text(text, encoding="ascii")
        program = ("ffmpeg", "-v", "error", "-nostdin", "-y", *arguments, "made")
        subprocess.run(program, cwd=folder, check=True, capture_output=True)
        return Path(folder, "made").read_bytes()


def raw(original: bytes, form: str, *, found: bytes, instead: bytes) -> bytes:
    """Return a film whose coded pictures have other bytes in the first place where some are found."""
    coded_alone = written("-i", "film", "-map", "0:v", "-c", "copy", "-f", form, original=original)
    assert found in coded_alone
    changed = coded_alone.replace(found, instead, 1)
    return written("-f", form, "-i", "film", "-c", "copy", "-f", "mp4", original=changed)


def with_boxes(original: bytes, *, in_moov: bytes = b"", after: bytes = b"") -> bytes:
    """Return a coded film, whose `moov` is the last, with more boxes at the end of that and of the film."""
    start = original.index(b"moov") - 4
    (size,) = struct.unpack_from(">I", original, start)
    assert start + size == len(original)
    return original[:start] + struct.pack(">I", size + len(in_moov)) + original[start + 4 :] + in_moov + after


def with_places(original: bytes) -> bytes:
    """Return a coded film with one track more that tells a place by the second."""
    samples = (SECRET * 3, SECRET)

    def trak(place: int) -> bytes:
        moments = struct.pack(">III", 0, MOMENT, MOMENT + 1)
        stsd = full(b"stsd", 1, box(b"mebx", bytes(8)))
        tables = full(b"stsc", 1, 1, 2, 1), full(b"stsz", 0, 2, *map(len, samples)), full(b"stco", 1, place)
        stbl = box(b"stbl", stsd, full(b"stts", 0), *tables)
        dinf = box(b"dinf", full(b"dref", 1, full(b"url ", flags=1)))
        hdlr = full(b"hdlr", b"mhlr", b"meta", b"appl", 0, 0, DEVICE.encode() + b"\0")
        media = box(b"mdia", box(b"mdhd", moments, bytes(12)), hdlr, box(b"minf", dinf, stbl))
        return box(b"trak", box(b"tkhd", moments, struct.pack(">I", 9), bytes(68)), media)

    place = len(original) + len(trak(0)) + 8
    return with_boxes(original, in_moov=trak(place), after=box(b"mdat", *samples))


def of_many_tracks(count: int) -> bytes:
    """Return a film that has the tracks of FILM many times over."""
    original = FILM.read_bytes()
    start = original.index(b"trak") - 4
    (size,) = struct.unpack_from(">I", original, start)
    return with_boxes(original, in_moov=original[start : start + size] * count)


def of_declared_length(value: int) -> bytes:
    """Return FILM with another length in each box that says how long it is."""
    content = bytearray(FILM.read_bytes())
    for kind, place in ((b"mvhd", 20), (b"tkhd", 24), (b"mdhd", 20)):
        for found in re.finditer(kind, bytes(content)):
            struct.pack_into(">I", content, found.start() + place, value)
    return bytes(content)
