"""What the guards that keep people apart have to know: whose work it is, whose draft, and which colleague has it.

The guards themselves are the domain's (`domain.orders.apart`).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from minsheng.cases.orders.office import claims
from minsheng.cases.orders.storage import queries, records
from minsheng.core.drafts import texts
from minsheng.domain.actors import Actor, is_person
from minsheng.domain.approval import Draft
from minsheng.domain.orders import apart
from minsheng.domain.orders import commands as cmd
from minsheng.domain.orders.case import Facts


def known(facts: Facts, command: cmd.Command, *, order_id: str, by: Actor, now: datetime) -> Facts:
    """Return the facts with what a person's step is held to; a program of the API has no work of its own."""
    if not is_person(by):
        return facts
    return replace(
        facts,
        author=_author(command, order_id),
        draft=_draft(command, order_id, by),
        claim=claims.of_colleague(order_id, by=by, now=now),
    )


def _author(command: cmd.Command, order_id: str) -> str:
    kind = apart.judged_by(command)
    if kind is None:
        return ""
    stored = (each for each in reversed(queries.history(order_id)) if each.type == kind.__name__)
    return apart.author_of(command, map(records.from_ledger, stored))


def _draft(command: cmd.Command, order_id: str, by: Actor) -> Draft | None:
    match command:
        case cmd.ApproveReply() | cmd.Reply():
            return texts.known(records.stream_of(order_id), unit=by.unit or "")
        case cmd.ApproveFeedback() | cmd.FeedBack():
            return texts.known(records.feedback_stream_of(order_id), unit=by.unit or "")
        case _:
            return None


def follow(command: cmd.Command, *, order_id: str, by: Actor, now: datetime) -> None:
    """Let the draft follow a step that was carried out: approved, or given as the answer. Source: JY-13.1c."""
    stream = records.stream_of(order_id)
    texts.follow(command, stream=stream, by=by, now=now, approves=cmd.ApproveReply, gives=cmd.Reply)
    feedback = records.feedback_stream_of(order_id)
    texts.follow(command, stream=feedback, by=by, now=now, approves=cmd.ApproveFeedback, gives=cmd.FeedBack)
