"""Changing reports: one transaction each, over `domain.duties.report`. What took long was counted before.

The words, the figures and the document stand in the row; the ledger has their digests.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec
from django.db import IntegrityError, transaction

from minsheng.core.ledger import actions as ledger
from minsheng.core.ledger import verification
from minsheng.core.ledger.facts import FactCodec
from minsheng.core.ledger.values import StoredEvent
from minsheng.core.people import queries as people
from minsheng.core.policies import queries as policies
from minsheng.domain.actors import SYSTEM, Actor
from minsheng.domain.duties import report as duty
from minsheng.domain.facts import Fact
from minsheng.domain.packs import Rules
from minsheng.domain.periods import Period
from minsheng.domain.rejected import Rejected
from minsheng.domain.report_kinds import ReportKind, kinds_of, last_period, period_of
from minsheng.figures.reports import queries
from minsheng.figures.reports.documents import fields, figures, papers
from minsheng.figures.reports.documents.figures import Figures
from minsheng.figures.reports.models import Delivery, Instruction, Report
from minsheng.figures.reports.queries import PREFIX
from minsheng.gateways import ids, packfiles

_facts = FactCodec({each.__name__: each for each in duty.ReportEvent.__subclasses__()})
# Copies that go to every unit that has joined (JY-14b).
_EVERY_UNIT = frozenset({"全体联动单位", "全体承办单位", "全体成员单位"})


# To whom a report goes that is published.
EVERYBODY = "社会公众"


@dataclass(frozen=True, slots=True)
class Key:
    """The key under which a form or a client may repeat itself."""

    scope: str
    key: str


def plan(
    city: str, *, kind: str, since: date, until: date, actor: Actor, now: datetime, key: Key | None = None
) -> UUID:
    """Put a report on the list; return its id.

    Raises: Rejected, `report_exists` when the city has that report already.
    """
    rules = policies.rules_for(city, now=now)
    known = kinds_of(packfiles.report_kinds(), rules).get(kind)
    if known is None:
        raise Rejected("report_kind_unknown")
    command = duty.Plan(kind=kind, since=since, until=until, is_duty=known.is_duty)
    report_id = ids.uuid7(now)
    row = Report(pk=report_id, city_id=city, kind=kind, since=since, until=until, changed_at=now)
    try:
        with transaction.atomic():
            if not _first_time(key, f"plan {kind} {since} {until}", now):
                return _existing(city, kind=kind, since=since, until=until)
            facts = duty.decide(queries.state_of(row), command, by=actor, rules=rules, now=_local(rules, now))
            _append(row, facts, now=now, new=True)
    except IntegrityError:
        raise Rejected("report_exists") from None
    return report_id


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
    with transaction.atomic():
        case = _case(report_id, duty.Compose.name, city=city, actor=actor, now=now)
        if not broken:
            for section in case.kind.sections:
                fields.checked(case.row.words.get(section.code, section.text), counted)
            case.row.figures = figures.plain(counted)
        _carry_out(case, duty.Compose(digest=figures.digest(counted), refused=tuple(broken)))


def write(report_id: UUID, *, city: str, section: str, text: str, actor: Actor, now: datetime, key: Key) -> None:
    """Change the words of a section. Raises: Rejected, `report_field_unknown` for a field that is no figure."""
    with transaction.atomic():
        if not _first_time(key, f"write {report_id} {section} {_digest(text)}", now):
            return
        case = _case(report_id, duty.Write.name, city=city, actor=actor, now=now)
        if section not in {each.code for each in case.kind.sections}:
            raise Rejected("field_missing", fields=("section",))
        fields.checked(text, figures.read(case.row.figures))
        case.row.words = {**case.row.words, section: text}
        _carry_out(case, duty.Write(section=section, digest=_digest(text)))


def submit(report_id: UUID, *, city: str, actor: Actor, now: datetime, key: Key) -> None:
    """Hand the report in. Raises: Rejected, `report_words_missing` when a section that must be written is not."""
    with transaction.atomic():
        if not _first_time(key, f"submit {report_id}", now):
            return
        case = _case(report_id, duty.Submit.name, city=city, actor=actor, now=now)
        written = case.row.words
        empty = [
            each.heading for each in case.kind.sections if each.is_written and not written.get(each.code, "").strip()
        ]
        if empty:
            raise Rejected("report_words_missing", sections="、".join(empty))
        _carry_out(case, duty.Submit())


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
    with transaction.atomic():
        if _first_time(key, f"{command.name} {report_id}", now):
            _carry_out(_case(report_id, command.name, city=city, actor=actor, now=now), command)


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
    with transaction.atomic():
        if not _first_time(key, f"send {report_id}", now):
            return
        case = _case(report_id, duty.Send.name, city=city, actor=actor, now=now)
        recipients, copies = ((EVERYBODY,), ()) if case.kind.is_public else recipients_of(city, kind=case.kind, now=now)
        printed = () if case.kind.is_public else case.rules.bulletin_cc
        row = case.row
        row.number, row.sent_at = number.strip(), now
        row.document = made(row, papers.Address(row.number, recipients, printed, case.now.date()))
        digest = hashlib.sha256(row.document).hexdigest()
        _carry_out(case, duty.Send(recipients=recipients, copies=copies, digest=digest))
        Delivery.objects.bulk_create(
            Delivery(report=row, recipient=name, is_copy=name not in recipients, sent_at=now)
            for name in dict.fromkeys((*recipients, *copies))
        )


def acknowledge(report_id: UUID, *, city: str, recipient: str, actor: Actor, now: datetime, key: Key) -> None:
    """Record that a recipient has it. Raises: Rejected. Source: SZ-34b, JY-14b."""
    with transaction.atomic():
        if not _first_time(key, f"acknowledge {report_id} {recipient}", now):
            return
        case = _case(report_id, duty.Acknowledge.name, city=city, actor=actor, now=now)
        _carry_out(case, duty.Acknowledge(recipient=recipient))
        Delivery.objects.filter(report=case.row, recipient=recipient).update(received_at=now)


def instruct(report_id: UUID, *, city: str, leader: str, words: str, actor: Actor, now: datetime, key: Key) -> None:
    """Record what a leader wrote on it. Raises: Rejected. Source: SZ-35a, AR-2.3."""
    if not words.strip():
        raise Rejected("field_missing", fields=("instruction",))
    with transaction.atomic():
        if not _first_time(key, f"instruct {report_id} {_digest(leader + words)}", now):
            return
        case = _case(report_id, duty.Instruct.name, city=city, actor=actor, now=now)
        _carry_out(case, duty.Instruct(leader=leader, digest=_digest(words.strip())))
        Instruction.objects.create(report=case.row, leader=leader.strip(), words=words.strip(), recorded_at=now)


def ring(stream: str, now: datetime) -> None:
    """Record that a report is late; the sweeper calls it, perhaps twice."""
    with transaction.atomic():
        row = Report.objects.select_for_update().filter(pk=UUID(stream.removeprefix(PREFIX))).first()
        if row is None:
            ledger.set_alarm(stream, due=None)
            return
        facts = _fired(row, now)
        if facts:
            _append(row, facts, now=now)
        else:
            clock = duty.next_due(queries.state_of(row))
            ledger.set_alarm(stream, due=clock.due if clock is not None else None)


def recompute(city: str, *, year: int, now: datetime) -> int:
    """Recompute the clocks that a newly loaded calendar year touches; return how many moved. Source: A-48."""
    moved = 0
    for report_id in Report.objects.filter(city=city, due__isnull=False).values_list("pk", flat=True):
        with transaction.atomic():
            row = Report.objects.select_for_update().get(pk=report_id)
            rules = policies.rules_for(city, now=now)
            facts = duty.recompute(queries.state_of(row), year=year, rules=rules, now=now)
            if facts:
                _append(row, facts, now=now)
                moved += 1
    return moved


def rebuild(*, check: bool) -> tuple[int, int]:
    """Fold every report's stream again and compare with its row; return rows compared and rows that differed."""
    rows = Report.objects.filter(version__gt=0).defer("figures", "document")
    return verification.rebuild_rows(rows, PREFIX, _folded, check=check)


def recipients_of(city: str, *, kind: ReportKind, now: datetime) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return to whom a report goes and who gets a copy, every unit by its name.

    What assesses units goes to each of them, whatever the pack says of copies.
    Source: JY-14b, SZ-34b, SZ-35a, SQ-14a, SQ-15.
    """
    rules = policies.rules_for(city, now=now)
    copies: list[str] = []
    for name in rules.bulletin_cc:
        copies.extend(people.unit_names(city, now=now) if name in _EVERY_UNIT else [name])
    if kind.assesses:
        copies.extend(people.unit_names(city, now=now))
    return rules.bulletin_recipients, tuple(dict.fromkeys(copies))


def kind_of(row: Report) -> ReportKind:
    """Return the kind of a report."""
    return packfiles.report_kinds()[row.kind]


def title_of(row: Report, sender: papers.Sender) -> str:
    """Return the title that the report will carry."""
    return kind_of(row).title.format(**papers.names_of(period_of(row.since, row.until), sender))


@dataclass(frozen=True, slots=True)
class _Case:
    """A report under its lock: the row, what had run out before, the state after that, and what decides about it."""

    row: Report
    fired: tuple[Fact, ...]
    report: duty.Report
    kind: ReportKind
    rules: Rules
    actor: Actor
    now: datetime  # in the city's zone


def _case(report_id: UUID, name: str, *, city: str, actor: Actor, now: datetime) -> _Case:
    """Lock a report for a command of that name. Raises: Rejected when there is none, or the actor may not."""
    row = Report.objects.select_for_update().filter(pk=report_id, city=city).first()
    if row is None:
        raise Rejected("not_found", status="")
    rules = policies.rules_for(city, now=now)
    fired = _fired(row, now)
    report = queries.state_of(row)
    for fact in fired:
        report = duty.evolve(report, fact)
    kind = kind_of(row)
    duty.check(report, name, by=actor, approvers=kind.approvers)
    return _Case(row, fired, report, kind, rules, actor, _local(rules, now))


def _carry_out(case: _Case, command: duty.Command) -> None:
    """Decide, append and save. Raises: Rejected."""
    facts = duty.decide(
        case.report, command, by=case.actor, rules=case.rules, approvers=case.kind.approvers, now=case.now
    )
    case.row.changed_at = case.now
    _append(case.row, (*case.fired, *facts), now=case.now)


def _fired(row: Report, now: datetime) -> tuple[Fact, ...]:
    report = queries.state_of(row)
    clock = duty.next_due(report)
    if clock is None or clock.due is None or clock.due >= now:
        return ()
    return (duty.fire(report, clock),)


def _append(row: Report, facts: Sequence[Fact], *, now: datetime, new: bool = False) -> None:
    report = queries.state_of(row)
    version = report.version
    for fact in facts:
        report = duty.evolve(report, fact)
    clock = duty.next_due(report)
    row.head = ledger.append(
        city=row.city_id,
        stream=f"{PREFIX}{row.pk}",
        version=version,
        facts=[_facts.to_ledger(fact) for fact in facts],
        alarm=clock.due if clock is not None else None,
        now=now,
        head_hash=bytes(row.head) if row.head is not None else None,
    )
    for name, value in _columns(report).items():
        setattr(row, name, value)
    row.save(force_insert=new)


def _columns(report: duty.Report) -> dict[str, Any]:
    clock = report.timers.get(duty.CLOCK)
    return {
        "status": report.status,
        "version": report.version,
        "due": clock.due if clock is not None else None,
        "is_late": bool(report.breaches),
        "state": msgspec.json.decode(msgspec.json.encode(report)),
    }


def _folded(key: str, events: Sequence[StoredEvent]) -> dict[str, Any]:
    report = duty.Report(f"{PREFIX}{key}")
    for event in events:
        report = duty.evolve(report, _facts.from_ledger(event))
    return _columns(report)


def _first_time(key: Key | None, content: str, now: datetime) -> bool:
    """Claim a form's key; False when the same was done under it before."""
    if key is None:
        return True
    fingerprint = hashlib.sha256(content.encode()).digest()
    if ledger.once(key.scope, key=key.key, fingerprint=fingerprint, now=now) is not None:
        return False
    ledger.remember(key.scope, key=key.key, status=302, body={})
    return True


def _is_planned(city: str, *, kind: str, period: Period) -> bool:
    return Report.objects.filter(city=city, kind=kind, since=period.since, until=period.until).exists()


def _existing(city: str, *, kind: str, since: date, until: date) -> UUID:
    found: UUID = Report.objects.filter(city=city, kind=kind, since=since, until=until).latest("changed_at").pk
    return found


def _local(rules: Rules, now: datetime) -> datetime:
    return now.astimezone(rules.worktime.zone)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
