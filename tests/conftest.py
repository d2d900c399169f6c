"""The ground of the suite: keys and addresses before Django reads its settings, a PostgreSQL once a test needs it.

Every process of a parallel run (pytest-xdist) has a folder and a PostgreSQL of its own. `DATABASE_URL` in the
environment wins: then nothing is started, and its role must be allowed to create databases.
"""

from __future__ import annotations

import ast
import base64
import gc
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
from tests import cluster_ground
from tests.browser_ground import chromium, one_chromium, server_as_it_runs  # noqa: F401 - for every browser test
from tests.run_ground import RUN_VARIABLE

from minsheng.gateways import clock, database
from minsheng.gateways.postgres import layout, server

# Short, since a socket's path may have 107 bytes; open, since as root another user runs the server.
VAR = Path(tempfile.mkdtemp(prefix="ms-tests-"))
VAR.chmod(0o755)

PURE = tuple(Path(__file__).parent / name for name in ("domain", "gateways", "rehearsals"))
# For the suite's own cluster alone: what a test commits need not outlive a crash of the machine. Nothing is analyzed by
# itself: that is a transaction, and while one runs that is older than the test's, nothing is sealed nor exported.
_UNSAFE = "fsync = off\nsynchronous_commit = off\nfull_page_writes = off\nautovacuum_analyze_threshold = 2000000000\n"


_parse = ast.parse


def _parse_undisturbed(*args: Any, **options: Any) -> ast.AST:
    """Parse while the garbage collector rests.

    In CPython 3.11 `ast.parse` raises a SystemError when a finalizer runs in the middle of it that parses too, as the
    printing of a traceback does (gh-106905, mended in 3.12.2). Pytest parses every test module.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        return _parse(*args, **options)
    finally:
        if was_enabled:
            gc.enable()


ast.parse = _parse_undisturbed  # type: ignore[assignment]

_OWN_RUN = pytest.StashKey[str]()
_named: database.Urls | None = None


def pytest_configure(config: pytest.Config) -> None:
    """Make the environment that Django's settings read, and name them to pytest-django.

    The process that only hands tests out to the workers of a parallel run does neither: they inherit its environment.
    """
    global _named
    if RUN_VARIABLE not in os.environ:
        config.stash[_OWN_RUN] = os.environ[RUN_VARIABLE] = tempfile.mkdtemp(prefix="ms-run-tests-")
    if config.getoption("numprocesses", None) and not hasattr(config, "workerinput"):
        return
    # Daemons lie there, and Debian gives ordinary users no path to them.
    os.environ["PATH"] += f"{os.pathsep}/usr/sbin{os.pathsep}/sbin"
    _named = database.named()
    if _named is None:
        # The suite connects as the owner, who may create databases. Tests of rights say `set role minsheng_app`.
        owner = database.embedded(VAR).owner
        database.Urls(app=owner, owner=owner).put_into(os.environ)
    os.environ["MINSHENG_VAR"] = str(VAR)
    os.environ[clock.MODE_VARIABLE] = "1"
    os.environ.pop(clock.CLOCK_VARIABLE, None)
    os.environ["MINSHENG_SECRET_KEY"] = "for-tests-only-" + "0" * 40
    os.environ["MINSHENG_VAULT_KEY"] = base64.b64encode(bytes(range(32))).decode()
    # Playwright's blocking interface runs an event loop in the test's thread; Django would refuse the ORM there.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    asked = [Path(argument.partition("::")[0]).resolve() for argument in config.args]
    if not all(any(path.is_relative_to(folder) for folder in PURE) for path in asked):
        os.environ["DJANGO_SETTINGS_MODULE"] = "minsheng.app.site.settings"
        import django  # not before: the domain's tests know no Django, and pytest-django sets up only what it finds

        django.setup()


@pytest.fixture(scope="session")
def database_server() -> Iterator[database.Urls]:
    """Have the server that `DATABASE_URL` names, running for the whole session."""
    if _named is not None:
        yield _named
        return
    cluster_ground.lay_out(VAR)
    (layout.plan(VAR).data / "local.conf").write_text(_UNSAFE, encoding="ascii")
    running = server.start(VAR)
    yield database.embedded(VAR)
    running.stop()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    database_server: database.Urls, django_db_modify_db_settings_parallel_suffix: None
) -> None:
    """Start the server before pytest-django creates its test database; domain tests never come here.

    In a cluster of ours it is a copy of the one that has the tables: to make them takes a quarter of a minute.
    """
    from django.db import connection

    if _named is None:
        connection.settings_dict["TEST"]["TEMPLATE"] = cluster_ground.TEMPLATE


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None) -> None:
    """Empty after a test that commits (browser, API, several connections) the tables that it wrote, and no others."""
    from django.test import TransactionTestCase

    TransactionTestCase._fixture_teardown = _empty_what_was_written  # type: ignore[method-assign, assignment]


def _empty_what_was_written(_: Any) -> None:
    """Empty the tables that have rows; what Django itself fills when it migrates stays.

    The ledger refuses TRUNCATE by triggers; only the owner of the tables, which the application's role never is, can
    step around them.
    """
    from django.db import connection, transaction

    kept = ("django_migrations", "django_content_type", "auth_permission")
    tables = [name for name in connection.introspection.table_names() if name not in kept]
    quoted = {name: connection.ops.quote_name(name) for name in tables}
    with connection.cursor() as cursor:
        end_what_others_do(cursor)
        cursor.execute(" UNION ALL ".join(f"(SELECT '{name}' FROM {quoted[name]} LIMIT 1)" for name in tables))
        written = [quoted[name] for (name,) in cursor.fetchall()]
        if not written:
            return
        cursor.execute(
            "SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger WHERE NOT tgisinternal AND tgparentid = 0"
        )
        guarded = [name for (name,) in cursor.fetchall()]
        with transaction.atomic():
            for name in guarded:
                cursor.execute(f"ALTER TABLE {name} DISABLE TRIGGER USER")
            cursor.execute(f"TRUNCATE {', '.join(written)} CASCADE")
            for name in guarded:
                cursor.execute(f"ALTER TABLE {name} ENABLE TRIGGER USER")


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


def pytest_unconfigure(config: pytest.Config) -> None:
    """Remove what the suite wrote."""
    shutil.rmtree(VAR, ignore_errors=True)
    if _OWN_RUN in config.stash:
        shutil.rmtree(config.stash[_OWN_RUN], ignore_errors=True)
