"""`minsheng calls`: control the cities' telephones. Any number of processes may run; one has a city's calls."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import threading
from collections.abc import Mapping
from secrets import token_hex
from uuid import uuid4

from minsheng.app.cli import installation
from minsheng.gateways import clock, database
from minsheng.gateways.switch import named
from minsheng.gateways.switch.named import Named
from minsheng.gateways.switch.sim import SimSwitch

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
        try:
            known = {each.city: each for each in named.given()}
        except named.SwitchMisconfigured as fault:
            print(f"{named.VARIABLE}：{fault.args[0]}，没有执行。", file=sys.stderr)
            return 1
        return installation.run_until_stopped(lambda stop: asyncio.run(_control(stop, known)))


def is_wanted() -> bool:
    """Tell whether there is a switch: a file names one, or the one in memory is named, or this is a demonstration."""
    return bool(os.environ.get(named.VARIABLE)) or _simulates()


def _simulates() -> bool:
    return os.environ.get(VARIABLE, _SIM if os.environ.get("MINSHENG_DEMO") else "") == _SIM


def _none() -> str:
    named_kind = os.environ.get(VARIABLE, "")
    if named_kind:
        return f"不认识的交换机类型（{VARIABLE}={named_kind}），可用 {_SIM}（内存模拟，只供演示和测试），没有执行。"
    return f"没有指明电话交换机（{named.VARIABLE}），没有执行。自有交换机的城市可用 /api/cti 送来话单。"


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


async def _control(stop: threading.Event, known: Mapping[str, Named]) -> None:
    """Control each city's switch: the one that the file names, else the one in memory where that is wanted."""
    from asgiref.sync import sync_to_async

    from minsheng.cases.telephony.controller import Controller
    from minsheng.core.policies import queries as policies

    folder = database.var_folder() / "telephony"
    keeping, running, real = [], [], []
    for city in await sync_to_async(policies.cities)():
        if city.code in known:
            switch = named.switch_of(known[city.code])
            real.append(switch)
            running.append(Controller(city.code, switch, now=clock.now, folder=folder).run(stop))
        elif _simulates():
            sim = SimSwitch(prefix=token_hex(4))
            keeping.append(asyncio.create_task(sim.keep()))
            running.append(Controller(city.code, sim, now=clock.now, folder=folder, demonstration=sim).run(stop))
    await asyncio.gather(*running)
    for task in keeping:
        task.cancel()
    for switch in real:
        await switch.aclose()
