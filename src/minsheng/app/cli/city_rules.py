"""`minsheng city rules`: another pack from a day on, once the stories beside it have held; `--yes` confirms the day."""

from __future__ import annotations

import argparse
import sys
from datetime import date
from typing import Any


def add_arguments(actions: Any) -> None:
    """Declare `rules`."""
    about = "演练规则包所附的剧本，全部相符的可自某日起施行；不加 --yes 只演练，不施行"
    rules = actions.add_parser("rules", help="演练规则包并定施行日期", description=about)
    rules.add_argument("code", metavar="CODE", help="城市代码")
    rules.add_argument("--pack", required=True, metavar="PACK", help="规则包，例如 suqian 或 suqian@2020-10-19")
    rules.add_argument("--overlay", action="append", default=[], metavar="PACK", help="叠加包，可多次给出")
    rules.add_argument(
        "--from", dest="starts_on", required=True, type=date.fromisoformat, metavar="DATE", help="施行日期，明天或以后"
    )
    rules.add_argument("--yes", action="store_true", help="确认施行")


def run(args: argparse.Namespace) -> int:
    """Try the pack, and with `--yes` let it come into force; return 0, or 1 when its stories did not hold."""
    from minsheng.core.policies import trials
    from minsheng.domain.actors import SYSTEM
    from minsheng.gateways import clock

    now = clock.now()
    trial = trials.ask(
        args.code, pack=args.pack, overlays=args.overlay, starts_on=args.starts_on, actor=SYSTEM, now=now
    )
    trials.rehearse(now)
    found = next(each for each in trials.of_city(args.code) if each.id == trial)
    print(f"剧本 {found.stories} 个、步骤 {found.steps} 步相符，不符 {len(found.faults)} 处。")
    for fault in found.faults:
        print(f"  {fault}", file=sys.stderr)
    if found.state != "HELD":
        return 1
    if not args.yes:
        print("全部相符，没有施行；确认施行请加 --yes。")
        return 0
    trials.activate(args.code, trial, actor=SYSTEM, now=now)
    print(f"自 {args.starts_on} 起施行 {'、'.join((args.pack, *args.overlay))}。")
    return 0
