"""What `minsheng doctor` looks at, each check a function that returns findings in words a person can act on.

No check changes anything. The checks of the database's inside are in `database_checks.py`.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from minsheng.app.cli import children
from minsheng.core.features.values import BAD, GOOD, HINT, Finding
from minsheng.gateways import clock, database, processes, secrets_file
from minsheng.gateways.media import pictures
from minsheng.gateways.postgres import layout, server

OLDEST_PYTHON = (3, 11)
ROOM_NEEDED = 1024**3
ROOM_WANTED = 5 * 1024**3

_REQUIRED = (
    "django",
    "ninja",
    "axes",
    "psycopg",
    "psycopg_pool",
    "granian",
    "argon2",
    "cryptography",
    "msgspec",
    "yaml",
)
_ZONE = "Asia/Shanghai"
# The first release is younger than this: an earlier clock is a dead battery or a fresh virtual machine.
_EARLIEST_YEAR = 2025
_LATEST_YEAR = 2100


def python_version(version: tuple[int, ...] = tuple(sys.version_info[:3])) -> Finding:
    """Return whether this Python is new enough."""
    shown = ".".join(map(str, version))
    if version[:2] < OLDEST_PYTHON:
        return Finding(BAD, f"Python {shown} 太旧", "请安装 Python 3.11 或更新版本，删除 .venv 后重新执行 make run。")
    return Finding(GOOD, f"Python {shown}")


def dependencies(present: Callable[[str], bool] | None = None) -> Finding:
    """Return whether every package that the program needs can be found."""
    found = present or (lambda name: importlib.util.find_spec(name) is not None)
    missing = [name for name in _REQUIRED if not found(name)]
    if missing:
        return Finding(
            BAD,
            f"缺少依赖：{'、'.join(missing)}",
            "请执行 make run（会按 requirements.lock 补装），或删除 .venv 后重来。",
        )
    return Finding(GOOD, f"依赖齐全（{len(_REQUIRED)} 项）")


def var_folder(var: Path) -> list[Finding]:
    """Return whether the program can write where it writes, and whether there is room."""
    existing = var
    while not existing.exists():
        existing = existing.parent
    if not existing.is_dir():
        return [Finding(BAD, f"{existing} 不是目录", "请移走这个文件，或用 MINSHENG_VAR 指定另一个目录。")]
    if not os.access(existing, os.W_OK | os.X_OK):
        return [
            Finding(
                BAD, f"数据目录 {var} 不可写", f"请修改 {existing} 的权限，或用 MINSHENG_VAR 指定当前用户可写的目录。"
            )
        ]
    free = shutil.disk_usage(existing).free
    room = f"剩余 {free / 1024**3:.1f} GB"
    if free < ROOM_NEEDED:
        return [Finding(BAD, f"磁盘空间不足（{var}，{room}）", "请清理磁盘，至少留出 1 GB；空间用尽时新诉求无法登记。")]
    if free < ROOM_WANTED:
        return [Finding(HINT, f"磁盘空间偏少（{var}，{room}）", "建议至少留出 5 GB。")]
    return [Finding(GOOD, f"数据目录 {var} 可写，{room}")]


def secrets(var: Path, environment: dict[str, str]) -> list[Finding]:
    """Return whether both keys are there and have the right shape; their values are never shown."""
    path = secrets_file.path_in(var)
    completed = dict(environment)
    try:
        secrets_file.load(var, completed)
    except secrets_file.SecretsFault as fault:
        return [
            Finding(BAD, f"密钥文件 {path} 不能使用：{fault.params['why']}", f"请执行：chmod 600 {path}，并核对属主。")
        ]
    missing = [name for name in secrets_file.NAMES if not completed.get(name)]
    if missing and not layout.plan(var).data.exists() and not completed.get(database.APP_VARIABLE):
        return [Finding(HINT, "还没有密钥", "首次启动会自动生成；正式部署请先用环境变量传入并妥善备份。")]
    findings = [
        Finding(
            BAD,
            f"缺少密钥 {name}",
            f"请用环境变量传入，或从备份恢复 {path}。已有数据时必须是原来的值；全新安装时首次启动会自动生成。",
        )
        for name in missing
    ]
    key = completed.get(secrets_file.SECRET_KEY, "")
    if key and len(key) < 32:
        findings.append(
            Finding(BAD, f"{secrets_file.SECRET_KEY} 太短", "请换成至少 32 个随机字符（换后所有人需重新登录）。")
        )
    findings += [
        Finding(BAD, f"{name} 的格式不对", "它应是 32 字节的 base64（44 个字符）。请核对是否抄漏、抄错。")
        for name in secrets_file.malformed(completed)
    ]
    if completed.get("MINSHENG_VAULT_CIPHER", "aes") not in ("aes", "sm4"):
        findings.append(Finding(BAD, "MINSHENG_VAULT_CIPHER 的写法不对", "应为 aes 或 sm4；不设置时是 aes。"))
    if findings:
        return findings
    origin = "环境变量" if all(environment.get(name) for name in secrets_file.NAMES) else str(path)
    return [Finding(GOOD, f"密钥齐全（来自{origin}）")]


def port(number: int, *, host: str, var: Path) -> Finding:
    """Return whether the address is free, or in our own use."""
    if children.supervisor(var) is not None:
        return Finding(GOOD, "平台正在运行")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, number))
        except PermissionError:
            return Finding(
                BAD, f"当前用户无权监听端口 {number}", "1024 以下的端口只有管理员可用；请换端口：serve --port 8001"
            )
        except OSError:
            return Finding(
                BAD,
                f"端口 {number} 已被其他程序占用",
                f"查看占用者：ss -ltnp 'sport = :{number}'；或换端口：serve --port 8001",
            )
    return Finding(GOOD, f"端口 {number} 空闲")


def time_of_day() -> list[Finding]:
    """Return whether zone data are there, the clock is plausible and no test clock is set."""
    try:
        zone = ZoneInfo(_ZONE)
    except ZoneInfoNotFoundError:
        return [Finding(BAD, f"系统缺少时区数据 {_ZONE}", "请安装时区数据：apt-get install tzdata")]
    if os.environ.get(clock.CLOCK_VARIABLE) and not clock.test_mode():
        return [
            Finding(BAD, f"设置了测试时钟 {clock.CLOCK_VARIABLE}", "正式运行不得改动时钟，请取消这个环境变量。"),
        ]
    try:
        now = clock.now().astimezone(zone)
    except clock.ClockRefused as refused:
        return [Finding(BAD, f"测试时钟读不出（{refused.code}）", "请写入带时区的 ISO 时刻，或取消该变量。")]
    return [plausible(now)]


def plausible(now: datetime) -> Finding:
    """Return whether the moment can be the present."""
    shown = now.strftime("%Y-%m-%d %H:%M:%S")
    if not _EARLIEST_YEAR <= now.year <= _LATEST_YEAR:
        return Finding(BAD, f"系统时间 {shown} 显然不对", "所有时限都按它计算。请校准系统时间（如启用 NTP）后再启动。")
    return Finding(GOOD, f"北京时间 {shown}")


def running_processes(var: Path) -> list[Finding]:
    """Return who runs for this `var`, and what a killed program left behind."""
    supervisor = children.supervisor(var)
    if supervisor is not None:
        return [Finding(GOOD, f"守护进程在运行（{supervisor.pid}）")]
    left = [*children.orphans(var), *server.orphans(var)]
    if (master := server.find_running(var)) is not None and not _has_parent(master):
        left.append(master)
    if left:
        numbers = "、".join(str(process.pid) for process in left)
        return [Finding(HINT, f"有上次异常退出遗留的进程：{numbers}", "重新启动平台（make run）会自动接管或清理它们。")]
    return [Finding(GOOD, "没有遗留进程")]


def films() -> Finding:
    """Return whether films can be published: what they tell beside the picture is taken out by FFmpeg."""
    if pictures.can_be_stripped("video/mp4"):
        return Finding(GOOD, "有 ffmpeg，视频可以公开")
    return Finding(HINT, "没有 ffmpeg，视频只保留、不能公开", "apt-get install ffmpeg")


def browser_tests() -> list[Finding]:
    """Return hints about what only the browser tests need."""
    findings = []
    if shutil.which("chromium") is None:
        findings.append(Finding(HINT, "没有 Chromium（只影响浏览器测试）", "apt-get install chromium"))
    if not _has_chinese_font():
        findings.append(Finding(HINT, "没有中文字体（只影响浏览器测试的截图）", "apt-get install fonts-wqy-zenhei"))
    return findings or [Finding(GOOD, "浏览器测试所需的 Chromium 和中文字体齐全")]


def _has_chinese_font() -> bool:
    program = shutil.which("fc-list")
    if program is None:
        return False
    said = subprocess.run([program, ":lang=zh-cn", "file"], capture_output=True, check=False, timeout=20)
    return bool(said.stdout.strip())


def _has_parent(process: processes.Process) -> bool:
    """Tell whether a minsheng program of one command still stands behind this server."""
    parent = processes.parent_of(process)
    return parent is not None and parent.pid != 1
