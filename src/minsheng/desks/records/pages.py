"""The records as the audit administrator reads them: facts by kind, and refusals; never what an appeal says.

Source: GB/T 22239-2019 8.1.4.3 a, b, 8.1.5; roles.md, "Audit logs".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_safe

from minsheng import wording
from minsheng.core.ledger import queries as ledger
from minsheng.core.people import queries as people
from minsheng.core.people.gates import signed_in
from minsheng.core.people.queries import Person
from minsheng.desks.administration import facts
from minsheng.domain.covering import covered

_ON_A_PAGE: Final = 50
# Kinds of streams in the order in which an auditor asks for them.
KINDS: Final[Mapping[str, str]] = {
    "staff": gettext_noop("账号和登录"),
    "security": gettext_noop("登录安全和告警"),
    "identity": gettext_noop("查看身份"),
    "openings": gettext_noop("查看次数"),
    "administration": gettext_noop("管理中的导出"),
    "client": gettext_noop("接口调用方"),
    "unit": gettext_noop("单位"),
    "city": gettext_noop("城市和规则"),
    "places": gettext_noop("地点"),
    "messages": gettext_noop("短信用语"),
    "snippets": gettext_noop("常用语"),
    "order": gettext_noop("工单"),
}
REFUSALS: Final = "refusals"
_LABELS: Final = (
    wording.ACCOUNT_EVENTS,
    wording.UNIT_EVENTS,
    wording.CLIENT_EVENTS,
    wording.RECORD_EVENTS,
    wording.MESSAGE_EVENTS,
    wording.PLACE_EVENTS,
    wording.SNIPPET_EVENTS,
)


@require_safe
@signed_in
def records(request: HttpRequest, person: Person) -> HttpResponse:
    """Show the newest records of a kind, and those before. Nothing can be changed here."""
    if person.acting_as != "audit_admin":
        raise PermissionDenied("no auditor of records")
    kind = request.GET.get("kind", "")
    kind = kind if kind in KINDS or kind == REFUSALS else "staff"
    before = _number(request.GET.get("before", ""))
    rows, onward = _refusals(person.city, before) if kind == REFUSALS else _facts(person.city, kind, before)
    context = {
        "kinds": [*((code, _(name)) for code, name in KINDS.items()), (REFUSALS, _("被拒绝的操作"))],
        "kind": kind,
        "rows": rows,
        "onward": "?" + urlencode({"kind": kind, "before": onward}) if onward is not None else "",
    }
    return render(request, "records/records.html", context)


def _facts(city: str, kind: str, before: int | None) -> tuple[list[dict[str, object]], int | None]:
    events = ledger.newest(f"{kind}/", city=city, before=before, limit=_ON_A_PAGE + 1)
    labels = {name: label for table in _LABELS for name, label in table.items()}
    shown = events[:_ON_A_PAGE]
    lines = facts.lines(shown, labels)
    about = people.names(event.stream.replace("/", ":") for event in shown)
    rows = [
        {
            "at": line.at,
            "who": line.who,
            "what": line.what,
            "about": about.get(event.stream.replace("/", ":"), event.stream),
            "words": covered(line.words),
        }
        for event, line in zip(shown, lines, strict=True)
    ]
    return rows, shown[-1].position if len(events) > _ON_A_PAGE else None


def _refusals(city: str, before: int | None) -> tuple[list[dict[str, object]], int | None]:
    found = ledger.newest_refusals(city, before=before, limit=_ON_A_PAGE + 1)
    names = people.names(str(each.actor.get("person") or "") for each in found)
    rows: list[dict[str, object]] = []
    for each in found[:_ON_A_PAGE]:
        role = wording.label_of_actor(str(each.actor.get("role") or ""), str(each.actor.get("unit") or "") or None)
        name = names.get(str(each.actor.get("person") or ""), "")
        who = "，".join(filter(None, (role, name)))
        what = wording.COMMANDS.get(each.command, each.command)
        rows.append({"at": each.at, "who": who, "what": what, "about": each.stream, "words": each.code})
    return rows, found[_ON_A_PAGE - 1].id if len(found) > _ON_A_PAGE else None


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None
