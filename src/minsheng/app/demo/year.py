"""A simulated year through the real actions: the same plan that `minsheng simulate` writes into a lake, played.

Meant for small scales. The plan knows one city; another's year is played by its own channels and steps. What the
platform has no feature for (calls, the forum's threads, moved cars, data shares) is not played; of the rest, the report
from the exported ledger and the report from the simulated lake are the same.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction

from minsheng.app.demo import material
from minsheng.cases.orders import actions as orders
from minsheng.core.ledger.values import ZONE
from minsheng.core.people import actions as people
from minsheng.core.policies import actions as policies
from minsheng.core.policies import queries as policy_queries
from minsheng.domain.actors import SYSTEM, Actor
from minsheng.domain.orders import commands as cmd
from minsheng.domain.orders.commands import Attestation, Command
from minsheng.domain.packs import Rules
from minsheng.domain.rejected import Rejected
from minsheng.figures.lake.order_rows import source_of
from minsheng.figures.simulation import appeals, handling
from minsheng.figures.simulation.appeals import CHANNELS, MARKS, TYPES, Month
from minsheng.figures.simulation.handling import Running, Work
from minsheng.figures.simulation.plan import Plan
from minsheng.figures.simulation.targets import SOURCES

_SEAT, _SPECIALIST = Actor("seat"), Actor("specialist")
_DISPATCHER, _AUDITOR, _CALLER = Actor("dispatcher"), Actor("auditor"), Actor("callback_agent")
_SUPERVISOR, _CITIZEN = Actor("supervisor"), Actor("citizen")
_MINUTE, _DAY = timedelta(minutes=1), timedelta(days=1)
_TOWNS = ("槐荫街道", "杏林街道", "荷风镇", "枣园镇", "雁归镇", "桑田镇")
_REGIONS = ("晴川区", "花溪区", "望湖区")
_AT_ONCE = 500

Step = tuple[datetime, Command, Actor]


@dataclass(slots=True)
class Played:
    """What came of it: how many appeals, how many steps, and what was refused (nothing, unless the plan is wrong)."""

    appeals: int = 0
    steps: int = 0
    refused: list[str] = field(default_factory=list)


def play(plan: Plan, *, name: str, told: Callable[[int, int], None] = lambda done, of: None) -> Played:
    """Open the plan's city and play its year; `told` hears how many steps of how many are done.

    Raises: Rejected city_known when the database has the city already.
    """
    if plan.city in {each.code for each in policy_queries.cities(active=False)}:
        raise Rejected("city_known", city=plan.city)
    year = plan.release.year
    _open_city(plan, name=name, at=_moment_of_year(year))
    played = Played()
    rules = policy_queries.rules_for(plan.city, now=_moment_of_year(year))
    queue = sorted(_steps(plan, year, rules), key=lambda each: (each[0], each[1], each[2]))
    known: dict[int, str] = {}
    for start in range(0, len(queue), _AT_ONCE):
        with transaction.atomic():
            for at, number, _, said, command, actor in queue[start : start + _AT_ONCE]:
                _take(plan, played, known, at, number, said, command, actor)
        told(min(start + _AT_ONCE, len(queue)), len(queue))
    return played


def _take(
    plan: Plan, played: Played, known: dict[int, str], at: datetime, number: int, said: material.Said | None,
    command: Command, actor: Actor,
) -> None:  # fmt: skip
    try:
        if said is not None:
            assert isinstance(command, cmd.AppealFields)
            outcome = orders.register(
                command, city=plan.city, actor=actor, now=at,
                words=orders.Words(title=said.title, category=said.topic.category),
            )  # fmt: skip
            known[number] = outcome.order.id
            played.appeals += 1
        elif number in known:
            orders.apply(command, order_id=known[number], actor=actor, now=at)
        played.steps += 1
    except Rejected as refusal:
        known.pop(number, None)
        played.refused.append(f"{at:%Y-%m-%d %H:%M} {command.name}: {refusal.code}")


def _open_city(plan: Plan, *, name: str, at: datetime) -> None:
    policies.open_city(
        plan.city, name=name, pack=plan.release.pack, display={"demo": True}, actor=Actor("system"), now=at
    )
    districts = plan.years[plan.release.year].targets.districts
    with transaction.atomic():
        for unit, kind, district in zip(plan.units.names, plan.units.kinds, plan.units.districts, strict=True):
            people.add_unit(
                plan.city, name=unit, kind=kind, level="city" if district < 0 else "county",
                region=districts[district] if district >= 0 else "", joined_on=at.date(), actor=SYSTEM, now=at,
            )  # fmt: skip
            _file_contacts(plan.city, unit, at=at)


def _file_contacts(city: str, unit: str, *, at: datetime) -> None:
    """File who answers for the unit: nothing is dispatched to one without contacts (SZ-9b)."""
    for place, post in enumerate(("分管领导", "主要负责人", "联系人")):
        people.set_contact(
            city, unit=unit, post=post, name="某某（模拟）", phone=f"1990000{1000 + place}", effective_on=at.date(),
            filed_at=at, now=at,
        )  # fmt: skip


def _steps(
    plan: Plan, year: int, rules: Rules
) -> Iterator[tuple[datetime, int, int, material.Said | None, Command, Actor]]:
    """Yield moment, appeal, place, words (of the first step) and the step itself, for every step of the year."""
    running = Running()
    number = 0
    for month in range(1, 13):
        made = appeals.month_of(plan, year, month)
        work = handling.work_of(plan, made, year, month, running)
        at_unit = {int(row): place for place, row in enumerate(work.rows)}
        chance = random.Random(f"{plan.seed} {year} {month}")  # noqa: S311 - it must repeat itself, not be secret
        for row in range(len(made)):
            number += 1
            said = _said(made, row, chance)
            place = at_unit.get(row)
            form = _form(made, row, said, _channel(made, row, number, rules))
            if place is None:
                steps = _answered(made, row, said, form)
            else:
                steps = _handled(plan, made, row, work, place, said, form, rules)
            for order, (at, command, actor) in enumerate(steps):
                yield at, number, order, said if order == 0 else None, command, actor


def _said(made: Month, row: int, chance: random.Random) -> material.Said:
    consult = bool(made.consult[row])
    topics = [topic for topic in material.TOPICS if (topic.type == "consult") == consult]
    return material.say(chance.choice(topics), towns=_TOWNS, regions=_REGIONS, town=chance.randrange(6), chance=chance)


def _channel(made: Month, row: int, number: int, rules: Rules) -> str:
    """Return the planned channel, or in a city that lacks one of the plan's the next of its own of that source."""
    planned = CHANNELS[made.channel[row]]
    if made.mark[row] == MARKS.index("from_110") or rules.channels.keys() >= set(CHANNELS):
        return planned
    own = [each for each in rules.channels if source_of(each, rules) == SOURCES[made.source[row]]]
    return own[number % len(own)]


def _form(made: Month, row: int, said: material.Said, channel: str) -> dict[str, object]:
    return {
        "type": TYPES[made.type[row]],
        "channel": channel,
        "appellant": "enterprise" if made.enterprise[row] else "citizen",
        "publish": "yes",
        "content": said.content,
        "place": said.place,
        "line": "110" if made.mark[row] == MARKS.index("from_110") else "",
        "real_name": True,
    }


def _answered(made: Month, row: int, said: material.Said, form: dict[str, object]) -> Iterator[Step]:
    """Yield the steps of an appeal that needs no unit."""
    at = moment(int(made.registered[row]))
    yield at, cmd.Register(**form), _SEAT  # type: ignore[arg-type]
    if made.mark[row] == MARKS.index("to_110"):
        yield at + 2 * _MINUTE, cmd.ReferEmergency(number="110"), _SEAT
        return
    who = _SPECIALIST if made.disposal[row] == 1 else _SEAT
    yield at + 4 * _MINUTE, cmd.Answer(no_article=True, text=said.answer), who


def _handled(
    plan: Plan,
    made: Month,
    row: int,
    work: Work,
    place: int,
    said: material.Said,
    form: dict[str, object],
    rules: Rules,
) -> Iterator[Step]:
    """Yield the steps of an appeal that a unit handles, at the plan's moments."""
    unit = plan.units.names[made.unit[row]]
    officer = Actor("officer", unit)
    at, dispatched, signed, completed, audited = (
        moment(int(each))
        for each in (made.registered[row], work.dispatched[place], work.signed[place], work.completed[place],
                     work.audited[place])
    )  # fmt: skip
    if work.excluded[place] and rules.undecided_acceptance == "unit_written_opinion":
        yield at, cmd.Register(**form), _SEAT  # type: ignore[arg-type]
        yield at + _MINUTE, cmd.AskAcceptance(unit=unit), _SEAT
        yield at + 2 * _MINUTE, cmd.GiveOpinion(document="书面不予受理意见", evidence=("权属证明",)), officer
        yield at + 3 * _MINUTE, cmd.ConfirmOpinion(reason="意见和依据充分"), _SUPERVISOR
        return
    yield at, cmd.Submit(**form), _SEAT  # type: ignore[arg-type]
    yield dispatched, cmd.Dispatch(unit=unit, basis="按部门职责清单"), _DISPATCHER
    yield signed, cmd.Sign(), officer
    if work.extended[place] and _asks_for_workdays(rules):
        limit = plan.limits["consult" if made.consult[row] else "other"]
        yield signed, _extension(limit, signed), officer
        yield signed, cmd.ApproveExtension(reason="情况属实"), _AUDITOR
    if work.open[place]:
        return
    yield from _replied(unit, said, rules, completed, audited)
    if rules.callback_chain[0] == "sms":
        yield from _asked_by_message(work, place, unit, said, rules, audited)
        return
    yield from _asked(work, place, unit, said, rules, audited, moment(int(work.closed[place])))


def _extension(limit: int, now: datetime) -> Command:
    return cmd.RequestExtension(
        reason="涉及多个权属单位，需现场联合勘查",
        by_workdays=limit,
        progress="已完成现场踏勘",
        next_steps="组织联合会商后实施整改",
        leader_consent=Attestation(at=now, text="同意延期"),
        citizen_informed=Attestation(at=now, channel="phone", text="已电话告知延期原因"),
    )


def _asked(
    work: Work, place: int, unit: str, said: material.Said, rules: Rules, audited: datetime, closed: datetime
) -> Iterator[Step]:
    """Yield how the appellant was asked, up to the closing."""
    if not work.asked[place]:
        for at in (audited + _MINUTE, audited + 2 * _MINUTE, closed - _MINUTE):
            yield at, cmd.Callback(reached=False), _CALLER
        yield closed, cmd.CloseUnreached(), _CALLER
        return
    if not work.rated[place]:
        yield closed, cmd.Callback(reached=True, objection=False), _CALLER
        return
    solved = bool(work.solved[place]) if work.told[place] else None
    if work.satisfied[place]:
        yield closed, cmd.Callback(reached=True, satisfied="satisfied", resolved=solved), _CALLER
        return
    again = cmd.Callback(reached=True, satisfied="dissatisfied", resolved=solved, objection=True)
    # A second round within the time that is left, with the same result, and the hotline's decision.
    step = (closed - audited) / 8
    yield audited + step, again, _CALLER
    yield audited + 2 * step, cmd.Redispatch(), _DISPATCHER
    yield audited + 3 * step, cmd.Sign(), Actor("officer", unit)
    yield from _replied(unit, said, rules, audited + 4 * step, audited + 5 * step)
    yield audited + 6 * step, again, _CALLER
    yield closed, cmd.Close(reason="已按政策答复到位，诉求超出现行规定。"), _SUPERVISOR


def _asks_for_workdays(rules: Rules) -> bool:
    """Return whether the plan's extensions, asked for at once and in working days, are ones of this city."""
    return rules.ext_window == "any_before" and rules.handle_limit_other.unit == "WD"


def _replied(unit: str, said: material.Said, rules: Rules, completed: datetime, audited: datetime) -> Iterator[Step]:
    """Yield a reply that passes, with the leader's approval where the city wants it."""
    if rules.reply_approval != "none":
        yield completed, cmd.ApproveReply(), Actor("leader", unit)
    yield completed, cmd.Reply(text=said.answer, kind="final"), Actor("officer", unit)
    yield audited, cmd.PassAudit(), _AUDITOR


def _asked_by_message(
    work: Work, place: int, unit: str, said: material.Said, rules: Rules, audited: datetime
) -> Iterator[Step]:
    """Yield how the appellant answered the text message; who says nothing is closed by the clock (SQ-10.5a)."""
    if not work.asked[place] or not work.rated[place]:
        return
    solved = bool(work.solved[place]) if work.told[place] else None
    if work.satisfied[place]:
        yield audited + _MINUTE, cmd.AnswerSms(satisfied="satisfied", resolved=solved), _CITIZEN
        return
    poor = cmd.AnswerSms(satisfied="dissatisfied", resolved=solved)
    again = cmd.Callback(reached=True, satisfied="dissatisfied", resolved=solved, objection=True)
    yield audited + _MINUTE, poor, _CITIZEN
    yield audited + 2 * _MINUTE, again, _CALLER
    yield audited + 3 * _MINUTE, cmd.Redispatch(), _DISPATCHER
    yield audited + 4 * _MINUTE, cmd.Sign(), Actor("officer", unit)
    yield from _replied(unit, said, rules, audited + 5 * _MINUTE, audited + 6 * _MINUTE)
    yield audited + 7 * _MINUTE, poor, _CITIZEN
    yield audited + 8 * _MINUTE, again, _CALLER
    yield audited + 9 * _MINUTE, cmd.Close(reason="已按政策答复到位，诉求超出现行规定。"), _SUPERVISOR


def moment(seconds: int) -> datetime:
    """Return the aware moment of a simulated wall second."""
    return datetime(1970, 1, 1, tzinfo=ZONE) + timedelta(seconds=seconds)


def _moment_of_year(year: int) -> datetime:
    return datetime(year, 1, 1, tzinfo=ZONE) - _DAY
