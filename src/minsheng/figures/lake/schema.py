"""What stands in the lake: its datasets and their columns. docs/lake.md describes them; a test keeps both alike.

Moments are wall time of the city, without a zone (ADR 0016). Nothing here names a person: no name, telephone number,
address or word that was said. Codes are those of the ledger.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

MOMENT = pa.timestamp("us")
WORD = pa.dictionary(pa.int32(), pa.string())  # few different values
TEXT = pa.string()
FLAG = pa.bool_()
SMALL = pa.int16()
WHOLE = pa.int32()
BIG = pa.int64()


@dataclass(frozen=True, slots=True)
class Dataset:
    """One kind of fact. `moment`: the column whose month names the partition; `key`: what a row belongs to."""

    name: str
    moment: str
    key: str
    schema: pa.Schema


def _dataset(name: str, moment: str, key: str, **columns: pa.DataType) -> Dataset:
    return Dataset(name, moment, key, pa.schema([("city", WORD), *columns.items()]))


ORDERS = _dataset(
    "orders", "registered_at", "order_id",
    order_id=TEXT, registered_at=MOMENT,
    parent=TEXT,              # of a parallel dispatch's child; the appeal itself is counted, its children are not
    appellant=WORD,           # citizen, enterprise
    channel=WORD,             # the ledger's code: phone, web, app, forum, upper, linked …
    source=WORD,              # phone, online, transfer
    status=WORD, reason=WORD,
    accepted=FLAG,            # not refused, not invalid
    disposal=WORD,            # seat, specialist, unit; null while nobody has decided
    type=WORD,                # consult, help, suggest, complaint, report
    consult=FLAG,
    category=WORD,            # code of the tree
    category_group=WORD,      # its first level; null for what nobody has classified
    topic=WORD,               # a hot topic that it was found to belong to
    district=WORD,
    unit=WORD,                # who answers for it
    first_unit=WORD,          # to whom it went first
    dispatched_at=MOMENT, due_at=MOMENT, completed_at=MOMENT, closed_at=MOMENT,
    handling_millidays=WHOLE,  # working time from dispatch to the accepted reply, in thousandths of a working day
    timely=FLAG,              # null while the clock runs
    excluded=FLAG,            # confirmed written non-acceptance: outside rates (SZ-14c)
    extensions=SMALL, returns=SMALL, rounds=SMALL, urges=SMALL,
    supervised=FLAG, emergency=FLAG, repeated=FLAG, published=FLAG, talent=FLAG, move_car=FLAG,
    exchange=WORD,            # from_110, to_110
)  # fmt: skip
STAGES = _dataset(
    "stages", "registered_at", "order_id",
    order_id=TEXT, registered_at=MOMENT, step=SMALL, stage=WORD, unit=WORD, entered_at=MOMENT, left_at=MOMENT,
)  # fmt: skip
CALLBACKS = _dataset(
    "callbacks", "registered_at", "order_id",
    order_id=TEXT, registered_at=MOMENT, round=SMALL, last=FLAG,
    asked_at=MOMENT,
    how=WORD,                 # phone, sms, self
    attempts=SMALL,
    reached=FLAG,             # a message went out or somebody answered: only then was the appellant asked
    rated=FLAG, satisfied=FLAG, resolved=FLAG,
    unit=WORD, consult=FLAG, excluded=FLAG, exchange=WORD,
)  # fmt: skip
CALLS = _dataset(
    "calls", "began_at", "call_id",
    call_id=TEXT, began_at=MOMENT,
    direction=WORD,           # in, out
    answered=FLAG,            # by a person
    wait_seconds=WHOLE, talk_seconds=WHOLE,
    satisfied=FLAG,           # the rating after the call; null when there was none
    order_id=TEXT,
    line=WORD,                # the number that was dialed
    queue=WORD,               # the pack's code of the queue that it was answered from, or left
    abandoned=FLAG,           # queued, and hung up before anybody answered; wait_seconds is until then
    ring_seconds=WHOLE,       # of the phone that was answered
    hold_seconds=WHOLE,       # a part of talk_seconds, which ends when the seat leaves a talk of three
    presses=SMALL,            # keys until a person's queue
    outcome=WORD,             # order, silent, harassment, misdialed, called_again
    callback_of=TEXT,         # the call whose place was kept
    three_way=FLAG,           # a third party was brought into it and reached; null in what is simulated
)  # fmt: skip
THREADS = _dataset(
    "threads", "posted_at", "thread_id",
    thread_id=TEXT, posted_at=MOMENT, district=WORD, unit=WORD, handled=FLAG, handled_at=MOMENT, views=BIG,
    order_id=TEXT,            # of the appeal that it was joined to: both are one
    board=WORD,
    claimed_by=WORD,          # claim, assign, transfer
    attended_at=MOMENT, stance_at=MOMENT, answered_at=MOMENT,
    timely=FLAG,              # false once a clock was missed; null while it is neither missed nor answered
    rated=FLAG, satisfied=FLAG,
    sealed=FLAG,              # answered, and not in public
    **{"class": WORD},        # small, medium, major
)  # fmt: skip
ARTICLE_USES = _dataset(
    "article_uses", "used_at", "use_id",
    use_id=TEXT, used_at=MOMENT,
    kind=WORD,                # information, answer
    article_id=TEXT, reader=WORD,
)  # fmt: skip
MOVE_CAR = _dataset(
    "move_car", "requested_at", "order_id",
    order_id=TEXT, requested_at=MOMENT, source=WORD, district=WORD,
    outcome=WORD,             # moved, notified, unreached
    notified_seconds=WHOLE,
)  # fmt: skip
DELIVERIES = _dataset(
    "deliveries", "delivered_at", "order_id",
    delivered_at=MOMENT, line=SMALL, level=WORD, recipient=WORD, mode=WORD, topic=WORD, order_id=TEXT,
)  # fmt: skip
BROADCASTS = _dataset(
    "broadcasts", "aired_at", "session_id",
    session_id=TEXT, aired_at=MOMENT, guests=WHOLE, heads=WHOLE, received=WHOLE, answered=WHOLE, followed_up=WHOLE,
    satisfied=WHOLE, hot_topics=WHOLE, answers=WHOLE,
)  # fmt: skip
QUESTIONS = _dataset(
    "questions", "asked_at", "question_id",
    question_id=TEXT, asked_at=MOMENT, level=WORD,
    answered_by=WORD,         # quote, unit
    views=BIG, recommended=FLAG, converted=FLAG,
)  # fmt: skip
PAPERS = _dataset(
    "papers", "issued_at", "paper_id",
    paper_id=TEXT, issued_at=MOMENT,
    kind=WORD,                # special_report, standard
    title=TEXT, number=TEXT, signed=FLAG,
)  # fmt: skip
STOCKS = _dataset(
    "stocks", "counted_at", "subject",
    counted_at=MOMENT,        # the last moment of the month that it was counted for
    subject=WORD,             # units, seats, staff, specialists, articles …
    level=WORD,               # city: the city's own; county: those of its districts
    kind=WORD, count=BIG,
)  # fmt: skip
THINGS = _dataset(
    "things", "began_at", "thing_id",
    thing_id=TEXT, began_at=MOMENT,
    kind=WORD,                # the life cycle's name
    status=WORD, ended_at=MOMENT, unit=WORD, due_at=MOMENT, late=FLAG,
)  # fmt: skip
INCIDENTS = _dataset(
    "incidents", "began_at", "incident_id",
    incident_id=TEXT, began_at=MOMENT, level=WORD, severity=SMALL, down_minutes=WHOLE,
)  # fmt: skip
VIOLATIONS = _dataset(
    "violations", "counted_in", "violation_id",
    violation_id=TEXT,
    counted_in=MOMENT,        # the day on which it counts: that of the missed moment
    code=WORD,                # of the city's rule of monitoring
    unit=WORD,                # null where it falls on the office
    office=FLAG, transferred=FLAG,
)  # fmt: skip

BREACHES = _dataset(
    "breaches", "registered_at", "order_id",
    order_id=TEXT, registered_at=MOMENT,
    code=WORD,                # late_sign, late_handle …
    unit=WORD, excluded=FLAG,
    counted_in=MOMENT,        # the moment that was missed, else when it happened
)  # fmt: skip
SUPERVISIONS = _dataset(
    "supervisions", "registered_at", "order_id",
    order_id=TEXT, registered_at=MOMENT,
    subject=WORD,             # order
    category=WORD,            # K1 to K5, or a ground of the city's own
    unit=WORD, issued_at=MOMENT, due_at=MOMENT, fed_back_at=MOMENT, level=SMALL,
    timely=FLAG,              # answered in time and as wanted, at its first level; null while that is open
    excluded=FLAG,
)  # fmt: skip
MEASURES = _dataset(
    "measures", "taken_at", "measure_id",
    measure_id=TEXT, taken_at=MOMENT,
    source=WORD,              # sanction, case
    kind=WORD,                # interview, notice, special_report; what the pack calls a measure of accountability
    unit=WORD,
)  # fmt: skip
MYSTERY_CALLS = _dataset(
    "mystery_calls", "called_at", "call_id",
    call_id=TEXT,
    called_at=MOMENT,
    campaign_id=TEXT,
    unit=WORD,
    reached=FLAG,
    wait_seconds=WHOLE,
    answer=WORD,              # right, partly, wrong
    attitude=SMALL,      # of five
    done=FLAG,
    tenths=SMALL,        # the score, in tenths of a point of a hundred
    rated_twice=FLAG,
)  # fmt: skip
REVIEWS = _dataset(
    "reviews", "received_at", "review_id",
    review_id=TEXT, received_at=MOMENT,
    item=TEXT, unit=WORD,
    grade=SMALL,              # 1, the worst, to 5
    verdict=WORD,             # true, partly, untrue
    verified_at=MOMENT, rectified_at=MOMENT,
    timely=FLAG,              # rectified in time; null while that is open, and of good ones
)  # fmt: skip
MESSAGES = _dataset(
    "messages", "told_at", "message_id",
    message_id=TEXT, told_at=MOMENT,
    channel=WORD,             # sms, mail, wechat, letter
    kind=WORD,                # answered, closed, referral_notice …
    pace=WORD,                # duty, result, news
    instead_of=WORD,          # the channel that failed before
    state=WORD,               # WAITING, NO_CARRIER, SENT, DELIVERED, FAILED, HELD
    handed_at=MOMENT, delivered_at=MOMENT,
    parts=SMALL,              # of a text message
)  # fmt: skip
SURVEY_ANSWERS = _dataset(
    "survey_answers", "closed_at", "survey_id",
    survey_id=TEXT,
    closed_at=MOMENT,
    question=SMALL,           # its number
    option=WORD,
    count=WHOLE, of=WHOLE,    # never fewer than five
)  # fmt: skip

DATASETS: dict[str, Dataset] = {
    each.name: each
    for each in (ORDERS, STAGES, CALLBACKS, CALLS, THREADS, ARTICLE_USES, MOVE_CAR, DELIVERIES, BROADCASTS, QUESTIONS,
                 PAPERS, STOCKS, THINGS, INCIDENTS, VIOLATIONS, BREACHES, SUPERVISIONS, MEASURES, MYSTERY_CALLS,
                 REVIEWS, MESSAGES, SURVEY_ANSWERS)
}  # fmt: skip


def table(dataset: Dataset, columns: dict[str, object], *, length: int) -> pa.Table:
    """Return a table of the dataset's schema; a column that is left out is null in every row."""
    unknown = set(columns) - set(dataset.schema.names)
    if unknown:
        raise ValueError(f"{dataset.name} has no column {sorted(unknown)}")
    arrays = []
    for field in dataset.schema:
        value = columns.get(field.name)
        if value is None:
            arrays.append(pa.nulls(length, field.type))
        elif isinstance(value, pa.Array | pa.ChunkedArray):
            arrays.append(value if value.type == field.type else value.cast(field.type))
        else:
            arrays.append(pa.array(value, type=field.type, from_pandas=False))
    return pa.table(arrays, schema=dataset.schema)


def table_of_rows(name: str, rows: Sequence[Mapping[str, Any]]) -> pa.Table:
    """Return plain rows as a table of the dataset of that name; what a row leaves out is null."""
    kind = DATASETS[name].schema
    flat = pa.schema([(each.name, _flat(each.type)) for each in kind])
    return pa.Table.from_pylist(list(rows), schema=flat).cast(kind)


def _flat(kind: pa.DataType) -> pa.DataType:
    return kind.value_type if pa.types.is_dictionary(kind) else kind
