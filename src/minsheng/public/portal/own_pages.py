"""One's own appeals: the list, the page of one, and what one may do with it.

Every step goes through `orders.actions`, as for everybody. What is not one's own is 404 and on record.
"""

from __future__ import annotations

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
from minsheng.cases.orders.reading import own
from minsheng.cases.orders.reading import words as reading
from minsheng.cases.orders.storage import queries, records
from minsheng.cases.orders.storage.queries import Row
from minsheng.core.files import actions as keeping
from minsheng.core.files import gates
from minsheng.core.files import pages as sending
from minsheng.core.files import queries as kept
from minsheng.core.files.queries import Twin
from minsheng.core.files.values import Checked
from minsheng.core.messages.values import Sent
from minsheng.core.policies import queries as policies
from minsheng.domain.facts import Notice
from minsheng.domain.orders import commands as cmd
from minsheng.domain.orders.order import CLOSED, HANDLED_REASONS, Order
from minsheng.domain.rejected import Rejected
from minsheng.domain.rules import Rules
from minsheng.public.citizens import visitors
from minsheng.public.citizens.forms import CitizenForm
from minsheng.public.citizens.visitors import Visitor, public
from minsheng.public.portal import joined, own_files, own_steps, plain, wizard_pages
from minsheng.public.portal.forms import ChoiceForm, KeyedForm, MaterialForm, RateForm, UrgeForm
from minsheng.public.portal.own_files import OwnFiles
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
        "has_forum": rules.forum_final is not None,
    }
    return render(request, "portal/mine.html", context)


@require_safe
@public
def appeal(request: HttpRequest, visitor: Visitor, number: str) -> HttpResponse:
    """Show one's own appeal."""
    return _page(request, visitor, own_steps.find(visitor, number))


@require_safe
@public
def file(request: HttpRequest, visitor: Visitor, number: str, file: UUID) -> HttpResponse:
    """Send a file of one's own appeal: what one brought, or what came with an answer that has passed."""
    row = own_steps.find(visitor, number)
    held = OwnFiles(row)
    if kept.find(held, file) is None:
        raise visitors.strange(visitor, wanted=f"file {file}", command="read_file")
    return sending.send(request, file, held=held, actor=own_steps.actor_of(visitor, row), now=visitor.now)


@sensitive_post_parameters()
@require_POST
@public
def add(request: HttpRequest, visitor: Visitor, number: str) -> HttpResponse:
    """Add words or files. Source: JY-9.1a, SQ-10.1."""
    row = own_steps.find(visitor, number)
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
    row = own_steps.find(visitor, number)
    form = UrgeForm(request.POST, auto_id="urging_%s")
    if form.is_valid():
        command = cmd.Urge(text=form.cleaned_data["text"], joined=own_files.joined(row))
        return _done(request, visitor, row, form, command, _("已催办。"), "urging")
    return _page(request, visitor, row, failed={"urging": form}, status=422)


@require_POST
@public
def rate(request: HttpRequest, visitor: Visitor, number: str) -> HttpResponse:
    """Rate: by the text message's answer where one waits, else by oneself. Source: JY-9.6, SZ-15.5a, SQ-10.5a."""
    row = own_steps.find(visitor, number)
    rules = policies.rules_for(visitor.city.code, now=visitor.now)
    form = RateForm(request.POST, rules=rules, auto_id="rating_%s")
    if not form.is_valid():
        return _page(request, visitor, row, failed={"rating": form}, status=422)
    command = own_steps.rating(
        row,
        satisfied=form.cleaned_data["satisfied"],
        resolved=form.cleaned_data["resolved"] == "yes",
        cause=form.cleaned_data["cause"],
        remark=form.cleaned_data["remark"],
    )
    return _done(request, visitor, row, form, command, _("谢谢您的评价。"), "rating")


@require_POST
@public
def choose(request: HttpRequest, visitor: Visitor, number: str) -> HttpResponse:
    """Change the choice of publication; what is public goes at once. Source: JY-9.8.2, A-62."""
    row = own_steps.find(visitor, number)
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
    """Carry a command out under the form's key, and keep the files that came with it. Raises: Rejected."""
    sent = {name: str(value) for name, value in form.cleaned_data.items() if name != "key"}
    asked = f"{row.id} {type(form).__name__} {sorted(sent.items())} {said or ''}"
    return own_steps.carry_out(visitor, row, command, key=str(form.cleaned_data["key"]), asked=asked, files=files)


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
    may_rate = with_others.may_rate if with_others is not None else own_steps.may_rate(order, rules)
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
        else plain.standing(order, rules, now=visitor.now, may_rate=own_steps.may_rate(order, rules)),
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
        "own_words": [each for each in conversation.of_order(row.id) if each.own]
        if knows_who and not order.sealed
        else [],
        "messages_sent": [_sent(each, rules) for each in own_steps.told(row.id, knows_who=knows_who)],
        "public": publication.case(visitor.city.code, fresh.number) if fresh.is_published else None,
    }
    request.minsheng_here = reverse("portal:appeal", args=(visitor.city.code, row.number))  # type: ignore[attr-defined]
    return render(request, "portal/appeal.html", context, status=status)


def _part(part: Row, rules: Rules, visitor: Visitor, *, knows_who: bool) -> dict[str, object]:
    """Return a part as its whole shows it: the unit, how it stands, where its own page is.

    Where an internal referral went only who has shown who they are is told (A-23).
    """
    order = queries.state_of(part)
    standing = plain.standing(order, rules, now=visitor.now, may_rate=own_steps.may_rate(order, rules))
    unit = part.lead if knows_who or not order.is_internal else _("有关单位")
    return {"unit": unit, "number": part.number, "standing": standing.words}


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


def _brief(row: Row, rules: Rules) -> str:
    if own_files.joined(row):
        return _("已合并办理")
    if row.status == CLOSED:
        return _("已办结")
    return _("待您评价") if own_steps.may_rate(queries.state_of(row), rules) else _("办理中")


def _say(rejected: Rejected, visitor: Visitor) -> str:
    if rejected.code == "not_allowed_now":
        # The office's name of the state tells a citizen nothing; the page shows how it stands now.
        return _("这件诉求刚刚有了新进展，刚才的操作没有生效。请看最新进展，再决定怎么做。")
    if rejected.code == "document_missing":
        return _("您要的书面意见还没有出具，出具后再请您评价；不需要了，请拨打 12345 告诉我们。")
    return wording.say(rejected, policies.rules_for(visitor.city.code, now=visitor.now))
