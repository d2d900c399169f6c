"""Who may see persons' identities, and which roles see orders at all: the matrix of roles as one table.

The life cycle's commands have their own table (`domain.orders`); here is everything around it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType
from typing import Final

from minsheng.domain.actors import ADMINISTRATORS, UNIT_ROLES, Actor
from minsheng.domain.rejected import Rejected


class Sight(Enum):
    """How a role sees who the appellant is."""

    NEVER = "never"  # not even masked: the pseudonym alone
    MASKED = "masked"  # 张*, 138****5678, and no way to more
    REASON = "reason"  # masked; in clear after giving a reason, which is recorded
    CALL = "call"  # masked; in clear for the call that is due, recorded
    INTAKE = "intake"  # in clear while the appeal is being taken, recorded like any other


class RevealRefused(Rejected):
    """The identity may not be shown to this actor. `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)


@dataclass(frozen=True, slots=True)
class Situation:
    """What the decision about one appeal's identity depends on."""

    is_target: bool = False  # the actor's unit, or the actor, is complained about
    is_internal: bool = False  # an internal referral (JY-12)
    is_party: bool = False  # the actor's unit handles the order, or the referral involves the actor
    is_draft: bool = False  # still being taken
    call_due: bool = False  # a callback is due
    is_sealed: bool = False  # refused as a secret (SZ-13.3)
    is_confidential: bool = False  # the appellant asked to stay unknown to whoever handles the matter


# Source: roles.md, rows "See identity" and "Reveal identity for handling"; JY-8d, JY-23.5, SZ-26, A-15.
IDENTITY: Final[Mapping[str, Sight]] = MappingProxyType(
    {
        "seat": Sight.INTAKE,
        "specialist": Sight.INTAKE,
        "callback_agent": Sight.CALL,
        "designated_officer": Sight.REASON,
        "supervisor": Sight.REASON,
        "duty_leader": Sight.REASON,
        "office": Sight.REASON,
        "officer": Sight.REASON,
        "discipline": Sight.REASON,
        "leader": Sight.MASKED,
        "head": Sight.MASKED,
        "dispatcher": Sight.MASKED,
        "auditor": Sight.MASKED,
        "joint_meeting": Sight.NEVER,
        "command": Sight.NEVER,
        "connector": Sight.NEVER,
        "forum_admin": Sight.NEVER,
        "mystery_caller": Sight.NEVER,
        "overseer": Sight.NEVER,
        "admin": Sight.NEVER,
        "security_admin": Sight.NEVER,
        "audit_admin": Sight.NEVER,
        "citizen": Sight.NEVER,
    }
)

# Who says what an appeal is about, or says it better (SZ-15.2).
CATEGORIZERS: Final = frozenset({"seat", "specialist", "dispatcher", "auditor", "supervisor"})

# Who opens what was refused as a secret, with a reason on record. Source: roles, "Rejected R3 content"; SZ-13.3.
SEALED_READERS: Final = frozenset({"supervisor", "duty_leader", "office"})

# JY-12: who may see that an internal referral exists at all; officers only as its handler (`is_party`).
_SEES_REFERRALS: Final = frozenset({"designated_officer", "discipline"})
# Roles that never see orders, whatever they are about: roles.md "ADM no content".
# An overseer reads how orders were handled on a page of its own, and no order (JY-19).
_NO_CONTENT: Final = frozenset({*ADMINISTRATORS, "forum_admin", "mystery_caller", "overseer"})


def sight(actor: Actor, situation: Situation) -> Sight:
    """Return how the actor sees the identity in this situation."""
    if situation.is_target or actor.role not in IDENTITY:
        return Sight.NEVER
    of_role = IDENTITY[actor.role]
    if situation.is_sealed:
        return of_role if actor.role in SEALED_READERS else Sight.NEVER
    if situation.is_internal:
        # JY-12, A-15: of a referral only the designated officer and the discipline inspection learn the identity.
        return of_role if actor.role in _SEES_REFERRALS else Sight.NEVER
    if actor.role == "discipline":
        return Sight.NEVER
    if actor.role in UNIT_ROLES and (not situation.is_party or situation.is_confidential):
        return Sight.NEVER
    return of_role


def may_reveal(actor: Actor, situation: Situation, *, reason: str) -> None:
    """Return when the actor may see the identity in clear now; every such sight is recorded by the caller.

    Raises: RevealRefused, whose code says why.
    Source: JY-8d, JY-23.5, SZ-26, A-15.
    """
    if situation.is_target:
        raise RevealRefused("reveal_target_never")
    match sight(actor, situation):
        case Sight.NEVER:
            raise RevealRefused("reveal_role_never")
        case Sight.MASKED:
            raise RevealRefused("reveal_role_masked")
        case Sight.CALL if not situation.call_due:
            raise RevealRefused("reveal_no_call_due")
        case Sight.INTAKE if not situation.is_draft:
            raise RevealRefused("reveal_intake_over")
        case _:
            if len(reason.strip()) < 2:
                raise RevealRefused("reveal_reason_missing")


def may_ask(actor: Actor, situation: Situation) -> bool:
    """Tell whether asking for the clear identity with a reason can succeed, so that the form is offered."""
    try:
        may_reveal(actor, situation, reason="any")
    except RevealRefused:
        return False
    return True


class Reader(Enum):
    """Who somebody is to a file of an order."""

    HOTLINE = "hotline"  # the hotline's own desks
    OVERSEER = "overseer"  # city roles that never learn who anybody is, and the departments' own systems
    UNIT = "unit"  # a unit that has the matter, and the discipline organ in a referral
    UNIT_IN_CONFIDENCE = "unit_in_confidence"  # the same, where the appellant asked to stay unknown to it
    TARGET = "target"  # whoever is complained about, also where it handles the matter
    BRINGER = "bringer"  # the unit whose own file it is
    APPELLANT = "appellant"


_UNITS: Final = frozenset({Reader.UNIT, Reader.UNIT_IN_CONFIDENCE})
# Every purpose of a file and its readers, for lists, downloads, pages and API alike. What the citizen brought may
# tell who they are; what the hotline notes for itself stays there. Source: JY-23.5, JY-8d, roles ("attachments").
FILES: Final[Mapping[str, frozenset[Reader]]] = MappingProxyType(
    {
        "APPEAL": frozenset({Reader.HOTLINE, Reader.UNIT, Reader.APPELLANT}),
        "REPLY": frozenset(Reader),
        "RETURN": frozenset({Reader.HOTLINE, Reader.OVERSEER, *_UNITS, Reader.BRINGER}),
        "EXTENSION": frozenset({Reader.HOTLINE, Reader.OVERSEER, *_UNITS, Reader.BRINGER}),
        "COMMENT": frozenset({Reader.HOTLINE}),
    }
)


def reader_of(actor: Actor, situation: Situation, *, brought_by: str = "") -> Reader:
    """Return who the actor is to a file that `brought_by`, a unit or nobody's, has brought."""
    if actor.role == "citizen":
        return Reader.APPELLANT
    if actor.unit and actor.unit == brought_by:
        return Reader.BRINGER
    if situation.is_target:
        return Reader.TARGET
    if actor.role in UNIT_ROLES or actor.role == "discipline":
        return Reader.UNIT_IN_CONFIDENCE if situation.is_confidential else Reader.UNIT
    return Reader.OVERSEER if IDENTITY.get(actor.role, Sight.NEVER) is Sight.NEVER else Reader.HOTLINE


def reads_file(purpose: str, actor: Actor, situation: Situation, *, brought_by: str = "") -> bool:
    """Tell whether somebody for whom the order exists may list and read a file that was brought for the purpose."""
    return reader_of(actor, situation, brought_by=brought_by) in FILES[purpose]


def files_of(reader: Reader) -> tuple[str, ...]:
    """Return the purposes whose files such a reader reads."""
    return tuple(purpose for purpose, readers in FILES.items() if reader in readers)


def sees_orders(role: str) -> bool:
    """Tell whether the role sees orders at all. Source: roles.md, "ADM no content"."""
    return role not in _NO_CONTENT


def sees_things(role: str) -> bool:
    """Tell whether the role has things of its own beside orders: whoever sees orders, and the forum's administrator.

    Which ones exist for it says their kind. Source: roles.md, "Forum moderation".
    """
    return sees_orders(role) or role == "forum_admin"


def sees_referral(actor: Actor, *, is_party: bool, is_target: bool) -> bool:
    """Tell whether the actor may know that an internal referral exists; everyone else gets 404. Source: JY-12."""
    return not is_target and (actor.role in _SEES_REFERRALS or is_party)


def is_unit_role(role: str) -> bool:
    """Tell whether the role is held in a unit and sees that unit's orders alone."""
    return role in UNIT_ROLES
