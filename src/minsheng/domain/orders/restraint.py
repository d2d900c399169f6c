"""What restrains the reading of an order, and how it goes along wherever the order is split, joined or repaired.

Whoever lets an order beget or join another calls `carry`; a restraint is only ever added, never taken away. Read
`events.Restrained` for how it stands in the ledger.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from minsheng.domain.actors import SYSTEM
from minsheng.domain.orders import closing
from minsheng.domain.orders import commands as cmd
from minsheng.domain.orders import events as ev
from minsheng.domain.orders.case import Case, Decision, Facts
from minsheng.domain.orders.order import Order
from minsheng.domain.packs import Rules


@dataclass(frozen=True, slots=True)
class Restraint:
    """All that keeps an order, or who stands behind it, from somebody's eyes.

    `about`: the units complained about. `is_barred`: the auditor decided against publication, by `exception`.
    """

    confidential: bool = False
    is_private: bool = False
    about: tuple[str, ...] = ()
    withhold: str = ""
    is_barred: bool = False
    exception: int = 0
    sealed: bool = False


def of(order: Order) -> Restraint:
    """Return what restrains the reading of an order."""
    barred = order.publication is False
    return Restraint(
        confidential=order.confidential,
        is_private=order.is_private,
        about=order.about,
        withhold=order.withhold,
        is_barred=barred,
        exception=order.exception if barred else 0,
        sealed=order.sealed,
    )


def lacking(order: Order, wanted: Restraint) -> Restraint:
    """Return what of a restraint the order does not have yet; nothing of it where `Restraint()` comes back."""
    own = of(order)
    bars = wanted.is_barred and not own.is_barred
    return Restraint(
        confidential=wanted.confidential and not own.confidential,
        is_private=wanted.is_private and not own.is_private,
        about=tuple(unit for unit in wanted.about if unit not in own.about),
        withhold="" if own.withhold else wanted.withhold,
        is_barred=bars,
        exception=wanted.exception if bars else 0,
        sealed=wanted.sealed and not own.sealed,
    )


def carry(case: Case, source: Order, wanted: Restraint | None = None) -> None:
    """Put on record what restrains `source` and not yet the case's order; what is public by mistake is withdrawn.

    `wanted`: what of it is to be carried, by default all. Source: JY-8d, JY-9.8.1, JY-9.8.2, JY-12.
    """
    missing = lacking(case.order, wanted or of(source))
    if missing == Restraint():
        return
    case.record(
        ev.Restrained(
            source=source.id,
            confidential=missing.confidential,
            private=missing.is_private,
            about=missing.about,
            withhold=missing.withhold,
            barred=missing.is_barred,
            exception=missing.exception,
            sealed=missing.sealed,
        )
    )
    closing.run_publication(case)


def spread(case: Case, others: Iterable[Order]) -> None:
    """Let what restrains the case's order restrain others, as they stand after what the case did to them already."""
    for each in others:
        if each.id == case.order.id:
            continue
        beside = case.beside(case.others.get(each.id, each))
        carry(beside, case.order)
        case.merge(beside)


def set_publish(case: Case) -> None:
    """Change the appellant's choice, in both directions, for every part that has their words (JY-9.8.2, A-62).

    A no goes along to what the appeal was joined to, and stays there: a later yes may not undo what others wanted.
    """
    assert isinstance(case.command, cmd.SetPublish)
    case.record(ev.ChoiceChanged(case.command.publish))
    closing.run_publication(case)
    for child in case.facts.children:
        other = case.beside(child)
        other.record(ev.ChoiceChanged(case.command.publish))
        closing.run_publication(other)
        case.merge(other)
    spread(case, case.facts.goes_on)


def seal(case: Case) -> None:
    """Seal what was joined to an order that is sealed as a secret: they said the same (SZ-13.3, JY-6.3, SQ-7.3)."""
    if not case.order.sealed:
        return
    for each in case.facts.received:
        if not each.sealed:
            other = case.beside(each)
            other.record(ev.Restrained(source=case.order.id, sealed=True))
            closing.run_publication(other)
            case.merge(other)


def repair(order: Order, *, source: Order, wanted: Restraint, rules: Rules, now: datetime) -> Decision:
    """Return the facts that give an order what it lacks of a restraint, that of `source` or some of it."""
    case = Case(order, cmd.Command(), SYSTEM, rules, Facts(), now.astimezone(rules.worktime.zone))
    carry(case, source, wanted)
    return Decision(tuple(case.out), tuple(case.messages), {**case.others, order.id: case.order})
