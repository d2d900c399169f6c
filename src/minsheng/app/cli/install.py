"""`minsheng install`: write what a host needs beside the program: systemd's units, nginx's site, the file of settings.

Files of before are left alone when they say something else, unless `--force`; settings are never written over. Nothing
is started.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_TEMPLATES: Final = Path(__file__).resolve().parent / "templates"
_UNITS: Final = ("minsheng.service", "minsheng-drill.service", "minsheng-drill.timer")
_EXAMPLE: Final = "12345.example.gov.cn"
_NAME: Final = re.compile(r"(?=.{1,253}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*")
_USER: Final = re.compile(r"[a-z_][a-z0-9_-]{0,31}")
# What systemd and nginx take for a word, without quotes of any kind.
_FOLDER: Final = re.compile(r"/[A-Za-z0-9._/-]+")


@dataclass(frozen=True, slots=True)
class Written:
    """A file to be written: where it is read, what it says, its mode; `kept`: one that is there stays as it is."""

    path: Path
    text: str
    mode: int = 0o644
    kept: bool = False


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the host's name, the user, the folder, and what is written."""
    name, user, folder = _named(_NAME, "主机名"), _named(_USER, "用户名"), _named(_FOLDER, "不含空格的绝对路径")
    parser.add_argument("--name", required=True, type=name, help=f"网址中的主机名，例如 {_EXAMPLE}")
    parser.add_argument("--user", default="minsheng", type=user, help="运行平台的系统用户，默认 minsheng")
    parser.add_argument(
        "--var", default="/var/lib/minsheng", type=folder, metavar="目录", help="数据目录，默认 /var/lib/minsheng"
    )
    parser.add_argument("--backup", type=folder, metavar="目录", help="备份目录：写入设置，并允许服务写它")
    parser.add_argument(
        "--only", choices=("systemd", "nginx", "settings"), action="append", help="只写其中一类，可多次给出；默认全部"
    )
    parser.add_argument(
        "--root", default="/", type=Path, metavar="目录", help="写到这个目录之下（制作镜像时用），默认 /"
    )
    parser.add_argument("--force", action="store_true", help="内容不同的单元和站点文件也改写（设置文件从不改写）")


def run(args: argparse.Namespace) -> int:
    """Write the files; return 1 with the reason when one is left alone that says something else."""
    left = 0
    files = files_of(args, program=_program())
    for file in files:
        there = _read(args.root, file)
        path = args.root / file.path.relative_to("/")
        if there == file.text or (there is not None and file.kept):
            print(f"没有改动 {path}")
        elif there is not None and not args.force:
            print(f"{path} 已有另外的内容，没有改写。请核对后加 --force 重新执行。", file=sys.stderr)
            left += 1
        else:
            _write(path, file)
            print(f"已写入 {path}")
    if not left:
        print(_next_steps(args))
    return 1 if left else 0


def files_of(args: argparse.Namespace, *, program: str) -> list[Written]:
    """Return what a host of this name, user and folder needs."""
    writable = args.var + (f" {args.backup}" if args.backup else "")
    given = {"user": args.user, "var": args.var, "name": args.name, "minsheng": program, "writable": writable}
    wanted = args.only or ("settings", "systemd", "nginx")
    files = []
    if "settings" in wanted:
        text = _filled("minsheng.env", given)
        if args.backup:
            text = text.replace("#MINSHENG_BACKUP=/backup/minsheng", f"MINSHENG_BACKUP={args.backup}")
        files.append(Written(Path("/etc/minsheng.env"), text, mode=0o600, kept=True))
    if "systemd" in wanted:
        files += [Written(Path("/etc/systemd/system") / name, _filled(name, given)) for name in _UNITS]
    if "nginx" in wanted:
        site = (_TEMPLATES / "nginx.conf").read_text(encoding="utf-8").replace(_EXAMPLE, args.name)
        files.append(Written(Path("/etc/nginx/conf.d/minsheng.conf"), site))
    return files


def _filled(name: str, given: dict[str, str]) -> str:
    text = (_TEMPLATES / name).read_text(encoding="utf-8")
    return re.sub(r"@([a-z]+)@", lambda found: given[found[1]], text)


def _read(root: Path, file: Written) -> str | None:
    path = root / file.path.relative_to("/")
    return path.read_text(encoding="utf-8") if path.is_file() else None


def _write(path: Path, file: Written) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, file.mode)
    with os.fdopen(descriptor, "w", encoding="utf-8") as opened:
        opened.write(file.text)
    path.chmod(file.mode)


def _program() -> str:
    """Return the whole path of this command beside this Python."""
    return str(Path(sys.executable).parent / "minsheng")


def _next_steps(args: argparse.Namespace) -> str:
    wanted = args.only or ("settings", "systemd", "nginx")
    steps = []
    if "settings" in wanted:
        steps.append("核对 /etc/minsheng.env：备份目录、病毒扫描、数据库")
    if "systemd" in wanted:
        useradd = f"useradd --system --home-dir {args.var} --create-home --shell /usr/sbin/nologin {args.user}"
        steps.append(f"{useradd}（用户已有则略过）")
        steps.append("systemctl daemon-reload && systemctl enable --now minsheng minsheng-drill.timer")
    if "nginx" in wanted:
        certificate = f"/etc/ssl/{args.name}.pem 和 /etc/ssl/{args.name}.key"
        steps.append(f"证书放在 {certificate}，然后 nginx -t && systemctl reload nginx")
    return "\n".join(["接下来：", *(f"  {number}. {step}" for number, step in enumerate(steps, start=1))])


def _named(pattern: re.Pattern[str], what: str) -> Callable[[str], str]:
    """Return argparse's type of a word of one form."""

    def read(text: str) -> str:
        if pattern.fullmatch(text) is None:
            raise argparse.ArgumentTypeError(f"的值 {text!r} 应为{what}")
        return text

    return read
