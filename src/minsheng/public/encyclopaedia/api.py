"""The API of the knowledge base: the same search as at the desks. docs/api.md says how."""

from __future__ import annotations

from datetime import date

from django.http import HttpRequest
from ninja import Query, Router
from pydantic import BaseModel, Field

from minsheng.cases.knowledge import searching
from minsheng.cases.knowledge.searching import Wanted
from minsheng.cases.orders.api.callers import caller_of
from minsheng.core.ledger.values import ZONE
from minsheng.domain.text import cleaned, kept_of

router = Router(tags=["知识库"])
_MOST, _LONGEST = 50, 100


class HitOut(BaseModel):
    """An article that was found; `found`: the letters of the question that stand in it."""

    id: str
    number: str
    edition: int
    title: str
    kind: str
    unit: str
    excerpt: str
    found: list[str]
    valid_to: date | None


class HitsOut(BaseModel):
    """What is valid today and fits best, the best first."""

    items: list[HitOut]


class Asked(BaseModel):
    """What is looked for; empty: any."""

    q: str
    unit: str = ""
    kind: str = ""
    region: str = ""
    limit: int = Field(10, ge=1, le=_MOST)


@router.get("/knowledge/search", response=HitsOut, by_alias=True, summary="搜索知识条目")
def search(request: HttpRequest, asked: Query[Asked]) -> HitsOut:
    """Return published articles that are valid on the city's day and open to the public; none that waits for checks."""
    caller = caller_of(request)
    today = caller.now.astimezone(ZONE).date()
    unit, kind, region = (kept_of(each)[:_LONGEST] for each in (asked.unit, asked.kind, asked.region))
    text = kept_of(cleaned(asked.q))[:_LONGEST]
    wanted = Wanted(text=text, reader="public", today=today, unit=unit, kind=kind, region=region)
    hits = searching.search(caller.city, wanted, limit=asked.limit)
    names = HitOut.model_fields
    return HitsOut(items=[HitOut(**{name: getattr(hit, name) for name in names}) for hit in hits])
