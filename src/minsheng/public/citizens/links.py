"""Links in text messages: each opens one order, for two weeks, to whoever has it. Source: SQ-10.5a."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.urls import reverse

from minsheng.public.citizens import limits
from minsheng.public.citizens.models import Link

_GOOD_FOR: Final = timedelta(days=14)


def order_of(token: str, *, city: str, now: datetime) -> str | None:
    """Return the order that a link of a message opens, while it is good."""
    row = Link.objects.filter(token=limits.keyed("link", token), city=city, expires_at__gte=now).first()
    return row.order if row is not None else None


def new(order: str, *, city: str, now: datetime) -> str:
    """Make a link to one order and return its address."""
    token = secrets.token_urlsafe(12)
    Link.objects.create(token=limits.keyed("link", token), city=city, order=order, expires_at=now + _GOOD_FOR)
    return f"{settings.PUBLIC_URL}{reverse('portal:link', args=(city, token))}"


def forget(*, now: datetime) -> None:
    """Delete links that are no longer good."""
    Link.objects.filter(expires_at__lt=now).delete()
