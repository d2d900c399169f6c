"""What the worker does between two looks into the outbox: each thing in its time, and one that fails stops no other."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from minsheng.core.ledger import tasks as ledger
from minsheng.public.publication import tasks as publication
from minsheng.public.publication.models import Figures

NOW = datetime.fromisoformat("2026-09-18T16:40:00+08:00")


def failing(now: datetime) -> None:
    """Fail."""
    raise RuntimeError("no")


def test_each_is_done_in_its_time_and_a_failing_one_stops_no_other(
    db: None, test_clock: Callable[[datetime], None], settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    from tests import town_ground as towns

    towns.build("jiangyin", test_clock)
    settings.LEDGER_CHORES = {f"{__name__}:failing": 1, "minsheng.public.publication.tasks:count": 60}
    done: dict[str, datetime] = {}

    ledger.do_chores(NOW, done)
    ledger.do_chores(NOW + timedelta(seconds=59), done)

    assert Figures.objects.get().counted_at == NOW
    assert done["minsheng.public.publication.tasks:count"] == NOW
    assert len([each for each in caplog.records if each.message == "a chore failed"]) == 2


def test_every_chore_of_the_settings_exists_and_does_no_harm_twice(
    db: None, test_clock: Callable[[datetime], None]
) -> None:
    from tests import town_ground as towns

    towns.build("jiangyin", test_clock)

    for _ in range(2):
        ledger.do_chores(NOW, {})

    assert Figures.objects.count() == 1


def test_figures_are_counted_once_an_hour(db: None, test_clock: Callable[[datetime], None]) -> None:
    from tests import town_ground as towns

    towns.build("jiangyin", test_clock)
    publication.count(NOW)
    publication.count(NOW + timedelta(minutes=59))
    first = Figures.objects.get().counted_at

    publication.count(NOW + timedelta(minutes=61))

    assert first == NOW
    assert Figures.objects.get().counted_at == NOW + timedelta(minutes=61)
