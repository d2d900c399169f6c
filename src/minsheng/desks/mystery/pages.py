"""A caller's tasks and the form of a call, made for a telephone; the office's form of a new task. Source: SQ-15."""

from __future__ import annotations

from datetime import datetime
from typing import Any, BinaryIO, Final, cast
from uuid import UUID, uuid4

from django import forms
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from minsheng import wording
from minsheng.cases.mystery import actions, labels, queries
from minsheng.core.drafts import typed
from minsheng.core.files import actions as keeping
from minsheng.core.files import gates, places
from minsheng.core.files import pages as sending
from minsheng.core.files.values import Checked
from minsheng.core.ledger.values import ZONE
from minsheng.core.lifecycles import actions as things
from minsheng.core.lifecycles import queries as lifecycles
from minsheng.core.lifecycles.kinds import Held, Key
from minsheng.core.people.gates import desk, told
from minsheng.core.people.queries import Person
from minsheng.core.policies import queries as policies
from minsheng.desks.mystery.gate import RECORDING, Recordings, held_by
from minsheng.domain.mystery import campaign
from minsheng.domain.mystery.call import CALLER, GIVEN, SECOND
from minsheng.domain.orders import fields
from minsheng.domain.orders.fields import Malformed
from minsheng.domain.rejected import Rejected
from minsheng.gateways import clock
from minsheng.gateways.antivirus import ScannerAway
from minsheng.workbench.forms import status_of
from minsheng.workbench.steps import asked, fingerprint
from minsheng.workbench.things.forms import ThingForm

_SHOWN: Final = 200
_SOUND: Final = ".mp3,.m4a,.amr,.wav,audio/*"


@require_safe
@told
def tasks(request: HttpRequest, person: Person) -> HttpResponse:
    """Show a caller what is to be called and to be rated, and what is done."""
    me = _caller(person)
    found: dict[str, list[tuple[Any, str, Any]]] = {"todo": [], "rate": [], "done": []}
    for row in queries.tasks(person.city, me)[:_SHOWN]:
        group = "todo" if row.status == GIVEN else "rate" if row.status == SECOND and row.rater == me else "done"
        found[group].append((row, labels.state_for(row, me), actions.CALLS.read(row).until))
    return render(request, "desks/mystery_tasks.html", found)


@require_http_methods(["GET", "POST"])
@told
def task(request: HttpRequest, person: Person, id: UUID) -> HttpResponse:
    """Show one task with what is to be asked, and take what came of it together with the recording."""
    me = _caller(person)
    row = queries.task(person.city, id, me)
    if row is None:
        raise Http404
    form = _form(row, me, person, data=request.POST if request.method == "POST" else None)
    if request.method != "POST" or form is None:
        return _page(request, person, row, form)
    held = Recordings(actions.CALLS, row, person)
    uploads = request.FILES.getlist("recordings")
    if not form.is_valid() or (built := _built(form)) is None:
        return _page(request, person, row, form, status=422)
    try:
        checked = _checked(uploads, held, person, now=clock.now()) if uploads else []
        _carry_out(request, person, row, held, form, built, checked)
    except ScannerAway as away:
        form.add_error(None, wording.say(away))
        return _page(request, person, row, form, status=503)
    except Rejected as rejected:
        form.refuse(rejected)
        return _page(request, person, queries.task(person.city, id, me), form, status=status_of(rejected))
    typed.taken(request)
    messages.success(request, _("%(what)s：已办理。") % {"what": form.label})
    return redirect("desks:mystery_tasks")


@require_safe
@told
def recording(request: HttpRequest, person: Person, id: UUID, attachment_id: UUID) -> HttpResponse:
    """Send a recording to its caller, its rater or the office; who hears it is on record."""
    held = held_by(person, str(id))
    if held is None:
        raise Http404
    return sending.send(request, attachment_id, held=held, actor=person.actor, now=clock.now())


class GiveForm(ThingForm):
    """A task's fields with the telephone from which the caller files, and choices of the campaign."""

    phone = forms.CharField(max_length=40, required=False, widget=forms.TextInput(attrs={"inputmode": "tel"}))

    def __init__(self, row: Any, callers: dict[str, str], **more: Any) -> None:
        super().__init__(actions.CALLS, "give_call", **more)
        del self.fields["campaign"]
        units = [(each, each) for each in actions.CAMPAIGNS.read(row).units]
        self._choose("unit", units)
        self._choose("caller", list(callers.items()))
        self.fields["caller"].label = _("拨测员")
        self.fields["phone"] = self.fields.pop("phone")  # the last one
        self.fields["phone"].label = _("拨测专用号码")
        self.fields["phone"].help_text = _("拨测员用这个号码来电或提交的诉求不计入任何统计；不产生诉求的，不必填写。")

    def _choose(self, name: str, choices: list[tuple[str, str]]) -> None:
        self.fields[name] = forms.ChoiceField(
            label=self.fields[name].label,
            choices=[("", _("请选择")), *choices],
            error_messages=self.fields[name].error_messages,
        )


@require_http_methods(["GET", "POST"])
@desk
def give(request: HttpRequest, person: Person, id: UUID) -> HttpResponse:
    """Give a caller a task of a campaign: whom to ask what, by when, and from which telephone."""
    row = lifecycles.row_of(actions.CAMPAIGNS, str(id), person.actor, city=person.city)
    if row is None or person.acting_as != "office":
        raise Http404
    now = clock.now()
    known = actions.callers(person.city, now=now)
    rules = policies.rules_for(person.city, now=now)
    if request.method == "GET":
        form = GiveForm(row, known, rules=rules, initial={"key": uuid4()})
        return _give_page(request, row, form)
    form = GiveForm(row, known, rules=rules, data=request.POST)
    status = 422
    if form.is_valid():
        values = form.values()
        phone = str(values.pop("phone", ""))
        try:
            command = fields.build(form.shape, {**values, "campaign": str(row.pk)}, zone=ZONE)
            key = _key(request, person, form, f"{row.pk} give_call")
            actions.give(command, phone=phone, city=person.city, by=person.actor, now=now, key=key)
        except Malformed as fault:
            form.add_error(fault.key if fault.key in form.fields else None, wording.say(fault))
        except Rejected as rejected:
            form.refuse(rejected)
            status = status_of(rejected)
        else:
            typed.taken(request)
            messages.success(request, _("已下达拨测任务。"))
            return redirect("desks:mystery_give", id=row.pk)
    form.show_again()
    return _give_page(request, row, form, status=status)


def _give_page(request: HttpRequest, row: Any, form: GiveForm, *, status: int = 200) -> HttpResponse:
    context = {"row": row, "heading": labels.heading(row), "form": form, "is_open": row.status == campaign.OPEN}
    return render(request, "desks/mystery_give.html", context, status=status)


def _caller(person: Person) -> str:
    if person.acting_as != CALLER or person.actor.person is None:
        raise Http404
    return person.actor.person


def _form(row: Any, me: str, person: Person, *, data: Any) -> ThingForm | None:
    """Return the form of what the caller or the rater has to say now; nothing where nothing is to be said."""
    if row.status == GIVEN and row.caller == me:
        command = "record_outcome"
    elif row.status == SECOND and row.rater == me:
        command = "rate_again"
    else:
        return None
    rules = policies.rules_for(person.city, now=clock.now())
    initial = {"key": uuid4(), "seen_version": row.version}
    form = ThingForm(actions.CALLS, command, rules=rules, data=data, initial=initial)
    given = [("", _("请选择")), *((str(each), str(each)) for each in range(5, 0, -1))]
    form.fields["attitude"] = forms.ChoiceField(
        label=form.fields["attitude"].label, choices=given, required=form.fields["attitude"].required,
        error_messages=form.fields["attitude"].error_messages,
    )  # fmt: skip
    return form


def _page(request: HttpRequest, person: Person, row: Any, form: ThingForm | None, *, status: int = 200) -> HttpResponse:
    if form is not None and form.is_bound:
        form.show_again()
    me = person.actor.person or ""
    held = Recordings(actions.CALLS, row, person)
    state = actions.CALLS.read(row)
    context = {
        "row": row,
        "state": labels.state_for(row, me),
        "call": state,
        "asked": queries.asked(row),
        "script": queries.script(person.city, row.campaign),
        "recordings": held.readable(),
        "form": form,
        "may_add": bool(held.may_add()),
        "sounds": _SOUND,
    }
    return render(request, "desks/mystery_task.html", context, status=status)


def _built(form: ThingForm) -> Any | None:
    try:
        return fields.build(form.shape, form.values(), zone=ZONE)
    except Malformed as fault:
        form.add_error(fault.key if fault.key in form.fields else None, wording.say(fault))
        return None


def _checked(uploads: list[UploadedFile[bytes]], held: Recordings, person: Person, *, now: datetime) -> list[Checked]:
    """Look at every recording. Raises: Rejected for the first that may not be kept, ScannerAway."""
    ground, scanner = gates.ground(held, RECORDING), places.scanner()
    return [
        keeping.check(
            cast(BinaryIO, each.file), name=each.name or "", ground=ground, actor=person.actor, scanner=scanner, now=now
        )
        for each in uploads
    ]


def _carry_out(
    request: HttpRequest, person: Person, row: Any, held: Recordings, form: ThingForm, command: Any,
    checked: list[Checked],
) -> None:  # fmt: skip
    """Record what came of a call, and keep its recordings in the same transaction. Raises: Rejected."""
    now = clock.now()

    def keep(_held: Held[Any]) -> None:
        if checked:
            ground = gates.ground(held, RECORDING)
            keeping.attach(checked, ground=ground, actor=person.actor, store=places.store(), now=now)

    things.apply(
        actions.CALLS, row.pk, command, city=person.city, by=person.actor, now=now,
        key=_key(request, person, form, f"{row.pk} {form.command} {[each.digest for each in checked]}"),
        seen_version=form.cleaned_data["seen_version"], beside=keep,
    )  # fmt: skip


def _key(request: HttpRequest, person: Person, form: ThingForm, what: str) -> Key:
    return Key(f"staff:{person.id}", str(form.cleaned_data["key"]), digest=fingerprint(what, asked(request)))
