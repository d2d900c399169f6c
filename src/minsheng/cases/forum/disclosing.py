"""Who wrote a thread or a comment, for an organ that may ask by law: two people decide, each reads it once.

Source: SZ-26.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Count
from django.db.models.functions import ExtractYear

from minsheng.cases.forum import reading
from minsheng.cases.forum.actions import KIND
from minsheng.cases.forum.models import Disclosure
from minsheng.core.ledger import actions as ledger
from minsheng.core.ledger.facts import actor_to_plain
from minsheng.core.ledger.values import ZONE
from minsheng.core.lifecycles import actions as lifecycles
from minsheng.domain.actors import Actor
from minsheng.domain.covering import covered
from minsheng.domain.forum import commands as cmd
from minsheng.domain.forum.shared import ADMIN
from minsheng.domain.rejected import Rejected
from minsheng.gateways import ids

SECOND = "supervisor"
_SHOWN = 200


def ask(
    city: str,
    number: str,
    *,
    organ: str,
    document: str,
    purpose: str,
    wanted: Sequence[str],
    by: Actor,
    now: datetime,
) -> Disclosure:
    """Keep that an organ asks; every other organ is refused, and that is on record with its name.

    `number`: of a thread, or of a comment as `thread#number`; `wanted`: what the document asks for. Raises: Rejected.
    """
    row, comment, _member = reading.written(city, number)
    refused = None
    if organ not in cmd.ORGANS:
        refused = Rejected("organ_not_lawful", organ=organ)
    elif not document:
        refused = Rejected("document_missing")
    elif not purpose:
        refused = Rejected("field_missing", fields=("purpose",))
    elif not wanted:
        refused = Rejected("field_missing", fields=("wanted",))
    fresh = Disclosure(
        id=ids.uuid7(now), thread=row, city=city, organ=covered(organ), document=covered(document),
        purpose=covered(purpose), comment=comment, wanted=list(wanted), asked_by=by.person or "", asked_at=now,
    )  # fmt: skip
    if refused is not None:
        if refused.code == "organ_not_lawful":
            fresh.agreed, fresh.decided_at = False, now
            fresh.save()
        ledger.refuse(
            at=now, city=city, stream=KIND.stream(row.pk), actor=actor_to_plain(by), command="disclose",
            code=refused.code,
        )  # fmt: skip
        raise refused
    fresh.save()
    return fresh


@transaction.atomic
def decide(city: str, id: UUID, *, agrees: bool, by: Actor, now: datetime) -> None:
    """Agree or not, as somebody else than whoever asked; the agreement is a fact of the thread. Raises: Rejected."""
    row = _locked(city, id)
    if row.agreed is not None:
        raise Rejected("not_allowed_now", status="")
    if by.person == row.asked_by:
        raise Rejected("self_approval")
    row.agreed, row.decided_by, row.decided_at = agrees, by.person or "", now
    row.save(update_fields=["agreed", "decided_by", "decided_at"])
    if agrees:
        command = cmd.Disclose(organ=row.organ, document=row.document, purpose=row.purpose)
        asker = Actor(ADMIN, person=row.asked_by)
        lifecycles.apply(KIND, row.thread_id, command, city=city, by=asker, now=now)


@transaction.atomic
def opened(city: str, id: UUID, *, by: Actor, now: datetime) -> tuple[UUID | None, list[str]]:
    """Use up the one reading of one of the two; return the writer's account, and what may be read. Raises: Rejected."""
    row = _locked(city, id)
    column = {row.asked_by: "asker_opened_at", row.decided_by: "second_opened_at"}.get(by.person or "-")
    if not row.agreed or column is None:
        raise Rejected("not_found", status="")
    if getattr(row, column) is not None:
        raise Rejected("disclosure_opened")
    setattr(row, column, now)
    row.save(update_fields=[column])
    return reading.account_of(row.thread, row.comment), row.wanted


def listed(city: str) -> Sequence[Disclosure]:
    """Return what was asked for, the newest first."""
    return list(Disclosure.objects.select_related("thread").filter(city=city).order_by("-asked_at")[:_SHOWN])


def yearly(city: str) -> list[dict[str, Any]]:
    """Return how often which organ was told in which year, for everybody; no thread and no name."""
    rows = Disclosure.objects.filter(city=city, agreed=True).annotate(year=ExtractYear("decided_at", tzinfo=ZONE))
    counted = rows.values_list("year", "organ").annotate(count=Count("pk")).order_by("-year", "organ")
    return [{"year": year, "organ": organ, "count": count} for year, organ, count in counted]


def _locked(city: str, id: UUID) -> Disclosure:
    row = Disclosure.objects.select_for_update().filter(pk=id, city=city).first()
    if row is None:
        raise Rejected("not_found", status="")
    return row
