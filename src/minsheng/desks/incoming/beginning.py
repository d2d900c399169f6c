"""A registration that begins with what somebody sent: what its form is filled with, and what becomes of it then."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from minsheng.cases.incoming.actions import KIND
from minsheng.core.files import queries as files
from minsheng.core.lifecycles import actions as lifecycles
from minsheng.core.lifecycles import queries as things
from minsheng.core.people.queries import Person
from minsheng.core.reach import actions as reach
from minsheng.core.words import opening
from minsheng.core.words import queries as words
from minsheng.desks.incoming.pages import PDF
from minsheng.domain.channels.incoming import REGISTERED, WAITING, CloseIncoming
from minsheng.domain.covering import covered
from minsheng.domain.rules import Rules

# What the form has of it.
_LONGEST: Final = 20_000


@dataclass(frozen=True, slots=True)
class Letter:
    """Something that waits for a seat, with its words in clear, and its scanned pages: name and address of each."""

    id: UUID
    number: str
    channel: str
    words: Mapping[str, str]
    scans: Sequence[tuple[str, str]] = ()

    def initial(self, rules: Rules) -> dict[str, str]:
        """Return what the form of a registration begins with; a channel that the city does not have is left open."""
        text = "\n".join(each for each in (self.words.get("subject", ""), self.words.get("text", "")) if each)
        found = {"content": text[:_LONGEST], "phone": self.words.get("phone", "")}
        # A letter of paper has its sender on the envelope.
        found |= {"name": self.words.get("from_name", ""), "address": self.words.get("address", "")}
        return found | ({"channel": self.channel} if self.channel in rules.channels else {})


def waiting(person: Person, id: str) -> Any | None:
    """Return the row of something that waits for the person; nothing where there is none."""
    if not KIND.readers.admits(person.actor):
        return None
    row = things.row_of(KIND, id, person.actor, city=person.city)
    return row if row is not None and row.status == WAITING else None


def opened(person: Person, id: str, *, now: datetime) -> Letter | None:
    """Open something to register it: its words are read, which is on record. Raises: Rejected. Source: JY-23.5."""
    row = waiting(person, id)
    if row is None:
        return None
    clear = opening.open_words(KIND.stream(row.pk), city=person.city, actor=person.actor, reason=_("登记来信"), now=now)
    scans = [
        (covered(file.name), reverse("desks:incoming_sheets", args=(row.pk, file.id)))
        for file in files.of_stream(KIND.stream(row.pk))
        if file.media_type == PDF
    ]
    return Letter(row.pk, row.number, row.channel, clear.get(1, {}), scans)


def registered(person: Person, id: UUID, *, appellant: UUID | None, number: str, now: datetime) -> None:
    """Say that it was registered, in the same transaction, and keep where its sender is reached. Raises: Rejected."""
    row = things.row_of(KIND, str(id), person.actor, city=person.city)
    command = CloseIncoming(outcome=REGISTERED, number=number)
    order = lifecycles.apply(KIND, id, command, city=person.city, by=person.actor, now=now).state.order
    # The seat has opened the words; that the address is kept is a fact of its own.
    sender = words.of(KIND.stream(id)).get(1, {}).get("sender", "")
    if appellant is not None and sender and row is not None:
        reach.bind(
            appellant, city=person.city, channel=row.channel, address=sender, verified=False, now=now, about=order
        )
