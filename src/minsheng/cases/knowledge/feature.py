"""What the knowledge base brings: articles, documents, duties, their lists by `workbench.things`, search, hints."""

from __future__ import annotations

from minsheng.core.features.values import Entry, Feature, Job, Stream, Table

_WITNESS = "minsheng.cases.knowledge.witness"
_ALSO = ("things:thing", "things:begin")
_ALL = (
    "seat", "specialist", "office", "supervisor", "dispatcher", "auditor", "callback_agent", "duty_leader", "command",
    "joint_meeting", "officer", "leader", "head",
)  # fmt: skip


def _stream(kind: str) -> Stream:
    return Stream(life_cycle=f"minsheng.cases.knowledge.actions:{kind}", witness=_WITNESS)


FEATURE = Feature(
    name="knowledge",
    app="minsheng.cases.knowledge",
    tables={
        "Article": Table(kept="projection"),
        "Basis": Table(kept="projection"),
        "Duty": Table(kept="projection"),
        "Posting": Table(kept="projection"),
        "Term": Table(kept="projection"),
        "Hint": Table(kept="work", cleared="hints"),
    },
    streams={"article": _stream("ARTICLES"), "basis": _stream("BASES"), "duty": _stream("DUTIES")},
    subscribers=("minsheng.cases.knowledge.tasks:hear",),
    jobs={"hints": Job("minsheng.cases.knowledge.tasks:clear_hints", "long", "25 3 * * *")},
    urls=("minsheng.cases.knowledge.urls",),
    datasets={("article_uses",): "minsheng.cases.knowledge.exporting:export"},
    stocks=("minsheng.cases.knowledge.queries:stocks",),
    navigation=(
        Entry(place=121, url="knowledge:find", also=("knowledge:article",), label="查知识", roles=_ALL),
        Entry(place=122, url="things:list", args=("article",), also=_ALSO, label="知识条目", roles=_ALL),
        Entry(
            place=123, url="things:list", args=("duty",), also=_ALSO, label="知识更新",
            roles=("office", "supervisor", "officer", "leader", "head"),
        ),
        Entry(place=124, url="knowledge:hints", label="知识提示", roles=("office",)),
        Entry(place=125, url="things:list", args=("basis",), also=_ALSO, label="依据文件", roles=_ALL),
    ),
)  # fmt: skip
