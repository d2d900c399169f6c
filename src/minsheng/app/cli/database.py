"""`minsheng database -- pg_dump …`: run PostgreSQL's own tools against the database, with its address and programs set.

Without a tool the settings are printed, for `eval "$(minsheng database)"`.
"""

from __future__ import annotations

import argparse
import os
import shlex
import subprocess
import sys
from collections.abc import Mapping

from psycopg.conninfo import conninfo_to_dict

from minsheng.gateways import database
from minsheng.gateways.postgres import binaries, cluster, layout, server
from minsheng.gateways.postgres.faults import DatabaseFault

BACKUP_VARIABLE = "DATABASE_BACKUP_URL"
_ROLES = {"owner": cluster.OWNER_ROLE, "app": cluster.APP_ROLE, "backup": cluster.BACKUP_ROLE}
_VARIABLES = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD", "dbname": "PGDATABASE"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the role to connect as, and the tool to run."""
    parser.add_argument(
        "--role",
        choices=sorted(_ROLES),
        default="owner",
        help="owner 表属主（默认，导出导入用）；app 应用角色；backup 物理备份（只用于内嵌数据库）",
    )
    parser.add_argument("tool", nargs="*", metavar="工具", help="写在 -- 之后的命令，例如 -- psql")


def run(args: argparse.Namespace) -> int:
    """Run the tool and return its status, or print shell lines that set PG* and PATH.

    For a tool an embedded server that does not run is started for the while; which folder it is in is said beside.
    Raises: DatabaseFault DATABASE_NOT_RUNNING when settings alone are asked for and the embedded server does not run.
    """
    if not args.tool:
        if database.named() is None and server.find_running(database.var_folder()) is None:
            raise DatabaseFault("DATABASE_NOT_RUNNING")
        for name, value in settings_of(args.role).items():
            print(f"export {name}={shlex.quote(value)}")
        return 0
    # Asked before the database is had: from then on the environment names it.
    embedded = database.named() is None
    settings = settings_of(args.role) if not embedded else None
    with database.ready():
        if embedded:
            print(f"使用内嵌数据库：{database.var_folder() / 'postgres'}", file=sys.stderr, flush=True)
        environment = {**os.environ, **(settings or _embedded_settings(args.role))}
        try:
            return subprocess.run(args.tool, env=environment, check=False).returncode
        except FileNotFoundError:
            print(f"找不到命令 {args.tool[0]}。", file=sys.stderr)
            return 1


def settings_of(role: str) -> dict[str, str]:
    """Return the variables with which PostgreSQL's tools reach the database as a role, without starting anything.

    A named database is backed up as the role of `DATABASE_BACKUP_URL`, which needs REPLICATION, else as the owner's.
    `serve` names the embedded one to its children: that has roles and programs of its own.
    """
    urls = database.named()
    if urls is None or urls.app == database.embedded(database.var_folder()).app:
        return _embedded_settings(role)
    url = urls.app if role == "app" else urls.owner
    if role == "backup":
        url = os.environ.get(BACKUP_VARIABLE) or url
    return _variables(conninfo_to_dict(url))


def _embedded_settings(role: str) -> dict[str, str]:
    var = database.var_folder()
    values = conninfo_to_dict(database.embedded(var).owner)
    programs = binaries.find(layout.plan(var), owner=layout.find_owner())
    path = os.pathsep.join((str(programs.folder), os.environ.get("PATH", os.defpath)))
    return {"PATH": path, **_variables({**values, "user": _ROLES[role]})}


def _variables(values: Mapping[str, object]) -> dict[str, str]:
    return {variable: str(values[key]) for key, variable in _VARIABLES.items() if values.get(key)}
