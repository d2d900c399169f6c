"""What follows from a step, in words, before it is taken: the state, the clocks that begin, who is told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from minsheng import wording
from minsheng.cases.orders.office.foresight import Foreseen
from minsheng.domain.packs import Rules
from minsheng.workbench.timeline import recipient


@dataclass(frozen=True, slots=True)
class Clock:
    """A clock that would begin: its name, whose it is, when it would end."""

    name: str
    unit: str
    due: datetime | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What would follow. `state` is empty where the order would stay as it is; `published` tells of a publication."""

    state: str
    round: int
    clocks: tuple[Clock, ...]
    notices: tuple[str, ...]
    breaches: tuple[str, ...]
    published: bool


def outcome_of(foreseen: Foreseen, *, rules: Rules) -> Outcome:
    """Return the outcome as the page says it."""
    before, after = foreseen.before, foreseen.after
    clocks = [
        Clock(wording.TIMERS.get(timer.name, timer.name), timer.unit, timer.due)
        for key, timer in after.timers.items()
        if timer.status == "running" and (key not in before.timers or before.timers[key].due != timer.due)
    ]
    told = [notice for fact in foreseen.decision.facts for notice in fact.notices]
    breaches = [breach for fact in foreseen.decision.facts for breach in fact.breaches]
    changed = (before.status, before.reason) != (after.status, after.reason)
    return Outcome(
        state=wording.label_of_status(after.status, after.reason) if changed else "",
        round=after.round if after.round != before.round else 0,
        clocks=tuple(sorted(clocks, key=lambda clock: (clock.due is None, clock.due))),
        notices=tuple(
            dict.fromkeys(wording.labeled(recipient(notice.to), wording.say(notice, rules)) for notice in told)
        ),
        breaches=tuple(wording.BREACHES.get(breach.code, breach.code) for breach in breaches),
        published=after.published and not before.published,
    )
