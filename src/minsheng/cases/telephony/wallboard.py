"""The floor at a glance: who waits and who is ready by queue, and how calls were answered within three stretches.

What is counted is what `domain.telephony.calls.figures` says of each call. Source: SZ-15.1, JS-1c, GB/T 33358-2016.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import Count, DurationField, ExpressionWrapper, F, Min, Q, Sum
from django.db.models.functions import Coalesce, Greatest

from minsheng.cases.telephony import queries
from minsheng.cases.telephony.models import TelephonyCall
from minsheng.domain.call_queue import Queue
from minsheng.domain.telephony import agents as states
from minsheng.domain.telephony import calls as record
from minsheng.domain.telephony.agents import Agent

HOUR, DAY_LONG = timedelta(hours=1), timedelta(hours=24)
# Of all calls of any 24 hours so many are answered within 15 s (GB/T 33358-2016).
GOAL: Final = 0.95
# A caller is in the menu no longer than this before they are queued.
_MENU: Final = timedelta(minutes=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """How calls of citizens were answered; those that wait yet are in none of the numbers.

    `soon`, `in_time`: within 15 and 30 s of queueing; `short`: abandoned within 5 s; `waited`: until the answer, of
    those that were answered.
    """

    queued: int = 0
    answered: int = 0
    soon: int = 0
    in_time: int = 0
    abandoned: int = 0
    short: int = 0
    waited: timedelta = timedelta()

    def __add__(self, other: Counted) -> Counted:
        return Counted(**{each.name: getattr(self, each.name) + getattr(other, each.name) for each in fields(self)})

    @property
    def without_short(self) -> int:
        """Return the second denominator: who hung up within 5 s has not waited."""
        return self.queued - self.short

    @property
    def is_low(self) -> bool:
        """Tell whether fewer were answered within 15 s than the goal says."""
        return self.soon < GOAL * self.queued

    @property
    def mean_wait(self) -> timedelta | None:
        """Return how long those who were answered had waited; None of nobody."""
        return self.waited / self.answered if self.answered else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A queue now and today. `longest`: how long the first of it has waited; `owed`: calls back that are to be made."""

    code: str
    waiting: int = 0
    longest: timedelta | None = None
    owed: int = 0
    ready: int = 0
    today: Counted = field(default_factory=Counted)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wallboard:
    """The floor of a city at a moment. `states`: how many agents are in each; `day_long`: the last 24 hours."""

    states: Mapping[str, int]
    queues: tuple[Standing, ...]
    hour: Counted
    today: Counted
    day_long: Counted

    @property
    def waiting(self) -> int:
        """Return how many wait in all queues."""
        return sum(each.waiting for each in self.queues)

    @property
    def longest(self) -> timedelta | None:
        """Return how long whoever has waited longest has."""
        return max((each.longest for each in self.queues if each.longest is not None), default=None)

    @property
    def owed(self) -> int:
        """Return how many are to be called back."""
        return sum(each.owed for each in self.queues)


def of(city: str, known: Mapping[str, Queue], *, midnight: datetime, now: datetime) -> Wallboard:
    """Return a city's floor; `known`: its queues, all of which are there; `midnight`: when its day began."""
    there = queries.agents(city)
    stretches = {"hour": now - HOUR, "today": midnight, "day_long": now - DAY_LONG}
    counted = {name: _counted(city, since) for name, since in stretches.items()}
    now_of = _standing(city, now)
    codes = dict.fromkeys((*known, *now_of, *counted["today"]))
    found = tuple(
        Standing(
            code=code,
            ready=_ready(known.get(code), there),
            today=counted["today"].get(code, Counted()),
            **now_of.get(code, {}),
        )
        for code in codes
    )
    totals = {name: sum(by_queue.values(), start=Counted()) for name, by_queue in counted.items()}
    return Wallboard(states=Counter(each.state or states.OFFLINE for each in there), queues=found, **totals)


def within(city: str, length: timedelta, *, now: datetime) -> Counted:
    """Return how a city's calls were answered within so long before now."""
    return sum(_counted(city, now - length).values(), start=Counted())


def _ready(queue: Queue | None, there: list[Agent]) -> int:
    desk = queue.desk if queue is not None else None
    return sum(each.state == states.READY and desk in each.skills for each in there)


def _standing(city: str, now: datetime) -> dict[str, dict[str, Any]]:
    rows = TelephonyCall.objects.filter(city=city, ended_at=None, stage=record.QUEUED).values("queue")
    coming = Q(direction=record.IN)
    rows = rows.annotate(waiting=Count("pk", filter=coming), owed=Count("pk", filter=~coming))
    return {
        row["queue"]: {
            "waiting": row["waiting"],
            "owed": row["owed"],
            "longest": max(now - row["first"], timedelta()) if row["first"] is not None else None,
        }
        for row in rows.annotate(first=Min("queued_at", filter=coming))
    }


def _counted(city: str, since: datetime) -> dict[str, Counted]:
    """Return by queue how calls that were queued since then were answered."""
    wait = ExpressionWrapper(Coalesce("answered_at", "ended_at") - F("queued_at"), output_field=DurationField())
    rows = TelephonyCall.objects.filter(
        city=city, direction=record.IN, offered_at__gte=since - _MENU, queued_at__gte=since
    ).exclude(answered_at=None, ended_at=None)
    rows = rows.annotate(wait=Greatest(wait, timedelta(), output_field=DurationField()))
    answered = Q(answered_at__isnull=False)
    left = ~answered & ~Q(cause=record.TAKEN_AS_CALLBACK)
    made = rows.values("queue").annotate(
        queued=Count("pk"),
        answered=Count("pk", filter=answered),
        soon=Count("pk", filter=answered & Q(wait__lte=record.SOON)),
        in_time=Count("pk", filter=answered & Q(wait__lte=record.IN_TIME)),
        abandoned=Count("pk", filter=left),
        short=Count("pk", filter=left & Q(wait__lt=record.SHORT)),
        waited=Coalesce(Sum("wait", filter=answered), timedelta()),
    )
    names = [each.name for each in fields(Counted)]
    told = made.values_list("queue", *names)
    return {queue: Counted(**dict(zip(names, numbers, strict=True))) for queue, *numbers in told}
