"""A campaign of mystery calls or of another's assessment: its calls, second ratings, scores, complaints, publication.

So many of the calls in a hundred are drawn by a seed and rated a second time. Then each unit sees its own result and
may complain before the result is published, which only those on its list read. Source: SQ-15, SZ-36.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import ClassVar, Final

from minsheng.domain import lifecycle
from minsheng.domain.actors import UNIT_ROLES
from minsheng.domain.clocks import Timer
from minsheng.domain.covering import covered
from minsheng.domain.duties.lookback import digest_of, sample
from minsheng.domain.facts import Event, Fact, words
from minsheng.domain.lifecycle import (
    NEW,
    LifeCycle,
    Row,
    Standing,
    at_stage,
    hold_to_list,
    needs,
    needs_reason,
    require,
)
from minsheng.domain.mystery.call import SECOND as TO_RATE
from minsheng.domain.mystery.call import MysteryCall
from minsheng.domain.orders import fields
from minsheng.domain.rejected import Rejected
from minsheng.domain.rules import Rules
from minsheng.domain.worktime import Amount

OPEN, RATING, WINDOW, DECIDING = "OPEN", "RATING", "WINDOW", "DECIDING"
PUBLISHED, CANCELLED = "PUBLISHED", "CANCELLED"
CLOCK: Final = "complaint_window"
# So many of a hundred calls are rated twice, rounded up.
DRAWN: Final = 10
# Who may be on the list of those who read a published result, beside units; the office has it anyway.
TOLD: Final = ("command", "joint_meeting", "supervisor", "duty_leader", "discipline")
_WAITS, _UPHELD, _REFUSED = "WAITS", "UPHELD", "REFUSED"
_WORKDAYS: Final = 5
_PERIOD: Final = re.compile(r"(?P<year>20\d\d)(-(0[1-9]|1[0-2])|Q[1-4])?")
Case = lifecycle.Case["Campaign"]


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenCampaign:
    """Open a campaign: who assesses, over which period and units, what is asked, and who reads the result."""

    name: ClassVar[str] = "open_campaign"
    title: str = fields.text()
    agency: str = fields.text()
    period: str = fields.text()
    units: tuple[str, ...] = fields.names()
    scenario: str = fields.text(long=True)
    script: str = fields.text(long=True)
    told: tuple[str, ...] = fields.names(offers=TOLD)
    told_units: tuple[str, ...] = fields.names()


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawSeconds:
    """End the calls and draw those that somebody else rates as well."""

    name: ClassVar[str] = "draw_seconds"


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenWindow:
    """Count the scores and let each unit see its own; `by_workdays`: so long it may complain."""

    name: ClassVar[str] = "open_window"
    by_workdays: int | None = fields.count(most=60)


@dataclass(frozen=True, slots=True, kw_only=True)
class Complain:
    """Complain of the own result, with a reason; once."""

    name: ClassVar[str] = "complain_score"
    reason: str = fields.text(long=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class DecideComplaint:
    """Decide on a unit's complaint; `score`: the one it gets where the complaint is upheld."""

    name: ClassVar[str] = "decide_complaint"
    unit: str = fields.text()
    upheld: bool | None = fields.flag(asked=True)
    score: int | None = fields.count(most=100)
    reason: str = fields.text(long=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishCampaign:
    """Publish the result to those on its list."""

    name: ClassVar[str] = "publish_campaign"


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelCampaign:
    """Give the campaign up: it has no result."""

    name: ClassVar[str] = "cancel_campaign"
    reason: str = fields.text(long=True)


@dataclass(frozen=True, slots=True)
class Score:
    """A unit's result: how many calls, and tenths of a point; of how many rated twice how many differ."""

    unit: str
    calls: int
    tenths: int
    doubled: int = 0
    differing: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignEvent(Event):
    """Something that happened to a campaign."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignOpened(CampaignEvent):
    title: str
    agency: str
    period: str
    units: tuple[str, ...]
    told: tuple[str, ...] = ()
    told_units: tuple[str, ...] = ()
    scenario: str = words()
    script: str = words()


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondsDrawn(CampaignEvent):
    """`digest`: the SHA-256 of the numbers of all calls that were made, sorted, a line each; `calls`: those drawn."""

    seed: str
    digest: str
    calls: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowOpened(CampaignEvent):
    scores: tuple[Score, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreContested(CampaignEvent):
    unit: str
    reason: str = words()


@dataclass(frozen=True, slots=True, kw_only=True)
class ContestDecided(CampaignEvent):
    """`tenths`: the score that the unit has from now on."""

    unit: str
    upheld: bool
    tenths: int
    reason: str = words()


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowClosed(CampaignEvent):
    """Nobody can complain any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowRecomputed(CampaignEvent):
    year: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignPublished(CampaignEvent):
    scores: tuple[Score, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignCancelled(CampaignEvent):
    reason: str = words()


@dataclass(frozen=True, slots=True)
class Campaign(Standing):
    """A campaign as the facts up to now make it; `contested`: by unit how its complaint stands."""

    title: str = ""
    agency: str = ""
    period: str = ""
    units: tuple[str, ...] = ()
    told: tuple[str, ...] = ()
    told_units: tuple[str, ...] = ()
    seed: str = ""
    drawn: tuple[str, ...] = ()
    scores: tuple[Score, ...] = ()
    contested: Mapping[str, str] = field(default_factory=dict)
    published_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """What a decision needs from elsewhere: the campaign's calls by number, a fresh seed, who calls, units that exist.

    `seed`: nobody chooses it; `callers`: accounts that hold the role today, among whom second raters are found.
    """

    calls: Mapping[str, MysteryCall] = field(default_factory=dict)
    seed: str = ""
    callers: frozenset[str] = frozenset()
    units: frozenset[str] = frozenset()


def evolve(campaign: Campaign, fact: Fact) -> Campaign:
    """Return the campaign after one more fact."""
    match event := fact.event:
        case CampaignOpened():
            campaign = replace(
                campaign, title=event.title, agency=event.agency, period=event.period, units=event.units,
                told=event.told, told_units=event.told_units,
            )  # fmt: skip
        case SecondsDrawn(seed=seed, calls=calls):
            campaign = replace(campaign, seed=seed, drawn=calls)
        case WindowOpened(scores=scores):
            campaign = replace(campaign, scores=scores)
        case ScoreContested(unit=unit):
            campaign = replace(campaign, contested={**campaign.contested, unit: _WAITS})
        case ContestDecided():
            came_to = _UPHELD if event.upheld else _REFUSED
            campaign = replace(
                campaign,
                contested={**campaign.contested, event.unit: came_to},
                scores=tuple(
                    replace(each, tenths=event.tenths) if each.unit == event.unit else each for each in campaign.scores
                ),
            )
        case CampaignPublished():
            campaign = replace(campaign, published_at=fact.at)
        case _:
            pass
    return lifecycle.enveloped(campaign, fact)


def second_rater(number: str, *, seed: str, caller: str, callers: Collection[str]) -> str:
    """Return who rates a drawn call again: another than its caller, by the seed; empty where there is nobody."""
    others = sorted(set(callers) - {caller})
    if not others:
        return ""
    return others[int(hashlib.sha256(f"{seed} {number}".encode()).hexdigest(), 16) % len(others)]


def scores_of(units: Iterable[str], calls: Iterable[MysteryCall]) -> tuple[Score, ...]:
    """Return each unit's result: the mean of its calls that count."""
    found: list[Score] = []
    made = [each for each in calls if each.counts]
    for unit in units:
        own = [each for each in made if each.unit == unit]
        tenths = sum(each.tenths for each in own) // len(own) if own else 0
        doubled = [each for each in own if each.second is not None]
        found.append(Score(unit, len(own), tenths, len(doubled), sum(each.differs for each in doubled)))
    return tuple(found)


def fire(campaign: Campaign, clock: Timer, rules: Rules) -> tuple[Fact, ...]:
    """Return what the end of the window leads to: nobody complains any more, and the office decides."""
    assert clock.due is not None
    case = lifecycle.by_system(evolve, campaign, clock.due, rules=rules)
    case.put(replace(clock, status="met"))
    case.tell("window_closed", "office")
    case.record(WindowClosed(), status=DECIDING)
    return tuple(case.out)


def recompute(campaign: Campaign, year: int, rules: Rules, now: datetime) -> tuple[Fact, ...]:
    """Return what loading a year's calendar does to the window. Source: A-48."""
    case = lifecycle.by_system(evolve, campaign, now, rules=rules)
    return lifecycle.recomputed(case, WindowRecomputed(year=year), year=year)


@at_stage("fields")
def _fits(case: Case) -> None:
    form = case.command
    if not _PERIOD.fullmatch(form.period.strip()):
        raise Rejected("period_malformed")
    for each in (*form.units, *form.told_units):
        if each not in case.facts.units:
            raise Rejected("unit_unknown", unit=each)
    for each in form.told:
        hold_to_list(each, TOLD)
    if any(covered(text) != text for text in (form.title, form.agency)):
        raise Rejected("title_names_somebody")


@at_stage("window")
def _calls_made(case: Case) -> None:
    """Refuse to draw while a call is to be made, of none, or where nobody else could rate what is drawn."""
    calls = case.facts.calls
    if waits := sum(each.status == "GIVEN" for each in calls.values()):
        raise Rejected("calls_open", count=waits)
    drawn = _drawn(case)
    if not drawn:
        raise Rejected("no_calls")
    callers = case.facts.callers
    if not all(second_rater(each, seed="", caller=calls[each].caller, callers=callers) for each in drawn):
        raise Rejected("second_rater_missing")


def _drawn(case: Case) -> tuple[str, ...]:
    return sample(_made(case), seed=case.facts.seed, percent=DRAWN)


def _made(case: Case) -> list[str]:
    return [number for number, each in case.facts.calls.items() if each.counts]


@at_stage("window")
def _seconds_done(case: Case) -> None:
    if waits := sum(each.status == TO_RATE for each in case.facts.calls.values()):
        raise Rejected("calls_open", count=waits)


@at_stage("bar")
def _own_score(case: Case) -> None:
    """Refuse a unit that has no result, and a second complaint of one."""
    state = case.state
    if not any(each.unit == case.by.unit for each in state.scores):
        raise Rejected("not_your_unit", unit=case.by.unit)
    if case.by.unit in state.contested:
        raise Rejected("contested_already")


@at_stage("bar")
def _some_wait(case: Case) -> None:
    if _WAITS not in case.state.contested.values():
        raise Rejected("not_allowed_now", status=case.state.status)


@at_stage("fields")
def _one_that_waits(case: Case) -> None:
    form = case.command
    if case.state.contested.get(form.unit) != _WAITS:
        raise Rejected("complaint_unknown", unit=form.unit)
    if form.upheld:
        require(case, ("score",))


@at_stage("bar")
def _none_waits(case: Case) -> None:
    if waits := [unit for unit, stands in case.state.contested.items() if stands == _WAITS]:
        raise Rejected("complaints_open", units="、".join(waits))


def _open(case: Case) -> None:
    form = case.command
    case.record(CampaignOpened(
        title=form.title, agency=form.agency, period=form.period.strip(), units=tuple(dict.fromkeys(form.units)),
        told=tuple(dict.fromkeys(form.told)), told_units=tuple(dict.fromkeys(form.told_units)),
        scenario=form.scenario, script=form.script,
    ))  # fmt: skip


def _draw(case: Case) -> None:
    drawn = _drawn(case)
    case.record(SecondsDrawn(seed=case.facts.seed, digest=digest_of(_made(case)), calls=drawn))


def _open_window(case: Case) -> None:
    limit = Amount(case.command.by_workdays or _WORKDAYS, "WD")
    case.start(CLOCK, limit, key="third_party_assessment")
    for unit in case.state.units:
        for role in UNIT_ROLES:
            case.tell("score_to_see", f"{role}@{unit}")
    case.record(WindowOpened(scores=scores_of(case.state.units, case.facts.calls.values())))


def _complain(case: Case) -> None:
    case.tell("score_contested", "office")
    case.record(ScoreContested(unit=case.by.unit or "", reason=case.command.reason))


def _decide(case: Case) -> None:
    form = case.command
    before = next(each.tenths for each in case.state.scores if each.unit == form.unit)
    tenths = form.score * 10 if form.upheld else before
    for role in UNIT_ROLES:
        case.tell("contest_decided", f"{role}@{form.unit}")
    case.record(ContestDecided(unit=form.unit, upheld=bool(form.upheld), tenths=tenths, reason=form.reason))


def _publish(case: Case) -> None:
    state = case.state
    for role in state.told:
        case.tell("campaign_published", role)
    for unit in dict.fromkeys((*state.units, *state.told_units)):
        case.tell("campaign_published", f"leader@{unit}")
    case.record(CampaignPublished(scores=state.scores))


def _cancel(case: Case) -> None:
    case.cancel(CLOCK)
    case.record(CampaignCancelled(reason=case.command.reason))


CYCLE: Final = LifeCycle(
    name="campaign",
    states=(OPEN, RATING, WINDOW, DECIDING, PUBLISHED, CANCELLED),
    rows=(
        Row("MP1", OpenCampaign, (NEW,), (OPEN,), ("office",), _open, ("SZ-36", "SQ-15"),
            guards=(needs("title", "agency", "period", "units"), _fits)),
        Row("MP2", DrawSeconds, (OPEN,), (RATING,), ("office",), _draw, ("SQ-15",), guards=(_calls_made,)),
        Row("MP3", OpenWindow, (RATING,), (WINDOW,), ("office",), _open_window, ("SQ-15",), guards=(_seconds_done,),
            starts=(CLOCK,)),
        Row("MP4", Complain, (WINDOW,), ("=",), UNIT_ROLES, _complain, ("SQ-15",),
            guards=(_own_score, needs_reason)),
        Row("MP5", DecideComplaint, (WINDOW, DECIDING), ("=",), ("office",), _decide, ("SQ-15",),
            guards=(_some_wait, needs("unit", "upheld", "reason"), _one_that_waits)),
        Row("MP6", PublishCampaign, (DECIDING,), (PUBLISHED,), ("office",), _publish, ("SZ-36", "SQ-15"),
            guards=(_none_waits,)),
        Row("MP7", CancelCampaign, (OPEN, RATING, WINDOW, DECIDING), (CANCELLED,), ("office",), _cancel, ("SZ-36",),
            guards=(needs_reason,), stops=(CLOCK,)),
    ),
    events=(CampaignOpened, SecondsDrawn, WindowOpened, ScoreContested, ContestDecided, WindowClosed, WindowRecomputed,
            CampaignPublished, CampaignCancelled),
    start=Campaign,
    evolve=evolve,
    fire=fire,
    recompute=recompute,
    clocks=(CLOCK,),
    ends=(PUBLISHED, CANCELLED),
    by_the_clock=((WINDOW, DECIDING),),
)  # fmt: skip
