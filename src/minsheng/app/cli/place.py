"""`minsheng place`: places of a city that the registration offers."""

from __future__ import annotations

import argparse
from datetime import datetime

from minsheng.app.cli import installation, numbers, sheet


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare `import`, `find` and `end`."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="import|find|end")
    columns = "名称、地址、区划代码、别名；只有名称必填，几个别名之间用顿号隔开"
    sheet.add_arguments(actions, what="地点", columns=columns)
    find = actions.add_parser("find", help="按名称、地址或拼音首字母查地点", description="查登记时会提供哪些地点")
    find.add_argument("words", metavar="TEXT", help="名称、别名、地址中的字，或拼音首字母")
    end = actions.add_parser("end", help="停用一个地点", description="停用一个地点，登记时不再提供")
    end.add_argument("id", type=numbers.whole(1, 2**62), metavar="ID", help="编号，见 find")
    for each in (find, end):
        each.add_argument("--city", required=True, metavar="CODE")


def run(args: argparse.Namespace) -> int:
    """Do it and return 0; 1 when rows were refused or nothing was found, 2 when nothing could be read."""
    with installation.opened():
        from minsheng.core.people import place_files, places
        from minsheng.core.policies import queries as policies
        from minsheng.domain.actors import SYSTEM
        from minsheng.gateways import clock

        policies.city(args.city)
        match args.action:
            case "import":

                def putting(now: datetime) -> place_files.Putting:
                    return place_files.putting(args.city, actor=SYSTEM, now=now)

                return sheet.take(args, place_files.SHEET, putting, noun="个地点")
            case "end":
                places.end(args.city, args.id, actor=SYSTEM, now=clock.now())
                return 0
            case _:
                found = places.matching(args.city, args.words, limit=50)
                for each in found:
                    print(f"{each.id}  {each.said}  {'、'.join(each.place.aliases)}".rstrip())
                return 0 if found else 1
