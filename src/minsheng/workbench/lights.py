"""Lights: how a deadline stands, as a color that never speaks alone. Working time is counted as the limit was set."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from minsheng.domain import clocks
from minsheng.domain.clocks import Timer
from minsheng.domain.orders.order import Order
from minsheng.domain.packs import Rules

# From here on a light is yellow: half of the limit has run.
_HALF = 0.5
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Light:
    """A color (green, yellow, red, gray), its word, and how much is left or over."""

    color: str
    word: str
    rest: str = ""


# Windows that close: that they are over is no lateness of anybody.
_WINDOWS = frozenset({"return", "sms", "overdue_watch", "emergency_open"})


def of(timer: Timer | None, *, now: datetime, rules: Rules) -> Light:
    """Return the light of a clock at a moment."""
    if timer is None:
        return Light("gray", _("无时限"))
    match timer.status:
        case "missed" if timer.name in _WINDOWS:
            return Light("gray", _("已截止"))
        case "running" | "missed" if timer.due is not None and timer.done_at is None:
            return _running(timer, timer.due, now, rules)
        case "paused":
            left = timedelta(seconds=timer.rest or 0)
            return Light("gray", _("暂停"), _left(left, timer))
        case "met":
            return Light("green", _("按时完成"))
        case "missed":
            return Light("red", _("超期完成"))
        case _:
            return Light("gray", _("已取消"))


def still_runs(timer: Timer) -> bool:
    """Tell whether somebody still has something to do about a clock; a window that has closed is over."""
    if timer.status == "missed":
        return timer.done_at is None and timer.name not in _WINDOWS
    return timer.status in ("running", "paused")


def pressing(order: Order, due: datetime) -> Timer | None:
    """Return the clock that ends at the order's next moment."""
    found = (timer for timer in order.timers.values() if timer.due == due and timer.status in ("running", "missed"))
    return next(found, None)


def _running(timer: Timer, due: datetime, now: datetime, rules: Rules) -> Light:
    worktime = clocks.worktime_of(timer.name, timer.unit, rules)
    if now > due:
        over = worktime.between(due, now) if timer.working else now - due
        # Overdue since the office closed: no working time has run yet, and "0 minutes" would say nothing.
        words = _("超%(length)s") % {"length": _words(over, working=timer.working)} if over >= _MINUTE else ""
        return Light("red", _("超期"), words)
    left = worktime.between(now, due) if timer.working else due - now
    begin = min(timer.basis.start, now)
    whole = worktime.between(begin, due) if timer.working else due - begin
    rest = _left(left, timer)
    return Light("yellow", _("临期"), rest) if left <= whole * _HALF else Light("green", _("正常"), rest)


def _left(length: timedelta, timer: Timer) -> str:
    return _("余%(length)s") % {"length": _words(length, working=timer.working)}


def _words(length: timedelta, *, working: bool) -> str:
    """Return a length as people say it: working time in hours, other time in days and hours."""
    minutes = int(length.total_seconds()) // 60
    hours, minutes = divmod(minutes, 60)
    if working:
        if hours and minutes:
            return _("%(hours)s小时%(minutes)s分工时") % {"hours": hours, "minutes": minutes}
        if hours:
            return _("%(hours)s小时工时") % {"hours": hours}
        return _("%(minutes)s分工时") % {"minutes": minutes}
    days, left = divmod(hours, 24)
    if days:
        return _("%(days)s天%(hours)s小时") % {"days": days, "hours": left}
    if hours:
        return _("%(hours)s小时%(minutes)s分") % {"hours": hours, "minutes": minutes}
    return _("%(minutes)s分") % {"minutes": minutes}
