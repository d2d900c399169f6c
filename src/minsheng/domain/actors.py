"""Who acts: the roles of a hotline, held in the city or in a unit, and the actor of a command or a fact.

The roles' names are a contract (scenarios/FORMAT.md); what each may do stands in the tables of the life cycles.
"""

from __future__ import annotations

from dataclasses import dataclass

CITY_ROLES = (
    "seat",
    "specialist",
    "dispatcher",
    "auditor",
    "callback_agent",
    "supervisor",
    "designated_officer",
    "duty_leader",
    "office",
    "command",
    "joint_meeting",
    "discipline",
    "connector",
    "forum_admin",
    "mystery_caller",
    "overseer",
    "admin",
    "security_admin",
    "audit_admin",
)
# Who runs the installation, each alone in it: people and settings, security, records. Source: GB/T 22239-2019 8.1.5.
ADMINISTRATORS = ("admin", "security_admin", "audit_admin")
UNIT_ROLES = ("officer", "leader", "head")
ROLES = (*CITY_ROLES, *UNIT_ROLES, "citizen")


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a role, the unit it is held in, and the pseudonym of the person (none in a rehearsal)."""

    role: str
    unit: str | None = None
    person: str | None = None

    @classmethod
    def parse(cls, text: str) -> Actor:
        """Return the actor that `officer@UNIT` or `dispatcher` names. Raises: ValueError."""
        role, _, unit = text.partition("@")
        if role not in ROLES or (role in UNIT_ROLES) != bool(unit):
            raise ValueError(text)
        return cls(role, unit or None)

    def __str__(self) -> str:
        return f"{self.role}@{self.unit}" if self.unit else self.role


SYSTEM = Actor("system")


def is_person(by: Actor) -> bool:
    """Return whether a person with an account acts, who has work of their own."""
    return by.person is not None and by.person.startswith("staff:")
