"""The register of letters and visits at the desk: one that is entered, piles of scans, sheets between them."""

from __future__ import annotations

from typing import Any, BinaryIO, Final, cast
from uuid import uuid4

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from minsheng import wording
from minsheng.cases.incoming import bulk, sheets
from minsheng.cases.incoming import letters as register
from minsheng.cases.incoming.actions import KIND
from minsheng.core.drafts import typed
from minsheng.core.ledger.values import ZONE
from minsheng.core.lifecycles.kinds import Key
from minsheng.core.people.gates import desk
from minsheng.core.people.queries import Person
from minsheng.core.policies import queries as policies
from minsheng.domain.channels.incoming import RecordLetter
from minsheng.domain.orders import fields
from minsheng.domain.orders.fields import Malformed
from minsheng.domain.rejected import Rejected
from minsheng.gateways import clock
from minsheng.gateways.antivirus import ScannerAway
from minsheng.gateways.files import digest_of
from minsheng.workbench import downloads
from minsheng.workbench.forms import status_of
from minsheng.workbench.steps import asked, fingerprint
from minsheng.workbench.things.forms import ThingForm

ROLES: Final = ("seat", "office")
ACCEPTED: Final = ".pdf,.tif,.tiff,.jpg,.jpeg,.png"
_COMMAND: Final = "record_letter"


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
@desk
def new(request: HttpRequest, person: Person) -> HttpResponse:
    """Enter a letter or a visit with its scanned pages. Source: JY-2a, SZ-2."""
    _check(person)
    now = clock.now()
    rules = policies.rules_for(person.city, now=now)
    if request.method == "GET":
        today = now.astimezone(ZONE).date()
        initial = {"key": uuid4(), "channel": "letter", "arrived_on": today}
        return _page(request, ThingForm(KIND, _COMMAND, rules=rules, initial=initial))
    form = ThingForm(KIND, _COMMAND, rules=rules, data=request.POST)
    command = _built(form) if form.is_valid() else None
    if command is None:
        return _page(request, form, status=422)
    uploads = request.FILES.getlist("scans")
    digests = [digest_of(cast(BinaryIO, each.file)).digest for each in uploads]
    key = Key(
        f"staff:{person.id}", str(form.cleaned_data["key"]),
        digest=fingerprint(f"{_COMMAND} {digests}", asked(request)),
    )  # fmt: skip
    try:
        done = register.record(
            command, scanned=[_content(each) for each in uploads], city=person.city, by=person.actor, key=key, now=now
        )
    except ScannerAway as away:
        form.add_error(None, wording.say(away))
        return _page(request, form, status=503)
    except Rejected as refused:
        form.refuse(refused)
        return _page(request, form, status=status_of(refused))
    typed.taken(request)
    messages.success(request, _("已登记，编号 %(number)s。") % {"number": done.state.register_no})
    return redirect("things:thing", prefix=KIND.cycle.name, id=str(done.id))


class SheetsForm(forms.Form):
    """How many separator sheets are printed."""

    count = forms.IntegerField(min_value=1, max_value=sheets.MOST, initial=20)


@require_http_methods(["GET", "POST"])
@desk
def pile(request: HttpRequest, person: Person) -> HttpResponse:
    """Take a scan of many letters with sheets between them. Source: JY-2a, SZ-2."""
    _check(person)
    if request.method == "GET":
        return _pile_page(request)
    upload = request.FILES.get("scan")
    now = clock.now()
    try:
        done = bulk.receive(
            _content(upload) if upload is not None else b"", city=person.city, by=person.actor,
            arrived_on=now.astimezone(ZONE).date(), now=now,
        )  # fmt: skip
    except ScannerAway as away:
        return _pile_page(request, error=wording.say(away), status=503)
    except Rejected as refused:
        return _pile_page(request, error=wording.say(refused), status=status_of(refused))
    if done.repeated:
        messages.warning(request, _("这份扫描件已经收过，没有重复登记。"))
        return redirect("desks:letter_scans")
    said = ngettext("已登记 %(n)d 封信。", "已登记 %(n)d 封信。", done.letters) % {"n": done.letters}
    messages.success(request, said)
    if done.held:
        messages.warning(request, _("其中 %(n)d 封需要人工核对，原因写在来信页面上。") % {"n": done.held})
    return redirect("things:list", prefix=KIND.cycle.name)


@require_POST
@desk
def separators(request: HttpRequest, person: Person) -> HttpResponse:
    """Print new separator sheets."""
    _check(person)
    form = SheetsForm(request.POST)
    try:
        if not form.is_valid():
            raise Rejected("sheets_too_many", most=sheets.MOST)
        content = sheets.printed(
            form.cleaned_data["count"], city=person.city, by=person.actor.person or "", now=clock.now()
        )
    except Rejected as refused:
        return _pile_page(request, error=wording.say(refused), status=status_of(refused))
    return downloads.attachment(content, "pdf", _("分隔页") + ".pdf")


def _check(person: Person) -> None:
    if person.acting_as not in ROLES:
        raise PermissionDenied


def _content(upload: Any) -> bytes:
    upload.seek(0)
    content: bytes = upload.read()
    return content


def _built(form: ThingForm) -> RecordLetter | None:
    try:
        built: RecordLetter = fields.build(form.shape, form.values(), zone=ZONE)
    except Malformed as fault:
        form.add_error(fault.key if fault.key in form.fields else None, wording.say(fault))
        return None
    return built


def _page(request: HttpRequest, form: ThingForm, *, status: int = 200) -> HttpResponse:
    if form.is_bound:
        form.show_again()
    return render(request, "desks/letter_new.html", {"form": form, "accepted": ACCEPTED}, status=status)


def _pile_page(request: HttpRequest, *, error: str = "", status: int = 200) -> HttpResponse:
    context = {"error": error, "accepted": ACCEPTED, "most": sheets.MOST}
    return render(request, "desks/letter_scans.html", context, status=status)
