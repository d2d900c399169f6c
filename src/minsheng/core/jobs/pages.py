"""The administrator's page of jobs: what waits, runs and failed; to be done again, or given up."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from minsheng import wording
from minsheng.core.jobs import actions, kinds, queries
from minsheng.core.people.gates import signed_in
from minsheng.core.people.queries import Person
from minsheng.domain.rejected import Rejected
from minsheng.gateways import clock

logger = logging.getLogger(__name__)


@require_safe
@signed_in
def jobs(request: HttpRequest, person: Person) -> HttpResponse:
    """Show the jobs that failed, run and wait."""
    _administers(person)
    return _page(request)


@require_POST
@signed_in
def again(request: HttpRequest, person: Person, job: int) -> HttpResponse:
    """Have a job done again, now."""

    def work(now: datetime) -> None:
        actions.run_again(job, now=now)

    return _do(request, person, work, said=_("已安排立即执行。"))


@require_POST
@signed_in
def give_up(request: HttpRequest, person: Person, job: int) -> HttpResponse:
    """Forget a job that failed or waits."""
    return _do(request, person, lambda now: actions.give_up(job), said=_("已放弃这个作业。"))


def _do(request: HttpRequest, person: Person, work: Callable[[datetime], None], *, said: str) -> HttpResponse:
    _administers(person)
    try:
        work(clock.now())
    except Rejected as refusal:
        return _page(request, refusal=wording.say(refusal), status=409)
    logger.info("an administrator changed a job: %s by staff %s", request.path, person.id)
    messages.success(request, said)
    return redirect("jobs:jobs")


def _administers(person: Person) -> None:
    if person.acting_as != "admin":
        raise PermissionDenied("no administrator")


def _page(request: HttpRequest, *, refusal: str = "", status: int = 200) -> HttpResponse:
    counts = queries.counts()
    workers, last = queries.workers()
    listed = [(each, wording.JOBS.get(each.kind, each.kind), _error(each.error)) for each in queries.jobs()]
    context = {
        "failed": [row for row in listed if row[0].status == "failed"],
        "running": [row for row in listed if row[0].status == "doing"],
        "waiting": [row for row in listed if row[0].status == "todo"],
        "counts": {"failed": counts.get("failed", 0), "running": counts.get("doing", 0),
                   "waiting": counts.get("todo", 0)},
        "workers": workers,
        "last": last,
        "refusal": refusal,
    }  # fmt: skip
    return render(request, "jobs/jobs.html", context, status=status)


def _error(error: str | None) -> str:
    return _("执行中的进程意外退出") if error == kinds.LOST else error or ""
