"""What people are told about an order, and where: whoever filed it, or an account that follows it.

`core.messages` keeps and sends it. Source: SQ-10.5a, JY-9.8a, SZ-15.3c.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from minsheng import wording
from minsheng.cases.appeals import queries as appeals
from minsheng.cases.orders.storage import records
from minsheng.core.messages.values import SMS, Message, account_of
from minsheng.core.people import appellants
from minsheng.core.policies import queries as policies
from minsheng.domain.facts import Notice
from minsheng.public.citizens import links
from minsheng.public.citizens.models import Account

# Decided before it has happened: nobody is told that something is public while its words wait for the auditor.
HELD: Final = frozenset({"published"})


def address(message: Message, *, now: datetime) -> str | None:
    """Return the telephone, after writing down that it was used; None when there is none."""
    order = records.order_id_of(message.stream)
    appellant = _appellant(message, order)
    if appellant is None or message.channel != SMS:
        return None
    return appellants.phone_for_message(appellant, city=message.city, order=order, now=now)


def text(message: Message, *, now: datetime) -> str:
    """Return the words, with a link where there is something to rate or to read."""
    said = wording.say(Notice(message.kind, "citizen", dict(message.params)), policies.rules_for(message.city, now=now))
    if message.kind in ("sms_callback", "answered") and settings.PUBLIC_URL:
        link = links.new(records.order_id_of(message.stream), city=message.city, now=now)
        said += _("请点击评价：%(link)s") % {"link": link}
    elif message.kind == "followed" and settings.PUBLIC_URL:
        said += f"{settings.PUBLIC_URL}{reverse('publication:case', args=(message.city, message.params['number']))}"
    return f"【12345】{said}"


def _appellant(message: Message, order: str) -> UUID | None:
    account = account_of(message.recipient)
    if account is not None:
        return Account.objects.filter(pk=account, city=message.city).values_list("appellant_id", flat=True).first()
    words = appeals.words_of(records.appeal_of(order))
    return words.appellant if words is not None else None
