"""The rules of electronic monitoring as a pack writes them, checked alone and beside the other parameters.

What raises a violation, whether by itself, as a suggestion or by hand, whom it counts for and within which window,
what must be said of it, who records it, for whom it exists, and to whom it must go. Source: JY-20, SZ-43, SQ-23.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields
from types import MappingProxyType
from typing import Any, Final

from minsheng.domain import kinds
from minsheng.domain.monitoring_rule import (
    AUTOMATIC,
    BY_HAND,
    CONTACT_GAP,
    CREATORS,
    EACH,
    MONTH,
    OF_ORDER,
    OFFICE,
    PERSON,
    QUARTER,
    RETURNED,
    ROLLING,
    ROSTER_GAP,
    SEERS,
    SUGGESTED,
    THRESHOLD_OF,
    UNIT,
    WINDOW_OF,
    MonitoringRule,
)  # fmt: skip

# What can raise a violation, by the party that it falls on: breaches of the ledger, and the three above.
OF_OFFICE: Final = (
    "late_dispatch", "late_audit", "late_callback", "late_emergency_dispatch", "late_report",
)  # fmt: skip
OF_UNITS: Final = (
    "late_sign", "late_handle", "not_handled", "late_contact", "late_knowledge", "knowledge_loss", "lead_failed",
    "co_failed", "late_response", "late_emergency_result", "late_supervision", "no_roster", "careless_handling",
    "false_report", RETURNED, ROSTER_GAP, CONTACT_GAP,
)  # fmt: skip
WANTED: Final = ("evidence", "consequence", "citation", "text", "person")
_CLAUSE: Final = re.compile(r"[A-Z]{2,4}-\d+(?:\.\d+)*[a-z]?")
_CODE: Final = re.compile(r"[0-9A-Za-z][0-9A-Za-z.]{0,11}")


def _window(plain: object) -> str:
    return str(kinds.choice(EACH, OF_ORDER, MONTH, QUARTER, ROLLING, WINDOW_OF)(plain))


def _threshold(plain: object) -> object:
    return plain if plain == THRESHOLD_OF else kinds.count(1)(plain)


def _clause(plain: object) -> str:
    written = str(kinds.text(plain))
    if not _CLAUSE.fullmatch(written):
        raise ValueError(f"“{written}”不是条款编号，应写成 JY-20.2")
    return written


_READERS: Final[Mapping[str, kinds.Reader]] = {
    "title": kinds.text,
    "clause": _clause,
    "how": kinds.choice(AUTOMATIC, SUGGESTED, BY_HAND),
    "ground": kinds.text,
    "events": kinds.codes(*OF_OFFICE, *OF_UNITS),
    "counts": kinds.choice(UNIT, PERSON, OFFICE),
    "window": _window,
    "threshold": _threshold,
    "wants": kinds.codes(*WANTED),
    "creates": kinds.one_or_more(kinds.codes(*CREATORS)),
    "sees": kinds.one_or_more(kinds.codes(*SEERS)),
    "reminded": kinds.flag,
    "receivers": kinds.texts,
    "readings": kinds.flag,
}
_NEEDED: Final = tuple(each.name for each in fields(MonitoringRule) if each.default is MISSING)


def read(plain: object) -> Mapping[str, MonitoringRule]:
    """Read the table of a pack's rules by their codes; `none` for no monitoring. Raises: ValueError, in Chinese."""
    if plain is None or plain == "none":
        return MappingProxyType({})
    if not isinstance(plain, Mapping):
        raise ValueError("应为“编号 = 规则”的表，或 none")
    found: dict[str, MonitoringRule] = {}
    for code, cell in plain.items():
        if not _CODE.fullmatch(str(code)):
            raise ValueError(f"编号“{code}”应由字母、数字和点组成，例如 V1a、43.3")
        try:
            found[str(code)] = cell if isinstance(cell, MonitoringRule) else _rule(cell)
        except ValueError as why:
            raise ValueError(f"{code}：{why}") from None
    return MappingProxyType(found)


def _rule(plain: object) -> MonitoringRule:
    if not isinstance(plain, Mapping):
        raise ValueError("应为一条规则的表，写明 title、clause、how 等")
    for key in plain:
        if key not in _READERS:
            raise ValueError(f"没有“{key}”这一项{kinds.near(str(key), _READERS)}；可写：{'、'.join(_READERS)}")
    for key in _NEEDED:
        if key not in plain:
            raise ValueError(f"缺少 {key}")
    values: dict[str, Any] = {}
    for key, cell in plain.items():
        try:
            values[key] = _READERS[key](cell)
        except ValueError as why:
            raise ValueError(f"{key} {why}") from None
    rule = MonitoringRule(**values)
    for is_nonsense, advice in _NONSENSE:
        if is_nonsense(rule):
            raise ValueError(advice)
    return rule


# What no rule can mean, each with what to do about it.
_NONSENSE: Final[tuple[tuple[Callable[[MonitoringRule], bool], str], ...]] = (
    (lambda rule: rule.how != BY_HAND and not rule.events, "自动产生或建议的规则要写明由哪些 events 引起"),
    (lambda rule: rule.how == BY_HAND and bool(rule.events), "人工登记的规则不写 events；要由系统产生，请改 how"),
    (
        lambda rule: rule.how == AUTOMATIC and bool(rule.wants),
        "自动产生的规则没有人填写 wants；需要填写的，请把 how 改为 suggested 或 by_hand",
    ),
    (
        lambda rule: rule.counts == OFFICE and not set(rule.events) <= set(OF_OFFICE),
        "counts 为 office 时，events 只能是热线办自己的时限",
    ),
    (
        lambda rule: rule.counts != OFFICE and bool(set(rule.events) & set(OF_OFFICE)),
        "热线办自己的时限不能算在单位或个人头上，请把 counts 改为 office",
    ),
    (
        lambda rule: rule.counts == PERSON and "person" not in rule.wants,
        "counts 为 person 时，wants 里要有 person",
    ),
    (
        lambda rule: rule.threshold != 1 and rule.window == EACH,
        "threshold 大于 1 时要写 window，说明在多长时间里累计",
    ),
    (
        lambda rule: rule.threshold == 1 and rule.window != EACH,
        "写了 window 就要写大于 1 的 threshold，否则每次都算，window 不起作用",
    ),
    (lambda rule: rule.threshold != 1 and rule.how == BY_HAND, "人工登记的规则逐次登记，不写 threshold"),
    (
        lambda rule: rule.events == (RETURNED,) and rule.window != OF_ORDER,
        f"{RETURNED} 数的是同一工单被几家退回，window 只能写 order",
    ),
    (
        lambda rule: rule.events != (RETURNED,) and (rule.window == OF_ORDER or RETURNED in rule.events),
        f"window 为 order 的规则数的是同一工单被几家退回，events 只写 {RETURNED}",
    ),
    (
        lambda rule: not set(rule.creates) <= set(rule.sees),
        "creates 里的岗位也要在 sees 里：登记的人要看得到",
    ),
    (
        lambda rule: rule.how == AUTOMATIC and UNIT not in rule.sees,
        "对单位不可见的规则不能自动产生，请把 how 改为 suggested 或 by_hand",
    ),
)


def unsound(
    rules: Mapping[str, MonitoringRule], *, grounds: Mapping[str, str], receivers: tuple[str, ...]
) -> list[str]:
    """Return what of the rules does not fit the other parameters of their pack, in Chinese."""
    faults = []
    for code, rule in rules.items():
        ground = rule.ground or code
        if grounds and ground not in grounds:
            faults.append(f"{code}：问责情形“{ground}”不在 accountability.grounds 中")
        for each in rule.receivers:
            if each not in receivers:
                faults.append(f"{code}：接收机关“{each}”不在 transfer.receivers 中")
    return faults
