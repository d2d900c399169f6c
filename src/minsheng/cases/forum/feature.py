"""What the forum brings: threads with their lists, pages and API by `workbench.things`, posts, members."""

from __future__ import annotations

from minsheng.core.features.values import Entry, Feature, Stream, Table

FEATURE = Feature(
    name="forum",
    app="minsheng.cases.forum",
    tables={
        "Thread": Table(kept="projection"),
        "Post": Table(kept="projection"),
        "Member": Table(kept="record", personal=("account",)),
        "Disclosure": Table(kept="record"),
    },
    streams={
        "thread": Stream(life_cycle="minsheng.cases.forum.actions:KIND", witness="minsheng.cases.forum.witness"),
        "member": Stream(),
    },
    subscribers=("minsheng.cases.forum.tasks:hear",),
    navigation=(
        Entry(
            place=133, url="things:list", args=("thread",), also=("things:thing",), label="论坛",
            roles=("forum_admin", "office", "supervisor", "joint_meeting", "officer", "leader", "head"),
        ),
    ),
)  # fmt: skip
