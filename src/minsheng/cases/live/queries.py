"""Reading signals by audience, and who looks at what now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection

from minsheng.cases.live.models import Presence
from minsheng.core.features import queries as features
from minsheng.domain.actors import Actor

# A browser says every twenty seconds that somebody is still there.
GONE_AFTER = timedelta(seconds=60)
# More than this was missed: the page is better read anew.
MISSED_AT_MOST = 500

_RANGE = "SELECT coalesce(min(id), 0), coalesce(max(id), 0) FROM live_signal"
_SINCE = """
    SELECT id, city, audience, kind, order_id, version FROM live_signal
    WHERE city = %s AND audience = ANY(%s) AND id > %s AND id <= %s ORDER BY id LIMIT %s
"""


@dataclass(frozen=True, slots=True)
class Heard:
    """A signal as it goes to browsers."""

    id: int
    city: str
    audience: str
    kind: str
    order: str
    version: int


@dataclass(frozen=True, slots=True)
class Missed:
    """What came after a number. `upto`: nothing up to there is left out. `reload`: too much, or it can't be known."""

    events: tuple[Heard, ...]
    upto: int
    reload: bool = False


def newest() -> int:
    """Return the number of the newest signal, 0 before the first."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(id), 0) FROM live_signal")
        found = cursor.fetchone()
    return int(found[0]) if found else 0


def since(after: int, *, city: str, audiences: Sequence[str]) -> Missed:
    """Return the signals to the audiences after a number, merged; or that the page must be read anew."""
    with connection.cursor() as cursor:
        cursor.execute(_RANGE)
        first, last = cursor.fetchone() or (0, 0)
        # Deleted since, or a number of another database: nobody can say what was missed.
        if after > last or after < first - 1:
            return Missed((), last, reload=True)
        cursor.execute(_SINCE, (city, list(audiences), after, last, MISSED_AT_MOST + 1))
        rows = [Heard(*row) for row in cursor.fetchall()]
    if len(rows) > MISSED_AT_MOST:
        return Missed((), last, reload=True)
    return Missed(tuple(merged(rows)), last)


def merged(rows: Sequence[Heard]) -> list[Heard]:
    """Return signals without what a later one makes needless: of one kind about one thing the last counts."""
    kept = {(row.kind, row.order): row for row in rows}
    return sorted(kept.values(), key=lambda row: row.id)


def present(stream: str, *, city: str, but: int, now: datetime) -> list[Presence]:
    """Return who else has the thing before them and for whom it still exists, in order of their coming."""
    rows = list(
        Presence.objects.filter(stream=stream, city=city, seen_at__gt=now - GONE_AFTER)
        .exclude(staff=but)
        .order_by("id")
    )
    actors = {(row.role, row.unit): Actor(row.role, row.unit or None) for row in rows}
    may = {key for key, actor in actors.items() if features.exists_for(actor, stream, city=city)}
    return [row for row in rows if (row.role, row.unit) in may]
