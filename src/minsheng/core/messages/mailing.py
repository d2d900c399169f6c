"""What this installation has of mail: the file, the keys of tags, who carries messages, which message a mail is of."""

from __future__ import annotations

import functools
import logging
from datetime import datetime
from pathlib import Path
from typing import Final

from django.conf import settings

from minsheng.core.messages import receipts
from minsheng.core.messages.models import Message
from minsheng.core.messages.values import FAX, MAIL
from minsheng.core.people import limits
from minsheng.gateways.carriers import Carrier, Texts
from minsheng.gateways.mail import configured
from minsheng.gateways.mail.carrying import PROVIDER, MailCarrier
from minsheng.gateways.mail.configured import Mailing
from minsheng.gateways.mail.faxes import FaxCarrier
from minsheng.gateways.mail.mails import Bounce, Ours
from minsheng.gateways.sms import Demonstration
from minsheng.gateways.sms_http import Receipt

_log = logging.getLogger(__name__)

_PURPOSE: Final = "mail tags"


def known() -> Mailing | None:
    """Return what the file says; None where none is named, and while it can't be used."""
    try:
        return configured.mailing(settings.MAIL_FILE)
    except configured.MailMisconfigured as fault:
        _complain(str(fault.args[0]))
        return None


@functools.lru_cache(maxsize=32)
def _complain(says: str) -> None:
    """Log what is wrong with the file once, not at every look of every job."""
    _log.warning("mail: %s", says)


def ours(mailing: Mailing) -> Ours:
    """Return what is ours: tags that were made with an older key of the installation still hold."""
    secrets = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return mailing.ours([limits.keyed(_PURPOSE, "", each) for each in secrets])


def carrier(channel: str, *, now: datetime) -> Carrier | None:
    """Return who carries messages by mail, or faxes by a gateway; None for other channels, and where nobody does."""
    if channel not in (MAIL, FAX):
        return None
    if not settings.MAIL_FILE:
        return Texts(Demonstration()) if settings.DEMO or settings.DEBUG else None
    mailing = known()
    if mailing is None or mailing.outgoing is None:
        return None
    if channel == MAIL:
        return MailCarrier(mailing, mailing.outgoing, ours(mailing), now=now)
    if mailing.fax is None:
        return None
    fonts = Path(settings.FONTS_FOLDER) if settings.FONTS_FOLDER else None
    return FaxCarrier(
        mailing.fax, mailing.outgoing, ours(mailing), sender=mailing.sender, name=mailing.name, fonts=fonts, now=now
    )


def stream_of(id: str, *, city: str) -> str:
    """Return which stream a mail of ours was about, by its id; empty for none of the city."""
    row = Message.objects.filter(provider=PROVIDER, provider_id=id, city=city).order_by("id").first()
    return row.stream if row is not None else ""


def bounced(bounce: Bounce, *, now: datetime) -> int:
    """Take what a bounce says of a message; return whether it said something new."""
    if not bounce.id or not bounce.outcome:
        return 0
    return receipts.take(PROVIDER, [Receipt(bounce.id, bounce.outcome)], now=now)
