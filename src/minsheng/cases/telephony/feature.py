"""What telephony brings: calls, agents, and their rows for the lake."""

from __future__ import annotations

from minsheng.core.features.values import Feature, Job, Stream, Table

FEATURE = Feature(
    name="telephony",
    app="minsheng.cases.telephony",
    tables={
        "TelephonyCall": Table(kept="record", personal=("caller_enc", "caller_index")),
        "TelephonyLeg": Table(kept="record"),
        "TelephonyAgent": Table(kept="record"),
        "TelephonyTurn": Table(kept="record"),
        "TelephonyAsk": Table(kept="work", cleared="forget_telephony_asks"),
    },
    streams={"call": Stream(witness="minsheng.cases.telephony.witness"), "agents": Stream(), "answering": Stream()},
    jobs={
        "forget_telephony_asks": Job("minsheng.cases.telephony.tasks:forget_asks", "usual", "17 4 * * *"),
        "watch_answering": Job("minsheng.cases.telephony.answering:watch", "usual", "*/5 * * * *"),
        "look_after_telephony": Job("minsheng.cases.telephony.tasks:look_after", "usual", "* * * * *"),
    },
    datasets={("calls",): "minsheng.cases.telephony.exporting:export"},
    # A city whose calls are answered elsewhere has not had none.
    of_some=("calls",),
    urls=("minsheng.cases.telephony.urls",),
    checks=("minsheng.cases.telephony.checks:check",),
    sealed=("minsheng.cases.telephony.queries:CELLS",),
)
