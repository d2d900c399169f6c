"""What runs for reports without a person: planning what is due, counting, clocks, and a calendar that was loaded."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, close_old_connections, connection

from minsheng.core.ledger import queries as ledger
from minsheng.core.ledger.values import StoredEvent
from minsheng.core.policies import queries as policies
from minsheng.domain.rejected import Rejected
from minsheng.figures.reports import actions
from minsheng.figures.reports.board import board, red
from minsheng.figures.reports.cycle import jobs
from minsheng.gateways import clock

logger = logging.getLogger(__name__)

_PAUSE = 1.0
_PLAN_EVERY = timedelta(minutes=10)
# How soon the leaders' board follows the lake.
_BOARD_EVERY = timedelta(seconds=20)


def ring(stream: str, now: datetime) -> None:
    """Record what ran out on a report's stream."""
    actions.ring(stream, now)


def hear(events: Sequence[StoredEvent]) -> None:
    """Recompute clocks when a calendar year was loaded; a second time changes nothing. Source: A-48."""
    for event in events:
        if event.type == "CalendarLoaded":
            actions.recompute(event.city, year=ledger.content(event)["year"], now=clock.now())


def plan_all(now: datetime) -> None:
    """Put the reports on the list that are due in any city."""
    policies.in_each_city(lambda city: actions.plan_due(city.code, now=now))


def count_boards(now: datetime) -> None:
    """Count the leaders' boards of all cities: from the lake as far as it has grown, and who has red lights now."""
    policies.in_each_city(lambda city: _count_board(city.code, now))


def work_forever(*, stop: threading.Event) -> None:
    """Plan what is due, keep the boards up to date, count what was asked for, until told to stop."""
    due = {plan_all: _PLAN_EVERY, count_boards: _BOARD_EVERY}
    done: dict[Callable[[datetime], object], datetime] = {}
    while not stop.wait(_PAUSE):
        try:
            close_old_connections()
            for work, every in due.items():
                now = clock.now()
                if now - done.get(work, now - every) >= every:
                    done[work] = now
                    work(now)
            while not stop.is_set() and jobs.run_one(clock=clock.now):
                pass
        except DatabaseError:
            logger.warning("reports: the database is away; trying again")
            connection.close()
        except Exception:
            logger.exception("reports: a turn failed")
            connection.close()
    connection.close()


def _count_board(city: str, now: datetime) -> None:
    red.watch(city, now=now)
    zone = policies.rules_for(city, now=now).worktime.zone
    try:
        board.refresh(Path(settings.LAKE_FOLDER), city=city, zone=zone)
    except Rejected as rejected:
        # No lake yet, or a city that nothing has happened in.
        logger.debug("no board of a city: %s", rejected.code)
