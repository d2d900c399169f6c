"""Snippets at the forms of desks: those that are offered, and a form whose button put one in.

With scripts a snippet goes where the caret is (`site/desk.js`). Without, its button sends the form, which comes back as
it was, with the words at the end of the field; nothing is carried out.
"""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import HttpRequest

from minsheng import wording
from minsheng.core.people.queries import Person
from minsheng.core.snippets import queries
from minsheng.core.snippets.queries import Snippet
from minsheng.domain.rejected import Rejected

# The button's name; its value is the field and the snippet.
_BUTTON: Final = "insert"


def offered(person: Person, form: forms.Form) -> list[Snippet]:
    """Return what is offered at a form; nothing at one that asks for no long words."""
    return queries.offered(person) if any(_is_long(form, name) for name in form.fields) else []


def is_pressed(request: HttpRequest) -> bool:
    """Tell whether a snippet's button sent the form."""
    return request.method == "POST" and _BUTTON in request.POST


def put_in(request: HttpRequest, person: Person, form: forms.Form) -> None:
    """Fill an empty form with what was sent, and the snippet at the end of its field; say so if it is there no more."""
    values: dict[str, Any] = {
        name: field.widget.value_from_datadict(request.POST, request.FILES, form.add_prefix(name))
        for name, field in form.fields.items()
    }
    name, _, id = request.POST[_BUTTON].partition(":")
    is_number = id.isascii() and id.isdigit() and len(id) < 19
    snippet = queries.one(person, int(id)) if is_number and _is_long(form, name) else None
    if snippet is None:
        messages.error(request, wording.say(Rejected("snippet_gone")))
    else:
        values[name] = "\n".join(filter(None, ((values[name] or "").rstrip(), snippet.words)))
    form.initial = values


def _is_long(form: forms.Form, name: str) -> bool:
    return name in form.fields and isinstance(form.fields[name].widget, forms.Textarea)
