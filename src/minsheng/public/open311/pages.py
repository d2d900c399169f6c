"""GeoReport v2 under `/open311/<city>/v2/`. What is not public does not exist here either."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from django.core.exceptions import SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from minsheng import wording
from minsheng.cases.appeals import public_files
from minsheng.core.ledger.values import InFlight, KeyReused
from minsheng.core.people import actions as people
from minsheng.core.people import queries as people_queries
from minsheng.core.people.queries import ClientFacts
from minsheng.core.policies import queries as policies
from minsheng.domain.rejected import Rejected
from minsheng.domain.rules import Rules
from minsheng.public.citizens import limits, visitors
from minsheng.public.citizens.visitors import Visitor, public
from minsheng.public.open311 import actions, encoding, open311
from minsheng.public.portal import steps
from minsheng.public.publication import queries
from minsheng.public.publication.queries import Case, Wanted

_KEY = re.compile(r"[!-~]{1,200}")
_WINDOW: Final = timedelta(days=90)
_PAGE_SIZE: Final = 50
_MOST: Final = 1000
_DEEPEST: Final = 10_000
Answer = tuple[str, Any]
View = Callable[..., HttpResponse]


class _Refused(Exception):
    """An error in the standard's own form."""

    def __init__(self, status: int, description: str) -> None:
        super().__init__(description)
        self.status, self.description = status, description


def _georeport(*methods: str) -> Callable[[Callable[..., Answer]], View]:
    """Make a view of what gives an element's name and its value; refusals get the standard's form."""
    allowed = (*methods, "HEAD") if "GET" in methods else methods

    def decorate(answer: Callable[..., Answer]) -> View:
        @csrf_exempt
        def view(request: HttpRequest, city: str, form: str, **more: str) -> HttpResponse:
            if request.method not in allowed:
                sent = _sent(
                    "errors", _errors(405, wording.tr("这个地址不支持这种请求方法，请核对接口文档。")), form, 405
                )
                sent["Allow"] = ", ".join(allowed)
                return sent
            try:
                visitor = visitors.of(request, city)
                if request.GET.get("jurisdiction_id", city) != city:
                    raise Http404
                name, value = answer(request, visitor, **more)
            except SuspiciousOperation:
                return _sent("errors", _errors(400, wording.tr("请求不符合要求，请核对接口文档。")), form, 400)
            except Http404:
                return _sent("errors", _errors(404, wording.tr("没有找到。")), form, 404)
            except _Refused as refused:
                return _sent("errors", _errors(refused.status, refused.description), form, refused.status)
            return _sent(name, value, form, 200)

        return view

    return decorate


@_georeport("GET")
def discovery(request: HttpRequest, visitor: Visitor) -> Answer:
    """Say where the endpoint is and what it speaks."""
    address = visitors.outside(request, reverse("exchange:root", args=(visitor.city.code,)))
    return "discovery", {
        "changeset": "2026-11-28T00:00:00+08:00",
        "contact": f"{visitor.city.name} 12345",
        "key_service": wording.tr("向热线管理员申请接口令牌"),
        "endpoints": [
            {
                "specification": "http://wiki.open311.org/GeoReport_v2",
                "url": address.rstrip("/"),
                "changeset": "2026-11-28T00:00:00+08:00",
                "type": "production",
                "formats": list(encoding.MEDIA_TYPES.values()),
            }
        ],
    }


@_georeport("GET")
def services(request: HttpRequest, visitor: Visitor) -> Answer:
    """List the services."""
    return "services", open311.services()


@_georeport("GET")
def service(request: HttpRequest, visitor: Visitor, code: str) -> Answer:
    """Say what a service wants to be told."""
    rules = policies.rules_for(visitor.city.code, now=visitor.now)
    found = open311.definition(code, rules)
    if found is None:
        raise visitors.strange(visitor, wanted=f"service {code}", command="open311")
    return "service_definition", found


@_georeport("GET", "POST")
def requests(request: HttpRequest, visitor: Visitor) -> Answer:
    """List published cases as requests, or take a new one from a client with a key."""
    if request.method == "POST":
        return "service_requests", [_post(request, visitor)]
    asked = (each.strip() for each in request.GET.get("service_request_id", "").split(","))
    numbers = [each for each in asked if each][:_MOST]
    if numbers:
        return "service_requests", _shown(request, visitor, _numbered(visitor, numbers))
    return "service_requests", _shown(request, visitor, _listed(request, visitor))


@_georeport("GET")
def single(request: HttpRequest, visitor: Visitor, number: str) -> Answer:
    """Show one published case; the standard's clients ask under both names."""
    found = queries.case(visitor.city.code, number) if len(number) <= 40 else None
    if found is None:
        raise visitors.strange(visitor, wanted=f"open311 {number}", command="open311")
    return "service_requests", _shown(request, visitor, [found])


@_georeport("GET")
def token(request: HttpRequest, visitor: Visitor, token: str) -> Answer:
    """Return the number that the token's request was given."""
    number = actions.number_of(token, city=visitor.city.code) if len(token) <= 64 else None
    if number is None:
        raise visitors.strange(visitor, wanted="open311 token", command="open311")
    return "service_requests", [{"service_request_id": number, "token": token}]


@_georeport("GET")
def nothing(request: HttpRequest, visitor: Visitor) -> Answer:
    """Answer addresses that the standard has not, in the notation that was asked for."""
    raise Http404


def too_large(form: str) -> HttpResponse:
    """Answer a body that is refused before anybody reads it."""
    return _sent("errors", _errors(413, wording.tr("内容过大，请缩短后重试。")), form, 413)


@require_safe
@public
def page(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Tell people what the open interface is and where it is."""
    address = visitors.outside(request, reverse("exchange:root", args=(visitor.city.code,))).rstrip("/")
    rules = policies.rules_for(visitor.city.code, now=visitor.now)
    context = {
        "address": address,
        "needs_real_name": steps.needs_real_name(rules),
        "letters": open311.DESCRIPTION_AT_MOST,
        "an_hour": limits.POST_BY_CLIENT.most,
    }
    return render(request, "exchange/open311.html", context)


def _numbered(visitor: Visitor, numbers: list[str]) -> list[Case]:
    """Return the published cases of these numbers. Others are on record, and 404 when there is nothing but them."""
    found = queries.numbered(visitor.city.code, numbers)
    known = {case.number for case in found}
    missing = [number for number in numbers if number not in known]
    if missing:
        fault = visitors.strange(visitor, wanted=f"open311 {','.join(missing)}", command="open311")
        if not found:
            raise fault
    return found


def _listed(request: HttpRequest, visitor: Visitor) -> list[Case]:
    status = {each for each in request.GET.get("status", "").split(",") if each}
    if status - {"open", "closed"}:
        raise _Refused(400, wording.tr("status 应为 open 或 closed。"))
    if status == {"open"}:
        return []
    until = _moment(request.GET.get("end_date", "")) or visitor.now
    since = _moment(request.GET.get("start_date", "")) or until - _WINDOW
    if until - since > _WINDOW:
        since = until - _WINDOW
    size = min(_number(request.GET.get("page_size", ""), _PAGE_SIZE), _MOST)
    first = (_number(request.GET.get("page", ""), 1) - 1) * size
    if first > _DEEPEST:
        raise _Refused(400, wording.tr("页数过大，请缩小日期范围。"))
    codes = [each for each in request.GET.get("service_code", "").replace("\0", "").split(",") if each]
    wanted = Wanted(since=since, until=until, categories=tuple("" if each == open311.OTHER else each for each in codes))
    return queries.registered(visitor.city.code, wanted, first=first, count=size)


def _post(request: HttpRequest, visitor: Visitor) -> dict[str, Any]:
    if request.POST.get("jurisdiction_id", visitor.city.code) != visitor.city.code:
        raise Http404
    client = people.authenticate(request.POST.get("api_key", "")[:200], now=visitor.now)
    if client is None or client.city != visitor.city.code or "citizen" not in client.roles:
        raise _Refused(403, wording.tr("api_key 无效，请向热线管理员申请。"))
    key = request.headers.get("Idempotency-Key", "").strip() or actions.fresh_key()
    if _KEY.fullmatch(key) is None:
        raise _Refused(400, wording.say(Rejected("key_missing")))
    form = {name: str(value).replace("\0", "") for name, value in request.POST.items()}
    rules = policies.rules_for(visitor.city.code, now=visitor.now)
    try:
        made = _taken(visitor, form, client=client, key=key, rules=rules)
    except limits.TooOften as often:
        raise _Refused(429, wording.say(often, rules)) from often
    except KeyReused as reused:
        raise _Refused(422, wording.say(reused, rules)) from reused
    except InFlight as first:
        raise _Refused(409, wording.say(first, rules)) from first
    except Rejected as rejected:
        raise _Refused(400, wording.say(rejected, rules)) from rejected
    notice = wording.tr("已收到，待热线中心核对受理。")
    if left := open311.not_kept(form):
        notice += wording.tr("未保存的字段：{fields}。").format(fields=wording.tr("、").join(left))
    return {"token": made, "service_notice": notice, "account_id": None}


def _taken(visitor: Visitor, form: dict[str, str], *, client: ClientFacts, key: str, rules: Rules) -> str:
    """Return the token. What was taken once is not looked at again: rules and units may have changed since."""
    fingerprint = actions.fingerprint_of(form)
    known = actions.taken(client=client, key=key, fingerprint=fingerprint, now=visitor.now)
    if known is not None:
        return known
    if steps.needs_real_name(rules):
        raise _Refused(403, wording.tr("按本市规定，网上反映须先完成实名认证，请到门户网站办理。"))
    units = people_queries.unit_names(visitor.city.code, now=visitor.now)
    asked = open311.asked(form, rules=rules, units=units)
    return actions.take(asked, client=client, key=key, fingerprint=fingerprint, now=visitor.now)


def _shown(request: HttpRequest, visitor: Visitor, cases: list[Case]) -> list[dict[str, Any]]:
    files = public_files.of_orders([case.order for case in cases])
    found = []
    for case in cases:
        media = None
        if shown := files.get(case.order):
            address = (visitor.city.code, case.number, shown[0].place, shown[0].extension)
            media = visitors.outside(request, reverse("publication:file", args=address))
        found.append(open311.request(case, media=media))
    return found


def _sent(name: str, value: Any, form: str, status: int) -> HttpResponse:
    return HttpResponse(
        encoding.encode(name, value, form),
        status=status,
        headers={"Content-Type": encoding.MEDIA_TYPES[form], "Access-Control-Allow-Origin": "*"},
    )


def _errors(code: int, description: str) -> list[dict[str, Any]]:
    return [{"code": code, "description": description}]


def _moment(text: str) -> datetime | None:
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as fault:
        raise _Refused(400, wording.tr("日期应写成 2026-01-01T00:00:00Z 的形式。")) from fault
    if moment.tzinfo is None or not queries.YEARS[0] <= moment.year <= queries.YEARS[1]:
        raise _Refused(400, wording.tr("日期应写成 2026-01-01T00:00:00Z 的形式。"))
    return moment.astimezone(UTC)


def _number(text: str, default: int) -> int:
    if not text:
        return default
    if not (text.isascii() and text.isdecimal() and 0 < len(text) <= 6 and int(text) > 0):
        raise _Refused(400, wording.tr("page 和 page_size 应为正整数。"))
    return int(text)
