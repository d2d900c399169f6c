"""The API of ratings: a batch of them in, their results out. docs/api.md says how."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Query, Router
from pydantic import BaseModel, Field

from minsheng.cases.orders.api.callers import caller_of, key_of
from minsheng.cases.reviews import intake
from minsheng.cases.reviews.actions import KIND
from minsheng.core.lifecycles import queries as things
from minsheng.core.lifecycles.kinds import Key
from minsheng.domain.duties.review import CHECKED
from minsheng.domain.rejected import Rejected

router = Router(tags=["好差评"])
_MOST = 200


class RatingsIn(BaseModel):
    """A batch of ratings."""

    version: int
    ratings: list[Any] = Field(max_length=intake.MOST)


class TakenOut(BaseModel):
    """What became of one rating."""

    source_no: str
    number: str
    known: bool
    fault: str


class TakenAllOut(BaseModel):
    """What became of a batch, in its order."""

    items: list[TakenOut]


class ResultOut(BaseModel):
    """What a rating came to."""

    source_no: str
    number: str
    status: str
    verdict: str | None
    rectified_at: str | None


class ResultsOut(BaseModel):
    """Ratings whose result waits to be returned."""

    items: list[ResultOut]


class Asked(BaseModel):
    """Which results are wanted."""

    status: str = Field(CHECKED, pattern="^(RECEIVED|ASSIGNED|VERIFIED|RECTIFIED|CHECKED|CLOSED)$")


@router.post("/reviews", operation_id="take_reviews", summary="批量报送评价", response=TakenAllOut)
def take(request: HttpRequest, body: RatingsIn) -> dict[str, Any]:
    """Take a batch of ratings; each is taken or refused by itself, and one that came before changes nothing."""
    caller = caller_of(request)
    if caller.actor.role not in ("connector", "office"):
        raise Rejected("not_your_role", role=caller.actor.role)
    if body.version != intake.VERSION:
        raise Rejected("code_not_in_pack", value=str(body.version))
    asked = key_of(request, caller)
    key = Key(asked.scope, asked.key, digest=asked.fingerprint)
    found = intake.take(caller.city, body.ratings, by=caller.actor, now=caller.now, key=key)
    items = [
        {"source_no": each.source_no, "number": each.number, "known": each.known, "fault": each.fault} for each in found
    ]
    return {"items": items}


@router.get("/reviews", operation_id="review_results", summary="待回传的评价结果", response=ResultsOut)
def results(request: HttpRequest, asked: Query[Asked]) -> dict[str, Any]:
    """Return ratings of a state, those whose result waits to be returned where none is named, the oldest first."""
    caller = caller_of(request)
    if not KIND.readers.admits(caller.actor):
        raise Rejected("not_your_role", role=caller.actor.role)
    rows = things.visible(KIND, caller.actor, city=caller.city).filter(status=asked.status).order_by("pk")[:_MOST]
    return {"items": [intake.told(row) for row in rows]}
