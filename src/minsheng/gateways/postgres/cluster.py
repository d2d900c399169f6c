"""The making of a cluster and of what the program needs inside: roles, database, rights, extension."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess

from minsheng.gateways.postgres.binaries import Binaries
from minsheng.gateways.postgres.faults import DatabaseFault
from minsheng.gateways.postgres.layout import PORT, Layout, Owner

SUPERUSER = "postgres"
OWNER_ROLE = "minsheng_owner"
APP_ROLE = "minsheng_app"
BACKUP_ROLE = "minsheng_backup"
DATABASE = "minsheng"

_MEBIBYTE = 1024 * 1024

# Default rights stand in template1 too, so that every database that the owner makes (tests, benches) is like the real
# one. The ledger's migration takes UPDATE and DELETE on its tables away again.
_RIGHTS = f"""
create extension if not exists pg_trgm;
alter default privileges for role {OWNER_ROLE} in schema public
      grant select, insert, update, delete on tables to {APP_ROLE};
alter default privileges for role {OWNER_ROLE} in schema public
      grant usage, select on sequences to {APP_ROLE};
"""

# The names are constants of this module.
_PROVISION = f"""
\\set ON_ERROR_STOP on
set client_min_messages = warning;
select format('create role %I login %s', name, attributes)
  from (values ('{OWNER_ROLE}', 'createdb'), ('{APP_ROLE}', ''), ('{BACKUP_ROLE}', 'replication')) w (name, attributes)
 where not exists (select from pg_roles where rolname = name) \\gexec
grant {APP_ROLE} to {OWNER_ROLE};
\\connect template1
set client_min_messages = warning;
{_RIGHTS}
\\connect postgres
select 'create database {DATABASE} owner {OWNER_ROLE}'
 where not exists (select from pg_database where datname = '{DATABASE}') \\gexec
revoke all on database {DATABASE} from public;
grant connect, temporary on database {DATABASE} to {APP_ROLE};
\\connect {DATABASE}
set client_min_messages = warning;
{_RIGHTS}
select 'trigrams=' || cardinality(show_trgm('噪音扰民'));
"""  # noqa: S608


def create(layout: Layout, *, binaries: Binaries, owner: Owner) -> None:
    """Make an empty cluster where there is none: checksums on, UTF-8, the owner as superuser by peer authentication.

    It is made under a draft name and renamed, so that a start that was killed leaves nothing half made.
    Raises: DatabaseFault INITDB_FAILED.
    """
    if layout.is_made:
        return
    draft = layout.home / "data.draft"
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(mode=0o700)
    os.chown(draft, owner.uid, owner.gid)
    locale = ["--locale=C.UTF-8"]
    if binaries.major >= 17:
        locale += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    arguments = [binaries.program("initdb"), "--pgdata", str(draft), "--username", SUPERUSER, "--auth=peer"]
    arguments += ["--encoding=UTF8", "--data-checksums", *locale]
    made = owner.run(arguments, seconds=120)
    if made.returncode != 0:
        shutil.rmtree(draft, ignore_errors=True)
        raise DatabaseFault("INITDB_FAILED", why=_last_line(made.stderr))
    draft.rename(layout.data)


def configure(layout: Layout, *, owner: Owner) -> None:
    """Write the server's settings and who may connect as whom; they are written anew at each start.

    `data/local.conf` (and ALTER SYSTEM) stay untouched and win.
    """
    local = layout.data / "local.conf"
    if not local.exists():
        local.touch(mode=0o600)
        os.chown(local, owner.uid, owner.gid)
    ours = ("postgresql.conf", _settings(layout)), ("pg_hba.conf", _HBA), ("pg_ident.conf", _ident(owner))
    for name, text in ours:
        path = layout.data / name
        draft = layout.data / f"{name}.draft"
        draft.write_text(text, encoding="utf-8")
        draft.chmod(0o600)
        os.chown(draft, owner.uid, owner.gid)
        draft.replace(path)


def provision(layout: Layout, *, binaries: Binaries, owner: Owner) -> None:
    """Make roles, database, rights and extension where they are missing, and prove that trigrams see Chinese.

    Raises: DatabaseFault PROVISION_FAILED, or TRIGRAMS_BLIND when pg_trgm drops Chinese characters (under LC_CTYPE=C it
    does, silently).
    """
    arguments = [
        binaries.program("psql"),
        "-XqAt",
        "-h",
        str(layout.socket),
        "-p",
        str(PORT),
        "-U",
        SUPERUSER,
        "-d",
        "postgres",
    ]
    try:
        said = owner.run(arguments, stdin=_PROVISION)
    except subprocess.TimeoutExpired as fault:
        raise DatabaseFault("PROVISION_FAILED", why="timeout") from fault
    if said.returncode != 0:
        raise DatabaseFault("PROVISION_FAILED", why=_last_line(said.stderr))
    if "trigrams=0" in said.stdout.split() or "trigrams=" not in said.stdout:
        raise DatabaseFault("TRIGRAMS_BLIND", path=str(layout.data))


def _settings(layout: Layout) -> str:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // _MEBIBYTE
    buffers = min(max(memory // 8, 128), 1024)
    # fsync, synchronous_commit and full_page_writes stay as PostgreSQL ships them: what was acknowledged is on disk.
    # Statements and details stay out of the log, since they hold personal data.
    return f"""# Written by minsheng at each start. Put settings of your own into local.conf in this folder.
listen_addresses = ''
port = {PORT}
unix_socket_directories = {_quoted(str(layout.socket))}
unix_socket_permissions = 0700
max_connections = 100
shared_buffers = {buffers}MB
effective_cache_size = {max(memory // 2, 256)}MB
maintenance_work_mem = 128MB
work_mem = 8MB
max_wal_size = 2GB
wal_compression = on
max_slot_wal_keep_size = 16GB
random_page_cost = 1.1
jit = off
timezone = 'UTC'
log_timezone = 'UTC'
datestyle = 'iso, ymd'
log_destination = 'stderr'
log_line_prefix = '%m [%p] '
log_min_messages = warning
log_min_error_statement = panic
log_error_verbosity = terse
password_encryption = scram-sha-256
include_if_exists = 'local.conf'
"""


_HBA = f"""# Written by minsheng at each start.
local all         all             peer map=minsheng
local replication {BACKUP_ROLE} peer map=minsheng
local replication {SUPERUSER} peer map=minsheng
"""


def _ident(owner: Owner) -> str:
    """Map system users to roles: only the server's own user is superuser; callers are owner, app and backup."""
    callers = {owner.name, "root", pwd.getpwuid(os.geteuid()).pw_name}
    pairs = [(owner.name, SUPERUSER)]
    pairs += [(caller, role) for caller in sorted(callers) for role in (OWNER_ROLE, APP_ROLE, BACKUP_ROLE)]
    lines = [f'minsheng "{caller}" {role}' for caller, role in pairs]
    return "\n".join(["# Written by minsheng at each start.", *lines, ""])


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else ""
