"""What telephony goes by in a city at a moment, as lengths and tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from minsheng.domain.call_queue import Queue
from minsheng.domain.call_queues import ONE
from minsheng.domain.quiet import QuietHours
from minsheng.domain.rules import Rules


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What telephony goes by in a city at a moment; times as lengths. `callback_after` none: none is offered.

    `quiet`: the hours in which nobody is called back.
    """

    queues: Mapping[str, Queue] = field(default_factory=lambda: ONE)
    lines: Mapping[str, str] = field(default_factory=dict)
    prefixes: Mapping[str, str] = field(default_factory=dict)
    menu: Mapping[str, str] = field(default_factory=dict)
    ring: timedelta = timedelta(seconds=15)
    wrap_up: timedelta = timedelta(seconds=30)
    callback_after: timedelta | None = None
    callback_attempts: int = 3
    callback_pause: timedelta = timedelta(minutes=5)
    break_reasons: tuple[str, ...] = ()
    quiet: QuietHours | None = None


def of(rules: Rules) -> Settings:
    """Return what the rules say of telephony."""
    after = rules.telephony_callback_after
    return Settings(
        queues=rules.telephony_queues,
        lines=rules.telephony_lines,
        prefixes=rules.telephony_prefixes,
        menu=rules.telephony_menu,
        ring=timedelta(seconds=rules.telephony_ring_seconds),
        wrap_up=timedelta(seconds=rules.telephony_wrap_up_seconds),
        callback_after=timedelta(seconds=after) if after is not None else None,
        callback_attempts=rules.telephony_callback_attempts,
        callback_pause=timedelta(seconds=rules.telephony_callback_pause),
        break_reasons=tuple(rules.telephony_breaks),
        quiet=rules.quiet_hours,
    )
