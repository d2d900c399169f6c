"""Mail that people send: whose conversation it is, what a machine wrote, and one answer that it has come.

A mail belongs to the order that our Message-ID, our tag or its number in the subject names, in that order; whether its
sender may speak there is asked in `belongings`. Machines are never answered (RFC 3834), and a conversation in which
they write again and again is left to a seat for an hour. Source: JY-2a, SQ-2, SQ-10.1.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.utils.translation import gettext as _

from minsheng.cases.incoming import actions, belongings, faxes
from minsheng.cases.incoming.models import Incoming
from minsheng.cases.incoming.values import Arrived, Brought
from minsheng.cases.orders.storage import queries as orders
from minsheng.cases.orders.storage import records
from minsheng.core.messages import mailing
from minsheng.core.messages.values import MAIL
from minsheng.core.people import alarms, limits
from minsheng.domain.orders.fields import LONG
from minsheng.gateways.mail import reading, sending, tags
from minsheng.gateways.mail.configured import Mailing
from minsheng.gateways.mail.mails import Bounce, Mail
from minsheng.gateways.mail.sending import ACKNOWLEDGMENT, MailAway, MailRefused, Outgoing

_log = logging.getLogger(__name__)

_ACKNOWLEDGED: Final = limits.Limit("mail acknowledged", 1, timedelta(hours=1))
# What machines write to each other: mails that say so, and the same words again.
_BY_MACHINES: Final = limits.Limit("mail by machines", 5, timedelta(minutes=10))
_SAME: Final = limits.Limit("mail same words", 1, timedelta(minutes=10))
_FROZEN: Final = limits.Limit("mail frozen", 1, timedelta(hours=1))
WHOLE_TEXT: Final = "全文.txt"


@dataclass(frozen=True, slots=True)
class Owed:
    """The answer that a mail has come: to whom, what it answers, and the number that it has here."""

    mail: Mail
    number: str
    city: str


def receive(raw: bytes, *, whole: bool = True, city: str, found: Mailing, now: datetime) -> Owed | None:
    """Take a mail of a box or a mail server; return the answer that is owed, which the caller sends afterwards.

    One that came before, by whatever box or server, changes nothing.
    Raises: ScannerAway, to bring it again.
    """
    mail = reading.read(raw, ours=mailing.ours(found), whole=whole)
    if mail.bounce is not None and mail.bounce.id:
        mailing.bounced(mail.bounce, now=now)
        return None
    fax = found.fax if found.fax is not None and found.fax.brought(mail) and not _is_forged(mail) else None
    if fax is not None and (outcome := fax.outcome(mail)) and (went := next(_named(mail), "")):
        mailing.bounced(Bounce(went, outcome), now=now)
        return None
    if actions.is_known(_source_no(mail), city=city):
        return None  # nothing of it is counted twice
    if fax is not None:
        actions.take(faxes.arrived(mail, raw, fax, source_no=_source_no(mail)), city=city, now=now)
        return None
    stream, order = _conversation(mail, city=city)
    id = actions.take(_arrived(mail, stream, order, city=city, now=now), city=city, now=now)
    if id is None or mail.automatic or mail.bounce is not None or not mail.sender.address or _is_forged(mail):
        return None
    return Owed(mail, _number(id), city)


def acknowledge(owed: Owed, *, found: Mailing, now: datetime) -> bool:
    """Tell a sender that their mail has come, once in an hour; return whether it was told."""
    who = f"{owed.city}\0{owed.mail.sender.address}"
    if found.outgoing is None or limits.counted(_ACKNOWLEDGED, who, now=now) >= _ACKNOWLEDGED.most:
        return False
    limits.tally(_ACKNOWLEDGED, who, now=now)
    ours = mailing.ours(found)
    answer = Outgoing(
        id=tags.id_of(f"acknowledgment {owed.mail.digest}", key=ours.keys[0]), to=owed.mail.sender.address,
        subject=_("【12345】您的来信已收到"), kind=ACKNOWLEDGMENT, in_reply_to=owed.mail.message_id,
        references=owed.mail.references,
        text=_(
            "您好，您的来信已收到，编号 {number}。工作人员会尽快查看并处理，请不必重复发送。\n\n紧急情况请拨打 12345。"
            "\n\n本邮件由系统自动发出；需要补充的，可以直接回复。"
        ).format(number=owed.number),
    )  # fmt: skip
    try:
        message = sending.built(answer, sender=found.sender, name=found.name, ours=ours, now=now)
        sending.hand_over(
            message, to=answer.to, path=sending.return_path(answer, ours=ours), line=found.outgoing,
            domain=found.domain,
        )  # fmt: skip
    except (MailAway, MailRefused, ValueError) as fault:
        # A courtesy: the next mail of the sender may have it.
        limits.free(_ACKNOWLEDGED, who)
        _log.warning("mail %s not acknowledged: %s", owed.number, type(fault).__name__)
        return False
    return True


def _arrived(mail: Mail, stream: str, order: str, *, city: str, now: datetime) -> Arrived:
    by_number = "" if order or stream else _order_in_subject(mail, city=city)
    note, aside = _note(mail, stream or mail.sender.address, city=city, now=now)
    files = [Brought(each.name, each.content) for each in mail.files]
    if len(mail.text) > LONG:
        files.append(Brought(WHOLE_TEXT, mail.text.encode()))
    return Arrived(
        source_no=_source_no(mail), channel=MAIL, sender=mail.sender.address, subject=mail.subject,
        text=mail.text[:LONG], quoted=mail.quoted[:LONG], order=order or by_number,
        # Whoever answers a mail of ours has got it; a number in a subject can be copied by anybody.
        vouched=mail.is_vouched or (bool(order) and not _is_forged(mail)),
        checked=" ".join(f"{method}={result}" for method, result in sorted(mail.checked.items())), note=note,
        aside=aside, files=tuple(files),
    )  # fmt: skip


def _is_forged(mail: Mail) -> bool:
    """Tell whether the own server has found that the sender's domain did not send it: an answer would hit another."""
    return not mail.is_vouched and "fail" in mail.checked.values()


def _source_no(mail: Mail) -> str:
    # By whatever box or server it is brought: it is the same mail.
    return f"mail {mail.digest}"


def _conversation(mail: Mail, *, city: str) -> tuple[str, str]:
    """Return the stream that a mail of ours was about, which this one answers, and its order; empty for none."""
    for id in _named(mail):
        stream = mailing.stream_of(id, city=city)
        prefix, _sep, thing = stream.partition("/")
        if prefix == "order":
            return stream, records.appeal_of(thing)
        if prefix == "incoming":
            row = Incoming.objects.filter(pk=thing).first()
            return stream, row.order if row is not None else ""
    return "", ""


def _named(mail: Mail) -> Iterator[str]:
    yield from mail.answers
    if mail.tag:
        yield mail.tag


def _order_in_subject(mail: Mail, *, city: str) -> str:
    """Return the order of the sender's whose number stands in the subject; of nobody else's it is not said."""
    sender = Arrived(source_no="", text="", channel=MAIL, sender=mail.sender.address)
    ids = belongings.orders_of(sender, city=city) if mail.sender.address else []
    named = [held.order.id for held in orders.peek(ids).values() if held.number in mail.subject] if ids else []
    return named[0] if len(named) == 1 else ""


def _note(mail: Mail, conversation: str, *, city: str, now: datetime) -> tuple[str, bool]:
    """Return why a seat is to look at a mail, and whether it is laid aside at once."""
    who = f"{city}\0{conversation}"
    if _machines_write(mail, who, city=city, now=now):
        return "frozen", bool(mail.automatic)
    if mail.automatic or mail.bounce is not None:
        return "automatic", True
    return ("unreadable", False) if mail.fault else ("", False)


def _machines_write(mail: Mail, who: str, *, city: str, now: datetime) -> bool:
    """Count a mail that looks like a machine's; tell whether the conversation is left to a seat, and ring once."""
    if _is_forged(mail):
        # Whoever writes in another's name does not have that other left to a seat.
        return False
    same = bool(mail.text) and limits.tally(_SAME, f"{who}\0{mail.text}", now=now)[0] > _SAME.most
    if limits.counted(_FROZEN, who, now=now):
        return True
    if not (mail.automatic or same) or limits.tally(_BY_MACHINES, who, now=now)[0] < _BY_MACHINES.most:
        return False
    limits.tally(_FROZEN, who, now=now)
    alarms.count("mail_loop", "", city=city, of=_BY_MACHINES.most, now=now)
    return True


def _number(id: UUID) -> str:
    return str(Incoming.objects.values_list("number", flat=True).get(pk=id))
