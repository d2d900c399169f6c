"""What a thread's author is told: that it was let in, was not, or has an answer to be rated; no word of any.

Whoever is on duty at a unit hears of it too where its clocks run at night. That a telephone was used is on record
without the thread: nothing leads from one to the other. Source: SZ-17b, SZ-24, SZ-26, SQ-4.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_noop

from minsheng.cases.forum import reading
from minsheng.cases.forum.actions import KIND
from minsheng.core.messages.values import Message, Sentence
from minsheng.public.citizens import accounts, telling

HELD: Final[frozenset[str]] = frozenset()
PACES: Final[Mapping[str, int]] = {}
NAMES: Final = {
    "post_approved": gettext_noop("帖子已公开"),
    "post_refused": gettext_noop("帖子未通过审核"),
    "post_answered": gettext_noop("帖子已有答复，请评价"),
}
_EXAMPLE: Final = "https://12345.example.cn/portal/wuzhou/forum/ab3de6gh9j"


def channels(message: Message, *, now: datetime) -> Sequence[str]:
    """Return where the author is told."""
    return telling.channels(message, _appellant(message), now=now)


def undelivered(message: Message, *, channels: Sequence[str], now: datetime) -> bool:
    """Tell that nobody calls: it stands among the author's own threads."""
    return False


def address(message: Message, *, now: datetime) -> str | None:
    """Return the telephone or the channel's address, after writing down that it was used."""
    return telling.address(message, _appellant(message), about="", now=now)


def text(message: Message, *, now: datetime) -> str:
    """Return the words, with a link where the installation has an address."""
    row = KIND.rows(pk=KIND.id_of(message.stream)).get()
    if telling.is_for_duty(message):
        return telling.for_duty(message, number=row.number)
    path = reverse("forum:one", args=(message.city, row.code))
    return telling.linked(message, _appellant(message), path=path, now=now)


def sentences(city: str, *, now: datetime) -> list[Sentence]:
    """Return what authors are sent."""
    return telling.sentences(NAMES, example=_EXAMPLE)


def _appellant(message: Message) -> UUID | None:
    """Return the author's pseudonym, by the account behind the member."""
    row = KIND.rows(pk=KIND.id_of(message.stream)).get()
    account = reading.account_of(row)
    known = accounts.known(account, city=message.city) if account is not None else None
    return known.appellant if known is not None else None
