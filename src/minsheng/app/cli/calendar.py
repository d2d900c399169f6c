"""`minsheng calendar show|check|load`: the days off and the make-up days of a year, with their source.

`show` and `check` need no database; `load` takes a year into the running platform, which then recomputes deadlines.
"""

from __future__ import annotations

import argparse
import sys
from datetime import date
from pathlib import Path
from typing import Any

from minsheng.app.cli import numbers
from minsheng.domain.actors import Actor
from minsheng.domain.calendars import YearFile
from minsheng.domain.faults import Faulty
from minsheng.gateways import packfiles

GOOD, UNKNOWN, UNUSABLE = 0, 1, 2
_WEEKDAYS = "一二三四五六日"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verbs of `minsheng calendar`."""
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="show|check|load")
    show = _verb(verbs, "show", "列出一年的放假、调休安排及其来源")
    show.add_argument("year", type=numbers.YEAR, metavar="YEAR")
    check = _verb(verbs, "check", "检查日历文件；不给文件则检查随程序提供的")
    check.add_argument("files", type=Path, nargs="*", metavar="FILE")
    load = _verb(verbs, "load", "把公布后的一年装入平台：在途工单的时限随之重算")
    load.add_argument("file", type=Path, metavar="FILE")
    show.add_argument("--country", default="CN", metavar="CN")
    check.add_argument("--country", default="CN", metavar="CN")


def _verb(verbs: Any, name: str, summary: str) -> argparse.ArgumentParser:
    # The description is given as well: the command's own parser class asks for it.
    parser: argparse.ArgumentParser = verbs.add_parser(
        name, prog=f"minsheng calendar {name}", help=summary, description=summary
    )
    return parser


def run(args: argparse.Namespace) -> int:
    """Do what was asked. Exit status: 0 good, 1 the year is not known, 2 a file cannot be used."""
    try:
        if args.verb == "load":
            return _load(args.file)
        return _show(args.year, args.country) if args.verb == "show" else _check(args.files, args.country)
    except Faulty as faulty:
        for fault in faulty.faults:
            print(fault)
        return UNUSABLE
    except LookupError as unknown:
        print(unknown.args[0], file=sys.stderr)
        return UNUSABLE


def _show(year: int, country: str) -> int:
    files = packfiles.calendar_years(country)
    found = next((file for file in files if file.year.year == year), None)
    if found is None:
        print(_unknown(year, files), file=sys.stderr)
        return UNKNOWN
    print(_headline(found))
    print(f"来源：{found.year.source}")
    print("\n放假")
    for holiday in found.holidays:
        span = _day(holiday.first) if holiday.first == holiday.last else f"{_day(holiday.first)}至{_day(holiday.last)}"
        print(f"  {holiday.name}  {span}，共 {len(holiday.days)} 天")
    print("\n调休上班")
    for day in sorted(found.year.workdays):
        print(f"  {_day(day)}")
    return GOOD


def _check(files: list[Path], country: str) -> int:
    read = [packfiles.read_year(file) for file in files] if files else packfiles.calendar_years(country)
    for file in read:
        print(f"{_headline(file)}：放假 {len(file.year.holidays)} 天，调休上班 {len(file.year.workdays)} 天")
    return GOOD


def _load(path: Path) -> int:
    """Take a year into the platform. Source: A-48."""
    from minsheng.app.cli import installation

    file = packfiles.read_year(path)
    with installation.opened():
        from minsheng import wording
        from minsheng.core.policies import actions
        from minsheng.domain.rejected import Rejected
        from minsheng.gateways import clock

        try:
            cities = actions.load_calendar(
                file.year, country=file.country, loaded_by="cli", actor=Actor("admin"), now=clock.now()
            )
        except Rejected as rejected:
            print(wording.say(rejected), file=sys.stderr)
            return UNKNOWN
    print(f"已装入{_headline(file)}，涉及 {len(cities)} 个城市；后台任务正在重算受影响的时限。")
    return GOOD


def _headline(file: YearFile) -> str:
    return f"{file.country} {file.year.year} 年（{'已公布' if file.year.final else '暂定'}）"


def _unknown(year: int, files: tuple[YearFile, ...]) -> str:
    first, last = files[0].year.year, files[-1].year.year
    if year > last:
        return (
            f"{year} 年的放假安排还没有装入（已有 {first} 至 {last} 年）：时限暂按周一至周五计算，公布后重算（A-48）。"
        )
    return f"没有 {year} 年的日历（已有 {first} 至 {last} 年）。"


def _day(day: date) -> str:
    return f"{day.month}月{day.day}日（周{_WEEKDAYS[day.weekday()]}）"
