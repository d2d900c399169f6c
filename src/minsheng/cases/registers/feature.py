"""What the registers bring: their lists, pages and API by `workbench.things`, and what the lake counts of them."""

from __future__ import annotations

from minsheng.core.features.values import Entry, Feature, Stream, Table

_WITNESS = "minsheng.cases.registers.witness"
_ALSO = ("things:thing", "things:begin")


def _stream(kind: str) -> Stream:
    return Stream(life_cycle=f"minsheng.cases.registers.actions:{kind}", witness=_WITNESS)


FEATURE = Feature(
    name="registers",
    app="minsheng.cases.registers",
    tables={each: Table(kept="projection") for each in ("Paper", "Training", "Mechanism", "Plan", "Incident", "Bylaw")},
    streams={
        "paper": _stream("PAPERS"),
        "training": _stream("TRAININGS"),
        "mechanism": _stream("MECHANISMS"),
        "plan": _stream("PLANS"),
        "incident": _stream("INCIDENTS"),
        "bylaw": _stream("BYLAWS"),
    },
    datasets={("incidents",): "minsheng.cases.registers.exporting:export"},
    stocks=("minsheng.cases.registers.queries:stocks",),
    navigation=(
        Entry(
            place=135, url="things:list", args=("mechanism",), also=_ALSO, label="协同治理机制",
            roles=("office", "joint_meeting", "supervisor", "command", "officer", "leader", "head"),
        ),
        Entry(
            place=136, url="things:list", args=("plan",), also=_ALSO, label="应急预案",
            roles=("office", "command", "supervisor", "duty_leader", "dispatcher", "seat", "officer", "leader", "head"),
        ),
        Entry(
            place=137, url="things:list", args=("training",), also=_ALSO, label="培训",
            roles=("office", "supervisor", "officer", "leader", "head"),
        ),
        Entry(
            place=138, url="things:list", args=("paper",), also=_ALSO, label="制度标准规范",
            roles=("office", "supervisor", "joint_meeting", "auditor"),
        ),
        Entry(
            place=140, url="things:list", args=("bylaw",), also=_ALSO, label="实施细则",
            roles=("office", "supervisor", "officer", "leader", "head"),
        ),
        Entry(
            place=139, url="things:list", args=("incident",), also=_ALSO, label="平台安全事件",
            roles=("office", "supervisor"),
        ),
    ),
)  # fmt: skip
