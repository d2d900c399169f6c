"""The patrol list: what units may claim, what each looks for, what nobody has claimed in time. Source: SZ-20a."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final
from uuid import uuid4

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from minsheng import wording
from minsheng.cases.forum import patrol as patrols
from minsheng.cases.forum.actions import KIND
from minsheng.cases.forum.labels import LABELS
from minsheng.core.ledger.values import ZONE
from minsheng.core.lifecycles import saying
from minsheng.core.people import queries as people
from minsheng.core.people.gates import thing_desk
from minsheng.core.people.queries import Person
from minsheng.core.policies import queries as policies
from minsheng.domain.forum import commands as cmd
from minsheng.domain.forum.shared import ADMIN
from minsheng.domain.forum.state import CLAIM
from minsheng.domain.rejected import Rejected
from minsheng.domain.rules import Rules
from minsheng.domain.text import cleaned, kept_of
from minsheng.gateways import clock
from minsheng.workbench import lights

_LONGEST: Final = 100
_UNITS: Final = ("officer", "leader", "head")


class SubscriptionForm(forms.Form):
    """What a unit looks for on the patrol list."""

    board = forms.ChoiceField(label=gettext_lazy("版块"), required=False)
    size = forms.ChoiceField(label=gettext_lazy("事项大小"), required=False)
    words = forms.CharField(label=gettext_lazy("字词（都要出现）"), max_length=_LONGEST, required=False)

    def __init__(self, *args: Any, rules: Rules, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        boards = [(code, wording.tr(name)) for code, name in rules.forum_boards.items()]
        sizes = [(code, wording.tr(LABELS.choices["class_"][code])) for code in cmd.CLASSES]
        self.fields["board"].choices = [("", gettext_lazy("不限")), *boards]  # type: ignore[attr-defined]
        self.fields["size"].choices = [("", gettext_lazy("不限")), *sizes]  # type: ignore[attr-defined]
        if not boards:
            del self.fields["board"]


@require_safe
@thing_desk
def patrol(request: HttpRequest, person: Person) -> HttpResponse:
    """Show the threads that nobody has claimed; that a unit looked is on record, once a day."""
    now = clock.now()
    if person.acting_as not in (*_UNITS, ADMIN):
        raise PermissionDenied
    if person.actor.unit and person.acting_as == "officer":
        patrols.patrolled(person.city, person.actor.unit, now=now)
    return _page(request, person, now)


@require_POST
@thing_desk
def subscribe(request: HttpRequest, person: Person) -> HttpResponse:
    """Keep what the own unit looks for, or look for it no longer."""
    if person.acting_as != "officer" or not person.actor.unit:
        raise PermissionDenied
    now, unit = clock.now(), person.actor.unit
    if (id := request.POST.get("remove", "")) != "":
        if id.isascii() and id.isdigit():
            patrols.unsubscribe(person.city, people.known_as(unit), int(id[:18]))
        return redirect("desks:forum_patrol")
    form = SubscriptionForm(request.POST, rules=policies.rules_for(person.city, now=now))
    if not form.is_valid():
        return _page(request, person, now, form=form, status=422)
    said = form.cleaned_data
    try:
        patrols.subscribe(
            person.city, unit, board=said.get("board", ""), size=said["size"],
            words=" ".join(kept_of(cleaned(said["words"])).split()), now=now,
        )  # fmt: skip
    except Rejected as refused:
        form.add_error(None, saying.say(KIND, refused))
        return _page(request, person, now, form=form, status=409)
    messages.success(request, _("已保存。"))
    return redirect("desks:forum_patrol")


def _page(
    request: HttpRequest, person: Person, now: datetime, *, form: SubscriptionForm | None = None, status: int = 200
) -> HttpResponse:
    words = kept_of(cleaned(request.GET.get("q", "")))[:_LONGEST].strip()
    rules, unit = policies.rules_for(person.city, now=now), person.actor.unit or ""
    mine = patrols.subscriptions(person.city, people.known_as(unit)) if unit else []
    only_mine = bool(mine) and "mine" in request.GET
    within = mine if only_mine else ()
    found = patrols.waiting(person.city, words=words, boards=rules.forum_boards, within=within)
    rows = [_row(row, text, rules, now) for row, text in found]
    may_claim = person.acting_as == "officer"
    context = {
        "rows": rows, "words": words, "only_mine": only_mine, "may_claim": may_claim,
        "to_assign": [each for each in rows if each["to_assign"]] if person.acting_as == ADMIN else (),
        "subscriptions": [(each, _named(each, rules)) for each in mine],
        "form": (form or SubscriptionForm(rules=rules)) if may_claim else None,
        "units": _looked(person, now) if person.acting_as == ADMIN else (),
    }  # fmt: skip
    return render(request, "desks/forum_patrol.html", context, status=status)


def _row(row: Any, text: str, rules: Rules, now: datetime) -> dict[str, Any]:
    """Return a thread with its light, and whether the administrator may give it to a unit: nobody came in time."""
    timer = KIND.read(row).timers.get(CLAIM)
    late = timer is not None and timer.due is not None and timer.due <= now
    return {
        "row": row, "text": text, "key": uuid4(), "to_assign": late,
        "light": lights.of(timer, now=now, rules=rules) if timer is not None else None,
        "board": rules.forum_boards.get(row.board, row.board),
    }  # fmt: skip


def _named(each: Any, rules: Rules) -> str:
    """Return a subscription in words."""
    size = str(wording.tr(LABELS.choices["class_"][each.size])) if each.size else ""
    parts = (rules.forum_boards.get(each.board, each.board), size, each.words)
    return " · ".join(part for part in parts if part)


def _looked(person: Person, now: datetime) -> list[tuple[str, Any, int]]:
    """Return every unit with its last day of patrol and its days of the month, those that did not look first."""
    last = patrols.last_days(person.city, now=now)
    days = patrols.days(person.city, on=now.astimezone(ZONE).date())
    found = [(unit, last.get(unit), days.get(unit, 0)) for unit in people.unit_names(person.city, now=now)]
    return sorted(found, key=lambda each: (each[1] is not None, str(each[1]), each[0]))
