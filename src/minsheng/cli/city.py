"""`minsheng city`: open a city under a pack, list the cities that there are."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from minsheng.cli import installation
from minsheng.domain.actors import Actor


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare `open` and `list`."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="open|list")
    open_ = actions.add_parser("open", help="开通一个城市", description="开通一个城市")
    open_.add_argument("code", metavar="CODE", help="城市代码：小写字母、数字、下划线")
    open_.add_argument("--name", required=True, help="城市名称，例如 宿迁")
    open_.add_argument("--pack", required=True, help="规则包，例如 suqian，或固定版本 suqian@2020-11-27")
    open_.add_argument("--overlay", action="append", default=[], metavar="PACK", help="叠加包，可多次给出")
    open_.add_argument("--folder", type=Path, metavar="DIR", help="本地规则包所在目录；不给出则用随程序提供的")
    open_.add_argument("--parent", metavar="CODE", help="上级平台的城市代码")
    actions.add_parser("list", help="列出各城市", description="列出各城市")


def run(args: argparse.Namespace) -> int:
    """Open a city or list them; return 0 when done."""
    with installation.opened():
        return _open(args) if args.action == "open" else _list()


def _open(args: argparse.Namespace) -> int:
    from minsheng import wording
    from minsheng.domain.faults import Faulty
    from minsheng.domain.rejected import Rejected
    from minsheng.gateways import clock
    from minsheng.policies import actions

    try:
        actions.open_city(
            args.code,
            name=args.name,
            pack=args.pack,
            overlays=args.overlay,
            pack_folder=str(args.folder.resolve()) if args.folder else "",
            parent=args.parent,
            actor=Actor("system"),
            now=clock.now(),
        )
    except Rejected as refusal:
        print(wording.say(refusal), file=sys.stderr)
        return 1
    except Faulty as faulty:
        for fault in faulty.faults:
            print(fault, file=sys.stderr)
        return 1
    print(f"已开通 {args.name}（{args.code}），规则包 {args.pack}。下一步：minsheng unit load、minsheng staff add。")
    return 0


def _list() -> int:
    from minsheng.policies import queries

    for city in queries.cities(active=False):
        overlays = f" + {'、'.join(city.overlays)}" if city.overlays else ""
        print(f"{city.code}  {city.name}  {city.pack}{overlays}{'' if city.active else '  （已停用）'}")
    return 0
