"""What honors bring: their lists, pages and API by `workbench.things`."""

from __future__ import annotations

from minsheng.core.features.values import Entry, Feature, Stream, Table

_WITNESS = "minsheng.cases.honors.witness"
_ALSO = ("things:thing", "things:begin")
_CITY = ("office", "joint_meeting", "command", "supervisor")
_UNIT = ("officer", "leader", "head")

FEATURE = Feature(
    name="honors",
    app="minsheng.cases.honors",
    tables={"Roll": Table(kept="projection"), "Award": Table(kept="projection")},
    streams={
        "roll": Stream(life_cycle="minsheng.cases.honors.actions:ROLLS", witness=_WITNESS),
        "award": Stream(life_cycle="minsheng.cases.honors.actions:AWARDS", witness=_WITNESS),
    },
    navigation=(
        Entry(
            place=141, url="things:list", args=("award",), also=_ALSO, label="通报表扬", roles=(*_CITY, *_UNIT),
        ),
        Entry(
            place=142, url="things:list", args=("roll",), also=_ALSO, label="年度表扬名单", roles=(*_CITY, *_UNIT),
        ),
    ),
)  # fmt: skip
