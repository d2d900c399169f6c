"""Who asks for jobs: the facts that tell a citizen something, and who wants a report counted. By which rights."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from django.db import connection
from tests import town_ground as towns
from tests.jobs_ground import standing
from tests.reports_ground import planned, press
from tests.town_ground import Town, relayed
from tests.visiting_ground import Citizen, answered

from minsheng.core.jobs import actions, queries
from minsheng.core.ledger import grants
from minsheng.core.messages import sending
from minsheng.core.messages import tasks as messages
from minsheng.core.messages.models import Message
from minsheng.figures.reports import tasks as reports
from minsheng.figures.reports.models import Job
from minsheng.gateways import carriers


@pytest.fixture
def town(db: None, test_clock: Callable[[datetime], None]) -> Town:
    return towns.build("jiangyin", test_clock)


def test_fact_that_tells_the_citizen_something_asks_once_for_sending(town: Town, settings: object) -> None:
    settings.DEMO = True  # type: ignore[attr-defined]  # its carrier sends nothing and says that it did
    assert carriers.text_messages(demonstration=True).shows
    answered(town, Citizen(town.code).file().id)
    answered(town, Citizen(town.code).file().id)
    assert not Message.objects.exists()

    relayed()

    assert Message.objects.filter(state="WAITING").exists()
    assert standing() == [("messages", "todo", 0)]
    messages.send(town.now)
    assert not Message.objects.filter(state="WAITING").exists()


def test_many_messages_are_sent_by_jobs_that_end_in_good_time(
    town: Town, settings: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.DEMO = True  # type: ignore[attr-defined]
    monkeypatch.setattr(sending, "AT_ONCE", 1)
    answered(town, Citizen(town.code).file().id)
    relayed()
    for job in queries.jobs():
        actions.give_up(job.id)

    messages.send(town.now)

    assert standing() == [("messages", "todo", 0)]


def test_nobody_told_means_no_job(town: Town) -> None:
    town.register()

    relayed()

    assert standing() == []


def test_report_asks_for_its_count_with_its_row_and_a_refused_one_for_none(town: Town) -> None:
    report = planned(town)

    press(town, "office", report, "compose")
    press(town, "office", report, "compose")

    assert standing() == [("reports_count", "todo", 0)]
    assert queries.jobs()[0].error is None
    # The lake is missing: the row says so, and nothing is left to be counted.
    reports.count_waiting(town.now)
    assert Job.objects.get().state in ("DONE", "FAILED")


def test_application_role_may_ask_for_jobs_do_and_give_up_them(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(grants.SQL)
        cursor.execute("SET LOCAL ROLE minsheng_app")
        actions.defer("messages")
        actions.defer("boards")
        cursor.execute("SELECT worker_id FROM procrastinate_register_worker_v1()")
        (worker,) = cursor.fetchone()
        cursor.execute("SELECT id FROM procrastinate_fetch_job_v2(ARRAY['quick']::varchar[], %s)", (worker,))
        (job,) = cursor.fetchone()
        cursor.execute("SELECT procrastinate_finish_job_v1(%s, 'succeeded', true)", (job,))
        actions.give_up(queries.jobs()[0].id)

    assert standing() == []
