"""Guards that keep people apart: nobody decides on their own work, nor on what a colleague has before them.

The last to be asked. They look at facts from elsewhere alone, and hold people: a program of the API, which may speak
for many, is held by its roles, and in a rehearsal nobody has a name. What binds an approved text: `domain.approval`.
Source: roles ("AUD not the person who wrote the reply", "OFF self-approval"), SZ-15.4, JY-9.5, JY-13.1c, JS-2.1c.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

from minsheng.domain.actors import is_person
from minsheng.domain.claiming import unclaimed_at
from minsheng.domain.facts import Event, Fact
from minsheng.domain.lifecycle import at_stage
from minsheng.domain.orders import commands as cmd
from minsheng.domain.orders import events as ev
from minsheng.domain.orders.case import Case
from minsheng.domain.rejected import Rejected

# Whose work a command decides on: the last fact of that kind.
JUDGED: Final[Mapping[type[cmd.Command], type[Event]]] = MappingProxyType(
    {
        cmd.DismissRejection: ev.RejectionProposed,
        cmd.Reject: ev.RejectionProposed,
        cmd.PassAudit: ev.Replied,
        cmd.RejectAudit: ev.Replied,
        cmd.Callback: ev.Replied,
        cmd.CloseUnreached: ev.Replied,
        cmd.Reply: ev.ReplyApproved,
        cmd.ApproveExtension: ev.ExtensionRequested,
        cmd.RefuseExtension: ev.ExtensionRequested,
        cmd.AcceptReturn: ev.ReturnRequested,
        cmd.RefuseReturn: ev.ReturnRequested,
    }
)
# The desks whose work several people share, so that one has to say what they take.
SHARED_DESKS: Final = frozenset({"dispatcher", "auditor", "callback_agent"})


def judged_by(command: cmd.Command) -> type[Event] | None:
    """Return the kind of fact that a command decides on, or None.

    Only R9 decides on a proposal: the other codes are the seat's own (SZ-13.7).
    """
    if isinstance(command, cmd.Reject) and command.code != "R9":
        return None
    return JUDGED.get(type(command))


def author_of(command: cmd.Command, facts: Iterable[Fact]) -> str:
    """Return who did what a command decides on; `facts` are those of its order, the newest first."""
    kind = judged_by(command)
    if kind is None:
        return ""
    return next((fact.by.person or "" for fact in facts if type(fact.event) is kind), "")


@at_stage("apart")
def somebody_else(case: Case) -> None:
    """Refuse a decision on what the same person wrote or asked for."""
    if is_person(case.by) and case.facts.author == case.by.person:
        raise Rejected("self_approval")


# Refuses a step at a shared desk while a colleague of that desk has the order.
unclaimed: Final = unclaimed_at(SHARED_DESKS)
