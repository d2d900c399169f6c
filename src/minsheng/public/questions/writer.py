"""What whoever asked is told: that there is an answer, or that an order was made of it; no word of either.

Source: AR-2.2.4; JY-9.4 by analogy.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_noop

from minsheng.cases.questions.actions import KIND
from minsheng.core.messages.values import Message, Sentence
from minsheng.public.citizens import telling

HELD: Final[frozenset[str]] = frozenset()
PACES: Final[Mapping[str, int]] = {}
NAMES: Final = {
    "question_answered": gettext_noop("提问已有答复"),
    "question_became_order": gettext_noop("提问已转为诉求"),
}
_EXAMPLE: Final = "https://12345.example.cn/portal/wuzhou/questions/1"


def channels(message: Message, *, now: datetime) -> Sequence[str]:
    """Return where the asker is told."""
    return telling.channels(message, _account(message), now=now)


def undelivered(message: Message, *, channels: Sequence[str], now: datetime) -> bool:
    """Tell that nobody calls: the answer stands among the asker's own questions."""
    return False


def address(message: Message, *, now: datetime) -> str | None:
    """Return the telephone or the channel's address, after writing down that it was used."""
    return telling.address(message, _account(message), about=message.stream, now=now)


def text(message: Message, *, now: datetime) -> str:
    """Return the words, with a link where the installation has an address."""
    if telling.is_for_duty(message):
        return telling.for_duty(message, number=_number(message))
    path = reverse("questions:one", args=(message.city, _number(message)))
    return telling.linked(message, _account(message), path=path, now=now)


def sentences(city: str, *, now: datetime) -> list[Sentence]:
    """Return what askers are sent."""
    return telling.sentences(NAMES, example=_EXAMPLE)


def _account(message: Message) -> UUID | None:
    found: UUID | None = KIND.rows(pk=KIND.id_of(message.stream)).values_list("account", flat=True).first()
    return found


def _number(message: Message) -> str:
    number: str = KIND.rows(pk=KIND.id_of(message.stream)).values_list("number", flat=True)[0]
    return number
