"""Surveys on PostgreSQL: of whom a sample is drawn, tokens, answers that are taken in heaps.

An answer never meets a person: the token that came with a message is marked as used, and the answer is written without
it, with no more than the day; a job mixes what came on a day and writes it anew. Source: SZ-7b, SZ-26.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, time, timedelta
from typing import Any, Final
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import QuerySet

from minsheng.cases.appeals import queries as appeals
from minsheng.cases.orders.storage import planted, records
from minsheng.cases.orders.storage import queries as orders
from minsheng.cases.surveys import labels
from minsheng.cases.surveys.models import Answer, Callee, Survey, Token, Waiting
from minsheng.core.ledger.values import ZONE, canonical
from minsheng.core.lifecycles import actions as things
from minsheng.core.lifecycles import numbers
from minsheng.core.lifecycles.kinds import Asked, FromRow, Held, Kind, Readers
from minsheng.core.people import appellants, statistics
from minsheng.core.people import queries as people
from minsheng.core.people.permissions import Situation
from minsheng.core.words import actions as words
from minsheng.domain.actors import SYSTEM, Actor
from minsheng.domain.covering import covered
from minsheng.domain.rejected import Rejected
from minsheng.domain.surveys import questions, survey
from minsheng.domain.surveys.questions import TEXT, Answers
from minsheng.domain.surveys.results import LEAST

__all__ = ["KIND", "answer", "new_token", "survey_of", "take"]

# What became of a call beside an answer.
OUTCOMES: Final = ("UNREACHED", "REFUSED")
_REASON: Final = "社情民意调研"
_BY_CHANCE: Final = secrets.SystemRandom()


def new_token(survey: UUID) -> str:
    """Return a fresh token for one answer; what is kept of it is its digest."""
    token = secrets.token_urlsafe(16)
    Token.objects.create(digest=_digest(token), survey=survey)
    return token


def survey_of(city: str, token: str) -> UUID | None:
    """Return the survey that a token is good for, used or not; None for one that was never given."""
    row = Token.objects.filter(digest=_digest(token)).first()
    known = row is not None and KIND.rows_in(city, pk=row.survey).exists()
    return row.survey if row is not None and known else None


def is_used(token: str) -> bool:
    """Tell whether somebody has answered with a token."""
    return Token.objects.filter(digest=_digest(token), is_used=True).exists()


def answer(
    id: UUID,
    given: Answers,
    *,
    city: str,
    way: str,
    key: UUID,
    district: str = "",
    token: str = "",
    now: datetime,
) -> None:
    """Keep an answer of nobody; one for each token. Raises: Rejected.

    `key`: of the form, by chance; the answer has it until it is mixed, so that a second press finds it. Personal
    data in free text are covered before it is kept: nobody reads what was typed.
    """
    with transaction.atomic():
        if Waiting.objects.filter(id=_own(id, key)).exists():
            return
        row = KIND.rows_in(city, pk=id).first()
        if row is None or row.status != survey.OPEN:
            raise Rejected("survey_over")
        if way == survey.MESSAGE:
            found = Token.objects.select_for_update().filter(digest=_digest(token), survey=id).first()
            if found is None:
                raise Rejected("not_found")
            if found.is_used:
                raise Rejected("survey_answered")
            found.is_used = True
            found.save(update_fields=["is_used"])
        asked = KIND.read(row).questions
        kept = {
            str(number): [covered(each) if asked[number - 1].kind == TEXT else each for each in chosen]
            for number, chosen in questions.hold(asked, given).items()
        }
        known = district if district in districts(city) else ""
        day = now.astimezone(ZONE).date()
        answered = {"survey": id, "day": day, "way": way, "district": known, "answers": kept}
        Waiting.objects.get_or_create(id=_own(id, key), defaults=answered)


def _own(survey: UUID, key: UUID) -> UUID:
    """Return under what an answer waits: a form's key in one survey is none of another's."""
    return UUID(bytes=hashlib.sha256(key.bytes + survey.bytes).digest()[:16], version=4)


def number_of(order: str, *, city: str, by: Actor, now: datetime) -> str:
    """Return the telephone of somebody who was drawn, after writing down who reads it; empty where there is none.

    Raises: RevealRefused, OpeningsUsedUp. Source: JY-23.5.
    """
    appeal = records.appeal_of(order)
    appellant = appeals.appellants_of([appeal]).get(appeal)
    if appellant is None:
        return ""
    identity = appellants.reveal(
        appellant, city=city, actor=by, situation=Situation(call_due=True), order=order, reason=_REASON,
        fields=("phone",), now=now,
    )  # fmt: skip
    return identity.phone or ""


def answered_by_telephone(
    id: UUID, order: str, given: Answers, *, city: str, key: UUID, district: str = "", now: datetime
) -> None:
    """Keep what somebody said on the telephone, as an answer of nobody; they are called once. Raises: Rejected."""
    with transaction.atomic():
        if not Waiting.objects.filter(id=_own(id, key)).exists():
            _called(id, order, "ASKED")
        answer(id, given, city=city, way=survey.TELEPHONE, key=key, district=district, now=now)


def not_answered(id: UUID, order: str, outcome: str) -> None:
    """Keep that somebody was not reached, or did not want to answer. Raises: Rejected."""
    if outcome not in OUTCOMES:
        raise Rejected("not_found")
    with transaction.atomic():
        _called(id, order, outcome)


def _called(id: UUID, order: str, state: str) -> None:
    if not Callee.objects.filter(survey=id, order=order, state="TO_CALL").update(state=state):
        raise Rejected("survey_answered")


def districts(city: str) -> list[str]:
    """Return the districts that somebody may name as theirs."""
    return sorted(set(statistics.regions(city).values()))


def take(city: str, *, now: datetime) -> None:
    """Mix the answers of days that are over, and of surveys that are, and let them count; once however often."""
    today = now.astimezone(ZONE).date()
    for row in KIND.rows_in(city, status__in=(survey.OPEN, survey.CLOSED)):
        waiting = Waiting.objects.filter(survey=row.pk)
        if row.status == survey.OPEN:
            waiting = waiting.filter(day__lt=today)
        # So few mix with nobody: they wait for others, until the survey is over.
        if waiting.count() >= (LEAST if row.status == survey.OPEN else 1):
            _take(row, waiting, now=now)


def forget() -> None:
    """Delete what waits of surveys that were given up."""
    going_on = KIND.rows(status__in=(survey.OPEN, survey.CLOSED)).values("pk")
    Waiting.objects.exclude(survey__in=going_on).delete()


def _take(row: Any, waiting: QuerySet[Waiting], *, now: datetime) -> None:
    def mixed(held: Held[survey.Survey]) -> survey.TakeAnswers:
        found = list(waiting.select_for_update())
        _BY_CHANCE.shuffle(found)
        fresh = [
            Answer(
                id=uuid4(), survey=row.pk, heap=held.state.version + 1, way=each.way, district=each.district,
                answers=each.answers,
            )
            for each in found
        ]  # fmt: skip
        Answer.objects.bulk_create(fresh)
        Waiting.objects.filter(pk__in=[each.pk for each in found]).delete()
        return survey.TakeAnswers(count=len(fresh), digest=digest_of(fresh))

    things.apply(KIND, row.pk, FromRow(survey.TakeAnswers, mixed), city=row.city_id, by=SYSTEM, now=now)


def digest_of(answers: list[Answer]) -> str:
    """Return what binds a heap of answers to the fact that it came, in whatever order they stand."""
    lines = sorted(canonical({"way": e.way, "district": e.district, "answers": e.answers}) for e in answers)
    return hashlib.sha256(b"\n".join(lines)).hexdigest()


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _known(asked: Asked) -> survey.Known:
    waiting = Waiting.objects.filter(survey=asked.row.pk).count() if asked.row is not None else 0
    if not isinstance(asked.command, survey.OpenSurvey):
        return survey.Known(waiting=waiting)
    return survey.Known(_population(asked.city, KIND.read(asked.row)), seed=secrets.token_hex(16), waiting=waiting)


def _population(city: str, state: survey.Survey) -> dict[str, tuple[str, ...]]:
    """Return the numbers of the orders that were closed in the survey's days, by district; no planted one."""
    if state.since is None or state.until is None:
        return {}
    since, until = (
        datetime.combine(day, time(), tzinfo=ZONE) for day in (state.since, state.until + timedelta(days=1))
    )
    regions, out = statistics.regions(city), planted.numbers(city)
    found: dict[str, list[str]] = {}
    for unit, number in orders.closed_by_units(city, since=since, until=until):
        if number not in out:
            found.setdefault(regions.get(unit, ""), []).append(number)
    return {district: tuple(each) for district, each in found.items()}


def _list_of_calls(held: Held[survey.Survey], command: Any, by: Actor) -> None:
    """Let those who were drawn stand on the list of whoever calls them."""
    if isinstance(command, survey.OpenSurvey) and survey.TELEPHONE in held.state.ways:
        drawn = orders.numbered(held.city, held.state.orders)
        Callee.objects.bulk_create(Callee(survey=held.row.pk, order=row.id) for row in drawn)


def _columns(state: survey.Survey) -> dict[str, Any]:
    return {"title": state.title, "has_link": survey.LINK in state.ways}


def _opens(id: UUID, city: str) -> Survey:
    return Survey(id=id, city_id=city, number=numbers.next_of(Survey, "调查", id=id, city=city))


KIND = Kind(
    survey.CYCLE,
    model=Survey,
    names=people.names,
    words=labels.EVENTS,
    facts=_known,
    follow=_list_of_calls,
    keeps=words.keep,
    columns=_columns,
    readers=Readers(roles=("office", "command", "supervisor", "callback_agent")),
    labels=labels.LABELS,
    opens=_opens,
    sought=("title",),
)
