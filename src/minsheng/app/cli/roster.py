"""`minsheng roster`: take duty rosters from a file, list the units that have nobody in the days ahead.

The file is described in docs/operations.md. The work is in `minsheng.core.people.roster_files`.
"""

from __future__ import annotations

import argparse
from datetime import datetime

from minsheng.app.cli import installation, sheet


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare `import` and `list`."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="import|list")
    columns = "单位、开始时间、结束时间、值班人、电话、替班人、替班人电话；后两列可空"
    take = sheet.add_arguments(actions, what="值班表", columns=columns)
    take.add_argument("--unit", metavar="NAME", help="文件没有“单位”一列时采用")
    about = "列出今后 7 天没有任何人值班、或非工作时间有空缺的单位"
    list_ = actions.add_parser("list", help=about, description=about)
    list_.add_argument("--city", required=True, metavar="CODE")


def run(args: argparse.Namespace) -> int:
    """Import or list; return 0 when every row was taken, 1 when some were not, 2 when nothing could be read."""
    with installation.opened():
        return _take(args) if args.action == "import" else _list(args.city)


def _take(args: argparse.Namespace) -> int:
    from minsheng.core.people import roster_files
    from minsheng.domain.actors import SYSTEM

    def putting(now: datetime) -> sheet.Put:
        return roster_files.putting(args.city, unit=args.unit, actor=SYSTEM, now=now)

    return sheet.take(args, roster_files.SHEET, putting, noun="班")


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
