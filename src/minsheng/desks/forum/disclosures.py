"""Lawful disclosure: the administrator asks, the supervisor decides, each of the two reads once. Source: SZ-26."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from minsheng.cases.forum import disclosing
from minsheng.cases.forum.actions import KIND
from minsheng.core.lifecycles import saying
from minsheng.core.people import appellants
from minsheng.core.people import queries as people
from minsheng.core.people.gates import thing_desk
from minsheng.core.people.labels import FIELD_NAMES
from minsheng.core.people.queries import Person
from minsheng.domain.forum.commands import ORGANS
from minsheng.domain.forum.shared import ADMIN
from minsheng.domain.rejected import Rejected
from minsheng.domain.text import cleaned, kept_of
from minsheng.gateways import clock
from minsheng.public.citizens import accounts

_TWO: Final = (ADMIN, disclosing.SECOND)
_OTHER: Final = gettext_lazy("其他机关、单位或个人")


class DisclosureForm(forms.Form):
    """Which organ asks, by which instrument, for what."""

    number = forms.CharField(
        label=gettext_lazy("网帖编号"), max_length=40, help_text=gettext_lazy("跟帖写作“网帖编号#序号”。")
    )
    organ = forms.ChoiceField(
        label=gettext_lazy("调取机关"),
        choices=[("", gettext_lazy("请选择")), *((each, each) for each in ORGANS), ("other", _OTHER)],
    )
    other = forms.CharField(label=gettext_lazy("其他机关、单位或个人的名称"), max_length=100, required=False)
    document = forms.CharField(label=gettext_lazy("法律文书名称、文号"), max_length=200)
    wanted = forms.MultipleChoiceField(
        label=gettext_lazy("文书要求提供的信息"),
        choices=[(field, gettext_lazy(label)) for field, label in FIELD_NAMES.items()],
        widget=forms.CheckboxSelectMultiple,
    )
    purpose = forms.CharField(
        label=gettext_lazy("用途"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("不要写姓名、电话、证件号码。"),
    )

    def clean(self) -> None:
        """Let in what is incomplete of anybody else: it is refused in any case, and stays on record."""
        super().clean()
        if self.cleaned_data.get("organ") == "other":
            for name in ("document", "wanted", "purpose"):
                self.errors.pop(name, None)
                self.cleaned_data.setdefault(name, "")


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
@thing_desk
def disclosures(request: HttpRequest, person: Person) -> HttpResponse:
    """List what organs asked for; the administrator puts a new one on record."""
    if person.acting_as not in _TWO:
        raise PermissionDenied
    if request.method == "GET":
        return _page(request, person, DisclosureForm())
    if person.acting_as != ADMIN:
        raise PermissionDenied
    form = DisclosureForm(request.POST)
    if not form.is_valid():
        return _page(request, person, form, status=422)
    wanted = form.cleaned_data.pop("wanted") or []
    said = {name: kept_of(cleaned(form.cleaned_data[name])).strip() for name in form.cleaned_data}
    organ = said["other"] or str(_OTHER) if said["organ"] == "other" else said["organ"]
    try:
        disclosing.ask(
            person.city, said["number"], organ=organ, document=said["document"], purpose=said["purpose"],
            wanted=wanted, by=person.actor, now=clock.now(),
        )  # fmt: skip
    except Rejected as refused:
        form.add_error(None, saying.say(KIND, refused))
        return _page(request, person, form, status=409)
    messages.success(request, _("已登记，请督办员核对法律文书后决定。"))
    return redirect("desks:forum_disclosures")


@require_POST
@thing_desk
def decide(request: HttpRequest, person: Person, id: UUID) -> HttpResponse:
    """Agree, or not."""
    if person.acting_as != disclosing.SECOND:
        raise PermissionDenied
    try:
        disclosing.decide(person.city, id, agrees="agree" in request.POST, by=person.actor, now=clock.now())
    except Rejected as refused:
        return _refused(request, refused)
    messages.success(request, _("已记录。"))
    return redirect("desks:forum_disclosures")


@require_POST
@thing_desk
def read(request: HttpRequest, person: Person, id: UUID) -> HttpResponse:
    """Show who wrote it, to one of the two, once; with who reads it across the page."""
    if person.acting_as not in _TWO:
        raise PermissionDenied
    now = clock.now()
    try:
        with transaction.atomic():  # a reading that fails is none
            account, wanted = disclosing.opened(person.city, id, by=person.actor, now=now)
            known = accounts.known(account, city=person.city) if account is not None else None
            clear = known and appellants.disclose(
                known.appellant, city=person.city, actor=person.actor, fields=wanted, now=now
            )
    except Rejected as refused:
        return _refused(request, refused)
    if clear is None:
        messages.error(request, _("这个账号已注销，没有可以提供的身份信息。"))
        return redirect("desks:forum_disclosures")
    shown = [(_(FIELD_NAMES[field]), getattr(clear, field) or "") for field in wanted]
    context = {"shown": shown, "reader": person.display_name, "now": now}
    return render(request, "desks/forum_disclosed.html", context)


def _refused(request: HttpRequest, refused: Rejected) -> HttpResponse:
    if refused.code == "not_found":
        raise Http404
    messages.error(request, saying.say(KIND, refused))
    return redirect("desks:forum_disclosures")


def _page(request: HttpRequest, person: Person, form: DisclosureForm, *, status: int = 200) -> HttpResponse:
    rows = disclosing.listed(person.city)
    names = people.names({each for row in rows for each in (row.asked_by, row.decided_by) if each})
    context = {
        "form": form if person.acting_as == ADMIN else None,
        "rows": [_shown(row, person, names) for row in rows],
    }
    return render(request, "desks/forum_disclosures.html", context, status=status)


def _shown(row: Any, person: Person, names: Any) -> dict[str, Any]:
    me = person.actor.person
    opened: datetime | None = row.asker_opened_at if me == row.asked_by else row.second_opened_at
    return {
        "row": row,
        "wanted": [_(FIELD_NAMES[field]) for field in row.wanted],
        "asked_by": names.get(row.asked_by, ""),
        "decided_by": names.get(row.decided_by, ""),
        "may_decide": row.agreed is None and person.acting_as == disclosing.SECOND and me != row.asked_by,
        "may_read": bool(row.agreed) and me in (row.asked_by, row.decided_by) and opened is None,
    }
