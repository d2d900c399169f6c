"""`/metrics`: how the machinery stands, for this machine and named networks alone, without anybody's data."""

from __future__ import annotations

from ipaddress import ip_network

import pytest
from django.db import OperationalError
from django.test import Client
from django.test.utils import override_settings
from django.urls import reverse
from prometheus_client.parser import text_string_to_metric_families
from tests.town_ground import Town, relayed, row

from minsheng.app.operation import measures


def samples(client: Client, **headers: str) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    answer = client.get("/metrics", headers=headers)
    assert answer.status_code == 200
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(answer.content.decode())
        for sample in family.samples
    }


def of(found: dict[tuple[str, frozenset[tuple[str, str]]], float], name: str, **labels: str) -> float:
    (value,) = [value for (each, has), value in found.items() if each == name and set(labels.items()) <= has]
    return value


def test_queues_and_clocks_are_counted(town: Town, client: Client) -> None:
    relayed()
    order = town.register(content="井盖破损，电话 13800138000")
    before = samples(client)

    relayed()
    town.later(days=30)
    after = samples(client)

    assert of(before, "minsheng_outbox_waiting") == 1
    assert of(after, "minsheng_outbox_waiting") == 0
    assert of(before, "minsheng_orders_open", city="jiangyin", status=row(order).status.lower()) == 1
    assert of(before, "minsheng_orders_late", city="jiangyin") == 0
    assert of(after, "minsheng_orders_late", city="jiangyin") == 1
    assert of(after, "minsheng_clocks_overdue") >= 1
    assert of(after, "minsheng_clocks_overdue_seconds") > 24 * 3600
    assert of(before, "minsheng_database_up") == 1
    assert "13800138000" not in str(before)
    assert "井盖" not in str(before)


def test_requests_are_measured_by_the_name_of_their_address(town: Town, client: Client) -> None:
    order = town.register()
    assert town.desk("seat").get(reverse("desks:order", args=[order])).status_code == 200

    found = samples(client)

    assert of(found, "minsheng_request_seconds_count", route="desks:order", method="GET", status="2xx") >= 1
    assert order not in str(found)


def test_nobody_else_finds_the_page(db: None, client: Client) -> None:
    assert client.get("/metrics", REMOTE_ADDR="203.0.113.7").status_code == 404
    assert client.get("/metrics", headers={"X-Forwarded-For": "127.0.0.1"}).status_code == 404
    with override_settings(BEHIND_PROXY=True):
        assert client.get("/metrics", headers={"X-Forwarded-For": "203.0.113.7"}).status_code == 404
    with override_settings(METRICS_FROM=[ip_network("203.0.113.0/24")]):
        assert client.get("/metrics", REMOTE_ADDR="203.0.113.7").status_code == 200
        assert client.get("/metrics").status_code == 404


def test_web_is_measured_also_while_the_database_is_away(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def away() -> None:
        raise OperationalError("away")

    monkeypatch.setattr("minsheng.core.features.queries.gauges", away)

    client.get("/livez")
    found = samples(client)

    assert of(found, "minsheng_database_up") == 0
    assert any(name == "minsheng_request_seconds_count" for name, _ in found)


def test_request_is_answered_where_nothing_more_can_be_measured(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*labels: str) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(measures._TOOK, "labels", full)

    assert client.get("/livez").status_code == 200
