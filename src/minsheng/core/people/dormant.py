"""Accounts that nobody has used for long end by themselves. Source: GB/T 22239-2019 8.1.4.2 c.

The last of each administrator stays, and so do the accounts of a demonstration.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models.functions import Coalesce

from minsheng.core.ledger import actions as ledger
from minsheng.core.ledger.values import ZONE
from minsheng.core.people import administrators
from minsheng.core.people.models import Staff
from minsheng.core.policies import queries as policies
from minsheng.domain.actors import SYSTEM


def end(city: str, *, now: datetime) -> int:
    """End a city's accounts that were not used for the pack's `dormant_days` (0: never); return how many."""
    rules = policies.rules_for(city, now=now)
    if rules.dormant_days == 0:
        return 0
    since = now - timedelta(days=rules.dormant_days)
    # An account that was never used counts from when its password was set, or it was added.
    rows = Staff.objects.filter(city=city, is_active=True, is_demo=False).annotate(
        used_at=Coalesce("last_seen", "password_changed_at")
    )
    found = rows.filter(used_at__lt=since).order_by("pk").values_list("pk", flat=True)
    return sum(_ended(staff, since, now=now) for staff in list(found))


@transaction.atomic
def _ended(staff_id: int, since: datetime, *, now: datetime) -> bool:
    staff = Staff.objects.select_for_update(of=("self",)).get(pk=staff_id)
    ledger.hold(f"administrators of {staff.city_id}")
    used_at = staff.last_seen or staff.password_changed_at
    if not staff.is_active or used_at is None or used_at >= since or administrators.is_last(staff.pk, now=now):
        return False
    Staff.objects.filter(pk=staff.pk).update(is_active=False)
    day = f"{used_at.astimezone(ZONE):%Y-%m-%d}"
    notice = {"kind": "account_dormant", "to": "admin", "params": {"person": f"staff:{staff.pk}", "since": day}}
    body = {"since": used_at, "notices": [notice]}
    ledger.record(staff.city_id, f"staff/{staff.pk}", "StaffDormant", body, actor=SYSTEM, now=now)
    return True
