"""Lights: how a deadline stands, as a colour that never speaks alone. Working time is counted as the limit was set."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from minsheng.domain.orders.facts import Timer
from minsheng.domain.orders.order import Order
from minsheng.domain.packs import Rules

# From here on a light is yellow: half of the limit has run.
_HALF = 0.5


@dataclass(frozen=True, slots=True)
class Light:
    """A colour (green, yellow, red, grey), its word, and how much is left or over."""

    colour: str
    word: str
    rest: str = ""


NONE = Light("grey", "无时限")
# Windows that close: that they are over is no lateness of anybody.
_WINDOWS = frozenset({"return", "sms", "overdue_watch", "emergency_open"})


def of(timer: Timer | None, *, now: datetime, rules: Rules) -> Light:
    """Return the light of a clock at a moment."""
    if timer is None:
        return NONE
    match timer.status:
        case "missed" if timer.name in _WINDOWS:
            return Light("grey", "已截止")
        case "running" | "missed" if timer.due is not None and timer.done_at is None:
            return _running(timer, timer.due, now, rules)
        case "paused":
            left = timedelta(seconds=timer.rest or 0)
            return Light("grey", "暂停", f"余{_words(left, working=timer.working)}")
        case "met":
            return Light("green", "按时完成")
        case "missed":
            return Light("red", "超期完成")
        case _:
            return Light("grey", "已取消")


def pressing(order: Order, due: datetime) -> Timer | None:
    """Return the clock that ends at the order's next moment."""
    found = (timer for timer in order.timers.values() if timer.due == due and timer.status in ("running", "missed"))
    return next(found, None)


def _running(timer: Timer, due: datetime, now: datetime, rules: Rules) -> Light:
    worktime = rules.worktime
    if now > due:
        over = worktime.between(due, now) if timer.working else now - due
        return Light("red", "超期", f"超{_words(over, working=timer.working)}")
    left = worktime.between(now, due) if timer.working else due - now
    begin = min(timer.basis.start, now)
    whole = worktime.between(begin, due) if timer.working else due - begin
    rest = f"余{_words(left, working=timer.working)}"
    return Light("yellow", "临期", rest) if left <= whole * _HALF else Light("green", "正常", rest)


def _words(length: timedelta, *, working: bool) -> str:
    """Return a length as people say it: working time in hours, other time in days and hours."""
    minutes = int(length.total_seconds()) // 60
    hours, minutes = divmod(minutes, 60)
    if working:
        return f"{hours}小时{minutes}分工时" if hours else f"{minutes}分工时"
    days, hours = divmod(hours, 24)
    if days:
        return f"{days}天{hours}小时"
    return f"{hours}小时{minutes}分" if hours else f"{minutes}分"
