"""The gate before every page of the administration. Source: GB/T 22239-2019 8.1.5."""

from __future__ import annotations

from functools import wraps
from typing import ParamSpec

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from minsheng.core.people.gates import Page, View, signed_in
from minsheng.core.people.queries import Person

P = ParamSpec("P")


def administrator(page: Page[P]) -> View[P]:
    """Let in who is signed in and acts as the system administrator."""

    @wraps(page)
    def view(request: HttpRequest, person: Person, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if person.acting_as != "admin":
            raise PermissionDenied("not the administrator")
        return page(request, person, *args, **kwargs)

    return signed_in(view)
