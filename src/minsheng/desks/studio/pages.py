"""The studio's page while a session is prepared and on air, and its run sheet; neither names who appealed.

Source: JY-15, AR-1.3.
"""

from __future__ import annotations

from typing import Any, Final
from uuid import uuid4

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from minsheng.cases.coordination.actions import PROGRAMMES, tally_of
from minsheng.cases.coordination.labels import STUDIO
from minsheng.cases.orders.reading import sessions
from minsheng.core.ledger import queries as ledger
from minsheng.core.lifecycles import queries as things
from minsheng.core.people.gates import desk
from minsheng.core.people.queries import Person
from minsheng.core.policies import queries as policies
from minsheng.core.words import queries as words
from minsheng.domain import covering
from minsheng.domain.coordination import programme
from minsheng.domain.orders.order import DRAFT
from minsheng.gateways import clock

_GROUPS: Final = (
    ("waiting", gettext_lazy("待筛选")),
    ("on_air", gettext_lazy("上线")),
    ("later", gettext_lazy("稍后")),
    ("off", gettext_lazy("不上线")),
    ("answered", gettext_lazy("已现场答复")),
    ("order", gettext_lazy("已转工单")),
)
_SCREENED_IN: Final = (programme.INVITED, programme.ON_AIR)


@require_safe
@desk
def studio(request: HttpRequest, person: Person, id: str) -> HttpResponse:
    """Show what a session has collected, by what was decided about it, each with what may be done now."""
    row, state = _session(id, person)
    groups = _groups(row, state, person)
    may_screen = row.status in _SCREENED_IN and person.acting_as in ("office", "seat")
    context = {
        "groups": [(code, label, groups[code]) for code, label in _GROUPS],
        "tally": tally_of(row),
        "verdicts": [(each, label) for each, label in _GROUPS if each in programme.VERDICTS],
        "open": ("waiting", *programme.VERDICTS),
        "may_screen": may_screen,
        "may_answer": row.status == programme.ON_AIR and person.acting_as == "seat",
    }
    return render(request, "desks/studio.html", {**_head(row, state, person), **context})


@require_safe
@desk
def run_sheet(request: HttpRequest, person: Person, id: str) -> HttpResponse:
    """Show the sheet of a session for print: guests, and the appeals that go on air, in order."""
    row, state = _session(id, person)
    groups = _groups(row, state, person)
    called = dict(_GROUPS)
    chosen = [(called[code], groups[code]) for code in ("on_air", "later", "waiting")]
    return render(request, "desks/run_sheet.html", {**_head(row, state, person), "chosen": chosen, "now": clock.now()})


def _session(id: str, person: Person) -> tuple[Any, programme.Programme]:
    row = things.row_of(PROGRAMMES, id, person.actor, city=person.city)
    if row is None:
        raise Http404
    if person.acting_as not in STUDIO:
        raise PermissionDenied
    return row, PROGRAMMES.read(row)


def _head(row: Any, state: programme.Programme, person: Person) -> dict[str, Any]:
    """Return what both pages say of the session: topic, moment, guests."""
    labels = PROGRAMMES.labels
    assert labels is not None
    rules = policies.rules_for(person.city, now=clock.now())
    return {
        "row": row,
        "program": rules.program_kinds.get(state.kind, state.kind),
        "state": labels.states[row.status],
        "guests": [
            (unit, unit in state.attending, unit in state.declined, unit in state.heads) for unit in state.units
        ],
    }


def _groups(row: Any, state: programme.Programme, person: Person) -> dict[str, list[dict[str, Any]]]:
    """Return the appeals by what was decided about each; of the words only what names nobody."""
    notes = _notes(row)
    found: dict[str, list[dict[str, Any]]] = {code: [] for code, _ in _GROUPS}
    for order in sessions.collected(person.actor, city=person.city, session=str(row.pk)):
        if order.id in state.answered:
            group = "answered"
        elif order.status != DRAFT:
            group = "order"
        else:
            group = state.screened.get(order.id, "waiting")
        found[group].append({"order": order, "note": notes.get(order.id, ""), "key": uuid4()})
    return found


def _notes(row: Any) -> dict[str, str]:
    """Return the last note on each appeal, with what is personal covered."""
    stream = PROGRAMMES.stream(row.pk)
    said = words.of(stream)
    found = {}
    for stored in ledger.history(stream):
        event = PROGRAMMES.codec.from_ledger(stored).event
        if isinstance(event, programme.AppealScreened):
            found[event.order] = covering.covered(said.get(stored.version, {}).get("note", ""))
    return found
