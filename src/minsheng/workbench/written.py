"""What a unit writes before its leader approves it: the reply to an appeal, the answer to a supervision order."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from minsheng.cases.orders.storage import queries, records
from minsheng.core.drafts import texts
from minsheng.core.people.queries import Person
from minsheng.domain.actors import UNIT_ROLES

# The commands that give a text, and those that approve it.
GIVEN: Final = ("reply", "feed_back")
APPROVING: Final = ("approve_reply", "approve_feedback")
_STREAM_OF: Final[Mapping[str, Callable[[str], str]]] = {
    "reply": records.stream_of,
    "approve_reply": records.stream_of,
    "feed_back": records.feedback_stream_of,
    "approve_feedback": records.feedback_stream_of,
}


def stream(command: str, order_id: str) -> str:
    """Return the stream of the text that a command gives or approves; another command's is the reply's."""
    return _STREAM_OF.get(command, records.stream_of)(order_id)


def draft(command: str, row: queries.Row, person: Person) -> texts.Text | None:
    """Return the unit's text for a command; nobody but the unit sees it. Source: JY-13.1c."""
    if person.acting_as not in UNIT_ROLES or person.unit is None:
        return None
    return texts.of(stream(command, row.id), unit=person.unit)
