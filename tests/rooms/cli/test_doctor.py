"""`minsheng doctor` names each thing that is broken, says what to do, and shows no secret."""

from __future__ import annotations

import base64
import os
import socket
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest

from minsheng.app.cli import checks, database_checks, main
from minsheng.core.features.values import BAD, GOOD, HINT, Finding
from minsheng.core.jobs import checks as job_checks
from minsheng.gateways import clock, database, secrets_file
from minsheng.gateways.postgres import layout, server

VAULT_KEY = base64.b64encode(bytes(32)).decode()
KEYS = {secrets_file.SECRET_KEY: "k" * 50, secrets_file.VAULT_KEY: VAULT_KEY}


@pytest.fixture(scope="module")
def urls() -> Iterator[database.Urls]:
    """Have a database with tables like the ledger's, of its own, since the checks look at rights."""
    with tempfile.TemporaryDirectory(prefix="ms-doctor-") as folder:
        var = Path(folder)
        var.chmod(0o755)
        running = server.start(var)
        yield database.embedded(var)
        running.stop()


@pytest.fixture
def ledger(urls: database.Urls) -> Iterator[psycopg.Connection]:
    """Have the owner's connection beside append-only tables, guarded as the migration guards them."""
    with psycopg.connect(urls.owner, autocommit=True) as owner:
        owner.execute(
            "create function refuse() returns trigger language plpgsql"
            " as $$ begin raise exception 'append only'; end $$"
        )
        for table in (b"ledger_event", b"ledger_seal", b"ledger_refusal"):
            owner.execute(b"create table " + table + b" (id int)")
            owner.execute(
                b"create trigger no_change before update or delete on " + table + b" execute function refuse()"
            )
            owner.execute(b"create trigger no_truncate before truncate on " + table + b" execute function refuse()")
            owner.execute(b"revoke update, delete, truncate on " + table + b" from minsheng_app")
        yield owner
        owner.execute("drop table ledger_event, ledger_seal, ledger_refusal")
        owner.execute("drop function refuse()")


def bad(findings: list[Finding]) -> str:
    return "\n".join(f"{finding.what} {finding.advice}" for finding in findings if finding.level == BAD)


def look(url: str) -> list[Finding]:
    with psycopg.connect(url, autocommit=True) as connection:
        return database_checks.look(connection)


def test_doctor_is_content_when_the_application_role_can_only_append(
    urls: database.Urls, ledger: psycopg.Connection
) -> None:
    found = look(urls.app)

    assert bad(found) == ""
    assert "角色 minsheng_app 只能追加总账，不能改动" in [finding.what for finding in found]


def test_doctor_names_the_right_when_the_application_role_may_change_facts(
    urls: database.Urls, ledger: psycopg.Connection
) -> None:
    ledger.execute("grant delete on ledger_event to minsheng_app")

    found = bad(look(urls.app))

    assert "DELETE ledger_event" in found
    assert "minsheng migrate" in found


def test_doctor_refuses_the_owner_as_the_application_role(urls: database.Urls, ledger: psycopg.Connection) -> None:
    found = bad(look(urls.owner))

    assert "minsheng_owner 可以改动总账" in found


def test_doctor_sees_a_trigger_that_was_switched_off(urls: database.Urls, ledger: psycopg.Connection) -> None:
    ledger.execute("alter table ledger_seal disable trigger no_change")

    found = bad(look(urls.app))

    assert "触发器缺失或被停用" in found


def test_doctor_hints_at_migrating_when_there_are_no_tables(urls: database.Urls) -> None:
    hints = [finding.what for finding in look(urls.app) if finding.level == HINT]

    assert hints == ["数据库里还没有表"]


def test_doctor_says_that_commits_are_not_durable_when_they_are_not(urls: database.Urls) -> None:
    with psycopg.connect(urls.app, autocommit=True) as connection:
        connection.execute("set synchronous_commit = off")
        found = bad(database_checks.look(connection))

    assert "synchronous_commit 被关闭" in found


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("postgresql://clerk:hunter2@127.0.0.1:1/hotline", "Connection refused"),  # nothing listens there
        ("postgresql://clerk:hunter2@nowhere.invalid/hotline", "主机名解析不了"),
        ("clerk:hunter2", "写法不对"),
    ],
)
def test_doctor_says_why_the_database_cannot_be_reached_and_hides_the_password(url: str, expected: str) -> None:
    found = database_checks.reach(url, whose="应用角色", variable="DATABASE_URL")

    assert isinstance(found, Finding)
    assert found.level == BAD
    assert expected in f"{found.what} {found.advice}"
    assert "DATABASE_URL" in f"{found.what} {found.advice}"
    assert "hunter2" not in f"{found.what} {found.advice}"


def test_doctor_says_that_a_database_or_role_is_missing(urls: database.Urls) -> None:
    found = database_checks.reach(urls.app.replace("/minsheng?", "/other?"), whose="应用角色", variable="DATABASE_URL")

    assert isinstance(found, Finding)
    assert "库或角色不存在" in found.advice


def test_doctor_names_the_first_pending_migration() -> None:
    found = database_checks.migrations(["ledger.0001_initial", "orders.0001_initial"])

    assert found.level == BAD
    assert "2 个待执行" in found.what
    assert "ledger.0001_initial" in found.what


def test_doctor_refuses_an_old_python() -> None:
    found = checks.python_version((3, 9, 2))

    assert found.level == BAD
    assert "3.9.2" in found.what


def test_doctor_names_missing_packages() -> None:
    found = checks.dependencies(lambda name: name != "granian")

    assert found.level == BAD
    assert "granian" in found.what


def test_doctor_names_the_package_that_films_are_published_with(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert checks.films().level == checks.GOOD

    monkeypatch.setenv("PATH", str(tmp_path))

    missing = checks.films()
    assert (missing.level, missing.advice) == (checks.HINT, "apt-get install ffmpeg")


def test_doctor_accepts_good_keys_without_showing_them(tmp_path: Path) -> None:
    found = checks.secrets(tmp_path, dict(KEYS))

    assert [finding.level for finding in found] == [GOOD]
    assert VAULT_KEY not in found[0].what


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({secrets_file.VAULT_KEY: base64.b64encode(bytes(16)).decode()}, "格式不对"),  # half a key
        ({secrets_file.VAULT_KEY: "not base64!"}, "格式不对"),
        ({secrets_file.OLD_KEYS: f"{VAULT_KEY},zz"}, "MINSHENG_VAULT_OLD_KEYS 的格式不对"),
        ({secrets_file.SECRET_KEY: "short"}, "太短"),
        ({secrets_file.VAULT_KEY: "", "DATABASE_URL": "postgresql://x"}, "缺少密钥 MINSHENG_VAULT_KEY"),
    ],
)
def test_doctor_names_a_key_of_the_wrong_shape(change: dict[str, str], expected: str, tmp_path: Path) -> None:
    found = bad(checks.secrets(tmp_path, {**KEYS, **change}))

    assert expected in found


def test_doctor_refuses_a_key_file_that_others_may_read(tmp_path: Path) -> None:
    path = secrets_file.path_in(tmp_path)
    secrets_file.load_or_make(tmp_path, {})
    path.chmod(0o644)

    found = bad(checks.secrets(tmp_path, {}))

    assert f"chmod 600 {path}" in found


def test_doctor_hints_only_when_nothing_was_started_yet(tmp_path: Path) -> None:
    found = checks.secrets(tmp_path, {})

    assert [finding.level for finding in found] == [HINT]


def test_doctor_sees_that_the_port_belongs_to_another_program(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        number = other.getsockname()[1]

        found = checks.port(number, host="127.0.0.1", var=tmp_path)

    assert found.level == BAD
    assert str(number) in found.what


def test_doctor_refuses_a_var_that_is_a_file(tmp_path: Path) -> None:
    var = tmp_path / "var"
    var.write_text("")

    found = bad(checks.var_folder(var))

    assert "不是目录" in found


def test_doctor_doubts_a_clock_that_cannot_be_right() -> None:
    found = checks.plausible(datetime(1970, 1, 1, 8, 0, tzinfo=UTC))

    assert found.level == BAD


def test_doctor_names_a_test_clock_outside_test_mode(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(clock.CLOCK_VARIABLE, "clock")
    monkeypatch.delenv(clock.MODE_VARIABLE)

    found = bad(checks.time_of_day())

    assert clock.CLOCK_VARIABLE in found


def test_doctor_speaks_when_the_database_will_not_start(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with tempfile.TemporaryDirectory(prefix="ms-doctor-") as folder:
        var = Path(folder)
        var.chmod(0o755)
        running = server.start(var)
        running.stop()
        (running.layout.data / "PG_VERSION").write_text("9\n")
        monkeypatch.setenv("MINSHENG_VAR", folder)
        monkeypatch.delenv("DATABASE_URL")
        monkeypatch.delenv("DATABASE_OWNER_URL")

        status = main.main(["doctor", "--port", "0"])

        said = capsys.readouterr().out
        layout.remove_socket_folder(running.layout)
    assert status == 1
    assert "内嵌数据库不可用" in said
    assert "由 PostgreSQL 9 建立" in said


def test_doctor_finds_nothing_wrong_on_a_fresh_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("DATABASE_URL", "DATABASE_OWNER_URL", *secrets_file.NAMES):
        monkeypatch.delenv(name)
    monkeypatch.setenv("MINSHENG_VAR", str(tmp_path))

    status = main.main(["doctor", "--port", "0"])

    assert status == 0, capsys.readouterr().out
    assert list(tmp_path.iterdir()) == []
    assert os.environ.get("DATABASE_URL") is None


@pytest.fixture
def queue(urls: database.Urls) -> Iterator[psycopg.Connection]:
    """Have Procrastinate's tables, with one live worker, for as long as a transaction lasts."""
    from procrastinate.schema import SchemaManager

    with psycopg.connect(urls.owner) as owner:
        owner.execute(SchemaManager.get_schema().encode())
        owner.execute("insert into procrastinate_workers default values")
        yield owner
        owner.rollback()


def test_doctor_is_content_with_jobs_that_are_done_in_time(queue: psycopg.Connection) -> None:
    queue.execute("insert into procrastinate_jobs (queue_name, task_name) values ('quick', 'messages')")

    assert [finding.level for finding in job_checks.jobs(queue, now=clock.now())] == [GOOD]


def test_doctor_says_that_no_worker_of_jobs_lives(queue: psycopg.Connection) -> None:
    queue.execute("update procrastinate_workers set last_heartbeat = now() - interval '61 seconds'")

    (found,) = job_checks.jobs(queue, now=clock.now())

    assert (found.level, "minsheng jobs" in found.advice) == (HINT, True)


def test_doctor_says_that_jobs_are_overdue_or_failed(queue: psycopg.Connection) -> None:
    queue.execute(
        "insert into procrastinate_jobs (queue_name, task_name, status, scheduled_at) values"
        " ('quick', 'messages', 'todo', now() - interval '11 minutes'),"
        " ('quick', 'messages', 'todo', now() + interval '1 minute'),"
        " ('long', 'figures', 'failed', null)"
    )

    found = bad(job_checks.jobs(queue, now=clock.now()))

    assert "有 1 个后台作业到期" in found
    assert "有 1 个后台作业多次失败" in found
    assert "后台作业" in found


def test_doctor_sees_a_job_that_nobody_has_taken_since_it_was_asked_for(queue: psycopg.Connection) -> None:
    queue.execute("insert into procrastinate_jobs (queue_name, task_name) values ('quick', 'messages')")
    queue.execute("update procrastinate_events set at = now() - interval '11 minutes'")

    assert "有 1 个后台作业到期" in bad(job_checks.jobs(queue, now=clock.now()))


def test_doctor_says_nothing_of_jobs_before_their_tables_are_there(urls: database.Urls) -> None:
    with psycopg.connect(urls.app) as connection:
        assert job_checks.jobs(connection, now=clock.now()) == []
