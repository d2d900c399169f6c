"""The one place that turns faults of the platform (database, clock, processes) into Chinese sentences."""

from __future__ import annotations

from collections.abc import Mapping

_SENTENCES = {
    "NO_SYSTEM_USER": "以 root 运行时，内嵌数据库需要系统用户 {user}，但未能自动创建。请执行：useradd --system {user}，再重新启动。",
    "CALLER_UNNAMED": "当前用户编号 {uid} 没有用户名，数据库无法核对身份。请在系统中为它建立用户，或换一个用户运行。",
    "VAR_NOT_WRITABLE": "无法写入 {path}（{why}）。请检查目录权限，或用环境变量 MINSHENG_VAR 指定另一个可写目录。",
    "DATA_OF_OTHER_USER": "{path} 中的数据属于用户 {user}。请用该用户运行本程序，或用 MINSHENG_VAR 指定另一个目录。",
    "SOCKET_FOLDER_TAKEN": "套接字目录 {path} 属于用户 {user} 或权限过宽，不能使用。请删除该目录后重试。",
    "NO_POSTGRESQL": "找不到可运行的 PostgreSQL。请重新安装依赖（make run 会自动安装），或安装系统的 postgresql（{oldest} 以上），"
    "或用 DATABASE_URL 指定已有的数据库。",
    "DATA_OF_OTHER_VERSION": "{path} 由 PostgreSQL {data} 建立，现有程序的版本是 {found}。请用原版本导出（pg_dump）后再导入，或装回原版本。",
    "INITDB_FAILED": "建立数据库目录失败：{why}。请检查磁盘空间和目录权限后重试。",
    "PROVISION_FAILED": "建立数据库角色和扩展失败：{why}。请运行 minsheng doctor 查看原因。",
    "TRIGRAMS_BLIND": "数据库的字符分类不认识汉字（{path}），中文检索会失效。请导出数据，删除该目录，重新启动后再导入。",
    "SERVER_WILL_NOT_START": "内嵌数据库启动不了：{why}\n完整记录见 {log}。请运行 minsheng doctor 查看原因。",
    "TEST_CLOCK_OUTSIDE_TEST_MODE": "设置了 {variable}，但不在测试模式：正式运行不得改动时钟。请取消该变量（测试时另设 {mode}=1）。",
    "TEST_CLOCK_UNREADABLE": "测试时钟文件 {path} 读不出时刻。请写入带时区的 ISO 时刻，例如 2026-03-02T09:00:00+08:00。",
    "TEST_CLOCK_NAIVE": "测试时钟文件 {path} 中的时刻没有时区。请写成 2026-03-02T09:00:00+08:00 的形式。",
    "ALREADY_SERVING": "本目录（{var}）的平台已在运行（进程 {pid}）。请先停止它，或用 MINSHENG_VAR 指定另一个目录。",
    "ORPHANS_REMAIN": "上次异常退出遗留的进程 {pids} 无法结束（可能在等待磁盘），没有启动。请检查磁盘，待这些进程消失后重新启动；仍不消失的，请重启本机。",
    "PORT_TAKEN": "端口 {port} 已被其他程序占用。请停止该程序，或用 --port（或 MINSHENG_PORT）换一个端口。",
    "PORT_FORBIDDEN": "当前用户无权监听端口 {port}（1024 以下的端口只有管理员可用）。请用 --port（或 MINSHENG_PORT）换一个端口。",
    "ADDRESS_UNKNOWN": "无法在地址 {host} 上监听（{why}）。请检查 --host。",
    "MIGRATION_FAILED": "数据库表结构升级失败（上面是原因）。数据没有改动；请运行 minsheng doctor，处理后重新启动。",
    "DEMO_FAILED": "写入演示数据失败，原因和办法见上面。",
    "NO_DATABASE_HERE": "{var} 中没有内嵌数据库，没有执行。请到平台所在的目录执行，或用 MINSHENG_VAR 指定它的数据目录（外部数据库用 DATABASE_URL）。"
    "新建数据库请用 minsheng serve、minsheng demo 或 minsheng migrate。",
    "DATABASE_NOT_RUNNING": "内嵌数据库没有在运行。请先启动平台（make run 或 minsheng serve），再执行本命令。",
    "DATABASE_AWAY": "连不上数据库，没有执行：{why}\n请运行 minsheng doctor，按提示处理后重试。",
    "DATABASE_FORBIDS": "数据库不允许这项操作：{why}\n请核对 DATABASE_URL 和 DATABASE_OWNER_URL 的角色，或执行 minsheng migrate 重设权限。",
    "DATABASE_URL_MALFORMED": "DATABASE_URL 或 DATABASE_OWNER_URL 的写法不对，应为 postgresql://用户:口令@主机:5432/库名。",
    "NOT_MIGRATED": "数据库里还没有本版本需要的表，没有执行。请先执行 minsheng migrate。",
    "NOTHING_TYPED": "没有读到输入，没有执行。请在终端中执行，按提示输入。",
    "NOT_UTF8": "文件不是 UTF-8 编码，没有执行。请另存为 UTF-8 后重试。",
    "FILE_REFUSED": "不能读写 {path}（{why}）。请检查路径、权限和磁盘空间。",
    "SETTING_MALFORMED": "环境变量有误，没有执行：{why}。请对照 docs/operations.md 改正。",
    "BACKUP_FAILED": "备份没有完成（{tool}）：{why}\n请检查磁盘空间、数据库的 REPLICATION 权限（外部数据库用 DATABASE_BACKUP_URL），再重试。",
    "BACKUP_TOOL_MISSING": "找不到 PostgreSQL 的程序 {tool}，没有执行。请安装 postgresql-client（版本不低于数据库），再重试。",
    "BACKUP_KEYS_INSIDE": "密钥目录 {path} 在备份目录之内，没有执行：谁拿到备份就能解开个人信息。请换一个目录。",
    "RESTORE_NO_BASE": "{path} 里没有可用的备份（或没有早于所给时刻的），没有执行。请用 minsheng backup list 核对。",
    "RESTORE_OCCUPIED": "{path} 里已有数据库，没有执行。请换一个空目录，或先把原来的移走。",
    "RESTORE_TOO_EARLY": "所给时刻早于备份 {base} 的起点，没有执行。请改用更早的备份。",
    "RESTORE_TOO_LATE": "备份的日志没有到 {until}，没有恢复。请改用更早的时刻，或不写 --at（恢复到最后）。",
    "RESTORE_NO_KEYS": "找不到密钥文件 {path}，没有恢复个人信息的密钥。请核对路径。",
    "RESTORE_MOMENT": "“{text}”不是带时区的时刻，没有执行。请写成 2026-11-30T09:15:00+08:00 的形式。",
    "KEYS_MISSING": "数据库中已有数据，但没有找到密钥 {names}，没有启动，也没有生成新密钥：换了密钥，已有的个人信息就打不开。"
    "请从备份恢复 {path}（权限 600），或用环境变量传入原来的值。",
    "KEYS_UNKNOWN": "没有找到密钥 {names}，又连不上数据库，不能确定是不是全新安装，没有生成密钥。请先运行 minsheng doctor 处理数据库；已有数据的，"
    "请从备份恢复 {path}，或用环境变量传入原来的值。",
    "KEYS_DO_NOT_FIT": "密钥与数据库不符，没有启动：数据库中的个人信息由密钥 {wanted} 加密，本机的 MINSHENG_VAULT_KEY 是 {given}（均为编号，不是密钥）。"
    "请用环境变量或 secrets.env 提供原来的密钥；如果是在更换密钥，请把原来的写入 MINSHENG_VAULT_OLD_KEYS，再执行 minsheng keys rotate。",
    "KEY_MALFORMED": "{name} 的格式不对：应为 32 字节的 base64（44 个字符）。请核对是否抄漏、抄错。",
    "SECRETS_UNREADABLE": "密钥文件 {path} 读不了：{why}。请检查它的属主和权限（应为 600）。",
}


def say(code: str, params: Mapping[str, object]) -> str:
    """Return the sentence for a fault of the platform; an unknown code is shown with its details, never swallowed."""
    template = _SENTENCES.get(code)
    if template is None:
        details = "，".join(f"{key}={value}" for key, value in params.items())
        return f"发生故障（{code}）：{details}。请运行 minsheng doctor。"
    return template.format_map({key: str(value) for key, value in params.items()})


def known() -> frozenset[str]:
    """Return the codes that have a sentence."""
    return frozenset(_SENTENCES)
