"""`minsheng lake`: look at a lake and check its files."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from minsheng import wording
from minsheng.domain.rejected import Rejected


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verbs."""
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="show|verify")
    for verb, summary in (("show", "列出数据湖的各数据集：行数、月份、大小"), ("verify", "按清单核对每个文件的校验值")):
        each = verbs.add_parser(verb, help=summary, description=summary)
        each.add_argument("--lake", type=Path, required=True, metavar="目录", help="数据湖目录")


def run(args: argparse.Namespace) -> int:
    """Do what was asked; return 1 when a file is not what the manifest says or there is no lake."""
    from minsheng.lake.store import Store

    store = Store(args.lake)
    try:
        return _show(store) if args.verb == "show" else _verify(store)
    except Rejected as refusal:
        print(wording.say(refusal), file=sys.stderr)
        return 1


def _show(store: object) -> int:
    from minsheng.cli.demo import aligned
    from minsheng.lake import schema
    from minsheng.lake.store import Store

    assert isinstance(store, Store)
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


def _verify(store: object) -> int:
    from minsheng.lake.store import Store

    assert isinstance(store, Store)
    wrong = store.verify()
    for path in wrong:
        print(f"与清单不符：{path}", file=sys.stderr)
    if not wrong:
        print(f"全部 {len(store.read().files)} 个文件与清单一致。")
    return 1 if wrong else 0
