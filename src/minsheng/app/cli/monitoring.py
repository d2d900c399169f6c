"""`minsheng monitoring`: counting a city's monitoring again from the ledger, to compare it or to mend it."""

from __future__ import annotations

import argparse

from minsheng.app.cli import installation


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare `recount`."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="recount")
    about = "由总账重新计数，与逐条累计的比对；不改动任何内容，除非写 --mend"
    recount = actions.add_parser("recount", help=about, description=about)
    recount.add_argument("--city", required=True, metavar="CODE")
    recount.add_argument("--mend", action="store_true", help="补正不一致之处：补产生、撤销，重写计数")


def run(args: argparse.Namespace) -> int:
    """Print each difference; 0 where there is none or all were mended, 1 where some stand."""
    with installation.opened():
        from minsheng.cases.monitoring import recount
        from minsheng.gateways import clock

        if args.mend:
            recount.mend(args.city, now=clock.now())
        found = recount.compare(args.city)
        for each in found.differences:
            print(f"{_WHAT[each.what]} {each.name}：现为 {each.kept or '无'}，应为 {each.wanted or '无'}")
        print(f"核对 {found.facts} 项事实、{found.violations} 项情形、{found.counters} 个计数：", end="")
        print(f"{len(found.differences)} 处不一致。" if found.differences else "一致。")
        return 1 if found.differences else 0


_WHAT = {"fact": "事实", "violation": "情形", "counter": "计数"}
