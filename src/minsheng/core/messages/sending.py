"""Sending what waits, many at once: a carrier that needs five seconds a message keeps none waiting behind another.

A message is taken in a short transaction, which puts its next try off; handed over outside of any; marked in another.
So nothing is locked while a carrier thinks, and a message whose sender dies is tried again when its next try comes.
The same reference says to the carrier that it is the same message.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import DatabaseError, transaction

from minsheng.core.features import queries as features
from minsheng.core.messages import models, receipts
from minsheng.core.messages.actions import may_go_at
from minsheng.core.messages.values import BY_HAND, NEWS, SMS, Message
from minsheng.core.people import vault
from minsheng.domain.rejected import Rejected
from minsheng.gateways.carriers import Carrier
from minsheng.gateways.sms import Handed, SmsRefused
from minsheng.gateways.sms_http import PERMANENT, TEMPORARY, parts_of

_log = logging.getLogger(__name__)

# How many messages one job sends, and for how long it takes new ones; how many are with the carriers at the same time.
AT_ONCE: Final = 500
_TAKES_FOR: Final = 6.0
SENDERS: Final = 16
# Of these at most so many are with what can wait: a duty never stands behind slow news.
_NEWS_AT_MOST: Final = 12
# A message that was taken is nobody else's for so long: the job's time, a carrier's (`carriers.PATIENCE`), and more.
_TAKEN_FOR: Final = timedelta(minutes=5)

Carriers = Callable[[str], Carrier | None]


@dataclass(frozen=True, slots=True)
class _Taken:
    """A message with its carrier, address and words; without an address nothing is left to be done with it."""

    row: models.Message
    carrier: Carrier | None = None
    address: str = ""
    text: str = ""

    def hand_over(self) -> Handed | None:
        assert self.carrier is not None  # else it was not handed to a thread
        reference = f"message {self.row.pk}" + (f" {self.row.resent}" if self.row.resent else "")
        # Text messages stand alone; what else is sent may follow what was said of the same thing before.
        about = {} if self.row.channel == SMS else {"about": self.row.stream}
        return self.carrier.send(self.address, self.text, reference=reference, **about)


def send_waiting(carrier: Carriers, *, now: datetime) -> int:
    """Send what waits; return how many rows were looked at. `carrier` gives that of a channel, or None.

    The threads know carriers alone; rows are taken and marked here.
    """
    begun = time.monotonic()
    looked = 0
    with_carriers: dict[Future[Handed | None], _Taken] = {}
    with ThreadPoolExecutor(SENDERS, thread_name_prefix="carriers") as threads:
        while True:
            while looked < AT_ONCE and len(with_carriers) < SENDERS and time.monotonic() - begun < _TAKES_FOR:
                waits = sum(each.row.pace >= NEWS for each in with_carriers.values())
                # What was told since the job began is due as well: it may go before all that waits.
                by = now + timedelta(seconds=time.monotonic() - begun)
                taken = _take_next(carrier, now, by=by, news=waits < _NEWS_AT_MOST)
                if taken is None:
                    break
                looked += 1
                if taken.address:
                    with_carriers[threads.submit(taken.hand_over)] = taken
            if not with_carriers:
                return looked
            for each in wait(with_carriers, return_when=FIRST_COMPLETED).done:
                taken = with_carriers.pop(each)
                row, fault = taken.row, each.exception()
                try:
                    _mark(row, fault, now, handed=None if fault else each.result(), text=taken.text)
                except DatabaseError as broken:
                    # It is sent again under the same reference; the marks of the others must not be lost for it.
                    _say(row, broken)


def _take_next(carrier: Carriers, now: datetime, *, by: datetime, news: bool) -> _Taken | None:
    """Take the message that goes first, of those the one that waits longest; None when none waits.

    `by`: until when it is due; `news`: whether what can wait may go now.
    One that can't be made ready for whatever reason waits longer, and holds up none behind it.
    """
    with transaction.atomic():
        due = models.Message.objects.select_for_update(skip_locked=True).filter(models.DUE, next_at__lte=by)
        due = due.exclude(channel__in=BY_HAND)
        if not news:
            due = due.filter(pace__lt=NEWS)
        row = due.order_by("pace", "next_at", "id").first()
        if row is None:
            return None
        row.attempts += 1
        found = carrier(row.channel)
        taken = _Taken(row)
        if found is None:
            _postpone(row, now, state="NO_CARRIER")
        else:
            _postpone(row, now)
            try:
                taken = _ready(row, found, now)
            except Exception as fault:
                _say(row, fault)
            else:
                if not taken.address:
                    receipts.fail(row, PERMANENT, now)
        if taken.address:
            row.next_at = max(row.next_at, now + _TAKEN_FOR)
        row.save(update_fields=["state", "attempts", "next_at", "why", "after"])
    return taken


def _ready(row: models.Message, carrier: Carrier, now: datetime) -> _Taken:
    message = Message(row.city, row.stream, row.kind, row.params, row.recipient, row.channel)
    writer = features.writers()[row.stream.partition("/")[0]]
    # That the number was opened stays on record, also where no text can be made.
    with transaction.atomic():
        address = writer.address(message, now=now)
    if address is None:
        return _Taken(row)
    with transaction.atomic():
        return _Taken(row, carrier, address, writer.text(message, now=now))


def _mark(
    row: models.Message, fault: BaseException | None, now: datetime, *, handed: Handed | None = None, text: str = ""
) -> None:
    """Write down what became of a message that was with its carrier; a receipt may have come before."""
    if fault is None:
        row.state, row.sent_at, row.parts = "SENT", now, parts_of(text) if row.channel == SMS else 0
        row.after = ""
        row.text_enc = vault.encrypt(text, owner=f"message/{row.pk}", field="text")
        if handed is not None and handed.parts:
            row.parts = handed.parts
        if handed is not None:
            row.provider, row.provider_id, row.awaits = handed.provider, handed.id, handed.awaits and bool(handed.id)
    elif isinstance(fault, SmsRefused):
        receipts.fail(row, PERMANENT, now)
    else:
        if not isinstance(fault, Rejected):
            _say(row, fault)
        _postpone(row, now)
    with transaction.atomic():
        if row.awaits:
            receipts.alone_with(row.provider, row.provider_id)
        row.save(
            update_fields=[
                "state", "sent_at", "next_at", "why", "parts", "provider", "provider_id", "awaits", "text_enc", "after",
            ]
        )  # fmt: skip
        if row.awaits:
            receipts.early(row, now=now)


def _postpone(row: models.Message, now: datetime, *, state: str = "WAITING") -> None:
    # Before the last try too: whoever dies in it leaves one that was given up, not one that is tried for ever.
    if row.attempts >= receipts.ATTEMPTS:
        receipts.fail(row, TEMPORARY, now)
        return
    row.state, row.why, row.after = state, "", ""
    row.next_at = may_go_at(row.city, row.pace, now=now + timedelta(minutes=2**row.attempts))


def _say(row: models.Message, fault: BaseException) -> None:
    # The words of a fault may hold whom it was for.
    _log.warning("message %s not sent: %s", row.pk, type(fault).__name__)
