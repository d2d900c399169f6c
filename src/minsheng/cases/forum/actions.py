"""Threads on PostgreSQL, over `domain.forum`: what decisions need to know, the posts that everybody reads, orders.

What is written is kept sealed; who writes is a member, whose account alone knows the person (SZ-26). A thread that
begins an order gives it no appellant: the hotline and the unit go on seeing none.
"""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from minsheng.cases.forum import labels, members, publishing
from minsheng.cases.forum.answers import answer_of
from minsheng.cases.forum.models import Post, Thread
from minsheng.cases.forum.readers import READERS, waits_also
from minsheng.cases.orders import actions as orders
from minsheng.cases.orders.storage import queries as stored_orders
from minsheng.core.drafts import texts
from minsheng.core.lifecycles import actions as lifecycles
from minsheng.core.lifecycles import numbers
from minsheng.core.lifecycles.kinds import Asked, Held, Kind
from minsheng.core.people import queries as people
from minsheng.core.policies import queries as policies
from minsheng.core.words import actions as words
from minsheng.core.words import queries as words_of
from minsheng.domain import naming
from minsheng.domain.actors import SYSTEM, Actor
from minsheng.domain.forum import commands as cmd
from minsheng.domain.forum import state as threads
from minsheng.domain.forum.posting import number_of
from minsheng.domain.forum.thread import CYCLE
from minsheng.domain.forum.watching import appeal_of_thread
from minsheng.domain.rejected import Rejected
from minsheng.gateways import ids

__all__ = ["KIND", "follow_order"]

# Letters of an address that nobody mistakes for another; so many that no address leads to the next one.
_LETTERS: Final = "23456789abcdefghjkmnpqrstuvwxyz"
_CODE: Final = 10
_OFFICE: Final = Actor("office")
# What is said to everybody in the name of a unit or of the platform.
_PUBLIC: Final = (cmd.Stance, cmd.AnswerPost, cmd.ExtendPost, cmd.PlatformAnswer)


def _known(asked: Asked) -> threads.Known:
    command = asked.command
    state = KIND.read(asked.row) if asked.row is not None else threads.Thread("")
    request = state.request
    named = getattr(command, "unit", "")
    units = [each for each in (named, state.unit, request.by if request else "") if each]
    facts = people.unit_facts(asked.city, names=units, now=asked.now)
    known = threads.Known(
        unit_known=not named or named in facts,
        issuers=policies.rules_for(asked.city, now=asked.now).supervision_issuer,
        officer=_officer(asked, state.unit),
        rosterless=frozenset(name for name, each in facts.items() if not each.roster),
    )
    return _opened(asked, state, known)


def _officer(asked: Asked, unit: str) -> str:
    """Return one of the unit's staff whom the words that everybody is to read name; empty for none."""
    text = asked.command.text if isinstance(asked.command, _PUBLIC) else ""
    staff = people.colleagues(asked.city, unit=unit, now=asked.now) if text and unit else []
    return next((name for _, name in staff if naming.mentions(text, name)), "")


def _opened(asked: Asked, state: threads.Thread, known: threads.Known) -> threads.Known:
    """Return what is known with what the command itself needs: words, the order, the unit's text, the member."""
    command, stream = asked.command, f"thread/{state.id}"
    match command:
        case cmd.Post() | cmd.Comment():
            return replace(known, banned=members.is_banned(command.account, now=asked.now))
        case cmd.ApprovePost():
            said = words_of.of_fact(stream, 1)
            return replace(known, title=said.get("title", ""), content=said.get("content", ""))
        case cmd.ApproveComment():
            number = number_of(state.waiting, command.number)
            version = (
                Post.objects.filter(thread=asked.row, number=number or -1).values_list("version", flat=True).first()
            )
            return replace(known, content=words_of.of_fact(stream, version or 0).get("content", ""))
        case cmd.ApproveExtension() if state.extension is not None:
            return replace(known, content=words_of.of_fact(stream, state.extension.version).get("text", ""))
        case cmd.ApproveAnswer() | cmd.Stance():
            return replace(known, draft=texts.known(stream, unit=asked.by.unit or ""))
        case cmd.AnswerPost():
            said_there = answer_of(state.joined) if state.offered else ""
            return replace(known, draft=texts.known(stream, unit=asked.by.unit or ""), content=said_there)
        case cmd.JoinOrder():
            return _to_join(asked, state, known)
        case cmd.RatePost() if state.joined:
            return replace(known, order=_hotline(state.joined))
        case _:
            return known


def _to_join(asked: Asked, state: threads.Thread, known: threads.Known) -> threads.Known:
    """Return the order that is named, or the id of one that begins; its words are those that everybody reads."""
    number = asked.command.order
    if number:
        # The administrator knows the number from the hotline; orders that few may know of are none of theirs.
        found = stored_orders.visible(_OFFICE, city=asked.city).filter(number=number, is_internal=False).first()
        if found is None:
            raise Rejected("order_unknown", number=number)
        return replace(known, order=_hotline(found.pk))
    content = Post.objects.filter(thread=asked.row, kind="post").values_list("text", flat=True).first()
    return replace(known, fresh=str(ids.uuid7(asked.now)), content=content or "")


def _hotline(id: str) -> threads.Hotline | None:
    held = stored_orders.peek([id]).get(id)
    return threads.hotline(held.order) if held is not None else None


def _columns(state: threads.Thread) -> dict[str, Any]:
    asked = state.request.unit if state.request is not None and state.request.standing == threads.ASKED else ""
    return {
        "kind": state.class_,
        "units": [each for each in dict.fromkeys((state.unit, *state.co_units, asked)) if each],
        "target_unit": state.unit,
        "is_late": state.is_late,
        "member": state.account,
        "board": state.board,
        "size": state.class_,
        "is_special": state.special,
        "rectification": state.rectification,
        "order": state.joined,
        "comments": state.comments,
        "waiting": len(state.waiting),
        "posted_at": state.posted_at,
        "approved_at": state.approved_at,
        "answered_at": state.answered_at,
        "satisfied": state.satisfied,
    }


def opened(id: UUID, city: str) -> Thread:
    """Return the row of a new thread, with its number and its address."""
    code = "".join(secrets.choice(_LETTERS) for _ in range(_CODE))
    return Thread(id=id, city_id=city, number=numbers.next_of(Thread, "网帖", id=id, city=city), code=code)


def _follow(held: Held[threads.Thread], command: Any, by: Actor) -> None:
    """Let posts, the unit's text and an order that begins follow, in the same transaction. Raises: Rejected."""
    stream = KIND.stream(held.row.pk)
    publishing.follow(held, command)
    gives = cmd.AnswerPost if isinstance(command, cmd.AnswerPost) else cmd.Stance
    texts.follow(command, stream=stream, by=by, now=held.now, approves=cmd.ApproveAnswer, gives=gives)
    if isinstance(command, cmd.JoinOrder) and _hotline(held.state.joined) is None:
        content = words_of.of_fact(stream, held.state.version).get("content", "")
        appeal = appeal_of_thread(command, content=content)
        said = orders.Words(title=held.row.title, said_at=held.state.posted_at)
        orders.register(appeal, city=held.city, actor=SYSTEM, now=held.now, words=said, id=held.state.joined)


def follow_order(thread: Thread, *, now: datetime) -> None:
    """Offer the order's answer in a thread, or let the thread leave an order that was closed without one."""
    state = KIND.read(thread)
    order = _hotline(state.joined) if state.joined else None
    command = threads.next_of_order(state, order)
    if command is None:
        return
    try:
        lifecycles.apply(KIND, thread.pk, command, city=thread.city_id, by=SYSTEM, now=now)
    except Rejected as refused:
        # Somebody was faster: the thread was answered, hidden or taken from the order.
        if refused.code != "not_allowed_now":
            raise


KIND = Kind(
    CYCLE,
    model=Thread,
    names=people.names,
    words=labels.EVENTS,
    facts=_known,
    follow=_follow,
    keeps=words.keep,
    columns=_columns,
    readers=READERS,
    also=waits_also,
    labels=labels.LABELS,
    opens=opened,
    sought=("title",),
)
