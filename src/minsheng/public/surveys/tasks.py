"""What happens beside the pages: who was drawn for a survey is invited, once, by message."""

from __future__ import annotations

from collections.abc import Sequence

from minsheng.cases.orders.storage import queries as orders
from minsheng.cases.surveys.actions import KIND
from minsheng.core.ledger.values import StoredEvent
from minsheng.core.messages import actions as messages
from minsheng.core.messages.values import BESIDE
from minsheng.domain.surveys.survey import MESSAGE, SurveyOpened
from minsheng.gateways import clock
from minsheng.public.surveys.writer import INVITED, recipient


def hear(events: Sequence[StoredEvent]) -> None:
    """Keep an invitation for each order that was drawn; hearing of it twice invites nobody twice."""
    for event in events:
        if event.type != SurveyOpened.__name__ or not event.stream.startswith(KIND.prefix):
            continue
        fact = KIND.codec.from_ledger(event)
        row = KIND.rows_in(event.city, pk=KIND.id_of(event.stream)).first()
        if row is None or MESSAGE not in KIND.read(row).ways or not isinstance(fact.event, SurveyOpened):
            continue
        drawn = [recipient(each.id) for each in orders.numbered(event.city, fact.event.orders)]
        messages.tell(
            event.stream, drawn, city=event.city, kind=INVITED, params={"title": row.title}, position=event.position,
            place=BESIDE, now=clock.now(),
        )  # fmt: skip
