"""Sentences that people are sent by text message: what each says, a city's own words for it, how these would read."""

from __future__ import annotations

from datetime import datetime

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_http_methods, require_safe

from minsheng import wording
from minsheng.core.ledger.values import ZONE
from minsheng.core.messages import templates
from minsheng.core.messages.templates import Standing
from minsheng.core.people.queries import Person
from minsheng.desks.administration import facts, listing
from minsheng.desks.administration.forms.sentences import ResetForm, SentenceForm
from minsheng.desks.administration.gate import administrator
from minsheng.desks.administration.pressing import done
from minsheng.domain.rejected import Rejected
from minsheng.gateways import clock

_COLUMNS = (gettext_noop("用语"), gettext_noop("文字"), gettext_noop("版本"), gettext_noop("施行日期"))


@require_safe
@administrator
def listed(request: HttpRequest, person: Person) -> HttpResponse:
    """Show every sentence with the words that hold today and those that are to come; or give them as a file."""
    form = listing.ListForm(request.GET)
    form.is_valid()
    looked = form.cleaned_data.get("words", "")
    found = [
        each
        for each in templates.standings(person.city, now=clock.now())
        if looked in each.sentence.name or looked in each.words
    ]
    table = listing.Table("messages", _("短信用语"), tuple(map(_, _COLUMNS)), lambda: [_cells(each) for each in found])
    if (file := listing.exported(request, person, table)) is not None:
        return file
    context = {**listing.frame(form, total=len(found)), "rows": found}
    return render(request, "administration/sentences.html", context)


@require_http_methods(["GET", "POST"])
@administrator
def sentence(request: HttpRequest, person: Person, sentence: str) -> HttpResponse:
    """Show one sentence with its versions; look at other words on an invented order, or let them hold from a day on."""
    found = _standing_or_404(person, sentence)
    now = clock.now()
    today = now.astimezone(ZONE).date()
    first = {"words": found.coming.words if found.coming and found.coming.words else found.words, "starts_on": today}
    if request.method == "GET":
        return _page(request, person, found, SentenceForm(initial=first), found.words)
    if "reset" in request.POST:
        reset = ResetForm(request.POST)

        def back(now: datetime) -> None:
            templates.set_words(person.city, sentence, "", starts_on=today, actor=person.actor, now=now)

        if done(request, person, reset, f"message {sentence} reset", back):
            messages.success(request, _("已恢复原文。"))
            return redirect("administration:messages_one", sentence)
        return _page(request, person, found, reset, found.words, status=422)
    form = SentenceForm(request.POST)
    if "preview" in request.POST:
        return _preview(request, person, found, form)

    def work(now: datetime) -> None:
        given = form.cleaned_data
        templates.set_words(
            person.city, sentence, given["words"], starts_on=given["starts_on"], actor=person.actor, now=now
        )

    if not done(request, person, form, f"message {sentence}", work):
        return _page(request, person, found, form, found.words, status=422)
    messages.success(request, _("已保存。"))
    return redirect("administration:messages_one", sentence)


def _preview(request: HttpRequest, person: Person, found: Standing, form: SentenceForm) -> HttpResponse:
    """Show how the words would read; nothing is kept."""
    if form.is_valid():
        try:
            words = templates.checked(found.sentence, form.cleaned_data["words"])
        except Rejected as refusal:
            form.add_error("words", wording.say(refusal))
        else:
            return _page(request, person, found, form, words, looked=True)
    return _page(request, person, found, form, found.words, status=422)


def _page(
    request: HttpRequest,
    person: Person,
    found: Standing,
    form: SentenceForm | ResetForm,
    words: str,
    *,
    looked: bool = False,
    status: int = 200,
) -> HttpResponse:
    shown = templates.preview(found.sentence, words)
    is_reset = isinstance(form, ResetForm)
    first = {"words": found.words, "starts_on": clock.now().astimezone(ZONE).date()}
    context = {
        "standing": found,
        "form": form,
        "edit": SentenceForm(initial=first) if is_reset else form,
        "reset": form if is_reset else ResetForm(auto_id="reset_%s"),
        "shown": shown,
        "length": len(shown),
        "parts": templates.parts(shown),
        "looked": looked,
        "lines": facts.lines(templates.history(person.city, found.sentence.kind), wording.MESSAGE_EVENTS),
    }
    return render(request, "administration/sentence.html", context, status=status)


def _standing_or_404(person: Person, kind: str) -> Standing:
    try:
        return templates.standing(person.city, kind, now=clock.now())
    except Rejected:
        raise Http404 from None


def _cells(each: Standing) -> tuple[str, str, str, str]:
    version = str(each.version) if each.version else _("原文")
    return (each.sentence.name, each.words, version, str(each.starts_on or ""))
