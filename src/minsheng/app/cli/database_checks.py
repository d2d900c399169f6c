"""What `minsheng doctor` looks at inside the database, over one connection as the application's role."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import psycopg

from minsheng.core.features.tables import is_there
from minsheng.core.features.values import BAD, GOOD, HINT, Finding
from minsheng.gateways import clock, secrets_file
from minsheng.gateways.postgres.binaries import OLDEST

CONNECT_WITHIN = 5
CLOCKS_APART = 5.0

_APPEND_ONLY = ("ledger_event", "ledger_seal", "ledger_refusal")
# The journals, which an older database lacks, and their months.
_JOURNALS = """
    select coalesce(array_agg(c.oid::regclass::text order by 1), '{}') from pg_class c
    where c.oid = to_regclass('ledger_entry')
    or c.oid in (select inhrelid from pg_inherits where inhparent = to_regclass('ledger_entry'))
"""
_LOOK_OVERDUE = timedelta(days=2)
_LAST_LOOK = b"""
    select at, streams, jsonb_array_length(altered), altered->0->>'stream' from ledger_look order by at desc limit 1
"""
_CELLS_NAMED = 5
_DURABLE = ("fsync", "synchronous_commit", "full_page_writes")


def reach(url: str, *, whose: str, variable: str) -> psycopg.Connection | Finding:
    """Return a connection, or why there is none; addresses with passwords are never shown."""
    try:
        return psycopg.connect(url, connect_timeout=CONNECT_WITHIN, autocommit=True)
    except psycopg.ProgrammingError:
        return Finding(BAD, f"{variable} 的写法不对", "形式应为 postgresql://用户:口令@主机:5432/库名")
    except psycopg.OperationalError as fault:
        return Finding(BAD, f"连不上数据库（{whose}）：{_reason(fault)}", _advice(fault, variable=variable))


def look(connection: psycopg.Connection) -> list[Finding]:
    """Return how the database stands."""
    findings = [_version(connection), _encoding(connection), *_durability(connection), _chinese(connection)]
    findings += [_clocks(connection, now=clock.now())]
    if not is_there(connection, "ledger_event"):
        return [*findings, Finding(HINT, "数据库里还没有表", "执行 minsheng migrate，或直接启动平台（会自动建立）。")]
    findings += [_rights(connection), _triggers(connection)]
    return [*findings, looked(connection)] if is_there(connection, "ledger_look") else findings


def keys(connection: psycopg.Connection, ours: list[str]) -> list[Finding]:
    """Return whether our keys are those that the database's personal data are sealed with; nothing for a new one."""
    if not is_there(connection, "people_vaultkey"):
        return []
    wanted = connection.execute(b"select fingerprint, key_id from people_vaultkey where retired_at is null").fetchall()
    fingerprints = {secrets_file.fingerprint(key) for key in ours}
    strange = [key_id for fingerprint, key_id in wanted if fingerprint not in fingerprints]
    if strange:
        return [
            Finding(
                BAD,
                f"密钥与数据库不符：个人信息由密钥 {'、'.join(strange)} 加密，本机没有它",
                "请用环境变量或 secrets.env 提供原来的密钥；如果是在更换密钥，请把原来的写入 MINSHENG_VAULT_OLD_KEYS。",
            )
        ]
    return [Finding(GOOD, "密钥与数据库相符")] if wanted else []


def migrations(pending: list[str]) -> Finding:
    """Return how the tables stand to this version of the program."""
    if pending:
        return Finding(
            BAD,
            f"有 {len(pending)} 个待执行的表结构升级（{pending[0]} 等）",
            "请执行 minsheng migrate（重新启动平台时也会自动执行）。",
        )
    return Finding(GOOD, "表结构是最新的")


def sealed_cells(bad: list[str]) -> Finding:
    """Return how the sealed personal data stand; `bad`: the rows that don't open, or don't fit what finds them."""
    if bad:
        named = "、".join(bad[:_CELLS_NAMED]) + " 等" * (len(bad) > _CELLS_NAMED)
        return Finding(
            BAD,
            f"有 {len(bad)} 处个人信息无法解开或与其检索值不符（{named}）",
            "请保留现场，执行 minsheng ledger verify 查明是哪一种，从备份中找回；页面在其位置显示“身份数据无法解开”。",
        )
    return Finding(GOOD, "个人信息都能解开，与其检索值相符")


def looked(connection: psycopg.Connection, *, now: datetime | None = None) -> Finding:
    """Return what came of the last daily look at a sample of words and files (`ledger.witnesses`)."""
    row = connection.execute(_LAST_LOOK).fetchone()
    if row is None:
        return Finding(
            HINT,
            "还没有抽查过诉求原文和附件",
            "后台任务（minsheng serve 或 work）每天抽查一次；也可执行 minsheng ledger verify。",
        )
    at, streams, altered, first = row
    shown = at.astimezone(ZoneInfo("Asia/Shanghai")).strftime("%Y-%m-%d %H:%M")
    if altered:
        return Finding(
            BAD,
            f"{shown} 的抽查发现 {altered} 处与总账的摘要不符（{first} 等）",
            "请保留现场，执行 minsheng ledger verify 查明全部不符之处，核对备份和访问记录。",
        )
    if (now or clock.now()) - at > _LOOK_OVERDUE:
        return Finding(HINT, f"上次抽查诉求原文和附件是在 {shown}", "请确认后台任务在运行；它应每天抽查一次。")
    return Finding(GOOD, f"{shown} 抽查了 {streams} 条流的诉求原文和附件，与总账一致")


def _version(connection: psycopg.Connection) -> Finding:
    number = connection.info.server_version
    shown = f"PostgreSQL {number // 10000}.{number % 10000}"
    if number // 10000 < OLDEST:
        return Finding(BAD, f"{shown} 太旧", f"请升级到 PostgreSQL {OLDEST} 或更新版本。")
    return Finding(GOOD, f"数据库可用：{shown}，库 {connection.info.dbname}，角色 {connection.info.user}")


def _encoding(connection: psycopg.Connection) -> Finding:
    encoding = _one(connection, "show server_encoding")
    if encoding != "UTF8":
        return Finding(BAD, f"数据库编码是 {encoding}", "请用 UTF8 编码新建数据库，再导入数据。")
    return Finding(GOOD, "数据库编码 UTF8")


def _durability(connection: psycopg.Connection) -> list[Finding]:
    off = [name for name in _DURABLE if _one(connection, f"show {name}") == "off"]
    return [
        Finding(BAD, f"{name} 被关闭：断电会丢失已受理的诉求", f"请在 PostgreSQL 配置中恢复 {name} = on。")
        for name in off
    ]


def _chinese(connection: psycopg.Connection) -> Finding:
    if _one(connection, "select 1 from pg_extension where extname = 'pg_trgm'") is None:
        return Finding(HINT, "没有安装扩展 pg_trgm", "以超级用户在本库执行：create extension pg_trgm;")
    if _one(connection, "select cardinality(show_trgm('噪音扰民'))") == 0:
        return Finding(
            BAD, "数据库的字符分类（LC_CTYPE）不认识汉字，中文检索会失效", "请用 C.UTF-8 区域新建数据库，再导入数据。"
        )
    return Finding(GOOD, "pg_trgm 认识汉字")


def _clocks(connection: psycopg.Connection, *, now: datetime) -> Finding:
    there = _one(connection, "select clock_timestamp()")
    apart = abs((there - now).total_seconds()) if isinstance(there, datetime) else 0.0
    if apart > CLOCKS_APART and not clock.test_mode():
        return Finding(BAD, f"数据库与本机的时间相差 {apart:.0f} 秒", "请让两台机器都与同一时间源同步（NTP）。")
    return Finding(GOOD, "数据库与本机时间一致")


def _rights(connection: psycopg.Connection) -> Finding:
    """Return whether the application's role can change facts. Source: issue 2, point 7."""
    held = [
        f"{right} {table}"
        for table in _append_only(connection)
        for right in ("UPDATE", "DELETE", "TRUNCATE")
        if _one(connection, "select has_table_privilege(%s, %s)", table, right)
    ]
    if held:
        return Finding(
            BAD,
            f"角色 {connection.info.user} 可以改动总账（{'、'.join(held)}）",
            "请把 DATABASE_URL 换成 minsheng_app 这样的应用角色，表属主只用在 DATABASE_OWNER_URL；"
            "再执行 minsheng migrate 重设权限（见 docs/operations.md）。",
        )
    for table in _APPEND_ONLY:
        if not _one(connection, "select has_table_privilege(%s, 'INSERT')", table):
            return Finding(
                BAD, f"角色 {connection.info.user} 不能写入 {table}", "请以表属主执行 minsheng migrate 重设权限。"
            )
    return Finding(GOOD, f"角色 {connection.info.user} 只能追加总账，不能改动")


def _append_only(connection: psycopg.Connection) -> list[str]:
    """Return the tables that nobody may change, the months of the journals among them."""
    months = _one(connection, _JOURNALS)
    assert isinstance(months, list)
    return [*_APPEND_ONLY, *months]


def _triggers(connection: psycopg.Connection) -> Finding:
    tables = _append_only(connection)
    counted = _one(
        connection,
        "select count(*) from pg_trigger"
        " where tgrelid = any(%s::regclass[]) and not tgisinternal and tgenabled in ('O', 'A')",
        tables,
    )
    if counted != 2 * len(tables):
        return Finding(
            BAD, "总账的防改触发器缺失或被停用", "请立即查明是谁停用的；以表属主恢复后执行 minsheng ledger verify。"
        )
    return Finding(GOOD, "总账的防改触发器在位")


def _one(connection: psycopg.Connection, query: str, *values: object) -> object:
    row = connection.execute(query.encode(), values or None).fetchone()
    return None if row is None else row[0]


def _reason(fault: psycopg.OperationalError) -> str:
    # The first line ends with the cause; libpq puts a guess on the lines after it.
    first = (str(fault).strip().splitlines() or ["没有应答"])[0]
    return re.split(r"FATAL:|failed:", first)[-1].strip()


def _advice(fault: psycopg.OperationalError, *, variable: str) -> str:
    said = str(fault)
    if "authentication" in said:
        return f"用户名或口令不对，或 pg_hba.conf 不允许。请核对 {variable}。"
    if "does not exist" in said:
        return f"库或角色不存在。请按 docs/operations.md 建立角色和库，再核对 {variable}。"
    if "resolve" in said or "translate host" in said:
        return f"主机名解析不了。请核对 {variable} 中的主机名。"
    if "too many" in said or "remaining connection slots" in said:
        return "连接数已满。请调大 max_connections，或减少 serve 的 --web-workers、--web-threads。"
    return f"请确认数据库已启动、主机和端口正确、网络相通，再核对 {variable}。"
