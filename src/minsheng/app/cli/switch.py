"""`minsheng switch config`: write what a telephone switch needs that the platform controls.

Phones keep their passwords when it is written again: they stand in `phones.csv` beside the files.
"""

from __future__ import annotations

import argparse
import csv
import io
import os
import secrets
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from minsheng.app.cli import installation
from minsheng.app.cli.numbers import whole
from minsheng.gateways import clock
from minsheng.gateways.switch import asterisk, freeswitch
from minsheng.gateways.switch.plan import Phone, Plan, PlanRefused, Trunk

KINDS: Final = {
    "asterisk": (asterisk.files, "ari", "http", asterisk.USER),
    "freeswitch": (freeswitch.files, "esl", "tcp", "event-socket"),
}
PASSWORD: Final = "MINSHENG_SWITCH_PASSWORD"  # noqa: S105 - the variable that holds it
_PORT = whole(1024, 65535)
_OURS: Final = "platform"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare `config`."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="config")
    about = "写出交换机的配置：中继、座席话机及密码、备用流程、提示音清单，以及平台连接它的文件"
    config = actions.add_parser("config", help="写出交换机的配置", description=about)
    config.add_argument("--kind", required=True, choices=sorted(KINDS), help="交换机的种类")
    config.add_argument("--city", required=True, metavar="CODE", help="城市代码：话机取自该市的座席和值班长")
    config.add_argument("--out", required=True, type=Path, metavar="目录", help="写到这个目录")
    config.add_argument(
        "--trunk", required=True, action="append", metavar="名称=主机,来话地址…", help="运营商中继，可多次给出"
    )
    config.add_argument("--encrypted", action="store_true", help="中继使用 TLS 和 SRTP（需要证书）")
    config.add_argument("--phone", action="append", default=[], metavar="名称", help="另加的话机，可多次给出")
    config.add_argument("--browser", action="store_true", help="话机为浏览器（WebRTC）")
    config.add_argument("--certificate", default="", metavar="文件", help="SIP over TLS 的证书")
    config.add_argument("--key", default="", metavar="文件", help="证书的私钥")
    config.add_argument("--listen", default="0.0.0.0", metavar="地址", help="SIP 监听的地址，默认全部")  # noqa: S104
    config.add_argument("--sip", type=_PORT, default=5060, metavar="端口", help="SIP 端口，默认 5060")
    config.add_argument("--secure", type=_PORT, default=5061, metavar="端口", help="SIP over TLS 端口，默认 5061")
    config.add_argument("--control", type=_PORT, default=8088, metavar="端口", help="平台控制它的端口（仅本机）")
    config.add_argument("--media", type=_PORT, nargs=2, default=(10000, 20000), metavar="端口", help="语音端口起止")
    config.add_argument("--prompts", type=Path, default=Path("/var/lib/minsheng/prompts"), metavar="目录")
    config.add_argument("--recordings", type=Path, default=Path("/var/spool/minsheng"), metavar="目录")
    config.add_argument("--run-in", type=Path, metavar="目录", help="运行时的文件都放在这个目录（默认用系统目录）")
    config.add_argument("--grace", type=whole(0, 60), default=6, metavar="秒", help="平台不在时等多久转入备用流程")


def run(args: argparse.Namespace) -> int:
    """Write the files; return 1 with the reason where that cannot be."""
    with installation.opened():
        from minsheng.cases.telephony import phones
        from minsheng.core.policies import queries as policies

        if args.city not in {each.code for each in policies.cities()}:
            print(f"没有代码为“{args.city}”的城市，没有执行。", file=sys.stderr)
            return 1
        names = [*phones.phones(args.city, now=clock.now()), *args.phone]
        words = phones.prompts(args.city, now=clock.now())
    out: Path = args.out.resolve()
    kept = _kept(out)
    passwords = {each: kept.get(each) or secrets.token_urlsafe(24) for each in (*names, _OURS)}
    try:
        plan = plan_of(args, names=names, passwords=passwords)
    except PlanRefused as fault:
        print(f"{fault.args[0]}。没有写出任何文件。", file=sys.stderr)
        return 1
    files = files_of(plan, args.kind, city=args.city, words=words, folder=str(out), passwords=passwords)
    out.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        _write(out / name, text)
    if plan.runs_in is not None:
        for folder in asterisk.folders(plan):
            folder.mkdir(parents=True, exist_ok=True)
    print(f"已写入 {out}：{len(files)} 个文件，话机 {len(names)} 部。")
    print(f"请把 {_OURS}.env 的口令放进平台的设置，并让 MINSHENG_SWITCH_FILE 指向 {out / _OURS}.toml；")
    print("按 prompts.csv 录制提示音（单声道、8000 Hz、16 位 WAV）。然后执行 minsheng doctor。")
    return 0


def plan_of(args: argparse.Namespace, *, names: list[str], passwords: Mapping[str, str]) -> Plan:
    """Return what the switch is set up with. Raises: PlanRefused."""
    return Plan(
        app=f"minsheng-{args.city}", password=passwords[_OURS],
        trunks=tuple(_trunk(each, args.encrypted) for each in args.trunk),
        phones=tuple(Phone(name=each, password=passwords[each], in_browser=args.browser) for each in names),
        listen=args.listen, sip=args.sip, secure=args.secure, control=args.control, media=tuple(args.media),
        certificate=args.certificate, key=args.key, prompts=args.prompts, recordings=args.recordings,
        runs_in=args.run_in, grace=args.grace,
    )  # fmt: skip


def files_of(
    plan: Plan, kind: str, *, city: str, words: Mapping[str, str], folder: str, passwords: Mapping[str, str]
) -> Mapping[str, str]:
    """Return what each file says: those of the switch, and the platform's. `words`: of prompts."""
    make, adapter, scheme, user = KINDS[kind]
    said = {
        "kind": adapter, "city": city, "url": f"{scheme}://127.0.0.1:{plan.control}", "user": user,
        "password": PASSWORD, "app": plan.app, "trunk": plan.trunks[0].name, "prompts": str(plan.prompts),
    }  # fmt: skip
    if adapter == "esl":
        said["recordings"] = str(plan.recordings)
    return {
        **make(plan, folder=folder),
        "phones.csv": _table(("话机", "密码"), passwords),
        "prompts.csv": _table(("文件", "内容"), {f"{name}.wav": text for name, text in words.items()}),
        f"{_OURS}.toml": "[[switch]]\n" + "".join(f'{name} = "{value}"\n' for name, value in said.items()),
        f"{_OURS}.env": f"{PASSWORD}={passwords[_OURS]}\n",
    }


def _trunk(text: str, is_encrypted: bool) -> Trunk:
    name, _, rest = text.partition("=")
    host, *match = rest.split(",")
    return Trunk(name=name, host=host, match=tuple(match), is_encrypted=is_encrypted)


def _table(head: tuple[str, str], rows: Mapping[str, str]) -> str:
    written = io.StringIO()
    csv.writer(written, lineterminator="\n").writerows((head, *rows.items()))
    return written.getvalue()


def _kept(out: Path) -> dict[str, str]:
    try:
        with (out / "phones.csv").open(encoding="utf-8", newline="") as file:
            return {row[0]: row[1] for row in csv.reader(file) if len(row) == 2}
    except FileNotFoundError:
        return {}


def _write(path: Path, text: str) -> None:
    """Write a file that nobody else may read: passwords stand in several."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o640)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
