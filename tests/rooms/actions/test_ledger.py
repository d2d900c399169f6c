"""The ledger on PostgreSQL: appending, the chains, what the triggers and rights refuse, the sweeper, the relay.

Clauses: JY-20.11 and SZ-26 rest on it that nobody edits the record.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import LazySettings
from django.db import DatabaseError, connection, transaction

from minsheng.core.features.values import Feature, Stream
from minsheng.core.ledger import actions, queries, sealing, tasks, verification
from minsheng.core.ledger.values import Fact, StaleStream, StoredEvent, canonical

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)


def fact(type: str = "Registered", **body: object) -> Fact:
    return Fact(
        type, NOW, {"role": "seat", "unit": None, "person": "staff:1"}, canonical(body or {"content": "噪音扰民"})
    )


def write(stream: str, *facts: Fact, version: int = 0, alarm: datetime | None = None) -> bytes:
    with transaction.atomic():
        return actions.append(
            city="suqian", stream=stream, version=version, facts=facts or (fact(),), alarm=alarm, now=NOW
        )


def tamper(statement: str) -> None:
    """Change the ledger as only the owner of the database could: with the triggers switched off."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE ledger_event DISABLE TRIGGER USER")
        cursor.execute(statement)
        cursor.execute("ALTER TABLE ledger_event ENABLE TRIGGER USER")


heard: list[tuple[str, int]] = []
ringing: list[str] = []


def hear(events: Sequence[StoredEvent]) -> None:
    """Count what was heard, in the database: the effect must be there exactly once."""
    with connection.cursor() as cursor:
        for event in events:
            cursor.execute(
                "INSERT INTO ledger_refusal (at, city, stream, actor, command, code)"
                " VALUES (%s, '', %s, '{}', 'h', %s)",
                (NOW, event.stream, str(event.version)),
            )


def hear_but_not_bad(events: Sequence[StoredEvent]) -> None:
    """Fail on one stream, as a subscriber with a fault would."""
    hear(events)
    if any(event.stream == "order/bad" for event in events):
        raise RuntimeError("subscriber")


def ring(stream: str, now: datetime) -> None:
    """Append what ran out, and set the next alarm; do nothing when another sweeper was quicker."""
    if stream == "order/bad":
        raise RuntimeError("handler")
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", (stream,))
        due = queries.alarm(stream)
        if due is None or due >= now:
            return
        actions.append(
            city="suqian", stream=stream, version=queries.head(stream), facts=[fact("Missed")], alarm=None, now=now
        )


def add(settings: LazySettings, feature: Feature) -> None:
    """Let there be a feature of the test's own, and none of the product's."""
    own = [each for each in settings.FEATURES if isinstance(each, Feature) and each.name != feature.name]
    settings.FEATURES = [*own, feature]


@pytest.fixture
def listening(settings: object) -> Callable[[str], None]:
    """Return what names the only subscriber."""

    def listen(name: str) -> None:
        add(settings, Feature(name="listening", subscribers=(f"{__name__}:{name}",)))

    return listen


@pytest.fixture
def alarmed(settings: object) -> None:
    """Let alarms of orders ring here."""
    add(settings, Feature(name="alarmed", streams={"order": Stream(alarm=f"{__name__}:ring")}))


@pytest.mark.django_db
def test_append_gives_the_facts_back_in_order_with_their_chain() -> None:
    head = write("order/a", fact(), fact("Dispatched", unit="城管局"), alarm=LATER)

    events = queries.history("order/a")

    assert [(event.version, event.type) for event in events] == [(1, "Registered"), (2, "Dispatched")]
    assert events[1].prev_hash == events[0].hash
    assert events[1].hash == head
    assert queries.content(events[1]) == {"unit": "城管局"}
    assert queries.alarm("order/a") == LATER
    assert queries.waiting() == (1, NOW)


@pytest.mark.django_db
def test_append_moves_and_drops_the_alarm_with_the_facts() -> None:
    write("order/a", alarm=NOW)
    write("order/a", version=1, alarm=LATER)
    moved = queries.alarm("order/a")

    write("order/a", version=2)

    assert moved == LATER
    assert queries.alarm("order/a") is None


@pytest.mark.django_db
def test_append_refuses_when_somebody_else_was_quicker() -> None:
    write("order/a")
    write("order/a", version=1)

    with pytest.raises(StaleStream):
        write("order/a", version=1)

    assert queries.head("order/a") == 2


@pytest.mark.django_db(transaction=True)
def test_append_outside_of_a_transaction_is_a_fault() -> None:
    with pytest.raises(transaction.TransactionManagementError):
        actions.append(city="suqian", stream="order/a", version=0, facts=[fact()], alarm=None, now=NOW)


@pytest.mark.django_db(transaction=True)
def test_append_lets_exactly_one_of_many_writers_win(
    threads: Callable[[Callable[[], None], int], None],
) -> None:
    write("order/a")
    stale: list[StaleStream] = []

    def attempt() -> None:
        try:
            write("order/a", version=1)
        except StaleStream as fault:
            stale.append(fault)

    threads(attempt, 5)

    assert len(stale) == 4
    assert verification.verify().fault is None


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger_event SET body = '{}'",
        "DELETE FROM ledger_event",
        "TRUNCATE ledger_event",
        "UPDATE ledger_seal SET count = 0",
        "DELETE FROM ledger_seal",
        "TRUNCATE ledger_seal",
    ],
)
def test_triggers_refuse_every_change_even_to_the_owner(statement: str) -> None:
    write("order/a")
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO ledger_seal (from_position, to_position, count, prev, hash, sealed_at)"
            " VALUES (1, 1, 1, '', '', now())"
        )

        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            cursor.execute(statement)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger_event SET body = '{}'",
        "DELETE FROM ledger_event",
        "TRUNCATE ledger_event",
        "DELETE FROM ledger_seal",
        "ALTER TABLE ledger_event DISABLE TRIGGER ALL",
        "SET session_replication_role = replica",
    ],
)
def test_application_role_has_no_right_to_change(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE minsheng_app")
        write("order/a")

        with pytest.raises(DatabaseError, match=r"permission denied|must be owner"), transaction.atomic():
            cursor.execute(statement)


@pytest.mark.django_db
def test_verify_finds_nothing_on_an_untouched_ledger() -> None:
    write("order/a", fact(count=1, name='甲\u2028"\\'), fact())
    write("contact/b")
    sealing.seal_once(NOW)

    report = verification.verify()

    assert report == verification.Report(events=3, streams=2, seals=report.seals, fault=None)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("statement", "version", "what"),
    [
        ("UPDATE ledger_event SET body = '{\"content\": \"改\"}' WHERE stream = 'order/a' AND version = 2", 2, "hash"),
        ("UPDATE ledger_event SET actor = '{}' WHERE stream = 'order/a' AND version = 1", 1, "hash"),
        ("UPDATE ledger_event SET at = at + interval '1 s' WHERE stream = 'order/a' AND version = 3", 3, "hash"),
        ("UPDATE ledger_event SET recorded_at = now() WHERE stream = 'order/a' AND version = 3", 3, "hash"),
        ("UPDATE ledger_event SET hash = sha256('x') WHERE stream = 'order/a' AND version = 2", 2, "hash"),
        ("UPDATE ledger_event SET prev_hash = sha256('x') WHERE stream = 'order/a' AND version = 2", 2, "link"),
        ("DELETE FROM ledger_event WHERE stream = 'order/a' AND version = 2", 3, "gap"),
    ],
)
def test_verify_names_the_first_row_that_was_tampered_with(statement: str, version: int, what: str) -> None:
    write("order/a", fact(), fact(), fact())
    write("order/b", fact(), fact())
    tamper(statement)

    fault = verification.verify().fault

    assert fault is not None
    assert (fault.stream, fault.version, fault.what) == ("order/a", version, what)
    assert verification.verify(stream="order/b").fault is None


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "statement",
    [
        # the end of a stream cut off: its chain still holds
        "DELETE FROM ledger_event WHERE stream = 'order/a' AND version = 2",
        # a whole stream gone
        "DELETE FROM ledger_event WHERE stream = 'order/b'",
        # a row put in afterwards below the seal
        "UPDATE ledger_event SET position = position + 1000000 WHERE stream = 'order/b'",
    ],
)
def test_verify_notices_by_the_seal_what_no_chain_can_show(statement: str) -> None:
    write("order/a", fact(), fact())
    write("order/b")
    assert sealing.seal_once(NOW) is None
    tamper(statement)

    fault = verification.verify().fault

    assert fault is not None
    assert fault.what == "seal"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("first", ["slow", "quick"])
def test_seal_waits_for_a_writer_whose_position_is_lower(first: str) -> None:
    """Whichever transaction was numbered first: a snapshot's xmax leaves out a number above the last one that ended."""
    holding, release = threading.Event(), threading.Event()

    def slow() -> None:
        with transaction.atomic():
            actions.append(city="suqian", stream="order/slow", version=0, facts=[fact()], alarm=None, now=NOW)
            holding.set()
            release.wait(10)
        connection.close()

    writer = threading.Thread(target=slow)
    with transaction.atomic():
        if first == "quick":
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_current_xact_id()")
        writer.start()
        holding.wait(10)
        actions.append(city="suqian", stream="order/quick", version=0, facts=[fact()], alarm=None, now=NOW)
    mark = sealing.seal_once(NOW)
    while_it_runs = _count("ledger_seal")
    release.set()
    writer.join(10)
    mark = sealing.seal_once(NOW, mark=mark)

    assert while_it_runs == 0
    assert mark is None
    assert _count("ledger_seal") == 1
    assert verification.verify().fault is None


@pytest.mark.django_db(transaction=True)
def test_seals_follow_each_other_without_a_gap() -> None:
    for number in range(3):
        write(f"order/{number}")
        sealing.seal_once(NOW)

    report = verification.verify()

    assert (report.seals, report.fault) == (3, None)


@pytest.mark.django_db(transaction=True)
def test_relay_has_each_effect_exactly_once_when_several_run(
    listening: Callable[[str], None], threads: Callable[[Callable[[], None], int], None]
) -> None:
    listening("hear")
    for number in range(40):
        write(f"order/{number}", fact(), fact())

    def relay() -> None:
        while tasks.relay_once(limit=3):
            pass

    threads(relay, 4)

    assert queries.waiting() == (0, None)
    assert _effects() == {(f"order/{number}", str(version)): 1 for number in range(40) for version in (1, 2)}


@pytest.mark.django_db(transaction=True)
def test_relay_keeps_a_row_that_a_subscriber_fails_on_and_delivers_the_others(
    listening: Callable[[str], None],
) -> None:
    listening("hear_but_not_bad")
    for stream in ("order/a", "order/bad", "order/b"):
        write(stream)

    done = tasks.relay_once()
    again_at_once = tasks.relay_once()

    assert (done, again_at_once) == (2, 0)
    assert set(_effects()) == {("order/a", "1"), ("order/b", "1")}
    assert _rows("SELECT stream, attempts, last_error FROM ledger_outbox") == [("order/bad", 1, "RuntimeError")]


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("alarmed")
def test_sweep_rings_what_is_due_and_nothing_else() -> None:
    write("order/due", alarm=NOW)
    write("order/later", alarm=LATER + timedelta(hours=1))

    rung = tasks.sweep_once(LATER)

    assert rung == 1
    assert [event.type for event in queries.history("order/due")] == ["Registered", "Missed"]
    assert queries.head("order/later") == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("alarmed")
def test_sweep_does_not_ring_at_the_due_moment_itself_since_that_is_still_in_time() -> None:
    write("order/due", alarm=LATER)

    rung = tasks.sweep_once(LATER)

    assert rung == 0


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("alarmed")
def test_sweep_in_several_threads_rings_each_alarm_once(
    threads: Callable[[Callable[[], None], int], None],
) -> None:
    for number in range(120):
        write(f"order/{number}", alarm=NOW)

    threads(lambda: [tasks.sweep_once(LATER, limit=50) for _ in range(5)] and None, 4)  # type: ignore[arg-type]

    assert _count("ledger_alarm") == 0
    assert {queries.head(f"order/{number}") for number in range(120)} == {2}


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("alarmed")
def test_sweep_postpones_an_alarm_whose_handler_fails_and_rings_the_others() -> None:
    write("order/bad", alarm=NOW - timedelta(hours=1))
    write("order/good", alarm=NOW)

    tasks.sweep_once(LATER)

    assert queries.head("order/good") == 2
    assert _rows("SELECT stream, attempts, last_error FROM ledger_alarm") == [("order/bad", 1, "RuntimeError")]


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("alarmed")
def test_sweep_takes_over_an_alarm_that_a_killed_sweeper_held() -> None:
    write("order/a", alarm=NOW)
    _run("UPDATE ledger_alarm SET held_until = clock_timestamp() + interval '1 hour'")
    while_held = tasks.sweep_once(LATER)
    _run("UPDATE ledger_alarm SET held_until = clock_timestamp() - interval '1 second'")

    afterwards = tasks.sweep_once(LATER)

    assert (while_held, afterwards) == (0, 1)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("alarmed")
def test_sweeper_and_relay_live_through_the_loss_of_their_connections(
    listening: Callable[[str], None], test_clock: Callable[[datetime], None]
) -> None:
    test_clock(LATER)
    listening("hear")
    stop = threading.Event()
    workers = [
        threading.Thread(target=work, kwargs={"stop": stop}) for work in (tasks.sweep_forever, tasks.relay_forever)
    ]
    for worker in workers:
        worker.start()
    write("order/before", alarm=NOW)
    before = _until(lambda: queries.head("order/before") == 2 and queries.waiting()[0] == 0)
    _run(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE pid <> pg_backend_pid() AND datname = current_database()"
    )

    write("order/after", alarm=NOW)
    after = _until(lambda: queries.head("order/after") == 2 and queries.waiting()[0] == 0)
    stop.set()
    for worker in workers:
        worker.join(10)

    assert before
    assert after
    assert set(_effects().values()) == {1}
    assert not any(worker.is_alive() for worker in workers)


def rebuild(*, check: bool) -> tuple[int, int]:
    """Report as a projection's rebuilder does."""
    return (7, 0) if check else (7, 2)


def test_rebuild_asks_every_projection_for_its_counts(settings: object) -> None:
    add(settings, Feature(name="rebuilt", streams={"order": Stream(rebuild=f"{__name__}:rebuild")}))

    compared = verification.rebuild(check=True)
    rebuilt = verification.rebuild(check=False)

    assert compared == {"order": verification.Rebuilt(7, 0)}
    assert rebuilt == {"order": verification.Rebuilt(7, 2)}


def _effects() -> dict[tuple[str, str], int]:
    return {
        (stream, code): n
        for stream, code, n in _rows("SELECT stream, code, count(*) FROM ledger_refusal GROUP BY 1, 2")
    }


def _count(table: str) -> int:
    return int(_rows(f"SELECT count(*) FROM {table}")[0][0])  # type: ignore[call-overload]


def _rows(statement: str) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        rows: list[tuple[object, ...]] = cursor.fetchall()
        return rows


def _run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def _until(true: Callable[[], bool]) -> bool:
    end = time.monotonic() + 15
    while time.monotonic() < end:
        if true():
            return True
        threading.Event().wait(0.02)
    return False
