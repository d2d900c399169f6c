"""The reports' desk: the list, and one report with its figures, words, course and what may be done with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID, uuid4

from django import forms as django_forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from minsheng import wording
from minsheng.core.drafts import typed
from minsheng.core.people import queries as people
from minsheng.core.people.gates import desk
from minsheng.core.people.queries import Person
from minsheng.core.policies import queries as policies
from minsheng.domain.actors import Actor
from minsheng.domain.duties import report as duty
from minsheng.domain.rejected import Rejected
from minsheng.domain.report_kinds import kinds_of, period_of
from minsheng.figures.reports import actions, forms, queries, shown
from minsheng.figures.reports.actions import Key
from minsheng.figures.reports.cycle import issuing, jobs
from minsheng.figures.reports.documents import figures
from minsheng.figures.reports.models import Report
from minsheng.gateways import clock, packfiles

_LISTS = ("", duty.PLANNED, duty.DRAFT, duty.REVIEW, duty.APPROVED, duty.SENT, duty.WITHDRAWN)


@require_safe
@desk
def index(request: HttpRequest, person: Person) -> HttpResponse:
    """Show the city's reports, those of the latest period first."""
    reads(person)
    return _index(request, person, form=None)


@require_POST
@desk
def plan(request: HttpRequest, person: Person) -> HttpResponse:
    """Put a report that doesn't come of its own accord on the list, and open it."""
    reads(person)
    form = forms.PlanForm(request.POST, kinds=_kinds(person, clock.now()))
    if form.is_valid():
        given = form.cleaned_data
        try:
            report_id = actions.plan(
                person.city,
                kind=given["kind"],
                since=given["since"],
                until=given["until"] + timedelta(days=1),
                actor=person.actor,
                now=clock.now(),
                key=_key(person, given["key"]),
            )
        except Rejected as rejected:
            form.add_error(None, wording.say(rejected))
        else:
            return redirect("reports:report", report_id)
    return _index(request, person, form=form, status=422)


@require_safe
@desk
def report(request: HttpRequest, person: Person, report_id: UUID) -> HttpResponse:
    """Show one report."""
    return _page(request, person, found(person, report_id))


@require_safe
@desk
def progress(request: HttpRequest, person: Person, report_id: UUID) -> HttpResponse:
    """Show how far the counting is; the page asks for it every second while it runs."""
    row = found(person, report_id)
    job = queries.job_of(row)
    response = render(request, "reports/job.html", {"row": row, "job": shown.job_of(job)})
    if job is None or job.state not in ("WAITING", "RUNNING"):
        # The figures are there, or will not come: the whole page has changed.
        response["HX-Refresh"] = "true"
    return response


@require_POST
@desk
def compose(request: HttpRequest, person: Person, report_id: UUID) -> HttpResponse:
    """Ask for the figures to be counted."""
    row = found(person, report_id)
    try:
        jobs.ask(row.pk, city=person.city, actor=person.actor, now=clock.now())
    except Rejected as rejected:
        messages.error(request, wording.say(rejected))
    return redirect("reports:report", row.pk)


@require_POST
@desk
def stop(request: HttpRequest, person: Person, report_id: UUID) -> HttpResponse:
    """Have the counting stopped."""
    row = found(person, report_id)
    if person.acting_as not in duty.EDITORS:
        raise Http404
    jobs.stop(row.pk, city=person.city, now=clock.now())
    return redirect("reports:report", row.pk)


@require_POST
@desk
def write(request: HttpRequest, person: Person, report_id: UUID) -> HttpResponse:
    """Change the words of a section."""
    row = found(person, report_id)
    form = forms.WordsForm(request.POST)
    if form.is_valid():
        given = form.cleaned_data
        try:
            actions.write(
                row.pk,
                city=person.city,
                section=given["section"],
                text=given["text"].replace("\r\n", "\n"),
                actor=person.actor,
                now=clock.now(),
                key=_key(person, given["key"]),
            )
        except Rejected as rejected:
            form.add_error("text", wording.say(rejected))
        else:
            typed.taken(request)
            messages.success(request, _("文字已保存。"))
            return redirect(f"{issue_address(row)}#section-{given['section']}")
    return _page(request, person, row, words=form, status=422)


@require_POST
@desk
def submit(request: HttpRequest, person: Person, report_id: UUID) -> HttpResponse:
    """Hand the report in."""
    return _step(request, person, report_id, forms.ButtonForm(request.POST), actions.submit, _("已提交审批。"))


@require_POST
@desk
def approve(request: HttpRequest, person: Person, report_id: UUID) -> HttpResponse:
    """Approve the report."""
    return _step(request, person, report_id, forms.ButtonForm(request.POST), _judge(duty.Approve), _("已批准。"))


@require_POST
@desk
def send_back(request: HttpRequest, person: Person, report_id: UUID) -> HttpResponse:
    """Give the report back to be changed."""
    return _step(request, person, report_id, forms.ReasonForm(request.POST), _judge(duty.SendBack), _("已退回修改。"))


@require_POST
@desk
def withdraw(request: HttpRequest, person: Person, report_id: UUID) -> HttpResponse:
    """Take back what was sent."""
    return _step(request, person, report_id, forms.ReasonForm(request.POST), _judge(duty.Withdraw), _("已撤回。"))


@require_POST
@desk
def send(request: HttpRequest, person: Person, report_id: UUID) -> HttpResponse:
    """Send the report, or publish it; the document is typeset and kept."""
    now = clock.now()

    def made(row: Report, address: Any) -> bytes:
        return issuing.pdf_of(row, now=now, address=address)

    def carry_out(report: UUID, **rest: Any) -> None:
        actions.send(report, made=made, **rest)

    return _step(request, person, report_id, forms.SendForm(request.POST), carry_out, _("已发送。"))


@require_POST
@desk
def acknowledge(request: HttpRequest, person: Person, report_id: UUID) -> HttpResponse:
    """Record that a recipient has it."""
    form = forms.ReceiptForm(request.POST)
    return _step(request, person, report_id, form, actions.acknowledge, _("已登记签收。"))


@require_POST
@desk
def instruct(request: HttpRequest, person: Person, report_id: UUID) -> HttpResponse:
    """Record what a leader wrote on it."""
    form = forms.InstructionForm(request.POST)
    return _step(request, person, report_id, form, actions.instruct, _("批示已登记。"))


def reads(person: Person) -> None:
    """Raise Http404 for who doesn't see reports."""
    if not queries.sees(person.acting_as):
        raise Http404


def found(person: Person, report_id: UUID) -> Report:
    """Return a report of the person's city. Raises: Http404."""
    reads(person)
    row = queries.find(report_id, city=person.city)
    if row is None or row.kind not in packfiles.report_kinds():
        raise Http404
    return row


def issue_address(row: Report) -> str:
    """Return the address of a report's page."""
    return f"/reports/{row.pk}/"


def _key(person: Person, key: UUID) -> Key:
    return Key(f"staff:{person.id}", str(key))


def _judge(kind: Callable[..., duty.Approve | duty.SendBack | duty.Withdraw]) -> Callable[..., None]:
    """Return what gives a command of that kind, made of the form's fields."""

    def carry_out(report_id: UUID, *, city: str, actor: Actor, now: datetime, key: Key, **given: Any) -> None:
        actions.judge(report_id, kind(**given), city=city, actor=actor, now=now, key=key)

    return carry_out


def _step(
    request: HttpRequest,
    person: Person,
    report_id: UUID,
    form: django_forms.Form,
    carry_out: Callable[..., None],
    done: str,
) -> HttpResponse:
    """Carry out one step with what the form gave; a refusal is said above the page, which stays as it was."""
    row = found(person, report_id)
    if not form.is_valid():
        faults = [str(error) for errors in form.errors.values() for error in errors]
        typed.refused(request)
        messages.error(request, "".join(dict.fromkeys(faults)))
        return redirect("reports:report", row.pk)
    given: Mapping[str, Any] = dict(form.cleaned_data)
    rest = {name: value for name, value in given.items() if name != "key"}
    try:
        carry_out(row.pk, city=person.city, actor=person.actor, now=clock.now(), key=_key(person, given["key"]), **rest)
    except Rejected as rejected:
        typed.refused(request)
        messages.error(request, wording.say(rejected))
    else:
        typed.taken(request)
        messages.success(request, done)
    return redirect("reports:report", row.pk)


def _index(request: HttpRequest, person: Person, *, form: forms.PlanForm | None, status: int = 200) -> HttpResponse:
    now = clock.now()
    chosen = request.GET.get("status", "")
    chosen = chosen if chosen in _LISTS else ""
    lines = queries.listed(person.city, status=chosen, after=_after(request.GET.get("after", "")))
    page, more = lines[: queries.page_size()], lines[queries.page_size() :]
    waiting = queries.waiting(person.city)
    next_page = ""
    if more:
        last = page[-1]
        next_page = "?" + urlencode({"status": chosen, "after": f"{last.until.isoformat()}~{last.id}"})
    may_plan = person.acting_as in duty.EDITORS
    kinds = _kinds(person, now)
    if form is None and may_plan:
        form = forms.PlanForm(kinds=kinds, initial={"key": uuid4()})
    return render(
        request,
        "reports/index.html",
        {
            "lists": [
                (code, wording.REPORT_STATES[code] if code else _("全部"), waiting.get(code, 0), code == chosen)
                for code in _LISTS
            ],
            "lines": [shown.line_of(line, now=now) for line in page],
            "next": next_page,
            "form": form if may_plan else None,
            "form_open": status != 200,
            "now": now,
        },
        status=status,
    )


def _kinds(person: Person, now: datetime) -> list[tuple[str, str]]:
    rules = policies.rules_for(person.city, now=now)
    kinds = kinds_of(packfiles.report_kinds(), rules)
    return [(code, _(kind.label)) for code, kind in kinds.items()]


def _after(text: str) -> tuple[date, UUID] | None:
    day, _tilde, report = text.partition("~")
    try:
        return date.fromisoformat(day), UUID(report)
    except ValueError:
        return None


def _page(
    request: HttpRequest, person: Person, row: Report, *, words: forms.WordsForm | None = None, status: int = 200
) -> HttpResponse:
    now = clock.now()
    kind = queries.kind_of(row)
    choices = queries.choices(row, by=person.actor)
    counted = figures.read(row.figures) if row.figures is not None else None
    steps = queries.course(row)
    names = people.names(str(step.actor["person"]) for step in steps if step.actor.get("person"))
    recipients, copies = queries.recipients_of(person.city, kind=kind, now=now)
    return render(
        request,
        "reports/report.html",
        {
            "row": row,
            "kind": kind,
            "label": _(kind.label),
            "title": issuing.title_of(row, now=now),
            "period": period_of(row.since, row.until),
            "state": wording.REPORT_STATES.get(row.status, row.status),
            "light": shown.light_of(row.status, row.due, is_late=row.is_late, now=now),
            "choices": choices,
            "sections": shown.sections_of(row, kind, counted, words=words, may_write="write" in choices, now=now),
            "counted": counted,
            # With its number: the reader's own device may lack the shape as well.
            "lacking": [f"{each}（U+{ord(each):04X}）" for each in issuing.lacking(row, now=now)] if counted else [],
            "job": shown.job_of(queries.job_of(row)),
            "exports": list(policies.rules_for(row.city_id, now=now).assessment_exports)
            if counted and counted.has(figures.ASSESSMENT)
            else None,
            "course": [shown.step_of(step, names) for step in steps],
            "deliveries": queries.deliveries(row),
            "instructions": queries.instructions(row),
            "recipients": (queries.EVERYBODY,) if kind.is_public else recipients,
            "copies": () if kind.is_public else copies,
            "keys": {name: uuid4() for name in choices} | {"stop": uuid4()},
            "send_form": forms.SendForm(initial={"key": uuid4(), "number": row.number}),
            "reason_form": forms.ReasonForm(initial={"key": uuid4()}),
            "instruction_form": forms.InstructionForm(initial={"key": uuid4()}),
            "now": now,
        },
        status=status,
    )
