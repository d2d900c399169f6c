"""The receipt: number, code, what happens next and by when; as a page, as a PDF, with a QR code to the query page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from minsheng.domain.orders.order import Order
from minsheng.domain.rules import Rules
from minsheng.gateways import documents
from minsheng.public.portal import plain

_SOURCE = """
#let it = json(bytes(sys.inputs.values))
#set document(title: it.title, author: it.author)
#set page(paper: "a4", margin: (x: 25mm, y: 28mm))
#set text(font: "Noto Sans SC", size: 12pt, lang: it.language)
#set par(leading: 0.9em)
#align(center)[#text(size: 20pt)[#it.title]]
#v(6mm)
#table(columns: (38mm, 1fr), inset: 9pt, stroke: 0.5pt + gray,
  it.number_label, text(size: 15pt)[#it.number],
  it.code_label, text(size: 15pt)[#it.code],
  it.filed_label, it.filed,
  it.kind_label, it.kind,
  it.next_label, it.next,
)
#v(4mm)
#it.explanation
#v(4mm)
#grid(columns: (32mm, 1fr), column-gutter: 6mm, align: horizon,
  image(bytes(it.qr), format: "svg", width: 32mm, alt: it.qr_label),
  [#it.scan #parbreak() #it.type #linebreak() #link(it.address, it.typed)],
)
#v(4mm)
#text(fill: luma(90), size: 10pt)[#it.foot]
"""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a receipt says."""

    number: str
    code: str
    filed_at: datetime
    kind: str
    next: str


def of(order: Order, *, number: str, code: str, rules: Rules, kind: str) -> Receipt:
    """Return the receipt of an order that was filed just now."""
    assert order.registered_at is not None
    return Receipt(number, code, order.registered_at, kind, plain.standing(order, rules, now=order.registered_at).words)


def typed(address: str) -> str:
    """Return an address as it is typed by hand: without the number, which stands on the receipt."""
    return address.partition("?")[0]


def pdf(receipt: Receipt, *, city: str, rules: Rules, address: str) -> bytes:
    """Return the receipt as a PDF of one page; its QR code leads to `address`, the query page, printed beside it."""
    label = _("查询进度的二维码")
    return documents.pdf(
        _SOURCE,
        {
            "title": _("%(city)s 12345 诉求回执") % {"city": city},
            "author": f"{city} 12345",
            "language": (get_language() or "zh").partition("-")[0],
            "number_label": _("诉求编号"),
            "number": receipt.number,
            "code_label": _("查询码"),
            "code": receipt.code,
            "filed_label": _("提交时间"),
            "filed": f"{receipt.filed_at.astimezone(rules.worktime.zone):%Y-%m-%d %H:%M:%S}",
            "kind_label": _("诉求类型"),
            "kind": receipt.kind,
            "next_label": _("接下来"),
            "next": receipt.next,
            "explanation": _(
                "凭编号和查询码可以查看进度、补充材料、催办和评价。查询码请妥善保管，工作人员不会向您索要。"
            ),
            "qr": documents.qr_svg(address, label=label),
            "qr_label": label,
            "scan": _("扫码可打开查询页面，再填写查询码。"),
            "type": _("不便扫码的，请在浏览器中输入以下网址，再填写诉求编号和查询码："),
            "address": address,
            "typed": typed(address),
            "foot": _("咨询、催办也可以拨打 12345，请报诉求编号。"),
        },
    )
