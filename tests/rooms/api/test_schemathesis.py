"""The whole document under fire: whatever is sent, the API answers as it says it does, and never with a fault."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

import hypothesis
import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, transaction
from pytest_django.plugin import DjangoDbBlocker
from schemathesis.checks import not_a_server_error
from schemathesis.config import SchemathesisConfig
from schemathesis.generation.meta import TestPhase
from schemathesis.specs.openapi import checks
from tests import calling_ground as calling
from tests.calling_ground import City

from minsheng.core.people.models import Client
from minsheng.domain.actors import ROLES
from minsheng.domain.orders import commands as cmd
from minsheng.domain.text import cleaned_values
from minsheng.gateways import clock

CHECKS = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
    checks.negative_data_rejection,
    checks.unsupported_method,
]
CONFIG = SchemathesisConfig.from_dict({"seed": 12345})
# Where every systematic case is played; of the other commands, whose bodies are made by the same few lines, a sixth.
THOROUGH = frozenset(
    f"/api/{path}"
    for path in ("appeals", "orders", "queue", "contacts", "orders/{order_id}", "orders/{order_id}/timers",
                 "orders/{order_id}/identity", "orders/{order_id}/dispatch", "orders/{order_id}/request_extension",
                 "orders/{order_id}/callback")
)  # fmt: skip
# Without the door's look at the keys, which reads the database: the document is read while tests are collected.
SCHEMA = schemathesis.openapi.from_wsgi("/api/openapi.json", get_wsgi_application(), config=CONFIG)


@pytest.fixture(scope="module")
def city(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[City]:
    """Have one city for the module, with a client that holds every role and orders at many stages."""
    patch = pytest.MonkeyPatch()
    path = tmp_path_factory.mktemp("clock") / "clock"
    patch.setenv(clock.CLOCK_VARIABLE, str(path))
    with django_db_blocker.unblock(), transaction.atomic():
        yield _city(lambda moment: clock.set_test_clock(path, moment=moment))
        transaction.set_rollback(True)
    patch.undo()


def _city(set_clock: Callable[[datetime], None]) -> City:
    set_clock(calling.MONDAY)
    city = calling.open_city("jiangyin", pack="jiangyin", set_clock=set_clock)
    city.tokens = {
        "all": calling.client_of(city.code, "all", ("officer",), "城管局"),
        "unit": city.token_of("officer@城管局"),
        "seat": city.token_of("seat"),
        "citizen": city.token_of("citizen"),
        "dispatcher": city.token_of("dispatcher"),
        "supervisor": city.token_of("supervisor"),
        "nobody": "ms_abc_def",
    }
    # As a client may be that was made before roles had to be apart: no other reaches every line of the document.
    Client.objects.filter(city=city.code, name="all").update(roles=list(ROLES))
    return city


@pytest.fixture(scope="module")
def orders(city: City) -> list[str]:
    """Have orders at many stages, and names of none."""
    found = [city.post("/appeals", {**calling.APPEAL, "submit": False}, by="seat").body["id"]]
    found += [city.register(identity={"name": "王小明", "phone": "13812345678"}) for _ in range(6)]
    emergency = {"type": "help", "channel": "phone", "emergency": {"place": "人民路", "facts": "燃气泄漏"}}
    found.append(city.post("/appeals", emergency, by="seat").body["id"])

    def do(order: str, command: str, role: str, **body: object) -> None:
        answer = city.post(f"/orders/{order}/{command}", body, by="all", X_Role=role)
        assert answer.status == 200, answer.body

    for order in found[2:6]:
        do(order, "dispatch", "dispatcher", unit="城管局", basis="权责清单")
    for order in found[3:6]:
        do(order, "sign", "officer")
    for order in found[4:6]:
        do(order, "approve_reply", "leader")
        do(order, "reply", "officer", text="已修复", channel="phone", kind="final")
    do(found[5], "pass_audit", "auditor")
    do(found[6], "propose_referral", "dispatcher")
    return [*found, "none", "路\0", ""]


@contextmanager
def kept_connection() -> Iterator[None]:
    """Let the end of a request not close the connection of the open transaction, as Django's own test client does."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)


@pytest.mark.slow
@SCHEMA.parametrize()
@hypothesis.settings(
    max_examples=6,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=list(hypothesis.HealthCheck),
    phases=[hypothesis.Phase.explicit, hypothesis.Phase.generate],
)
def test_no_fault_and_no_undocumented_answer(case: schemathesis.Case, city: City, orders: list[str]) -> None:
    chance = zlib.crc32(repr((case.path, case.method, case.body, case.query, case.headers)).encode())
    systematic = case.meta is not None and case.meta.phase.name == TestPhase.COVERAGE
    if systematic and case.path not in THOROUGH and chance // 1009 % 6:
        return
    names = list(city.tokens)
    # The client of every role goes deepest: the role itself is drawn with the other headers.
    token = "all" if chance % 3 else names[chance // 3 % len(names)]
    if "order_id" in case.path_parameters and chance // 97 % 10:
        case.path_parameters["order_id"] = orders[chance // 7 % (len(orders) - 2)]

    with transaction.atomic(), kept_connection():
        response = case.call(headers={"Authorization": f"Bearer {city.tokens[token]}"})
        transaction.set_rollback(True)

    # A text is cleaned where it enters and counted then: one that is too long by control characters alone is no fault.
    is_cleaned = cleaned_values(case.body) != case.body
    refused = checks.negative_data_rejection
    case.validate_response(response, checks=[each for each in CHECKS if not (is_cleaned and each is refused)])


# It asks for the database so that there is one also when this file runs alone; pytest-django runs it first.
def test_every_operation_is_under_fire(db: None) -> None:
    operations = [each.ok() for each in SCHEMA.get_all_operations()]

    assert {f"/api/orders/{{order_id}}/{name}" for name in cmd.BY_NAME if name != "register"} < {
        each.path for each in operations
    }
