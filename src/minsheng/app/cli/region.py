"""`minsheng region`: the regions of a city with their codes, and which of them each unit serves."""

from __future__ import annotations

import argparse
from datetime import date, datetime

from minsheng.app.cli import installation, sheet


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare `import`, `end`, `list`, `find` and `serve`."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="import|end|list|find|serve")
    columns = "代码（6、9 或 12 位）、名称、上级代码、撤销日期；后两列可空，上级不写则按代码归属"
    sheet.add_arguments(actions, what="区划表", columns=columns)
    end = actions.add_parser("end", help="撤销一个区划", description="写明自哪一日起撤销；下级须先撤销，历史数据不变")
    end.add_argument("code", metavar="REGION", help="区划代码")
    end.add_argument("--on", required=True, type=date.fromisoformat, metavar="DATE")
    list_ = actions.add_parser("list", help="列出区划树和各区划的服务单位", description="列出区划树和各区划的服务单位")
    list_.add_argument("--on", type=date.fromisoformat, metavar="DATE", help="只列某日有效的")
    find = actions.add_parser("find", help="查地点属于哪个区划", description="查一个地点属于哪个区划，由哪些单位服务")
    find.add_argument("place", metavar="TEXT", help="地点，例如 '姑苏区人民路1号'")
    serve = actions.add_parser("serve", help="设定单位服务的区划", description="重新设定单位服务的区划；不写区划则清空")
    serve.add_argument("unit", metavar="UNIT")
    serve.add_argument("codes", metavar="REGION", nargs="*", help="区划代码")
    for each in (end, list_, find, serve):
        each.add_argument("--city", required=True, metavar="CODE")


def run(args: argparse.Namespace) -> int:
    """Do it and return 0; 1 when rows were refused or no region was found, 2 when nothing could be read."""
    with installation.opened():
        from minsheng.core.policies import queries as policies

        policies.city(args.city)
        match args.action:
            case "import":
                return _import(args)
            case "end":
                return _end(args)
            case "serve":
                return _serve(args)
            case "find":
                return _find(args)
            case _:
                return _list(args)


def _import(args: argparse.Namespace) -> int:
    from minsheng.core.people import region_files
    from minsheng.domain.actors import SYSTEM

    def putting(now: datetime) -> sheet.Put:
        return region_files.putting(args.city, actor=SYSTEM, now=now)

    return sheet.take(args, region_files.SHEET, putting, noun="个区划")


def _end(args: argparse.Namespace) -> int:
    from minsheng.core.people import regions
    from minsheng.domain.actors import SYSTEM
    from minsheng.gateways import clock

    regions.end(args.city, args.code, on=args.on, actor=SYSTEM, now=clock.now())
    return 0


def _serve(args: argparse.Namespace) -> int:
    from minsheng.core.people import regions
    from minsheng.domain.actors import SYSTEM
    from minsheng.gateways import clock

    regions.serve(args.city, args.unit, args.codes, actor=SYSTEM, now=clock.now())
    return 0


def _find(args: argparse.Namespace) -> int:
    from minsheng.core.ledger.values import ZONE
    from minsheng.core.people import regions
    from minsheng.gateways import clock

    now = clock.now()
    tree = regions.tree(args.city, on=now.astimezone(ZONE).date())
    found = tree.place(args.place)
    if found is None:
        print("没有能确定的区划。")
        return 1
    print(f"{found.code}  {' / '.join(each.name for each in reversed(tree.chain(found.code)))}")
    print(f"服务单位：{'、'.join(regions.units_of(args.city, found.code, now=now)) or '无'}")
    return 0


def _list(args: argparse.Namespace) -> int:
    from minsheng.core.people import regions

    tree = regions.tree(args.city, on=args.on)
    serving: dict[str, list[str]] = {}
    for unit, codes in regions.served(args.city).items():
        for code in codes:
            serving.setdefault(code, []).append(unit)
    for code, region in tree.by_code.items():
        ended = f"  （{region.ended_on} 起撤销）" if region.ended_on else ""
        units = f"  {'、'.join(serving[code])}" if code in serving else ""
        print(f"{'  ' * (len(tree.chain(code)) - 1)}{code}  {region.name}{ended}{units}")
    print(f"共 {len(tree.by_code)} 个区划。")
    return 0
