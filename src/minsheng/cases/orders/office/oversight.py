"""What the supervisor's desk counts for each unit, and the rows behind each number: one condition makes both.

Numbers are those of the unit that leads an order; late signatures are counted by the unit that was late.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Exists, OuterRef, Q

from minsheng.cases.orders.models import Breach
from minsheng.cases.orders.storage import queries, records
from minsheng.domain.actors import Actor
from minsheng.domain.facts import Fact
from minsheng.domain.orders import events as ev
from minsheng.domain.packs import Rules
from minsheng.domain.worktime import Amount

# Who oversees the units. Source: SZ-39, SZ-41, SQ-18, SQ-21, JY-20.
ROLES = frozenset({"supervisor", "duty_leader", "office", "joint_meeting"})
# Due within so much working time is "about to be overdue".
SOON = Amount(1, "WD")
# Between what is counted and the unit, in the code of a list.
OF = "@"

# Where an order is with its units, and where the clock that runs is theirs and not the hotline's.
_WITH_UNIT = ("DISPATCHED", "HANDLING", "SUPPLEMENT", "RETURN_REQUESTED", "DETERMINE")
_UNIT_ACTS = ("DISPATCHED", "HANDLING", "SUPPLEMENT")
_WITH = Q(status__in=_WITH_UNIT) & ~Q(lead="")


@dataclass(frozen=True, slots=True)
class Moment:
    """When it is: `soon` is until when a due moment counts as near, `month` when this month began.

    `silent`: who was urged by then and has done nothing since has had the time that the pack gives.
    """

    now: datetime
    soon: datetime
    month: datetime
    silent: datetime


@dataclass(frozen=True, slots=True)
class Figure:
    """A number of the table: its code, the condition of the orders behind it, and the column that names the unit.

    `unit` is empty where a breach names the unit. `closed`: closed orders count too.
    """

    code: str
    where: Callable[[Moment], Q]
    unit: str = "lead"
    closed: bool = False


def _late_signs(moment: Moment) -> Q:
    # The month of a late signature is that of the moment that was missed.
    return Q(code="late_sign", due__gte=moment.month)


FIGURES = (
    Figure("open", lambda moment: _WITH),
    Figure("unsigned", lambda moment: _WITH & Q(status="DISPATCHED", due__lt=moment.now)),
    Figure("near", lambda moment: _WITH & Q(status__in=_UNIT_ACTS, due__gte=moment.now, due__lt=moment.soon)),
    Figure("over", lambda moment: _WITH & Q(status__in=_UNIT_ACTS, due__lt=moment.now)),
    Figure("late_signs", _late_signs, unit="", closed=True),
    Figure("watched", lambda moment: Q(supervised=True), unit="supervised_unit", closed=True),
    Figure("urged", lambda moment: _WITH & Q(urges__gt=0)),
    Figure("silent", lambda moment: _WITH & Q(urged_since__lte=moment.silent)),
)
_BY_CODE: Mapping[str, Figure] = {figure.code: figure for figure in FIGURES}


@dataclass(frozen=True, slots=True)
class Standing:
    """How a unit stands: its numbers by code; the total has no unit."""

    unit: str
    numbers: Mapping[str, int]


def moment_of(now: datetime, *, rules: Rules) -> Moment:
    """Return what the numbers depend on besides the orders. The month is the city's."""
    local = now.astimezone(rules.worktime.zone)
    month = local.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return Moment(now, rules.worktime.due(now, SOON).moment, month, _begun_before(now, rules.urge_silence, rules))


def _begun_before(now: datetime, amount: Amount, rules: Rules) -> datetime:
    """Return the latest whole second, or one just above it, from which an amount of time has run out by now."""
    late = now
    early = now - timedelta(days=1)
    while rules.worktime.due(early, amount).moment >= now:
        early -= now - early
    while late - early > timedelta(seconds=1):
        middle = early + (late - early) / 2
        early, late = (middle, late) if rules.worktime.due(middle, amount).moment < now else (early, middle)
    return early


def standings(actor: Actor, *, city: str, moment: Moment) -> tuple[Standing, list[Standing]]:
    """Return the total, and the units for which there is anything, those with the most overdue first.

    Three statements however many orders and units there are: open orders, supervision orders, this month's late
    signatures.
    """
    seen = queries.visible(actor, city=city)
    found: dict[str, dict[str, int]] = {}
    of_lead = [figure for figure in FIGURES if figure.unit == "lead"]
    counted = {f"n_{figure.code}": Count("id", filter=figure.where(moment)) for figure in of_lead}
    leading = seen.filter(_WITH).order_by().values("lead").annotate(**counted)
    for unit, *numbers in leading.values_list("lead", *counted):
        found[unit] = dict(zip((figure.code for figure in of_lead), numbers, strict=True))
    watched = seen.filter(_BY_CODE["watched"].where(moment)).order_by().values("supervised_unit")
    for unit, number in watched.annotate(n=Count("id")).values_list("supervised_unit", "n"):
        found.setdefault(unit, {})["watched"] = number
    late: dict[str, set[str]] = {}
    breaches = Breach.objects.filter(_late_signs(moment), city=city, order__in=seen.values("id")).order_by()
    for unit, order in breaches.values_list("party", "order"):
        late.setdefault(unit, set()).add(order)
    for unit, orders in late.items():
        found.setdefault(unit, {})["late_signs"] = len(orders)
    units = [
        Standing(unit, {each.code: numbers.get(each.code, 0) for each in FIGURES}) for unit, numbers in found.items()
    ]
    total = {figure.code: sum(unit.numbers[figure.code] for unit in units) for figure in FIGURES}
    # An order at which two units signed late is one order.
    total["late_signs"] = len(set().union(*late.values()))
    units.sort(key=lambda each: (-each.numbers["over"], -each.numbers["near"], -each.numbers["open"], each.unit))
    return Standing("", total), units


def parse(code: str) -> tuple[Figure, str] | None:
    """Return the figure and the unit (empty: all) that the code of a list names, `over@城管局`; None for no such."""
    what, at, unit = code.partition(OF)
    figure = _BY_CODE.get(what)
    return (figure, unit) if at and figure is not None and "\0" not in unit else None


def condition(figure: Figure, unit: str, moment: Moment) -> Q:
    """Return the condition of the orders behind a number; `unit` empty for all of them."""
    where = figure.where(moment)
    if figure.unit:
        return where & Q(**{figure.unit: unit}) if unit else where
    of_unit = Q(party=unit) if unit else Q()
    return Q(Exists(Breach.objects.filter(where & of_unit, order=OuterRef("pk"), city=OuterRef("city"))))


def suggested(facts: list[Fact]) -> tuple[str, str] | None:
    """Return category and ground of the supervision that the rules suggested last and nobody has issued since."""
    for fact in reversed(facts):
        match fact.event:
            case ev.SupervisionIssued():
                return None
            case ev.SupervisionSuggested(category=category, ground=ground):
                return category, ground
            case _:
                pass
    return None


def suggestion(order_id: str) -> tuple[str, str] | None:
    """Return what was suggested for an order, as `suggested` does."""
    return suggested([records.from_ledger(each) for each in queries.history(order_id)])
