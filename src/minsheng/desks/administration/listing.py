"""One way to make a list of the administration: words and filters, pages by key, the same rows as a file.

A list of people is asked for by POST, so that no name stands in an address; other lists by GET. What is exported is a
fact of the city's stream `administration/<city>`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.db import transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.translation import gettext_lazy

from minsheng.core.ledger import actions as ledger
from minsheng.core.people import alarms
from minsheng.core.people.pages.confirming import held_up
from minsheng.core.people.queries import Person
from minsheng.gateways import clock
from minsheng.gateways.spreadsheets import Sheet, Value
from minsheng.workbench import downloads

EXPORT = "export"


class ListForm(forms.Form):
    """Words to look for; a list adds its filters."""

    words = forms.CharField(
        label=gettext_lazy("查找"),
        max_length=100,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


@dataclass(frozen=True, slots=True)
class Table:
    """A list as a file: its name in facts, its title, its columns, and its rows, made when they are wanted."""

    code: str
    title: str
    columns: tuple[str, ...]
    rows: Callable[[], Sequence[tuple[Value, ...]]]


def asked(request: HttpRequest) -> QueryDict:
    """Return what was asked of a list, by either method."""
    return request.POST if request.method == "POST" else request.GET


def after(request: HttpRequest) -> int | None:
    """Return the row after which the page begins; None for the first."""
    text = asked(request).get("after", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def exported(request: HttpRequest, person: Person, table: Table) -> HttpResponse | None:
    """Return the list as a file, on record, if one was asked for; before it, who asks confirms who they are."""
    kind = asked(request).get(EXPORT, "")
    if kind not in downloads.TABLES:
        return None
    if (asked_first := held_up(request, person)) is not None:
        return asked_first
    rows = tuple(table.rows())
    stream = f"administration/{person.city}"
    with transaction.atomic():
        ledger.hold(stream)
        body = {"list": table.code, "rows": len(rows), "form": kind}
        ledger.record(person.city, stream, "ListExported", body, actor=person.actor, now=clock.now())
    alarms.count("exports", f"staff:{person.id}", city=person.city, now=clock.now())
    return downloads.table(Sheet(table.title, table.columns, rows), kind)


def frame(form: ListForm, *, onward: object = None, total: int | None = None) -> dict[str, Any]:
    """Return what every list's page shows around its rows."""
    return {"form": form, "onward": onward, "total": total, "kinds": downloads.TABLES}
