"""How many units and people a city has, and where its units are: counts for reports, nobody's name."""

from __future__ import annotations

from datetime import date

from django.db.models import Count, Q

from minsheng.core.people.models import RoleAssignment, Staff, Unit

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
    active = RoleAssignment.objects.filter(staff__city=city, staff__is_active=True)
    # Nobody is a figure too: what is left out here is not known (`reports.release`).
    for subject, role in (("seats", "seat"), ("specialists", "specialist")):
        found[subject, "city", ""] = active.filter(role=role).values("staff").distinct().count()
    people = Staff.objects.filter(city=city, is_active=True, assignments__role__in=_PLATFORM_ROLES)
    found["staff", "city", ""] = people.distinct().count()
    return found
