"""Staff: the list, a new account, one account with all that may be done with it, and its leaving."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from minsheng import wording
from minsheng.core.ledger.values import ZONE
from minsheng.core.people import actions, passes, queries, sessions, terms
from minsheng.core.people.accounts import changing, files, leaving, reading
from minsheng.core.people.accounts.reading import Account
from minsheng.core.people.pages.confirming import exported
from minsheng.core.people.queries import Person
from minsheng.core.people.terms import Term
from minsheng.core.policies import queries as policies
from minsheng.desks.administration import facts, listing
from minsheng.desks.administration.forms import staff as forms
from minsheng.desks.administration.gate import administrator
from minsheng.desks.administration.pressing import KeyedForm, done
from minsheng.domain.rules import Rules
from minsheng.gateways import clock
from minsheng.gateways.spreadsheets import Sheet
from minsheng.workbench import downloads

_COLUMNS = (
    gettext_noop("账号"),
    gettext_noop("姓名"),
    gettext_noop("单位"),
    gettext_noop("岗位"),
    gettext_noop("状态"),
    gettext_noop("最近登录"),
)


@sensitive_post_parameters("words")
@require_http_methods(["GET", "POST"])
@administrator
def accounts(request: HttpRequest, person: Person) -> HttpResponse:
    """List the city's accounts: words and filters, by POST since a name stands in no address; or give the file."""
    now = clock.now()
    form = forms.StaffListForm(listing.asked(request), units=queries.unit_names(person.city, now=now))
    wanted = form.wanted()
    table = listing.Table(
        "staff",
        _("工作人员"),
        tuple(map(_, _COLUMNS)),
        lambda: [_cells(each) for each in reading.every(person.city, wanted, now=now)],
    )
    if (file := listing.exported(request, person, table)) is not None:
        return file
    rows, onward = reading.page(person.city, wanted, after=listing.after(request), now=now)
    total = reading.count(person.city, wanted, now=now)
    context = {
        **listing.frame(form, onward=onward, total=total),
        "rows": [(each, _roles_of(each), wording.ACCOUNT_STATES[each.state]) for each in rows],
        "codes": KeyedForm(),
    }
    return render(request, "administration/staff.html", context)


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
@administrator
def new(request: HttpRequest, person: Person) -> HttpResponse:
    """Add an account, and show the code by which its holder sets a password."""
    units = queries.unit_names(person.city, now=clock.now())
    if request.method == "GET":
        return render(request, "administration/staff_new.html", {"form": forms.NewStaffForm(units=units)})
    form = forms.NewStaffForm(request.POST, units=units)
    codes: list[str] = []

    def work(now: datetime) -> None:
        given, city = form.cleaned_data, person.city
        username = given["username"]
        if not files.add_account(city, username, name=given["name"], unit=given["unit"], actor=person.actor, now=now):
            raise actions.NameTaken(username)
        for role in given["roles"]:
            terms.give(username, Term(role), city=city, actor=person.actor, now=now)
        codes.append(_code(person, username, _("新登记的账号"), now))

    if not done(request, person, form, "staff new", work):
        return render(request, "administration/staff_new.html", {"form": form}, status=422)
    found = queries.staff_id(form.cleaned_data["username"])
    return _coded(request, found or 0, form.cleaned_data["username"], codes)


@sensitive_post_parameters()
@require_POST
@administrator
@exported
def codes(request: HttpRequest, person: Person) -> HttpResponse:
    """Give a code to each account that has no password yet, as a file; earlier codes end."""
    form = KeyedForm(request.POST)
    rows: list[tuple[str, str, str, str]] = []

    def work(now: datetime) -> None:
        until = f"{(now + passes.SETS_FOR).astimezone(ZONE):%Y-%m-%d %H:%M}"
        for each in reading.every(person.city, reading.Wanted(state="new"), now=now):
            if each.id != person.id:
                code = _code(person, each.username, _("批量发放"), now)
                rows.append((each.username, each.name, code, until))

    if not done(request, person, form, "staff codes", work):
        messages.error(request, _("没有发放，请刷新后重试。"))
    elif not rows:
        messages.error(request, _("没有尚未启用的账号，或已经发放过；重新发放请刷新页面。"))
    else:
        columns = (_("账号"), _("姓名"), _("一次性验证码"), _("有效期至"))
        return downloads.table(Sheet(_("启用验证码"), columns, tuple(rows)), "csv")
    return redirect("administration:staff")


@require_safe
@administrator
def account(request: HttpRequest, person: Person, staff: int) -> HttpResponse:
    """Show an account: its roles, sessions and facts, and what may be done with it."""
    return _page(request, person, _account_or_404(person, staff))


@sensitive_post_parameters()
@require_POST
@administrator
def do(request: HttpRequest, person: Person, staff: int, what: str) -> HttpResponse:
    """Do one thing with an account."""
    found = _account_or_404(person, staff)
    form = _sent(request, person, found, what)
    if form is None:
        raise Http404
    codes: list[str] = []

    def work(now: datetime) -> None:
        _carry_out(person, found, what, form, codes, now)

    if not done(request, person, form, f"staff {staff} {what}", work):
        return _page(request, person, found, refused=(what, form), status=422)
    if what == "password":
        return _coded(request, found.id, found.username, codes)
    messages.success(request, _("已办理。"))
    return redirect("administration:staff_one", found.id)


@require_http_methods(["GET", "POST"])
@administrator
def leave(request: HttpRequest, person: Person, staff: int) -> HttpResponse:
    """Show what somebody has in hand and to whom it goes; with `confirm`, let them leave."""
    found = _account_or_404(person, staff)
    now = clock.now()
    heirs = reading.successors(person.city, staff, now=now)
    form = forms.LeaveForm(request.POST if "confirm" in request.POST else None, successors=heirs)

    def work(now: datetime) -> None:
        changing.leave(staff, successor=form.heir, city=person.city, actor=person.actor, now=now)

    if "confirm" in request.POST and done(request, person, form, f"staff {staff} leave", work):
        messages.success(request, _("已办理离岗，在办工作已交接，账号已停用。"))
        return redirect("administration:staff_one", staff)
    context = {
        "account": found,
        "form": form,
        "works": [
            (wording.tr(each.work.name), each.things, wording.tr(each.work.taken), wording.tr(each.work.alone))
            for each in leaving.of(person.city, staff, now=now)
        ],
    }
    return render(request, "administration/staff_leave.html", context, status=422 if form.errors else 200)


def _sent(request: HttpRequest, person: Person, found: Account, what: str) -> KeyedForm | None:
    """Return the form that was sent; None where there is no such thing to do."""
    now = clock.now()
    match what:
        case "name":
            return forms.NameForm(request.POST)
        case "unit":
            heirs = reading.successors(person.city, found.id, now=now)
            return forms.MoveForm(request.POST, units=_units(person, found, now), successors=heirs)
        case "give_role":
            return forms.TermForm(request.POST, rules=policies.rules_for(person.city, now=now))
        case "take_role":
            return forms.TakeRoleForm(request.POST)
        case "end_session":
            return forms.SessionForm(request.POST)
        case "password":
            return forms.ReasonForm(request.POST)
        case "disable" | "enable":
            return KeyedForm(request.POST)
        case _:
            return None


def _carry_out(person: Person, found: Account, what: str, form: KeyedForm, codes: list[str], now: datetime) -> None:
    city, actor = person.city, person.actor
    match form:
        case forms.NameForm():
            changing.rename(found.id, form.cleaned_data["name"], city=city, actor=actor, now=now)
        case forms.MoveForm():
            unit = form.cleaned_data["unit"]
            changing.move(found.id, unit, successor=form.heir, city=city, actor=actor, now=now)
        case forms.TermForm():
            terms.give(found.username, form.term(), city=city, actor=actor, now=now)
        case forms.TakeRoleForm():
            changing.take_role(found.id, form.cleaned_data["role"], city=city, actor=actor, now=now)
        case forms.SessionForm():
            sessions.end(found.id, form.cleaned_data["session"], city=city, actor=actor, now=now)
        case forms.ReasonForm():
            codes.append(_code(person, found.username, form.cleaned_data["reason"], now))
        case _:
            changing.set_active(found.id, active=what == "enable", city=city, actor=actor, now=now)


def _page(
    request: HttpRequest,
    person: Person,
    found: Account,
    *,
    refused: tuple[str, KeyedForm] | None = None,
    status: int = 200,
) -> HttpResponse:
    now = clock.now()
    rules = policies.rules_for(person.city, now=now)
    heirs = reading.successors(person.city, found.id, now=now)
    shown: dict[str, KeyedForm] = {
        "name": forms.NameForm(initial={"name": found.name}, auto_id="name_%s"),
        "unit": forms.MoveForm(
            initial={"unit": found.unit}, units=_units(person, found, now), successors=heirs, auto_id="unit_%s"
        ),
        "give_role": forms.TermForm(rules=rules, auto_id="role_%s"),
        "password": forms.ReasonForm(auto_id="password_%s"),
    }
    odd = None
    if refused is not None:
        what, form = refused
        odd = form if what not in shown else None
        if what in shown:
            form.auto_id = shown[what].auto_id
            shown[what] = form
    context = {
        "account": found,
        "state": wording.ACCOUNT_STATES[found.state],
        "roles": [
            (each, wording.ROLES.get(each.term.role, each.term.role), _of_term(each.term, rules), KeyedForm())
            for each in reading.roles(found.id, now=now)
        ],
        "sessions": [(each, KeyedForm()) for each in sessions.of(found.id, present=time.time())],
        "lines": facts.lines(reading.facts(found.id), wording.ACCOUNT_EVENTS),
        "forms": shown,
        "plain": KeyedForm(),
        "form": odd or KeyedForm(),
        "is_oneself": found.id == person.id,
    }
    return render(request, "administration/account.html", context, status=status)


def _coded(request: HttpRequest, staff: int, username: str, codes: Sequence[str]) -> HttpResponse:
    if not codes:
        messages.error(request, _("这个表单已经办理过。验证码只显示一次；没有记下的，请重新发放。"))
        return redirect("administration:staff_one", staff)
    context = {"staff": staff, "username": username, "code": codes[0], "days": passes.SETS_FOR.days}
    return render(request, "administration/staff_code.html", context)


def _code(person: Person, username: str, reason: str, now: datetime) -> str:
    return passes.give_password(username, city=person.city, reason=reason, actor=person.actor, now=now)


def _account_or_404(person: Person, staff: int) -> Account:
    found = reading.one(person.city, staff, now=clock.now())
    if found is None:
        raise Http404
    return found


def _units(person: Person, found: Account, now: datetime) -> list[str]:
    return list(dict.fromkeys([*queries.unit_names(person.city, now=now), *filter(None, [found.unit])]))


def _roles_of(each: Account) -> str:
    return wording.tr("、").join(wording.ROLES[role] for role in each.roles)


def _cells(each: Account) -> tuple[Any, ...]:
    seen = f"{each.last_seen.astimezone(ZONE):%Y-%m-%d %H:%M}" if each.last_seen is not None else ""
    return (each.username, each.name, each.unit, _roles_of(each), wording.ACCOUNT_STATES[each.state], seen)


def _of_term(term: Term, rules: Rules) -> str:
    """Return desk, level and kinds of a role in words."""
    more = [rules.desks.get(term.desk, term.desk), rules.staff_levels.get(term.level, term.level)]
    more += [rules.specialist_kinds.get(kind, kind) for kind in term.kinds]
    return wording.tr("、").join(wording.tr(each) for each in more if each)
