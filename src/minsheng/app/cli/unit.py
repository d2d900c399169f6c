"""`minsheng unit`: load a city's units from a CSV file, list them with what they lack, change them.

Renaming, merging, splitting and ending are `unit_change`.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from minsheng.app.cli import installation, unit_change

COLUMNS = ("名称", "类别", "层级", "地区", "上级单位", "公开电话", "加入日期")
_DONE, _KNOWN, _BAD = "added", "known", "bad"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare `load` and `list`."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="load|list|rename|merge|split|end")
    about = (
        f"从 CSV 文件（UTF-8）装入单位。列：{'、'.join(COLUMNS)}。只有名称必填；\n"
        "类别：政府部门、党群部门、企事业单位、下级平台；层级：市级、县级、镇级；上级单位须在同一文件中排在前面或已经存在。已有的单位不变，可重复运行。"
    )
    load = actions.add_parser("load", help="从 CSV 文件装入单位", description=about)
    load.add_argument("file", type=Path, metavar="FILE.csv")
    load.add_argument("--city", required=True, metavar="CODE")
    list_ = actions.add_parser("list", help="列出单位及联系人、值班情况", description="列出单位及联系人、值班情况")
    list_.add_argument("--city", required=True, metavar="CODE")
    unit_change.add_arguments(actions)


def run(args: argparse.Namespace) -> int:
    """Load or list; return 0 when every row is in."""
    with installation.opened():
        match args.action:
            case "load":
                return _load(args.file, args.city)
            case "list":
                return _list(args.city)
            case _:
                return unit_change.run(args)


def _load(file: Path, city: str) -> int:
    from minsheng import wording
    from minsheng.core.policies import queries
    from minsheng.domain.rejected import Rejected

    try:
        queries.city(city)
        with file.open(encoding="utf-8-sig", newline="") as text:
            rows = list(csv.DictReader(text))
    except Rejected as refusal:
        print(wording.say(refusal), file=sys.stderr)
        return 1
    except (OSError, UnicodeDecodeError, csv.Error):
        print(f"读不出 {file}：请确认文件存在，并另存为 UTF-8 编码的 CSV。", file=sys.stderr)
        return 1
    if not rows or "名称" not in rows[0]:
        print(f"文件没有“名称”列。列名应为：{'、'.join(COLUMNS)}。", file=sys.stderr)
        return 1
    counts = {_DONE: 0, _KNOWN: 0, _BAD: 0}
    for line, row in enumerate(rows, start=2):
        counts[_add(city, row, line)] += 1
    print(f"装入 {counts[_DONE]} 个单位，已有 {counts[_KNOWN]} 个，未能装入 {counts[_BAD]} 行。")
    return 1 if counts[_BAD] else 0


def _add(city: str, row: Mapping[str, str | None], line: int) -> str:
    from minsheng import wording
    from minsheng.core.people import actions
    from minsheng.domain.actors import SYSTEM
    from minsheng.domain.rejected import Rejected
    from minsheng.gateways import clock

    given = {column: (row.get(column) or "").strip() for column in COLUMNS}
    kinds = {
        "": "government",
        "政府部门": "government",
        "党群部门": "party",
        "企事业单位": "enterprise",
        "下级平台": "platform",
    }
    levels = {"": "city", "市级": "city", "县级": "county", "镇级": "town"}
    now = clock.now()
    try:
        if not given["名称"]:
            raise ValueError("名称为空")
        if given["类别"] not in kinds:
            raise ValueError(f"类别“{given['类别']}”不认识")
        if given["层级"] not in levels:
            raise ValueError(f"层级“{given['层级']}”不认识")
        try:
            joined = date.fromisoformat(given["加入日期"]) if given["加入日期"] else now.date()
        except ValueError:
            raise ValueError(f"加入日期“{given['加入日期']}”应写成 2026-03-02 的形式") from None
        actions.add_unit(
            city,
            name=given["名称"],
            kind=kinds[given["类别"]],
            level=levels[given["层级"]],
            region=given["地区"],
            parent=given["上级单位"] or None,
            phone=given["公开电话"],
            joined_on=joined,
            actor=SYSTEM,
            now=now,
        )
    except actions.NameTaken:
        return _KNOWN
    except Rejected as refusal:
        print(f"第 {line} 行：{wording.say(refusal)}", file=sys.stderr)
        return _BAD
    except ValueError as fault:
        print(f"第 {line} 行：{fault}", file=sys.stderr)
        return _BAD
    return _DONE


def _list(city: str) -> int:
    from minsheng import wording
    from minsheng.core.people import queries, units
    from minsheng.gateways import clock

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
