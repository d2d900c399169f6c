"""What somebody who leaves has claimed: it is free again for their colleagues at the desk."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.utils.translation import gettext_noop

from minsheng.cases.live.models import Claim
from minsheng.core.ledger.values import ZONE
from minsheng.core.people.accounts.leaving import Work
from minsheng.domain.actors import Actor


def _claimed(city: str, staff: int, now: datetime) -> list[str]:
    rows = Claim.objects.filter(city=city, person=f"staff:{staff}", expires_at__gt=now).order_by("claimed_at")
    return [f"{claimed.astimezone(ZONE):%m-%d %H:%M}" for claimed in rows.values_list("claimed_at", flat=True)]


def _give_back(staff: int, to: int | None, *, city: str, actor: Actor, now: datetime) -> None:
    Claim.objects.filter(city=city, person=f"staff:{staff}").delete()


CLAIMS: Final = Work(
    "claims",
    gettext_noop("领取的工单"),
    _claimed,
    _give_back,
    taken=gettext_noop("放回，由同岗位人员领取"),
    alone=gettext_noop("放回，由同岗位人员领取"),
)
