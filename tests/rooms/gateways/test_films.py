"""What is published of a film tells nothing beside what it shows, in whichever place it lay. Clauses: JY-9.8a."""

from __future__ import annotations

import io
import json
import re
import resource
import struct
import subprocess
import tempfile
import tracemalloc
from pathlib import Path

import pytest
from tests.films_ground import (
    DEVICE,
    FILM,
    MOMENT,
    PLACE,
    SECRET,
    box,
    coded,
    full,
    of_declared_length,
    of_many_tracks,
    raw,
    with_boxes,
    with_places,
    written,
)

from minsheng.gateways import limited
from minsheng.gateways.media import films, pictures
from minsheng.gateways.media.films import Unpublishable

ORIGINAL = FILM.read_bytes()
DESCRIBED = box(b"udta", box(b"\xa9xyz", PLACE.encode()), box(b"\xa9mak", DEVICE.encode()))
TRAILER = box(b"free", SECRET) + box(b"sefd", DEVICE.encode()) + box(b"uuid", b"x" * 16, PLACE.encode())
SLICE, OF_H265 = b"\0\0\1\x65", b"\0\0\1\x28\1"
OF_AV1 = b"\x2a" + bytes((len(SECRET) + 3,)) + b"\x04\xb5" + SECRET + b"\x80"
ALL = ("-i", "film", "-i", "words.srt", "-i", "described.txt", "-map", "0", "-map", "1")
TEXTS = ("-map_metadata", "2", "-map_chapters", "2", "-c", "copy", "-c:s", "mov_text", "-timecode", "01:02:03:04")


def bare(original: bytes, media_type: str = "video/mp4") -> bytes:
    """Return what would be published of a film."""
    copy, is_type, extension = pictures.stripped(io.BytesIO(original), media_type=media_type)
    assert (is_type, extension) == (media_type, "mp4" if media_type == "video/mp4" else "mov")
    with copy:
        return copy.read()


def streams(content: bytes) -> list[str]:
    """Return how a film's streams are coded."""
    return [each["codec_name"] for each in probed(content)["streams"]]


def probed(content: bytes) -> dict[str, list[dict[str, object]]]:
    """Return what FFmpeg finds in a film."""
    with tempfile.NamedTemporaryFile() as file:
        file.write(content)
        file.flush()
        asked = ("ffprobe", "-v", "error", "-show_streams", "-show_chapters", "-show_packets", "-show_data_hash", "md5")
        done = subprocess.run((*asked, "-of", "json", file.name), check=True, capture_output=True)
    found: dict[str, list[dict[str, object]]] = json.loads(done.stdout)
    return found


def film_of(kind: str) -> bytes:
    """Return a film that tells the secret in one place."""
    of_h264, of_h265 = coded("libx264", "aac", "mp4"), coded("libx265", "aac", "mp4", "-x265-params", "log-level=none")
    match kind:
        case "box in moov":
            return with_boxes(ORIGINAL, in_moov=DESCRIBED + box(b"meta", SECRET))
        case "maker's trailer":
            return with_boxes(ORIGINAL, after=TRAILER)
        case "bytes after the last box":
            return with_boxes(ORIGINAL, after=SECRET)
        case "media data of no track":
            return with_boxes(ORIGINAL, after=box(b"mdat", SECRET))
        case "track of places":
            return with_places(ORIGINAL)
        case "subtitles, chapters, title and time code":
            return written(*ALL, *TEXTS, "-f", "mov", original=of_h264)
        case "cover":
            cover = ("-f", "lavfi", "-i", "color=s=64x48:r=25:d=0.04", "-map", "1:v", "-map", "0", "-c", "copy")
            coding = ("-c:v:0", "png", "-pix_fmt:v:0", "rgb24", "-disposition:v:0", "attached_pic", "-f", "mp4")
            return written("-i", "film", *cover, *coding, original=of_h264) + box(b"free", SECRET)
        case "second sound":
            more = ("-map", "0", "-map", "0:a", "-c", "copy", "-metadata:s:a:1", f"title={SECRET.decode()}")
            return written("-i", "film", *more, "-f", "mov", original=of_h264) + box(b"free", SECRET)
        case "message of H.264":
            told = f"h264_metadata=sei_user_data=086f3693-b7b3-4f2c-9653-21492feee5b8+{SECRET.decode()}"
            return written("-i", "film", "-c", "copy", "-bsf:v", told, "-f", "mp4", original=of_h264)
        case "unit of H.264 that no decoder reads":
            return raw(of_h264, "h264", found=SLICE, instead=b"\0\0\1\x18" + SECRET + SLICE)
        case "message of H.265":
            sei = b"\0\0\1\x4e\1\5" + bytes((16 + len(SECRET),)) + b"u" * 16 + SECRET + b"\x80"
            return raw(of_h265, "hevc", found=OF_H265, instead=sei + OF_H265)
        case "message in the setup of H.265":
            # Where the coder itself writes what it is called.
            assert of_h265.index(b"x265 (", of_h265.index(b"hvcC"))
            return of_h265.replace(b"x265 (", SECRET)
        case "metadata of AV1":
            return raw(coded("libaom-av1", "aac", "mp4"), "obu", found=b"\x12\0", instead=b"\x12\0" + OF_AV1)
    raise AssertionError(kind)


TOLD = (
    "box in moov", "maker's trailer", "bytes after the last box", "media data of no track", "track of places",
    "subtitles, chapters, title and time code", "cover", "second sound", "message of H.264",
    "unit of H.264 that no decoder reads", "message of H.265", "message in the setup of H.265",
    "metadata of AV1",
)  # fmt: skip


@pytest.mark.parametrize("kind", TOLD)
def test_a_film_tells_nothing_from_whichever_place(kind: str) -> None:
    original = film_of(kind)

    content = bare(original)

    assert SECRET in original
    for told in (SECRET, PLACE.encode(), DEVICE.encode(), struct.pack(">I", MOMENT), b"x264", b"x265", b"http://"):
        assert told not in content
    found = probed(content)
    assert [each["codec_type"] for each in found["streams"]] in (["video", "audio"], ["video"])
    assert found["chapters"] == []


@pytest.mark.parametrize(
    ("picture", "sound", "media_type"),
    [
        ("libx264", "aac", "video/mp4"),
        ("libx265", "aac", "video/quicktime"),
        ("libvpx-vp9", "libopus", "video/mp4"),
        ("libaom-av1", "aac", "video/mp4"),
        ("libx264", "pcm_s16le", "video/quicktime"),
    ],
)
def test_what_browsers_play_is_copied_as_it_is_coded(picture: str, sound: str, media_type: str) -> None:
    container = films.FORMATS[media_type][0]
    more = ("-x265-params", "log-level=none") if picture == "libx265" else ()
    original = coded(picture, sound, container, *more)

    content = bare(original, media_type)

    assert streams(content) == streams(original)
    for kind, number in (("video", 10), ("audio", None)):
        before, after = (
            [x for x in probed(each)["packets"] if x["codec_type"] == kind] for each in (original, content)
        )
        assert len(after) == len(before)
        assert number is None or len(after) == number
        assert [x["pts_time"] for x in after] == [x["pts_time"] for x in before]
        if kind == "audio":
            assert [x["data_hash"] for x in after] == [x["data_hash"] for x in before]


def test_the_same_film_gives_the_same_copy() -> None:
    assert bare(ORIGINAL) == bare(with_places(ORIGINAL))


def test_a_film_stays_the_right_way_up() -> None:
    original = written(
        "-i", "film", "-c", "copy", "-metadata:s:v", "rotate=90", "-f", "mov", original=coded("libx264", "aac", "mp4")
    )

    turned = [each.get("side_data_list") for each in probed(bare(original, "video/quicktime"))["streams"]]

    assert turned[0] is not None
    assert turned == [each.get("side_data_list") for each in probed(original)["streams"]]


def test_what_was_cut_away_before_the_film_begins_is_not_published() -> None:
    # A telephone that trims a film leaves what is before in the file, and an edit list that passes over it.
    whole = coded("libx264", "aac", "mp4", "-g", "2", "-bf", "0")
    cut = written("-ss", "0.6", "-i", "film", "-c", "copy", "-f", "mp4", original=whole)

    content = bare(cut)

    shown = [each for each in probed(content)["packets"] if each["codec_type"] == "video"]
    assert len(shown) <= 5


def test_a_film_of_fragments_becomes_a_plain_one() -> None:
    whole = coded("libx264", "aac", "mp4")
    parts = written("-i", "film", "-c", "copy", "-movflags", "frag_keyframe+empty_moov", "-f", "mp4", original=whole)

    content = bare(parts)

    assert b"moof" in parts
    assert b"moof" not in content
    assert streams(content) == ["h264", "aac"]
    assert len(probed(content)["packets"]) == len(probed(whole)["packets"])


def test_sound_that_no_browser_plays_is_left_out() -> None:
    original = coded("libx264", "pcm_mulaw", "mov")

    assert streams(original) == ["h264", "pcm_mulaw"]
    assert streams(bare(original, "video/quicktime")) == ["h264"]


@pytest.mark.parametrize("coding", ["mjpeg", "mpeg4", "prores_ks"])
def test_pictures_that_no_browser_plays_are_not_published(coding: str) -> None:
    with pytest.raises(Unpublishable):
        bare(coded(coding, "aac", "mov"), "video/quicktime")


def test_a_film_is_never_in_memory_as_a_whole() -> None:
    original = io.BytesIO(with_boxes(ORIGINAL, after=box(b"free", bytes(48 << 20))))
    tracemalloc.start()
    try:
        copy, _, _ = pictures.stripped(original, media_type="video/mp4")
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    copy.close()
    assert most < 8 << 20


REFUSED = {
    "nothing": b"",
    "no film": b"\x89PNG\r\n\x1a\n" + bytes(40),
    "a text": b"root:x:0:0:root:/root:/bin/bash\n" * 40,
    "a playlist": b"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n",
    "a playlist behind a film's head": ORIGINAL[:32] + b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n",
    "a list of files": b"ffconcat version 1.0\nfile '/etc/passwd'\n",
    "a web page of films": b"<?xml version='1.0'?><MPD><BaseURL>http://192.0.2.1/</BaseURL></MPD>",
    "the first half": ORIGINAL[: len(ORIGINAL) // 2],
    "no tracks": box(b"ftyp", b"isom\0\0\0\0") + box(b"moov"),
    "a box longer than the film": b"\0\0\xff\xff" + b"moov" + bytes(20),
    "10 000 streams": of_many_tracks(10_000),
    "a length of months": of_declared_length(0x7FFFFFFF),
    "samples without end": ORIGINAL.replace(b"stsz" + bytes(8), b"stsz" + struct.pack(">III", 0, 1, 1 << 31)[:8]),
}  # fmt: skip


@pytest.mark.parametrize("kind", REFUSED)
def test_a_film_that_can_not_be_freed_of_what_it_tells_is_not_published(kind: str) -> None:
    for media_type in films.FORMATS:
        with pytest.raises(Unpublishable) as refused:
            bare(REFUSED[kind], media_type)

        assert refused.value.code == "file_not_publishable"


def test_a_film_whose_end_is_missing_is_not_published_in_part() -> None:
    first = written("-i", "film", "-c", "copy", "-movflags", "+faststart", "-f", "mp4", original=ORIGINAL)
    assert bare(first)

    with pytest.raises(Unpublishable):
        bare(first[: len(first) * 2 // 3])


def test_data_in_another_file_is_not_fetched(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_bytes(ORIGINAL)
    outside = full(b"alis", bytes(10) + str(elsewhere).encode())
    instead = ORIGINAL.replace(full(b"url ", flags=1), outside)
    assert instead != ORIGINAL

    with pytest.raises(Unpublishable):
        bare(instead)


def test_without_ffmpeg_no_film_is_published_and_it_is_said_why(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    assert not pictures.can_be_stripped("video/mp4")
    assert pictures.can_be_stripped("image/png")
    with pytest.raises(Unpublishable) as refused:
        bare(ORIGINAL)

    assert refused.value.code == "file_needs_ffmpeg"


def test_nothing_stays_of_a_film_that_was_looked_at(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    bare(ORIGINAL)
    with pytest.raises(Unpublishable):
        bare(ORIGINAL[:900])

    assert list(tmp_path.iterdir()) == []


LIMITS = limited.Bounds(memory=256 << 20, processor_seconds=2, file_size=1 << 20, files=16)


@pytest.mark.parametrize(
    ("wanted", "why"),
    [
        ("x=bytearray(400<<20)", "memory"),
        ("while True: pass", "processor"),
        ("open('large','wb').write(bytes(2<<20))", "size"),
        ("open_=[open('/dev/null') for _ in range(40)]", "files"),
        ("import signal; signal.pause()", "time"),
        ("raise SystemExit(3)", "its own end"),
    ],
)  # fmt: skip
def test_a_program_that_leaves_its_bounds_is_ended(tmp_path: Path, wanted: str, why: str) -> None:
    arguments, said = ("-I", "-S", "-c", wanted), tmp_path / "said"

    assert not limited.run("/usr/bin/python3", arguments, folder=tmp_path, said=said, bounds=LIMITS, seconds=5), why


def test_a_program_has_no_environment_and_its_bounds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MINSHENG_VAULT_KEY", SECRET.decode())
    asked = "import os,resource; print(dict(os.environ), os.getcwd(), resource.getrlimit(resource.RLIMIT_AS)[1])"
    said = tmp_path / "said"

    assert limited.run("/usr/bin/python3", ("-I", "-c", asked), folder=tmp_path, said=said, bounds=LIMITS, seconds=30)

    shown = said.read_text(encoding="ascii")
    assert re.fullmatch(r"\{('LC_CTYPE': 'C.UTF-8')?\} " + f"{re.escape(str(tmp_path))} {256 << 20}\n", shown)
    assert resource.getrlimit(resource.RLIMIT_AS)[1] != 256 << 20
