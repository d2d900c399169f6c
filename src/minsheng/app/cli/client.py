"""`minsheng client`: create, list, renew and revoke the programs that may use the API. A token is shown once."""

from __future__ import annotations

import argparse
import sys
from datetime import timedelta

from minsheng.app.cli import installation, numbers


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare `create`, `list`, `renew` and `revoke`."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="create|list|renew|revoke")
    create = actions.add_parser(
        "create",
        help="登记一个调用方，打印其令牌（只显示这一次）",
        description="登记一个调用方，打印其令牌（只显示这一次）",
    )
    create.add_argument("name", metavar="NAME", help="调用方名称，在本城市内唯一")
    create.add_argument("--city", required=True, help="城市代码，例如 suqian")
    create.add_argument("--role", required=True, action="append", metavar="ROLE", help="岗位代码，可多次给出")
    create.add_argument("--unit", help="单位名称；承办单位的岗位必须给出")
    create.add_argument("--days", type=numbers.DAYS, metavar="N", help="有效天数，不给出则长期有效")
    about = "列出调用方：状态、有效期、最近使用"
    list_ = actions.add_parser("list", help=about, description=about)
    list_.add_argument("--city", required=True)
    about = "更换令牌，打印新令牌（只显示这一次）；旧令牌立即失效"
    renew = actions.add_parser("renew", help=about, description=about)
    renew.add_argument("name", metavar="NAME")
    renew.add_argument("--city", required=True)
    renew.add_argument("--days", type=numbers.DAYS, metavar="N", help="有效天数，不给出则长期有效")
    revoke = actions.add_parser("revoke", help="停用一个调用方", description="停用一个调用方")
    revoke.add_argument("name", metavar="NAME")
    revoke.add_argument("--city", required=True)


def run(args: argparse.Namespace) -> int:
    """Create, list, renew or revoke, and return 0 when done."""
    with installation.opened():
        match args.action:
            case "create":
                return _create(args)
            case "list":
                return _list(args.city)
            case "renew":
                return _renew(args)
            case _:
                return _revoke(args)


def _list(city: str) -> int:
    from minsheng import wording
    from minsheng.core.ledger.values import ZONE
    from minsheng.core.people import clients
    from minsheng.gateways import clock

    now = clock.now()
    for each in clients.of_city(city):
        until = f"{each.expires_at.astimezone(ZONE):%Y-%m-%d}" if each.expires_at is not None else "长期"
        roles = "、".join(wording.ROLES[role] for role in each.roles)
        used = each.last_used_on or "没有用过"
        print(f"{each.name}  {wording.CLIENT_STATES[each.state(now)]}  {roles}  有效期至 {until}  最近使用 {used}")
    return 0


def _renew(args: argparse.Namespace) -> int:
    from minsheng.core.people import clients
    from minsheng.domain.actors import SYSTEM
    from minsheng.gateways import clock

    found = next((each for each in clients.of_city(args.city) if each.name == args.name and each.is_active), None)
    if found is None:
        print(f"城市 {args.city} 没有在用的调用方“{args.name}”。", file=sys.stderr)
        return 1
    print(clients.renew(args.city, found.id, days=args.days, actor=SYSTEM, now=clock.now()))
    print("请立即保存：令牌只显示这一次，旧令牌已失效。", file=sys.stderr)
    return 0


def _create(args: argparse.Namespace) -> int:
    from minsheng import wording
    from minsheng.core.people import actions
    from minsheng.core.policies import queries
    from minsheng.domain.actors import SYSTEM
    from minsheng.domain.rejected import Rejected
    from minsheng.gateways import clock

    now = clock.now()
    try:
        queries.city(args.city)
        token = actions.add_client(
            args.city,
            name=args.name,
            roles=args.role,
            unit=args.unit,
            expires_at=now + timedelta(days=args.days) if args.days is not None else None,
            actor=SYSTEM,
            now=now,
        )
    except Rejected as refusal:
        print(wording.say(refusal), file=sys.stderr)
        return 1
    print(token)
    print("请立即保存：令牌只显示这一次，系统中只留有它的哈希。", file=sys.stderr)
    return 0


def _revoke(args: argparse.Namespace) -> int:
    from minsheng.core.people import actions
    from minsheng.domain.actors import SYSTEM
    from minsheng.gateways import clock

    if actions.revoke_client(args.city, name=args.name, actor=SYSTEM, now=clock.now()):
        print(f"已停用调用方“{args.name}”。")
        return 0
    print(f"城市 {args.city} 没有在用的调用方“{args.name}”。", file=sys.stderr)
    return 1
