"""The queues of every desk with their counts, and the search."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from minsheng import wording
from minsheng.cases.appeals import queries as appeals
from minsheng.cases.orders.office import claims, oversight, queues
from minsheng.cases.orders.reading import finding
from minsheng.cases.orders.storage import queries
from minsheng.core.features import queries as features
from minsheng.core.features.values import Found
from minsheng.core.people import appellants, units
from minsheng.core.people.gates import desk, signed_in
from minsheng.core.people.pages import rosters
from minsheng.core.people.permissions import sees_orders, sees_things
from minsheng.core.people.queries import Person
from minsheng.core.policies import queries as policies
from minsheng.domain.actors import ADMINISTRATORS
from minsheng.domain.packs import Rules
from minsheng.domain.rejected import Rejected
from minsheng.gateways import clock
from minsheng.workbench import shown
from minsheng.workbench.forms import FindForm


@require_safe
@signed_in
def home(request: HttpRequest, person: Person) -> HttpResponse:
    """Show my queue, or the first list of a role that has things and no orders.

    To any other role, that there is nothing here for it (roles, "ADM no content").
    """
    if sees_orders(person.acting_as):
        return queue(request)
    if sees_things(person.acting_as):
        first = next(each for each in features.navigation(person.acting_as) if each.url == "things:list")
        return redirect(first.url, *first.args)
    return render(request, "desks/nothing.html", {"administrators": ADMINISTRATORS})


@require_safe
@desk
def queue(request: HttpRequest, person: Person) -> HttpResponse:
    """Show what waits for the role that one acts in, the most pressing first."""
    now = clock.now()
    rules = policies.rules_for(person.city, now=now)
    tab = request.GET.get("tab", queues.WAITING)
    chosen = queues.find(tab, person.actor, rules=rules, desk=person.desk)
    if chosen is None:
        raise Http404
    if (behind := oversight.parse(tab)) is not None:
        return redirect(shown.address_behind(behind[0].code, behind[1]))
    base = queues.ground(person.actor, city=person.city, rules=rules, now=now, desk=person.desk)
    tabs = shown.tabs(person.actor, rules=rules, counts=queues.counts(base), desk=person.desk)
    frame = {"tabs": tabs, "current": chosen.code}
    if request.GET.get("part") == "lists":
        return render(request, "desks/lists.html", frame)
    after = queues.cursor(request.GET.get("after", ""))
    rows, following = queues.page(chosen, base, after=after)
    return render(
        request,
        "desks/queue.html",
        {
            **frame,
            "label": shown.label_of_queue(chosen.code),
            "rows": shown.rows_of(rows, person, now=now, rules=rules, holders=_holders(rows, person, now)),
            "following": "~".join(following) if following else "",
            "begun": after is not None,
            "now": now,
            "roster": _roster(person, rules=rules, now=now),
            "pick": person.acting_as == "dispatcher" and chosen.code == "SUBMITTED",
        },
    )


def _roster(person: Person, *, rules: Rules, now: datetime) -> rosters.Notice | None:
    """Return what the person's own unit lacks of its roster. Source: SZ-9b, SQ-11, JY-10.5."""
    if not person.in_unit_role or person.unit is None:
        return None
    return rosters.notice(person, unit=person.unit, worktime=rules.worktime, now=now)


def _holders(rows: Sequence[queries.Row], person: Person, now: datetime) -> dict[str, str]:
    """Return who of the desk has claimed which of the orders, by name."""
    if person.acting_as not in claims.ROLES:
        return {}
    held = claims.of([row.id for row in rows], now=now)
    return {order: each.name for order, each in held.items() if each.role == person.acting_as}


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
@desk
def find(request: HttpRequest, person: Person) -> HttpResponse:
    """Find orders by number or title, or by a citizen's telephone, and what else features find by words.

    By telephone for who speaks with citizens alone. Source: JY-9.8, SQ-10.1.
    """
    by_phone = person.acting_as in shown.STAND_IN_ROLES
    form = FindForm(request.POST if request.method == "POST" else None)
    if not by_phone:
        del form.fields["phone"]
    found: list[queries.Row] | None = None
    if request.method == "POST" and form.is_valid():
        found = _found(form, person)
    now = clock.now()
    rules = policies.rules_for(person.city, now=now)
    return render(
        request,
        "desks/find.html",
        {
            "form": form,
            "rows": None if found is None else shown.rows_of(found, person, now=now, rules=rules),
            "most": finding.FOUND_AT_MOST,
            "former": _former(form, person) if found is not None else [],
            "groups": _others(form, person, now=now) if found is not None else [],
        },
        status=422 if form.errors else 200,
    )


def _others(form: FindForm, person: Person, *, now: datetime) -> list[Found]:
    """Return what features find by the words; orders have the list above, and a telephone finds these alone."""
    words = form.cleaned_data["words"].strip()
    return features.found(person, words, now=now) if words and not form.cleaned_data.get("phone", "").strip() else []


def _former(form: FindForm, person: Person) -> list[tuple[units.Former, str]]:
    """Return the former names of units that the words are found in, with what became of them."""
    words = form.cleaned_data["words"].strip()
    found = units.former(person.city, words=words) if words else []
    return [(each, wording.UNIT_CHANGES[each.what]) for each in found]


def _found(form: FindForm, person: Person) -> list[queries.Row] | None:
    words, phone = form.cleaned_data["words"].strip(), form.cleaned_data.get("phone", "").strip()
    if phone:
        try:
            known = appellants.look_up(
                city=person.city, phone=phone, actor=person.actor, purpose="search", now=clock.now()
            )
        except Rejected as rejected:
            form.add_error("phone", wording.say(rejected))
            return None
        ids = appeals.ids_of_appellants(person.city, known, limit=finding.FOUND_AT_MOST)
        return finding.of_ids(person.actor, city=person.city, ids=ids)
    if any(len(word) < finding.LEAST_LETTERS for word in words.split()) or not words:
        form.add_error("words", _("请填写编号，或至少两个字的词"))
        return None
    return finding.search(person.actor, city=person.city, text=words)
