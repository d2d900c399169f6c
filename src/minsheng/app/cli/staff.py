"""`minsheng staff`: add people who sign in, the three administrators among them; roles, terms, passwords, leavers."""

from __future__ import annotations

import argparse
import getpass
import sys

from minsheng.app.cli import installation, staff_administrators, staff_leaving, staff_terms
from minsheng.app.cli.staff_administrators import made_password


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare `add`, `roles`, `password`, `disable`, `enable`, and what `staff_terms` has."""
    of_accounts = "add|administrators|roles|password|pass|reset-factor|bind|disable|enable"
    names = f"{of_accounts}|code|leave|import|role|who|import-roles"
    actions = parser.add_subparsers(dest="action", required=True, metavar=names)
    staff_administrators.add_arguments(actions)
    staff_leaving.add_arguments(actions)
    staff_terms.add_arguments(actions)
    add = actions.add_parser(
        "add", help="登记一名工作人员", description="登记一名工作人员；不给密码则生成一个，只显示一次"
    )
    add.add_argument("username", metavar="USERNAME")
    add.add_argument("--name", required=True, help="显示姓名")
    add.add_argument("--city", required=True, metavar="CODE")
    add.add_argument("--role", required=True, action="append", metavar="ROLE", help="岗位代码，可多次给出")
    add.add_argument("--unit", help="单位名称；承办单位的岗位必须给出")
    add.add_argument("--ask-password", action="store_true", help="从键盘输入密码")
    about = "账号因输错密码被锁定时，给本人一个一次性验证码（15 分钟内有效，凭密码和它登录）"
    pass_ = actions.add_parser("pass", help=about, description=about)
    pass_.add_argument("username", metavar="USERNAME")
    pass_.add_argument("--reason", required=True, metavar="TEXT", help="理由，会留下记录")
    about = "本人的手机、安全密钥和恢复码都丢失时，去掉其第二因素，下次登录后重新添加"
    reset = actions.add_parser("reset-factor", help=about, description=about)
    reset.add_argument("username", metavar="USERNAME")
    reset.add_argument("--reason", required=True, metavar="TEXT", help="理由，会留下记录")
    about = "把账号与统一身份认证服务中的标识（sub）绑定；不写标识即解除"
    bind = actions.add_parser("bind", help=about, description=about)
    bind.add_argument("username", metavar="USERNAME")
    bind.add_argument("subject", metavar="SUBJECT", nargs="?", default="")
    roles = actions.add_parser("roles", help="重新设定岗位", description="重新设定岗位")
    roles.add_argument("username", metavar="USERNAME")
    roles.add_argument("--role", required=True, action="append", metavar="ROLE")
    for name, summary in (
        ("password", "重设密码；生成一个新密码，只显示一次"),
        ("disable", "停用账号，立即退出"),
        ("enable", "恢复账号"),
    ):
        actions.add_parser(name, help=summary, description=summary).add_argument("username", metavar="USERNAME")


def run(args: argparse.Namespace) -> int:
    """Do it and return 0; 1 with the reason when it can't be done."""
    with installation.opened():
        from django.core.exceptions import ValidationError

        from minsheng import wording
        from minsheng.domain.rejected import Rejected

        try:
            if args.action == "administrators":
                return staff_administrators.run(args)
            if args.action in staff_leaving.ACTIONS:
                return staff_leaving.run(args)
            return staff_terms.run(args) if args.action in staff_terms.ACTIONS else _do(args)
        except Rejected as refusal:
            print(wording.say(refusal), file=sys.stderr)
        except ValidationError as fault:
            print("；".join(fault.messages), file=sys.stderr)
        return 1


def _do(args: argparse.Namespace) -> int:
    from minsheng.core.people import actions, factors, passes, queries, single
    from minsheng.core.policies import queries as policies
    from minsheng.domain.actors import SYSTEM
    from minsheng.gateways import clock

    now = clock.now()
    if args.action == "add":
        password = _asked() if args.ask_password else made_password()
        policies.city(args.city)
        actions.add_staff(
            args.city,
            username=args.username,
            display_name=args.name,
            password=password,
            roles=args.role,
            unit=args.unit,
            is_first=not args.ask_password,
            actor=SYSTEM,
            now=now,
        )
        if not args.ask_password:
            print(password)
        return 0
    staff = queries.staff_id(args.username)
    if staff is None:
        print(f"没有账号 {args.username}。", file=sys.stderr)
        return 1
    match args.action:
        case "roles":
            actions.set_roles(staff, roles=args.role, actor=SYSTEM, now=now)
        case "pass":
            print(passes.give(args.username, city=None, reason=args.reason, actor=SYSTEM, now=now))
        case "bind":
            single.bind(args.username, args.subject, city=None, actor=SYSTEM, now=now)
        case "reset-factor":
            factors.reset(args.username, city=None, reason=args.reason, actor=SYSTEM, now=now)
        case "password":
            password = made_password()
            actions.set_password(staff, password=password, is_first=True, actor=SYSTEM, now=now)
            print(password)
        case _:
            actions.set_active(staff, active=args.action == "enable", actor=SYSTEM, now=now)
    return 0


def _asked() -> str:
    return getpass.getpass("密码（至少 10 位，大小写字母、数字、符号中的至少三类）：")
