"""What a film's track says of its coding (`stsd`): kept is what sets up the decoder, without names and vendors.

ISO/IEC 14496-12, 8.5.2 and 12; QuickTime File Format, sound descriptions of version 1 and 2.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from mmap import mmap
from typing import Final

from minsheng.gateways.media import codings
from minsheng.gateways.media.boxes import Box, Unpublishable, boxes, discard, erase, fields

_PLAIN: Final = frozenset({b"sowt", b"twos", b"lpcm", b"in24", b"ipcm"})
# The codings of which we know what else they tell, by the handler of the track.
KNOWN: Final = {
    b"vide": frozenset({b"avc1", b"avc3", b"hvc1", b"hev1", b"mp4v", b"av01", b"vp08", b"vp09"}),
    b"soun": frozenset({b"mp4a", b".mp3", b"Opus", b"samr", b"sawb", b"ac-3", b"ec-3", b"alac"}) | _PLAIN,
}
_IN_PICTURE: Final = frozenset(
    {b"avcC", b"hvcC", b"esds", b"av1C", b"vpcC", b"colr", b"pasp", b"clap", b"btrt", b"fiel", b"clli", b"mdcv"}
)
_IN_SOUND: Final = frozenset(
    {b"esds", b"wave", b"chan", b"chnl", b"btrt", b"srat", b"dOps", b"damr", b"dac3", b"dec3", b"alac", b"pcmC"}
)
# The last is how QuickTime ends a list.
_IN_WAVE: Final = frozenset({b"frma", b"esds", b"mp4a", b"alac", b"enda", b"chan", b"\0\0\0\0"})

# Overwrites between two places what samples tell. Raises: Unpublishable.
Quiet = Callable[[mmap, int, int], None]


@dataclass(frozen=True, slots=True)
class Coding:
    """How to quiet samples, or nothing; the bytes of a frame where each is a sample (plain sound), or 0."""

    quiet: Quiet | None = None
    frame: int = 0


def cleaned(content: mmap, stsd: Box, handler: bytes) -> list[Coding]:
    """Clean the entries of an `stsd` and return what they say; none, where one isn't known. Raises: Unpublishable."""
    entries = list(boxes(content, stsd.body + 8, stsd.end))
    if not {each.kind for each in entries} <= KNOWN[handler]:
        return []
    if handler == b"vide":
        return [_picture(content, each) for each in entries]
    # Version 1 is ISO's own: its entries have no fields of QuickTime, whatever their version is.
    plain_head = content[stsd.body : stsd.body + 1] != b"\0"
    return [_sound(content, each, plain_head=plain_head) for each in entries]


def _picture(content: mmap, entry: Box) -> Coding:
    fields(content, ">78x", entry.body, entry.end)
    # Vendor and qualities; the coder's name.
    erase(content, entry.body + 8, entry.body + 24)
    erase(content, entry.body + 42, entry.body + 74)
    width, head = 0, 0
    for each in _needed(content, entry.body + 78, entry.end, _IN_PICTURE):
        if each.kind == b"avcC":
            width, head = codings.quiet_avcc(content, each.body, each.end), 1
        elif each.kind == b"hvcC":
            width, head = codings.quiet_hvcc(content, each.body, each.end), 2
        elif each.kind == b"av1C":
            codings.quiet_av1(content, each.body + 4, each.end)
        elif each.kind == b"vpcC":
            erase(content, each.body + 12, each.end)
        elif each.kind == b"colr" and content[each.body : each.body + 4] not in (b"nclx", b"nclc"):
            # A profile has texts of who made it.
            discard(content, each)
    if entry.kind in (b"mp4v", b"av01"):
        return Coding(codings.quiet_visual if entry.kind == b"mp4v" else codings.quiet_av1)
    if entry.kind in (b"vp08", b"vp09"):
        return Coding()
    if head != (1 if entry.kind in (b"avc1", b"avc3") else 2):
        raise Unpublishable
    return Coding(partial(codings.quiet_units, width=width, head=head))


def _sound(content: mmap, entry: Box, *, plain_head: bool) -> Coding:
    version, channels, bits = fields(content, ">8xH6xHH", entry.body, entry.end)
    head, frame = 28, channels * bits // 8
    if version == 1 and not plain_head:
        samples, frame = fields(content, ">28xI4xI", entry.body, entry.end)
        head, frame = 44, frame // max(1, samples)
    elif version == 2 and not plain_head:
        (frame,) = fields(content, ">56xI", entry.body, entry.end)
        head = 64
    fields(content, f">{head}x", entry.body, entry.end)
    # Revision and vendor.
    erase(content, entry.body + 10, entry.body + 16)
    for each in _needed(content, entry.body + head, entry.end, _IN_SOUND):
        if each.kind == b"damr":
            # Vendor and version of the coder.
            erase(content, each.body, min(each.body + 5, each.end))
        elif each.kind == b"wave":
            for inner in _needed(content, each.body, each.end, _IN_WAVE):
                if inner.kind in (b"mp4a", b"\0\0\0\0"):
                    erase(content, inner.body, inner.end)
    return Coding(frame=max(1, frame) if entry.kind in _PLAIN else 0)


def _needed(content: mmap, first: int, last: int, needed: frozenset[bytes]) -> list[Box]:
    """Return the boxes of a span that are needed, those of MPEG-4 quieted; empty the others."""
    found = []
    for each in boxes(content, first, last):
        if each.kind in needed:
            found.append(each)
            if each.kind == b"esds":
                codings.quiet_esds(content, each.body, each.end)
        else:
            discard(content, each)
    return found
