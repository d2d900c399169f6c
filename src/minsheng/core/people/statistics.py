"""How many units and people a city has, and where its units are: counts for reports, nobody's name."""

from __future__ import annotations

from datetime import date

from django.db.models import Count, Q

from minsheng.core.people import queries
from minsheng.core.people.models import RoleAssignment, Unit

# The kinds of specialist that the release counts, also where nobody is one (AR-2.6.1).
COUNTED_KINDS = ("enterprise", "talent")
# The hotline's own people: who sits on its platform, beside those who take the calls.
_PLATFORM_ROLES = ("seat", "dispatcher", "auditor", "callback_agent", "supervisor", "duty_leader")


def regions(city: str) -> dict[str, str]:
    """Return the district of each unit that is of one, by the unit's name."""
    return dict(Unit.objects.filter(city=city).exclude(region="").values_list("name", "region"))


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
