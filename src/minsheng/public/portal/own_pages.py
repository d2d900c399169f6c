"""One's own appeals: the list, the page of one, and what one may do with it.

Every step goes through `orders.actions`, as for everybody. What is not one's own is 404 and on record.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from minsheng import wording
from minsheng.cases.appeals import queries as appeals
from minsheng.cases.incoming import conversation
from minsheng.cases.orders import actions
from minsheng.cases.orders.reading import own
from minsheng.cases.orders.reading import words as reading
from minsheng.cases.orders.storage import queries, records
from minsheng.cases.orders.storage.queries import Row
from minsheng.core.files import actions as keeping
from minsheng.core.files import gates, places
from minsheng.core.files import pages as sending
from minsheng.core.files import queries as kept
from minsheng.core.files.queries import Twin
from minsheng.core.files.values import Checked
from minsheng.core.messages import queries as told
from minsheng.core.messages.values import Sent
from minsheng.core.policies import queries as policies
from minsheng.domain.actors import Actor
from minsheng.domain.facts import Notice
from minsheng.domain.orders import commands as cmd
from minsheng.domain.orders.order import CALLBACK, CALLBACK_MANUAL, CLOSED, HANDLED_REASONS, Order
from minsheng.domain.rejected import Rejected
from minsheng.domain.rules import Rules
from minsheng.public.citizens import limits, visitors
from minsheng.public.citizens.forms import CitizenForm
from minsheng.public.citizens.visitors import Visitor, public
from minsheng.public.portal import joined, own_files, plain, wizard_pages
from minsheng.public.portal.forms import ChoiceForm, KeyedForm, MaterialForm, RateForm, UrgeForm
from minsheng.public.portal.own_files import OwnFiles
from minsheng.public.publication import projection
from minsheng.public.publication import queries as publication


@require_safe
@public
def mine(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Show the appeals that this session may see, and what the account follows."""
    found = {row.id: row for row in own.of_appellants(visitor.city.code, visitor.appellants)}
    found |= {row.id: row for row in own.of_ids(visitor.city.code, visitor.opened)}
    rows = sorted(found.values(), key=lambda row: (row.registered_at, row.id), reverse=True)
    rules = policies.rules_for(visitor.city.code, now=visitor.now)
    context = {
        "rows": [
            {"row": row, "title": "" if row.is_sealed else row.title, "state": _brief(row, rules)} for row in rows
        ],
        "followed": publication.followed(visitor.account.id) if visitor.account is not None else (),
        "account": visitor.account,
    }
    return render(request, "portal/mine.html", context)


@require_safe
@public
def appeal(request: HttpRequest, visitor: Visitor, number: str) -> HttpResponse:
    """Show one's own appeal."""
    return _page(request, visitor, _own(visitor, number))


@require_safe
@public
def file(request: HttpRequest, visitor: Visitor, number: str, file: UUID) -> HttpResponse:
    """Send a file of one's own appeal: what one brought, or what came with an answer that has passed."""
    row = _own(visitor, number)
    held = OwnFiles(row)
    if kept.find(held, file) is None:
        raise visitors.strange(visitor, wanted=f"file {file}", command="read_file")
    return sending.send(request, file, held=held, actor=_actor(visitor, row), now=visitor.now)


@sensitive_post_parameters()
@require_POST
@public
def add(request: HttpRequest, visitor: Visitor, number: str) -> HttpResponse:
    """Add words or files. Source: JY-9.1a, SQ-10.1."""
    row = _own(visitor, number)
    form = MaterialForm(request.POST, auto_id="material_%s")
    checked: list[Checked] = []
    uploads = request.FILES.getlist("files")
    if uploads:
        ground = gates.ground(OwnFiles(row), "APPEAL")
        refused, status = wizard_pages.taken(
            uploads,
            visitor,
            lambda stream, name, scanner: checked.append(
                keeping.check(stream, name=name, ground=ground, actor=visitor.actor, scanner=scanner, now=visitor.now)
            ),
        )
        if refused:
            return _page(request, visitor, row, failed={"material": form}, refused=refused, status=status)
    if not form.is_valid():
        return _page(request, visitor, row, failed={"material": form}, status=422)
    if not checked and not form.cleaned_data["text"]:
        form.add_error("text", _("请写下要补充的内容，或选择文件。"))
        return _page(request, visitor, row, failed={"material": form}, status=422)
    command = cmd.AddMaterial(text=form.cleaned_data["text"], files=len(checked) or None, joined=own_files.joined(row))
    try:
        twins = _act(visitor, row, form, command, said=[each.digest for each in checked], files=checked)
    except Rejected as rejected:
        form.add_error(None, _say(rejected, visitor))
        return _page(request, visitor, row, failed={"material": form}, status=409)
    messages.success(request, " ".join((_("已补充。"), *sending.said_twice(twins))))
    return redirect("portal:appeal", visitor.city.code, row.number)


@require_POST
@public
def urge(request: HttpRequest, visitor: Visitor, number: str) -> HttpResponse:
    """Urge, as often as the rules let (`urge_every`). Source: SZ-39, SQ-18.0."""
    row = _own(visitor, number)
    form = UrgeForm(request.POST, auto_id="urging_%s")
    if form.is_valid():
        command = cmd.Urge(text=form.cleaned_data["text"], joined=own_files.joined(row))
        return _done(request, visitor, row, form, command, _("已催办。"), "urging")
    return _page(request, visitor, row, failed={"urging": form}, status=422)


@require_POST
@public
def rate(request: HttpRequest, visitor: Visitor, number: str) -> HttpResponse:
    """Rate: by the text message's answer where one waits, else by oneself. Source: JY-9.6, SZ-15.5a, SQ-10.5a."""
    row = _own(visitor, number)
    rules = policies.rules_for(visitor.city.code, now=visitor.now)
    form = RateForm(request.POST, rules=rules, auto_id="rating_%s")
    if not form.is_valid():
        return _page(request, visitor, row, failed={"rating": form}, status=422)
    given = {
        "satisfied": form.cleaned_data["satisfied"],
        "resolved": form.cleaned_data["resolved"] == "yes",
        "cause": form.cleaned_data["cause"],
        "remark": form.cleaned_data["remark"],
    }
    if own_files.joined(row):
        command: cmd.Command = cmd.RateJoined(**given, joined=row.id)
    else:
        command = cmd.AnswerSms(**given) if _sms_waits(queries.state_of(row)) else cmd.Rate(**given)
    return _done(request, visitor, row, form, command, _("谢谢您的评价。"), "rating")


@require_POST
@public
def choose(request: HttpRequest, visitor: Visitor, number: str) -> HttpResponse:
    """Change the choice of publication; what is public goes at once. Source: JY-9.8.2, A-62."""
    row = _own(visitor, number)
    form = ChoiceForm(request.POST, auto_id="choosing_%s")
    if not form.is_valid():
        return _page(request, visitor, row, failed={"choosing": form}, status=422)
    command = cmd.SetPublish(publish=form.cleaned_data["publish"])
    return _done(request, visitor, row, form, command, _("已按您的意愿修改。"), "choosing")


def _done(
    request: HttpRequest, visitor: Visitor, row: Row, form: CitizenForm, command: cmd.Command, done: str, name: str
) -> HttpResponse:
    try:
        _act(visitor, row, form, command)
    except Rejected as rejected:
        form.add_error(None, _say(rejected, visitor))
        return _page(request, visitor, row, failed={name: form}, status=409)
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
) -> list[Twin]:
    """Carry a command out under the form's key, and keep the files that came with it. Raises: Rejected.

    Return which of the files have the content of another.
    """
    twins: list[Twin] = []
    who = str(visitor.account.id) if visitor.account is not None else row.id
    limits.hit(limits.ACT_BY_ACCOUNT, who, now=visitor.now)
    # What was sent, not what is made of it: a second press means the same, also when the order has moved on.
    sent = {name: str(value) for name, value in form.cleaned_data.items() if name != "key"}
    asked = f"{row.id} {type(form).__name__} {sorted(sent.items())} {said or ''}".encode()
    fingerprint = hashlib.sha256(asked).digest()
    actor = _actor(visitor, row)

    def attach() -> None:
        if files:
            held = OwnFiles(row)
            twins.extend(kept.twins(files, held))
            ground = gates.ground(held, "APPEAL")
            keeping.attach(files, ground=ground, actor=actor, store=places.store(), now=visitor.now)

    hearing = joined.hearing(row, command)
    refused: list[Rejected] = []
    for each in hearing:
        scope = f"citizen:{row.id}" if len(hearing) == 1 else f"citizen:{row.id} {each.id}"
        key = actions.Key(scope, str(form.cleaned_data["key"]), fingerprint)
        is_first = len(refused) == hearing.index(each)
        try:
            actions.apply(
                command, order_id=each.id, actor=actor, now=visitor.now, key=key, beside=attach if is_first else None
            )
        except Rejected as rejected:
            refused.append(rejected)
        projection.refresh(each.id)
    # Where the matter was split, one part that takes it is enough.
    if len(refused) == len(hearing):
        raise refused[0]
    return twins


def _actor(visitor: Visitor, row: Row) -> Actor:
    """Return the appellant as the actor: whoever holds number and code acts as whoever filed."""
    words = appeals.words_of(records.appeal_of(row.id))
    appellant = words.appellant if words is not None else None
    return Actor("citizen", person=f"appellant:{appellant}" if appellant else visitor.actor.person)


def _own(visitor: Visitor, number: str) -> Row:
    """Return one's own order. Raises: Http404 for every other, on record."""
    row = own.of_number(visitor.city.code, number) if len(number) <= 40 else None
    if row is not None and own_files.is_own(row, visitor):
        return row
    raise visitors.strange(visitor, wanted=f"appeal {number}", command="read_appeal")


def _page(
    request: HttpRequest,
    visitor: Visitor,
    row: Row,
    *,
    failed: Mapping[str, CitizenForm] | None = None,
    refused: list[str] | None = None,
    status: int = 200,
) -> HttpResponse:
    rules = policies.rules_for(visitor.city.code, now=visitor.now)
    fresh = own.of_id(visitor.city.code, row.id)
    if fresh is None:
        raise Http404
    order = queries.state_of(fresh)
    parts = own.parts(fresh)
    facts = [records.from_ledger(each) for each in queries.history(row.id)]
    words = reading.own_words_of(order)
    knows_who = visitor.account is not None and own.is_of(row, visitor.appellants)
    wrong = dict(failed or {})
    with_others = joined.shown(fresh) if own_files.joined(fresh) else None
    may_rate = with_others.may_rate if with_others is not None else _may_rate(order, rules)
    context = {
        **wizard_pages.upload_field(refused or []),
        "row": fresh,
        "form": next(iter(wrong.values()), None),
        "words": words,
        "added": [] if order.sealed else appeals.own_additions(row.id),
        "files": [] if order.sealed else own_files.brought(row),
        "is_sealed": order.sealed,
        "answer_files": own_files.of_answers(row, facts),
        "parts": [_part(each, rules, visitor, knows_who=knows_who) for each in parts],
        "whole": own.of_id(visitor.city.code, fresh.parent) if fresh.parent else None,
        "linked": with_others.public if with_others is not None else (),
        "standing": with_others.standing
        if with_others is not None
        else plain.standing(order, rules, now=visitor.now, may_rate=_may_rate(order, rules)),
        "lines": plain.timeline(
            facts, order, rules, knows_who=knows_who, now=visitor.now, said=with_others.said if with_others else ()
        ),
        # What is split is urged, added to and rated part by part, where the unit is.
        "is_open": with_others.is_open if with_others is not None else order.is_open and not parts,
        "material": wrong.get("material") or MaterialForm(**_fresh("material")),
        "urge_every": wording.plain_length(rules.urge_every) if rules.urge_every is not None else "",
        "urging": wrong.get("urging") or UrgeForm(**_fresh("urging")),
        "rating": (wrong.get("rating") or _rating(rules)) if may_rate else None,
        "choosing": (wrong.get("choosing") or _choice(order)) if _may_choose(order) else None,
        "publish": order.publish,
        "is_confidential": order.confidential,
        # Who has the code alone is not known to have written them.
        "own_words": [each for each in conversation.of_order(row.id) if each.came] if knows_who else [],
        "messages_sent": [_sent(each, rules) for each in _told(row.id, knows_who=knows_who)],
        "public": publication.case(visitor.city.code, fresh.number) if fresh.is_published else None,
    }
    request.minsheng_here = reverse("portal:appeal", args=(visitor.city.code, row.number))  # type: ignore[attr-defined]
    return render(request, "portal/appeal.html", context, status=status)


def _part(part: Row, rules: Rules, visitor: Visitor, *, knows_who: bool) -> dict[str, object]:
    """Return a part as its whole shows it: the unit, how it stands, where its own page is.

    Where an internal referral went only who has shown who they are is told (A-23).
    """
    order = queries.state_of(part)
    standing = plain.standing(order, rules, now=visitor.now, may_rate=_may_rate(order, rules))
    unit = part.lead if knows_who or not order.is_internal else _("有关单位")
    return {"unit": unit, "number": part.number, "standing": standing.words}


def _told(order: str, *, knows_who: bool) -> list[Sent]:
    """Return the messages that went out; where an internal referral went only to who has shown who they are (A-23)."""
    return [
        each
        for each in told.of(records.stream_of(order))
        if each.state in ("SENT", "DELIVERED", "FAILED") and (knows_who or each.kind != "referral_notice")
    ]


def _sent(message: Sent, rules: Rules) -> dict[str, object]:
    return {"at": message.at, "words": wording.say(Notice(message.kind, "citizen", message.params), rules)}


def _fresh(name: str, **initial: object) -> dict[str, Any]:
    """Return what a form of the page begins with: a key of its own, and ids that no other form has."""
    return {"initial": {"key": uuid4(), **initial}, "auto_id": f"{name}_%s"}


def _rating(rules: Rules) -> KeyedForm:
    return RateForm(**_fresh("rating"), rules=rules)


def _choice(order: Order) -> KeyedForm:
    return ChoiceForm(**_fresh("choosing", publish=order.publish or "no"))


def _may_choose(order: Order) -> bool:
    """Tell whether the choice can be changed here; for parts it is made on the whole."""
    if order.status == CLOSED and order.reason not in (*HANDLED_REASONS, "children_closed"):
        return False  # nothing of it is ever public, whatever is chosen
    return not order.is_internal and not order.confidential and not order.parent


def _may_rate(order: Order, rules: Rules) -> bool:
    """Tell whether the appellant can rate now, by the message or by oneself."""
    if order.status not in (CALLBACK, CALLBACK_MANUAL):
        return False
    by_oneself = "self" in rules.callback_chain and not (order.utility or order.is_emergency)
    return by_oneself or _sms_waits(order)


def _sms_waits(order: Order) -> bool:
    timer = order.timer("sms")
    return order.status == CALLBACK and timer is not None and timer.status == "running"


def _brief(row: Row, rules: Rules) -> str:
    if own_files.joined(row):
        return _("已合并办理")
    if row.status == CLOSED:
        return _("已办结")
    return _("待您评价") if _may_rate(queries.state_of(row), rules) else _("办理中")


def _say(rejected: Rejected, visitor: Visitor) -> str:
    if rejected.code == "not_allowed_now":
        # The office's name of the state tells a citizen nothing; the page shows how it stands now.
        return _("这件诉求刚刚有了新进展，刚才的操作没有生效。请看最新进展，再决定怎么做。")
    if rejected.code == "document_missing":
        return _("您要的书面意见还没有出具，出具后再请您评价；不需要了，请拨打 12345 告诉我们。")
    return wording.say(rejected, policies.rules_for(visitor.city.code, now=visitor.now))
