"""Talks of three and calls that are passed on: whom a seat brings in, and what it does to the order (T03).

How a party is told: `domain.telephony.parties`. Source: SZ-15.2, JY-9.1b, JY-13.5, SQ-10.2.
"""

from __future__ import annotations

from minsheng.domain.lifecycle import at_stage, require
from minsheng.domain.orders import commands as cmd
from minsheng.domain.orders import dispatching
from minsheng.domain.orders import events as ev
from minsheng.domain.orders.case import Case
from minsheng.domain.orders.order import HANDLING
from minsheng.domain.rejected import Rejected
from minsheng.domain.telephony import parties


def party_of(case: Case, told: str) -> tuple[str, str]:
    """Return the kind of a party and who it is. Raises: Rejected `party_unknown`."""
    kind, party = parties.read(told, numbers=case.rules.emergency_numbers)
    if kind == parties.UNIT and case.facts.units.get(party) is None:
        raise Rejected("party_unknown")
    return kind, party


def _told(case: Case) -> str:
    form = case.command
    assert isinstance(form, cmd.ThreeWay | cmd.TransferCall)
    return form.party if isinstance(form, cmd.ThreeWay) else form.to


@at_stage("fields", wants=("party", "outcome"))
def talk_complete(case: Case) -> None:
    """Refuse a talk of three without whom or without what came of it, and a party that is none (SZ-15.2)."""
    assert isinstance(case.command, cmd.ThreeWay)
    require(case, ("party", "outcome"))
    party_of(case, _told(case))


@at_stage("fields", wants=("to",))
def receiver_known(case: Case) -> None:
    """Refuse to pass a call on to nobody, or to whom nobody knows."""
    require(case, ("to",))
    party_of(case, _told(case))


def three_way(case: Case) -> None:
    """Record a talk of three; the order stays where it stands. Source: SZ-15.2, JY-9.1b, JY-13.5, SQ-10.2."""
    form = case.command
    assert isinstance(form, cmd.ThreeWay)
    kind, party = party_of(case, form.party)
    case.record(ev.ThreeWayHeld(kind, party, form.outcome, form.call))


def transfer_call(case: Case) -> None:
    """Record that a call was passed on; the order stays where it stands. Source: SZ-15.2, JY-9.1b."""
    form = case.command
    assert isinstance(form, cmd.TransferCall)
    kind, party = party_of(case, form.to)
    case.record(ev.CallTransferred(kind, party, form.call))


@at_stage("bar")
def not_taken_by_a_unit(case: Case) -> None:
    """Refuse to answer online what the unit of water, power or gas took in the talk: its result is called back.

    Source: JY-13.5.
    """
    if case.order.utility and case.order.confirmed:
        raise Rejected("utility_called_back", unit=case.order.confirmed[-1])


def confirm(case: Case) -> None:
    """Let a unit have signed at its dispatch what it took in the talk before: water, power, gas. Source: JY-13.5."""
    order = case.order
    taken = [unit for unit in order.confirmed if order.part(unit) is not None] if order.utility else []
    for unit in taken:
        case.meet("sign", unit)
        if case.rules.handle_starts_at == "signed" and not order.direct:
            dispatching.start_handle(case, unit, dispatched_at=case.now)
        case.record(ev.Signed(unit, in_call=True), status=HANDLING if unit == order.lead else case.order.status)


def dispatch(case: Case) -> None:
    """Dispatch, and sign for whoever has confirmed already. Source: SZ-15.3, JY-9.2, JY-10.1, JY-13.5."""
    dispatching.dispatch(case)
    confirm(case)
