"""`minsheng snippet`: words that a city's people and a unit's put into forms by one press."""

from __future__ import annotations

import argparse

from minsheng.app.cli import installation, numbers


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare `list`, `add` and `end`."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="list|add|end")
    list_ = actions.add_parser(
        "list", help="列出全市和各单位的常用语", description="列出全市和各单位的常用语，不含个人的"
    )
    add = actions.add_parser("add", help="添加常用语", description="添加全市的常用语；给出 --unit 则为该单位的")
    add.add_argument("title", metavar="TITLE", help="标题，按钮上的字")
    add.add_argument("words", metavar="TEXT", help="内容")
    add.add_argument("--unit", default="", metavar="UNIT", help="单位名称")
    end = actions.add_parser("end", help="停用常用语", description="停用一条常用语")
    end.add_argument("id", type=numbers.whole(1, 2**62), metavar="ID", help="编号，见 list")
    for each in (list_, add, end):
        each.add_argument("--city", required=True, metavar="CODE")


def run(args: argparse.Namespace) -> int:
    """Do it and return 0."""
    with installation.opened():
        from minsheng.core.policies import queries as policies
        from minsheng.core.snippets import actions, queries
        from minsheng.domain.actors import SYSTEM
        from minsheng.gateways import clock

        policies.city(args.city)
        match args.action:
            case "add":
                scope = "unit" if args.unit else "city"
                actions.add(
                    args.city, scope, args.title, args.words, unit=args.unit, actor=SYSTEM, now=clock.now()
                )  # fmt: skip
            case "end":
                actions.end(args.id, city=args.city, actor=SYSTEM, now=clock.now())
            case _:
                for each in queries.of_city(args.city):
                    print(f"{each.id}  {each.unit or '全市'}  {each.title}：{' '.join(each.words.split())}")
    return 0
