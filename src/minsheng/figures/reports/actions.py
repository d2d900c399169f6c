"""Changing reports: one transaction each, over `domain.duties.report`. What took long was counted before.

The words, the figures and the document stand in the row; the ledger has their digests.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

from django.db import IntegrityError

from minsheng import wording
from minsheng.core.lifecycles import actions as lifecycles
from minsheng.core.lifecycles.kinds import FromRow, Held, Key, Kind
from minsheng.core.people import queries as people
from minsheng.core.policies import queries as policies
from minsheng.domain.actors import SYSTEM, Actor
from minsheng.domain.duties import report as duty
from minsheng.domain.periods import Period
from minsheng.domain.rejected import Rejected
from minsheng.domain.report_kinds import kinds_of, last_period
from minsheng.figures.reports import queries
from minsheng.figures.reports.documents import fields, figures, papers
from minsheng.figures.reports.documents.figures import Figures
from minsheng.figures.reports.models import Delivery, Instruction, Report
from minsheng.gateways import packfiles

__all__ = ["Key"]  # what the forms give

KIND = Kind(
    duty.CYCLE,
    model=Report,
    names=people.names,
    words=wording.REPORT_EVENTS,
    facts=lambda asked: queries.kind_of(asked.row).approvers if asked.row is not None else duty.APPROVERS,
    heavy=("figures", "document"),
)
_Held = Held[duty.Report]


def plan(
    city: str, *, kind: str, since: date, until: date, actor: Actor, now: datetime, key: Key | None = None
) -> UUID:
    """Put a report on the list; return its id.

    Raises: Rejected, `report_exists` when the city has that report already.
    """
    known = kinds_of(packfiles.report_kinds(), policies.rules_for(city, now=now)).get(kind)
    if known is None:
        raise Rejected("report_kind_unknown")
    command = duty.Plan(kind=kind, since=since, until=until, is_duty=known.is_duty)
    key = key and replace(key, content=f"{kind} {since} {until}")

    def made(report_id: UUID) -> Report:
        return Report(pk=report_id, city_id=city, kind=kind, since=since, until=until, changed_at=now)

    try:
        return lifecycles.begin(KIND, command, city=city, by=actor, now=now, made=made, key=key).id
    except IntegrityError:
        raise Rejected("report_exists") from None


def plan_due(city: str, *, now: datetime) -> list[UUID]:
    """Put every regular report of the last whole period on the list that isn't there yet; return the new ones.

    Source: SZ-37 (the third quarter is run on the first of October), JY-14b, SQ-13, SQ-14a, SQ-16.
    """
    rules = policies.rules_for(city, now=now)
    today = now.astimezone(rules.worktime.zone).date()
    opened_on = policies.city(city).opened_at.astimezone(rules.worktime.zone).date()
    made = []
    for code, kind in kinds_of(packfiles.report_kinds(), rules).items():
        if not kind.is_regular:
            continue
        period = last_period(kind.span, today=today)
        # Nobody owes a report of days before the platform was there.
        if period.until <= opened_on or _is_planned(city, kind=code, period=period):
            continue
        try:
            made.append(plan(city, kind=code, since=period.since, until=period.until, actor=SYSTEM, now=now))
        except Rejected:
            # Another worker was quicker.
            continue
    return made


def compose(
    report_id: UUID, *, city: str, counted: Figures, broken: Sequence[str], actor: Actor, now: datetime
) -> None:
    """Take counted figures into the report; words that name what isn't there any more are refused.

    Raises: Rejected, `report_figures_broken` with what doesn't hold. Source: E-16.
    """

    def composed(held: _Held) -> duty.Compose:
        if not broken:
            for section in queries.kind_of(held.row).sections:
                fields.checked(held.row.words.get(section.code, section.text), counted)
            held.row.figures = figures.plain(counted)
        return duty.Compose(digest=figures.digest(counted), refused=tuple(broken))

    _change(report_id, FromRow(duty.Compose, composed), city=city, actor=actor, now=now)


def write(report_id: UUID, *, city: str, section: str, text: str, actor: Actor, now: datetime, key: Key) -> None:
    """Change the words of a section. Raises: Rejected, `report_field_unknown` for a field that is no figure."""

    def written(held: _Held) -> duty.Write:
        if section not in {each.code for each in queries.kind_of(held.row).sections}:
            raise Rejected("field_missing", fields=("section",))
        fields.checked(text, figures.read(held.row.figures))
        held.row.words = {**held.row.words, section: text}
        return duty.Write(section=section, digest=_digest(text))

    key = replace(key, content=f"{section} {_digest(text)}")
    _change(report_id, FromRow(duty.Write, written), city=city, actor=actor, now=now, key=key)


def submit(report_id: UUID, *, city: str, actor: Actor, now: datetime, key: Key) -> None:
    """Hand the report in. Raises: Rejected, `report_words_missing` when a section that must be written is not."""

    def whole(held: _Held) -> duty.Submit:
        sections, words = queries.kind_of(held.row).sections, held.row.words
        empty = [each.heading for each in sections if each.is_written and not words.get(each.code, "").strip()]
        if empty:
            raise Rejected("report_words_missing", sections="、".join(empty))
        return duty.Submit()

    _change(report_id, FromRow(duty.Submit, whole), city=city, actor=actor, now=now, key=key)


def judge(
    report_id: UUID,
    command: duty.Approve | duty.SendBack | duty.Withdraw,
    *,
    city: str,
    actor: Actor,
    now: datetime,
    key: Key,
) -> None:
    """Approve the report, give it back to be changed, or take back what was sent. Raises: Rejected."""
    _change(report_id, command, city=city, actor=actor, now=now, key=key)


def send(
    report_id: UUID,
    *,
    city: str,
    number: str,
    made: Callable[[Report, papers.Address], bytes],
    actor: Actor,
    now: datetime,
    key: Key,
) -> None:
    """Send the report to the recipients that the pack names, or publish it, and keep the very document.

    `made` typesets it. Copies to "every unit" are one to each unit that has joined by that day.
    Source: JY-14b, SZ-35a, SQ-14a.
    """

    def typeset(held: _Held) -> duty.Send:
        row, kind = held.row, queries.kind_of(held.row)
        everybody = ((queries.EVERYBODY,), ())
        recipients, copies = everybody if kind.is_public else queries.recipients_of(city, kind=kind, now=now)
        printed = () if kind.is_public else held.rules.bulletin_cc
        row.number, row.sent_at = number.strip(), now
        row.document = made(row, papers.Address(row.number, recipients, printed, held.now.date()))
        return duty.Send(recipients=recipients, copies=copies, digest=hashlib.sha256(row.document).hexdigest())

    def deliver(held: _Held) -> None:
        sent = held.state
        Delivery.objects.bulk_create(
            Delivery(report=held.row, recipient=name, is_copy=name not in sent.recipients, sent_at=now)
            for name in dict.fromkeys((*sent.recipients, *sent.copies))
        )

    command = FromRow(duty.Send, typeset)
    _change(report_id, command, city=city, actor=actor, now=now, key=key, beside=deliver)


def acknowledge(report_id: UUID, *, city: str, recipient: str, actor: Actor, now: datetime, key: Key) -> None:
    """Record that a recipient has it. Raises: Rejected. Source: SZ-34b, JY-14b."""

    def receive(held: _Held) -> None:
        Delivery.objects.filter(report=held.row, recipient=recipient).update(received_at=now)

    key, command = replace(key, content=recipient), duty.Acknowledge(recipient=recipient)
    _change(report_id, command, city=city, actor=actor, now=now, key=key, beside=receive)


def instruct(report_id: UUID, *, city: str, leader: str, words: str, actor: Actor, now: datetime, key: Key) -> None:
    """Record what a leader wrote on it. Raises: Rejected. Source: SZ-35a, AR-2.3."""
    if not words.strip():
        raise Rejected("field_missing", fields=("instruction",))

    def keep(held: _Held) -> None:
        Instruction.objects.create(report=held.row, leader=leader.strip(), words=words.strip(), recorded_at=now)

    key, command = (
        replace(key, content=_digest(leader + words)),
        duty.Instruct(leader=leader, digest=_digest(words.strip())),
    )
    _change(report_id, command, city=city, actor=actor, now=now, key=key, beside=keep)


def _change(
    report_id: UUID,
    command: duty.Command | FromRow[duty.Report],
    *,
    city: str,
    actor: Actor,
    now: datetime,
    key: Key | None = None,
    beside: Callable[[_Held], None] | None = None,
) -> None:
    lifecycles.apply(KIND, report_id, command, city=city, by=actor, now=now, key=key, beside=beside)


def _is_planned(city: str, *, kind: str, period: Period) -> bool:
    return Report.objects.filter(city=city, kind=kind, since=period.since, until=period.until).exists()


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
