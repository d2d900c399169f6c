"""`minsheng staff role|who|import-roles`: roles with dates, desk, level and kinds; who holds one on a day."""

from __future__ import annotations

import argparse
import sys
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from minsheng.app.cli import sheet

if TYPE_CHECKING:
    from minsheng.core.people.terms import Holder
    from minsheng.domain.rules import Rules

ACTIONS = ("role", "who", "import-roles")


def add_arguments(actions: Any) -> None:
    """Declare `role`, `who` and `import-roles`."""
    about = (
        "给账号一个岗位，可写明起止日期（截止当日仍在岗）、席位、级别、专员类别；其他岗位不变。--end 立即取消该岗位。"
    )
    role = actions.add_parser("role", help="给一个岗位定起止日期、席位、级别、专员类别", description=about)
    role.add_argument("username", metavar="USERNAME")
    role.add_argument("role", metavar="ROLE", help="岗位代码")
    role.add_argument(
        "--from", dest="starts_on", type=date.fromisoformat, metavar="DATE", help="起始日期，如 2026-10-01"
    )
    role.add_argument("--until", dest="ends_on", type=date.fromisoformat, metavar="DATE", help="截止日期，当日仍在岗")
    role.add_argument("--desk", default="", metavar="CODE", help="席位代码")
    role.add_argument("--level", default="", metavar="CODE", help="级别代码")
    role.add_argument("--kind", action="append", default=[], metavar="CODE", help="政策专员类别，可多次给出")
    role.add_argument("--end", action="store_true", help="立即取消该岗位")
    about = "列出某日在岗人员，可按岗位、席位、政策专员类别筛选"
    who = actions.add_parser("who", help=about, description=about)
    who.add_argument("--city", required=True, metavar="CODE")
    who.add_argument("--role", action="append", default=[], metavar="ROLE")
    who.add_argument("--desk", default="", metavar="CODE")
    who.add_argument("--kind", default="", metavar="CODE", help="政策专员类别，例如 enterprise")
    who.add_argument("--on", type=date.fromisoformat, metavar="DATE", help="日期，默认今天")
    who.add_argument("--all", action="store_true", help="也列出已到期和尚未开始的")
    columns = "账号、岗位、起始日期、截止日期、席位、级别、专员类别；后五列可空，岗位等可写代码或名称"
    sheet.add_arguments(actions, what="岗位表", columns=columns, name="import-roles")


def run(args: argparse.Namespace) -> int:
    """Do it and return 0, or 1 with the reason."""
    match args.action:
        case "role":
            return _role(args)
        case "who":
            return _who(args)
        case _:
            return _import(args)


def _role(args: argparse.Namespace) -> int:
    from minsheng.core.people import terms
    from minsheng.domain.actors import SYSTEM
    from minsheng.gateways import clock

    now = clock.now()
    if args.end:
        if not terms.take(args.username, args.role, actor=SYSTEM, now=now):
            print(f"账号 {args.username} 没有岗位 {args.role}。", file=sys.stderr)
            return 1
        return 0
    term = terms.Term(args.role, args.starts_on, args.ends_on, args.desk, args.level, tuple(args.kind))
    terms.give(args.username, term, actor=SYSTEM, now=now)
    return 0


def _who(args: argparse.Namespace) -> int:
    from minsheng.core.ledger.values import ZONE
    from minsheng.core.people import terms
    from minsheng.core.policies import queries as policies
    from minsheng.domain.actors import ROLES
    from minsheng.gateways import clock

    now = clock.now()
    rules = policies.rules_for(args.city, now=now)
    terms.known_code(args.desk, rules.desks, "term_unknown_desk")
    terms.known_code(args.kind, rules.specialist_kinds, "term_unknown_kind")
    if args.all:
        found = terms.all_of(args.city)
    else:
        on = args.on or now.astimezone(ZONE).date()
        found = terms.holders(args.city, on=on, roles=args.role or ROLES, desk=args.desk, kind=args.kind)
    for each in found:
        print(_line(each, rules))
    print(f"共 {len(found)} 个岗位。")
    return 0


def _line(holder: Holder, rules: Rules) -> str:
    from minsheng import wording

    term = holder.term
    days = f"{term.starts_on or '…'} 至 {term.ends_on or '…'}" if term.starts_on or term.ends_on else "长期"
    more = [rules.desks.get(term.desk, term.desk), rules.staff_levels.get(term.level, term.level)]
    more += [rules.specialist_kinds.get(kind, kind) for kind in term.kinds]
    said = "，".join(each for each in (holder.unit, *more, days) if each)
    return f"{holder.username}  {holder.name}  {wording.ROLES.get(term.role, term.role)}（{said}）"


def _import(args: argparse.Namespace) -> int:
    from minsheng.core.people.accounts import term_files
    from minsheng.domain.actors import SYSTEM

    def putting(now: datetime) -> sheet.Put:
        return term_files.putting(args.city, actor=SYSTEM, now=now)

    return sheet.take(args, term_files.SHEET, putting, noun="个岗位")
