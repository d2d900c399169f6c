"""One press of an administration form: done once under its key, or refused with a sentence above the form."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from minsheng import wording
from minsheng.core.drafts import typed
from minsheng.core.people import presses
from minsheng.core.people.queries import Person
from minsheng.domain.rejected import Rejected
from minsheng.gateways import clock

# What a piece of work is given: the moment at which it is done.
Work = Callable[[datetime], object]


class KeyedForm(forms.Form):
    """A form that a second press of its button does not do again."""

    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {"key": uuid4(), **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)


def done(request: HttpRequest, person: Person, form: forms.Form, what: str, work: Work) -> bool:
    """Do the work of a valid form once and forget what was typed into it; return whether it was done, now or before.

    A refusal stands above the form, which is to be shown again. `what` tells one form's key from another's.
    """
    if not form.is_valid():
        return False
    given = form.cleaned_data
    content = (what, *(f"{name}={given[name]}" for name in sorted(given) if name != "key"))
    now = clock.now()
    try:
        presses.once(person, given["key"], content, lambda: _ignored(work(now)), now=now)
    except Rejected as refusal:
        form.add_error(None, wording.say(refusal))
        return False
    except ValidationError as fault:
        form.add_error(None, fault)
        return False
    typed.taken(request)
    return True


def _ignored(_result: object) -> None:
    """Let work give back whatever it likes."""
