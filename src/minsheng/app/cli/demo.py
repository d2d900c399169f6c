"""`minsheng demo`: fill an empty database with the demonstration cities, or with `--reset` start over."""

from __future__ import annotations

import argparse
import os
import sys
import time
import unicodedata
from collections.abc import Sequence

from minsheng.app.cli import installation, numbers
from minsheng.gateways import database

_MODE = "MINSHENG_DEMO"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the two options."""
    parser.add_argument("--reset", action="store_true", help="清空演示数据库并重新写入（只对演示数据库有效）")
    parser.add_argument(
        "--scale", type=numbers.amount(100), default=1.0, metavar="N", help="数据量，默认 1，每个城市约 170 件诉求"
    )


def run(args: argparse.Namespace) -> int:
    """Fill, keep or reset, and print the accounts; return 1 with the reason when the database is not for that."""
    # Without an address of somebody's own server the database is the embedded one, and this command is the consent.
    if database.named() is not None and os.environ.get(_MODE) != "1":
        print(
            "DATABASE_URL 指定了外部数据库。确认要在其中写入演示数据，请设置 MINSHENG_DEMO=1 后重试。", file=sys.stderr
        )
        return 1
    os.environ[_MODE] = "1"
    with installation.opened(creates=True):
        return _reset(args.scale) if args.reset else _fill_if_empty(args.scale)


def _fill_if_empty(scale: float) -> int:
    from minsheng.app.demo import actions
    from minsheng.gateways import clock

    if foreign := actions.foreign_cities():
        print(f"数据库中已有正式城市（{'、'.join(foreign)}），不写入演示数据。请换一个空的数据库。", file=sys.stderr)
        return 1
    if actions.is_filled():
        actions.extend_rosters(now=clock.now())
        print("已有演示数据，予以保留。重新开始请用 minsheng demo --reset。")
    else:
        _fill(scale)
    _print_accounts()
    return 0


def _fill(scale: float) -> None:
    from minsheng.app.demo import actions, reports
    from minsheng.gateways import clock

    print("正在写入演示数据…", flush=True)
    began = time.monotonic()
    filled = actions.fill(now=clock.now(), scale=scale)
    actions.tell(now=clock.now())
    for line in filled.refused:
        print(f"演示步骤被拒绝：{line}", file=sys.stderr)
    print(f"已写入 {filled.appeals} 件虚构诉求，用时 {time.monotonic() - began:.0f} 秒。", flush=True)
    print("正在生成演示数据湖和报告…", flush=True)
    reports.show(now=clock.now())


def _reset(scale: float) -> int:
    """Drop and create the schema as the owner, migrate and fill; the ledger itself refuses deletion by design."""
    from minsheng.app.cli import migrate
    from minsheng.app.demo import reset

    if refusal := reset.obstacle():
        print(refusal, file=sys.stderr)
        return 1
    print("正在清空演示数据库…", flush=True)
    reset.drop_everything()
    status = migrate.run(argparse.Namespace(plan=False, quiet=True, empty=False))
    if status:
        return status
    return _fill_if_empty(scale)


def _print_accounts() -> None:
    from minsheng import wording
    from minsheng.app.demo import cities

    rows = [("城市", "岗位", "单位", "账号")]
    for city in cities.CITIES:
        names = {unit.key: unit.name for unit in cities.units_of(city)}
        for account in cities.accounts_of(city):
            role = wording.ROLES.get(account.role, account.role)
            rows.append((city.name, role, names.get(account.unit, "12345热线"), account.username))
    print("\n演示账号（全部为虚构，只在演示模式下可以登录）：")
    for line in aligned(rows):
        print(line)
    waiting = "、".join(
        account.username for city in cities.CITIES for account in cities.accounts_of(city) if not account.acknowledged
    )
    print(f"\n尚未确认保密责任、登录后先看到责任书的账号：{waiting}")
    print(f"全部演示账号的密码：{cities.PASSWORD}")
    port = os.environ.get("MINSHENG_PORT", "8000")
    print(f"登录地址：http://127.0.0.1:{port}/", flush=True)


def aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """Return the rows as lines whose columns stand under one another; a Chinese character is two wide."""
    widths = [max(_width(row[place]) for row in rows) for place in range(len(rows[0]))]
    return [
        "  ".join(cell + " " * (widths[place] - _width(cell)) for place, cell in enumerate(row)).rstrip()
        for row in rows
    ]


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)
