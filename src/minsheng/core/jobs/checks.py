"""What `minsheng doctor` looks at of jobs: whether somebody does them, and whether any are overdue or failed."""

from __future__ import annotations

from datetime import datetime, timedelta

import psycopg

from minsheng.core.features.tables import is_there
from minsheng.core.features.values import BAD, GOOD, HINT, Finding

_JOBS = b"""
    select
        (select count(*) from procrastinate_workers where last_heartbeat > now() - %(silent)s),
        (select count(*) from procrastinate_jobs j where status = 'todo' and coalesce(scheduled_at,
            (select max(e.at) from procrastinate_events e where e.job_id = j.id and e.type <> 'scheduled')
        ) < now() - %(late)s
            and not exists (select from procrastinate_jobs o where o.lock = j.lock and o.status = 'doing')),
        (select count(*) from procrastinate_jobs where status = 'failed')
"""
_WORKER_SILENT = timedelta(seconds=60)
_JOB_LATE = timedelta(minutes=10)


def jobs(connection: psycopg.Connection, *, now: datetime) -> list[Finding]:
    """Return whether somebody does the jobs, whether any are overdue, and whether any failed."""
    if not is_there(connection, "procrastinate_workers"):
        return []
    row = connection.execute(_JOBS, {"silent": _WORKER_SILENT, "late": _JOB_LATE}).fetchone()
    workers, late, failed = row or (0, 0, 0)
    findings = []
    if late:
        advice = "请确认 minsheng serve（或 minsheng jobs）在运行，查看其日志；系统管理员可在“后台作业”页查看。"
        findings.append(Finding(BAD, f"有 {late} 个后台作业到期 10 分钟仍未执行：短信、统计和清理会停滞", advice))
    if failed:
        advice = "请系统管理员在“后台作业”页查看原因，排除后再次执行，或放弃。"
        findings.append(Finding(BAD, f"有 {failed} 个后台作业多次失败，不再重试", advice))
    if not workers:
        advice = "请启动 minsheng serve，或单独运行 minsheng jobs。"
        findings.append(Finding(HINT, "没有作业进程在运行（平台未启动时属正常）", advice))
    return findings or [Finding(GOOD, f"作业进程在运行（{workers} 个队列），没有积压和失败的作业")]
