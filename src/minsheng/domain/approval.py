"""A text that somebody else approves before it is given: what guards know of it, and the guards, for any life cycle.

A life cycle takes part by facts that have `draft`: of the acting unit, or None. Guards hold persons alone.
Source: JY-13.1c, roles ("OFF self-approval").
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any, Final

from minsheng.domain.actors import is_person
from minsheng.domain.lifecycle import Case, Guard, at_stage
from minsheng.domain.rejected import Rejected


@dataclass(frozen=True, slots=True)
class Draft:
    """A unit's draft of what it will say next: who saved it, its digest, and that of what the leader last approved.

    `digest`: None where the text can't be read; `is_sent`: it waits for the leader; `purpose`: what it is to be said
    as, where a life cycle has several ways to say something.
    """

    saved_by: str
    approved: bytes | None = None
    digest: bytes | None = b""
    is_sent: bool = False
    purpose: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """What a life cycle that asks nothing else from elsewhere knows of a draft."""

    draft: Draft | None = None


# What a form says whose person saw that there is no text yet.
NO_TEXT: Final = "none"


def digest_of(text: str) -> bytes:
    """Return what tells two texts apart; line ends and surrounding space don't count."""
    return hashlib.sha256("\n".join(text.split("\r\n")).strip().encode()).digest()


@at_stage("apart")
def somebody_elses_draft(case: Case[Any]) -> None:
    """Refuse to approve one's own draft (JY-13.1c)."""
    draft = case.facts.draft
    if is_person(case.by) and draft is not None and draft.saved_by == case.by.person:
        raise Rejected("self_approval")


def as_seen(field: str) -> Guard:
    """Return a guard that refuses to approve another text than the one whose digest the command's field says was seen,
    and one that nobody can read. A command without a digest, as of a program, approves what stands.
    """

    @at_stage("apart")
    def is_text_seen(case: Case[Any]) -> None:
        draft, seen = case.facts.draft, getattr(case.command, field)
        if not is_person(case.by):
            return  # whoever keeps the texts asks of a program's digest
        if draft is not None and draft.digest is None:
            raise Rejected("draft_unreadable")
        if seen and seen != (draft.digest.hex() if draft is not None and draft.digest is not None else NO_TEXT):
            raise Rejected("draft_changed")

    return is_text_seen


def as_approved(field: str) -> Guard:
    """Return a guard that refuses another text in the command's field than the one that was approved (JY-13.1c)."""

    @at_stage("apart")
    def is_approved_text(case: Case[Any]) -> None:
        draft = case.facts.draft
        if is_person(case.by) and draft is not None and draft.approved is not None:
            if draft.approved != digest_of(getattr(case.command, field)):
                raise Rejected("reply_differs")

    return is_approved_text
