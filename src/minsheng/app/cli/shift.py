"""`minsheng shift`: who sits at which desk of the hotline from when to when, who does now, and when nobody does."""

from __future__ import annotations

import argparse
from datetime import datetime
from typing import Any
from uuid import UUID

from minsheng.app.cli import installation, sheet


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare `add`, `remove`, `import`, `list` and `now`."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="add|remove|import|list|now")
    add = actions.add_parser("add", help="登记一班", description="登记一班：席位、账号、开始和结束时间")
    add.add_argument("desk", metavar="DESK", help="席位代码，例如 ordinary")
    add.add_argument("username", metavar="USERNAME")
    add.add_argument("starts_at", metavar="START", help="开始时间，如 '2026-09-18 22:00'")
    add.add_argument("ends_at", metavar="END", help="结束时间")
    _city(add)
    remove = actions.add_parser("remove", help="取消一班", description="取消一班；已开始的到现在为止")
    remove.add_argument("id", type=UUID, metavar="ID", help="minsheng shift list 列出的标识")
    _city(remove)
    sheet.add_arguments(actions, what="排班表", columns="席位、账号、开始时间、结束时间")
    for name, about in (("list", "列出今后 7 天的排班和无人当班的时段"), ("now", "列出现在当班的人员")):
        some = actions.add_parser(name, help=about, description=about)
        some.add_argument("--desk", default="", metavar="CODE", help="只看一个席位")
        _city(some)


def run(args: argparse.Namespace) -> int:
    """Do it and return 0; 1 when rows were refused or hours have nobody, 2 when nothing could be read."""
    with installation.opened():
        match args.action:
            case "add":
                return _add(args)
            case "remove":
                return _remove(args)
            case "import":
                return _import(args)
            case "now":
                return _now(args)
            case _:
                return _list(args)


def _city(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--city", required=True, metavar="CODE")


def _add(args: argparse.Namespace) -> int:
    from minsheng.core.ledger.values import ZONE
    from minsheng.core.people import shifts
    from minsheng.domain.actors import SYSTEM
    from minsheng.domain.rejected import Rejected
    from minsheng.gateways import clock, tables

    moments = []
    for column, text in (("开始时间", args.starts_at), ("结束时间", args.ends_at)):
        moment = tables.moment_of(text, zone=ZONE)
        if moment is None:
            raise Rejected("roster_bad_moment", column=column)
        moments.append(moment)
    shift = shifts.Shift(args.desk, args.username, *moments)
    id = shifts.put(args.city, shift, actor=SYSTEM, now=clock.now())
    print("这一班已经登记过。" if id is None else f"已登记 {id}。")
    return 0


def _remove(args: argparse.Namespace) -> int:
    from minsheng.core.people import shifts
    from minsheng.domain.actors import SYSTEM
    from minsheng.gateways import clock

    shifts.take_off(args.city, args.id, actor=SYSTEM, now=clock.now())
    return 0


def _import(args: argparse.Namespace) -> int:
    from minsheng.core.people import shift_files
    from minsheng.domain.actors import SYSTEM

    def putting(now: datetime) -> sheet.Put:
        return shift_files.putting(args.city, actor=SYSTEM, now=now)

    return sheet.take(args, shift_files.SHEET, putting, noun="班")


def _now(args: argparse.Namespace) -> int:
    from minsheng.core.people import shifts
    from minsheng.gateways import clock

    found = shifts.on_shift(args.city, at=clock.now(), desk=args.desk)
    _say(args.city, found)
    print(f"现在当班 {len(found)} 人。")
    return 0


def _list(args: argparse.Namespace) -> int:
    from minsheng.core.people import shifts
    from minsheng.core.policies import queries as policies
    from minsheng.gateways import clock

    now = clock.now()
    rules = policies.rules_for(args.city, now=now)
    _say(args.city, shifts.between(args.city, since=now, until=now + shifts.AHEAD, desk=args.desk))
    gaps = shifts.gaps(args.city, rules=rules, since=now, until=now + shifts.AHEAD)
    for gap in gaps:
        hours = f"{gap.starts_at:%Y-%m-%d %H:%M} 至 {gap.ends_at:%Y-%m-%d %H:%M}"
        print(f"无人当班：{rules.desks.get(gap.desk, gap.desk)}  {hours}")
    print(f"今后 {shifts.AHEAD.days} 天须有人而无人当班的时段 {len(gaps)} 个。")
    return 1 if gaps else 0


def _say(city: str, found: list[Any]) -> None:
    from minsheng.core.policies import queries as policies
    from minsheng.gateways import clock

    desks = policies.rules_for(city, now=clock.now()).desks
    for each in found:
        hours = f"{each.starts_at:%Y-%m-%d %H:%M} 至 {each.ends_at:%Y-%m-%d %H:%M}"
        print(f"{each.id}  {desks.get(each.desk, each.desk)}  {each.name}  {hours}")
