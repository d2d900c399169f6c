"""How many units and people a city has, and where its units are: counts for reports, nobody's name."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from django.db.models import Count, Q

from minsheng.core.people import queries
from minsheng.core.people import regions as people_regions
from minsheng.core.people.models import RoleAssignment, Unit
from minsheng.core.policies import queries as policies

# The kinds of specialist that the release counts, also where nobody is one (AR-2.6.1).
COUNTED_KINDS = ("enterprise", "talent")
# The hotline's own people: who sits on its platform, beside those who take the calls.
_PLATFORM_ROLES = ("seat", "dispatcher", "auditor", "callback_agent", "supervisor", "duty_leader")


def regions(city: str) -> dict[str, str]:
    """Return the district of each unit that is of one, by the unit's name.

    It is the district of the regions that the unit serves; of one that names none, what stands in its row.
    """
    found = dict(Unit.objects.filter(city=city).exclude(region="").values_list("name", "region"))
    tree, tier = people_regions.tree(city), policies.city(city).tier
    for unit, codes in people_regions.served(city).items():
        found[unit] = people_regions.district_of(tree, codes, tier=tier)
    return {unit: district for unit, district in found.items() if district}


def district_finder(city: str) -> Callable[[str], str]:
    """Return what says in which district a place is, as far as its words say for certain."""
    tree, tier = people_regions.tree(city), policies.city(city).tier

    def district(place: str) -> str:
        found = tree.place(place) if place else None
        return people_regions.district_of(tree, [found.code], tier=tier) if found is not None else ""

    return district


def stocks(city: str, *, on: date) -> dict[tuple[str, str, str], int]:
    """Return counts of units, seats, staff and specialists by subject, level (city, county) and kind. Source: SZ-3."""
    found: dict[tuple[str, str, str], int] = {}
    joined = Unit.objects.filter(Q(joined_on__lte=on), Q(left_on=None) | Q(left_on__gt=on), city=city)
    for level, kind, count in joined.values_list("level", "kind").annotate(Count("id")):
        place = ("units", "city" if level == "city" else "county", kind)
        found[place] = found.get(place, 0) + count
    active = RoleAssignment.objects.filter(queries.held_on(on), staff__city=city, staff__is_active=True)
    # Nobody is a figure too: what is left out here is not known (`reports.release`).
    found["seats", "city", ""] = active.filter(role="seat").count()
    found["staff", "city", ""] = active.filter(role__in=_PLATFORM_ROLES).values("staff").distinct().count()
    specialists = active.filter(role="specialist")
    # Whoever is one for two kinds counts in each; the figure without a kind is of those who have none (JS-2.3f).
    found["specialists", "city", ""] = specialists.filter(kinds=[]).count()
    for kind in sorted(
        {*COUNTED_KINDS, *(each for row in specialists.values_list("kinds", flat=True) for each in row)}
    ):
        found["specialists", "city", kind] = specialists.filter(kinds__contains=[kind]).count()
    return found
