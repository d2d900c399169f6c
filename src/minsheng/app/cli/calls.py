"""`minsheng calls`: control the cities' telephones. Any number of processes may run; one has a city's calls."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import threading
from secrets import token_hex
from uuid import uuid4

from minsheng.app.cli import installation
from minsheng.gateways import clock, database

VARIABLE = "MINSHENG_SWITCH"
_SIM = "sim"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare `demo`; without it the controller runs."""
    actions = parser.add_subparsers(dest="action", metavar="demo")
    about = "演示模式下打入一个电话，由就绪的座席接听"
    demo = actions.add_parser("demo", help=about, description=about)
    demo.add_argument("--city", required=True, metavar="CODE")
    demo.add_argument("--number", default="19900001234", help="主叫号码")
    demo.add_argument("--line", default="12345", help="被叫号码")


def run(args: argparse.Namespace) -> int:
    """Control calls until told to stop, or let somebody call; return 1 with the reason where neither can be."""
    if not is_wanted():
        print(_none(), file=sys.stderr)
        return 1
    with installation.opened():
        if args.action == "demo":
            return _demo(args)
        return installation.run_until_stopped(lambda stop: asyncio.run(_control(stop)))


def is_wanted() -> bool:
    """Tell whether there is a switch: the one in memory where it is named, or in a demonstration."""
    return os.environ.get(VARIABLE, _SIM if os.environ.get("MINSHENG_DEMO") else "") == _SIM


def _none() -> str:
    named = os.environ.get(VARIABLE, "")
    if named:
        return f"不认识的交换机类型（{VARIABLE}={named}），可用 {_SIM}（内存模拟，只供演示和测试），没有执行。"
    return f"没有指明电话交换机（{VARIABLE}），没有执行。自有交换机的城市可用 /api/cti 送来话单。"


def _demo(args: argparse.Namespace) -> int:
    from django.conf import settings

    from minsheng.cases.telephony import actions
    from minsheng.core.policies import queries as policies
    from minsheng.domain.actors import SYSTEM

    if not settings.DEMO:
        print("只有演示模式（MINSHENG_DEMO）可以打入演示电话，没有执行。", file=sys.stderr)
        return 1
    if args.city not in {each.code for each in policies.cities()}:
        print(f"没有代码为“{args.city}”的城市，没有执行。", file=sys.stderr)
        return 1
    body = {"number": args.number, "line": args.line}
    actions.ask(uuid4(), kind="demo_call", agent="", by=SYSTEM, city=args.city, now=clock.now(), body=body)
    print("已打入演示电话。")
    return 0


async def _control(stop: threading.Event) -> None:
    from asgiref.sync import sync_to_async

    from minsheng.cases.telephony.controller import Controller
    from minsheng.core.policies import queries as policies
    from minsheng.gateways.switch.sim import SimSwitch

    folder = database.var_folder() / "telephony"
    running = []
    for city in await sync_to_async(policies.cities)():
        sim = SimSwitch(prefix=token_hex(4))
        running.append(asyncio.create_task(sim.keep()))
        running.append(
            asyncio.create_task(Controller(city.code, sim, now=clock.now, folder=folder, demonstration=sim).run(stop))
        )
    controllers = running[1::2]
    await asyncio.gather(*controllers)
    for each in running[::2]:
        each.cancel()
