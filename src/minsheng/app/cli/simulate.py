"""`minsheng simulate`: a year of a city straight into a lake, or, small, through the real actions into a database."""

from __future__ import annotations

import argparse
import sys
import time
from datetime import date
from pathlib import Path

from minsheng import wording
from minsheng.app.cli import numbers
from minsheng.domain.rejected import Rejected
from minsheng.domain.worktime import WorkTime

_LARGEST = 0.01


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what is to be made and where."""
    parser.add_argument("--pack", default="suzhou", metavar="规则包", help="按哪个规则包，默认 suzhou")
    parser.add_argument("--year", type=numbers.YEAR, required=True, metavar="年", help="哪一年；上一年同时生成，供同比")
    parser.add_argument(
        "--scale", type=numbers.amount(100), default=1.0, metavar="N", help="数据量，1.0 为全量，例如 0.001"
    )
    parser.add_argument(
        "--seed", type=numbers.whole(0, 2**32 - 1), default=1, metavar="N", help="随机种子；相同种子生成相同数据"
    )
    parser.add_argument("--city", default="", metavar="代码", help="城市代码，默认与规则包同名")
    target = parser.add_mutually_exclusive_group(required=True)
    target.add_argument("--lake", type=Path, metavar="目录", help="写入哪个数据湖目录，不需要数据库")
    target.add_argument(
        "--database", action="store_true", help="不写数据湖，而经平台的真实操作写入数据库；只适合小比例，例如 0.001"
    )


def run(args: argparse.Namespace) -> int:
    """Make the lake and say where the truth file is; a run that was stopped goes on where it was."""
    from minsheng.figures.lake.store import Store
    from minsheng.figures.simulation.run import Order, rows_of, simulate

    if args.database:
        return _play(args)
    began = time.monotonic()
    meter = Meter(began)
    order = Order(args.pack, args.year, args.scale, args.seed, args.city or args.pack)
    try:
        truth = simulate(order, Store(args.lake), worktime=_worktime(args.pack, args.year), told=meter.tell)
    except Rejected as refusal:
        print(wording.say(refusal), file=sys.stderr)
        return 1
    print(f"数据湖共 {rows_of(Store(args.lake)):,} 行，用时 {time.monotonic() - began:.0f} 秒。植入的数字见 {truth}")
    return 0


def _play(args: argparse.Namespace) -> int:
    from minsheng.app.cli import installation

    with installation.opened():
        from minsheng.app.demo import year
        from minsheng.figures.lake import yearbook
        from minsheng.figures.simulation import plan

        try:
            _small_enough(args.scale)
            release = yearbook.read(args.pack, args.year)
            made = plan.plan(
                release, _worktime(args.pack, args.year), city=args.city or args.pack, scale=args.scale, seed=args.seed
            )
            began = time.monotonic()
            played = year.play(made, name=f"模拟{args.city or args.pack}", told=_tell_steps)
        except Rejected as refusal:
            print(wording.say(refusal), file=sys.stderr)
            return 1
    for line in played.refused:
        print(f"未被接受：{line}", file=sys.stderr)
    print(f"已经由真实操作写入 {played.appeals} 件诉求、{played.steps} 步，用时 {time.monotonic() - began:.0f} 秒。")
    return 1 if played.refused else 0


def _small_enough(scale: float) -> None:
    if not 0 < scale <= _LARGEST:
        raise Rejected("scale_range_database", scale=scale, largest=_LARGEST)


def _tell_steps(done: int, of: int) -> None:
    print(f"{done:,}/{of:,} 步", file=sys.stderr, flush=True)


class Meter:
    """Progress on the error stream, one line a month."""

    def __init__(self, began: float) -> None:
        self._began = began

    def tell(self, progress: object) -> None:
        """Say how far it is and how long it may still take."""
        from minsheng.figures.simulation.run import Progress

        assert isinstance(progress, Progress)
        spent = time.monotonic() - self._began
        left = spent / progress.made * (progress.of - progress.done)
        print(
            f"{progress.month}  {progress.done}/{progress.of} 个月  {progress.rows:>12,} 行  "
            f"已用 {spent:.0f} 秒，约剩 {left:.0f} 秒",
            file=sys.stderr,
            flush=True,
        )


def _worktime(pack: str, year: int) -> WorkTime:
    from minsheng.domain import packs
    from minsheng.gateways import packfiles

    try:
        chosen = packs.in_force(packfiles.shipped_packs(), pack, on=date(year, 1, 1))
    except (packs.PackError, ValueError):  # a year that no calendar has is no year of a release either
        raise Rejected("no_release", pack=pack, year=year, known="suzhou 2023") from None
    return packs.rules(chosen.pack, calendar=packfiles.load_calendar()).worktime
