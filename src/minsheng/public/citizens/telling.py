"""Where somebody is told of something of their own that is no order, and whoever is on duty at a unit of the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from minsheng import wording
from minsheng.core.messages import queries as messages
from minsheng.core.messages import templates
from minsheng.core.messages.values import DUTY, MARK, SMS, Message, Sentence
from minsheng.core.people import appellants, units
from minsheng.core.people import queries as people
from minsheng.core.reach import queries as reach
from minsheng.domain.facts import Notice

# What is said of the link behind a message.
_LINK: Final = gettext_noop("请查看：{link}")


def is_for_duty(message: Message) -> bool:
    """Tell whether a message is for whoever is on duty at a unit."""
    return message.recipient.startswith(DUTY)


def channels(message: Message, appellant: UUID | None, *, now: datetime) -> Sequence[str]:
    """Return what somebody wishes first, then text messages; a channel that nobody carries is none."""
    if is_for_duty(message):
        return (SMS,)
    if appellant is None:
        return ()
    there = {SMS, *reach.channels_of(appellant)}
    wanted = dict.fromkeys((*reach.wishes(appellant).channels, SMS))
    return [each for each in wanted if each in there and (each == SMS or messages.is_carried(each, now=now))]


def address(message: Message, appellant: UUID | None, *, about: str, now: datetime) -> str | None:
    """Return the telephone or the channel's address, after writing down that it was used; `about` stands there.

    Who is on duty has given the number for this (SZ-9b): that it was used is on record with the message itself.
    """
    if is_for_duty(message):
        unit = message.recipient.removeprefix(DUTY)
        today = units.stand_ins(message.city, names=[unit])
        return people.phone_on_duty(message.city, unit=today.get(unit, unit), at=now)
    if appellant is None:
        return None
    if message.channel != SMS:
        return reach.address_for_message(appellant, city=message.city, channel=message.channel, about="", now=now)
    return appellants.phone_for_message(appellant, city=message.city, order=about, now=now)


def mark(message: Message) -> str:
    """Return what a message begins with in its channel."""
    return MARK if message.channel == SMS else ""


def linked(message: Message, appellant: UUID | None, *, path: str, now: datetime) -> str:
    """Return the words in the language that is wished, with a link where the installation has an address."""
    with translation.override(reach.wishes(appellant).language or settings.LANGUAGE_CODE):
        words = templates.words(message.city, message.kind, now=now) or _words(message.kind)
        values = {"link": f"{settings.PUBLIC_URL}{path}"} if settings.PUBLIC_URL else {}
        return mark(message) + templates.filled(words, values)


def sentences(names: Mapping[str, str], *, example: str) -> list[Sentence]:
    """Return the messages of these kinds as the office may write them anew; `names`: what each is called."""
    return [
        Sentence(
            kind=kind, name=_(name), words=_words(kind), places=("link",), needed=("link",), example={"link": example},
            mark=MARK,
        )
        for kind, name in names.items()
    ]  # fmt: skip


def _words(kind: str) -> str:
    return wording.words_of_notice(kind, None) + _(_LINK)


def for_duty(message: Message, *, number: str) -> str:
    """Return what whoever is on duty is told: what has happened, and what to look at; nobody's data."""
    said = wording.say(Notice(message.kind, message.recipient, message.params))
    return f"{mark(message)}{said}{number}"
