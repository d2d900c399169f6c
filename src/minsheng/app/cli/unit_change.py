"""`minsheng unit rename|merge|split|end`: what would happen is said first; `--yes` does it. Read docs/units.md."""

from __future__ import annotations

import argparse
import sys
from typing import Any

_ABOUT = {
    "rename": ("为单位更名", "新名称"),
    "merge": ("把单位并入另一个单位", "并入的单位"),
    "split": ("把单位拆分为已登记的几个单位", "拆分后的单位，至少两个"),
    "end": ("撤销单位", ""),
}


def add_arguments(actions: Any) -> None:
    """Declare `rename`, `merge`, `split` and `end`."""
    for what, (summary, successors) in _ABOUT.items():
        about = f"{summary}；不加 --yes 只预览，说明工单、人员、接口、值班如何处理"
        parser: argparse.ArgumentParser = actions.add_parser(what, help=about, description=about)
        parser.add_argument("unit", metavar="UNIT", help="现在的单位名称")
        if what != "end":
            parser.add_argument("successors", metavar="NAME", nargs="+" if what == "split" else 1, help=successors)
        if what == "split":
            parser.add_argument(
                "--staff", action="append", default=[], metavar="USERNAME=UNIT", help="人员去向，可多次给出"
            )
        parser.add_argument("--city", required=True, metavar="CODE")
        parser.add_argument("--yes", action="store_true", help="确认执行")
        parser.add_argument("--key", metavar="KEY", help="本次变更的标识，重复执行时不会再做一次")


def run(args: argparse.Namespace) -> int:
    """Say what would happen, or do it; return 0, or 1 with the reason when it can't be done."""
    from minsheng import wording
    from minsheng.cases.orders import successions
    from minsheng.core.people import units
    from minsheng.core.policies import queries as policies
    from minsheng.domain.actors import SYSTEM
    from minsheng.domain.rejected import Rejected
    from minsheng.gateways import clock

    staff = dict(each.partition("=")[::2] for each in getattr(args, "staff", ()))
    change = units.Change(args.action, args.unit, tuple(getattr(args, "successors", ())), staff)
    now = clock.now()
    try:
        policies.city(args.city)
        if args.yes:
            key = args.key or " ".join((change.what, change.unit, *change.successors, f"{now:%Y-%m-%d}"))
            moved = successions.carry_out(args.city, change, key=key, actor=SYSTEM, now=now)
            print("已经变更过，没有重复执行。" if moved is None else f"变更完成，移交工单 {moved} 件。")
            return 0
        return _say(successions.preview(args.city, change, now=now))
    except Rejected as refusal:
        print(wording.say(refusal), file=sys.stderr)
        return 1


def _say(seen: Any) -> int:
    goes = f"移交“{seen.change.successor}”，时限和记录不变" if seen.change.successor else "须先处理完毕"
    kept = "随之转入" if seen.change.what in ("rename", "merge") else "停用或截止"
    print(f"未办结工单 {seen.orders} 件：{goes}。{'、'.join(seen.numbers)}")
    print(f"人员 {seen.has.staff} 人、接口 {seen.has.clients} 个、今后值班 {seen.has.shifts} 班：{kept}。")
    print("已办结的工单和以前的统计仍用原名称。")
    if seen.refusal:
        print(seen.refusal, file=sys.stderr)
        return 1
    print("以上为预览，没有改动；确认无误后加 --yes 执行。")
    return 0
