"""Queues as a pack writes them, and the numbers that telephony goes by. Source: SZ-15.1, JY-4, JS-2.3b."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from minsheng.domain import kinds
from minsheng.domain.quiet import QuietHours

if TYPE_CHECKING:
    from minsheng.domain.rules import Rules

_CODE: Final = re.compile(r"[a-z][a-z0-9_]{0,30}")
_NUMBER: Final = re.compile(r"\d{1,15}")
_KEY: Final = re.compile(r"[0-9*#]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """One queue of calls.

    `desk`: whose seats answer it, a desk of the pack; `priority`: those of a higher one are answered first;
    `hours`: when it is open, none for always; `overflow`: the queue that takes its calls while it is closed, and those
    that have waited for `overflow_seconds`; none of these calls loses its place.
    """

    name: str
    desk: str
    priority: int = 0
    hours: QuietHours | None = None
    overflow: str = ""
    overflow_seconds: int = 0

    def is_open(self, moment: datetime) -> bool:
        """Tell whether the queue takes calls; `moment` is in the city's zone."""
        return self.hours is None or self.hours.over_at(moment) != moment

    def plain(self) -> Mapping[str, object]:
        """Return the queue as a pack writes it, defaults left out."""
        said = ((each, getattr(self, each.name)) for each in fields(self))
        return {each.name: kinds.plain(value) for each, value in said if value != each.default}

    def written(self) -> str:
        """Return the queue on one line."""
        hours = f"，{self.hours.plain()}" if self.hours is not None else ""
        over = f"，等候满 {self.overflow_seconds} 秒转 {self.overflow}" if self.overflow_seconds else ""
        return f"{self.name}（席位 {self.desk}{hours}{over}）"


_READERS: Final[Mapping[str, kinds.Reader]] = {
    "name": kinds.text,
    "desk": kinds.text,
    "priority": kinds.count(),
    "hours": kinds.quiet,
    "overflow": kinds.text,
    "overflow_seconds": kinds.count(1),
}
ORDINARY: Final = "ordinary"
ONE: Final[Mapping[str, Queue]] = MappingProxyType({ORDINARY: Queue(name="综合", desk="ordinary")})


def read(plain: object) -> Mapping[str, Queue]:
    """Read the queues of a pack, by their codes. Raises: ValueError."""
    if not isinstance(plain, Mapping) or not plain:
        raise ValueError("应为“代码 = 队列”的表，至少一个队列")
    return MappingProxyType({_code(code): _queue(code, each) for code, each in plain.items()})


def _code(code: object) -> str:
    if not isinstance(code, str) or not _CODE.fullmatch(code):
        raise ValueError(f"队列代码“{code}”应由小写字母、数字和下划线组成")
    return code


def _queue(code: object, plain: object) -> Queue:
    if isinstance(plain, Queue):
        return plain
    if not isinstance(plain, Mapping) or not {"name", "desk"} <= set(plain) <= set(_READERS):
        raise ValueError(f"队列 {code} 应写明 name、desk，可写 {'、'.join(list(_READERS)[2:])}")
    values: dict[str, Any] = {name: _READERS[name](each) for name, each in plain.items()}
    return Queue(**values)


def numbers(plain: object) -> Mapping[str, str]:
    """Read queues by telephone numbers, or by what numbers begin with. Raises: ValueError."""
    return _to_queues(plain, _NUMBER, "号码应为 1 至 15 位数字")


def keys(plain: object) -> Mapping[str, str]:
    """Read queues by the one key that leads to them. Raises: ValueError. Source: JS-2.3c."""
    return _to_queues(plain, _KEY, "按键应为一位数字、* 或 #")


def _to_queues(plain: object, shape: re.Pattern[str], says: str) -> Mapping[str, str]:
    if not isinstance(plain, Mapping):
        raise ValueError(f"应为到队列代码的表；{says}")
    if not all(shape.fullmatch(str(each)) for each in plain):
        raise ValueError(says)
    return MappingProxyType({str(each): _code(queue) for each, queue in plain.items()})


def unsound(values: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return what does not go together among the parameters of telephony, as (name, Chinese reason)."""
    known: Mapping[str, Queue] = values["telephony_queues"]
    found = []
    for name in ("lines", "prefixes", "menu"):
        strange = sorted(set(values[f"telephony_{name}"].values()) - set(known))
        if strange:
            found.append((f"telephony.{name}", f"{'、'.join(strange)}不在 telephony.queues 中"))
    for code, queue in known.items():
        if queue.desk not in values["desks"]:
            found.append(("telephony.queues", f"队列 {code} 的席位 {queue.desk} 不在 desks 中"))
        if queue.overflow and (queue.overflow not in known or queue.overflow == code):
            found.append(("telephony.queues", f"队列 {code} 的 overflow 应为另一个队列的代码"))
        elif not queue.overflow and (queue.hours is not None or queue.overflow_seconds):
            found.append(("telephony.queues", f"队列 {code} 不全天开放或限时等候，应写明 overflow"))
        elif queue.overflow and (known[queue.overflow].hours is not None or known[queue.overflow].overflow):
            found.append(("telephony.queues", f"队列 {code} 的 overflow 应为全天开放、不再转出的队列"))
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What telephony goes by in a city at a moment; times as lengths. `callback_after` none: none is offered."""

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


def settings(rules: Rules) -> Settings:
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
    )
