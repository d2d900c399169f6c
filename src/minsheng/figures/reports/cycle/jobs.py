"""Counting figures of reports: asked for on a page, done by a job, shown while it runs, stopped on demand.

The row is what the page shows; a job of `core.jobs` takes it with SKIP LOCKED, says before each count that it lives,
and leaves off when told to. What a killed worker had begun is begun again, since nothing of it was written.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction

from minsheng import wording
from minsheng.cases.registers import queries as registers
from minsheng.core.features.values import WORK_KEPT
from minsheng.core.jobs import actions as core_jobs
from minsheng.core.ledger.facts import actor_from_plain, actor_to_plain
from minsheng.core.policies import queries as policies
from minsheng.domain.actors import Actor
from minsheng.domain.assessment import Tally
from minsheng.domain.duties import report as duty
from minsheng.domain.rejected import Rejected
from minsheng.domain.report_kinds import period_of
from minsheng.figures.lake import queries as lake_queries
from minsheng.figures.reports import actions, queries
from minsheng.figures.reports.cycle import composing
from minsheng.figures.reports.models import Job, Report
from minsheng.gateways import ids, packfiles

logger = logging.getLogger(__name__)

# A worker that has said nothing for so long is dead, and its job is anybody's.
SILENCE = timedelta(seconds=30)


class Stopped(Exception):
    """Somebody wants the job stopped, or another worker has taken it."""


def ask(report_id: UUID, *, city: str, actor: Actor, now: datetime) -> UUID:
    """Ask for a report's figures to be counted. Raises: Rejected when the actor may not, or it is being done."""
    with transaction.atomic():
        row = Report.objects.select_for_update().filter(pk=report_id, city=city).first()
        if row is None:
            raise Rejected("not_found", status="")
        duty.check(queries.state_of(row), duty.Compose.name, by=actor)
        job_id = ids.uuid7(now)
        try:
            with transaction.atomic():
                Job.objects.create(pk=job_id, city_id=city, report=row, asked_by=actor_to_plain(actor), asked_at=now)
        except IntegrityError:
            raise Rejected("job_running") from None
        core_jobs.defer("reports_count", key=str(job_id))
    return job_id


def stop(report_id: UUID, *, city: str, now: datetime) -> None:
    """Have the report's job stopped: at once if nobody has begun, otherwise before the next count."""
    jobs = Job.objects.filter(report=report_id, city=city)
    jobs.filter(state="WAITING").update(state="STOPPED", ended_at=now)
    jobs.filter(state="RUNNING").update(stop_wanted=True)


def forget(now: datetime) -> None:
    """Delete jobs that ended a while ago: what they counted is the report's, and nobody asks why one failed."""
    Job.objects.filter(ended_at__lt=now - WORK_KEPT).delete()


def run_one(*, clock: Callable[[], datetime]) -> bool:
    """Do one job that waits; return whether there was one. A refusal is kept with the job, in words."""
    job = _take(clock())
    if job is None:
        return False
    state, failure = "DONE", ""
    try:
        _count(job, clock)
    except Stopped:
        state = "STOPPED"
    except Rejected as rejected:
        state, failure = "FAILED", wording.say(rejected)
    except Exception:
        logger.exception("a report's figures could not be counted", extra={"job": str(job.pk)})
        state, failure = "FAILED", "取数时发生故障，请稍后再试；仍不成功的，请联系系统管理员。"
    Job.objects.filter(pk=job.pk, state="RUNNING", beat_at=job.beat_at).update(
        state=state, failure=failure, ended_at=clock()
    )
    return True


def _take(now: datetime) -> Job | None:
    with transaction.atomic():
        waiting = Job.objects.select_for_update(skip_locked=True).filter(state="WAITING")
        silent = Job.objects.select_for_update(skip_locked=True).filter(state="RUNNING", beat_at__lt=now - SILENCE)
        job = waiting.order_by("asked_at").first() or silent.order_by("asked_at").first()
        if job is None:
            return None
        job.state, job.beat_at, job.done, job.of, job.stage = "RUNNING", now, 0, 0, ""
        job.save(update_fields=["state", "beat_at", "done", "of", "stage"])
        return job


def _count(job: Job, clock: Callable[[], datetime]) -> None:
    row = job.report
    now = clock()
    rules = policies.rules_for(row.city_id, now=now)
    kind = packfiles.report_kinds()[row.kind]
    period = period_of(row.since, row.until)
    population, note = queries.population(row.city_id, year=row.since.year)
    request = composing.Request(
        city=row.city_id,
        kind=kind,
        period=period,
        as_of=now.astimezone(rules.worktime.zone).replace(tzinfo=None),
        made_at=now,
        population=population,
        population_note=note,
        scheme=packfiles.assessment_scheme(rules),
        imported=queries.imported_scores(row.city_id, since=row.since, until=row.until),
        titles={code: rule.title for code, rule in rules.monitoring_rules.items() if not rule.is_hidden},
        trained={
            unit: Tally(passed, present)
            for unit, (passed, present) in registers.trained(row.city_id, since=row.since, until=row.until).items()
        },
    )
    steps = len(lake_queries.ALL) + sum(len(section.charts) for section in kind.sections) + kind.assesses
    steps += composing.counts_violations(kind)
    job.of = steps

    def told(stage: str) -> None:
        _beat(job, stage, clock())

    counted, broken = composing.compose(Path(settings.LAKE_FOLDER), request, told=told)
    told("")
    actor = actor_from_plain(job.asked_by)
    actions.compose(row.pk, city=row.city_id, counted=counted, broken=broken, actor=actor, now=clock())


def _beat(job: Job, stage: str, now: datetime) -> None:
    """Say what is being counted. Raises: Stopped when it was stopped, or another worker has the job."""
    mine = Job.objects.filter(pk=job.pk, state="RUNNING", beat_at=job.beat_at)
    if not mine.filter(stop_wanted=False).update(stage=stage, done=job.done, of=job.of, beat_at=now):
        raise Stopped
    job.beat_at = now
    job.done += 1
