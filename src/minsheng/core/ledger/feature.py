"""What the ledger brings: events with their seals, alarms, the outbox, refusals, journals."""

from __future__ import annotations

from minsheng.core.features.values import Feature, Job, Table

FEATURE = Feature(
    name="ledger",
    app="minsheng.core.ledger",
    tables={
        "Event": Table(kept="record", personal=("body",)),
        "Refusal": Table(kept="record"),
        "Entry": Table(kept="record"),
        "Seal": Table(kept="record"),
        "Look": Table(kept="record"),
        "Alarm": Table(kept="projection"),
        "Outbox": Table(kept="work", cleared="relay"),
        "Sent": Table(kept="setting"),
        "Idempotency": Table(kept="work", cleared="forget_answers"),
    },
    jobs={
        "look": Job("minsheng.core.ledger.witnesses:look", "long", "20 * * * *"),
        "journal_months": Job("minsheng.core.ledger.journals:make_ahead", "usual", "40 3 * * *"),
        "forget_answers": Job("minsheng.core.ledger.tasks:forget", "usual", "10 * * * *"),
    },
    gauges=("minsheng.core.ledger.gauges:gauges",),
)
