"""The toy life cycle as a feature: its table, its kind with the labels that pages show, what a `feature.py` says."""

from __future__ import annotations

from uuid import UUID

from django.db import models
from tests.toy_ground import BACK, CYCLE, Loan

from minsheng.core.features.values import Entry, Feature, Stream, Table
from minsheng.core.lifecycles.kinds import Kind, Labels, Readers
from minsheng.core.lifecycles.rows import LifeCycleRow, list_indexes
from minsheng.core.people import queries as people


class LoanRow(LifeCycleRow):
    """The toy's table: the abstract row and one column of its own."""

    room = models.TextField(default="")

    class Meta:
        app_label = "toys"
        indexes = list_indexes("toys_loan", ends=(BACK,))


def _shown(loan: Loan) -> dict[str, object]:
    return {"room": loan.room, "units": [loan.unit], "target_unit": loan.unit}


def _opens(id: UUID, city: str) -> LoanRow:
    return LoanRow(id=id, city_id=city, number=f"钥{id.hex[-6:]}")


KIND = Kind(
    CYCLE,
    model=LoanRow,
    names=people.names,
    words={"KeyAsked": "申请", "KeyLent": "出借", "KeyBack": "归还", "KeyMissed": "逾期未还"},
    columns=_shown,
    readers=Readers(roles=("office", "supervisor"), restricted=("designated_officer",), units=True),
    labels=Labels(
        name="钥匙",
        states={"ASKED": "待出借", "LENT": "已出借", "BACK": "已归还"},
        commands={"ask_key": "借用钥匙", "lend_key": "出借", "give_back": "归还"},
        clocks={"back": "归还时限"},
        fields={"room": "房间", "why": "用途", "reason": "说明"},
    ),
    opens=_opens,
    sought=("room",),
)
FEATURE = Feature(
    name="loans",
    tables={"LoanRow": Table(kept="projection")},
    streams={"loan": Stream(life_cycle=f"{__name__}:KIND")},
    messages={"loan": "tests.toy_writer_ground"},
    navigation=(Entry(place=200, url="notices:latest", label="钥匙", roles=("office",)),),
)
