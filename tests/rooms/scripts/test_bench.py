"""The runner of the measurements: a ground for each, errors and shortfalls caught and named, one table at the end."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from bench import running
from bench.__main__ import main, own_database
from bench.running import Measured

from minsheng.gateways.database import Urls

STEADY = """
from bench import ground

def run():
    ground.counted("触发的时限", 10, 10)
    ground.goal("巡查", 6.5, "秒", under=5)
"""
BREAKS_OFF = """
from bench import ground

def run():
    ground.counted("触发的时限", 10, 10)
    raise RuntimeError("the clock is broken")
"""
LOGS_AN_ERROR = """
import logging

def run():
    logging.getLogger("minsheng.core.ledger").error("an alarm could not be rung")
"""
STARTS_WHAT_FAILS = """
import subprocess, sys

def run():
    subprocess.run([sys.executable, "-c", "1 / 0"])
"""
ONLY_WARNS = """
import logging

def run():
    logging.getLogger("minsheng.core.ledger").warning("no ERROR, only a word of it")
"""
FALLS_SHORT = """
from bench import ground

def run():
    ground.counted("触发的时限", 12_966, 1_000)
"""
MAKES_A_TABLE = """
import os, psycopg
from bench import ground

def run():
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        connection.execute("create table only_here (id int)")
        ground.counted("表", connection.execute("select count(*) from template_table").fetchone()[0], 1)
"""


@pytest.fixture
def measure(tmp_path: Path) -> Callable[..., Measured]:
    """Return what runs a measurement of these lines."""

    def run(content: str, *, name: str = "thing", urls: Urls | None = None) -> Measured:
        path = tmp_path / f"bench_{name}.py"
        path.write_text(content, encoding="utf-8")
        environment = dict(os.environ)
        if urls is not None:
            urls.put_into(environment)
        return running.measure(path, environment)

    return run


@pytest.mark.parametrize(
    ("content", "failure"),
    [
        (BREAKS_OFF, "中途停止（退出码 1）"),
        (LOGS_AN_ERROR, "日志里有 1 处错误"),
        (STARTS_WHAT_FAILS, "日志里有 1 处错误"),
        (FALLS_SHORT, "触发的时限：应为 1,000，实为 12,966"),
    ],
)
def test_a_measurement_that_can_not_be_trusted_fails_and_is_named(
    measure: Callable[..., Measured], capsys: pytest.CaptureFixture[str], content: str, failure: str
) -> None:
    steady, bad = measure(STEADY, name="steady"), measure(content, name="bad")

    status = running.told([bad, steady])

    said = capsys.readouterr()
    assert status == 1
    assert f"失败的测量项 bad：{failure}" in said.err
    assert "失败的测量项 steady" not in said.err
    assert "触发的时限" in said.out, "what the others reached is told all the same"


def test_a_warning_and_a_goal_that_is_missed_fail_nothing(measure: Callable[..., Measured]) -> None:
    measured = [measure(STEADY, name="steady"), measure(ONLY_WARNS, name="warns")]

    assert [each.failures for each in measured] == [(), ()]
    assert running.told(measured) == 0


def test_one_table_at_the_end_has_every_goal_with_its_figure(
    measure: Callable[..., Measured], capsys: pytest.CaptureFixture[str]
) -> None:
    running.told([measure(STEADY, name="sweeper"), measure(BREAKS_OFF, name="broken")])

    table = capsys.readouterr().out.partition("全部目标与结果")[2]
    rows = [line.split() for line in table.splitlines() if line.startswith(("  sweeper", "  broken"))]
    assert rows == [
        ["sweeper", "触发的时限", "10", "10", "达到"],
        ["sweeper", "巡查", "<", "5", "秒", "6.50", "秒", "未达到"],
        ["broken", "触发的时限", "10", "10", "达到"],
    ]


def test_each_measurement_has_a_database_of_its_own(measure: Callable[..., Measured], database_server: Urls) -> None:
    def at(name: str) -> str:
        return urlunsplit(urlsplit(database_server.owner)._replace(path=f"/{name}"))

    template = Urls(app=at("ms_bench_template"), owner=at("ms_bench_template"))
    with psycopg.connect(at("postgres"), autocommit=True) as server:
        server.execute("create database ms_bench_template")
        try:
            with psycopg.connect(template.owner, autocommit=True) as connection:
                connection.execute("create table template_table as select 1 as id")
            measured = []
            for name in ("first", "second"):
                with own_database(template, name) as urls:
                    measured.append(measure(MAKES_A_TABLE, name=name, urls=urls))
            left = server.execute("select datname from pg_database where datname like 'bench_%'").fetchall()
        finally:
            server.execute("drop database ms_bench_template with (force)")

    assert [(each.failures, [goal.met for goal in each.goals]) for each in measured] == [((), [True]), ((), [True])]
    assert left == []


def test_a_measurement_that_there_is_not_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sweper"]) == 2
    assert "没有这些测量项：sweper。现有：covering、desks" in capsys.readouterr().err
