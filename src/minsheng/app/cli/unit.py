"""`minsheng unit`: load a city's units from a file, list them with what they lack, change them.

Renaming, merging, splitting and ending are `unit_change`.
"""

from __future__ import annotations

import argparse
from datetime import datetime

from minsheng.app.cli import installation, sheet, unit_change

COLUMNS = ("名称", "类别", "层级", "地区", "上级单位", "公开电话", "加入日期")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare `load` and `list`."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="load|list|rename|merge|split|end")
    columns = (
        f"{'、'.join(COLUMNS)}；只有名称必填。"
        "类别：政府部门、党群部门、企事业单位、下级平台；层级：市级、县级、镇级；上级单位须在文件中排在前面或已经存在"
    )
    sheet.add_arguments(actions, what="单位表", columns=columns, name="load")
    list_ = actions.add_parser("list", help="列出单位及联系人、值班情况", description="列出单位及联系人、值班情况")
    list_.add_argument("--city", required=True, metavar="CODE")
    unit_change.add_arguments(actions)


def run(args: argparse.Namespace) -> int:
    """Load or list; return 0 when every row is in."""
    with installation.opened():
        match args.action:
            case "load":
                return _load(args)
            case "list":
                return _list(args.city)
            case _:
                return unit_change.run(args)


def _load(args: argparse.Namespace) -> int:
    from minsheng.core.people import unit_files
    from minsheng.domain.actors import SYSTEM

    def putting(now: datetime) -> sheet.Put:
        return unit_files.putting(args.city, actor=SYSTEM, now=now)

    return sheet.take(args, unit_files.SHEET, putting, noun="个单位")


def _list(city: str) -> int:
    from minsheng import wording
    from minsheng.core.people import queries, units
    from minsheng.core.policies import queries as policies
    from minsheng.gateways import clock

    policies.rules_for(city, now=clock.now())  # of a city that is not there nobody has units
    for unit in sorted(queries.unit_facts(city, now=clock.now()).values(), key=lambda unit: unit.name):
        lacking = [
            word
            for word, present in (("未加入", unit.joined), ("无联系人", unit.contact), ("现无值班", unit.roster))
            if not present
        ]
        print(f"{unit.name}{'  （' + '，'.join(lacking) + '）' if lacking else ''}")
    for each in units.former(city):
        now_called = "、".join(each.successors) or "无"
        print(f"{each.name}  （{each.until} {wording.UNIT_CHANGES[each.what]}，现为：{now_called}）")
    return 0
