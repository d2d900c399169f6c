"""Faxes by mail: what a gateway sends for each that came, its receipts for those that went, and the paper that goes.

The gateway is a machine or a service of the city's that turns faxes into mails with TIFF or PDF, and such mails into
faxes. Who its mails are from, in which headers a number stands and what its receipts say is in the file of mail.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from email.parser import BytesHeaderParser
from email.policy import default
from pathlib import Path
from typing import Final

from minsheng.domain.rejected import Rejected
from minsheng.gateways import documents
from minsheng.gateways.mail import mails, sending, tags
from minsheng.gateways.mail.lines import Line
from minsheng.gateways.mail.mails import Mail, Ours
from minsheng.gateways.mail.sending import MailRefused, Outgoing
from minsheng.gateways.sms import Handed, SmsRefused

NUMBER: Final = re.compile(r"\+?\d[\d\- ]{3,18}\d")
_LAYOUT: Final = Path(__file__).with_name("fax.typ")
_HEAD_AT_MOST: Final = 64 * 1024
# So long a number is none of a telephone (E.164 has 15 digits).
_DIGITS_AT_MOST: Final = 15


@dataclass(frozen=True, slots=True, kw_only=True)
class Gateway:
    """A gateway of faxes: whom its mails are from, headers with the caller's number, where a fax to a number is sent.

    `delivered`, `failed`: what its receipts say in their subject; without the first no receipt is waited for.
    """

    sender: str
    number_in: tuple[str, ...]
    to: str
    delivered: re.Pattern[str] | None = None
    failed: re.Pattern[str] | None = None

    def brought(self, mail: Mail) -> bool:
        """Tell whether a mail says that it is the gateway's; whoever forges that names a number, no more."""
        return mail.sender.address == self.sender

    def outcome(self, mail: Mail) -> str:
        """Return what a receipt says of a fax that went, as `mails` has outcomes; empty for what is none."""
        if self.delivered is not None and self.delivered.search(mail.subject):
            return mails.DELIVERED
        return mails.PERMANENT if self.failed is not None and self.failed.search(mail.subject) else ""

    def caller(self, raw: bytes) -> str:
        """Return the digits of the number that a fax came from; empty where the gateway says none."""
        message = BytesHeaderParser(policy=default).parsebytes(raw[:_HEAD_AT_MOST])
        for name in self.number_in:
            found = NUMBER.search(str(message.get(name, "")))
            digits = digits_of(found[0]) if found is not None else ""
            if 0 < len(digits) <= _DIGITS_AT_MOST:
                return digits
        return ""


def digits_of(number: str) -> str:
    """Return what is dialed for a number: at home the area code with its zero, abroad 00 and the country."""
    plain = re.sub(r"[^\d+]", "", number)
    if found := re.fullmatch(r"(?:\+|00)860?(\d+)", plain) or re.fullmatch(r"86(1\d{10}|0\d{9,11})", plain):
        rest = found[1]
        return rest if rest.startswith("0") or re.fullmatch(r"1\d{10}", rest) else f"0{rest}"
    return f"00{plain[1:]}" if plain.startswith("+") else plain.replace("+", "")


class FaxCarrier:
    """Hands messages over to the gateway as a sheet of paper. Twice the same reference is one mail."""

    name = "fax"
    shows = False

    def __init__(
        self, gateway: Gateway, line: Line, ours: Ours, *, sender: str, name: str, fonts: Path | None, now: datetime
    ) -> None:
        self._gateway, self._line, self._ours, self._now = gateway, line, ours, now
        self._sender, self._issuer, self._fonts = sender, name, fonts

    def send(self, address: str, text: str, /, *, reference: str, about: str = "") -> Handed:
        """Hand a fax over. Raises: MailAway; SmsRefused for a number that is none."""
        digits = digits_of(address)
        if not 3 <= len(digits) <= _DIGITS_AT_MOST:
            raise SmsRefused
        key = self._ours.keys[0]
        to = self._gateway.to.format(number=digits)
        mail = Outgoing(id=tags.id_of(reference, key=key), to=to, subject="FAX", text="")
        try:
            message = sending.headed(mail, sender=self._sender, name=self._issuer, ours=self._ours, now=self._now)
        except (ValueError, Rejected) as fault:
            raise SmsRefused from fault
        paper = paper_of(text, issuer=self._issuer, fonts=self._fonts, now=self._now)
        message.set_content(paper, maintype="application", subtype="pdf", filename="fax.pdf")
        path = sending.return_path(mail, ours=self._ours)
        try:
            sending.hand_over(message, to=to, path=path, line=self._line, domain=self._ours.domain)
        except MailRefused as refused:
            raise SmsRefused from refused
        return Handed("mail", mail.id, awaits=self._gateway.delivered is not None)


def paper_of(text: str, *, issuer: str, fonts: Path | None, now: datetime) -> bytes:
    """Return the sheet that is faxed: head of the issuer, title, words, day, in the manner of GB/T 9704."""
    values = {
        "issuer": issuer,
        "title": "告知函",
        "paragraphs": [each for each in text.split("\n") if each.strip()],
        "day": f"{now.year}年{now.month}月{now.day}日",
    }
    return documents.pdf(_LAYOUT, values, fonts=fonts, made_at=now)
