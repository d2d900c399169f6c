"""Emptying a demonstration's database: only one that the demonstration filled, and only while nobody uses it."""

from __future__ import annotations

from django.apps import apps
from django.conf import settings
from django.db import connections

from minsheng.app.demo import actions


def obstacle() -> str:
    """Return why the database may not be emptied, as a sentence; an empty text when it may.

    Refused are a program not in demonstration mode, a city or a table that is not the demonstration's, and a database
    that others are connected to.
    """
    if not settings.DEMO:
        return "只有在演示模式（MINSHENG_DEMO=1）下才能清空演示数据库。"
    if foreign := actions.foreign_cities():
        return f"数据库中有正式城市（{'、'.join(foreign)}），不是演示数据库，不能清空。"
    if strangers := _strange_tables():
        return f"数据库中有不属于本程序的表（{'、'.join(strangers[:5])}），不能清空。"
    if others := _other_sessions():
        return f"数据库还有 {others} 个其他连接，平台可能正在运行。请先停止平台再清空。"
    return ""


def drop_everything() -> None:
    """Drop the schema with all that is in it and create it anew, as the owner's role. Ask `obstacle` first."""
    connections["default"].close()
    with connections[_owner()].cursor() as cursor:
        cursor.execute("DROP SCHEMA public CASCADE")
        cursor.execute("CREATE SCHEMA public")
    connections[_owner()].close()


def _owner() -> str:
    return "owner" if "owner" in settings.DATABASES else "default"


def _strange_tables() -> list[str]:
    # Also those of Procrastinate, which its migrations make and Django doesn't manage.
    ours = {model._meta.db_table for model in apps.get_models(include_auto_created=True)} | {"django_migrations"}
    with connections["default"].cursor() as cursor:
        # The months of a partitioned table are part of it.
        cursor.execute(
            """
            SELECT relname FROM pg_class
            WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition ORDER BY 1
            """
        )
        return [name for (name,) in cursor.fetchall() if name not in ours]


def _other_sessions() -> int:
    with connections["default"].cursor() as cursor:
        cursor.execute(
            """
            SELECT count(*) FROM pg_stat_activity
            WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
            """
        )
        found = cursor.fetchone()
    return int(found[0]) if found else 0
