"""One rule of electronic monitoring, as `Rules` holds it. How packs write it: `monitoring_rules.py`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Final

AUTOMATIC, SUGGESTED, BY_HAND = "automatic", "suggested", "by_hand"
UNIT, PERSON, OFFICE = "unit", "person", "office"
EACH, OF_ORDER, MONTH, QUARTER, ROLLING = "each", "order", "month", "quarter", "rolling_30d"
# What a rule may write instead of a number or a window: the parameter of the same pack that holds it.
THRESHOLD_OF, WINDOW_OF = "late_sign_threshold", "count_window"
# An order was returned by a unit; a unit had no duty roster, or no contact, for a month.
RETURNED, ROSTER_GAP, CONTACT_GAP = "returned", "roster_gap", "contact_gap"
# Who may deal with violations.
CREATORS: Final = ("office", "supervisor", "duty_leader", "joint_meeting", "discipline")
# For whom a violation may exist: roles of the city, and the people of the unit that it falls on.
SEERS: Final = ("office", "supervisor", "duty_leader", "joint_meeting", "command", "discipline", UNIT)
_HOW: Final = {AUTOMATIC: "自动产生", SUGGESTED: "系统建议", BY_HAND: "人工登记"}


@dataclass(frozen=True, slots=True, kw_only=True)
class MonitoringRule:
    """A rule of monitoring.

    `ground`: the ground of accountability that its violations belong to; `events`: any of which raises it; `how`: by
    itself, as a suggestion to be confirmed, or by hand; `counts`: whom it falls on; `window`, `threshold`: how many
    events within what make one violation, or the parameter that says it; `wants`: what must be said of it; `creates`:
    who confirms or records it; `sees`: for whom it exists; `reminded`: it is handed on only after reminders;
    `receivers`: organs that it must be handed to; `readings`: its page lists who read the order's identity.
    """

    title: str
    clause: str
    how: str
    ground: str = ""
    events: tuple[str, ...] = ()
    counts: str = UNIT
    window: str = EACH
    threshold: int | str = 1
    wants: tuple[str, ...] = ()
    creates: tuple[str, ...] = ("office", "supervisor")
    sees: tuple[str, ...] = SEERS
    reminded: bool = True
    receivers: tuple[str, ...] = ()
    readings: bool = False

    @property
    def is_hidden(self) -> bool:
        """Tell whether it exists for fewer than all who monitor: no count and no word of it may reach the others."""
        return UNIT not in self.sees

    def plain(self) -> Mapping[str, object]:
        """Return the rule as a pack writes it, defaults left out."""
        said = ((each, getattr(self, each.name)) for each in fields(self))
        return {
            each.name: list(value) if isinstance(value, tuple) else value
            for each, value in said
            if value != each.default
        }

    def written(self) -> str:
        """Return the rule on one line."""
        often = "" if self.threshold == 1 else f"，{self.window} 满 {self.threshold}"
        raised = f"：{'、'.join(self.events)}" if self.events else ""
        return f"{self.title}（{_HOW[self.how]}{raised}{often}）"
