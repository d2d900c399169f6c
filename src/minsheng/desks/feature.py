"""What the desks bring: their pages, and their places in the navigation."""

from __future__ import annotations

from minsheng.core.features.values import Entry, Feature
from minsheng.domain.actors import CITY_ROLES, UNIT_ROLES

FEATURE = Feature(
    name="desks",
    app="minsheng.desks",
    urls=("minsheng.desks.urls",),
    navigation=(
        Entry(place=10, url="desks:queue", label="工作台"),
        Entry(place=20, url="desks:new", label="登记诉求", roles=("seat",), key="n"),
        Entry(
            place=30,
            url="desks:supervision",
            label="督办",
            roles=("supervisor", "duty_leader", "office", "joint_meeting"),
            also=(
                "desks:supervision_rows",
                "desks:supervision_orders",
                "desks:supervision_rules",
                "desks:supervision_issue",
                "desks:suggestion_dismiss",
            ),
        ),
        Entry(
            place=35,
            url="desks:checks",
            label="回头看",
            roles=("callback_agent", "supervisor", "duty_leader", "office", "joint_meeting", *UNIT_ROLES),
            also=("desks:check", "desks:check_ask", "desks:lookbacks", "desks:lookback"),
        ),
        Entry(
            place=36,
            url="desks:monitoring",
            label="电子监察",
            roles=("supervisor", "duty_leader", "office", "joint_meeting", "command", "discipline"),
            also=("desks:monitoring_rows", "desks:monitoring_readings"),
        ),
        Entry(
            place=37,
            url="desks:mystery_tasks",
            label="拨测任务",
            roles=("mystery_caller",),
            also=("desks:mystery_task",),
        ),
        Entry(place=38, url="desks:oversight", label="监督查阅", roles=("overseer",), also=("desks:oversight_order",)),
        Entry(place=129, url="desks:rating_code", label="评价二维码", roles=("office", "officer", "leader", "head")),
        Entry(
            place=132,
            url="desks:forum_patrol",
            label="论坛巡查",
            roles=("forum_admin", "officer", "leader", "head"),
            rule="forum_final",
        ),
        Entry(
            place=131,
            url="desks:forum_moderation",
            label="论坛审核",
            roles=("forum_admin",),
            also=("desks:forum_moderation_several",),
            rule="forum_final",
        ),
        Entry(place=135, url="desks:forum_names", label="网名和禁言", roles=("forum_admin",), rule="forum_final"),
        Entry(
            place=134,
            url="desks:forum_disclosures",
            label="依法调取",
            roles=("forum_admin", "supervisor"),
            rule="forum_final",
        ),
        Entry(
            place=44,
            url="desks:telephony",
            label="话务",
            roles=("seat", "specialist", "supervisor"),
            also=("desks:telephony_screen",),
        ),
        Entry(place=46, url="desks:calls", label="待电话告知", roles=("callback_agent", "seat")),
        # Rare there: sealed orders alone, whose appellants nobody else may call.
        Entry(place=86, url="desks:calls", label="待电话告知", roles=("supervisor", "duty_leader", "office")),
        Entry(
            place=85,
            url="desks:letters_outgoing",
            label="待寄信函",
            roles=("seat", "office"),
            also=("desks:letter_new", "desks:letter_scans"),
        ),
        Entry(place=40, url="desks:find", label="查找", key="/"),
        Entry(
            place=105,
            url="desks:snippets",
            label="常用语",
            roles=tuple(
                role
                for role in (*CITY_ROLES, *UNIT_ROLES)
                if role not in ("security_admin", "audit_admin", "mystery_caller", "overseer")
            ),
            also=("desks:snippet",),
        ),
        Entry(place=110, url="desks:unit_changes", label="单位变更", roles=("admin",), also=("desks:unit_change",)),
    ),
    files={
        "order": "minsheng.desks.attachments.gate:GATE",
        "mystery_call": "minsheng.desks.mystery.gate:GATE",
        "incoming": "minsheng.desks.incoming.gate:GATE",
    },
    # Of who is signed in (`site.uploads`).
    uploads=(r"/orders/[^/]+/attachments", r"/mystery/tasks/[^/]+", r"/letters/(?:new|scans)"),
)
