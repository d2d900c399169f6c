"""The dispatcher beside the order: where matters of this kind usually went, on what basis, and the form that fits.

Source: JY-9.2, SZ-15.3a, SQ-10.3a.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from minsheng.cases.appeals.queries import Words
from minsheng.cases.orders.office import routing
from minsheng.core.ledger.values import ZONE
from minsheng.core.people import queries as people
from minsheng.core.people import regions
from minsheng.domain.facts import Fact
from minsheng.domain.orders import events as ev
from minsheng.workbench import shown
from minsheng.workbench.forms import CommandForm

# The commands that give an order to units, and the states in which that is what is to be done.
COMMANDS = ("dispatch", "redispatch")
OPEN_AT_ONCE = ("SUBMITTED", "REDO", "EMERGENCY")
# Bases and units of a region that are offered to be pressed; the fields themselves offer all.
_PRESSED = 5


@dataclass(frozen=True, slots=True)
class Suggested:
    """A unit to which matters of this kind went: how often, when last, and the basis that was named most."""

    unit: str
    count: int
    last_at: datetime
    basis: str


@dataclass(frozen=True, slots=True)
class Advice:
    """The unit that another named when it gave the order back."""

    unit: str
    by: str


@dataclass(frozen=True, slots=True)
class Panel:
    """What helps to dispatch. `category` is empty where nobody has said what the appeal is about.

    `region`: where the place is, as far as it says for certain, from the top down; `serving`: the units that serve it.
    """

    category: str
    region: str
    serving: tuple[str, ...]
    advice: Advice | None
    usual: tuple[Suggested, ...]
    bases: tuple[str, ...]
    pressed: tuple[str, ...]


def panel_of(words: Words | None, facts: Iterable[Fact], *, place: str, city: str, now: datetime) -> Panel:
    """Return the panel of an appeal: units that take part, each with the reason why it is named.

    A unit that gave this order back, and was let, is not named again. `place`: as the dispatcher reads it, so that the
    region says no more of an address than the page does.
    """
    category = words.category if words is not None else ""
    advice, returned = _returns(facts)
    found = [each for each in routing.usual(city, category=category) if each.unit not in returned]
    names = {each.unit for each in found} | ({advice.unit} if advice else set())
    known = people.unit_facts(city, names=names, now=now) if names else {}
    joined = {name for name, unit in known.items() if unit.joined}
    usual = tuple(Suggested(each.unit, each.count, each.last_at, each.basis) for each in found if each.unit in joined)
    bases = tuple(routing.bases(city, category=category))
    path = shown.category_path(category)
    region, serving = _region(city, place, returned=returned, now=now)
    return Panel(
        path, region, serving, advice if advice and advice.unit in joined else None, usual, bases, bases[:_PRESSED]
    )


def _region(city: str, place: str, *, returned: set[str], now: datetime) -> tuple[str, tuple[str, ...]]:
    """Return the region that a place is in, and the units in force that serve it, the nearest first."""
    tree = regions.tree(city, on=now.astimezone(ZONE).date())
    found = tree.place(place) if place else None
    if found is None:
        return "", ()
    serving = [unit for unit in regions.units_of(city, found.code, now=now) if unit not in returned]
    path = " / ".join(each.name for each in reversed(tree.chain(found.code)))
    return path, tuple(serving[:_PRESSED])


def _returns(facts: Iterable[Fact]) -> tuple[Advice | None, set[str]]:
    """Return what the last unit to give the order back advised, and the units whose return was accepted."""
    advice: Advice | None = None
    returned: set[str] = set()
    for fact in facts:
        match fact.event:
            case ev.ReturnRequested(unit=unit, suggest=suggest):
                advice = Advice(suggest.strip(), unit) if suggest.strip() else None
            case ev.ReturnAccepted(unit=unit):
                returned.add(unit)
            case ev.Dispatched():
                advice = None
            case _:
                pass
    return advice, returned


def prepare(form: CommandForm) -> CommandForm:
    """Let the form's fields offer what the panel knows, and be reached by key; return the form."""
    if "basis" in form.fields:
        form.fields["basis"].widget.attrs["list"] = "usual-bases"
    form.fields["unit"].widget.attrs.update({"data-key": "a", "aria-keyshortcuts": "a"})
    return form
