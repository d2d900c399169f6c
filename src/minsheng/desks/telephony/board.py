"""The wallboard as it is shown: numbers as words, and which ask for somebody. Source: GB/T 33358-2016, JS-1c."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.utils.translation import gettext as _

from minsheng import wording
from minsheng.cases.telephony import wallboard
from minsheng.cases.telephony.wallboard import Counted, Standing, Wallboard
from minsheng.domain.rules import Rules
from minsheng.domain.telephony import calls as record
from minsheng.wording import telephony as words

NOTHING: Final = "—"
# States in the order in which a floor is read; who is offline is on no board.
_SHOWN: Final = ("READY", "RINGING", "TALKING", "WRAP_UP", "BREAK", "TRAINING")


@dataclass(frozen=True, slots=True)
class Tile:
    """A number with what it is of; `note`: below it; `is_pressing`: somebody has to do something."""

    label: str
    text: str
    note: str = ""
    is_pressing: bool = False


def shown(city: str, rules: Rules, now: datetime) -> dict[str, Any]:
    """Return the board of a city for its templates."""
    midnight = now.astimezone(rules.worktime.zone).replace(hour=0, minute=0, second=0, microsecond=0)
    found = wallboard.of(city, rules.telephony_queues, midnight=midnight, now=now)
    names = {code: wording.tr(queue.name) for code, queue in rules.telephony_queues.items()}
    return {
        "tiles": list(_now(found)),
        "rates": list(_rates(found)),
        "queues": [_line(each, names.get(each.code, each.code)) for each in found.queues],
        "as_of": now,
    }


def _now(found: Wallboard) -> Iterator[Tile]:
    longest = found.longest
    is_late = longest is not None and longest > record.IN_TIME
    note = _("最长 %(time)s") % {"time": clocked(longest)} if longest is not None else ""
    yield Tile(_("等候"), str(found.waiting), note, is_pressing=is_late)
    for state in _SHOWN:
        yield Tile(words.STATES[state], str(found.states.get(state, 0)))
    yield Tile(_("待回拨"), str(found.owed))


def _rates(found: Wallboard) -> Iterator[dict[str, Any]]:
    stretches = ((_("近 1 小时"), found.hour), (_("今日"), found.today), (_("近 24 小时"), found.day_long))
    for name, counted in stretches:
        yield {"name": name, "is_low": counted is found.day_long and counted.is_low, **_told(counted)}


def _told(counted: Counted) -> dict[str, Any]:
    """Return how calls were answered; shares of all that were queued, and of those that waited at all."""
    return {
        "queued": counted.queued,
        "answered": counted.answered,
        "abandoned": counted.abandoned,
        "short": counted.short,
        "soon": rate(counted.soon, counted.queued),
        "soon_waited": rate(counted.soon, counted.without_short),
        "in_time": rate(counted.in_time, counted.queued),
        "in_time_waited": rate(counted.in_time, counted.without_short),
        "wait": clocked(counted.mean_wait),
    }


def _line(each: Standing, name: str) -> dict[str, Any]:
    return {
        "name": name,
        "waiting": each.waiting,
        "longest": clocked(each.longest),
        "is_late": each.longest is not None and each.longest > record.IN_TIME,
        "ready": each.ready,
        "owed": each.owed,
        **_told(each.today),
    }


def rate(number: int, of: int) -> str:
    """Return a share in per cent with one decimal; a dash of nothing."""
    return f"{100 * number / of:.1f}%" if of else NOTHING


def clocked(length: timedelta | None) -> str:
    """Return a length as minutes and seconds; a dash for none."""
    if length is None:
        return NOTHING
    minutes, seconds = divmod(int(length.total_seconds()), 60)
    return f"{minutes}:{seconds:02d}"
