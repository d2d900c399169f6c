"""`minsheng staff code|leave|import`: a code for a password, a leaver's hand-over, accounts from a file."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING, Any

from minsheng.app.cli import sheet

if TYPE_CHECKING:
    from datetime import datetime

ACTIONS = ("code", "leave", "import")


def add_arguments(actions: Any) -> None:
    """Declare `code`, `leave` and `import`."""
    about = "给本人一个一次性验证码，本人在登录页用它设定自己的密码（7 天内有效）"
    code = actions.add_parser("code", help=about, description=about)
    code.add_argument("username", metavar="USERNAME")
    code.add_argument("--reason", required=True, metavar="TEXT", help="理由，会留下记录")
    about = "办理离岗：交接在办工作、取消岗位、停用账号；不加 --yes 只列出在办工作"
    leave = actions.add_parser("leave", help=about, description=about)
    leave.add_argument("username", metavar="USERNAME")
    leave.add_argument("--to", metavar="USERNAME", help="接手人；不给出则退回同事和单位")
    leave.add_argument("--yes", action="store_true", help="确认办理")
    columns = "账号、姓名、单位、岗位、起始日期、截止日期、席位、级别、专员类别；单位和后五列可空"
    sheet.add_arguments(actions, what="人员表", columns=columns)


def run(args: argparse.Namespace) -> int:
    """Do it and return 0, or 1 with the reason."""
    match args.action:
        case "code":
            return _code(args)
        case "leave":
            return _leave(args)
        case _:
            return _import(args)


def _code(args: argparse.Namespace) -> int:
    from minsheng.core.people import passes
    from minsheng.domain.actors import SYSTEM
    from minsheng.gateways import clock

    print(passes.give_password(args.username, city=None, reason=args.reason, actor=SYSTEM, now=clock.now()))
    return 0


def _leave(args: argparse.Namespace) -> int:
    from minsheng.core.people import queries
    from minsheng.core.people.accounts import changing, leaving, reading
    from minsheng.domain.actors import SYSTEM
    from minsheng.gateways import clock

    now = clock.now()
    staff = queries.staff_id(args.username)
    city = reading.city_of(staff) if staff is not None else ""
    if staff is None:
        print(f"没有账号 {args.username}。", file=sys.stderr)
        return 1
    heir = queries.staff_id(args.to) if args.to else None
    if args.to and heir is None:
        print(f"没有账号 {args.to}。", file=sys.stderr)
        return 1
    for each in leaving.of(city, staff, now=now):
        print(f"{each.work.name} {len(each.things)}：{each.work.taken if heir is not None else each.work.alone}")
    if not args.yes:
        print("以上为预览，没有改动；确认办理请加 --yes。")
        return 0
    changing.leave(staff, successor=heir, city=city, actor=SYSTEM, now=now)
    print("已办理离岗。")
    return 0


def _import(args: argparse.Namespace) -> int:
    from minsheng.core.people.accounts import files
    from minsheng.domain.actors import SYSTEM

    def putting(now: datetime) -> sheet.Put:
        return files.putting(args.city, actor=SYSTEM, now=now)

    return sheet.take(args, files.SHEET, putting, noun="个账号")
