"""Snippets: the list of those that are offered to somebody, a new one, one that is changed or ended."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from minsheng import wording
from minsheng.core.people.gates import told
from minsheng.core.people.queries import Person
from minsheng.core.snippets import actions, queries
from minsheng.core.snippets.queries import Snippet
from minsheng.desks.administration import listing
from minsheng.desks.administration.pressing import KeyedForm, done
from minsheng.desks.snippets.forms import NewSnippetForm, SnippetForm

# They write nothing at any desk.
_WITHOUT = ("security_admin", "audit_admin", "mystery_caller", "overseer")


@require_http_methods(["GET", "POST"])
@told
def listed(request: HttpRequest, person: Person) -> HttpResponse:
    """Show what is offered to somebody, found by words or by its title's reading; add one; or give the city's file."""
    _check(person)
    given = request.POST if request.method == "POST" else None
    # The list above has words of its own.
    form = NewSnippetForm(given, scopes=queries.scopes(person), auto_id="add_%s")

    def work(now: datetime) -> None:
        said = form.cleaned_data
        actions.add(
            person.city, said["scope"], said["title"], said["words"], unit=person.unit or "", staff=person.id,
            actor=person.actor, now=now,
        )  # fmt: skip

    if request.method == "POST" and done(request, person, form, "snippet", work):
        messages.success(request, _("已添加。"))
        return redirect("desks:snippets")
    look = listing.ListForm(request.GET)
    look.is_valid()
    found = queries.found(person, look.cleaned_data.get("words", ""))
    if person.acting_as in queries.KEEPERS:
        columns = (_("谁可以用"), _("单位"), _("标题"), _("内容"))
        table = listing.Table(
            "snippets", _("常用语"), columns, lambda: [_cells(each) for each in queries.of_city(person.city)]
        )
        if request.method == "GET" and (file := listing.exported(request, person, table)) is not None:
            return file
    context: dict[str, object] = {**listing.frame(look, total=len(found))}
    if person.acting_as not in queries.KEEPERS:
        context["kinds"] = ()
    context |= {"rows": _rows(person, found), "add": form}
    return render(request, "desks/snippets.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@told
def snippet(request: HttpRequest, person: Person, snippet: int) -> HttpResponse:
    """Show one that somebody keeps; change it, or end it."""
    _check(person)
    found = queries.one(person, snippet)
    if found is None or found.scope not in queries.scopes(person):
        raise Http404
    ends = "end" in request.POST
    initial: Mapping[str, str] = {"title": found.title, "words": found.words}
    given = request.POST if request.method == "POST" else None
    form: KeyedForm = KeyedForm(given) if ends else SnippetForm(given, initial=initial)

    def work(now: datetime) -> None:
        if ends:
            actions.end(snippet, city=person.city, actor=person.actor, now=now)
        else:
            words = form.cleaned_data
            actions.change(
                snippet, words["title"], words["words"], city=person.city, actor=person.actor, now=now
            )  # fmt: skip

    if request.method == "POST" and done(request, person, form, f"snippet {snippet}{' end' if ends else ''}", work):
        messages.success(request, _("已停用。") if ends else _("已保存。"))
        return redirect("desks:snippets")
    context = {
        "snippet": found,
        "scope": wording.SNIPPET_SCOPES[found.scope],
        "form": form,
        "edit": SnippetForm(initial=initial) if ends else form,
        "ending": form if ends else KeyedForm(auto_id="end_%s"),
    }
    return render(request, "desks/snippet.html", context, status=422 if form.errors else 200)


def _check(person: Person) -> None:
    if person.acting_as in _WITHOUT:
        raise PermissionDenied("a role that writes nothing at a desk")


def _rows(person: Person, found: list[Snippet]) -> list[tuple[Snippet, str, bool]]:
    kept = queries.scopes(person)
    return [(each, wording.SNIPPET_SCOPES[each.scope], each.scope in kept) for each in found]


def _cells(each: Snippet) -> tuple[str, str, str, str]:
    return (wording.SNIPPET_SCOPES[each.scope], each.unit, each.title, each.words)
