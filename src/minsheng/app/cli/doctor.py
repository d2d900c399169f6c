"""`minsheng doctor`: say what is wrong in words a person can act on, database down or not. It changes no data.

The checks are in `checks.py` and `database_checks.py`.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psycopg

from minsheng.app.cli import checks, database_checks, installation, numbers, sentences
from minsheng.core.features.values import BAD, GOOD, HINT, Finding
from minsheng.gateways import clock, database, secrets_file
from minsheng.gateways.postgres import layout, server
from minsheng.gateways.postgres.faults import DatabaseFault

_SIGNS = {GOOD: "✓", HINT: "！", BAD: "✗"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the address to look at."""
    parser.add_argument("--host", default=os.environ.get("MINSHENG_HOST", "127.0.0.1"), help="平台的监听地址")
    parser.add_argument(
        "--port", type=numbers.PORT, default=os.environ.get("MINSHENG_PORT") or "8000", help="平台的监听端口"
    )


def run(args: argparse.Namespace) -> int:
    """Print every finding; return 1 when something must be put right."""
    wrong = 0
    for finding in _findings(args):
        print(f"{_SIGNS[finding.level]} {finding.what}", flush=True)
        if finding.advice:
            print(f"    → {finding.advice}", flush=True)
        wrong += finding.level == BAD
    print(f"\n共有 {wrong} 处需要处理（见 ✗ 各行）。" if wrong else "\n没有发现需要处理的问题。")
    return 1 if wrong else 0


def _findings(args: argparse.Namespace) -> Iterator[Finding]:
    var = database.var_folder()
    given = dict(os.environ)
    with suppress(secrets_file.SecretsFault):  # said by the check of the secrets
        secrets_file.load(var, os.environ)
    yield checks.python_version()
    packages = checks.dependencies()
    yield packages
    yield from checks.time_of_day()
    yield from checks.var_folder(var)
    yield from checks.secrets(var, given)
    yield checks.port(args.port, host=args.host, var=var)
    yield from checks.running_processes(var)
    if packages.level == GOOD:
        yield from _database(var)
    yield checks.films()
    yield from checks.browser_tests()


def _database(var: Path) -> Iterator[Finding]:
    if database.named() is None and not layout.plan(var).data.exists():
        yield Finding(
            HINT, "还没有数据库", "首次启动（make run）会自动建立内嵌数据库；或用 DATABASE_URL 指定已有的数据库。"
        )
        return
    if database.named() is None and server.find_running(var) is None:
        yield Finding(HINT, "内嵌数据库没有在运行（平台未启动时属正常）", "以下临时启动它来检查，查完即停。")
    try:
        with database.ready() as urls:
            yield from _inside(urls)
    except DatabaseFault as fault:
        yield Finding(BAD, "内嵌数据库不可用", sentences.say(fault.code, fault.params))


def _inside(urls: database.Urls) -> Iterator[Finding]:
    reached = database_checks.reach(urls.app, whose="应用角色", variable=database.APP_VARIABLE)
    if isinstance(reached, Finding):
        yield reached
        return
    with reached:
        yield from database_checks.look(reached)
        yield from database_checks.keys(reached, _keys())
        yield from _of_features(reached)
    if urls.owner != urls.app:
        owner = database_checks.reach(urls.owner, whose="属主角色", variable=database.OWNER_VARIABLE)
        if isinstance(owner, Finding):
            yield owner
        else:
            owner.close()
    pending = _pending_migrations()
    yield database_checks.migrations(pending)
    if not pending and _keys():
        yield _sealed_cells()


def _of_features(reached: psycopg.Connection) -> Iterator[Finding]:
    """Return what each feature finds of itself."""
    installation.set_up_django()
    from minsheng.core.features import queries as features

    for check in features.checks():
        yield from check(reached, now=clock.now())


def _keys() -> list[str]:
    """Return the vault's keys that a start from here would have, the current one first."""
    old = os.environ.get("MINSHENG_VAULT_OLD_KEYS", "").split(",")
    found = [os.environ.get(secrets_file.VAULT_KEY, ""), *old]
    return [key for key in found if secrets_file.vault_key_fits(key)]


def _sealed_cells() -> Finding:
    """Return whether every sealed value opens in its place. Rows are named, never whose they are."""
    installation.set_up_django()
    from django.db import connections

    from minsheng.core.people import witness

    try:
        return database_checks.sealed_cells([each.stream for each in witness.strangers()])
    except ValueError:
        return Finding(BAD, "密封的个人信息无法核对：密钥的格式不对", "请改正上面所说的密钥，再运行 minsheng doctor。")
    finally:
        connections.close_all()


def _pending_migrations() -> list[str]:
    """Return the names of migrations that this version brings and the database has not seen."""
    installation.set_up_django()
    from django.db import connections
    from django.db.migrations.executor import MigrationExecutor

    connection = connections["default"]
    try:
        executor = MigrationExecutor(connection)
        plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
        return [f"{migration.app_label}.{migration.name}" for migration, _ in plan]
    finally:
        connections.close_all()
