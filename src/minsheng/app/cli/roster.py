"""`minsheng roster`: take duty rosters from a file, list the units that have nobody in the days ahead.

The file is described in docs/operations.md. The work is in `minsheng.core.people.roster_files`.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from contextlib import ExitStack
from pathlib import Path

from minsheng.app.cli import installation
from minsheng.app.cli.imports import Rejects


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare `import` and `list`."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="import|list")
    about = (
        "从 XLSX 或 CSV 文件导入值班表。列：单位、开始时间、结束时间、值班人、电话、替班人、替班人电话；后两列可空。\n"
        "同一班只登记一次，可重复运行；不合格的行写入另一个文件，改正后可再导入。"
    )
    take = actions.add_parser("import", help="从文件导入值班表", description=about)
    take.add_argument("file", type=Path, metavar="FILE", help="值班表（.xlsx 或 .csv）")
    take.add_argument("--city", required=True, metavar="CODE")
    take.add_argument("--unit", metavar="NAME", help="文件没有“单位”一列时采用")
    take.add_argument("--rejects", type=Path, metavar="FILE", help="不合格行写入此文件（默认为 文件名.rejects.csv）")
    take.add_argument("--check", action="store_true", help="只检查，不写入")
    about = "列出今后 7 天没有任何人值班、或非工作时间有空缺的单位"
    list_ = actions.add_parser("list", help=about, description=about)
    list_.add_argument("--city", required=True, metavar="CODE")


def run(args: argparse.Namespace) -> int:
    """Import or list; return 0 when every row was taken, 1 when some were not, 2 when nothing could be read."""
    with installation.opened():
        return _take(args) if args.action == "import" else _list(args.city)


def _take(args: argparse.Namespace) -> int:
    from minsheng import wording
    from minsheng.core.people import roster_files
    from minsheng.core.policies import queries as policies
    from minsheng.domain.actors import SYSTEM
    from minsheng.domain.rejected import Rejected
    from minsheng.gateways import clock, tables

    path: Path = args.rejects or args.file.with_name(args.file.name + ".rejects.csv")
    if path.resolve() == args.file.resolve():
        print("--rejects 不能是值班表本身，请换一个文件名。", file=sys.stderr)
        return 2
    try:
        policies.city(args.city)
        rows = roster_files.read(tables.bytes_of(args.file), name=args.file.name)
    except Rejected as refusal:
        print(wording.say(refusal), file=sys.stderr)
        return 2
    work = roster_files.look if args.check else roster_files.take_in
    taken = work(rows, city=args.city, unit=args.unit, actor=SYSTEM, now=clock.now())
    with ExitStack() as stack:
        sink = Rejects(path, heading=roster_files.HEADING, stack=stack)
        sink.write(taken)
        sink.finish()
    counts = Counter(each.outcome for each in taken)
    refused = counts[roster_files.Outcome.REFUSED]
    print(
        f"{'检查' if args.check else '导入'}完成：新增 {counts[roster_files.Outcome.ADDED]} 班，"
        f"已有 {counts[roster_files.Outcome.KNOWN]} 班，不合格 {refused} 行"
        f"{f'（原因见 {path}）' if refused else ''}。"
    )
    return 1 if refused else 0


def _list(city: str) -> int:
    from minsheng.core.ledger.values import ZONE
    from minsheng.core.people import rosters
    from minsheng.core.policies import queries as policies
    from minsheng.gateways import clock

    now = clock.now()
    found = rosters.lacking(city, worktime=policies.rules_for(city, now=now).worktime, now=now)
    for lack in found:
        what = "没有任何人值班" if lack.empty else f"最早的空缺 {lack.first[0].astimezone(ZONE):%Y-%m-%d %H:%M}"
        print(f"{lack.unit}（{what}）")
    empty = sum(each.empty for each in found)
    print(f"今后 {rosters.AHEAD.days} 天没有任何人值班的单位 {empty} 个，非工作时间有空缺的 {len(found) - empty} 个。")
    return 0
