"""One's own appeals: the receipt, the query, the page of one, and what one may do with it.

Every step goes through `orders.actions`, as for everybody. What is not one's own is 404 and on record.
"""

from __future__ import annotations

import hashlib
from typing import Any, Final
from uuid import uuid4

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from minsheng import wording
from minsheng.appeals import attachments
from minsheng.appeals import queries as appeals
from minsheng.appeals.attachments import Checked, Ground
from minsheng.citizens import limits, visitors
from minsheng.citizens import messages as sms
from minsheng.citizens.forms import CitizenForm
from minsheng.citizens.visitors import Visitor, public
from minsheng.domain.actors import Actor
from minsheng.domain.orders import commands as cmd
from minsheng.domain.orders.order import CALLBACK, CALLBACK_MANUAL, CLOSED, Order
from minsheng.domain.rejected import Rejected
from minsheng.domain.rules import Rules
from minsheng.gateways import documents
from minsheng.orders import actions, own, queries, records
from minsheng.orders.queries import Row
from minsheng.policies import queries as policies
from minsheng.portal import drafts, plain, receipt, wizard_pages
from minsheng.portal.forms import ChoiceForm, KeyedForm, MaterialForm, QueryForm, RateForm, UrgeForm
from minsheng.publication import projection
from minsheng.publication import queries as publication

_WRONG: Final = "query_wrong"


@require_safe
@public
def start(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Show what is taken and what is not, emergency numbers first."""
    rules = policies.rules_for(visitor.city.code, now=visitor.now)
    newest, _following = publication.page(visitor.city.code, publication.Wanted(), after=None)
    codes = wording.CHOICES["code"]
    context = {
        "rules_title": rules.title,
        "types": [wording.tr(label) for label in rules.appeal_types.values()],
        "not_taken": [codes[code] for code in rules.reject_codes if code in codes and code != "R6"],
        "emergency": [_numbered(number) for number in rules.emergency_numbers],
        "newest": newest[:5],
    }
    return render(request, "portal/start.html", context)


@require_safe
@public
def receipt_page(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Show the receipt of what was filed last; it can be read again until tomorrow."""
    made, _rules = _receipt(request, visitor)
    address = _query_address(request, visitor, made.number)
    context = {"receipt": made, "qr": documents.qr_svg(address, label=_("查询进度的二维码"))}
    return render(request, "portal/receipt.html", context)


@require_safe
@public
def receipt_pdf(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Send the receipt as a PDF."""
    made, rules = _receipt(request, visitor)
    name = content_disposition_header(True, _("诉求回执 %(number)s.pdf") % {"number": made.number}) or "attachment"
    return HttpResponse(
        receipt.pdf(made, city=visitor.city.name, rules=rules, address=_query_address(request, visitor, made.number)),
        content_type="application/pdf",
        headers={"Content-Disposition": name, "Cache-Control": "private, no-store"},
    )


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
@public
def query(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Open an appeal by number and code; the same words for a wrong number, a wrong code, and nothing at all."""
    initial = {"number": request.GET.get("number", "")[:40]}
    form = QueryForm(request.POST if request.method == "POST" else None, initial=initial, now=visitor.now)
    if request.method == "POST" and form.is_valid():
        number = form.cleaned_data["number"]
        try:
            row = _opened_by_code(visitor, number, form.cleaned_data["code"])
        except limits.TooOften as often:
            form.add_error(None, wording.say(often))
        else:
            if row is not None:
                visitors.open_order(request, visitor.city.code, row.id)
                return redirect("portal:appeal", visitor.city.code, row.number)
            form.add_error(None, wording.say(Rejected(_WRONG)))
    return render(request, "portal/query.html", {"form": form}, status=422 if request.method == "POST" else 200)


@require_safe
@public
def link(request: HttpRequest, visitor: Visitor, token: str) -> HttpResponse:
    """Open the one order of a text message's link."""
    order = sms.order_of_link(token, city=visitor.city.code, now=visitor.now) if len(token) < 100 else None
    row = own.of_id(visitor.city.code, order) if order is not None else None
    if row is None:
        raise visitors.strange(visitor, wanted="link", command="open_link")
    visitors.open_order(request, visitor.city.code, row.id)
    return redirect("portal:appeal", visitor.city.code, row.number)


@require_safe
@public
def mine(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Show the appeals that this session may see, and what the account follows."""
    found = {row.id: row for row in own.of_appellants(visitor.city.code, visitor.appellants)}
    found |= {row.id: row for row in own.of_ids(visitor.city.code, visitor.opened)}
    rows = sorted(found.values(), key=lambda row: (row.registered_at, row.id), reverse=True)
    context = {
        "rows": [{"row": row, "state": _brief(row)} for row in rows],
        "followed": publication.followed(visitor.account.id) if visitor.account is not None else (),
        "account": visitor.account,
    }
    return render(request, "portal/mine.html", context)


@require_safe
@public
def appeal(request: HttpRequest, visitor: Visitor, number: str) -> HttpResponse:
    """Show one's own appeal."""
    return _page(request, visitor, _own(visitor, number))


@sensitive_post_parameters()
@require_POST
@public
def add(request: HttpRequest, visitor: Visitor, number: str) -> HttpResponse:
    """Add words or files. Source: JY-9.1a, SQ-10.1."""
    row = _own(visitor, number)
    form = MaterialForm(request.POST, auto_id="material_%s")
    checked: list[Checked] = []
    refused: list[str] = []
    uploads = request.FILES.getlist("files")
    if uploads:
        ground = _ground(row)
        refused, _status = wizard_pages.taken(
            uploads,
            visitor,
            lambda stream, name, scanner: checked.append(
                attachments.check(
                    stream, name=name, ground=ground, actor=visitor.actor, scanner=scanner, now=visitor.now
                )
            ),
        )
    for each in refused:
        form.add_error(None, each)
    if not form.is_valid():
        return _page(request, visitor, row, material=form, status=422)
    command = cmd.AddMaterial(text=form.cleaned_data["text"], files=len(checked) or None)
    try:
        _act(visitor, row, form, command, said=[each.digest for each in checked], files=checked)
    except Rejected as rejected:
        form.add_error(None, _say(rejected, visitor))
        return _page(request, visitor, row, material=form, status=409)
    messages.success(request, _("已补充。"))
    return redirect("portal:appeal", visitor.city.code, row.number)


@require_POST
@public
def urge(request: HttpRequest, visitor: Visitor, number: str) -> HttpResponse:
    """Urge, once a day. Source: SZ-39, SQ-18.0."""
    row = _own(visitor, number)
    form = UrgeForm(request.POST, auto_id="urging_%s")
    if form.is_valid():
        return _done(request, visitor, row, form, cmd.Urge(text=form.cleaned_data["text"]), _("已催办。"), "urge")
    return _page(request, visitor, row, urging=form, status=422)


@require_POST
@public
def rate(request: HttpRequest, visitor: Visitor, number: str) -> HttpResponse:
    """Rate: by the text message's answer where one waits, else by oneself. Source: JY-9.6, SZ-15.5a, SQ-10.5a."""
    row = _own(visitor, number)
    rules = policies.rules_for(visitor.city.code, now=visitor.now)
    form = RateForm(request.POST, rules=rules, auto_id="rating_%s")
    if not form.is_valid():
        return _page(request, visitor, row, rating=form, status=422)
    given = {
        "satisfied": form.cleaned_data["satisfied"],
        "resolved": form.cleaned_data["resolved"] == "yes",
        "cause": form.cleaned_data["cause"],
        "remark": form.cleaned_data["remark"],
    }
    by_sms = _sms_waits(queries.state_of(row))
    command = cmd.AnswerSms(**given) if by_sms else cmd.Rate(**given)
    return _done(request, visitor, row, form, command, _("谢谢您的评价。"), "rating")


@require_POST
@public
def choose(request: HttpRequest, visitor: Visitor, number: str) -> HttpResponse:
    """Change the choice of publication; what is public goes at once. Source: JY-9.8.2, A-62."""
    row = _own(visitor, number)
    form = ChoiceForm(request.POST, auto_id="choosing_%s")
    if not form.is_valid():
        return _page(request, visitor, row, choosing=form, status=422)
    command = cmd.SetPublish(publish=form.cleaned_data["publish"])
    return _done(request, visitor, row, form, command, _("已按您的意愿修改。"), "choosing")


def _done(
    request: HttpRequest, visitor: Visitor, row: Row, form: CitizenForm, command: cmd.Command, done: str, name: str
) -> HttpResponse:
    try:
        _act(visitor, row, form, command)
    except Rejected as rejected:
        form.add_error(None, _say(rejected, visitor))
        named = {"urge": "urging"}.get(name, name)
        return _page(request, visitor, row, status=409, **{named: form})
    messages.success(request, done)
    return redirect("portal:appeal", visitor.city.code, row.number)


def _act(
    visitor: Visitor,
    row: Row,
    form: CitizenForm,
    command: cmd.Command,
    *,
    said: list[str] | None = None,
    files: list[Checked] | None = None,
) -> None:
    """Carry a command out under the form's key, and keep the files that came with it. Raises: Rejected."""
    who = str(visitor.account.id) if visitor.account is not None else row.id
    limits.hit(limits.ACT_BY_ACCOUNT, who, now=visitor.now)
    asked = f"{row.id} {command!r} {said or ''}".encode()
    key = actions.Key(f"citizen:{row.id}", str(form.cleaned_data["key"]), hashlib.sha256(asked).digest())
    actor = _actor(visitor, row)

    def attach() -> None:
        if files:
            attachments.attach(files, ground=_ground(row), actor=actor, store=attachments.store(), now=visitor.now)

    actions.apply(command, order_id=row.id, actor=actor, now=visitor.now, key=key, beside=attach)
    projection.refresh(row.id)


def _actor(visitor: Visitor, row: Row) -> Actor:
    """Return the appellant as the actor: whoever holds number and code acts as whoever filed."""
    words = appeals.words_of(row.id)
    appellant = words.appellant if words is not None else None
    return Actor("citizen", person=f"appellant:{appellant}" if appellant else visitor.actor.person)


def _own(visitor: Visitor, number: str) -> Row:
    """Return one's own order. Raises: Http404 for every other, on record."""
    row = own.of_number(visitor.city.code, number) if len(number) <= 40 else None
    if row is not None and (row.id in visitor.opened or own.is_of(row, visitor.appellants)):
        return row
    raise visitors.strange(visitor, wanted=f"appeal {number}", command="read_appeal")


def _opened_by_code(visitor: Visitor, number: str, code: str) -> Row | None:
    """Return the order that number and code open; failures are counted by number and on record. Raises: TooOften."""
    limits.hit(limits.QUERY_BY_ADDRESS, visitor.address, now=visitor.now)
    limits.check(limits.QUERY_BY_NUMBER, f"{visitor.city.code} {number}", now=visitor.now)
    row = own.of_number(visitor.city.code, number)
    if drafts.opens(row.id if row is not None else "", code) and row is not None:
        return row
    limits.hit(limits.QUERY_BY_NUMBER, f"{visitor.city.code} {number}", now=visitor.now)
    visitors.strange(visitor, wanted=f"query {number}", command="query")
    return None


def _page(
    request: HttpRequest,
    visitor: Visitor,
    row: Row,
    *,
    material: CitizenForm | None = None,
    urging: CitizenForm | None = None,
    rating: CitizenForm | None = None,
    choosing: CitizenForm | None = None,
    status: int = 200,
) -> HttpResponse:
    rules = policies.rules_for(visitor.city.code, now=visitor.now)
    fresh = own.of_id(visitor.city.code, row.id)
    if fresh is None:
        raise Http404
    order = queries.state_of(fresh)
    facts = [records.from_ledger(each) for each in queries.history(row.id)]
    words = appeals.words_of(row.id)
    knows_who = visitor.account is not None and own.is_of(row, visitor.appellants)
    failed = next((form for form in (material, urging, rating, choosing) if form is not None), None)
    context = {
        "row": fresh,
        "form": failed,
        "words": words,
        "added": appeals.additions(row.id),
        "files": [each for each in attachments.of_order(row.id) if each.purpose == "APPEAL"],
        "standing": plain.standing(order, rules),
        "lines": plain.timeline(facts, order, rules, knows_who=knows_who),
        "is_open": order.is_open,
        "material": material or MaterialForm(**_fresh("material")),
        "urging": urging or UrgeForm(**_fresh("urging")),
        "rating": (rating or RateForm(**_fresh("rating"), rules=rules)) if _may_rate(order, rules) else None,
        "choosing": (choosing or _choice(order)) if _may_choose(order) else None,
        "publish": order.publish,
        "is_confidential": order.confidential,
        "messages_sent": [each for each in sms.of_order(row.id) if each.state != "WAITING"],
        "public": publication.case(visitor.city.code, fresh.number) if fresh.is_published else None,
    }
    return render(request, "portal/appeal.html", context, status=status)


def _fresh(name: str, **initial: object) -> dict[str, Any]:
    """Return what a form of the page begins with: a key of its own, and ids that no other form has."""
    return {"initial": {"key": uuid4(), **initial}, "auto_id": f"{name}_%s"}


def _choice(order: Order) -> KeyedForm:
    return ChoiceForm(**_fresh("choosing", publish=order.publish or "no"))


def _may_choose(order: Order) -> bool:
    return not order.is_internal and not order.confidential


def _may_rate(order: Order, rules: Rules) -> bool:
    """Tell whether the appellant can rate now, by the message or by oneself."""
    if order.status not in (CALLBACK, CALLBACK_MANUAL):
        return False
    by_oneself = "self" in rules.callback_chain and not (order.utility or order.is_emergency)
    return by_oneself or _sms_waits(order)


def _sms_waits(order: Order) -> bool:
    timer = order.timer("sms")
    return order.status == CALLBACK and timer is not None and timer.status == "running"


def _ground(row: Row) -> Ground:
    return Ground(row.id, row.city_id, "APPEAL", "", row.round, row.status)


def _receipt(request: HttpRequest, visitor: Visitor) -> tuple[receipt.Receipt, Rules]:
    kept = wizard_pages.filed_draft(request, visitor)
    row = own.of_id(visitor.city.code, kept.order) if kept is not None else None
    if kept is None or row is None:
        raise visitors.strange(visitor, wanted="receipt", command="read_receipt")
    rules = policies.rules_for(visitor.city.code, now=visitor.now)
    kind = wording.tr(rules.appeal_types.get(row.type, ""))
    made = receipt.of(queries.state_of(row), number=row.number, code=kept.answers["code"], rules=rules, kind=kind)
    return made, rules


def _query_address(request: HttpRequest, visitor: Visitor, number: str) -> str:
    """Return the query page's address; the code is never in one."""
    return request.build_absolute_uri(f"{reverse('portal:query', args=(visitor.city.code,))}?number={number}")


def _brief(row: Row) -> str:
    return _("已办结") if row.status == CLOSED else _("办理中")


def _numbered(number: str) -> tuple[str, str]:
    """Return an emergency number with what it is for."""
    known = {"110": _("报警"), "119": _("火警、抢险"), "120": _("急救"), "122": _("交通事故"), "水上": _("水上救援")}
    return ("12395" if number == "水上" else number, known.get(number, ""))


def _say(rejected: Rejected, visitor: Visitor) -> str:
    return wording.say(rejected, policies.rules_for(visitor.city.code, now=visitor.now))
