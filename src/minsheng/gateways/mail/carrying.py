"""The carrier of messages by mail, as `gateways.carriers` has one for every channel."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from minsheng.domain.rejected import Rejected
from minsheng.gateways.mail import sending, tags
from minsheng.gateways.mail.configured import Mailing
from minsheng.gateways.mail.lines import Line
from minsheng.gateways.mail.mails import Ours
from minsheng.gateways.mail.sending import MailRefused, Outgoing
from minsheng.gateways.sms import Handed, SmsRefused

# Who took a message, as rows and receipts have it.
PROVIDER: Final = "mail"
# What a mail is about stands in it: subjects are shown on locked telephones and kept in logs of servers.
SUBJECT: Final = "【12345】您反映的事项有新的消息"


class MailCarrier:
    """Hands messages over by SMTP. The id of one is made of its reference, so that twice the same is one mail."""

    name = PROVIDER
    shows = False

    def __init__(self, mailing: Mailing, line: Line, ours: Ours, *, now: datetime) -> None:
        self._mailing, self._line, self._ours, self._now = mailing, line, ours, now

    def send(self, address: str, text: str, /, *, reference: str, about: str = "") -> Handed:
        """Hand a mail over; mail programs show those about one stream together.

        Raises: MailAway; SmsRefused for an address that no try will reach.
        """
        key = self._ours.keys[0]
        # Of no mail that was ever sent: all that are about one stream hang on it.
        root = tags.message_id(tags.id_of(about, key=key), domain=self._ours.domain, key=key) if about else ""
        mail = Outgoing(id=tags.id_of(reference, key=key), to=address, subject=SUBJECT, text=text, in_reply_to=root)
        try:
            message = sending.built(
                mail, sender=self._mailing.sender, name=self._mailing.name, ours=self._ours, now=self._now
            )
        except (ValueError, Rejected) as fault:  # no address at all
            raise SmsRefused from fault
        path = sending.return_path(mail, ours=self._ours)
        try:
            sending.hand_over(message, to=address, path=path, line=self._line, domain=self._mailing.domain)
        except MailRefused as refused:
            raise SmsRefused from refused
        # That a server has taken it is no receipt; a bounce may come, and most mails have none.
        return Handed(PROVIDER, mail.id)
