"""`minsheng repair`: put right what older programs left behind, by facts of the ledger; a second run does nothing."""

from __future__ import annotations

import argparse

from minsheng.app.cli import installation
from minsheng.domain.orders.restraint import Restraint


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare `restraint`."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="restraint")
    about = "逐件核对子单和并入其他工单的诉求：保密、不公开、被反映单位等没有带过去的，补记为事实；可重复执行"
    actions.add_parser("restraint", help=about, description=about)


def run(args: argparse.Namespace) -> int:
    """Repair, say of each order what was missing, and return 0."""
    with installation.opened():
        from minsheng.cases.orders import restraining
        from minsheng.gateways import clock

        looked = repaired = 0
        for each in restraining.repair(now=clock.now()):
            looked += 1
            if each.is_repaired:
                repaired += 1
                print(f"{each.number}：由 {each.source} 补上{'、'.join(_said(each.missing))}")
    print(f"核对了 {looked} 件，补正 {repaired} 件。")
    return 0


def _said(missing: Restraint) -> list[str]:
    given = (
        ("保密", missing.confidential),
        ("不公开", missing.is_private),
        (f"被反映单位（{'、'.join(missing.about)}）", missing.about),
        ("承办单位的不公开建议", missing.withhold),
        ("审核的不公开决定", missing.is_barred),
        ("涉密封存", missing.sealed),
    )
    return [words for words, holds in given if holds]
