"""Films without what they tell beside picture and sound: place, device, moments, names, coders' settings, previews.

FFmpeg writes a new film with one track of pictures and one of sound, copied as they are coded, and nothing else. It
runs in a process of its own with narrow bounds: films come from outside. Without FFmpeg no film is published.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Final

from minsheng.domain.rejected import Rejected
from minsheng.gateways import limited
from minsheng.gateways.media import setups

# The muxer and the extension of what is published, by media type.
FORMATS: Final = {"video/mp4": ("mp4", "mp4"), "video/quicktime": ("mov", "mov")}
# How browsers' pictures are coded, and the filter that lets through of their units what a decoder needs alone: free
# text, clock times, places and coders' settings stand in the others (SEI, user data, metadata, fillers).
_PICTURES: Final = {
    "h264": "filter_units=pass_types=1-5|7-11|13-15|19-20",
    "hevc": "filter_units=pass_types=0-37",
    "av1": "filter_units=pass_types=1-4|6-8",
    "vp8": "null",
    "vp9": "null",
}
# Sound that a container can hold and some browser plays; other sound is left out.
_SOUNDS: Final = {
    "mp4": frozenset({"aac", "mp3", "opus", "alac", "ac3", "eac3"}),
    "mov": frozenset({"aac", "mp3", "alac", "ac3", "eac3", "pcm_s16le", "pcm_s16be", "pcm_s24le", "pcm_s24be"}),
}
# What may look into a film to tell what it is; the last three are covers and subtitles, which are never taken.
_DECODERS: Final = (
    "h264,hevc,av1,libdav1d,vp8,vp9,aac,mp3,mp3float,opus,libopus,alac,ac3,eac3,"
    "pcm_s16le,pcm_s16be,pcm_s24le,pcm_s24be,pcm_mulaw,pcm_alaw,amrnb,amrwb,mjpeg,png,mov_text"
)
# One container, whatever the film says of itself; nothing but the file and what it holds: no playlist, no network.
_READING: Final = (
    *("-protocol_whitelist", "file", "-format_whitelist", "mov", "-codec_whitelist", _DECODERS),
    *("-max_streams", "64", "-threads", "1", "-f", "mov", "-enable_drefs", "0"),
)
_BARE: Final = (
    *("-map_metadata", "-1", "-map_chapters", "-1", "-sn", "-dn", "-write_tmcd", "0"),
    *("-fflags", "+bitexact", "-flags", "+bitexact"),
)
_SHOWN: Final = (
    "stream=index,codec_type,codec_name,duration:stream_disposition=attached_pic:stream_tags:format=duration"
)
_LONGEST_SECONDS: Final = 24 * 3600.0
_WALL_SECONDS: Final = 60.0
_PROCESSOR_SECONDS: Final = 60
_MEMORY: Final = 1 << 30
_SAID_AT_MOST: Final = 1 << 20
# Tables of a new film beyond the size of the old one.
_MORE_AT_MOST: Final = 16 << 20
# What tells nothing: a language that nobody named, our own words for the handlers.
_TELLING_NOTHING: Final = {
    "language": {"und"},
    "handler_name": {"VideoHandler", "SoundHandler"},
    "vendor_id": {"[0][0][0][0]", "FFMP"},
}


class Unpublishable(Rejected):
    """A file that can't be freed of what it tells; the code says why."""

    def __init__(self, code: str = "file_not_publishable") -> None:
        super().__init__(code)


@dataclass(frozen=True, slots=True)
class _Stream:
    """One of a film's streams: its number, its kind, how it is coded, its seconds as far as they are known."""

    index: int
    kind: str
    coding: str
    seconds: float
    is_cover: bool
    tells: bool


def are_possible() -> bool:
    """Return whether films can be published on this machine: whether FFmpeg is there."""
    return _program("ffmpeg") is not None and _program("ffprobe") is not None


def stripped(stream: BinaryIO, *, media_type: str) -> BinaryIO:
    """Return a copy of a film, bare; the caller closes it. Raises: Unpublishable."""
    if not are_possible():
        raise Unpublishable("file_needs_ffmpeg")
    muxer, _ = FORMATS[media_type]
    with tempfile.TemporaryDirectory(prefix="minsheng-film-") as name:
        folder = Path(name)
        original, bare = folder / "original", folder / "bare"
        with original.open("wb") as copy:
            stream.seek(0)
            shutil.copyfileobj(stream, copy)
        taken = _taken(_streams(original), muxer)
        _write(original, bare, taken, muxer)
        try:
            setups.quiet(bare, taken[0].coding)
        except setups.Unclear as fault:
            raise Unpublishable from fault
        _hold_to(taken, _streams(bare))
        # The name goes with the folder; the content stays for as long as it is open.
        return bare.open("rb")


def _program(name: str) -> str | None:
    return shutil.which(name)


def _run(name: str, *arguments: str, film: Path, said: Path) -> None:
    """Run one of FFmpeg's programs on a film in its folder. Raises: Unpublishable, when it does not end well."""
    program = _program(name)
    size = film.stat().st_size + _MORE_AT_MOST
    bounds = limited.Bounds(_MEMORY, _PROCESSOR_SECONDS, size)
    if program is None or not limited.run(
        os.path.realpath(program), arguments, folder=film.parent, said=said, bounds=bounds, seconds=_WALL_SECONDS
    ):
        raise Unpublishable


def _streams(film: Path) -> list[_Stream]:
    """Return what a film has. Raises: Unpublishable, for no film, one without an end, or one of too many streams."""
    said = film.with_name("said")
    arguments = ("-v", "quiet", *_READING, "-show_entries", _SHOWN, "-of", "json", "-i", f"file:{film.name}")
    _run("ffprobe", *arguments, film=film, said=said)
    if said.stat().st_size > _SAID_AT_MOST:
        raise Unpublishable
    told: dict[str, Any] = json.loads(said.read_bytes().decode("utf-8", "replace"))
    if not 0 < _seconds(told.get("format", {})) <= _LONGEST_SECONDS:
        raise Unpublishable
    return [
        _Stream(
            each["index"],
            each.get("codec_type", ""),
            each.get("codec_name", ""),
            _seconds(each),
            bool(each.get("disposition", {}).get("attached_pic")),
            any(value not in _TELLING_NOTHING.get(name, ()) for name, value in each.get("tags", {}).items()),
        )
        for each in told.get("streams", ())
    ]


def _seconds(told: dict[str, Any]) -> float:
    try:
        return float(told.get("duration", 0))
    except ValueError:
        return 0.0


def _taken(streams: list[_Stream], muxer: str) -> list[_Stream]:
    """Return the stream of pictures and the one of sound, if there is any. Raises: Unpublishable, without pictures."""
    seen = [each for each in streams if each.kind == "video" and each.coding in _PICTURES and not each.is_cover]
    heard = [each for each in streams if each.kind == "audio" and each.coding in _SOUNDS[muxer]]
    if not seen:
        raise Unpublishable
    return [*seen[:1], *heard[:1]]


def _write(original: Path, bare: Path, taken: list[_Stream], muxer: str) -> None:
    maps = [argument for each in taken for argument in ("-map", f"0:{each.index}")]
    _run(
        *("ffmpeg", "-v", "quiet", "-nostdin", "-xerror"),
        *(*_READING, "-i", f"file:{original.name}", *maps, "-c", "copy", "-bsf:v", _PICTURES[taken[0].coding]),
        *(*_BARE, "-protocol_whitelist", "file", "-f", muxer, f"file:{bare.name}"),
        film=original,
        said=original.with_name("said"),
    )


def _hold_to(taken: list[_Stream], made: list[_Stream]) -> None:
    """Let nothing out but what was taken, to its end. Raises: Unpublishable."""
    if [(each.kind, each.coding) for each in made] != [(each.kind, each.coding) for each in taken]:
        raise Unpublishable
    for before, after in zip(taken, made, strict=True):
        # A film that is cut, or says that it is longer than it is, would be published in part.
        if after.tells or after.seconds < before.seconds - max(1.0, before.seconds / 20):
            raise Unpublishable
