"""Films made by hand, box by box, so that a secret can lie in any place of them; and one that was really coded."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path

PLACE = "+31.9201+120.2853/"
DEVICE = "SecretPhoneMaker X1"
SECRET = b"SeCr"
# Half a second of grey with a tone (H.264 and AAC), with PLACE, DEVICE and a moment in its description.
FILM = Path(__file__).with_name("film.mp4")
MOMENT = 3_900_000_000
ITSELF = struct.pack(">I4sI", 12, b"url ", 1)


def box(kind: bytes, *content: bytes) -> bytes:
    """Return a box of a film."""
    body = b"".join(content)
    return struct.pack(">I", 8 + len(body)) + kind + body


def full(kind: bytes, *content: bytes | int, flags: int = 0) -> bytes:
    """Return a box with version and flags; numbers are 32 bits."""
    return box(kind, struct.pack(">I", flags), *(struct.pack(">I", x) if isinstance(x, int) else x for x in content))


def unit(kind: int, body: bytes, *, width: int = 4, head: int = 1) -> bytes:
    """Return a unit of H.264 (head 1) or H.265 (head 2) after its length."""
    start = bytes((kind | 0x60,)) if head == 1 else bytes((kind << 1, 1))
    return (len(start) + len(body)).to_bytes(width) + start + body


def message(kind: int, payload: bytes) -> bytes:
    """Return an SEI message."""
    return bytes((kind,)) + b"\xff" * (len(payload) // 255) + bytes((len(payload) % 255,)) + payload


def sei(*messages: bytes, width: int = 4, head: int = 1, kind: int = 6) -> bytes:
    """Return a unit of SEI messages."""
    return unit(kind, b"".join(messages) + b"\x80", width=width, head=head)


def avcc(*listed: bytes, width: int = 4, tail: bytes = b"") -> bytes:
    """Return an `avcC` of profile High with these units, their lengths 2 bytes."""
    return box(
        b"avcC", bytes((1, 100, 0, 30, 0xFC | width - 1, 0xE0 | len(listed))), *listed, b"\0\xfd\xf8\xf8\0", tail
    )


def hvcc(*listed: bytes, width: int = 4, tail: bytes = b"") -> bytes:
    """Return an `hvcC` with an array of these units, their lengths 2 bytes."""
    array = struct.pack(">BH", 39, len(listed)) + b"".join(listed)
    return box(b"hvcC", b"\1" + bytes(20), bytes((0xFC | width - 1, 1)), array, tail)


def descriptor(tag: int, *content: bytes) -> bytes:
    """Return a descriptor of MPEG-4, its length in the long form."""
    body = b"".join(content)
    return bytes((tag, 0x80, 0x80, 0x80, len(body))) + body


def esds(*more: bytes, setup: bytes = b"\x12\x10", flags: int = 0) -> bytes:
    """Return an `esds` of AAC with more descriptors beside the decoder's."""
    decoder = descriptor(4, b"\x40\x15" + bytes(11), descriptor(5, setup))
    return full(b"esds", descriptor(3, b"\0\1", bytes((flags,)), decoder, descriptor(6, b"\2"), *more))


def picture(kind: bytes, *children: bytes, vendor: bytes = bytes(4), name: bytes = b"") -> bytes:
    """Return a sample entry of a picture."""
    sizes = struct.pack(">HHIIIH", 64, 48, 0x480000, 0x480000, 0, 1)
    head = bytes(6) + b"\0\1" + bytes(4) + vendor + bytes(8) + sizes + name.ljust(32, b"\0") + b"\0\x18\xff\xff"
    return box(kind, head, *children)


def sound(kind: bytes, *children: bytes, vendor: bytes = bytes(4), version: int = 0, iso: bool = False) -> bytes:
    """Return a sample entry of sound, of ISO (version 0 or 1) or QuickTime (0, 1, 2), with frames of 4 bytes."""
    head = (
        bytes(6) + b"\0\1" + struct.pack(">HH", version, 0) + vendor + struct.pack(">HHHHI", 2, 16, 0, 0, 48000 << 16)
    )
    more = {0: b"", 1: struct.pack(">IIII", 1, 2, 4, 2), 2: bytes(28) + struct.pack(">II", 4, 1)}[0 if iso else version]
    return box(kind, head, more, *children)


AVC1 = picture(b"avc1", avcc())
MP4A = sound(b"mp4a", esds())


@dataclass(frozen=True)
class Track:
    """A track: what it is, how it is coded, its samples, and more boxes where a maker may put them."""

    handler: bytes = b"vide"
    entry: bytes = AVC1
    samples: tuple[bytes, ...] = (unit(5, b"pixels"),)
    reference: bytes = ITSELF
    in_trak: bytes = b""
    in_dinf: bytes = b""
    in_stbl: bytes = b""
    same: int = 0  # the size that `stsz` gives for all samples
    count: int = 0  # how many samples there are, unless it is the number of `samples`
    stsd: int = 0  # version
    wide: bool = False  # co64 and stz2
    again: int = 1  # how often a chunk of all samples is in the tables

    def trak(self, number: int, place: int) -> bytes:
        """Return the `trak`, all samples in one chunk at a place."""
        moments = struct.pack(">III", 0, MOMENT, MOMENT + 1)
        count = self.count or len(self.samples)
        sizes = [] if self.same else [len(each) for each in self.samples] * self.again
        chunk = full(b"stco", self.again, *[place] * self.again) if count else full(b"stco", 0)
        table = full(b"stsz", self.same, count * self.again, *sizes)
        if self.wide:
            chunk = full(b"co64", 1, struct.pack(">Q", place))
            table = full(b"stz2", 8, count, bytes(sizes))
        chunks = full(b"stsc", 1, 1, count, 1) if count else full(b"stsc", 0)
        stsd = box(b"stsd", bytes((self.stsd, 0, 0, 0)), struct.pack(">I", 1), self.entry)
        stbl = box(b"stbl", stsd, full(b"stts", 0), chunks, table, chunk, self.in_stbl)
        dinf = box(b"dinf", full(b"dref", 1, self.reference), self.in_dinf)
        hdlr = full(b"hdlr", b"mhlr", self.handler, b"appl", 0, 0, DEVICE.encode() + b"\0")
        media = box(b"mdia", box(b"mdhd", moments, bytes(12)), hdlr, box(b"minf", dinf, stbl))
        head = box(b"tkhd", moments, struct.pack(">I", number), bytes(68))
        return box(b"trak", head, media, self.in_trak)


def film(*tracks: Track, extra: bytes = b"", in_moov: bytes = b"", after: bytes = b"") -> bytes:
    """Return a film of these tracks: `mdat` first, with something extra that no table knows of."""
    start = box(b"ftyp", b"qt  \0\0\0\0")
    place, traks = len(start) + 8, []
    for number, each in enumerate(tracks, start=1):
        traks.append(each.trak(number, place))
        place += sum(map(len, each.samples))
    data = b"".join(sample for each in tracks for sample in each.samples)
    mvhd = box(b"mvhd", struct.pack(">III", 0, MOMENT, MOMENT + 1), bytes(12))
    return start + box(b"mdat", data, extra) + box(b"moov", mvhd, *traks, in_moov) + after


def of_fragments(*tracks: Track, base: int = 0x20000) -> bytes:
    """Return a film whose samples lie in one fragment; `base` is the flag that says from where places are counted."""
    empty = [Track(each.handler, each.entry, ()) for each in tracks]
    mvex = box(b"mvex", *(full(b"trex", number, 1, 0, 0, 0) for number in range(1, len(tracks) + 1)))
    start = film(*empty, in_moov=mvex)
    own = struct.pack(">Q", len(start)) if base & 1 else b""

    def moof(offset: int) -> bytes:
        trafs = []
        for number, each in enumerate(tracks, start=1):
            sizes = [len(sample) for sample in each.samples]
            # The second sample is in a run of its own, which begins where the first ended.
            runs = (
                full(b"trun", 1, offset, sizes[0], flags=0x201),
                full(b"trun", len(sizes) - 1, *sizes[1:], flags=0x200),
            )
            trafs.append(box(b"traf", full(b"tfhd", number, own, flags=base), *runs))
            offset += sum(sizes)
        return box(b"moof", full(b"mfhd", 1), *trafs)

    data = b"".join(sample for each in tracks for sample in each.samples)
    return start + moof(len(moof(0)) + 8) + box(b"mdat", data)


def with_places(original: bytes) -> bytes:
    """Return a coded film, whose `moov` is the last, with one track more that tells a place by the second."""
    start = original.index(b"moov") - 4
    (size,) = struct.unpack_from(">I", original, start)
    assert start + size == len(original)
    told = Track(b"meta", box(b"mebx", bytes(8)), (SECRET * 3, SECRET))
    length = len(told.trak(9, 0))
    trak = told.trak(9, len(original) + length + 8)
    moov = struct.pack(">I", size + length) + original[start + 4 :] + trak
    return original[:start] + moov + box(b"mdat", *told.samples)
