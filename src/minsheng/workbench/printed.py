"""What stands on the printed sheet of an order (交办单)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from minsheng import wording
from minsheng.cases.appeals import queries as appeals
from minsheng.cases.orders.reading import words as reading
from minsheng.cases.orders.storage import queries, records
from minsheng.core.people.queries import Person
from minsheng.domain.actors import UNIT_ROLES
from minsheng.domain.orders import events as ev
from minsheng.domain.packs import Rules
from minsheng.workbench import shown, timeline


@dataclass(frozen=True, slots=True)
class Sheet:
    """The sheet: its head, its rows as label and value, what was said, the clocks that run, what was asked and when."""

    city: str
    number: str
    facts: tuple[tuple[str, str], ...]
    content: str
    limits: tuple[tuple[str, str, str], ...]
    printed_by: str
    printed_at: str


def sheet_of(row: queries.Row, person: Person, *, rules: Rules, now: datetime) -> Sheet:
    """Return the sheet of an order as the person may see it; of a unit's clocks only their own unit's."""
    order = queries.state_of(row)
    said = appeals.words_of(records.appeal_of(row.id))
    read = reading.of(order, actor=person.actor, city=person.city, words=said)
    words = read.words(said)
    facts = timeline.facts_of(queries.history(row.id))
    sent = next((fact for fact in reversed(facts) if isinstance(fact.event, ev.Dispatched)), None)
    basis = sent.event.basis if sent is not None and isinstance(sent.event, ev.Dispatched) else ""
    co = wording.tr("、").join(part.unit for part in order.parts if not part.lead)
    given = (
        (_("诉求类型"), wording.tr(rules.appeal_types.get(order.type, order.type))),
        (_("渠道"), wording.tr(rules.channels.get(order.channel, order.channel))),
        (_("登记时间"), wording.moment_text(order.registered_at, rules) if order.registered_at else ""),
        (_("地点"), words.place if words is not None else ""),
        (_("主办单位"), order.lead),
        (_("协办单位"), co),
        (_("交办时间"), wording.moment_text(sent.at, rules) if sent is not None else ""),
        (_("交办依据"), read.written(basis)),
        (_("轮次"), _("第 %(n)s 轮") % {"n": order.round} if order.round > 1 else ""),
    )
    unit = person.unit if person.acting_as in UNIT_ROLES else None
    limits = tuple(
        (
            _of_unit(each.name, each.unit if unit is None else ""),
            each.length,
            wording.moment_text(each.due, rules) if each.due else each.standing,
        )
        for each in shown.deadlines_of(order, now=now, rules=rules)
        if each.is_running and (unit is None or each.unit in ("", unit))
    )
    return Sheet(
        city=person.city_name,
        number=row.number,
        facts=tuple((label, value) for label, value in given if value),
        content=words.content if words is not None else "",
        limits=limits,
        printed_by=f"{person.unit or ''} {person.display_name}".strip(),
        printed_at=wording.moment_text(now.astimezone(rules.worktime.zone), rules),
    )


def _of_unit(name: str, unit: str) -> str:
    """Return a clock's name, with its unit where the sheet is not that unit's own."""
    return name + wording.tr("（{words}）").format(words=unit) if unit else name
