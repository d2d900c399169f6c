"""`minsheng migrate`: bring the tables to the state that this version needs, as the owner's role."""

from __future__ import annotations

import argparse

from minsheng.app.cli import installation

# What is rebuilt while the platform waits: some seconds.
_REBUILT_AT_ONCE = 20_000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--empty", action="store_true", help="只建立空的内嵌数据库，不建表（恢复备份前用）")
    parser.add_argument("--plan", action="store_true", help="只显示将执行的步骤，不改动数据库")
    parser.add_argument("--quiet", action="store_true", help="不显示每一步")


def run(args: argparse.Namespace) -> int:
    """Migrate, and set the application role's rights again; return 1 with the reason when the database refuses."""
    with installation.opened(creates=True):
        if args.empty:
            print("已有数据库，尚未建表，可以恢复备份；恢复后请再执行 minsheng migrate。")
            return 0
        from django.conf import settings
        from django.core.management import call_command
        from django.db import DatabaseError, OperationalError, connections

        alias = "owner" if "owner" in settings.DATABASES else "default"
        try:
            upgraded = not args.plan and _is_older(alias)
            call_command("migrate", database=alias, plan=args.plan, interactive=False, verbosity=0 if args.quiet else 1)
            if not args.plan:
                _grant(alias)
                installation.hold_keys()
            if upgraded:
                _bring_up_to_date()
        except OperationalError as fault:
            print(f"升级没有完成，数据库连不上或忙：{str(fault).strip()}\n请运行 minsheng doctor，按提示处理后重试。")
            return 1
        except DatabaseError as fault:
            print(f"数据库拒绝了升级：{str(fault).strip()}\n请检查 DATABASE_OWNER_URL 的角色是否为表的属主。")
            return 1
        finally:
            connections.close_all()
    return 0


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
