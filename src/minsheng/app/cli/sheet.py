"""What every command does that takes a list from a file: look or take in, write what was refused, say how many."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from minsheng.app.cli.imports import Rejects

if TYPE_CHECKING:
    from minsheng.core.people import sheets
    from minsheng.core.people.sheets import Sheet

    Put = sheets.Put


def add_arguments(actions: Any, *, what: str, columns: str, name: str = "import") -> argparse.ArgumentParser:
    """Declare a command that takes a list from a file, with what all such commands have."""
    about = (
        f"从 XLSX 或 CSV 文件导入{what}。列：{columns}。\n"
        "同样的一行只登记一次，可重复运行；不合格的行写入另一个文件，改正后可再导入。"
    )
    take: argparse.ArgumentParser = actions.add_parser(name, help=f"从文件导入{what}", description=about)
    take.add_argument("file", type=Path, metavar="FILE", help=f"{what}（.xlsx 或 .csv）")
    take.add_argument("--city", required=True, metavar="CODE")
    take.add_argument("--rejects", type=Path, metavar="FILE", help="不合格行写入此文件（默认为 文件名.rejects.csv）")
    take.add_argument("--check", action="store_true", help="只检查，不写入")
    take.set_defaults(what=what)
    return take


def take(args: argparse.Namespace, sheet: Sheet, putting: Callable[[datetime], Put], *, noun: str) -> int:
    """Look at the file's rows or take them in; return 0, 1 when some were refused, 2 when nothing could be read.

    `putting` gives, for the moment, what puts a row; `noun`: what the rows are counted in.
    """
    from minsheng import wording
    from minsheng.core.people.sheets import Outcome
    from minsheng.core.policies import queries as policies
    from minsheng.domain.rejected import Rejected
    from minsheng.gateways import clock, tables

    path: Path = args.rejects or args.file.with_name(args.file.name + ".rejects.csv")
    if path.resolve() == args.file.resolve():
        print(f"--rejects 不能是{args.what}本身，请换一个文件名。", file=sys.stderr)
        return 2
    try:
        policies.city(args.city)
        rows = sheet.read(tables.bytes_of(args.file), name=args.file.name)
    except Rejected as refusal:
        print(wording.say(refusal), file=sys.stderr)
        return 2
    put = putting(clock.now())
    taken = (sheet.look if args.check else sheet.take)(rows, put)
    with ExitStack() as stack:
        sink = Rejects(path, heading=sheet.heading, stack=stack)
        sink.write(taken)
        sink.finish()
    counts = Counter(each.outcome for each in taken)
    refused = counts[Outcome.REFUSED]
    print(
        f"{'检查' if args.check else '导入'}完成：新增 {counts[Outcome.ADDED]} {noun}，"
        f"已有 {counts[Outcome.KNOWN]} {noun}，不合格 {refused} 行"
        f"{f'（原因见 {path}）' if refused else ''}。"
    )
    return 1 if refused else 0
