"""What providers tell of the messages that they took: late, twice, in another order, or before their own answer.

What arrived has arrived. What failed for good stays failed; what failed for now is tried again, as often as any.
A message of which nothing is told for three days is given up. Source: SQ-10.5a.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Count, Q

from minsheng.core.jobs import actions as jobs
from minsheng.core.ledger import actions as ledger
from minsheng.core.messages import models
from minsheng.core.messages.actions import may_go_at
from minsheng.gateways.sms_http import DELIVERED, PERMANENT, TEMPORARY, Receipt

EXPIRED: Final = "expired"
_JOB: Final = "messages"
# As often as a message is tried that no carrier takes.
ATTEMPTS: Final = 8
# As often as it is sent anew by a channel that took it and did not bring it, before another one is tried.
RESENT: Final = 2
_GIVEN_UP_AFTER: Final = timedelta(days=3)
_KEPT_FOR: Final = timedelta(days=7)
# A provider is slow when of the messages of the last quarter of an hour too many have waited too long.
_WINDOW, _LATE, _FEWEST, _SHARE = timedelta(minutes=15), timedelta(minutes=4), 20, 0.3


def take(provider: str, told: Iterable[Receipt], *, now: datetime) -> int:
    """Take receipts; return how many said something new. One that came before changes nothing."""
    new = 0
    for each in told:
        with transaction.atomic():
            alone_with(provider, each.id)
            kept, is_new = models.Receipt.objects.get_or_create(
                provider=provider, provider_id=each.id, outcome=each.outcome, defaults={"at": now}
            )
            if not is_new:
                continue
            new += 1
            rows = models.Message.objects.select_for_update(of=("self",)).filter(provider=provider, provider_id=each.id)
            for row in rows.order_by("pk"):
                _apply(row, kept, now=now)
    return new


def early(row: models.Message, *, now: datetime) -> None:
    """Let a message that was just taken have the receipts that came before its provider's answer.

    In the transaction that writes down who took it: one that comes meanwhile waits, and finds the message.
    """
    known = models.Receipt.objects.filter(provider=row.provider, provider_id=row.provider_id, is_used=False)
    for each in known.order_by("id"):
        _apply(row, each, now=now)


def alone_with(provider: str, id: str) -> None:
    """Hold what is known of a message's receipts until the transaction ends, before the message's own row."""
    ledger.hold(f"receipts {provider} {id}")


def _apply(row: models.Message, receipt: models.Receipt, *, now: datetime) -> None:
    outcome = receipt.outcome
    receipt.is_used = True
    receipt.save(update_fields=["is_used"])
    if row.state == "DELIVERED" or (row.state == "FAILED" and outcome == TEMPORARY):
        return
    if row.state == "FAILED" and outcome == PERMANENT:
        # Its thing has gone on by another channel, or by a call: only the reason is known better now.
        row.why = PERMANENT
        row.save(update_fields=["why"])
        return
    if outcome == DELIVERED:
        row.state, row.why, row.delivered_at, row.after = "DELIVERED", "", now, ""
    elif outcome == PERMANENT:
        fail(row, PERMANENT, now)
    elif row.state == "SENT":
        # Sent anew it is another message to the provider, under another reference and with another id.
        row.resent += 1
        if row.resent >= RESENT or row.attempts >= ATTEMPTS:
            fail(row, TEMPORARY, now)
        else:
            row.state, row.why = "WAITING", ""
            row.next_at = may_go_at(row.city, row.pace, now=now + timedelta(minutes=2**row.attempts))
        jobs.defer(_JOB)
    row.awaits = False
    row.save(update_fields=["state", "why", "delivered_at", "next_at", "awaits", "resent", "after"])


def fail(row: models.Message, why: str, now: datetime) -> None:
    """Give a message up by its channel; the job goes on with it by the next one, or lets somebody call."""
    row.state, row.why, row.after, row.next_at = "FAILED", why, "NEXT", now


def reconcile(*, now: datetime) -> int:
    """Give up messages of which no receipt has come; return how many. Forget receipts that nobody asks for any more."""
    models.Receipt.objects.filter(at__lt=now - _KEPT_FOR).delete()
    old = models.Message.objects.filter(awaits=True, state="SENT", sent_at__lt=now - _GIVEN_UP_AFTER)
    return old.update(state="FAILED", why=EXPIRED, awaits=False, after="NEXT")


def slow(*, now: datetime) -> frozenset[str]:
    """Return the providers that bring messages late; they come after the others until it is better."""
    recent = models.Message.objects.filter(sent_at__gte=now - _WINDOW, sent_at__lt=now - _LATE).exclude(provider="")
    counts = recent.order_by().values_list("provider").annotate(all=Count("id"), late=Count("id", Q(awaits=True)))
    return frozenset(name for name, all_, late in counts if all_ >= _FEWEST and late > _SHARE * all_)
