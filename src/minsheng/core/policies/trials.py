"""A pack comes into force for a city from a day on, and only once the stories that lie beside it have held.

The stories are played by a job (`rehearse_packs`); whoever asked sees how they went and then says the day for good.
Source: SZ-49, JY-38, SQ-26.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Final

from django.db import transaction

from minsheng.core.ledger import actions as ledger
from minsheng.core.policies import queries
from minsheng.core.policies.models import City, Trial
from minsheng.domain import packs
from minsheng.domain.actors import Actor
from minsheng.domain.packs import PackError
from minsheng.domain.rejected import Rejected
from minsheng.domain.scenario import Unusable
from minsheng.gateways import stories

logger = logging.getLogger(__name__)

_SHOWN: Final = 20
_FAULTS_KEPT: Final = 50


@dataclass(frozen=True, slots=True)
class Tried:
    """A trial as pages show it: `stories` and `steps` that held, a line for each fault."""

    id: int
    pack: str
    overlays: tuple[str, ...]
    starts_on: date
    state: str
    stories: int
    steps: int
    faults: tuple[str, ...]
    asked_at: datetime
    done_at: datetime | None


@transaction.atomic
def ask(city: str, *, pack: str, overlays: Sequence[str], starts_on: date, actor: Actor, now: datetime) -> int:
    """Ask for a trial of a pack that is to come into force on a day, and return its id; the job does it.

    Raises: Rejected `pack_from_tomorrow`; UnknownCity, PackUnusable for one that can't be applied on that day.
    """
    facts = queries.city(city)
    if starts_on <= queries.day_of(now):
        raise Rejected("pack_from_tomorrow")
    pack_id, version = packs.split(pack)
    try:
        packs.in_force(queries.library(facts.pack_folder), pack_id, overlays, on=starts_on, version=version)
    except PackError as fault:
        raise queries.PackUnusable(city, str(fault)) from fault
    row = Trial.objects.create(
        city_id=city,
        pack=pack,
        overlays=list(overlays),
        starts_on=starts_on,
        asked_by=actor.person or "",
        asked_at=now,
    )
    ledger.hold(f"city/{city}")
    body = {"trial": row.pk, "pack": pack, "overlays": list(overlays), "starts_on": starts_on}
    ledger.record(city, f"city/{city}", "PackTried", body, actor=actor, now=now)
    return row.pk


def rehearse(now: datetime) -> None:
    """Play the stories of every pack that waits for it: a job, which may be done twice without harm."""
    for row in Trial.objects.filter(state="WAITING").select_related("city").order_by("id"):
        held, steps, faults = _played(row)
        state = "FAILED" if faults else "HELD"
        Trial.objects.filter(pk=row.pk, state="WAITING").update(
            state=state, stories=held, steps=steps, faults=faults[:_FAULTS_KEPT], done_at=now
        )


@transaction.atomic
def activate(city: str, trial: int, *, actor: Actor, now: datetime) -> None:
    """Let the pack of a trial whose stories held come into force on its day; what was to come before gives way.

    Raises: Rejected `trial_gone`, `trial_not_held`, `pack_from_tomorrow`.
    """
    row = City.objects.select_for_update(of=("self",)).get(code=city)
    found = Trial.objects.select_for_update().filter(pk=trial, city=city).first()
    if found is None:
        raise Rejected("trial_gone")
    if found.state != "HELD":
        raise Rejected("trial_not_held")
    today = queries.day_of(now)
    if found.starts_on <= today:
        raise Rejected("pack_from_tomorrow")
    if row.next_from is not None and row.next_from <= today:
        row.pack, row.overlays = row.next_pack or row.pack, row.next_overlays or []
    row.next_pack, row.next_overlays, row.next_from = found.pack, found.overlays, found.starts_on
    row.save(update_fields=["pack", "overlays", "next_pack", "next_overlays", "next_from"])
    Trial.objects.filter(pk=trial).update(state="USED")
    body = {"trial": trial, "pack": found.pack, "overlays": found.overlays, "starts_on": found.starts_on}
    ledger.hold(f"city/{city}")
    ledger.record(city, f"city/{city}", "PackActivated", body, actor=actor, now=now)


def of_city(city: str) -> list[Tried]:
    """Return the newest trials of a city, the newest first."""
    return [
        Tried(
            row.pk, row.pack, tuple(row.overlays), row.starts_on, row.state, row.stories, row.steps,
            tuple(row.faults), row.asked_at, row.done_at,
        )
        for row in Trial.objects.filter(city=city).order_by("-id")[:_SHOWN]
    ]  # fmt: skip


def _played(row: Trial) -> tuple[int, int, list[str]]:
    """Play the stories beside the pack; return how many held, their steps, and a line for each fault."""
    folder = row.city.pack_folder
    library = queries.library(folder)
    pack_id, version = packs.split(row.pack)
    chosen = packs.in_force(library, pack_id, row.overlays, on=row.starts_on, version=version)
    held = steps = 0
    faults: list[str] = []
    for file in stories.of_pack(chosen.pack, [Path(folder)] if folder else []):
        try:
            _story, results = stories.play_file(file, library=library)
        except Unusable as unusable:
            faults.append(f"{file.name}：{unusable.fault.key} {unusable.fault.reason}")
            continue
        wrong = [each for each in results if each.failed]
        held += not wrong
        steps += len(results) - len(wrong)
        faults += [
            f"{file.name}：{each.step.at:%Y-%m-%d %H:%M} {failure.what}" for each in wrong for failure in each.failed
        ]
    if not held and not faults:
        faults.append("没有这个版本的剧本")
    return held, steps, faults
