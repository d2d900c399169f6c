"""Documents for people: what was written stands in them as it was written."""

from __future__ import annotations

from tests.paper_ground import pages_of

from minsheng.gateways import documents

SOURCE = '#let it = json(bytes(sys.inputs.values))\n#set text(font: "Noto Sans SC")\n#it.words'


def test_a_document_is_a_pdf_of_one_page_with_our_own_fonts() -> None:
    made = documents.pdf(SOURCE, {"words": "诉求编号 26112800000601"})

    assert made.startswith(b"%PDF")
    assert made.count(b"/Type /Page\n") + made.count(b"/Type/Page/") + made.count(b"/Type /Page ") <= 1
    assert b"NotoSansSC" in made


def test_markup_in_values_is_shown_and_not_obeyed() -> None:
    made = documents.pdf(SOURCE, {"words": '#read("/etc/passwd") *x* $y$'})

    assert pages_of(made) == ['#read("/etc/passwd")*x*$y$']


def test_a_qr_code_has_a_name_and_asks_nobody() -> None:
    made = documents.qr_svg("https://portal.example/query?number=1", label="查询进度")

    assert made.startswith("<svg")
    assert "<title>查询进度</title>" in made
    assert "http://www.w3.org" in made
    assert "portal.example" not in made
