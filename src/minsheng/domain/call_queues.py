"""The queues of calls as a pack writes them, and which numbers and keys lead to them, checked alone and together.

Source: SZ-15.1, JY-4, JS-2.3b, JS-2.3c.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from minsheng.domain import kinds
from minsheng.domain.call_queue import Queue

_CODE: Final = re.compile(r"[a-z][a-z0-9_]{0,30}")
_NUMBER: Final = re.compile(r"\d{1,15}")
_KEY: Final = re.compile(r"[0-9*#]")
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
