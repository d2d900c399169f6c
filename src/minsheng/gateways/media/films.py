"""Films without what they tell beside picture and sound: place, device, moments, names, coders' settings, previews.

A film keeps its length and places, so that it still plays; what is not needed to play it is overwritten in place. Boxes
become empty ones, so do tracks that are neither picture nor sound (they hold places by the second). Of the media data
stays what is a sample of a track that is left, and of a sample what `codings` lets stay.
"""

from __future__ import annotations

import shutil
import tempfile
from bisect import bisect_right
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from mmap import mmap
from typing import BinaryIO, Final

from minsheng.gateways.media import film_entries, film_samples
from minsheng.gateways.media.boxes import Box, Unpublishable, boxes, discard, erase, fields, only
from minsheng.gateways.media.film_entries import Coding
from minsheng.gateways.media.film_samples import Defaults, Sample

# What plays a film, by the box that holds it (b"": the file). Whatever else there is describes it: free text, GPS of
# iTunes and QuickTime, XMP, previews, names of other tracks, a maker's own trailer.
_NEEDED: Final = {
    b"": frozenset({b"ftyp", b"styp", b"moov", b"moof", b"mdat", b"sidx"}),
    b"moov": frozenset({b"mvhd", b"trak", b"mvex"}),
    b"trak": frozenset({b"tkhd", b"edts", b"mdia"}),
    b"edts": frozenset({b"elst"}),
    b"mdia": frozenset({b"mdhd", b"hdlr", b"minf"}),
    b"minf": frozenset({b"vmhd", b"smhd", b"dinf", b"stbl"}),
    b"dinf": frozenset({b"dref"}),
    b"stbl": frozenset({b"stsd", b"stts", b"ctts", b"cslg", b"stsc", b"stsz", b"stz2", b"stco", b"co64"})
    | frozenset({b"stss", b"stps", b"sdtp", b"sbgp", b"sgpd"}),
    b"mvex": frozenset({b"mehd", b"trex"}),
    b"moof": frozenset({b"mfhd", b"traf"}),
    b"traf": frozenset({b"tfhd", b"tfdt", b"trun", b"sdtp", b"sbgp", b"sgpd"}),
}
# Boxes that begin with version, flags, and the moments of making and changing.
_DATED: Final = frozenset({b"mvhd", b"tkhd", b"mdhd"})
# A day's worth, far above what a film of the largest size has: more only keeps us busy.
_SAMPLES_AT_MOST: Final = 4_000_000
_SPANS_AT_MOST: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class _Track:
    """A track that is left: its tables, and what is said of its coding by the place in `stsd`."""

    stbl: Box
    codings: list[Coding]


def stripped(stream: BinaryIO) -> BinaryIO:
    """Return a copy of a film, bare; the caller closes it. Raises: Unpublishable."""
    with ExitStack() as opened:
        copy = opened.enter_context(tempfile.TemporaryFile())
        stream.seek(0)
        shutil.copyfileobj(stream, copy)
        copy.flush()
        if not copy.tell():
            raise Unpublishable
        # The system brings in the pages that are looked at: a film is never in memory as a whole.
        with mmap(copy.fileno(), 0) as content:
            _strip(content)
        copy.seek(0)
        opened.pop_all()
    return copy


def _strip(content: mmap) -> None:
    whole = Box(b"", 0, 0, len(content))
    moov = only(content, whole, b"moov")
    tracks = _tracks(content, moov)
    kept = _Kept(content, [each for each in boxes(content, 0, len(content)) if each.kind == b"mdat"])
    for track in tracks.values():
        frames = [each.frame for each in track.codings]
        kept.add(track.codings, film_samples.of_track(content, track.stbl, frames))
    defaults = _defaults(content, moov)
    for moof in [each for each in boxes(content, 0, len(content)) if each.kind == b"moof"]:
        for number, traf, samples in film_samples.of_fragment(content, moof, defaults):
            if number in tracks:
                kept.add(tracks[number].codings, samples)
            else:
                discard(content, traf)
    _clean(content, whole)
    kept.erase_others()


def _tracks(content: mmap, moov: Box) -> dict[int, _Track]:
    """Return the tracks of picture and sound by number, what is said of their coding cleaned; empty the others."""
    tracks: dict[int, _Track] = {}
    seen = False
    for trak in [each for each in boxes(content, moov.body, moov.end) if each.kind == b"trak"]:
        hdlr = only(content, trak, b"mdia", b"hdlr")
        handler = content[hdlr.body + 8 : min(hdlr.body + 12, hdlr.end)]
        found: list[Coding] = []
        if handler in film_entries.KNOWN:
            stbl = only(content, trak, b"mdia", b"minf", b"stbl")
            found = film_entries.cleaned(content, only(content, stbl, b"stsd"), handler)
        if not found:
            discard(content, trak)
            continue
        tkhd = only(content, trak, b"tkhd")
        long = content[tkhd.body] == 1
        (number,) = fields(content, ">20xI" if long else ">12xI", tkhd.body, tkhd.end)
        if number in tracks:
            raise Unpublishable
        tracks[number] = _Track(stbl, found)
        seen = seen or handler == b"vide"
    if not seen:
        raise Unpublishable
    return tracks


def _defaults(content: mmap, moov: Box) -> dict[int, Defaults]:
    """Return what fragments leave out, by the number of the track."""
    found = {}
    for mvex in [each for each in boxes(content, moov.body, moov.end) if each.kind == b"mvex"]:
        for trex in [each for each in boxes(content, mvex.body, mvex.end) if each.kind == b"trex"]:
            number, description, size = fields(content, ">4xII4xI", trex.body, trex.end)
            found[number] = Defaults(description, size)
    return found


def _clean(content: mmap, holder: Box) -> None:
    """Empty what need not be in a box that holds others. Raises: Unpublishable."""
    for each in boxes(content, holder.body, holder.end):
        if each.kind not in _NEEDED[holder.kind]:
            discard(content, each)
        elif each.kind == b"hdlr":
            # The handler's maker and name often are the device's.
            erase(content, each.body + 12, each.end)
        elif each.kind == b"dref":
            _refer_to_itself(content, each)
        elif each.kind in _DATED:
            size = 16 if content[each.body : each.body + 1] == b"\1" else 8
            erase(content, each.body + 4, min(each.body + 4 + size, each.end))
        elif each.kind in _NEEDED:
            _clean(content, each)


def _refer_to_itself(content: mmap, dref: Box) -> None:
    """Let each entry say that the data is in this file, and nothing of paths and disks."""
    for each in boxes(content, dref.body + 8, dref.end):
        fields(content, ">4x", each.body, each.end)
        content[each.start + 4 : each.start + 8] = b"url "
        content[each.body : each.body + 4] = b"\0\0\0\1"
        erase(content, each.body + 4, each.end)


class _Kept:
    """The spans of media data that are samples of tracks that are left."""

    def __init__(self, content: mmap, mdats: list[Box]) -> None:
        self._content, self._mdats = content, mdats
        self._starts = [each.body for each in mdats]
        self._spans: list[tuple[int, int]] = []
        self._samples = self._bytes = 0

    def add(self, codings: list[Coding], samples: Iterable[Sample]) -> None:
        """Keep samples, quieted. Raises: Unpublishable, for one that isn't media data, or more than a film can have."""
        for description, first, last in samples:
            if not 0 < description <= len(codings):
                raise Unpublishable
            self._samples += 1
            self._bytes += last - first
            if self._samples > _SAMPLES_AT_MOST or self._bytes > len(self._content):
                raise Unpublishable
            if first == last:
                continue
            place = bisect_right(self._starts, first) - 1
            if place < 0 or last > self._mdats[place].end:
                raise Unpublishable
            quiet = codings[description - 1].quiet
            if quiet is not None:
                quiet(self._content, first, last)
            if self._spans and self._spans[-1][1] == first:
                first = self._spans.pop()[0]
            self._spans.append((first, last))
            if len(self._spans) > _SPANS_AT_MOST:
                raise Unpublishable

    def erase_others(self) -> None:
        """Overwrite all other media data: samples of tracks that were emptied, and what no table knows of."""
        self._spans.sort()
        spans = iter(self._spans)
        span = next(spans, None)
        for mdat in self._mdats:
            place = mdat.body
            while span is not None and span[0] < mdat.end:
                erase(self._content, place, span[0])
                place = max(place, span[1])
                span = next(spans, None)
            erase(self._content, place, mdat.end)
