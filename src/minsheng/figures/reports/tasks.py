"""What runs for reports without a person: planning what is due, and counting."""

from __future__ import annotations

import logging
from datetime import datetime
from pathlib import Path

from django.conf import settings

from minsheng.core.policies import queries as policies
from minsheng.domain.rejected import Rejected
from minsheng.figures.reports import actions
from minsheng.figures.reports.board import board, red
from minsheng.figures.reports.cycle import jobs
from minsheng.gateways import clock

logger = logging.getLogger(__name__)


def plan_all(now: datetime) -> None:
    """Put the reports on the list that are due in any city."""
    policies.in_each_city(lambda city: actions.plan_due(city.code, now=now))


def count_boards(now: datetime) -> None:
    """Count the leaders' boards of all cities: from the lake as far as it has grown, and who has red lights now."""
    policies.in_each_city(lambda city: _count_board(city.code, now))


def count_waiting(now: datetime) -> None:
    """Count the figures that somebody asked for, and those that a worker who is gone had begun."""
    while jobs.run_one(clock=clock.now):
        pass


def forget(now: datetime) -> None:
    """Delete how counts went that ended long ago."""
    jobs.forget(now)


def _count_board(city: str, now: datetime) -> None:
    red.watch(city, now=now)
    zone = policies.rules_for(city, now=now).worktime.zone
    try:
        board.refresh(Path(settings.LAKE_FOLDER), city=city, zone=zone)
    except Rejected as rejected:
        # No lake yet, or a city that nothing has happened in.
        logger.debug("no board of a city: %s", rejected.code)
