"""`minsheng probe`: look at the platform from another machine, say how available it was, put outages on record.

`watch` and `report` need neither database nor settings; `record` runs where the platform runs. Source: AR-2.6.3.
"""

from __future__ import annotations

import argparse
import sys
import threading
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from minsheng.app.cli import numbers
from minsheng.domain import availability
from minsheng.domain.availability import Look
from minsheng.gateways import clock, probing

_MOST_SECONDS, _MOST_PATIENCE = 3600, 300
_EVERY: Final = 30


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare `watch`, `report` and `record`."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="watch | report | record")
    about = "每隔一段时间访问一次平台，把结果写入文件；应在平台以外的机器上运行"
    watch = actions.add_parser("watch", help=about, description=about)
    watch.add_argument("address", metavar="URL", help="群众使用的网址，如门户首页")
    watch.add_argument("--out", required=True, type=Path, metavar="FILE")
    _interval(watch)
    watch.add_argument(
        "--patience",
        type=numbers.amount(_MOST_PATIENCE),
        default=10.0,
        metavar="SECONDS",
        help="等多久算没有应答，默认 10 秒",
    )
    watch.add_argument("--times", type=numbers.COUNT, metavar="N", help="只访问 N 次；不写则一直运行")
    about = "由文件算出可用率，列出中断的时段"
    report = actions.add_parser("report", help=about, description=about)
    _file(report)
    _interval(report)
    about = "把文件中已经结束的中断登记为平台安全事件；已登记的不重复登记"
    record = actions.add_parser("record", help=about, description=about)
    _file(record)
    record.add_argument("--city", required=True, metavar="CODE")
    record.add_argument("--level", choices=("city", "county"), default="city", help="平台层级，默认 city")
    record.add_argument("--severity", choices=("1", "2", "3", "4", "5"), required=True, help="事件级别，一级最轻")


def _interval(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--every",
        type=numbers.whole(1, _MOST_SECONDS),
        default=_EVERY,
        metavar="SECONDS",
        help=f"间隔，默认 {_EVERY} 秒",
    )


def _file(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE")
    for name, says in (("--since", "从何时起"), ("--until", "到何时止（不含）")):
        parser.add_argument(name, type=_moment, metavar="MOMENT", help=f"{says}，如 2026-01-01T00:00+08:00")


def _moment(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise argparse.ArgumentTypeError("时间应写成 2026-01-01T00:00+08:00，带时区")
    return found


def run(args: argparse.Namespace) -> int:
    """Do what was asked; 1 where looks show an outage (`report`) or a file cannot be used."""
    if args.action == "watch":
        return _watch(args)
    try:
        looks = availability.between(probing.read(args.file), args.since, args.until)
    except OSError as fault:
        print(f"打不开文件 {args.file}：{fault.strerror}。", file=sys.stderr)
        return 1
    except probing.Unreadable as fault:
        print(f"文件 {args.file} 第 {fault.line} 行不是探测记录，请核对文件。", file=sys.stderr)
        return 1
    return _report(looks, every=args.every) if args.action == "report" else _record(args, looks)


def _watch(args: argparse.Namespace) -> int:
    from minsheng.app.cli import installation

    def until(stop: threading.Event) -> None:
        left = args.times
        while not stop.is_set():
            seen = probing.look(args.address, at=clock.now(), patience=args.patience)
            probing.keep(args.out, seen)
            if not seen.is_up:
                print(f"{seen.at:%Y-%m-%d %H:%M:%S} 没有应答：{seen.fault}", flush=True)
            left = left - 1 if left else None
            if left == 0:
                return
            stop.wait(args.every)

    return installation.run_until_stopped(until)


def _report(looks: list[Look], *, every: int) -> int:
    found = availability.outages(looks)
    told = availability.availability(looks, every=timedelta(seconds=every))
    for each in found:
        ended = f"{each.ended:%Y-%m-%d %H:%M:%S}" if each.ended else "尚未恢复"
        print(f"中断：{each.began:%Y-%m-%d %H:%M:%S} 至 {ended}，{each.misses} 次没有应答")
    share = f"{told.share:.4%}" if told.share is not None else "没有探测记录"
    print(f"可用率 {share}；探测 {len(looks)} 次，中断 {len(found)} 次共 {told.down}，未探测 {told.unseen}。")
    return 1 if found else 0


def _record(args: argparse.Namespace, looks: list[Look]) -> int:
    from minsheng.app.cli import installation

    with installation.opened():
        from minsheng.cases.registers import probed

        over = [each for each in availability.outages(looks) if each.ended is not None]
        new = probed.record(args.city, over, level=args.level, severity=args.severity, now=clock.now())
        print(f"登记了 {new} 件平台安全事件，{len(over) - new} 件以前已登记。")
        return 0
