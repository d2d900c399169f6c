"""The administrator's page of jobs: what failed, runs and waits; again, or given up; for nobody else."""

from __future__ import annotations

from datetime import UTC, datetime

from django.test import Client
from tests.jobs_ground import run, standing
from tests.town_ground import Town, text_of

from minsheng.core.jobs import actions, queries


def failed() -> int:
    """Have a job that failed for the last time, and return its id."""
    actions.defer("messages", key="13800138000")
    (job,) = [each.id for each in queries.jobs() if each.status == "todo"]
    run("UPDATE procrastinate_jobs SET status = 'failed', attempts = 8 WHERE id = %s", job)
    actions.note(job, "ConnectError", now=datetime.now(UTC))
    return job


def test_page_shows_kind_tries_and_fault_and_not_what_a_job_is_about(town: Town) -> None:
    failed()
    actions.defer("figures")
    client = Client()
    assert client.get("/jobs").status_code == 302

    page = text_of(admin(town).get("/jobs"))

    assert "发送短信" in page
    assert "ConnectError" in page
    assert "统计公开数据" in page
    assert "现在没有作业进程在运行" in page
    assert "13800138000" not in page


def test_failed_job_is_run_again(town: Town) -> None:
    job = failed()

    answer = admin(town).post(f"/jobs/{job}/again", follow=True)

    assert "已安排立即执行" in text_of(answer)
    assert standing() == [("messages", "todo", 9)]


def test_job_is_given_up(town: Town) -> None:
    job = failed()

    answer = admin(town).post(f"/jobs/{job}/give-up", follow=True)

    assert "已放弃这个作业" in text_of(answer)
    assert standing() == []
    again = admin(town).post(f"/jobs/{job}/again")
    assert again.status_code == 409
    assert "已经做完或已被放弃" in text_of(again)


def test_page_is_the_administrators_alone(town: Town) -> None:
    job = failed()

    for who in ("seat", "supervisor", "officer@城管局"):
        assert town.desk(who).get("/jobs").status_code == 403
        assert town.desk(who).post(f"/jobs/{job}/again").status_code == 403
        assert town.desk(who).post(f"/jobs/{job}/give-up").status_code == 403
    assert admin(town).get(f"/jobs/{job}/again").status_code == 405
    assert standing() == [("messages", "failed", 8)]


def admin(town: Town) -> Client:
    """Return the browser of an administrator."""
    if "keeper" not in town.staff:
        town.staff["keeper"] = town.hire("keeper", "admin")
    return town.desk("keeper")
