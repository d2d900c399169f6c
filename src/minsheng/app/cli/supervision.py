"""`minsheng supervision`: what the rules of a city would suggest today, also with other thresholds."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from minsheng.app.cli import installation

if TYPE_CHECKING:
    from minsheng.domain.rules import Rules


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare `today`."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="today")
    about = "推算到今日 24 时将建议督办的工单，不改动任何工单"
    today = actions.add_parser("today", help=about, description=about)
    today.add_argument("--city", required=True, metavar="CODE")
    today.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="换一个参数推算，例如 supervision.rejections_K2=1，列表用逗号隔开；可多次",
    )


def run(args: argparse.Namespace) -> int:
    """Print a line for each order and rule; 0 always, 2 for a parameter that can't be read."""
    from minsheng.domain.actors import Actor

    with installation.opened():
        from minsheng.cases.orders.office import supervisions
        from minsheng.core.policies import queries as policies
        from minsheng.gateways import clock
        from minsheng.workbench import watched

        now = clock.now()
        rules = policies.rules_for(args.city, now=now)
        try:
            rules = _with(rules, args.set)
        except ValueError as fault:
            print(fault)
            return 2
        count = 0
        for each in supervisions.expected(Actor("supervisor"), city=args.city, rules=rules, now=now):
            rule = watched.rule_of(each.category, each.ground, rules)
            print(f"{each.row.number}  {each.category}  {each.row.lead or '—'}  {rule.text}")
            count += 1
        print(f"共 {count} 条建议。")
    return 0


def _with(rules: Rules, settings: list[str]) -> Rules:
    """Return the rules with other values. Raises: ValueError with a sentence."""
    from dataclasses import replace

    from minsheng.domain import parameters

    changed: dict[str, Any] = {}
    for setting in settings:
        name, equals, text = setting.partition("=")
        parameter = parameters.find(name)
        if parameter is None or not equals:
            raise ValueError(f"参数“{setting}”无法识别，应写成 参数名=值，参数名见 minsheng pack show。")
        try:
            is_list = isinstance(getattr(rules, parameter.attribute), tuple)
            changed[parameter.attribute] = parameter.read(_plain(text, is_list=is_list))
        except ValueError as fault:
            raise ValueError(f"参数 {parameter.name} 的{fault}") from None
    return replace(rules, **changed)


def _plain(text: str, *, is_list: bool) -> object:
    if is_list:
        return [each.strip() for each in text.split(",") if each.strip()]
    return int(text) if text.isdecimal() and text.isascii() else text.strip()
