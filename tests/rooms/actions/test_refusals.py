"""Refusals are kept as facts are: nobody changes them, the seals cover them, verification finds what was done to them.

Clauses: JY-20.11, JY-23.5.
"""

from __future__ import annotations

import threading
from datetime import UTC, datetime

import pytest
from django.db import DatabaseError, connection, transaction

from minsheng.app.cli import ledger as command
from minsheng.core.ledger import actions, sealing, verification
from minsheng.core.ledger.models import Seal
from minsheng.core.ledger.values import Fact, canonical

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
CHANGES = (
    "UPDATE ledger_refusal SET code = 'role'",
    "DELETE FROM ledger_refusal",
    "TRUNCATE ledger_refusal",
)


def refuse(stream: str = "identity/a") -> None:
    """Keep a refusal."""
    actor = {"role": "officer", "unit": "城管局", "person": "staff:1"}
    actions.refuse(at=NOW, city="suqian", stream=stream, actor=actor, command="reveal", code="reveal_target_never")


def write(stream: str) -> None:
    """Append a fact to a new stream."""
    fact = Fact("Registered", NOW, {"role": "seat"}, canonical({}))
    with transaction.atomic():
        actions.append(city="suqian", stream=stream, version=0, facts=[fact], alarm=None, now=NOW)


def tamper(statement: str) -> None:
    """Change refusals as only the owner of the database could: with the triggers switched off."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE ledger_refusal DISABLE TRIGGER USER")
        cursor.execute(statement)
        assert cursor.rowcount
        cursor.execute("ALTER TABLE ledger_refusal ENABLE TRIGGER USER")


@pytest.mark.django_db
@pytest.mark.parametrize("statement", CHANGES)
def test_triggers_refuse_every_change_even_to_the_owner(statement: str) -> None:
    refuse()

    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.django_db
@pytest.mark.parametrize("statement", CHANGES)
def test_the_application_role_keeps_refusals_and_cannot_change_them(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE minsheng_app")
        refuse()

        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            cursor.execute(statement)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("beside", [True, False])
@pytest.mark.parametrize(
    "statement",
    [
        *(
            f"UPDATE ledger_refusal SET {change} WHERE stream = 'identity/b'"
            for change in (
                "at = at + interval '1 s'",
                "city = '改'",
                "stream = '改'",
                "actor = '{}'",
                "command = '改'",
                "code = '改'",
                "id = id + 1000",
            )
        ),
        "DELETE FROM ledger_refusal WHERE stream = 'identity/b'",
        "DELETE FROM ledger_refusal WHERE stream = 'identity/c'",
        "INSERT INTO ledger_refusal (id, at, city, stream, actor, command, code)"
        " SELECT 0 - id, at, city, stream, actor, command, code FROM ledger_refusal WHERE stream = 'identity/c'"
        " UNION ALL SELECT max(id) - 1, now(), '', '', '{}', '', '' FROM ledger_refusal",
    ],
)
def test_verify_finds_a_sealed_refusal_that_was_changed_taken_away_or_put_in(
    statement: str, beside: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in "abc":
        refuse(f"identity/{name}")
        with connection.cursor() as cursor:
            cursor.execute("SELECT nextval(pg_get_serial_sequence('ledger_refusal', 'id'))")
    if beside:
        write("order/a")
    assert sealing.seal_once(NOW) is None
    refuse("identity/d")
    assert sealing.seal_once(NOW) is None
    whole = verification.verify()
    tamper(statement)

    fault = verification.verify().fault
    status = command._verify(None)

    assert (whole.fault, whole.seals) == (None, 2)
    assert fault is not None
    assert fault.what == "refusal"
    assert status == 1
    assert "拒绝记录" in capsys.readouterr().out


@pytest.mark.django_db(transaction=True)
def test_the_seals_of_refusals_and_events_are_one_chain() -> None:
    refuse()
    sealing.seal_once(NOW)
    write("order/a")
    sealing.seal_once(NOW)
    write("order/b")
    refuse()
    sealing.seal_once(NOW)
    assert sealing.seal_once(NOW) is None

    seals = list(Seal.objects.order_by("id").values_list("count", "refusals_count"))
    assert seals == [(0, 1), (1, 0), (1, 1)]
    assert verification.verify().fault is None
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE ledger_seal DISABLE TRIGGER USER")
        cursor.execute("UPDATE ledger_seal SET refusals_count = 0, refusals_hash = NULL")
        cursor.execute("ALTER TABLE ledger_seal ENABLE TRIGGER USER")
    assert verification.verify().fault is not None


@pytest.mark.django_db(transaction=True)
def test_a_seal_waits_for_a_refusal_whose_number_is_lower() -> None:
    holding, release = threading.Event(), threading.Event()

    def slow() -> None:
        with transaction.atomic():
            refuse("identity/slow")
            holding.set()
            release.wait(10)
        connection.close()

    writer = threading.Thread(target=slow)
    writer.start()
    holding.wait(10)
    refuse("identity/quick")
    mark = sealing.seal_once(NOW)
    while_it_runs = Seal.objects.count()
    release.set()
    writer.join(10)
    mark = sealing.seal_once(NOW, mark=mark)

    assert (while_it_runs, mark) == (0, None)
    assert Seal.objects.get().refusals_count == 2
    assert verification.verify().fault is None
