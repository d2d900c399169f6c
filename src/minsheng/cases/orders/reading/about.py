"""What the page of a thing shows of the orders that it is about: links, and words that name none of who complained."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.urls import reverse

from minsheng.cases.orders.reading import finding, words
from minsheng.domain.actors import Actor


def links(row: Any, actor: Actor) -> list[tuple[str, str]]:
    """Return the numbers and addresses of the orders in a thing's state, as far as they exist for the actor."""
    named = row.state.get("orders", ())
    found = finding.of_ids(actor, city=row.city_id, ids=named) if named else []
    return [(order.number, reverse("desks:order", args=(order.id,))) for order in found]


def covers(row: Any, actor: Actor) -> Callable[[str], str]:
    """Return what covers the words of a thing: who complained in the orders that it is about is in none of them."""
    return words.covering_for(row.state.get("orders", ()), actor=actor, city=row.city_id)
