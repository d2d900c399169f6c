"""The API of programs of others, under `/api/public/`: signing in by a code, filing, following, adding, rating.

What is filed is checked by the forms of the portal's pages. docs/api.md says how.
"""

from __future__ import annotations

from typing import Any, BinaryIO, cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from ninja import File, Router
from ninja.files import UploadedFile

from minsheng import wording
from minsheng.cases.incoming import conversation
from minsheng.cases.orders.api.pages import REPLAYED
from minsheng.cases.orders.reading import own
from minsheng.cases.orders.reading import words as reading
from minsheng.cases.orders.storage import queries as orders
from minsheng.cases.orders.storage import records
from minsheng.core.files import actions as files
from minsheng.core.files import gates, places
from minsheng.core.files.values import Checked
from minsheng.core.policies import queries as policies
from minsheng.domain.orders import commands as cmd
from minsheng.domain.rejected import Rejected
from minsheng.domain.text import cleaned, kept_of
from minsheng.gateways import carriers
from minsheng.public.apps import actions, filing
from minsheng.public.apps import schemas as out
from minsheng.public.apps.callers import Bearer, Person, citizen_of, key_of, moment_of, program_of
from minsheng.public.citizens.visitors import Visitor, outside
from minsheng.public.portal import joined, own_files, own_steps, plain
from minsheng.public.portal.forms import ContactForm, PublishForm

router = Router(tags=["公众应用"])
_MEGABYTE = 1024 * 1024
# How the token is sent (RFC 6750).
_BEARER = "Bearer"
# The portal's pages that a program may open, by what it calls them.
_PAGES = {
    "start": "portal:start", "file": "portal:begin", "mine": "portal:mine", "questions": "questions:list",
    "knowledge": "encyclopaedia:list",
}  # fmt: skip


@router.get("/public/services", response=out.ServicesOut, auth=Bearer(), summary="本市的服务事项和可选项")
def services(request: HttpRequest) -> Any:
    """Say what may be filed and chosen in the city."""
    program = program_of(request)
    rules = policies.rules_for(program.city, now=moment_of(request))
    most = places.limits()
    return out.ServicesOut(
        name=rules.display_name,
        types=_choices((code, wording.tr(name)) for code, name in rules.appeal_types.items()),
        publish=_choices(PublishForm.base_fields["publish"].choices),  # type: ignore[attr-defined]
        appellants=_choices(ContactForm.base_fields["appellant"].choices),  # type: ignore[attr-defined]
        grades=_choices((code, wording.tr(name)) for code, name in rules.satisfaction_grades.items()),
        real_name=rules.real_name == "required_online" and program.channel in rules.online_channels,
        file_mb=most.file // _MEGABYTE,
        files=most.order_files,
    )


@router.post("/public/codes", response=out.SentOut, auth=Bearer(), summary="向手机发送验证码")
def codes(request: HttpRequest, body: out.CodeIn) -> Any:
    """Send a code to a telephone; the answer is the same whether anybody is known by it."""
    program = program_of(request)
    sms = carriers.text_messages(demonstration=settings.DEMO or settings.DEBUG, file=settings.SMS_FILE)
    code = actions.send_code(program, body.phone, sms=sms, now=moment_of(request))
    return out.SentOut(sent=True, code=code if sms.shows else None)


@router.post("/public/tokens", response=out.TokenOut, auth=Bearer(), summary="用验证码换取公民令牌")
def tokens(request: HttpRequest, body: out.TokenIn) -> Any:
    """Sign somebody in."""
    now = moment_of(request)
    signed = actions.sign_in(program_of(request), body.phone, body.code, now=now)
    left = int((signed.until - now).total_seconds())
    return out.TokenOut(access_token=signed.token, token_type=_BEARER, expires_in=left, user=str(signed.user))


@router.post("/public/tokens/end", response=out.DoneOut, auth=Person(), summary="退出，令牌作废")
def end(request: HttpRequest) -> Any:
    """Sign out."""
    actions.sign_out(citizen_of(request).grant, now=moment_of(request))
    return out.DoneOut(done=True)


@router.post("/public/pages", response=out.PageOut, auth=Person(), summary="在应用内打开网页，已登录")
def page(request: HttpRequest, body: out.PageIn) -> Any:
    """Say where the program's own browser opens one of the portal's pages, signed in."""
    citizen = citizen_of(request)
    city = citizen.program.city
    if body.page == "appeal":
        onward = reverse("portal:appeal", args=(city, own_steps.find(citizen.visitor, body.number).number))
    elif body.page in _PAGES:
        onward = reverse(_PAGES[body.page], args=(city,))
    else:
        raise Rejected("code_not_in_pack", value=body.page)
    token = actions.ticket(citizen.grant, now=citizen.visitor.now)
    address = reverse("apps:enter", args=(city, token), query={"next": onward})
    return out.PageOut(address=outside(request, address), expires_in=int(actions.TICKET_GOOD_FOR.total_seconds()))


@router.post("/public/appeals", response=out.FiledOut, auth=Person(), summary="提交诉求")
def file(request: HttpRequest, response: HttpResponse, body: out.AppealIn) -> Any:
    """File an appeal, once for each key."""
    citizen = citizen_of(request)
    filed = filing.file(citizen, body.model_dump(), key=key_of(request))
    if filed.repeated:
        response.headers[REPLAYED] = "true"
    return out.FiledOut(number=filed.number, code=filed.code)


@router.get("/public/appeals", response=out.AppealsOut, auth=Person(), summary="我的诉求")
def mine(request: HttpRequest) -> Any:
    """List one's own appeals, the newest first."""
    visitor = citizen_of(request).visitor
    rows = own.of_appellants(visitor.city.code, visitor.appellants)
    rows = sorted(rows, key=lambda row: (row.registered_at, row.id), reverse=True)[:200]
    return out.AppealsOut(
        items=[
            out.BriefOut(
                number=row.number, title="" if row.is_sealed else row.title, registered_at=row.registered_at,
                is_open=orders.state_of(row).is_open,
            )
            for row in rows
        ]
    )  # fmt: skip


@router.get("/public/appeals/{number}", response=out.AppealOut, auth=Person(), summary="一件诉求的进展")
def see(request: HttpRequest, number: str) -> Any:
    """Show how one's own appeal stands, in plain words."""
    return _shown(citizen_of(request).visitor, number)


@router.post("/public/appeals/{number}/material", response=out.DoneOut, auth=Person(), summary="补充内容")
def add(request: HttpRequest, number: str, body: out.MaterialIn) -> Any:
    """Add words."""
    text = _entered(body.text)
    if not text.strip():
        raise Rejected("field_missing", fields=("text",))
    row = own_steps.find(citizen_of(request).visitor, number)
    return _carried(request, row, cmd.AddMaterial(text=text, joined=own_files.joined(row)), body.model_dump())


@router.post("/public/appeals/{number}/files", response=out.DoneOut, auth=Person(), summary="补充附件")
def bring(request: HttpRequest, number: str, file: File[UploadedFile]) -> Any:
    """Add a file, after looking at its content and for malicious software."""
    visitor = citizen_of(request).visitor
    row = own_steps.find(visitor, number)
    ground = gates.ground(own_files.OwnFiles(row), "APPEAL")
    assert file.file is not None
    checked = files.check(
        cast(BinaryIO, file.file),
        name=file.name or "",
        ground=ground,
        actor=visitor.actor,
        scanner=places.scanner(),
        now=visitor.now,
    )
    command = cmd.AddMaterial(files=1, joined=own_files.joined(row))
    return _carried(request, row, command, {"digest": checked.digest}, files_=[checked])


@router.post("/public/appeals/{number}/urge", response=out.DoneOut, auth=Person(), summary="催办")
def urge(request: HttpRequest, number: str, body: out.UrgeIn) -> Any:
    """Urge, as often as the rules let."""
    row = own_steps.find(citizen_of(request).visitor, number)
    return _carried(request, row, cmd.Urge(text=_entered(body.text), joined=own_files.joined(row)), body.model_dump())


@router.post("/public/appeals/{number}/rate", response=out.DoneOut, auth=Person(), summary="评价")
def rate(request: HttpRequest, number: str, body: out.RatingIn) -> Any:
    """Rate the result."""
    visitor = citizen_of(request).visitor
    rules = policies.rules_for(visitor.city.code, now=visitor.now)
    if body.satisfied not in rules.satisfaction_grades:
        raise Rejected("code_not_in_pack", value=body.satisfied)
    row = own_steps.find(visitor, number)
    command = own_steps.rating(
        row, satisfied=body.satisfied, resolved=body.resolved, cause=_entered(body.cause), remark=_entered(body.remark)
    )
    return _carried(request, row, command, body.model_dump())


@router.get("/public/appeals/{number}/messages", response=out.MessagesOut, auth=Person(), summary="往来消息")
def messages(request: HttpRequest, number: str) -> Any:
    """Show what was written to and by oneself."""
    row = own_steps.find(citizen_of(request).visitor, number)
    return out.MessagesOut(
        items=[
            out.MessageOut(at=each.at, from_us=each.came is None, channel=each.channel, text=each.text)
            for each in ([] if orders.state_of(row).sealed else conversation.of_order(row.id))
            if each.own or each.state in ("SENT", "DELIVERED")
        ]
    )


def _entered(text: str) -> str:
    """Return words as they enter, without what no document can hold."""
    return kept_of(cleaned(text))


def _carried(
    request: HttpRequest, row: Any, command: cmd.Command, asked: dict[str, Any], *, files_: list[Checked] | None = None
) -> out.DoneOut:
    key, said = key_of(request), f"{row.id} {command.name} {sorted(asked.items())}"
    own_steps.carry_out(citizen_of(request).visitor, row, command, key=key, asked=said, files=files_)
    return out.DoneOut(done=True)


def _shown(visitor: Visitor, number: str) -> out.AppealOut:
    row = own_steps.find(visitor, number)
    rules = policies.rules_for(visitor.city.code, now=visitor.now)
    order = orders.state_of(row)
    facts = [records.from_ledger(each) for each in orders.history(row.id)]
    with_others = joined.shown(row) if own_files.joined(row) else None
    may_rate = with_others.may_rate if with_others is not None else own_steps.may_rate(order, rules)
    standing = (
        with_others.standing
        if with_others is not None
        else plain.standing(order, rules, now=visitor.now, may_rate=may_rate)
    )
    said = with_others.said if with_others is not None else ()
    lines = plain.timeline(facts, order, rules, knows_who=True, now=visitor.now, said=said)
    words = reading.own_words_of(order)
    return out.AppealOut(
        number=row.number, title="" if order.sealed else row.title, content=words.content if words else "",
        registered_at=row.registered_at, standing=standing.words, due=standing.due, is_open=order.is_open,
        may_rate=may_rate, steps=[out.LineOut(at=each.at, words=each.words, text=each.text) for each in lines],
    )  # fmt: skip


def _choices(pairs: Any) -> list[out.ChoiceOut]:
    return [out.ChoiceOut(code=str(code), name=str(name)) for code, name in pairs if code]
