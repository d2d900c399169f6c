"""What messages bring: the outbox to people, the words of cities, and the job that sends it."""

from __future__ import annotations

from minsheng.core.features.values import Feature, Job, Stream, Table

FEATURE = Feature(
    name="messages",
    app="minsheng.core.messages",
    tables={
        "Message": Table(kept="record", personal=("text_enc",)),
        "Receipt": Table(kept="work", cleared="message_receipts"),
        "Template": Table(kept="record"),
        "Submission": Table(kept="work", cleared="message_receipts"),
        "Part": Table(kept="work", cleared="message_receipts"),
        "Piece": Table(kept="work", cleared="message_receipts"),
        "Binding": Table(kept="work", cleared="message_receipts"),
        "AccessToken": Table(kept="work", cleared="message_receipts", personal=("sealed",)),
        "Heard": Table(kept="work", cleared="message_receipts"),
    },
    streams={"messages": Stream()},
    subscribers=("minsheng.core.messages.tasks:hear",),
    jobs={
        "messages": Job("minsheng.core.messages.tasks:send", "urgent", "* * * * * */10"),
        "message_receipts": Job("minsheng.core.messages.tasks:reconcile", "usual", "7 * * * *"),
    },
    datasets={("messages",): "minsheng.core.messages.exporting:export"},
    urls=("minsheng.core.messages.urls",),
    checks=(
        "minsheng.core.messages.checks:channels",
        "minsheng.core.messages.mail_checks:mail",
        "minsheng.core.messages.account_checks:accounts",
    ),
    sealed=("minsheng.core.messages.queries:CELLS",),
    carriers=("minsheng.core.messages.mailing:carrier", "minsheng.core.messages.platforms:carrier"),
    gauges=("minsheng.core.messages.gauges:gauges",),
)
