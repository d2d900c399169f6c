"""What somebody who leaves has typed and not handed in: nobody else may read it, so it goes."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.utils.translation import gettext_noop

from minsheng.core.drafts.models import FormDraft
from minsheng.core.ledger.values import ZONE
from minsheng.core.people.accounts.leaving import Work
from minsheng.domain.actors import Actor


def _kept(city: str, staff: int, now: datetime) -> list[str]:
    rows = FormDraft.objects.filter(staff=staff, body__isnull=False, expires_at__gt=now).order_by("saved_at")
    return [f"{saved.astimezone(ZONE):%m-%d %H:%M}" for saved in rows.values_list("saved_at", flat=True)]


def _drop(staff: int, to: int | None, *, city: str, actor: Actor, now: datetime) -> None:
    FormDraft.objects.filter(staff=staff).delete()


TYPED: Final = Work(
    "typed",
    gettext_noop("未提交的暂存内容"),
    _kept,
    _drop,
    taken=gettext_noop("删除，他人不能查看"),
    alone=gettext_noop("删除，他人不能查看"),
)
