"""Small files of every kind that is taken in, made here byte by byte."""

from __future__ import annotations

import io
import zipfile

_OFFICE = "application/vnd.openxmlformats-officedocument."
PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"
    b"\x00\x00\x00\rIDATx\xdac\xfc\xcf\xc0P\x0f\x00\x04\x85\x01\x80\x84\xa9\x8c!\x00\x00\x00\x00IEND\xaeB`\x82"
)
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00" + b"\x00" * 64 + b"\xff\xd9"
GIF = b"GIF89a\x01\x00\x01\x00\x80\x00\x00" + b"\x00" * 20 + b";"
WEBP = b"RIFF\x24\x00\x00\x00WEBPVP8 " + b"\x00" * 24
PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
WAV = b"RIFF\x24\x00\x00\x00WAVEfmt \x10\x00\x00\x00" + b"\x00" * 24
AMR = b"#!AMR\n\x3c" + b"\x00" * 20
M4A = b"\x00\x00\x00\x18ftypM4A \x00\x00\x00\x00M4A mp42" + b"\x00" * 20
MP4 = b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom" + b"\x00" * 20
MOV = b"\x00\x00\x00\x14ftypqt  \x00\x00\x00\x00qt  " + b"\x00" * 20
MP3 = b"ID3\x03\x00\x00\x00\x00\x00\x0a" + b"\x00" * 10 + b"\xff\xfb\x90\x64" + b"\x00" * 40
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 504


def archive(**entries: bytes) -> bytes:
    """Return a ZIP archive; a double underscore in a name is a slash, and types stands for the list of types."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in entries.items():
            shown = "[Content_Types].xml" if name == "types" else name.replace("__", "/")
            file.writestr(shown, content)
    return packed.getvalue()


def types_of(main: str) -> bytes:
    """Return an office document's list of types for a main part."""
    return f'<Types><Override PartName="/main.xml" ContentType="{main}"/></Types>'.encode()


WORD = types_of(f"{_OFFICE}wordprocessingml.document.main+xml")
SHEET = types_of(f"{_OFFICE}spreadsheetml.sheet.main+xml")
DOCX = archive(types=WORD, word__document=b"<w:document/>")
XLSX = archive(types=SHEET, xl__workbook=b"<workbook/>")


def ole(*streams: str) -> bytes:
    """Return the beginnings of an OLE container with these streams in its directory."""
    return OLE + b"".join(name.encode("utf-16-le").ljust(128, b"\x00") for name in streams)


DOC = ole("Root Entry", "WordDocument")
XLS = ole("Root Entry", "Workbook")
