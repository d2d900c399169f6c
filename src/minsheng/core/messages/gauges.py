"""How messages to people stand: those that are still to be sent, and those that were given up."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Count, Min

from minsheng.core.features.values import Gauge
from minsheng.core.messages.models import DUE, UNSENT, Binding, Message
from minsheng.core.messages.values import BY_HAND, SAID_WITHIN


def gauges(now: datetime) -> Iterator[Gauge]:
    """Give counts by channel and state, and how late the oldest message is, in seconds."""
    kept = Message.objects.filter(UNSENT)
    for channel, state, count in kept.values_list("channel", "state").annotate(count=Count("id")).order_by():
        labels = {"channel": channel, "state": state.lower()}
        yield Gauge("minsheng_messages", "Messages that are not sent, by channel and state.", count, labels)
    # A letter waits for a person, and for the post.
    due = Message.objects.filter(DUE, next_at__lt=now).exclude(channel__in=BY_HAND)
    since = due.aggregate(since=Min("next_at"))["since"]
    late = (now - since).total_seconds() if since else 0.0
    yield Gauge("minsheng_messages_late_seconds", "How late the oldest message is.", late)
    for each in Binding.objects.all():
        labels = {"provider": each.provider}
        is_bound = each.is_bound and now - each.at < SAID_WITHIN
        yield Gauge("minsheng_sms_bound", "Whether a session with a carrier stands.", float(is_bound), labels)
        yield Gauge("minsheng_sms_unanswered", "Messages on their way through a session.", each.unanswered, labels)
