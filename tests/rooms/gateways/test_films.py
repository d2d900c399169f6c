"""What is published of a film tells nothing beside what it shows, in whichever place it lay. Clauses: JY-9.8a."""

from __future__ import annotations

import io
import re
import struct
import tracemalloc

import pytest
from tests.films_ground import (
    AVC1,
    DEVICE,
    FILM,
    ITSELF,
    MOMENT,
    MP4A,
    PLACE,
    SECRET,
    Track,
    avcc,
    box,
    descriptor,
    esds,
    film,
    full,
    hvcc,
    message,
    of_fragments,
    picture,
    sei,
    sound,
    unit,
    with_places,
)

from minsheng.gateways.media import pictures
from minsheng.gateways.media.boxes import Unpublishable

PIXELS = unit(5, b"pixels")
HEARD = Track(b"soun", MP4A, (b"tones", b"and noise"))
TOLD = b"u" * 16 + SECRET * 9


def bare(original: bytes) -> bytes:
    """Return what would be published of a film."""
    copy, media_type, extension = pictures.stripped(io.BytesIO(original), media_type="video/quicktime")
    assert (media_type, extension) == ("video/quicktime", "mov")
    with copy:
        return copy.read()


def coded(entry: bytes, *samples: bytes, handler: bytes = b"vide", **more: object) -> bytes:
    """Return a film of one track, of a picture beside when it has none itself."""
    track = Track(handler, entry, samples or (PIXELS,), **more)
    return film(track) if handler == b"vide" else film(Track(), track)


def hevc(*units: bytes, listed: tuple[bytes, ...] = (), tail: bytes = b"") -> bytes:
    """Return a film of H.265."""
    return coded(picture(b"hvc1", hvcc(*listed, tail=tail)), b"".join(units) + unit(19, b"pixels", head=2))


def obu(kind: int, body: bytes, *, sized: bool = True) -> bytes:
    """Return a unit of AV1."""
    return bytes((kind << 3 | (2 if sized else 0),)) + (bytes((len(body),)) if sized else b"") + body


def broken(original: bytes, found: bytes, instead: bytes) -> bytes:
    """Return a film with other bytes in one place."""
    assert original.count(found) == 1
    return original.replace(found, instead)


def aside(handler: bytes, entry: bytes = box(b"mebx", bytes(8), SECRET), **more: object) -> Track:
    """Return a track that tells the secret in its samples and its own boxes."""
    return Track(handler, entry, (SECRET, SECRET * 4), in_stbl=box(b"keys", SECRET), **more)


MADE = full(b"alis", SECRET * 40)
WAVE = box(b"wave", box(b"frma", b"mp4a"), box(b"mp4a", SECRET), esds(), box(b"made", SECRET), box(b"\0\0\0\0"))
AV01 = picture(b"av01", full(b"av1C"))
USER_DATA = b"\0\0\1\xb2" + SECRET
ICC = box(b"colr", b"prof", SECRET * 9)
CODER = Track(samples=(sei(message(5, TOLD)) + PIXELS, PIXELS))
SECRETIVE = {
    "box beside the tables": film(Track(in_stbl=box(b"made", SECRET)), HEARD),
    "box beside the references": film(Track(in_dinf=box(b"made", SECRET))),
    "alias of a disk": film(Track(reference=MADE)),
    "alias that says it is this file": film(Track(reference=full(b"alis", SECRET, flags=1))),
    "address": film(Track(reference=full(b"url ", b"file:///", SECRET, b"\0"))),
    "name": film(Track(reference=full(b"urn ", SECRET, b"\0\0", flags=1))),
    "references of tracks": film(Track(in_trak=box(b"tref", box(b"cdsc", SECRET)))),
    "coder's name": coded(picture(b"avc1", avcc(), name=SECRET)),
    "coder's vendor": coded(picture(b"avc1", avcc(), vendor=SECRET)),
    "box of a picture": coded(picture(b"avc1", avcc(), box(b"made", SECRET))),
    "profile of colours": coded(picture(b"avc1", avcc(), ICC)),
    "setup of VP9": coded(picture(b"vp09", full(b"vpcC", bytes(8), SECRET))),
    "vendor of sound": coded(sound(b"mp4a", esds(), vendor=SECRET), b"tones", handler=b"soun"),
    "box of sound": coded(sound(b"mp4a", esds(), box(b"made", SECRET)), b"tones", handler=b"soun"),
    "QuickTime 1": coded(sound(b"mp4a", WAVE, version=1, vendor=SECRET), b"tones", handler=b"soun"),
    "QuickTime 2": coded(sound(b"mp4a", WAVE, version=2, vendor=SECRET), b"tones", handler=b"soun"),
    "ISO's version 1": coded(
        sound(b"mp4a", esds(), box(b"made", SECRET), version=1, iso=True), b"tones", handler=b"soun", stsd=1
    ),
    "vendor of AMR": coded(sound(b"samr", box(b"damr", SECRET, bytes(5))), b"tones", handler=b"soun"),
    "descriptor": coded(sound(b"mp4a", esds(descriptor(0xC0, SECRET))), b"tones", handler=b"soun"),
    "descriptor within its like": film(Track(), Track(b"soun", sound(b"mp4a", esds(descriptor(3, bytes(3), SECRET))))),
    "listed in avcC": coded(picture(b"avc1", avcc(sei(message(5, TOLD), width=2)))),
    "after avcC": coded(picture(b"avc1", avcc(tail=SECRET))),
    "listed in hvcC": hevc(listed=(sei(message(5, TOLD), width=2, head=2, kind=39),)),
    "after hvcC": hevc(tail=SECRET),
    **{
        f"H.264 message {kind}, lengths of {width}": coded(
            picture(b"avc1", avcc(width=width)), sei(message(kind, TOLD), width=width) + unit(5, b"pixels", width=width)
        )
        for kind in (1, 4, 5)
        for width in (1, 2, 4)
    },
    "H.264 in-band": coded(picture(b"avc3", avcc()), sei(message(5, TOLD)) + PIXELS),
    "second of two messages": coded(AVC1, sei(message(137, bytes(24)), message(5, TOLD)) + PIXELS),
    "escaped message": coded(AVC1, sei(message(5, bytes(2) + b"\3\1" + TOLD)) + PIXELS),
    "message longer than its unit": coded(AVC1, unit(6, b"\6\xff" + TOLD) + PIXELS),
    "long message": coded(AVC1, sei(message(6, SECRET * 5000)) + PIXELS),
    "very short messages": coded(AVC1, unit(6, b"Se") + unit(24, b"SeC") + unit(6, b"") + bytes(4) + PIXELS),
    "profile Baseline": coded(
        picture(b"avc1", avcc(tail=SECRET).replace(b"\1\x64", b"\1\x42").replace(b"\xf8\0", b"\xf8\x09"))
    ),
    "extension of parameters": coded(
        picture(b"avc1", broken(avcc(tail=unit(13, b"ext", width=2) + SECRET), b"\xf8\0", b"\xf8\1"))
    ),
    "a sample of nothing": film(Track(samples=(PIXELS, b"", PIXELS)), extra=SECRET),
    "end of a sample": coded(picture(b"avc1", avcc()), PIXELS + SECRET[:3], PIXELS + SECRET[3:]),
    "H.264 filler": coded(AVC1, PIXELS + unit(12, SECRET)),
    "H.264 unknown unit": coded(AVC1, PIXELS + unit(24, SECRET)),
    "H.265 before": hevc(sei(message(5, TOLD), head=2, kind=39)),
    "H.265 after": hevc(sei(message(4, TOLD), head=2, kind=40)),
    "H.265 moment": hevc(sei(message(136, SECRET), head=2, kind=39)),
    "H.265 unknown unit": hevc(unit(62, SECRET, head=2)),
    "MPEG-4": coded(picture(b"mp4v", esds()), USER_DATA + b"\0\0\1\xb6pixels", b"\0\0\1\xb6pixels" + USER_DATA),
    "setup of MPEG-4": coded(picture(b"mp4v", esds(setup=b"\0\0\1\xb0\1" + USER_DATA + b"\0\0\1\xb6"))),
    "AV1": coded(AV01, obu(2, b"") + obu(5, b"\4" + SECRET) + obu(6, b"pixels", sized=False)),
    "AV1 padding": coded(AV01, obu(15, SECRET) + obu(6, b"pixels")),
    "setup of AV1": coded(picture(b"av01", full(b"av1C", obu(5, b"\4" + SECRET))), obu(6, b"pixels")),
    **{f"track {x}": film(Track(), aside(x.encode()), HEARD) for x in ("meta", "tmcd", "text", "sbtl", "hint")},
    "track with wide tables": film(aside(b"meta", wide=True), Track(wide=True)),
    "track that refers to another file": film(Track(), aside(b"meta", reference=MADE)),
    "track of an unknown coding": film(Track(), aside(b"vide", picture(b"jpeg")), aside(b"soun", sound(b"apac"))),
    "media data of no track": film(Track(), HEARD, extra=SECRET),
    "bytes after the last box": film(Track(), after=SECRET),
    **{f"fragments, base {x}": of_fragments(aside(b"meta"), CODER, HEARD, base=x) for x in (1, 0x20000)},
    "fragment without a base": of_fragments(CODER, base=0),
}  # fmt: skip


@pytest.mark.parametrize("original", SECRETIVE.values(), ids=SECRETIVE.keys())
def test_a_film_tells_nothing_from_whichever_place(original: bytes) -> None:
    content = bare(original)

    assert SECRET[:3] in original
    assert SECRET[:3] not in content
    assert len(content) == len(original)
    # What is seen and heard is there as often as before, in its place.
    for kept in (b"pixels", b"tones", b"and noise"):
        assert [x.start() for x in re.finditer(kept, content)] == [x.start() for x in re.finditer(kept, original)]
    assert bare(content) == content


def test_a_film_keeps_its_places_and_loses_what_describes_it() -> None:
    described = box(b"udta", box(b"\xa9xyz", PLACE.encode()), box(b"\xa9mak", DEVICE.encode())) + box(
        b"meta", PLACE.encode()
    )
    trailer = box(b"free", DEVICE.encode()) + box(b"sefd", DEVICE.encode()) + box(b"uuid", b"x" * 16, PLACE.encode())
    original = film(Track(), HEARD, in_moov=described, after=trailer)

    content = bare(original)

    assert len(content) == len(original)
    assert content.index(b"mdat") == original.index(b"mdat")
    for told in (PLACE.encode(), DEVICE.encode(), b"appl", struct.pack(">I", MOMENT)):
        assert told in original
        assert told not in content


def test_a_real_film_keeps_its_pictures_and_says_nothing_else() -> None:
    original = with_places(FILM.read_bytes())

    content = bare(original)

    for told in (PLACE.encode(), DEVICE.encode(), SECRET, b"x264", b"http://"):
        assert told in original
        assert told not in content
    # The first unit of the media data is a message of the coder; whatever is behind is as it was.
    start = original.index(b"mdat") + 4
    size, length = (
        struct.unpack_from(">I", original, start - 8)[0] - 8,
        struct.unpack_from(">I", original, start)[0] + 4,
    )
    assert content[start : start + 5] == original[start : start + 5]
    assert content[start + length : start + size] == original[start + length : start + size]


@pytest.mark.parametrize(("head", "kind"), [(1, 6), (2, 39), (2, 40)])
def test_a_message_becomes_filler_that_every_decoder_can_read(head: int, kind: int) -> None:
    for size in range(2, 600):
        whole = unit(kind, b"\5" * size + b"\x80", head=head)
        content = bare(coded(AVC1, whole + PIXELS) if head == 1 else hevc(whole))
        place = content.index(b"mdat") + 4
        filler = content[place + 4 + head : place + len(whole)]
        assert content[place : place + 4 + head] == whole[: 4 + head]
        while filler != b"\x80":
            body = 2 + filler[1]
            assert filler[0] == 3
            assert filler[2:body] == b"\xff" * filler[1]
            filler = filler[body:]


def test_messages_that_tell_how_to_show_the_picture_stay() -> None:
    # The last is escaped: three bytes, written as four.
    shown = sei(message(6, b"\x84"), message(137, bytes(range(1, 25))), b"\x2f\3\0\0\3\1")
    original = coded(AVC1, shown + PIXELS)
    assert shown in bare(original)
    metadata = obu(5, b"\2" + bytes(24))
    assert metadata in bare(coded(AV01, metadata + obu(6, b"pixels")))


def test_plain_sound_of_quicktime_stays_whole() -> None:
    # `stsz` says 1 byte for each frame, the description 4.
    for version, entry in ((0, b"sowt"), (1, b"twos"), (2, b"lpcm")):
        track = Track(b"soun", sound(entry, version=version), (b"tone" * 100,), same=1, count=100)
        content = bare(film(Track(), track, extra=SECRET))
        assert b"tone" * 100 + bytes(4) in content


def test_a_reference_says_that_the_data_is_in_this_film() -> None:
    assert full(b"url ", bytes(160), flags=1) in bare(film(Track(reference=MADE)))
    assert ITSELF in bare(film(Track()))


def test_a_film_is_never_in_memory_as_a_whole() -> None:
    original = io.BytesIO(film(Track(), aside(b"meta"), extra=bytes(48 << 20)))
    tracemalloc.start()
    try:
        copy, _, _ = pictures.stripped(original, media_type="video/mp4")
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    copy.close()
    assert most < 8 << 20


def test_a_fragment_may_say_for_all_samples_what_they_are() -> None:
    # Description, duration and size for all; then a run whose samples have a duration each, and flags for the first.
    tfhd = full(b"tfhd", 1, 1, 7, len(PIXELS), flags=0x2001A)

    def moof(offset: int) -> bytes:
        runs = full(b"trun", 2, offset, 0, 7, 7, flags=0x105), full(b"trun", 1, flags=0)
        return box(b"moof", box(b"traf", tfhd, *runs))

    mvex = box(b"mvex", full(b"trex", 1, 9, 0, 0, 0))
    start = film(Track(samples=()), in_moov=mvex)
    data = box(b"mdat", PIXELS * 3, SECRET)

    content = bare(start + moof(len(moof(0)) + 8) + data)

    assert content.endswith(PIXELS * 3 + bytes(4))


def test_a_fragment_keeps_no_track_but_those_seen_or_heard() -> None:
    original = of_fragments(aside(b"meta"), CODER, HEARD)

    assert (original.count(b"traf"), bare(original).count(b"traf")) == (3, 2)


def test_small_sizes_stand_two_in_a_byte() -> None:
    told = Track(samples=(PIXELS, unit(1, b"next")), wide=True)
    original = film(told, extra=SECRET)
    content = bare(broken(original, full(b"stz2", 8, 2, b"\x0b\x09"), full(b"stz2", 4, 2, b"\xb9\0")))

    assert PIXELS + unit(1, b"next") + bytes(4) in content


def test_a_film_of_very_many_samples_is_not_published(monkeypatch: pytest.MonkeyPatch) -> None:
    many, apart = film(Track(samples=(PIXELS,) * 9)), film(Track(), aside(b"meta"), HEARD)
    fragment = of_fragments(Track(samples=(PIXELS,) * 9))
    for limit, most, original in (
        ("films._SAMPLES_AT_MOST", 8, many),
        ("films._SPANS_AT_MOST", 1, apart),
        ("film_samples._SAMPLES_AT_MOST", 8, fragment),
        ("film_samples._SAMPLES_AT_MOST", 7, fragment),
        ("boxes._BOXES_AT_MOST", 2, many),
    ):
        assert bare(original)
        with monkeypatch.context() as patched:
            patched.setattr(f"minsheng.gateways.media.{limit}", most)
            with pytest.raises(Unpublishable):
                bare(original)


REFUSED = {
    "nothing": b"",
    "a box longer than the film": b"\0\0\xff\xff" + b"moov" + b"\0" * 20,
    "a length that is not there": struct.pack(">I", 1) + b"moov",
    "a box shorter than its head": struct.pack(">I", 4) + b"moov" + b"\0" * 20,
    "no tracks": box(b"ftyp") + box(b"moov"),
    "two moov": film(Track()) + box(b"moov"),
    "sound alone": film(HEARD),
    "a picture of an unknown coding": film(Track(entry=picture(b"jpeg")), HEARD),
    "no handler": broken(film(Track()), b"hdlr", b"hdl_"),
    "no tables": broken(film(Track()), b"stbl", b"stb_"),
    "no coding": broken(film(Track()), b"avcC", b"avc_"),
    "another coding's setup": coded(picture(b"hvc1", avcc())),
    "no sizes": broken(film(Track()), b"stsz", b"sts_"),
    "two tables of sizes": film(Track(in_stbl=full(b"stsz", 0, 0))),
    "no chunks": broken(film(Track()), b"stco", b"stc_"),
    "two tables of chunks": film(Track(in_stbl=full(b"co64", 0))),
    "sizes that are not there": film(Track(count=9)),
    "sizes of three bits": broken(film(Track(wide=True)), full(b"stz2", 8, 1, b"\x0b"), full(b"stz2", 3, 1, b"\x0b")),
    "samples without end": film(Track(same=1, count=1 << 31)),
    "chunks out of order": broken(film(Track()), full(b"stsc", 1, 1, 1, 1), full(b"stsc", 1, 2, 1, 1)),
    "a chunk beyond the table": broken(film(Track()), full(b"stco", 1, 24), full(b"stco", 2, 24)),
    "an unknown description": broken(film(Track()), full(b"stsc", 1, 1, 1, 1), full(b"stsc", 1, 1, 1, 2)),
    "a sample outside of media data": broken(film(Track()), full(b"stco", 1, 24), full(b"stco", 1, 4)),
    "sound before media data": broken(film(Track(), HEARD), full(b"stco", 1, 35), full(b"stco", 1, 0)),
    "more samples than there is film": film(Track(), Track(b"soun", MP4A, (bytes(2000),), again=2)),
    "a sample beyond media data": broken(film(Track()), full(b"stco", 1, 24), full(b"stco", 1, 25)),
    "a unit longer than its sample": coded(AVC1, b"\0\0\0\x09\x65pixels"),
    "a unit shorter than its head": hevc(b"\0\0\0\1\x26"),
    "a listed unit that is not there": coded(picture(b"avc1", box(b"avcC", b"\1\x64\0\x1e\xff\xe1\0\x09"))),
    "avcC cut": coded(picture(b"avc1", box(b"avcC", b"\1\x64\0\x1e"))),
    "hvcC cut": coded(picture(b"hvc1", box(b"hvcC", bytes(22) + b"\1\x27"))),
    "units of zero bytes": coded(AVC1, bytes(8) + PIXELS[:3] + b"\x09\x65pixels"),
    "a fragment of an unknown description": broken(
        of_fragments(Track()), full(b"trex", 1, 1, 0, 0, 0), full(b"trex", 1, 2, 0, 0, 0)
    ),
    "an entry shorter than its head": coded(box(b"avc1", bytes(70))),
    "a sound entry shorter than its head": film(Track(), Track(b"soun", box(b"mp4a", bytes(24)))),
    "a descriptor beyond its box": film(Track(), Track(b"soun", sound(b"mp4a", full(b"esds", b"\3\x7f"))), HEARD),
    "a descriptor without a length": film(Track(), Track(b"soun", sound(b"mp4a", full(b"esds", b"\3")))),
    "a stream elsewhere": film(Track(), Track(b"soun", sound(b"mp4a", esds(flags=0x40)))),
    "a reference without flags": film(Track(reference=box(b"url ", b"\0\0"))),
    "AV1 beyond its sample": coded(AV01, b"\x32\x7fpixels"),
    "AV1 without a length": coded(AV01, b"\x32" + b"\xff" * 9),
    "two tracks of a number": broken(film(Track(), HEARD), *(struct.pack(">II", MOMENT + 1, x) for x in (2, 1))),
    "a fragment of no track": broken(of_fragments(Track()), full(b"trex", 1, 1, 0, 0, 0), full(b"trex", 7, 1, 0, 0, 0)),
    "a run beyond its box": broken(of_fragments(Track()), b"\0\0\2\1\0\0\0\1", b"\0\0\2\1\0\0\0\2"),
    "a fragment's track that begins where another ends": of_fragments(Track(), HEARD, base=0),
}  # fmt: skip


@pytest.mark.parametrize("content", REFUSED.values(), ids=REFUSED.keys())
def test_a_film_that_can_not_be_freed_of_what_it_tells_is_not_published(content: bytes) -> None:
    with pytest.raises(Unpublishable):
        pictures.stripped(io.BytesIO(content), media_type="video/mp4")
