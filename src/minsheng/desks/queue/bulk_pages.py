"""Dispatching several orders at once: chosen on the list, foreseen row by row, carried out each by itself.

Every order is a change of its own with a key of its own, made from the batch's: what one refuses stops no other, and
a batch that is sent again changes nothing. Source: JY-9.2, JY-10.1a.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4, uuid5

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from minsheng import wording
from minsheng.cases.orders import actions
from minsheng.cases.orders.actions import Key
from minsheng.cases.orders.office import foresight, routing
from minsheng.cases.orders.reading import words as reading
from minsheng.cases.orders.storage import queries
from minsheng.core.people.gates import desk
from minsheng.core.people.queries import Person
from minsheng.core.policies import queries as policies
from minsheng.domain.orders import commands as cmd
from minsheng.domain.orders.order import SUBMITTED
from minsheng.domain.packs import Rules
from minsheng.domain.rejected import Rejected
from minsheng.gateways import clock
from minsheng.workbench.forms import SHORT_TEXT, SummedForm
from minsheng.workbench.outcomes import Outcome, outcome_of
from minsheng.workbench.steps import fingerprint

# One page's worth and as much again: what somebody can still look through before pressing.
MOST = 50
# Between an order's id and the version that was seen of it.
_SEEN = "~"


class BulkForm(SummedForm):
    """Where all the chosen orders go, and on what basis."""

    unit = forms.CharField(
        label=gettext_lazy("承办单位"),
        max_length=SHORT_TEXT,
        error_messages={"required": gettext_lazy("请填写承办单位。")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    basis = forms.CharField(
        label=gettext_lazy("交办依据"),
        max_length=SHORT_TEXT,
        error_messages={"required": gettext_lazy("请填写交办依据。")},
        help_text=gettext_lazy("如权责清单、三定方案的条目。"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "list": "usual-bases"}),
    )

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        for field in self.fields.values():
            field.wanted = True  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Line:
    """One order of the batch: what would follow or why not, and afterwards what came of it."""

    id: str
    number: str
    title: str
    value: str
    outcome: Outcome | None = None
    refusal: str = ""
    done: bool = False


@require_http_methods(["GET", "POST"])
@desk
def dispatch(request: HttpRequest, person: Person) -> HttpResponse:
    """Choose where ticked orders go, see what would follow for each, and carry it out with a result for each."""
    if person.acting_as != "dispatcher":
        raise PermissionDenied("not a command of this role")
    data = request.POST if request.method == "POST" else request.GET
    asked = list(dict.fromkeys(data.getlist("orders")))
    if len(asked) > MOST:
        said = _("一次最多办理 %(most)s 件，您选了 %(n)s 件。请分批办理。") % {"most": MOST, "n": len(asked)}
        return _page(request, person, BulkForm(), (), status=422, said=said)
    seen = dict(_parsed(asked))
    rows = _rows(person, seen)
    if not rows:
        said = _("没有选中工单。请回到待交办列表勾选。")
        return _page(request, person, BulkForm(), (), status=422 if request.method == "POST" else 200, said=said)
    gone = len(seen) - len(rows)
    if request.method == "GET":
        return _page(request, person, BulkForm(), [_plain(row) for row in rows], gone=gone)
    form = BulkForm(request.POST)
    if not form.is_valid():
        return _page(request, person, form, [_plain(row) for row in rows], gone=gone, status=422)
    command = cmd.Dispatch(unit=form.cleaned_data["unit"], basis=form.cleaned_data["basis"])
    now = clock.now()
    rules = policies.rules_for(person.city, now=now)
    if "carry_out" not in request.POST:
        lines = [_foreseen(row, command, person, now, rules) for row in rows]
        return _page(request, person, form, lines, gone=gone, stage="preview")
    batch = _batch(request)
    if batch is None:
        said = _("表单已失效，请重新预览。")
        return _page(request, person, form, [_plain(row) for row in rows], gone=gone, status=422, said=said)
    lines = [_carried_out(row, seen[row.id], command, person, batch, rules) for row in rows]
    return _page(request, person, form, lines, gone=gone, stage="done")


def _parsed(asked: Iterable[str]) -> Iterable[tuple[str, int | None]]:
    """Return ids and the versions that were seen of them (None before any preview)."""
    for each in asked:
        order_id, _tilde, version = each.partition(_SEEN)
        if order_id and "\0" not in order_id:
            yield order_id, int(version) if version.isdecimal() and version.isascii() and len(version) < 9 else None


def _rows(person: Person, wanted: Iterable[str]) -> list[queries.Row]:
    """Return the orders of the batch that exist for this person, in the order in which they were chosen."""
    ids = list(wanted)
    found = {row.id: row for row in queries.visible(person.actor, city=person.city).filter(id__in=ids).defer("state")}
    chosen = [found[each] for each in ids if each in found]
    return reading.retold(chosen, actor=person.actor, city=person.city)


def _plain(row: queries.Row) -> Line:
    return Line(row.id, row.number, row.title, f"{row.id}{_SEEN}{row.version}")


def _foreseen(row: queries.Row, command: cmd.Dispatch, person: Person, now: datetime, rules: Rules) -> Line:
    plain = _plain(row)
    try:
        foreseen = foresight.foresee(command, order_id=row.id, actor=person.actor, now=now)
    except Rejected as rejected:
        return Line(plain.id, plain.number, plain.title, plain.value, refusal=wording.say(rejected, rules))
    return Line(plain.id, plain.number, plain.title, plain.value, outcome=outcome_of(foreseen, rules=rules))


def _carried_out(
    row: queries.Row, seen: int | None, command: cmd.Dispatch, person: Person, batch: UUID, rules: Rules
) -> Line:
    plain = _plain(row)
    print_of_it = fingerprint(f"{row.id} dispatch", {"unit": command.unit, "basis": command.basis})
    key = Key(f"staff:{person.id}", str(uuid5(batch, row.id)), print_of_it)
    try:
        _dispatch_once(row, seen, command, person, key)
    except Rejected as rejected:
        return Line(plain.id, plain.number, plain.title, plain.value, refusal=wording.say(rejected, rules))
    return Line(plain.id, plain.number, plain.title, plain.value, done=True)


def _dispatch_once(row: queries.Row, seen: int | None, command: cmd.Dispatch, person: Person, key: Key) -> None:
    """Dispatch one order of the batch, unless this very press did so before. Raises: Rejected."""
    now = clock.now()
    if seen is None or row.version > seen:
        # It has moved since the preview: by this batch, sent twice, or by somebody else; then it is to be seen anew.
        if actions.answered(key, now=now) is not None:
            return
        if row.status == SUBMITTED:
            raise Rejected("moved_since_preview")
    actions.apply(command, order_id=row.id, actor=person.actor, now=now, key=key, seen_version=seen)


def _batch(request: HttpRequest) -> UUID | None:
    try:
        return UUID(request.POST.get("key", ""))
    except ValueError:
        return None


def _page(
    request: HttpRequest,
    person: Person,
    form: BulkForm,
    lines: Sequence[Line],
    *,
    status: int = 200,
    said: str = "",
    gone: int = 0,
    stage: str = "choose",
) -> HttpResponse:
    return render(
        request,
        "desks/bulk.html",
        {
            "form": form,
            "lines": lines,
            "stage": stage,
            "said": said,
            "gone": gone,
            "ready": sum(1 for line in lines if line.outcome is not None),
            "done": sum(1 for line in lines if line.done),
            "key": uuid4() if stage == "preview" else None,
            "dispatch": None if stage == "done" else {"bases": routing.bases(person.city, category="")},
        },
        status=status,
    )
