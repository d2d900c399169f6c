"""`minsheng migrate`: bring the tables to the state that this version needs, as the owner's role, while others work.

A change of a table waits for those who use it, and whoever comes later waits behind the change. So no step waits for a
lock longer than two seconds: it gives up, lets the others through and tries again. Here is the one place that says so.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from minsheng.app.cli import installation, numbers

# What is rebuilt while the platform waits: some seconds.
_REBUILT_AT_ONCE = 20_000
# Every migration gets these, behind the settings' own: the work itself may take as long as the tables are large.
_BOUNDS = " -c lock_timeout=2s -c statement_timeout=0"
_PAUSE = 1.0
# One upgrade at a time: whoever holds this lock of the database; any number that nothing else takes.
_TURN = 12_345_000_001
# What CREATE INDEX CONCURRENTLY leaves behind when it is given up: of no use, and in the way of the next try.
_UNFINISHED = """
    SELECT quote_ident(n.nspname) || '.' || quote_ident(c.relname) FROM pg_index i
    JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE NOT i.indisvalid AND pg_has_role(c.relowner, 'USAGE') AND n.nspname = 'public'
"""


class _NotMyTurn(Exception):
    """Another upgrade is under way."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--empty", action="store_true", help="只建立空的内嵌数据库，不建表（恢复备份前用）")
    parser.add_argument("--plan", action="store_true", help="只显示将执行的步骤，不改动数据库")
    parser.add_argument("--quiet", action="store_true", help="不显示每一步")
    parser.add_argument(
        "--patience",
        type=numbers.whole(0, 86_400),
        default=300,
        metavar="SECONDS",
        help="表正被使用时最多反复尝试多少秒（默认 300），期间平台照常使用",
    )


def run(args: argparse.Namespace) -> int:
    """Migrate, and set the application role's rights again; return 1 with the reason when the database refuses."""
    with installation.opened(creates=True):
        if args.empty:
            print("已有数据库，尚未建表，可以恢复备份；恢复后请再执行 minsheng migrate。")
            return 0
        from django.db import DatabaseError, OperationalError, connections

        try:
            _migrate(args)
        except (OperationalError, _NotMyTurn) as fault:
            if _is_lock(fault):
                print("升级没有完成：有表一直被使用，等不到。已完成的步骤有效；请稍后重新运行 minsheng migrate 继续。")
                return 1
            print(f"升级没有完成，数据库连不上或忙：{str(fault).strip()}\n请运行 minsheng doctor，按提示处理后重试。")
            return 1
        except DatabaseError as fault:
            print(f"数据库拒绝了升级：{str(fault).strip()}\n请检查 DATABASE_OWNER_URL 的角色是否为表的属主。")
            return 1
        finally:
            connections.close_all()
    return 0


def _migrate(args: argparse.Namespace) -> None:
    from django.conf import settings
    from django.core.management import call_command

    alias = "owner" if "owner" in settings.DATABASES else "default"
    upgraded = not args.plan and _is_older(alias)

    def step() -> None:
        if not args.plan:
            _take_turn(alias)
        call_command("migrate", database=alias, plan=args.plan, interactive=False, verbosity=0 if args.quiet else 1)
        if not args.plan:
            _grant(alias)

    with _bounded(alias):
        _until_let_in(step, seconds=args.patience)
    if not args.plan:
        installation.hold_keys()
    if upgraded:
        _bring_up_to_date()


@contextmanager
def _bounded(alias: str) -> Iterator[None]:
    """Have a connection whose statements wait two seconds for a lock, and are not ended while they work."""
    from django.db import connections

    connection = connections[alias]
    options = connection.settings_dict["OPTIONS"]
    usual = options.get("options", "")
    connection.close()
    options["options"] = usual + _BOUNDS
    try:
        with connection.execute_wrapper(_patiently):
            yield
    finally:
        connection.close()
        options["options"] = usual


def _patiently(execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: Any) -> Any:
    """Let what works beside others wait for them without end, for nobody waits for it; and nothing else after it."""
    if "CONCURRENTLY" not in str(sql).upper():
        return execute(sql, params, many, context)
    cursor = context["cursor"].cursor
    cursor.execute("SET lock_timeout = 0")
    try:
        return execute(sql, params, many, context)
    finally:
        cursor.execute("RESET lock_timeout")


def _until_let_in(step: Callable[[], None], *, seconds: float) -> None:
    """Do the step; where a table is in use do it again, for so long. Django keeps count of the parts that are done."""
    from django.db import OperationalError

    until = time.monotonic() + seconds
    while True:
        try:
            step()
        except (OperationalError, _NotMyTurn) as fault:
            if not _is_lock(fault) or time.monotonic() >= until:
                raise
        else:
            return
        print("有表正被使用，或另一个升级正在进行：先让其他人办理，稍后自动再试。", flush=True)
        time.sleep(_PAUSE)


def _take_turn(alias: str) -> None:
    """Be the only one who upgrades until the connection ends, and clear away what a try before left unfinished.

    Raises: _NotMyTurn.
    """
    from django.db import connections

    with connections[alias].cursor() as cursor:
        # Who waits in a statement is waited for by an index that is built meanwhile: neither would go on.
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [_TURN])
        if not cursor.fetchall()[0][0]:
            raise _NotMyTurn
        cursor.execute(_UNFINISHED)
        for (name,) in cursor.fetchall():
            cursor.execute(f"DROP INDEX CONCURRENTLY {name}")


def _is_lock(fault: BaseException) -> bool:
    import psycopg

    in_use = (psycopg.errors.LockNotAvailable, psycopg.errors.DeadlockDetected)
    return isinstance(fault, _NotMyTurn) or isinstance(fault.__cause__, in_use)


def _is_older(alias: str) -> bool:
    """Tell whether the database has facts, and tables of an older version."""
    from django.db import connections
    from django.db.migrations.executor import MigrationExecutor

    connection = connections[alias]
    if "ledger_event" not in connection.introspection.table_names():
        return False
    executor = MigrationExecutor(connection)
    if not executor.migration_plan(executor.loader.graph.leaf_nodes()):
        return False
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT 1 FROM ledger_event)")
        found = cursor.fetchone()
    return bool(found and found[0])


def _bring_up_to_date() -> None:
    """Make the projections anew for this version's columns; say so where that would take more than seconds."""
    from django.db import connection

    from minsheng.core.ledger import verification

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM ledger_event WHERE version = 1")
        found = cursor.fetchone()
    if found is not None and found[0] > _REBUILT_AT_ONCE:
        print(
            f"数据来自旧版本：请在启动平台后执行一次 minsheng ledger rebuild（{found[0]:,} 条流，可能需要较长时间，"
            "期间可以正常办理）；完成前，新列表中旧工单的个别内容可能不全。"
        )
        return
    changed = sum(each.changed for each in verification.rebuild(check=False).values())
    print(f"数据来自旧版本：已按事实重建各列表所用的数据，改正 {changed} 行。")


def _grant(alias: str) -> None:
    """Give the application's role what it needs and no more; tables of a later migration are covered too."""
    from django.db import connections

    from minsheng.core.ledger import grants

    with connections[alias].cursor() as cursor:
        cursor.execute(grants.SQL)
