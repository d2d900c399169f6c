"""The administrator of the forum decides on names, and on who may not write for a while. Source: SZ-17a, SZ-18."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from minsheng.cases.forum import members, reading
from minsheng.cases.forum.actions import KIND
from minsheng.core.lifecycles import saying
from minsheng.core.people.gates import thing_desk
from minsheng.core.people.queries import Person
from minsheng.domain.forum.shared import ADMIN
from minsheng.domain.rejected import Rejected
from minsheng.domain.text import cleaned, kept_of
from minsheng.gateways import clock


class BarForm(forms.Form):
    """Whose writing is stopped, by a thread or a comment of theirs, for how long and why."""

    number = forms.CharField(
        label=gettext_lazy("网帖编号"), max_length=40, help_text=gettext_lazy("跟帖写作“网帖编号#序号”。")
    )
    days = forms.IntegerField(label=gettext_lazy("禁言天数（永久的留空）"), min_value=1, max_value=3650, required=False)
    reason = forms.CharField(label=gettext_lazy("理由"), max_length=200)


@require_http_methods(["GET", "POST"])
@thing_desk
def names(request: HttpRequest, person: Person) -> HttpResponse:
    """Show names that wait and who may not write; a POST stops the author of a thread from writing."""
    _admit(person)
    if request.method == "GET":
        return _page(request, person, BarForm())
    form = BarForm(request.POST)
    if not form.is_valid():
        return _page(request, person, form, status=422)
    number, reason = (kept_of(cleaned(form.cleaned_data[name])).strip() for name in ("number", "reason"))
    try:
        _row, _comment, author = reading.written(person.city, number)
        if not members.is_id(author):
            raise Rejected("thread_unknown", number=number)
        members.bar(
            UUID(author), days=form.cleaned_data["days"], reason=reason, city=person.city, by=person.actor,
            now=clock.now(),
        )  # fmt: skip
    except Rejected as refused:
        form.add_error(None, saying.say(KIND, refused))
        return _page(request, person, form, status=409)
    messages.success(request, _("已禁言。"))
    return redirect("desks:forum_names")


@require_POST
@thing_desk
def decide(request: HttpRequest, person: Person, id: UUID) -> HttpResponse:
    """Let a name in or not, or let somebody write again."""
    _admit(person)
    now, city, by = clock.now(), person.city, person.actor
    name = kept_of(request.POST.get("name", ""))
    try:
        if "approve" in request.POST:
            members.approve_name(id, name, city=city, by=by, now=now)
        elif "again" in request.POST:
            members.let_write(id, city=city, by=by, now=now)
        else:
            reason = kept_of(cleaned(request.POST.get("reason", "")))[:200]
            members.refuse_name(id, name, reason, city=city, by=by, now=now)
    except Rejected as refused:
        is_gone = refused.code == "not_found"
        messages.error(
            request, _("这一项已经处理过，或者会员改了网名，请看现在的列表。") if is_gone else saying.say(KIND, refused)
        )
    else:
        messages.success(request, _("已处理。"))
    return redirect("desks:forum_names")


def _admit(person: Person) -> None:
    if person.acting_as != ADMIN:
        raise PermissionDenied


def _page(request: HttpRequest, person: Person, form: BarForm, *, status: int = 200) -> HttpResponse:
    now = clock.now()
    context = {
        "form": form,
        "waiting": members.waiting_names(person.city),
        "barred": members.barred(person.city, now=now),
        "forever": members.FOR_GOOD,
    }
    return render(request, "desks/forum_names.html", context, status=status)
