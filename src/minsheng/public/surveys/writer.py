"""What somebody who was drawn for a survey is sent. The token is made while the words are, and kept nowhere with them.

The outbox knows who is invited; of the token there is a digest, without whom it was made for. Source: SZ-7b, SZ-26.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from minsheng.cases.appeals import queries as appeals
from minsheng.cases.orders.storage import records
from minsheng.cases.surveys import actions
from minsheng.core.messages import templates
from minsheng.core.messages.values import MARK, NEWS, SMS, Message, Sentence
from minsheng.core.people import appellants
from minsheng.core.reach import queries as reach

HELD: Final[frozenset[str]] = frozenset()
INVITED: Final = "survey_invited"
# An invitation can wait for whatever else is told.
PACES: Final = {INVITED: NEWS}
_WORDS: Final = gettext_noop("诚邀您参加“{title}”，答卷不记名：{link}")
_ORDER: Final = "order:"


def recipient(order: str) -> str:
    """Return the recipient that an order's appellant is."""
    return f"{_ORDER}{order}"


def channels(message: Message, *, now: datetime) -> Sequence[str]:
    """Return text messages; none for who wants no news."""
    appeal = records.appeal_of(message.recipient.removeprefix(_ORDER))
    appellant = appeals.appellants_of([appeal]).get(appeal)
    return () if appellant is not None and reach.wishes(appellant).no_news else (SMS,)


def undelivered(message: Message, *, channels: Sequence[str], now: datetime) -> bool:
    """Tell that nobody calls for an invitation that did not arrive."""
    return False


def address(message: Message, *, now: datetime) -> str | None:
    """Return the telephone, after writing down that it was used; None where there is none, or no link to send."""
    order = message.recipient.removeprefix(_ORDER)
    appeal = records.appeal_of(order)
    appellant = appeals.appellants_of([appeal]).get(appeal)
    if appellant is None or message.channel != SMS or not settings.PUBLIC_URL:
        return None
    return appellants.phone_for_message(appellant, city=message.city, order=order, now=now)


def text(message: Message, *, now: datetime) -> str:
    """Return the words with a link of their own; one that was made for a message that failed leads to nobody."""
    token = actions.new_token(UUID(message.stream.partition("/")[2]))
    link = f"{settings.PUBLIC_URL}{reverse('surveys:invited', args=(message.city, token))}"
    words = templates.words(message.city, message.kind, now=now) or _(_WORDS)
    return MARK + templates.filled(words, {"title": message.params["title"], "link": link})


def sentences(city: str, *, now: datetime) -> list[Sentence]:
    """Return the invitation."""
    return [
        Sentence(
            kind=INVITED, name=_("邀请参加调查"), words=_(_WORDS), places=("title", "link"), needed=("link",),
            example={"title": _("办理满意度"), "link": "https://12345.example.cn/s/Ab3dE6gH9jK2mN5p"}, mark=MARK,
        )
    ]  # fmt: skip
