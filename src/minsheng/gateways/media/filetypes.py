"""What a file really is, by its content against a short list; its name must agree. Nothing else is taken in.

An office document is a ZIP archive or an OLE container: those are looked into, without ever unpacking to the disk.
"""

from __future__ import annotations

import io
import re
import unicodedata
import zipfile
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePath
from typing import BinaryIO, Final

import puremagic

from minsheng.domain.rejected import Rejected
from minsheng.gateways.media import pdfs, pictures, unpacking

NAME_AT_MOST: Final = 100
_HEAD: Final = 64 * 1024
_TEXT_AT_MOST: Final = 2 * 1024 * 1024
_CONTENT_TYPES: Final = "[Content_Types].xml"
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MARKUP: Final = re.compile(r"<\s*[a-zA-Z!/?]")
_UNSAFE: Final = re.compile(r'[<>:"|?*\\/%]')
# Of those, the per cent sign is only ever replaced: “满意率98%.xlsx” is an honest name.
_ODD: Final = re.compile(r'[<>:"|?*\\/]')


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of file that may be taken in. The first extension is the one given to a name without any."""

    code: str
    media_type: str
    extensions: tuple[str, ...]
    signs: tuple[str, ...] = ()  # what the signature library calls it
    part: str = ""  # of an office document: the content type that its main part has
    stream: str = ""  # of an OLE container: the stream that only this kind has

    @property
    def is_video(self) -> bool:
        """Whether the larger limit holds."""
        return self.media_type.startswith("video/")

    @property
    def shows_inline(self) -> bool:
        """Whether a browser may show it in place; everything else is saved."""
        return self.media_type.startswith("image/") or self.media_type == "application/pdf"


_OFFICE: Final = "application/vnd.openxmlformats-officedocument."
KINDS: Final = (
    Kind("jpeg", "image/jpeg", ("jpg", "jpeg"), ("jpg", "jpeg", "jpe", "jfif")),
    Kind("png", "image/png", ("png",), ("png",)),
    Kind("gif", "image/gif", ("gif",), ("gif",)),
    Kind("webp", "image/webp", ("webp",), ("webp",)),
    Kind("pdf", "application/pdf", ("pdf",), ("pdf",)),
    Kind("wav", "audio/wav", ("wav",), ("wav",)),
    Kind("amr", "audio/amr", ("amr",), ("amr",)),
    Kind("m4a", "audio/mp4", ("m4a",), ("m4a",)),
    Kind("mp4", "video/mp4", ("mp4", "m4v"), ("mp4",)),
    Kind("mov", "video/quicktime", ("mov",), ("mov",)),
    Kind("mp3", "audio/mpeg", ("mp3",), ("mp3", "mpga")),
    Kind(
        "docx",
        f"{_OFFICE}wordprocessingml.document",
        ("docx",),
        part=f"{_OFFICE}wordprocessingml.document.main+xml",
    ),
    Kind("xlsx", f"{_OFFICE}spreadsheetml.sheet", ("xlsx",), part=f"{_OFFICE}spreadsheetml.sheet.main+xml"),
    Kind("doc", "application/msword", ("doc",), stream="WordDocument"),
    Kind("xls", "application/vnd.ms-excel", ("xls",), stream="Workbook"),
    Kind("txt", "text/plain", ("txt",)),
)
ACCEPTED: Final = tuple(extension for kind in KINDS for extension in kind.extensions)


class Unacceptable(Rejected):
    """A file that is not taken in; the code says why."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How large files may be, in bytes, and how many an order may have."""

    file: int
    video: int
    order_files: int
    order: int


@dataclass(frozen=True, slots=True)
class Known:
    """A file that may be taken in: its cleaned name, its kind, its length in bytes."""

    name: str
    kind: Kind
    size: int


def examine(stream: BinaryIO, *, name: str, limits: Limits) -> Known:
    """Return what a file is, with its name as it is kept. Raises: Unacceptable.

    The length is measured, not believed. Source: JY-10.3c.
    """
    size = stream.seek(0, io.SEEK_END)
    shown = clean_name(name)
    if is_odd(name):
        raise Unacceptable("file_name_odd", name=shown, most=NAME_AT_MOST)
    if size == 0:
        raise Unacceptable("file_empty", name=shown)
    if size > max(limits.video, limits.file):
        raise Unacceptable("file_too_large", name=shown, most=_megabytes(max(limits.video, limits.file)))
    kind = _kind(stream, shown)
    most = limits.video if kind.is_video else limits.file
    if size > most:
        raise Unacceptable("file_too_large", name=shown, most=_megabytes(most))
    if kind.media_type in pictures.PICTURES and pictures.is_too_large(stream, media_type=kind.media_type):
        raise Unacceptable("picture_too_large", name=shown, most=pictures.most_pixels(kind.media_type) // 10_000)
    if kind.code == "pdf":
        _hold_still(stream, shown)
    extension = _extension(shown)
    if not extension:
        shown = f"{shown[: NAME_AT_MOST - 6]}.{kind.extensions[0]}"
    elif extension not in kind.extensions:
        raise Unacceptable("file_kind_differs", name=shown, kind=kind.extensions[0])
    return Known(shown, kind, size)


def is_odd(name: str) -> bool:
    """Whether a name is over-long, says nothing, or holds folders, control or direction marks, or reserved signs."""
    return bool(name) and (
        len(name) > NAME_AT_MOST
        or not name.strip(". ")
        or _ODD.search(name) is not None
        or any(unicodedata.category(each)[0] == "C" for each in name)
    )


def clean_name(name: str) -> str:
    """Return a file's name that is safe to keep and to show: no folders, no control or direction marks, no excess."""
    last = re.split(r"[\\/]", unicodedata.normalize("NFC", name))[-1]
    # Direction marks make `gpj.exe` look like `exe.jpg`; surrogates can't be stored at all.
    plain = "".join(each for each in last if unicodedata.category(each)[0] not in "C" or each == " ")
    plain = _UNSAFE.sub("_", " ".join(plain.split())).strip(". ")
    stem, dot, extension = plain.rpartition(".")
    if len(plain) > NAME_AT_MOST:
        short = 0 < len(extension) <= 10 and dot
        plain = f"{stem[: NAME_AT_MOST - len(extension) - 1]}.{extension}" if short else plain[:NAME_AT_MOST]
    return plain or "附件"


def _kind(stream: BinaryIO, name: str) -> Kind:
    stream.seek(0)
    head = stream.read(_HEAD)
    if head.startswith(b"PK"):
        return _office_kind(stream, name)
    if head.startswith(_OLE):
        return _ole_kind(stream, name)
    # The library knows a thousand kinds and is sure of few: the surest of those on the list counts.
    for each in _signatures(head):
        for kind in KINDS:
            if each.extension.lstrip(".") in kind.signs:
                return kind
    if _extension(name) == "txt":
        return _text_kind(stream, name)
    raise Unacceptable("file_kind_unknown", name=name, choices="、".join(ACCEPTED))


def _signatures(head: bytes) -> Iterable[puremagic.PureMagicWithConfidence]:
    try:
        return sorted(puremagic.magic_string(head), key=lambda each: -each.confidence)
    except puremagic.PureError:
        return []


def _office_kind(stream: BinaryIO, name: str) -> Kind:
    try:
        packed = stream.seek(0, io.SEEK_END)
        with unpacking.opened(stream) as archive:
            unpacking.look_through(archive, unpacking.Budget(packed))
            names = set(archive.namelist())
            if _CONTENT_TYPES not in names:
                raise Unacceptable("file_kind_unknown", name=name, choices="、".join(ACCEPTED))
            types = archive.open(_CONTENT_TYPES).read(_TEXT_AT_MOST).decode("utf-8", "replace")
    except unpacking.OverBudget as fault:
        raise Unacceptable("file_unpacks_too_large", name=name) from fault
    except unpacking.HoldsArchive as fault:
        raise Unacceptable("file_holds_archive", name=name) from fault
    except (zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as fault:
        raise Unacceptable("file_broken", name=name) from fault
    if "macroEnabled" in types or any(each.lower().endswith("vbaproject.bin") for each in names):
        raise Unacceptable("file_has_macros", name=name)
    for kind in KINDS:
        if kind.part and kind.part in types:
            return kind
    raise Unacceptable("file_kind_unknown", name=name, choices="、".join(ACCEPTED))


def _ole_kind(stream: BinaryIO, name: str) -> Kind:
    """Tell the containers apart by the names of their streams, which stand in the directory as UTF-16."""
    stream.seek(0)
    content = stream.read()
    if _utf16("_VBA_PROJECT") in content:
        raise Unacceptable("file_has_macros", name=name)
    for kind in KINDS:
        if kind.stream and _utf16(kind.stream) in content:
            return kind
    raise Unacceptable("file_kind_unknown", name=name, choices="、".join(ACCEPTED))


def _hold_still(stream: BinaryIO, name: str) -> None:
    """Refuse a PDF that does something by itself, or that nobody can look into, like an office document's macros."""
    try:
        if pdfs.acts(stream):
            raise Unacceptable("file_has_scripts", name=name)
    except pdfs.Opaque as fault:
        raise Unacceptable("file_is_opaque", name=name) from fault


def _text_kind(stream: BinaryIO, name: str) -> Kind:
    stream.seek(0)
    content = stream.read(_TEXT_AT_MOST + 1)
    if len(content) > _TEXT_AT_MOST:
        raise Unacceptable("file_too_large", name=name, most=_megabytes(_TEXT_AT_MOST))
    text = _decoded(content)
    if text is None or any(unicodedata.category(each) == "Cc" and each not in "\t\r\n\f" for each in text):
        raise Unacceptable("file_broken", name=name)
    if _MARKUP.search(text):
        raise Unacceptable("file_has_markup", name=name)
    return next(kind for kind in KINDS if kind.code == "txt")


def _decoded(content: bytes) -> str | None:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def _utf16(word: str) -> bytes:
    return word.encode("utf-16-le")


def _extension(name: str) -> str:
    return PurePath(name).suffix.lower().lstrip(".")


def _megabytes(size: int) -> str:
    return f"{size / 1_048_576:.0f}"
