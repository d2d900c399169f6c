"""The desk of supervision orders: what the rules suggest with its evidence, what was issued and how it stands.

A suggestion is issued in one press or dismissed with a reason; several orders get one at once, each with a result of
its own. Source: SZ-39, SZ-40.1 to SZ-40.5, SQ-18.0 to SQ-18.5, JY-20.8; who issues: the pack (A-75).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID, uuid4, uuid5

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from minsheng import wording
from minsheng.cases.orders import actions
from minsheng.cases.orders.actions import Key
from minsheng.cases.orders.office import oversight, supervisions
from minsheng.cases.orders.office.supervisions import SuggestionRow, Wanted
from minsheng.cases.orders.reading import words as reading
from minsheng.cases.orders.storage import queries
from minsheng.cases.registers import queries as registers
from minsheng.core.drafts import typed
from minsheng.core.people.gates import desk
from minsheng.core.people.queries import Person
from minsheng.core.policies import queries as policies
from minsheng.desks.supervision import paper
from minsheng.domain.actors import UNIT_ROLES
from minsheng.domain.orders import commands as cmd
from minsheng.domain.packs import Rules
from minsheng.domain.rejected import Rejected
from minsheng.gateways import clock
from minsheng.workbench import downloads, watched
from minsheng.workbench.forms import LONG_TEXT, SummedForm, status_of
from minsheng.workbench.steps import fingerprint, order_or_404

# What somebody can still look through before pressing.
MOST = 50


class IssueForm(SummedForm):
    """As which category, and on what ground; an order with a suggestion may do without."""

    category = forms.ChoiceField(label=gettext_lazy("督办类别"), required=False)
    ground = forms.CharField(
        label=gettext_lazy("督办事由"),
        required=False,
        max_length=LONG_TEXT,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("不填则各件按其系统建议的类别和事由。"),
    )

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        named = [(code, wording.CHOICES["category"][code]) for code in supervisions.CATEGORIES]
        field = self.fields["category"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("按各件的建议")), *named]


class DismissForm(SummedForm):
    """Why no supervision order follows."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    reason = forms.CharField(
        label=gettext_lazy("不予督办的理由"),
        max_length=LONG_TEXT,
        error_messages={"required": gettext_lazy("请写明不予督办的理由，建议和理由都会保留。")},
        widget=forms.Textarea(attrs={"rows": 3}),
    )


@dataclass(frozen=True, slots=True)
class Line:
    """One order that is to be supervised, and afterwards what came of it."""

    id: str
    number: str
    title: str
    suggested: str = ""
    refusal: str = ""
    done: bool = False


@require_safe
@desk
def orders(request: HttpRequest, person: Person) -> HttpResponse:
    """Show a tab of the desk: suggestions with rule and evidence, or supervision orders."""
    _oversees(person)
    now = clock.now()
    rules = policies.rules_for(person.city, now=now)
    tab = request.GET.get("tab", "suggested")
    if tab not in supervisions.TABS:
        raise Http404
    wanted = _wanted(request)
    begin = _begin(request.GET.get("from", ""))
    listed = supervisions.page(tab, person.actor, city=person.city, now=now, wanted=wanted, begin=begin)
    counts = supervisions.counts(person.actor, city=person.city, now=now, wanted=wanted)
    context = {
        "lacks_plan": registers.lacks_plan(person.city, rules),
        "tabs": [(code, _labels()[code], counts[code], _address(code, wanted)) for code in supervisions.TABS],
        "current": tab,
        "label": _labels()[tab],
        "rows": _rows(tab, listed.rows, person, rules),
        "of_suggestions": supervisions.is_of_suggestions(tab),
        "may_issue": person.acting_as in rules.supervision_issuer,
        "key": uuid4(),
        "wanted": wanted,
        "categories": [(code, wording.CHOICES["category"][code]) for code in supervisions.CATEGORIES],
        "back": _address(tab, wanted, begin - supervisions.PAGE) if begin else "",
        "next": _address(tab, wanted, begin + supervisions.PAGE) if begin + supervisions.PAGE < listed.total else "",
        "now": now,
    }
    return render(request, "desks/supervision_orders.html", context)


@require_POST
@desk
def issue_suggested(request: HttpRequest, person: Person, pk: int) -> HttpResponse:
    """Issue what is suggested, or raise the order that has no answer, in one press; pressed twice it is one."""
    suggestion = _suggestion(person, pk)
    row = suggestion.order
    try:
        key = uuid5(UUID(request.POST.get("key", "")), str(pk))
    except ValueError:
        messages.error(request, _("表单已失效，请刷新后再操作。"))
        return redirect("desks:supervision_orders")
    try:
        _carry_out(row, person, key, suggestion=suggestion)
    except Rejected as rejected:
        messages.error(request, f"{row.number} {wording.say(rejected)}")
    else:
        messages.success(request, _("已督办 %(number)s。") % {"number": row.number})
    return redirect("desks:supervision_orders")


@require_http_methods(["GET", "POST"])
@desk
def dismiss(request: HttpRequest, person: Person, pk: int) -> HttpResponse:
    """Dismiss a suggestion with a reason; it stays on record and in its list. Source: SZ-40.1, SQ-18.1."""
    suggestion = _suggestion(person, pk)
    row = order_or_404(person, suggestion.order_id)
    now = clock.now()
    rules = policies.rules_for(person.city, now=now)
    form, status = DismissForm(initial={"key": uuid4()}), 200
    if request.method == "POST":
        form = DismissForm(request.POST)
        status = 422
        if form.is_valid():
            command = cmd.DismissSuggestion(
                category=suggestion.category, ground=suggestion.ground, reason=form.cleaned_data["reason"]
            )
            print_of_it = fingerprint(f"{pk} dismiss", {"reason": command.reason})
            key = Key(f"staff:{person.id}", str(form.cleaned_data["key"]), print_of_it)
            try:
                actions.apply(command, order_id=row.id, actor=person.actor, now=now, key=key)
            except Rejected as rejected:
                form.add_error(None, wording.say(rejected, rules))
                status = status_of(rejected)
            else:
                typed.taken(request)
                messages.success(request, _("已记录：%(number)s 不予督办。") % {"number": row.number})
                return redirect("desks:supervision_orders")
    (shown,) = watched.suggestions_shown([suggestion], rules=rules, now=now)
    context = {"row": row, "suggestion": shown, "form": form}
    return render(request, "desks/supervision_dismiss.html", context, status=status)


@require_http_methods(["GET", "POST"])
@desk
def issue(request: HttpRequest, person: Person) -> HttpResponse:
    """Issue supervision orders to several orders at once, each by itself with a result of its own."""
    now = clock.now()
    rules = policies.rules_for(person.city, now=now)
    if person.acting_as not in rules.supervision_issuer:
        raise PermissionDenied("not an issuer")
    data = request.POST if request.method == "POST" else request.GET
    ids = [each for each in dict.fromkeys(data.getlist("orders")) if "\0" not in each]
    if len(ids) > MOST:
        said = _("一次最多办理 %(most)s 件，您选了 %(n)s 件。请分批办理。") % {"most": MOST, "n": len(ids)}
        return _issue_page(request, IssueForm(), (), said=said, status=422)
    rows = _chosen(person, ids)
    if not rows:
        said = _("没有选中工单。请回到列表勾选。")
        return _issue_page(request, IssueForm(), (), said=said, status=422 if request.method == "POST" else 200)
    suggested = supervisions.open_suggestions([row.id for row in rows])
    lines = [_line(row, suggested.get(row.id)) for row in rows]
    if request.method == "GET":
        return _issue_page(request, IssueForm(), lines)
    form = IssueForm(request.POST)
    try:
        batch = UUID(request.POST.get("key", ""))
    except ValueError:
        return _issue_page(request, form, lines, said=_("表单已失效，请重新提交。"), status=422)
    if not form.is_valid():
        return _issue_page(request, form, lines, status=422)
    category, ground = form.cleaned_data["category"], form.cleaned_data["ground"].strip()
    done = [_issued(row, suggested.get(row.id), person, batch, category, ground, rules) for row in rows]
    typed.taken(request)
    return _issue_page(request, form, done, stage="done")


@require_safe
@desk
def rules_page(request: HttpRequest, person: Person) -> HttpResponse:
    """Show the rules with their thresholds, and what they would suggest until the end of today."""
    _oversees(person)
    now = clock.now()
    rules = policies.rules_for(person.city, now=now)
    found = []
    for each in supervisions.expected(person.actor, city=person.city, rules=rules, now=now):
        found.append(each)
        if len(found) > supervisions.MOST_EXPECTED:
            break
    titles = reading.titles([each.row for each in found], actor=person.actor, city=person.city)
    lines = [
        (each.row, titles[each.row.id], watched.rule_of(each.category, each.ground, rules))
        for each in found[: supervisions.MOST_EXPECTED]
    ]
    context = {
        "rules": watched.rules_shown(rules),
        "edition": f"{rules.pack}@{rules.version}",
        "issuers": [wording.ROLES[each] for each in rules.supervision_issuer],
        "limit": wording.plain_length(rules.supervision_limit),
        "lines": lines,
        "is_more": len(found) > supervisions.MOST_EXPECTED,
        "now": now,
    }
    return render(request, "desks/supervision_rules.html", context)


@require_safe
@desk
def paper_pdf(request: HttpRequest, person: Person, order_id: str, seq: int) -> HttpResponse:
    """Send a supervision order as the paper that is filed (督办单), without who said it."""
    row = order_or_404(person, order_id)
    found = supervisions.paper(row.id, seq)
    if found is None:
        raise Http404
    now = clock.now()
    rules = policies.rules_for(person.city, now=now)
    content = paper.pdf(row, *found, person=person, rules=rules, fonts=settings.FONTS_FOLDER)
    return downloads.attachment(content, "pdf", _("督办单 %(number)s.pdf") % {"number": found[0].number})


def _carry_out(
    row: queries.Row,
    person: Person,
    key: UUID,
    *,
    suggestion: SuggestionRow | None = None,
    category: str = "",
    ground: str = "",
) -> None:
    """Issue a supervision order, or raise the one that has no answer. Raises: Rejected."""
    command: cmd.Command
    if suggestion is not None and suggestion.ground == "supervision_missed" and not category:
        command = cmd.RaiseSupervision()
    else:
        if suggestion is not None:
            category = category or suggestion.category
            ground = ground or wording.GROUNDS.get(suggestion.ground, suggestion.ground)
        command = cmd.Supervise(category=category, ground=ground)
    print_of_it = fingerprint(f"{row.id} {command.name}", {"category": category, "ground": ground})
    key_of_it = Key(f"staff:{person.id}", str(key), print_of_it)
    actions.apply(command, order_id=row.id, actor=person.actor, now=clock.now(), key=key_of_it)


def _issued(
    row: queries.Row,
    suggestion: SuggestionRow | None,
    person: Person,
    batch: UUID,
    category: str,
    ground: str,
    rules: Rules,
) -> Line:
    plain = _line(row, suggestion)
    try:
        _carry_out(row, person, uuid5(batch, row.id), suggestion=suggestion, category=category, ground=ground)
    except Rejected as rejected:
        said = wording.say(rejected, rules)
        return Line(plain.id, plain.number, plain.title, plain.suggested, refusal=said)
    return Line(plain.id, plain.number, plain.title, plain.suggested, done=True)


def _line(row: queries.Row, suggestion: SuggestionRow | None) -> Line:
    label = ""
    if suggestion is not None:
        label = f"{suggestion.category} {wording.GROUNDS.get(suggestion.ground, suggestion.ground)}"
    return Line(row.id, row.number, row.title, label)


def _chosen(person: Person, ids: Sequence[str]) -> list[queries.Row]:
    """Return the chosen orders that exist for the person, in the order in which they were chosen."""
    found = {row.id: row for row in queries.visible(person.actor, city=person.city).filter(id__in=ids).defer("state")}
    chosen = [found[each] for each in ids if each in found]
    return reading.retold(chosen, actor=person.actor, city=person.city)


def _issue_page(
    request: HttpRequest,
    form: IssueForm,
    lines: Sequence[Line],
    *,
    said: str = "",
    stage: str = "choose",
    status: int = 200,
) -> HttpResponse:
    done = sum(1 for line in lines if line.done)
    context = {"form": form, "lines": lines, "said": said, "stage": stage, "done": done, "key": uuid4()}
    return render(request, "desks/supervision_issue.html", context, status=status)


def _rows(tab: str, found: Sequence[Any], person: Person, rules: Rules) -> list[tuple[queries.Row, str, Any]]:
    """Return each order's row, its title as it may leave, and what is suggested or issued there."""
    now = clock.now()
    titles = reading.titles([each.order for each in found], actor=person.actor, city=person.city)
    shown: Sequence[Any]
    if supervisions.is_of_suggestions(tab):
        shown = watched.suggestions_shown(found, rules=rules, now=now)
    else:
        shown = watched.supervisions_shown(found, now=now)
    return [(each.order, titles[each.order_id], one) for each, one in zip(found, shown, strict=True)]


def _suggestion(person: Person, pk: int) -> SuggestionRow:
    """Return a suggestion for whoever may decide on it. Raises: Http404, PermissionDenied."""
    rules = policies.rules_for(person.city, now=clock.now())
    found = supervisions.suggestion_of(pk, person.actor, city=person.city)
    # A unit does not learn that its order is suggested.
    if found is None or person.acting_as in UNIT_ROLES:
        raise Http404
    if person.acting_as not in rules.supervision_issuer:
        raise PermissionDenied("not an issuer")
    return found


def _oversees(person: Person) -> None:
    """Raise Http404 for who oversees no units."""
    if person.acting_as not in oversight.ROLES:
        raise Http404


def _wanted(request: HttpRequest) -> Wanted:
    """Return what the list is narrowed to; what an address says wrongly narrows nothing."""
    given = {name: request.GET.get(name, "").replace("\0", "").strip()[:100] for name in ("unit", "category", "number")}
    if given["category"] not in supervisions.CATEGORIES:
        given["category"] = ""
    return Wanted(**given)


def _address(tab: str, wanted: Wanted, begin: int = 0) -> str:
    parts = {"tab": tab, "unit": wanted.unit, "category": wanted.category, "number": wanted.number}
    query = {name: value for name, value in parts.items() if value}
    if begin > 0:
        query["from"] = str(begin)
    return f"{resolve_url('desks:supervision_orders')}?{urlencode(query)}"


def _begin(text: str) -> int:
    """Return at which row a page begins; an address that was tampered with begins at the top."""
    return int(text) if text.isdecimal() and text.isascii() and len(text) < 6 else 0


def _labels() -> dict[str, str]:
    return {
        "suggested": _("建议"),
        "issued": _("已发"),
        "awaiting": _("待反馈"),
        "answered": _("待审核反馈"),
        "overdue": _("逾期"),
        "raised": _("升级"),
        "closed": _("已结"),
        "dismissed": _("不予督办"),
    }
