"""`minsheng review`: take ratings of services from a file as the platform that collects them writes it."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from minsheng.app.cli import installation


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare `import`."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="import")
    about = '导入好差评，文件为 {"version": 1, "ratings": […]}；已导入的不重复导入'
    take = actions.add_parser("import", help=about, description=about)
    take.add_argument("file", type=Path, metavar="FILE")
    take.add_argument("--city", required=True, metavar="CODE")


def run(args: argparse.Namespace) -> int:
    """Print what became of each that was not taken; 0 when all were, 1 when some were not, 2 for no document."""
    try:
        document = json.loads(args.file.read_text(encoding="utf-8"))
    except OSError as fault:
        print(f"打不开文件 {args.file}：{fault.strerror}。", file=sys.stderr)
        return 2
    except (UnicodeDecodeError, json.JSONDecodeError):
        print(f"文件 {args.file} 不是 UTF-8 编码的 JSON，请核对文件。", file=sys.stderr)
        return 2
    with installation.opened():
        from minsheng.cases.reviews import intake
        from minsheng.domain.actors import Actor
        from minsheng.gateways import clock

        try:
            ratings = intake.ratings_of(document)
        except intake.NotADocument as fault:
            print(fault.args[0], file=sys.stderr)
            return 2
        taken = list(intake.take(args.city, ratings, by=Actor("connector"), now=clock.now()))
        for number, each in enumerate(taken, start=1):
            if each.fault:
                print(f"第 {number} 件（{each.source_no or '没有编号'}）：{each.fault}")
        refused = sum(bool(each.fault) for each in taken)
        known = sum(each.known for each in taken)
        print(f"导入 {len(taken) - refused - known} 件，以前已导入 {known} 件，未导入 {refused} 件。")
        return 1 if refused else 0
