"""`minsheng city`: open a city under a pack, say its tier and what is above it, mark its portal, say from where it is
administered, show what there is."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from minsheng.app.cli import city_rules, installation, staff_administrators
from minsheng.domain.actors import Actor

if TYPE_CHECKING:
    from minsheng.core.policies.queries import CityFacts

TIERS = ("province", "city", "county")
MARKS = {
    "host": "主办单位，例如 某市12345政府公共服务中心",
    "site_code": "政府网站标识码",
    "icp": "ICP 备案号",
    "police": "公安备案号",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare `open`, `place`, `mark`, `addresses`, `rules`, `show` and `list`."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="open|place|mark|addresses|rules|show|list")
    open_ = actions.add_parser("open", help="开通一个城市", description="开通一个城市")
    open_.add_argument("code", metavar="CODE", help="城市代码：小写字母、数字、下划线")
    open_.add_argument("--name", required=True, help="城市名称，例如 宿迁")
    open_.add_argument("--pack", required=True, help="规则包，例如 suqian，或固定版本 suqian@2020-11-27")
    open_.add_argument("--overlay", action="append", default=[], metavar="PACK", help="叠加包，可多次给出")
    open_.add_argument("--folder", type=Path, metavar="DIR", help="本地规则包所在目录；不给出则用随程序提供的")
    open_.add_argument("--parent", metavar="CODE", help="上级平台的城市代码")
    open_.add_argument("--tier", choices=TIERS, help="层级：省、市、县；不给出则有上级的为县，没有的为市")
    about = "设定平台的层级和上级平台；上级的层级须更高，不能成环。不因此让上级看到本平台的内容"
    place = actions.add_parser("place", help="设定层级和上级平台", description=about)
    place.add_argument("code", metavar="CODE", help="城市代码")
    place.add_argument("--tier", choices=TIERS, help="层级；不给出则不变")
    above = place.add_mutually_exclusive_group()
    above.add_argument("--parent", metavar="CODE", help="上级平台的城市代码；不给出则不变")
    above.add_argument("--no-parent", action="store_true", help="没有上级平台")
    show = actions.add_parser("show", help="查看一个城市", description="查看一个城市：层级、上级、下级、规则包")
    show.add_argument("code", metavar="CODE", help="城市代码")
    mark = actions.add_parser(
        "mark", help="设置门户页脚的标识", description="设置门户页脚的标识；给空值即去掉，不给的不变"
    )
    mark.add_argument("code", metavar="CODE", help="城市代码")
    for name, help_ in MARKS.items():
        mark.add_argument(f"--{name.replace('_', '-')}", metavar="TEXT", help=help_)
    about = "设定管理岗位可以从哪些地址登录；不写网段则只查看。安全管理员把自己锁在外面时，用它恢复"
    addresses = actions.add_parser("addresses", help=about, description=about)
    addresses.add_argument("code", metavar="CODE", help="城市代码")
    addresses.add_argument("networks", nargs="*", metavar="CIDR", help="例如 10.1.2.0/24，可写多个")
    addresses.add_argument("--clear", action="store_true", help="不再限制")
    city_rules.add_arguments(actions)
    actions.add_parser("list", help="列出各城市", description="列出各城市")


def run(args: argparse.Namespace) -> int:
    """Open a city, place it, mark it or show what there is; return 0 when done."""
    with installation.opened():
        match args.action:
            case "open":
                return _open(args)
            case "place":
                return _place(args)
            case "mark":
                return _mark(args)
            case "addresses":
                return _addresses(args)
            case "rules":
                return city_rules.run(args)
            case "show":
                return _show(args.code)
            case _:
                return _list()


def _open(args: argparse.Namespace) -> int:
    from minsheng import wording
    from minsheng.core.policies import actions
    from minsheng.domain.faults import Faulty
    from minsheng.domain.rejected import Rejected
    from minsheng.gateways import clock

    try:
        actions.open_city(
            args.code,
            name=args.name,
            pack=args.pack,
            overlays=args.overlay,
            pack_folder=str(args.folder.resolve()) if args.folder else "",
            tier=args.tier,
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
    print(f"已开通 {args.name}（{args.code}），规则包 {args.pack}。")
    if sys.stdin.isatty():
        print("请写明三个不同的人：系统管理员、安全管理员、审计管理员。")
        return staff_administrators.appoint(args.code, {})
    print(
        f"下一步：minsheng staff administrators {args.code}（登记三类管理员）、minsheng unit load、minsheng staff add。"
    )
    return 0


def _place(args: argparse.Namespace) -> int:
    from minsheng.core.policies import actions, queries
    from minsheng.gateways import clock

    city = queries.city(args.code)
    parent = None if args.no_parent else args.parent or city.parent
    actions.place_city(args.code, tier=args.tier or city.tier, parent=parent, actor=Actor("system"), now=clock.now())
    return _show(args.code)


def _show(code: str) -> int:
    from minsheng import wording
    from minsheng.core.ledger.values import ZONE
    from minsheng.core.policies import queries

    city = queries.city(code)
    print(f"{city.code}  {city.name}（{wording.TIERS[city.tier]}）{'' if city.active else '  （已停用）'}")
    print(f"规则包：{'、'.join((city.pack, *city.overlays))}")
    if city.next_from is not None:
        print(f"{city.next_from} 起：{'、'.join((city.next_pack, *city.next_overlays))}")
    print(f"上级平台：{_named(queries.city(city.parent)) if city.parent else '无'}")
    print(f"下级平台：{'、'.join(map(_named, queries.below(code))) or '无'}")
    print(f"开通：{city.opened_at.astimezone(ZONE):%Y-%m-%d}")
    return 0


def _named(city: CityFacts) -> str:
    return f"{city.name}（{city.code}）"


def _mark(args: argparse.Namespace) -> int:
    from minsheng import wording
    from minsheng.core.policies import actions
    from minsheng.domain.rejected import Rejected
    from minsheng.gateways import clock

    marks = {name: value.strip() for name in MARKS if (value := getattr(args, name)) is not None}
    if not marks:
        print("没有给出要设置的标识，请看 minsheng city mark --help。", file=sys.stderr)
        return 2
    try:
        actions.mark_city(args.code, marks, actor=Actor("system"), now=clock.now())
    except Rejected as refusal:
        print(wording.say(refusal), file=sys.stderr)
        return 1
    print(f"已设置 {args.code} 门户页脚的标识。")
    return 0


def _addresses(args: argparse.Namespace) -> int:
    from minsheng.core.people import addresses
    from minsheng.core.policies import queries
    from minsheng.gateways import clock

    queries.city(args.code)
    if args.networks or args.clear:
        wanted = [] if args.clear else args.networks
        addresses.put(args.code, wanted, own_address=None, is_confirmed=True, actor=Actor("system"), now=clock.now())
    for each in addresses.of(args.code):
        print(each)
    if not addresses.of(args.code):
        print("管理岗位可以从任何地址登录。")
    return 0


def _list() -> int:
    from minsheng import wording
    from minsheng.core.policies import queries

    for city in queries.cities(active=False):
        overlays = f" + {'、'.join(city.overlays)}" if city.overlays else ""
        above = f"，上级 {city.parent}" if city.parent else ""
        tier = f"（{wording.TIERS[city.tier]}{above}）"
        print(f"{city.code}  {city.name}{tier}  {city.pack}{overlays}{'' if city.active else '  （已停用）'}")
    return 0
