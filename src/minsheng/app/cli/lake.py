"""`minsheng lake`: bring a lake up to the ledger, look at it, check its files."""

from __future__ import annotations

import argparse
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from minsheng import wording
from minsheng.app.cli import numbers
from minsheng.domain.rejected import Rejected

if TYPE_CHECKING:
    from minsheng.figures.lake.export import Exported
    from minsheng.figures.lake.store import Store

_FOLDER = "数据湖目录，默认由 MINSHENG_LAKE 指定，否则为程序目录下的 lake"


def _seconds(text: str) -> int:
    if not text.isascii() or not text.isdigit():
        raise argparse.ArgumentTypeError(f"“{text}”应为不小于 0 的整数")
    return numbers.whole(0, 86_400)(text)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verbs."""
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="export|show|verify|xes")
    export = verbs.add_parser("export", help="把总账中的新事实导出到数据湖", description="把总账中的新事实导出到数据湖")
    export.add_argument("--lake", type=Path, metavar="目录", help=_FOLDER)
    export.add_argument(
        "--every", type=_seconds, default=0, metavar="秒", help="每隔多少秒导出一次，直到停止；默认只导出一次"
    )
    export.add_argument(
        "--at-once", type=numbers.COUNT, default=400_000, metavar="N", help="每次提交多少条事实，默认 400000"
    )
    xes = verbs.add_parser(
        "xes", help="把总账导出为流程挖掘用的 XES 文件（IEEE 1849）", description="把总账导出为 XES 文件（IEEE 1849）"
    )
    xes.add_argument("--city", required=True, metavar="代码")
    xes.add_argument("--out", type=Path, required=True, metavar="文件")
    for verb, summary in (("show", "列出数据湖的各数据集：行数、月份、大小"), ("verify", "按清单核对每个文件的校验值")):
        each = verbs.add_parser(verb, help=summary, description=summary)
        each.add_argument("--lake", type=Path, metavar="目录", help=_FOLDER)


def run(args: argparse.Namespace) -> int:
    """Do what was asked; return 1 when a file is not what the manifest says or there is no lake."""
    from minsheng.figures.lake.store import Store, standing

    if args.verb == "xes":
        return _xes(args.out, args.city)
    store = Store(args.lake) if args.lake else standing()
    try:
        if args.verb == "export":
            return _export(store, args.every, args.at_once)
        return _show(store) if args.verb == "show" else _verify(store)
    except Rejected as refusal:
        print(wording.say(refusal), file=sys.stderr)
        return 1


def _export(store: Store, every: int, at_once: int) -> int:
    from minsheng.app.cli import installation
    from minsheng.gateways import clock

    with installation.opened():
        from django.db import close_old_connections

        from minsheng.figures.lake import export

        def once() -> None:
            told = _keep_quiet if every else _tell
            done = export.export(store, now=clock.now(), at_once=max(at_once, 1), told=told)
            # Run every minute beside the platform it speaks only when it has done something.
            if not every or done.orders:
                print(f"已导出 {done.orders} 件工单，重写 {done.partitions} 个分区。", flush=True)

        def repeat(stop: threading.Event) -> None:
            while not stop.is_set():
                # The database may have been away since the last time.
                close_old_connections()
                once()
                stop.wait(every)

        if every:
            return installation.run_until_stopped(repeat)
        once()
    return 0


def _xes(out: Path, city: str) -> int:
    from minsheng.app.cli import installation

    with installation.opened():
        from minsheng.core.policies import queries as policies
        from minsheng.figures.lake import xes

        try:
            policies.city(city)
        except Rejected as refusal:
            print(wording.say(refusal), file=sys.stderr)
            return 1
        temporary = out.with_name(f".{out.name}.partial")
        with temporary.open("wb") as target:
            traces, events = xes.write(target, city=city)
        temporary.rename(out)
    print(f"已写出 {traces} 件工单、{events} 条事实：{out}")
    return 0


def _keep_quiet(exported: Exported) -> None:
    """Say nothing of a commit."""


def _tell(exported: Exported) -> None:
    print(f"到总账位置 {exported.events_to}：{exported.orders} 件工单", file=sys.stderr, flush=True)


def _show(store: Store) -> int:
    from minsheng.app.cli.demo import aligned
    from minsheng.figures.lake import schema

    manifest = store.read()
    lines: list[tuple[str, ...]] = [("数据集", "城市", "月份", "行", "MB")]
    for name in schema.DATASETS:
        for city in manifest.cities():
            files = [each for each in manifest.of(name, city=city) if each.month]
            if files:
                months = sorted(each.month for each in files)
                size = sum(each.bytes for each in files) / 1e6
                rows = sum(each.rows for each in files)
                lines.append((name, city, f"{months[0]} – {months[-1]}", f"{rows:,}", f"{size:.1f}"))
    for line in aligned(lines):
        print(line)
    print(f"\n第 {manifest.generation} 版清单，共 {len(manifest.files)} 个文件。")
    return 0


def _verify(store: Store) -> int:
    wrong = store.verify()
    for path in wrong:
        print(f"与清单不符：{path}", file=sys.stderr)
    if not wrong:
        print(f"全部 {len(store.read().files)} 个文件与清单一致。")
    return 1 if wrong else 0
