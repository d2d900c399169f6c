"""The door to the portal where several cities share an installation."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from minsheng.policies import queries as policies


@require_safe
def cities(request: HttpRequest) -> HttpResponse:
    """Show the cities; a single one is entered at once."""
    found = policies.cities()
    if len(found) == 1:
        return redirect("portal:start", found[0].code)
    return render(request, "portal/cities.html", {"cities": found})
