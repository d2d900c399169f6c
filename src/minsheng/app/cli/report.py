"""`minsheng report annual`: the tables of the annual release from a lake, checked before they are printed."""

from __future__ import annotations

import argparse
import json
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

from minsheng import wording
from minsheng.app.cli import installation, numbers
from minsheng.domain.rejected import Rejected

_REFUSED = 1


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare `annual`."""
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="annual")
    annual = verbs.add_parser("annual", help="年度工作情况发布的各表", description="年度工作情况发布的各表")
    annual.add_argument("--year", type=numbers.YEAR, required=True, metavar="年")
    annual.add_argument("--lake", type=Path, metavar="目录", help="数据湖目录，默认由 MINSHENG_LAKE 指定")
    annual.add_argument("--city", default="", metavar="代码", help="数据湖里有多个城市时必须写明")
    annual.add_argument("--json", action="store_true", help="输出 JSON：表、行、列、数")
    annual.add_argument("--compare", action="store_true", help="与官方发布的数字逐格比较")
    annual.add_argument("--pack", default="suzhou", metavar="规则包", help="与哪个规则包的发布比较，默认 suzhou")
    annual.add_argument(
        "--population", type=numbers.COUNT, default=0, metavar="人", help="常住人口，默认取发布所依据的数"
    )
    annual.add_argument("--as-of", type=datetime.fromisoformat, metavar="时刻", help="报告时点（不含），默认期末")
    annual.add_argument(
        "--least",
        type=numbers.whole(0, 1_000_000),
        default=5,
        metavar="件",
        help="比率的总体少于这一件数时不公布，默认 5",
    )


def run(args: argparse.Namespace) -> int:
    """Print the tables; return 1 with the reason when an identity is broken or the lake can't be read."""
    # Which datasets nobody fills is known to the features, which the settings name; the database is not asked.
    installation.set_up_django()
    from minsheng.figures.lake import engines
    from minsheng.figures.lake.store import Store, standing
    from minsheng.figures.reports.release import annual, releases

    try:
        release = _release(args)
        parameters = _parameters(args, release)
        with engines.opened(Store(args.lake) if args.lake else standing(), city=args.city) as lake:
            made = releases.publishable(lake, parameters)
    except Rejected as refusal:
        print(wording.say(refusal), file=sys.stderr)
        return _REFUSED
    if args.compare and release is not None:
        _print_comparison(annual.plain(made), release.tables)
    elif args.json:
        print(json.dumps(annual.plain(made), ensure_ascii=False, indent=1))
    else:
        _print_tables(made)
    return 0


def _release(args: argparse.Namespace) -> Any:
    """Return what was published of the year, for its population and to compare with; None where it isn't asked for.

    Raises: Rejected population_missing, no_release.
    """
    from minsheng.figures.lake import yearbook

    if args.population and not args.compare:
        return None
    if not args.compare and args.year not in yearbook.years(args.pack):
        raise Rejected("population_missing", year=args.year)
    return yearbook.read(args.pack, args.year)


def _parameters(args: argparse.Namespace, release: Any) -> Any:
    from minsheng.domain.periods import Period
    from minsheng.figures.reports.release.counts import Parameters

    period = Period.year(args.year)
    population = args.population or release.population
    note = "" if args.population else release.population_note
    return Parameters(period, args.as_of or period.ends_at, population, note, args.least)


def _print_tables(made: Any) -> None:
    from minsheng.app.cli.demo import aligned

    for table in made.tables:
        print(f"\n{table.id}  {table.title}")
        if table.ranked:
            for row in table.rows:
                print(f"  {row.label}：" + "，".join(f"{name} {cell.shown}" for name, cell in row.cells))
        else:
            lines: list[tuple[str, ...]] = [("", *table.heads, *table.columns)]
            for row in table.rows:
                cells = dict(row.cells)
                shown = (_shown(cells.get(column)) for column in table.columns)
                lines.append((row.label, *(row.lead or ("",) * len(table.heads)), *shown))
            for line in aligned(lines):
                print(f"  {line}")
        for note in table.notes:
            print(f"  注：{note}")


def _shown(cell: Any) -> str:
    if cell is None:
        return ""
    change = cell.change_shown
    return f"{cell.shown}（{change}）" if change else str(cell.shown)


def _print_comparison(made: Any, published: Any) -> None:
    """Print every published figure beside what was produced, those that differ with their difference."""
    from minsheng.app.cli.demo import aligned

    lines: list[tuple[str, ...]] = [("表", "行", "列", "发布", "生成", "差")]
    same = 0
    for table, rows in published.items():
        for label, cells in rows.items():
            for column, figure in cells.items():
                found = made.get(table, {}).get(label, {}).get(column)
                if found == figure:
                    same += 1
                difference = "" if found == figure else _difference(found, figure)
                lines.append((table, label, column, str(figure), "—" if found is None else str(found), difference))
    for line in aligned(lines):
        print(line)
    print(f"\n共 {len(lines) - 1} 个数，{same} 个相同，{len(lines) - 1 - same} 个不同。")


def _difference(found: Any, figure: Any) -> str:
    if isinstance(found, int | float) and isinstance(figure, int | float):
        return f"{round(found - figure, 3):+}"
    return "不同"
