"""The question desk's pages: what is published, one question, asking. No script is needed.

Whoever asks is shown articles first; who says that none of them helped has asked. Source: SZ-31a, AR-2.2.4.
"""

from __future__ import annotations

from typing import Any, Final
from uuid import uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from minsheng import wording
from minsheng.cases.questions import labels, views
from minsheng.cases.questions.actions import KIND, opened
from minsheng.core.lifecycles import actions as lifecycles
from minsheng.core.lifecycles import saying
from minsheng.core.lifecycles.kinds import Key
from minsheng.core.people import queries as people
from minsheng.domain.knowledge.question import Ask
from minsheng.domain.rejected import Rejected
from minsheng.domain.text import cleaned, kept_of
from minsheng.public.citizens import limits, visitors
from minsheng.public.citizens.robots import is_robot
from minsheng.public.citizens.visitors import Visitor, public
from minsheng.public.questions import queries
from minsheng.public.questions.forms import AskForm

_LONGEST: Final = 100
# What the form says once articles were looked for: their numbers, or that there are none.
_NONE: Final = "-"
_SEEN: Final = 500


@require_safe
@public
def listing(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Show what was asked and answered and is public, and one's own questions."""
    city, number = visitor.city.code, request.GET.get("page", "1")
    page = max(1, int(number[:6])) if number.isascii() and number.isdigit() else 1
    text = kept_of(cleaned(request.GET.get("text", "")))[:_LONGEST].strip()
    rows, more = queries.published(city, text=text, page=page)
    mine = queries.own(city, visitor.appellants) if page == 1 and not text else []
    context = {
        "rows": rows, "text": text, "page": page, "before": page - 1, "after": page + 1 if more else 0,
        "mine": [(row, queries.asked(row), wording.tr(labels.LABELS.states[row.status])) for row in mine],
    }  # fmt: skip
    return render(request, "questions/list.html", context)


@require_safe
@public
def one(request: HttpRequest, visitor: Visitor, number: str) -> HttpResponse:
    """Show a published question, or one's own; anything else does not exist."""
    row = queries.one(visitor.city.code, number)
    is_own = row is not None and row.account in visitor.appellants
    if row is None or (row.published_at is None and not is_own):
        raise visitors.strange(visitor, wanted=f"question {number}", command="read_question")
    if row.published_at is not None and not is_own and not is_robot(request.method, request.headers):
        views.viewed(row, now=visitor.now)
    context = {
        "row": row,
        "is_own": is_own,
        "asked": queries.asked(row) if is_own else "",
        "answer": queries.answer(row) if is_own else None,
        "state": wording.tr(labels.LABELS.states[row.status]),
        "count": views.views([row.pk]).get(row.pk, 0),
        "unit": row.target_unit if row.kind == "unit" else "",
    }
    return render(request, "questions/one.html", context)


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
@public
def ask(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Ask, once the articles that fit were shown; needs an account, since the answer has to find its way."""
    city = visitor.city.code
    if visitor.account is None:
        address = reverse("citizens:sign_in", args=(city,), query={"next": reverse("questions:ask", args=(city,))})
        messages.info(request, _("请先用手机号登录：有了答复会告诉您。"))
        return redirect(address)
    units = tuple(people.unit_names(city, now=visitor.now))
    if request.method == "GET":
        begun = kept_of(cleaned(request.GET.get("text", "")))[:_LONGEST]
        return _form(request, AskForm(initial={"key": uuid4(), "content": begun}, units=units), units)
    form = AskForm(request.POST, units=units)
    if not form.is_valid():
        return _form(request, form, units, status=422)
    seen = request.POST.get("seen", "")[:_SEEN]
    if not seen:
        hits = labels.found(city, form.cleaned_data["content"], reader="public", now=visitor.now)
        if hits:
            return _form(request, form, units, hits=hits)
    try:
        number = _asked(visitor, form, seen)
    except Rejected as rejected:
        form.add_error(None, saying.say(KIND, rejected))
        return _form(request, form, units, status=409)
    messages.success(request, _("已收到您的提问，有了答复会告诉您。"))
    return redirect("questions:one", city, number)


def _asked(visitor: Visitor, form: AskForm, shown: str) -> str:
    """Put the question on record, once for each form; return its number. Raises: Rejected, TooOften.

    `shown`: the numbers of the articles that did not help.
    """
    assert visitor.account is not None
    city, said = visitor.city.code, form.cleaned_data
    limits.hit(limits.ASK_BY_ACCOUNT, str(visitor.account.id), now=visitor.now)
    seen = tuple(each for each in shown.split() if each != _NONE)[:10]
    command = Ask(
        account=str(visitor.account.appellant), content=said["content"], unit=said["unit"], agrees=said["agrees"],
        verified=visitor.account.is_verified, seen=seen,
    )  # fmt: skip
    key = Key(f"ask/{visitor.account.id}", str(said["key"]), limits.keyed("ask", said["content"] + said["unit"]).hex())
    outcome = lifecycles.begin(
        KIND, command, city=city, by=visitor.actor, now=visitor.now, made=lambda id: opened(id, city), key=key
    )
    number: str = KIND.rows_in(city, pk=outcome.id).values_list("number", flat=True)[0]
    return number


def _form(
    request: HttpRequest, form: AskForm, units: tuple[str, ...], *, hits: Any = (), status: int = 200
) -> HttpResponse:
    context = {"form": form, "units": units, "hits": hits, "seen": " ".join(hit.number for hit in hits) or _NONE}
    return render(request, "questions/ask.html", context, status=status)
