"""What every page's frame needs: the person signed in, and the address of the style sheet."""

from __future__ import annotations

import hashlib
from functools import cache
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.utils.safestring import mark_safe

from minsheng import wording
from minsheng.core.features import queries as features
from minsheng.core.people import gates, preferences
from minsheng.core.people.queries import Person
from minsheng.core.policies import queries as policies
from minsheng.desks.help import handbooks
from minsheng.desks.telephony import pages as telephony
from minsheng.domain.rules import Rules

# So many entries of the navigation fit into one line of a small screen at a desk, 1366 pixels wide.
_IN_THE_BAR: Final = 8


def frame(request: HttpRequest) -> dict[str, Any]:
    """Return the frame's values; a page without a person has none of theirs."""
    person = gates.person_of(request) if hasattr(request, "user") else None
    wishes = preferences.of(request)
    rules: Any = SimpleLazyObject(lambda: _rules(request, person))
    return {
        "person": person,
        "asset_version": asset_version(),
        "demo": settings.DEMO,
        "ui": wishes,
        # For elements that hold what somebody said, whatever language the page speaks (WCAG 3.1.2).
        "chinese": mark_safe(' lang="zh-Hans"') if wishes.language == "en" else "",
        "here": _here(request),
        "navigation": SimpleLazyObject(lambda: _navigation(request, person, rules)),
        "at_phone": person is not None and person.acting_as in telephony.AGENTS and _pops(request),
        "pop": SimpleLazyObject(lambda: telephony.popped(person) if person is not None else None),
        "unit_term": SimpleLazyObject(lambda: wording.tr(rules.unit_term if rules else "承办单位")),
        "help_address": SimpleLazyObject(lambda: _help_address(request, person)),
    }


def _pops(request: HttpRequest) -> bool:
    """Tell whether a call may pop up on a page: not on the one that shows it anyway."""
    match = request.resolver_match
    return match is not None and match.view_name != "desks:telephony"


def _help_address(request: HttpRequest, person: Person | None) -> str:
    """Return the address of the handbook of the role that somebody acts in, at the section of this page."""
    if person is None:
        return ""
    match = request.resolver_match
    section = handbooks.section_of(person.acting_as, match.view_name) if match is not None else ""
    return reverse("help:role", args=(person.acting_as,)) + (f"#{section}" if section else "")


def _rules(request: HttpRequest, person: Person | None) -> Rules | None:
    """Return the rules of the city of the person or of the address; None where neither names one.

    They say what the city calls its units (SZ-3, JY-2b, SQ-4), and which entries its navigation has.
    """
    match = request.resolver_match
    city = person.city if person is not None else str(match.kwargs.get("city", "")) if match is not None else ""
    try:
        return policies.rules_for(city, now=timezone.now())
    except policies.UnknownCity:
        return None


def _navigation(request: HttpRequest, person: Person | None, rules: Rules | None) -> dict[str, Any]:
    """Return the entries of the person's navigation, in order, as the features bring them.

    `first` stand in the bar; `more`, when there are too many for one line, in a menu, which is named `here` on a page
    of one of these.
    """
    if person is None:
        return {}
    here = request.resolver_match.view_name if request.resolver_match is not None else ""
    found = [
        {
            "address": reverse(entry.url, args=entry.args),
            "label": wording.tr(entry.label),
            "key": entry.key,
            "is_here": (here == entry.url or here in entry.also)
            and (not entry.args or request.path.startswith(reverse(entry.url, args=entry.args))),
        }
        for entry in features.navigation(person.acting_as, rules=rules)
    ]
    first, more = (found, []) if len(found) <= _IN_THE_BAR + 1 else (found[:_IN_THE_BAR], found[_IN_THE_BAR:])
    here_in_more = next((entry["label"] for entry in more if entry["is_here"]), "")
    return {"first": first, "more": more, "here": here_in_more}


def _here(request: HttpRequest) -> str:
    """Return the address to come back to: of a form that was refused its own page, where it can be asked for."""
    if named := getattr(request, "minsheng_here", None):
        return str(named)
    can_be_asked_for = request.method in ("GET", "HEAD") or hasattr(request, "minsheng_visitor")
    return request.get_full_path() if can_be_asked_for else "/"


@cache
def asset_version() -> str:
    """Return a short hash of the static files, so that they can be cached for a year."""
    total = hashlib.sha256()
    for folder in settings.STATIC_FOLDERS:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                total.update(path.read_bytes())
    return total.hexdigest()[:12]
