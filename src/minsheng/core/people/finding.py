"""Finding contacts: those of one's own unit, and to the center what units lack, as the page of contacts shows them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from minsheng.core.features.values import Found, Hit
from minsheng.core.people import queries
from minsheng.core.people.queries import Person


def contacts(person: Person, words: str, *, now: datetime) -> Iterator[Found]:
    """Give the contacts that the page of contacts shows to the person; `features.queries` picks out the words."""
    address = reverse("people:contacts")
    hits: list[Hit] = []
    if person.in_unit_role and person.unit is not None:
        filed = queries.filings(person.city, unit=person.unit)
        hits = [Hit(f"{each.post} {each.person}", address, f"{each.effective_on:%Y-%m-%d}") for each in filed]
    elif person.oversees_units:
        hits = [Hit(each.unit, address, _("、").join(each.posts)) for each in queries.compliance(person.city)]
    yield Found(_("联系人"), tuple(hits))
