"""What the forum brings: threads with their lists, pages and API by `workbench.things`, posts, members."""

from __future__ import annotations

from minsheng.core.features.values import Entry, Feature, Job, Stream, Table

FEATURE = Feature(
    name="forum",
    app="minsheng.cases.forum",
    tables={
        "Thread": Table(kept="projection"),
        "Post": Table(kept="projection"),
        "Member": Table(kept="record", personal=("account",)),
        "Disclosure": Table(kept="record"),
        "Picture": Table(kept="record"),
        "Subscription": Table(kept="setting"),
        "View": Table(kept="record"),
        "Visit": Table(kept="work", cleared="forget_visits"),
    },
    streams={
        "thread": Stream(life_cycle="minsheng.cases.forum.actions:KIND", witness="minsheng.cases.forum.witness"),
        "member": Stream(),
        "forum": Stream(),
    },
    jobs={
        "forget_visits": Job("minsheng.cases.forum.views:forget", "long", "35 3 * * *"),
        "remind_of_moderation": Job("minsheng.cases.forum.moderation:remind", "usual", "*/5 * * * *"),
    },
    datasets={("threads",): "minsheng.cases.forum.exporting:export"},
    # A city without a forum has had no threads.
    of_some=("threads",),
    files={"thread": "minsheng.cases.forum.pictures:GATE"},
    stocks=("minsheng.cases.forum.patrol:stocks",),
    subscribers=("minsheng.cases.forum.tasks:hear",),
    navigation=(
        Entry(
            place=133, url="things:list", args=("thread",), also=("things:thing",), label="论坛",
            roles=("forum_admin", "office", "supervisor", "joint_meeting", "officer", "leader", "head"),
            rule="forum_final",
        ),
    ),
)  # fmt: skip
