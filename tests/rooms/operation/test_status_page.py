"""The status page says in an office's words what is wrong and what to do, at the limits at which Prometheus rings."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from django.test import Client
from tests.town_ground import Town, relayed, text_of

from minsheng.app.operation.standing import WATCHED, lines
from minsheng.core.features.values import Gauge

RULES = Path(__file__).resolve().parents[3] / "deploy" / "prometheus" / "minsheng.rules.yml"


def test_what_is_late_is_named_with_what_to_do(town: Town) -> None:
    relayed()
    town.register()
    town.later(minutes=5)

    page = text_of(keeper(town).get("/status"))

    assert "需要处理" in page
    assert "新工单和提醒晚了 300 秒才能送到工作台。" in page
    assert "请运维人员确认 minsheng work 在运行" in page
    assert "没有作业进程在运行" in page


def test_everybody_else_is_refused(town: Town) -> None:
    for who in ("seat", "dispatcher", "officer@城管局"):
        assert town.desk(who).get("/status").status_code == 403
    assert town.desk("supervisor").get("/status").status_code == 200


def test_least_and_most_and_labels_decide() -> None:
    said = {
        line.title: line
        for line in lines(
            [
                Gauge("minsheng_disk_free_bytes", "", 1024**3, {"folder": "data"}),
                Gauge("minsheng_disk_free_bytes", "", 1024**4, {"folder": "lake"}),
                Gauge("minsheng_jobs", "", 7, {"state": "waiting"}),
                Gauge("minsheng_jobs", "", 0, {"state": "failed"}),
                Gauge("minsheng_database_connections_ratio", "", 0.95),
            ]
        )
    }

    assert said["磁盘空间"].says == "磁盘只剩 1.0 GB，用完后不能再登记。"
    assert said["后台作业"].is_good
    assert said["数据库连接"].says == "数据库连接已用 95%，再多就会有人进不来。"
    assert [line.is_good for line in said.values()] == [False, False, True]


@pytest.mark.parametrize("watched", WATCHED, ids=lambda each: each.gauge)
def test_prometheus_rings_at_the_limit_of_the_page(watched: object) -> None:
    (group,) = yaml.safe_load(RULES.read_text(encoding="utf-8"))["groups"]
    expressions = [rule["expr"] for rule in group["rules"]]

    assert isinstance(watched, type(WATCHED[0]))
    labels = ", ".join(f'{name}="{value}"' for name, value in watched.labels)
    sign = "<" if watched.is_least else ">"
    assert f"{watched.gauge}{f'{{{labels}}}' if labels else ''} {sign} {watched.limit:.10g}" in expressions


def keeper(town: Town) -> Client:
    """Return the browser of an administrator."""
    town.staff["keeper"] = town.hire("keeper", "admin")
    return town.desk("keeper")
