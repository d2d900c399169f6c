"""The hours in which people are not told what can wait. No rule gives them: a city says them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From when until when, each day; `since` later than `until` goes over midnight."""

    since: time
    until: time

    def over_at(self, moment: datetime) -> datetime:
        """Return when somebody may be told what comes up at `moment`: that moment itself outside of quiet hours.

        `moment` is in the city's zone.
        """
        ends = moment.replace(hour=self.until.hour, minute=self.until.minute, second=0, microsecond=0)
        at = moment.time()
        if self.since < self.until:
            return ends if self.since <= at < self.until else moment
        if at >= self.since:
            return ends + timedelta(days=1)
        return ends if at < self.until else moment

    def plain(self) -> str:
        """Return it as packs write it."""
        return f"{self.since:%H:%M}-{self.until:%H:%M}"

    def written(self) -> str:
        """Return it in words."""
        return f"每天 {self.plain()}"
