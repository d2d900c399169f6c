"""`minsheng migrate`: bring the tables to the state that this version needs, as the owner's role."""

from __future__ import annotations

import argparse

from minsheng.cli import installation


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
            call_command("migrate", database=alias, plan=args.plan, interactive=False, verbosity=0 if args.quiet else 1)
            if not args.plan:
                _grant(alias)
                installation.hold_keys()
        except OperationalError as fault:
            print(f"升级没有完成，数据库连不上或忙：{str(fault).strip()}\n请运行 minsheng doctor，按提示处理后重试。")
            return 1
        except DatabaseError as fault:
            print(f"数据库拒绝了升级：{str(fault).strip()}\n请检查 DATABASE_OWNER_URL 的角色是否为表的属主。")
            return 1
        finally:
            connections.close_all()
    return 0


def _grant(alias: str) -> None:
    """Give the application's role what it needs and no more; tables of a later migration are covered too."""
    from django.db import connections

    from minsheng.ledger import grants

    with connections[alias].cursor() as cursor:
        cursor.execute(grants.SQL)
