"""A rule or standard that was issued: on record with number and day, amended, repealed. Source: SZ-6a, AR-2.4."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import ClassVar, Final

from minsheng.domain import lifecycle
from minsheng.domain.facts import Event, Fact, words
from minsheng.domain.lifecycle import NEW, LifeCycle, Row, Standing, at_stage, hold_to_list, needs, needs_reason
from minsheng.domain.orders import fields
from minsheng.domain.registers.shared import names_nobody, not_later, number_free
from minsheng.domain.rejected import Rejected

IN_FORCE, REPEALED = "IN_FORCE", "REPEALED"
KINDS: Final = ("standard", "rule", "guide")
Case = lifecycle.Case["Paper"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterPaper:
    """Put a document on record: a standard, a rule or a guide, with its number and the day it was issued."""

    name: ClassVar[str] = "register_paper"
    title: str = fields.text()
    number: str = fields.text()
    kind: str = fields.text(offers=KINDS)
    issued: date | None = fields.day()
    text: str = fields.text(long=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class AmendPaper:
    """Say what was amended, and by which document."""

    name: ClassVar[str] = "amend_paper"
    text: str = fields.text(long=True)
    document: str = fields.text()


@dataclass(frozen=True, slots=True, kw_only=True)
class RepealPaper:
    """Say since when it is no longer in force, and why."""

    name: ClassVar[str] = "repeal_paper"
    on: date | None = fields.day()
    reason: str = fields.text(long=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperEvent(Event):
    """Something that happened to a document."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperRegistered(PaperEvent):
    title: str
    number: str
    kind: str
    issued: date
    text: str = words()


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperAmended(PaperEvent):
    text: str = words()
    document: str = words()


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperRepealed(PaperEvent):
    on: date
    reason: str = words()


@dataclass(frozen=True, slots=True)
class Paper(Standing):
    """A document as the facts up to now make it."""

    title: str = ""
    number: str = ""
    kind: str = ""
    issued: date | None = None


def evolve(paper: Paper, fact: Fact) -> Paper:
    """Return the document after one more fact."""
    event = fact.event
    if isinstance(event, PaperRegistered):
        paper = replace(paper, title=event.title, number=event.number, kind=event.kind, issued=event.issued)
    return lifecycle.enveloped(paper, fact)


@at_stage("fields")
def _kind_listed(case: Case) -> None:
    hold_to_list(case.command.kind, KINDS)


@at_stage("fields")
def _after_its_issue(case: Case) -> None:
    """Refuse a repeal before the document was issued."""
    if case.state.issued is not None and case.command.on < case.state.issued:
        raise Rejected("days_reversed")


def _register(case: Case) -> None:
    form = case.command
    case.record(
        PaperRegistered(title=form.title, number=form.number, kind=form.kind, issued=form.issued, text=form.text)
    )


def _amend(case: Case) -> None:
    case.record(PaperAmended(text=case.command.text, document=case.command.document))


def _repeal(case: Case) -> None:
    case.record(PaperRepealed(on=case.command.on, reason=case.command.reason))


CYCLE = LifeCycle(
    name="paper",
    states=(IN_FORCE, REPEALED),
    rows=(
        Row("P01", RegisterPaper, (NEW,), (IN_FORCE,), ("office",), _register, ("SZ-6a", "AR-2.4"),
            guards=(needs("title", "number", "kind", "issued"), _kind_listed, names_nobody, not_later("issued"),
                    number_free)),
        Row("P02", AmendPaper, (IN_FORCE,), ("=",), ("office",), _amend, ("SZ-6a",), guards=(needs("text"),)),
        Row("P03", RepealPaper, (IN_FORCE,), (REPEALED,), ("office",), _repeal, ("SZ-6a",),
            guards=(needs("on"), needs_reason, not_later("on"), _after_its_issue)),
    ),
    events=tuple(PaperEvent.__subclasses__()),
    start=Paper,
    evolve=evolve,
    ends=(REPEALED,),
)  # fmt: skip
