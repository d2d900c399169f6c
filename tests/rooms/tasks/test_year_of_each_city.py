"""A small year of each city through the real actions: the release adds up, by each city's own channels."""

from __future__ import annotations

import dataclasses
from datetime import datetime
from pathlib import Path

import pytest
from tests import lake_ground as making

from minsheng.app.demo import year
from minsheng.cases.orders import actions as orders
from minsheng.domain import packs
from minsheng.domain.actors import Actor
from minsheng.domain.orders import commands as cmd
from minsheng.figures.lake import engines, export, yearbook
from minsheng.figures.lake.store import Store
from minsheng.figures.reports.release import checks, releases
from minsheng.figures.reports.release.annual import Annual
from minsheng.figures.simulation import plan
from minsheng.gateways import packfiles

SCALE = 0.00001
AFTERWARDS = datetime.fromisoformat("2023-12-31T23:59:59+08:00")
A_DAY = datetime.fromisoformat("2023-06-01T10:00:00+08:00")
SEAT, DISPATCHER = Actor("seat"), Actor("dispatcher")
# What is told by voice is the telephone's; what others pass on is theirs; the rest the citizen wrote (AR-2.1.1).
BY_VOICE = {"电话"}
PASSED_ON = {
    "网格化管理平台", "公安分中心", "数字城管", "其他联动渠道", "上级交办", "江苏省12345", "江苏12345", "无锡市12345",
    "国务院“互联网+督查”", "国家政务服务平台", "“互联网+监管”", "长三角12345一体化", "对接热线", "政风热线", "好差评",
    "其他共建平台",
}  # fmt: skip


def _register(city: str, channel: str, *, submit: bool = False) -> str:
    shape = cmd.Submit if submit else cmd.Register
    command = shape(
        type="help", channel=channel, appellant="citizen", publish="yes", content="路灯不亮", real_name=True
    )
    return orders.register(command, city=city, actor=SEAT, now=A_DAY).order.id


def _released(folder: Path, city: str) -> Annual:
    store = Store(folder)
    export.export(store, now=AFTERWARDS)
    with engines.opened(store, city=city) as lake:
        return releases.build(lake, making.parameters(least=0))


def _row(release: Annual, columns: tuple[str, ...] = ("诉求总量", "电话", "互联网", "承办转办")) -> list[int]:
    return [int(release["E-1"].figure("总计", column)) for column in columns]


@pytest.mark.slow
@pytest.mark.clause("JY-6.1", "AR-2.1.1", "JY-6.6", "SZ-13.6")
@pytest.mark.parametrize("city", ["suzhou", "jiangyin", "suqian"])
def test_table_of_appeals_adds_up_on_a_played_year(db: None, tmp_path: Path, city: str) -> None:
    chosen = packs.in_force(packfiles.shipped_packs(), city, on=A_DAY.date())
    rules = packs.rules(chosen.pack, calendar=packfiles.load_calendar())
    release = dataclasses.replace(yearbook.read("suzhou", making.YEAR), pack=city)
    made = plan.plan(release, rules.worktime, city=city, scale=SCALE, seed=1)

    played = year.play(made, name=rules.city)
    before = _released(tmp_path / "before", city)
    for channel in rules.channels:
        _register(city, channel)
    first, second = (_register(city, "phone", submit=True) for _ in range(2))
    orders.apply(cmd.Link(to=first), order_id=second, actor=DISPATCHER, now=A_DAY)
    referred, refused = _register(city, "phone"), _register(city, "phone")
    orders.apply(cmd.ReferEmergency(number="110"), order_id=referred, actor=SEAT, now=A_DAY)
    orders.apply(cmd.Reject(code="R1", explanation="不属本市管辖"), order_id=refused, actor=SEAT, now=A_DAY)
    after = _released(tmp_path / "after", city)

    assert played.refused == []
    assert checks.broken(before) == checks.broken(after) == []
    labels = set(rules.channels.values())
    by_voice, passed_on = len(labels & BY_VOICE), len(labels & PASSED_ON)
    added = [new - old for new, old in zip(_row(after), _row(before), strict=True)]
    assert added == [len(labels) + 1, by_voice + 1, len(labels) - by_voice - passed_on, passed_on]
    police = [int(each["E-7"].figure("12345与110高效对接联动", "12345转110诉求量")) for each in (before, after)]
    assert police[1] == police[0] + 1
    for column in ("诉求总量", "电话", "互联网", "承办转办", "民声接听员", "政策专员", "部门办理"):
        table = after["E-1"]
        assert table.figure("群众诉求", column) + table.figure("企业诉求", column) == table.figure("总计", column)
