"""Mail out: a message with its own id, built by the standard library and handed over by SMTP.

Nothing personal stands in a subject; where answers and bounces go is a keyed tag. A server that refuses the recipient
for good has refused the mail; after anything else another try may help.
"""

from __future__ import annotations

import html
import re
import smtplib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Final

from minsheng.domain.rejected import Rejected
from minsheng.gateways.mail import lines, tags
from minsheng.gateways.mail.automatic import LOOP_FIELD
from minsheng.gateways.mail.lines import Line
from minsheng.gateways.mail.mails import Ours

# What a mail is: a message of the platform, the answer that a mail has come, or what nobody must get.
MESSAGE, ACKNOWLEDGMENT, NEWS = KINDS = ("message", "acknowledgment", "news")
_LINK: Final = re.compile(r"https://[^\s<>\"'（）。，；、]+")
_REFERENCES_AT_MOST: Final = 20


class MailAway(Rejected):
    """No mail can be sent now."""

    def __init__(self) -> None:
        super().__init__("mail_away")


class MailRefused(Rejected):
    """The mail will never reach this address."""

    def __init__(self) -> None:
        super().__init__("mail_refused")


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """A mail to be sent; `id`: 32 hexadecimal digits, from `tags.id_of`; `text`: plain, paragraphs by empty lines.

    `in_reply_to`, `references`: Message-IDs of the mail that it answers. `unsubscribe`: an address of HTTPS for news.
    """

    id: str
    to: str
    subject: str
    text: str
    kind: str = MESSAGE
    in_reply_to: str = ""
    references: Sequence[str] = ()
    unsubscribe: str = ""


def built(outgoing: Outgoing, *, sender: str, name: str, ours: Ours, now: datetime) -> EmailMessage:
    """Return the mail with its words, plain and as HTML. Raises: ValueError as `headed`."""
    message = headed(outgoing, sender=sender, name=name, ours=ours, now=now)
    message.set_content(outgoing.text, cte="base64")
    message.add_alternative(as_html(outgoing.text), subtype="html", cte="base64")
    return message


def headed(outgoing: Outgoing, *, sender: str, name: str, ours: Ours, now: datetime) -> EmailMessage:
    """Return a mail without a body yet, from an address of ours, with all that lets machines know it for a machine's.

    Raises: ValueError for an address or a subject with a line end.
    """
    key = ours.keys[0]
    message = EmailMessage(policy=SMTP)
    message["From"] = Address(name, addr_spec=sender)
    message["To"] = outgoing.to
    message["Subject"] = outgoing.subject
    message["Date"] = format_datetime(now)
    message["Message-ID"] = tags.message_id(outgoing.id, domain=ours.domain, key=key)
    message["Reply-To"] = Address(name, addr_spec=tags.address(tags.REPLY, outgoing.id, domain=ours.domain, key=key))
    message["Auto-Submitted"] = "auto-replied" if outgoing.kind == ACKNOWLEDGMENT else "auto-generated"
    message[LOOP_FIELD] = ours.domain
    # Exchange asks for this one before it lets somebody's absence answer.
    message["X-Auto-Response-Suppress"] = "All"
    if outgoing.in_reply_to:
        message["In-Reply-To"] = outgoing.in_reply_to
        known = dict.fromkeys([*outgoing.references, outgoing.in_reply_to])
        message["References"] = " ".join(list(known)[-_REFERENCES_AT_MOST:])
    if outgoing.kind == NEWS:
        mailto = f"<mailto:{tags.address(tags.REPLY, outgoing.id, domain=ours.domain, key=key)}?subject=TD>"
        message["List-Unsubscribe"] = f"<{outgoing.unsubscribe}>, {mailto}" if outgoing.unsubscribe else mailto
    return message


def return_path(outgoing: Outgoing, *, ours: Ours) -> str:
    """Return where bounces go; an acknowledgment has none, so that nothing answers it (RFC 3834, 3.3)."""
    if outgoing.kind == ACKNOWLEDGMENT:
        return ""
    return tags.address(tags.BOUNCE, outgoing.id, domain=ours.domain, key=ours.keys[0])


def as_html(text: str) -> str:
    """Return plain text as simple HTML: paragraphs, line ends and links, no picture and nothing from elsewhere."""
    blocks = [_linked(each).replace("\n", "<br>\n") for each in re.split(r"\n\s*\n", text.strip())]
    body = "\n".join(f"<p>{each}</p>" for each in blocks)
    return f'<!DOCTYPE html>\n<html lang="zh-CN"><head><meta charset="utf-8"></head><body>\n{body}\n</body></html>\n'


def hand_over(message: EmailMessage, *, to: str, path: str, line: Line, domain: str) -> None:
    """Hand a mail over to the server of the line. Raises: MailRefused, MailAway."""
    try:
        with _connected(line, domain) as server:
            server.send_message(message, from_addr=path, to_addrs=[to])
    except smtplib.SMTPRecipientsRefused as refused:
        code = next(iter(refused.recipients.values()))[0]
        raise (MailRefused if 500 <= code < 600 else MailAway) from None
    except (smtplib.SMTPNotSupportedError, UnicodeError) as fault:
        # An address in letters that the server has no way for.
        raise (MailRefused if not to.isascii() else MailAway) from fault
    except (smtplib.SMTPException, OSError, ValueError) as fault:
        raise MailAway from fault


def look_at(line: Line, domain: str) -> None:
    """Sign in to a server and hand nothing over. Raises: MailAway."""
    try:
        with _connected(line, domain) as server:
            server.noop()
    except (smtplib.SMTPException, OSError, ValueError) as fault:
        raise MailAway from fault


def _connected(line: Line, domain: str) -> smtplib.SMTP:
    if line.secrecy == lines.IMPLICIT:
        server: smtplib.SMTP = smtplib.SMTP_SSL(
            line.host, line.port, local_hostname=domain, timeout=lines.WAIT, context=line.context()
        )
    else:
        server = smtplib.SMTP(line.host, line.port, local_hostname=domain, timeout=lines.WAIT)
    try:
        if line.secrecy == lines.STARTTLS:
            server.starttls(context=line.context())
        if line.user:
            server.login(line.user, line.password)
    except BaseException:
        server.close()
        raise
    return server


def _linked(text: str) -> str:
    parts, place = [], 0
    for found in _LINK.finditer(text):
        address = html.escape(found[0])
        parts += [html.escape(text[place : found.start()]), f'<a href="{address}">{address}</a>']
        place = found.end()
    return "".join([*parts, html.escape(text[place:])])
