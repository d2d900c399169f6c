"""What is written in a thread, row by row: in the transaction of the fact, and readable only once it is let in.

Source: SZ-17b, SZ-22c (the follow-up is read together with the time that it tells of).
"""

from __future__ import annotations

from typing import Any, Final

from django.db.models import QuerySet

from minsheng.cases.forum.models import READ, REFUSED, WAITING, Post
from minsheng.core.lifecycles.kinds import Held
from minsheng.core.words import queries as words
from minsheng.domain.forum import commands as cmd
from minsheng.domain.forum.state import Thread

# What units and the platform say to everybody, by the command.
_SAID: Final = {
    cmd.Stance: "stance",
    cmd.AnswerPost: "answer",
    cmd.PlatformAnswer: "platform",
    cmd.ApproveExtension: "follow_up",
}


def follow(held: Held[Thread], command: Any) -> None:
    """Let the rows follow a command that was carried out."""
    row, state = held.row, held.state
    said = words.of_fact(f"thread/{row.pk}", state.version)
    match command:
        case cmd.Comment():
            _write(held, "comment", number=state.written, standing=WAITING, member=command.account)
        case cmd.ApproveComment():
            decided(row, state.decided).update(standing=READ, text=said.get("content", ""))
        case cmd.RefuseComment():
            decided(row, state.decided).update(standing=REFUSED)
        case cmd.ApprovePost():
            row.title = said.get("title", "")
            row.save(update_fields=["title"])
            _write(held, "post", text=said.get("content", ""), member=state.account)
        case cmd.AnswerPost() if not _is_public(held, command):
            pass
        case _ if type(command) in _SAID:
            kind = _SAID[type(command)]
            _write(held, kind, text=said.get("text", ""), unit="" if kind == "platform" else state.unit)
        case _:
            pass


def _is_public(held: Held[Thread], command: cmd.AnswerPost) -> bool:
    return command.channel in ("", cmd.FORUM) and held.rules.forum_publish_default is not False


def _write(held: Held[Thread], kind: str, **columns: Any) -> None:
    Post.objects.create(thread=held.row, version=held.state.version, kind=kind, at=held.now, **columns)


def decided(row: Any, number: int) -> QuerySet[Post]:
    """Return the comment with a number."""
    return Post.objects.filter(thread=row, number=number)
