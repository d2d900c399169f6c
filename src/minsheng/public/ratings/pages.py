"""Rating a service: the page behind the code at a window. Nobody signs in; who leaves a number is told the result."""

from __future__ import annotations

from datetime import timedelta
from typing import Final
from uuid import uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from minsheng import wording
from minsheng.cases.reviews import intake
from minsheng.core.people.limits import Limit
from minsheng.core.policies import queries as policies
from minsheng.domain.actors import Actor
from minsheng.domain.rejected import Rejected
from minsheng.public.citizens import limits, visitors
from minsheng.public.citizens.visitors import Visitor, public
from minsheng.public.ratings import places
from minsheng.public.ratings.forms import RatingForm

# A hall's visitors may all stand behind one address.
RATE_BY_ADDRESS: Final = Limit("rating address", 120, timedelta(hours=1), by_address=True)


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
@public
def rate(request: HttpRequest, visitor: Visitor, token: str) -> HttpResponse:
    """Ask how a service was, and take the rating. Source: SZ-30b, JY-16."""
    place = places.place_of(visitor.city.code, token)
    if place is None:
        raise visitors.strange(visitor, wanted="rating", command="open_rating_link")
    area = policies.area_code(visitor.city.code)
    form = RatingForm(request.POST if request.method == "POST" else None, initial={"key": uuid4()}, area=area)
    status = 422 if request.method == "POST" else 200
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        rating = {
            "item": place.item, "unit": place.unit, "window": place.window, "grade": int(said["grade"]),
            "named": bool(said["phone"]), "contact": said["phone"], "words": said["words"],
            "source_no": f"own {said['key']}",
        }  # fmt: skip
        try:
            limits.hit(RATE_BY_ADDRESS, visitor.address, now=visitor.now)
            intake.take_own(visitor.city.code, rating, by=Actor("citizen"), now=visitor.now)
        except Rejected as refused:
            form.add_error(None, wording.say(refused))
        else:
            return redirect("ratings:thanks", visitor.city.code)
    return render(request, "ratings/rate.html", {"form": form, "place": place}, status=status)


@require_safe
@public
def thanks(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Thank whoever rated."""
    return render(request, "ratings/thanks.html")
