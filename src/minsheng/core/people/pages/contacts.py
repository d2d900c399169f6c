"""A unit's contacts and their filing; for the center, what units lack. Source: JY-3b, JY-3c, SZ-9b."""

from __future__ import annotations

import hashlib
from datetime import date, datetime
from uuid import UUID, uuid4

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from minsheng import wording
from minsheng.core.lifecycles.kinds import Key
from minsheng.core.people import contacts as filing
from minsheng.core.people import queries
from minsheng.core.people.forms import ChangeContactForm, ConfirmContactForm, FileContactForm
from minsheng.core.people.gates import desk
from minsheng.core.people.models import POSTS
from minsheng.core.people.queries import Person
from minsheng.core.policies import queries as policies
from minsheng.domain.rejected import Rejected
from minsheng.gateways import clock


@require_safe
@desk
def contacts(request: HttpRequest, person: Person) -> HttpResponse:
    """Show the unit's own contacts, or to the center what every unit lacks."""
    if person.in_unit_role and person.unit is not None:
        return _own_page(request, person, ChangeContactForm(initial={"key": uuid4()}))
    if not person.oversees_units:
        raise PermissionDenied("neither unit nor center")
    rules = policies.rules_for(person.city, now=clock.now())
    on = _day(request.GET.get("on", ""))
    rows = []
    for each in queries.compliance(person.city, on=on):
        missing = [post for post in rules.contact_posts if post not in each.posts]
        unconfirmed = each.unconfirmed if rules.officer_conditions else ()
        rows.append((each, missing, unconfirmed))
    rows.sort(key=lambda row: (not row[1] and not row[2] and not row[0].late, row[0].unit))
    return render(request, "people/compliance.html", {"rows": rows, "on": on, "conditions": rules.officer_conditions})


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


@require_POST
@desk
def confirm(request: HttpRequest, person: Person) -> HttpResponse:
    """Confirm that a contact of one's own unit meets the conditions of a service officer."""
    if not person.in_unit_role or person.unit is None:
        raise PermissionDenied("not of a unit")
    form = ConfirmContactForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("请填写确认日期。"))
        return redirect("people:contacts")
    given = form.cleaned_data
    try:
        filing.confirm(given["contact"], city=person.city, on=given["on"], actor=person.actor, now=clock.now())
    except Rejected as refusal:
        messages.error(request, wording.say(refusal))
    else:
        messages.success(request, _("已确认。"))
    return redirect("people:contacts")


@require_POST
@desk
def change(request: HttpRequest, person: Person) -> HttpResponse:
    """Announce a change of contact of one's own unit."""
    _officer_of_a_unit(person)
    form = ChangeContactForm(request.POST)
    if form.is_valid():
        given = form.cleaned_data
        said = filing.Said(given["post"], given["person"], given["phone"], given["effective_on"])
        key = _key(person, given["key"], given["post"], given["person"], str(given["effective_on"]))
        try:
            filing.announce(person.city, said, actor=person.actor, now=clock.now(), key=key)
        except Rejected as refusal:
            form.add_error(None, wording.say(refusal))
        else:
            messages.success(request, _("联系人变更已登记，请在时限内报热线办备案。"))
            return redirect("people:contacts")
    return _own_page(request, person, form, status=422)


@require_POST
@desk
def file(request: HttpRequest, person: Person) -> HttpResponse:
    """File a change of contact with the center."""
    _officer_of_a_unit(person)
    form = FileContactForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("没有收到要备案的变更，请刷新后再试。"))
        return redirect("people:contacts")
    contact: UUID = form.cleaned_data["contact"]
    try:
        key = _key(person, form.cleaned_data["key"], "file", str(contact))
        filing.file(contact, city=person.city, actor=person.actor, now=clock.now(), key=key)
    except Rejected as refusal:
        messages.error(request, wording.say(refusal))
    else:
        messages.success(request, _("已报备案。"))
    return redirect("people:contacts")


def _key(person: Person, key: UUID, *content: str) -> Key:
    """Return the form's key: a second press finds it done."""
    return Key(f"page:{person.id}", str(key), digest=hashlib.sha256("\0".join(content).encode()).digest())


def _officer_of_a_unit(person: Person) -> None:
    if person.acting_as != "officer" or person.unit is None:
        raise PermissionDenied("not an officer")


def _own_page(request: HttpRequest, person: Person, form: ChangeContactForm, *, status: int = 200) -> HttpResponse:
    now = clock.now()
    found = queries.filings(person.city, unit=person.unit or "")
    rules = policies.rules_for(person.city, now=now)
    return render(
        request,
        "people/contacts.html",
        {
            "unit": person.unit,
            "filings": [(each, uuid4(), _light(each, now)) for each in found],
            "vacant": [post for post in POSTS if post not in {each.post for each in found}],
            "former": queries.former_filings(person.city, unit=person.unit or ""),
            "form": form,
            "may_change": person.acting_as == "officer",
            "conditions": rules.officer_conditions,
            "may_confirm": person.acting_as in filing.CONFIRMS,
            "today": now.astimezone(rules.worktime.zone).date(),
            "limit": rules.contact_change_limit,
        },
        status=status,
    )


def _light(each: queries.Filing, now: datetime) -> tuple[str, str]:
    """Return the light's color and word: the color never speaks alone."""
    if each.status == "FILED":
        return ("gray", _("已备案（逾期）")) if each.late else ("green", _("已备案"))
    if each.due is not None and each.due < now:
        return "red", _("备案逾期")
    return "yellow", _("待备案")
