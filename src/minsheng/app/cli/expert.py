"""`minsheng expert`: experts with field, term and nominating unit; by hand and from a file."""

from __future__ import annotations

import argparse
import sys
from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from minsheng.app.cli import installation, sheet

if TYPE_CHECKING:
    from minsheng.core.people.experts import Known


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare `add`, `end`, `import`, `list` and `phone`."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="add|end|import|list|phone")
    add = actions.add_parser("add", help="登记一名专家", description="登记一名专家；电话从键盘输入，加密保存")
    add.add_argument("name", metavar="NAME")
    add.add_argument("--field", required=True, action="append", metavar="TEXT", help="领域，可多次给出")
    add.add_argument("--unit", required=True, metavar="NAME", help="推荐单位")
    add.add_argument("--organization", default="", metavar="TEXT", help="工作单位")
    add.add_argument("--from", dest="starts_on", required=True, type=date.fromisoformat, metavar="DATE")
    add.add_argument(
        "--until", dest="ends_on", required=True, type=date.fromisoformat, metavar="DATE", help="任期最后一日"
    )
    _city(add)
    end = actions.add_parser("end", help="改定任期最后一日", description="改定任期最后一日，可提前或续聘；不早于今天")
    end.add_argument("id", type=UUID, metavar="ID")
    end.add_argument("--until", dest="ends_on", required=True, type=date.fromisoformat, metavar="DATE")
    _city(end)
    columns = "姓名、领域、推荐单位、工作单位、电话、任期起、任期止；工作单位可空，几个领域用顿号隔开"
    sheet.add_arguments(actions, what="专家名单", columns=columns)
    list_ = actions.add_parser("list", help="列出在任专家", description="列出某日在任的专家，可按领域筛选")
    list_.add_argument("--field", default="", metavar="TEXT")
    list_.add_argument("--on", type=date.fromisoformat, metavar="DATE", help="日期，默认今天")
    list_.add_argument("--all", action="store_true", help="也列出已到期和尚未开始的")
    _city(list_)
    phone = actions.add_parser(
        "phone", help="查看专家电话，会留下记录", description="查看在任专家的电话；理由会留下记录"
    )
    phone.add_argument("id", type=UUID, metavar="ID")
    phone.add_argument("--reason", required=True, metavar="TEXT")
    _city(phone)


def run(args: argparse.Namespace) -> int:
    """Do it and return 0; 1 when something was refused, 2 when nothing could be read."""
    with installation.opened():
        from minsheng.core.policies import queries as policies

        policies.city(args.city)
        match args.action:
            case "add":
                return _add(args)
            case "end":
                return _end(args)
            case "import":
                return _import(args)
            case "phone":
                return _phone(args)
            case _:
                return _list(args)


def _city(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--city", required=True, metavar="CODE")


def _add(args: argparse.Namespace) -> int:
    from minsheng.core.people import experts
    from minsheng.domain.actors import SYSTEM
    from minsheng.gateways import clock

    # A telephone on the command line would stay in the shell's history.
    print("电话：", end="", file=sys.stderr, flush=True)
    phone = sys.stdin.readline().strip()
    given = experts.Nomination(
        args.name, tuple(args.field), args.unit, args.starts_on, args.ends_on, phone, args.organization
    )
    id = experts.nominate(args.city, given, actor=SYSTEM, now=clock.now())
    print("这名专家已经登记过。" if id is None else f"已登记 {id}。")
    return 0


def _end(args: argparse.Namespace) -> int:
    from minsheng.core.people import experts
    from minsheng.domain.actors import SYSTEM
    from minsheng.gateways import clock

    experts.end(args.city, args.id, last=args.ends_on, actor=SYSTEM, now=clock.now())
    return 0


def _import(args: argparse.Namespace) -> int:
    from minsheng.core.people import expert_files
    from minsheng.domain.actors import SYSTEM

    def putting(now: datetime) -> sheet.Put:
        return expert_files.putting(args.city, actor=SYSTEM, now=now)

    return sheet.take(args, expert_files.SHEET, putting, noun="名专家")


def _phone(args: argparse.Namespace) -> int:
    from minsheng.core.people import experts
    from minsheng.domain.actors import SYSTEM
    from minsheng.gateways import clock

    print(experts.telephone(args.city, args.id, reason=args.reason, actor=SYSTEM, now=clock.now()))
    return 0


def _list(args: argparse.Namespace) -> int:
    from minsheng.core.ledger.values import ZONE
    from minsheng.core.people import experts
    from minsheng.gateways import clock

    on = args.on or clock.now().astimezone(ZONE).date()
    found = experts.all_of(args.city) if args.all else experts.in_term(args.city, on=on, field=args.field)
    for each in found:
        print(_line(each))
    print(f"共 {len(found)} 名。")
    return 0


def _line(known: Known) -> str:
    where = f"，{known.organization}" if known.organization else ""
    term = f"{known.starts_on} 至 {known.ends_on}"
    return f"{known.id}  {known.name}  {'、'.join(known.fields)}（{known.unit}推荐{where}，{term}）"
