"""The ground of the suite: keys and addresses before Django reads its settings, a PostgreSQL once a test needs it.

`DATABASE_URL` in the environment wins: then nothing is started, and its role must be allowed to create databases.
"""

from __future__ import annotations

import base64
import os
import shutil
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from tests.browser import chromium, server_as_it_runs  # noqa: F401 - fixtures of every browser test, one for all

from minsheng.gateways import clock, database
from minsheng.gateways.postgres import server

# Short, since a socket's path may have 107 bytes; open, since as root another user runs the server.
VAR = Path(tempfile.mkdtemp(prefix="ms-tests-"))
VAR.chmod(0o755)

# The suite connects as the owner, who may create the test database. Tests of rights say `set role minsheng_app`.
EXTERNAL = database.named()
if EXTERNAL is None:
    _owner = database.embedded(VAR).owner
    database.Urls(app=_owner, owner=_owner).put_into(os.environ)

os.environ["MINSHENG_VAR"] = str(VAR)
os.environ[clock.MODE_VARIABLE] = "1"
os.environ.pop(clock.CLOCK_VARIABLE, None)
os.environ["MINSHENG_SECRET_KEY"] = "for-tests-only-" + "0" * 40
os.environ["MINSHENG_VAULT_KEY"] = base64.b64encode(bytes(range(32))).decode()
# Playwright's blocking interface runs an event loop in the test's thread; Django would refuse the ORM there.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"


PURE = tuple(Path(__file__).parent / name for name in ("domain", "gateways", "rehearsals"))


def pytest_configure(config: pytest.Config) -> None:
    """Name Django's settings to pytest-django, unless only tests were asked for that know no Django."""
    asked = [Path(argument.partition("::")[0]).resolve() for argument in config.args]
    if not all(any(path.is_relative_to(folder) for folder in PURE) for path in asked):
        os.environ["DJANGO_SETTINGS_MODULE"] = "minsheng.site.settings"
        import django  # not before: the domain's tests know no Django, and pytest-django sets up only what it finds

        django.setup()


@pytest.fixture(scope="session")
def database_server() -> Iterator[database.Urls]:
    """Have the server that `DATABASE_URL` names, running for the whole session."""
    if EXTERNAL is not None:
        yield EXTERNAL
        return
    running = server.start(VAR)
    yield database.embedded(VAR)
    running.stop()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(database_server: database.Urls) -> None:
    """Start the server before pytest-django creates its test database; domain tests never come here."""


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None) -> None:
    """Let Django empty the tables after tests that commit (browser, API, several connections).

    The ledger refuses TRUNCATE by triggers; only the owner of the tables, which the application's role never is, can
    step around them.
    """
    from django.db.backends.postgresql.operations import DatabaseOperations

    flush = DatabaseOperations.execute_sql_flush

    def flush_as_owner(self: DatabaseOperations, sql_list: Any) -> None:
        with self.connection.cursor() as cursor:
            end_what_others_do(cursor)
            for table in ("ledger_event", "ledger_seal"):
                cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            flush(self, sql_list)
            for table in ("ledger_event", "ledger_seal"):
                cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")

    DatabaseOperations.execute_sql_flush = flush_as_owner  # type: ignore[method-assign, assignment]


def end_what_others_do(cursor: Any) -> None:
    """Wait until no other session is at work in the test database, and end those that are after five seconds.

    A browser that was closed leaves requests behind which the test's server still answers: emptying the tables beneath
    them is a deadlock now and then.
    """
    others = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'"
    end = time.monotonic() + 5
    while time.monotonic() < end:
        cursor.execute(f"SELECT count(*) {others}")
        if cursor.fetchone()[0] == 0:
            return
        threading.Event().wait(0.05)
    cursor.execute(f"SELECT pg_terminate_backend(pid) {others}")


@pytest.fixture
def test_clock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    """Return what sets the official clock, for this process and for the children that it starts."""
    path = tmp_path / "clock"
    monkeypatch.setenv(clock.CLOCK_VARIABLE, str(path))

    def set_clock(moment: datetime) -> None:
        clock.set_test_clock(path, moment=moment)

    return set_clock


@pytest.fixture(scope="session")
def shared_folder() -> Path | None:
    """Return the folder with real letters that `MINSHENG_SHARED` names, or None."""
    named = os.environ.get("MINSHENG_SHARED")
    return Path(named) if named else None


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say once what a run without the folder of real letters leaves out; the run of pure tests leaves nothing out."""
    with_django = terminalreporter.config.pluginmanager.hasplugin("django")
    if with_django and not os.environ.get("MINSHENG_SHARED"):
        terminalreporter.write_line("未设置 MINSHENG_SHARED：未运行需要真实群众来信和共享场景文件的测试。")


def pytest_unconfigure() -> None:
    """Remove what the suite wrote."""
    shutil.rmtree(VAR, ignore_errors=True)
