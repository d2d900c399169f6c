"""A simulated year through the real actions: the report from the ledger is the report from the simulated lake."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from tests import lake_ground as making

from minsheng.app.demo import year
from minsheng.core.ledger import verification
from minsheng.domain.rejected import Rejected
from minsheng.figures.lake import engines, export, yearbook
from minsheng.figures.lake.store import Store
from minsheng.figures.reports.release import checks, releases
from minsheng.figures.reports.release.annual import Annual
from minsheng.figures.simulation import plan

SCALE = 0.0001
AFTERWARDS = datetime.fromisoformat("2023-12-31T23:59:59+08:00")
# What the platform has facts for. Changes against the year before are not compared: only the one year is played.
AGREEING = (
    ("E-0", "受理有效服务诉求"), ("E-0", "累计办结率"), ("E-0", "抽查满意率"), ("E-0", "企业服务诉求"),
    ("E-0", "承办单位"), ("E-1", "群众诉求"), ("E-1", "企业诉求"), ("E-1", "总计"), ("E-8", "咨询类"),
    ("E-8", "非咨询类"), ("E-14", "全市"), ("E-14", "市本级平台"),
)  # fmt: skip
OF_CALLBACKS = (
    "诉求数量",
    "平均办理时长",
    "回访征集评价",
    "群众参评数",
    "参评率",
    "群众有效参评满意率",
    "问题实际解决率",
)
OF_POLICE = ("总量", "12345转110诉求量", "110转12345警单量", "按时办结率", "办理满意率")


def _released(store: Store) -> Annual:
    with engines.opened(store, city="suzhou") as lake:
        return releases.build(lake, making.parameters(least=0))


@pytest.mark.clause("AR-1.1a", "AR-2.1.1", "AR-2.2.5", "AR-2.3", "AR-2.5.1", "AR-2.6.2")
@pytest.mark.slow
def test_demonstration_and_report_agree(db: None, tmp_path: Path) -> None:
    release = yearbook.read("suzhou", making.YEAR)
    made = plan.plan(release, making.worktime(), city="suzhou", scale=SCALE, seed=1)

    played = year.play(made, name="苏州市")
    store = Store(tmp_path / "played")
    export.export(store, now=AFTERWARDS)

    assert played.refused == []
    assert verification.verify().fault is None
    from_ledger, simulated = _released(store), _released(making.simulated(tmp_path / "lake", scale=SCALE))
    assert checks.broken(from_ledger) == []
    for table, label in AGREEING:
        for column, cell in simulated[table][label].cells:
            assert from_ledger[table].cell(label, column).shown == cell.shown, (table, label, column)
    for column in OF_CALLBACKS:
        assert from_ledger["E-8"].cell("总计", column).shown == simulated["E-8"].cell("总计", column).shown, column
    police = "12345与110高效对接联动"
    for column in OF_POLICE:
        assert from_ledger["E-7"].cell(police, column).shown == simulated["E-7"].cell(police, column).shown, column
    assert [row.label for row in from_ledger["E-10"].rows] == [row.label for row in simulated["E-10"].rows]
    with pytest.raises(Rejected) as refused:
        year.play(made, name="苏州市")
    assert refused.value.code == "city_known"
