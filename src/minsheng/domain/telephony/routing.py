"""To which queue a call goes, which call is next, and who answers it. Source: SZ-15.1, JS-1b, JS-2.3c."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from minsheng.domain.call_queue import Queue
from minsheng.domain.call_queues import ORDINARY
from minsheng.domain.telephony.agents import Agent
from minsheng.domain.telephony.calls import Call
from minsheng.domain.telephony.settings import Settings


def first_queue(settings: Settings, *, line: str, caller: str) -> str:
    """Return the queue of a called number and a caller, before anybody presses a key.

    A line of its own goes before the caller's region, which the longest prefix of their number says.
    """
    usual = ORDINARY if ORDINARY in settings.queues else next(iter(settings.queues))
    named = settings.lines.get(line, usual)
    if named != usual:
        return named
    fitting = [each for each in settings.prefixes if caller.startswith(each)]
    return settings.prefixes[max(fitting, key=len)] if fitting else named


def open_queue(settings: Settings, code: str, moment: datetime) -> str:
    """Return the queue itself, or the one that takes its calls while it is closed."""
    queue = settings.queues[code]
    return code if queue.is_open(moment) else queue.overflow


def in_order(settings: Settings, calls: Iterable[Call]) -> list[Call]:
    """Return the calls in the order in which they are answered: by priority, then by how long they wait."""
    return sorted(calls, key=lambda each: (-_queue(settings, each).priority, each.place, each.id))


def best(settings: Settings, call: Call, agents: Iterable[Agent]) -> Agent | None:
    """Return whose phone rings: of those who answer the queue's desk the best, of these the longest idle."""
    desk = _queue(settings, call).desk
    fitting = [each for each in agents if each.skills.get(desk, 0) > 0]
    return min(fitting, key=lambda each: (-each.skills[desk], each.idle_since, each.id), default=None)


def _queue(settings: Settings, call: Call) -> Queue:
    return settings.queues.get(call.queue) or next(iter(settings.queues.values()))
