"""A request's id is on its answer and its error page, and goes with what the request sets off in other processes."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import override_settings
from tests.town_ground import Town, relayed, text_of

from minsheng.core.ledger import tasks
from minsheng.gateways import tracing


def test_every_answer_has_an_id_of_its_own(client: Client) -> None:
    first, second = (client.get("/livez").headers["X-Request-ID"] for _ in range(2))

    assert first != second
    assert tracing.is_id(first)


def test_id_from_outside_counts_behind_a_proxy_alone(client: Client) -> None:
    assert client.get("/livez", headers={"X-Request-ID": "given-by-a-proxy"}).headers["X-Request-ID"] != (
        "given-by-a-proxy"
    )
    with override_settings(BEHIND_PROXY=True):
        kept = client.get("/livez", headers={"X-Request-ID": "given-by-a-proxy"})
        forged = client.get("/livez", headers={"X-Request-ID": "x 13800138000\\n<b>"})
    assert kept.headers["X-Request-ID"] == "given-by-a-proxy"
    assert tracing.is_id(forged.headers["X-Request-ID"])


def test_page_of_a_fault_tells_the_id(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*args: object, **named: object) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr("minsheng.core.jobs.queries.counts", broken)
    town.staff["keeper"] = town.hire("keeper", "admin")
    client = town.desk("keeper")
    client.raise_request_exception = False

    answer = client.get("/jobs")

    assert answer.status_code == 500
    assert answer.headers["X-Request-ID"] in text_of(answer)


def test_outbox_row_bears_the_request_and_the_relay_works_for_it(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[str] = []
    monkeypatch.setattr(
        "minsheng.core.features.queries.subscribers", lambda: [lambda events: heard.append(tracing.current())]
    )
    relayed()
    heard.clear()

    with tracing.belonging_to("request-of-a-seat"):
        town.register()
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT request FROM ledger_outbox")
        assert cursor.fetchall() == [("request-of-a-seat",)]
    tasks.relay_once()

    assert heard == ["request-of-a-seat"]
