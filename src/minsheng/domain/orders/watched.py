"""How facts of supervision become the state of an order: what is suggested, what was issued, how it stands.

A part of `folding`. Source: SZ-39, SZ-40.1 to SZ-40.5, SZ-41c, SQ-18.0 to SQ-18.5.
"""

from __future__ import annotations

from dataclasses import replace

from minsheng.domain.facts import Fact
from minsheng.domain.orders import events as ev
from minsheng.domain.orders.order import CLOSED, Order, Suggestion, Supervision


def apply(order: Order, fact: Fact) -> Order:
    """Return the order after a fact of supervision, or after its own closing; any other leaves it as it is."""
    event = fact.event
    match event:
        case ev.SupervisionSuggested():
            return _suggest(order, event, fact)
        case ev.SuggestionDismissed():
            wanted = (event.category, event.ground)
            return _decide_suggestions(order, fact, "dismissed", wanted=wanted, why=event.reason)
        case ev.SupervisionIssued():
            count = order.supervision.count + 1 if order.supervision is not None else 1
            given = Supervision(event.category, event.unit, event.issuer, count=count, issued_at=fact.at)
            return _decide_suggestions(replace(order, supervision=given), fact, "issued")
        case ev.SupervisionRaised():
            raised = replace(order, supervision=_supervised(order, level=event.level))
            return _decide_suggestions(raised, fact, "issued")
        case ev.FeedbackApproved():
            return replace(order, supervision=_supervised(order, approved=True))
        case ev.SupervisionAnswered():
            given = _supervised(order, status="FEEDBACK", answered_at=fact.at, approved=False)
            return replace(order, supervision=given)
        case ev.SupervisionDecided(accepted=True):
            ended = replace(order, supervision=_supervised(order, status="CLOSED", closed_at=fact.at))
            return _decide_suggestions(ended, fact, "lapsed") if order.status == CLOSED else ended
        case ev.SupervisionDecided():
            level = _supervised(order).level + 1
            return replace(order, supervision=_supervised(order, status="ISSUED", level=level))
        case ev.Closed() if order.supervision is None or not order.supervision.is_open:
            return _decide_suggestions(order, fact, "lapsed")
        case _:
            return order


def _suggest(order: Order, event: ev.SupervisionSuggested, fact: Fact) -> Order:
    """Return the order with what is suggested; what waits already is not suggested twice."""
    known = ((each.category, each.ground) for each in order.suggestions if each.status == "open")
    if (event.category, event.ground) in known:
        return order
    return replace(order, suggestions=(*order.suggestions, Suggestion(event.category, event.ground, fact.at)))


def _decide_suggestions(
    order: Order, fact: Fact, status: str, *, wanted: tuple[str, str] | None = None, why: str = ""
) -> Order:
    """Return the order with the suggestions that wait decided: all of them, or the one of a category and a ground."""
    by = fact.by.person or "" if status == "dismissed" else ""
    decided = tuple(
        replace(each, status=status, decided_at=fact.at, decided_by=by, why=why)
        if each.status == "open" and wanted in (None, (each.category, each.ground))
        else each
        for each in order.suggestions
    )
    return replace(order, suggestions=decided)


def _supervised(order: Order, **changes: object) -> Supervision:
    assert order.supervision is not None
    return replace(order.supervision, **changes)  # type: ignore[arg-type]
