"""Journals: appended in bulk, once by key, changed by nobody, sealed with the events; verification finds what was done.

Clauses: JY-20.11, SZ-26.
"""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from minsheng.app.cli import database_checks, migrate
from minsheng.app.cli import ledger as command
from minsheng.core.ledger import actions, journals, sealing, verification
from minsheng.core.ledger.journals import Entry
from minsheng.core.ledger.models import Entry as Row
from minsheng.core.ledger.models import Seal
from minsheng.core.ledger.values import Fact, KeyReused, canonical

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
LAST_OF_FEBRUARY = datetime(2026, 2, 28, 15, 59, 59, tzinfo=UTC)  # 23:59:59 in the city
CHANGES = (
    "UPDATE {} SET kind = '改'",
    "DELETE FROM {}",
    "TRUNCATE {}",
)


@pytest.fixture(autouse=True)
def months(db: None) -> None:
    """Have the months that these tests write in."""
    journals.make_months(date(2026, 2, 1), date(2026, 3, 31))


def entry(key: str, at: datetime = NOW, stream: str = "article/a", **body: object) -> Entry:
    return Entry("view", stream, key, at, {"role": "seat", "person": "staff:1"}, body or {"n": 1, "of": "条目"})


def write(*entries: Entry) -> int:
    with transaction.atomic():
        return journals.append("suqian", entries)


def fact(stream: str) -> None:
    """Append a fact to a new stream."""
    told = Fact("Registered", NOW, {"role": "seat"}, canonical({}))
    with transaction.atomic():
        actions.append(city="suqian", stream=stream, version=0, facts=[told], alarm=None, now=NOW)


def tamper(statement: str) -> None:
    """Change journals as only the owner of the database could: with the triggers switched off."""
    with connection.cursor() as cursor:
        for table in ("ledger_entry", "ledger_entry_2026_02", "ledger_entry_2026_03"):
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(statement)
        assert cursor.rowcount
        for table in ("ledger_entry", "ledger_entry_2026_02", "ledger_entry_2026_03"):
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def test_entries_of_a_stream_are_read_as_they_were_written_over_the_end_of_a_month() -> None:
    first, second = entry("a", LAST_OF_FEBRUARY), entry("b", LAST_OF_FEBRUARY + timedelta(seconds=1))
    write(second, first, entry("a", stream="article/b"))

    found = journals.of("article/a", since=LAST_OF_FEBRUARY, until=NOW)

    assert found == [first, second]
    assert journals.of("article/a", since=second.at, until=NOW) == [second]
    with connection.cursor() as cursor:
        cursor.execute("SELECT tableoid::regclass::text, count(*) FROM ledger_entry GROUP BY 1 ORDER BY 1")
        assert cursor.fetchall() == [("ledger_entry_2026_02", 1), ("ledger_entry_2026_03", 2)]


def test_entry_of_the_same_key_and_moment_is_kept_once() -> None:
    written = [write(entry("a"), entry("b")), write(entry("b"), entry("c"), entry("c")), write(entry("a"))]

    assert written == [2, 1, 0]
    assert Row.objects.count() == 3


def test_other_content_under_a_key_is_refused_and_nothing_of_the_batch_is_kept() -> None:
    write(entry("a"))

    with pytest.raises(KeyReused):
        write(entry("b"), entry("a", n=2))

    assert list(Row.objects.values_list("key", flat=True)) == ["a"]


def test_entry_of_a_month_that_was_not_made_is_a_fault_until_it_is(db: None) -> None:
    long_ago = entry("a", datetime(2011, 5, 1, tzinfo=UTC))
    with pytest.raises(journals.NoMonth):
        write(long_ago)

    made = [journals.make_months(date(2011, 5, 1), date(2011, 5, 1)) for _ in range(2)]

    assert made == [1, 0]
    assert write(long_ago) == 1
    with pytest.raises(DatabaseError, match="ten years"), transaction.atomic():
        journals.make_months(date(2000, 1, 1), date(2020, 1, 1))


def test_job_makes_the_months_ahead() -> None:
    journals.make_ahead(datetime(2031, 1, 31, 16, 0, tzinfo=UTC))  # the first of February in the city

    with connection.cursor() as cursor:
        cursor.execute("SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'ledger_entry'::regclass")
        made = sorted(name for (name,) in cursor.fetchall() if "_2031_" in name)
    assert made == [f"ledger_entry_2031_0{month}" for month in (2, 3, 4, 5)]


def test_append_outside_a_transaction_is_refused(transactional_db: None) -> None:
    with pytest.raises(transaction.TransactionManagementError):
        journals.append("suqian", [entry("a")])


@pytest.mark.parametrize("table", ["ledger_entry", "ledger_entry_2026_03"])
@pytest.mark.parametrize("statement", CHANGES)
def test_triggers_refuse_every_change_even_to_the_owner(statement: str, table: str) -> None:
    write(entry("a"))

    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(table))


@pytest.mark.parametrize("again", [False, True], ids=["as migrated", "restored without rights, and set again"])
@pytest.mark.parametrize("table", ["ledger_entry", "ledger_entry_2026_03"])
@pytest.mark.parametrize("statement", CHANGES)
def test_the_application_role_appends_and_cannot_change(statement: str, table: str, again: bool) -> None:
    with connection.cursor() as cursor:
        if again:
            cursor.execute("REVOKE ALL ON FUNCTION ledger_make_months(date, date) FROM minsheng_app, PUBLIC")
            cursor.execute("REVOKE ALL ON ALL TABLES IN SCHEMA public FROM minsheng_app")
            migrate._grant("default")
        cursor.execute("SET LOCAL ROLE minsheng_app")
        assert journals.make_months(date(2031, 1, 1), date(2031, 1, 1)) == 1
        assert write(entry("a"), entry("b", datetime(2031, 1, 1, 12, tzinfo=UTC))) == 2

        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            cursor.execute(statement.format(table))
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            cursor.execute("INSERT INTO ledger_entry_2026_03 SELECT * FROM ledger_entry LIMIT 0")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("beside", [True, False])
@pytest.mark.parametrize(
    "statement",
    [
        *(
            f"UPDATE ledger_entry SET {change} WHERE key = 'b'"
            for change in (
                "city = '改'",
                "kind = '改'",
                "stream = '改'",
                "key = '改'",
                "at = at + interval '1 s'",
                "at = at + interval '1 month'",
                "actor = '{}'",
                "body = '{}'",
                "digest = '\\x00'",
                "position = position + 1000",
            )
        ),
        "DELETE FROM ledger_entry WHERE key = 'b'",
        "DELETE FROM ledger_entry WHERE key = 'c'",
        "INSERT INTO ledger_entry (position, city, kind, stream, key, at, actor, body, digest)"
        " SELECT position + 1, city, kind, stream, 'x', at, actor, body, digest FROM ledger_entry WHERE key = 'b'",
    ],
)
def test_verify_finds_a_sealed_entry_that_was_changed_taken_away_or_put_in(
    statement: str, beside: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    journals.make_months(date(2026, 4, 1), date(2026, 4, 1))
    for key in "abc":
        write(entry(key))
        with connection.cursor() as cursor:
            cursor.execute("SELECT nextval('ledger_entry_position_seq')")
    if beside:
        fact("order/a")
    assert sealing.seal_once(NOW) is None
    write(entry("d"))
    assert sealing.seal_once(NOW) is None
    whole = verification.verify()
    tamper(statement)

    fault = verification.verify().fault
    status = command._verify(None)

    assert (whole.fault, whole.seals, whole.entries) == (None, 2, 4)
    assert fault is not None
    assert fault.what == "entry"
    assert status == 1
    assert "流水" in capsys.readouterr().out


@pytest.mark.django_db(transaction=True)
def test_verify_finds_a_whole_month_that_was_taken_out() -> None:
    write(entry("a", LAST_OF_FEBRUARY), entry("b"))
    sealing.seal_once(NOW)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE ledger_entry DETACH PARTITION ledger_entry_2026_02")
    try:
        fault = verification.verify().fault
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE ledger_entry_2026_02")

    assert fault is not None
    assert fault.what == "entry"


@pytest.mark.django_db(transaction=True)
def test_verify_finds_an_entry_that_was_changed_before_it_was_sealed() -> None:
    write(entry("a"))
    tamper("UPDATE ledger_entry SET body = '{}'")

    assert verification.verify().fault == verification.Fault(Row.objects.get().position, "article/a", 0, "entry")


@pytest.mark.django_db(transaction=True)
def test_one_journal_is_verified_by_the_name_of_its_stream(capsys: pytest.CaptureFixture[str]) -> None:
    write(entry("a"), entry("b"), entry("c", stream="article/b"))

    whole = verification.verify(stream="article/a")
    said = command._verify("article/a"), command._verify("article/unheard_of")
    tamper("UPDATE ledger_entry SET kind = '改' WHERE stream = 'article/a' AND key = 'b'")
    faults = [verification.verify(stream=f"article/{name}").fault for name in "ab"]

    assert (whole.fault, whole.events, whole.entries) == (None, 0, 2)
    assert said == (0, 1)
    assert "2 条流水" in capsys.readouterr().out
    assert [fault and fault.what for fault in faults] == ["entry", None]


@pytest.mark.django_db(transaction=True)
def test_seals_of_events_and_entries_are_one_chain(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "_PER_SEAL", 2)
    write(*(entry(key) for key in "abc"))
    sealing.seal_once(NOW)
    fact("order/a")
    sealing.seal_once(NOW)
    fact("order/b")
    write(entry("d"))
    sealing.seal_once(NOW)
    assert sealing.seal_once(NOW) is None

    assert list(Seal.objects.order_by("id").values_list("count", "entries_count")) == [(0, 2), (0, 1), (1, 0), (1, 1)]
    assert verification.verify().fault is None
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE ledger_seal DISABLE TRIGGER USER")
        cursor.execute("UPDATE ledger_seal SET entries_count = 0, entries_hash = NULL")
        cursor.execute("ALTER TABLE ledger_seal ENABLE TRIGGER USER")
    assert verification.verify().fault is not None


@pytest.mark.django_db(transaction=True)
def test_a_seal_waits_for_an_entry_whose_position_is_lower() -> None:
    written, sealed = threading.Event(), threading.Event()

    def slow() -> None:
        with transaction.atomic():
            journals.append("suqian", [entry("slow")])
            written.set()
            assert sealed.wait(20)
        connection.close()

    thread = threading.Thread(target=slow)
    thread.start()
    assert written.wait(20)
    write(entry("quick"))
    mark = sealing.seal_once(NOW)
    waited = Seal.objects.count()
    sealed.set()
    thread.join(20)

    assert mark is not None
    assert waited == 0
    assert sealing.seal_once(NOW, mark=mark) is None
    assert Seal.objects.get().entries_count == 2
    assert verification.verify().fault is None


@pytest.mark.django_db(transaction=True)
def test_writers_of_the_same_entry_at_once_leave_one() -> None:
    counted: list[int] = []
    ready = threading.Barrier(4)

    def writer() -> None:
        ready.wait(20)
        counted.append(write(entry("a"), entry("b")))
        connection.close()

    threads = [threading.Thread(target=writer) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)

    assert sorted(counted) == [0, 0, 0, 2]
    assert Row.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_doctor_sees_a_month_whose_trigger_is_switched_off() -> None:
    connection.ensure_connection()
    whole = database_checks._triggers(connection.connection)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE ledger_entry_2026_03 DISABLE TRIGGER USER")
        open_month = database_checks._triggers(connection.connection)
        cursor.execute("ALTER TABLE ledger_entry_2026_03 ENABLE TRIGGER USER")

    assert (whole.level, open_month.level) == (database_checks.GOOD, database_checks.BAD)
