"""The paper of a supervision order (督办单), after the layout of GB/T 9704-2012. Nothing in it says who appealed."""

from __future__ import annotations

from pathlib import Path

from django.utils.translation import gettext as _

from minsheng import wording
from minsheng.cases.appeals import queries as appeals
from minsheng.cases.orders.office.supervisions import SupervisionRow
from minsheng.cases.orders.reading import words as reading
from minsheng.cases.orders.storage import queries, records
from minsheng.core.people.queries import Person
from minsheng.domain.packs import Rules
from minsheng.gateways import documents

_LAYOUT = Path(__file__).with_name("paper.typ")


def pdf(row: queries.Row, given: SupervisionRow, ground: str, *, person: Person, rules: Rules, fonts: str) -> bytes:
    """Return the paper as PDF, as the person may read the order. The same paper and reader give the same bytes."""
    order = queries.state_of(row)
    said = appeals.words_of(records.appeal_of(row.id))
    read = reading.of(order, actor=person.actor, city=person.city, words=said)
    words = read.words(said)
    assert given.issued_at is not None
    values = {
        "issuer": rules.center_name,
        "number": given.number,
        "title": _("督办单"),
        "addressee": wording.ROLES.get(given.unit, given.unit),
        "rows": [
            [_("工单编号"), row.number],
            [_("工单标题"), row.title],
            [_("督办类别"), wording.CHOICES["category"][given.category]],
            [_("督办级别"), _("第 %(n)s 级") % {"n": given.level}],
            [_("督办事由"), read.written(ground)],
            [_("诉求内容"), words.content if words is not None else ""],
            [_("反馈时限"), wording.moment_text(given.due, rules) if given.due else ""],
        ],
        "note": _("请在反馈时限前经本单位领导审签后，通过平台反馈办理情况。"),
        "signer": wording.ROLES.get(given.issuer, given.issuer),
        "signed_on": f"{given.issued_at.astimezone(rules.worktime.zone):%Y-%m-%d}",
    }
    folder = Path(fonts) if fonts else None
    return documents.pdf(_LAYOUT, values, fonts=folder, made_at=given.issued_at)
