"""One queue of calls, as `Rules` holds it. How packs write it: `call_queues.py`. Source: SZ-15.1, JY-4, JS-2.3b."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime

from minsheng.domain.quiet import QuietHours


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
        return {
            each.name: value.plain() if isinstance(value, QuietHours) else value
            for each, value in said
            if value != each.default
        }

    def written(self) -> str:
        """Return the queue on one line."""
        hours = f"，{self.hours.plain()}" if self.hours is not None else ""
        over = f"，等候满 {self.overflow_seconds} 秒转 {self.overflow}" if self.overflow_seconds else ""
        return f"{self.name}（席位 {self.desk}{hours}{over}）"
