"""Filling an empty database with the demonstration, through the same actions that pages and API use.

The whole fill is one transaction: there is a whole demonstration or none. A city of it carries the mark
`display.demo`; demonstration passwords and the reset are tied to that.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.db import transaction

from minsheng.app.demo import articles, casting, material, pace
from minsheng.app.demo.cities import CITIES, PASSWORD, Account, DemoCity, DemoUnit, accounts_of, units_of
from minsheng.app.demo.playing import Filled, Player
from minsheng.core.ledger import sealing
from minsheng.core.ledger import tasks as ledger
from minsheng.core.ledger.values import ZONE
from minsheng.core.people import actions as people
from minsheng.core.people import contacts
from minsheng.core.people import queries as people_queries
from minsheng.core.policies import actions as policies
from minsheng.core.policies import queries as policy_queries
from minsheng.domain.actors import SYSTEM, Actor

_SEED = 12345
_OPENED_BEFORE = timedelta(days=110)
_ROSTER_WEEKS = 4
_PHONE_NUMBERS = "1990000{:04d}"


def is_filled() -> bool:
    """Return whether every city of the database is a demonstration's, and there is one."""
    known = policy_queries.cities(active=False)
    return bool(known) and all(city.display.get("demo") for city in known)


def foreign_cities() -> list[str]:
    """Return the names of the cities that the demonstration didn't make."""
    return [city.name for city in policy_queries.cities(active=False) if not city.display.get("demo")]


@transaction.atomic
def fill(*, now: datetime, scale: float = 1.0, chosen: Sequence[DemoCity] = CITIES) -> Filled:
    """Fill the database with the demonstration cities as if they had worked for weeks up to now.

    `scale` says how much of it: 1 gives some 170 appeals a city; every story is told at any scale.
    """
    filled = Filled()
    for city in chosen:
        chance = random.Random(f"{_SEED} {city.code}")  # noqa: S311 - it must repeat itself, not be secret
        accounts = _found(city, now=now)
        rules = policy_queries.rules_for(city.code, now=now)
        cast = casting.Cast(city, rules, accounts, chance)
        written = articles.publish(city, accounts, now=now - _OPENED_BEFORE + timedelta(days=1))
        player = Player(city.code, rules, filled, articles=written)
        for scene, plan in casting.plans(cast, rules, now=now, scale=scale):
            player.add(scene, plan)
        player.play(until=now)
        _change_contacts(city, accounts, pace.pace_of(rules, now=now))
    return filled


def tell(*, now: datetime) -> None:
    """Let the subscribers hear what happened, and seal it, as the worker does; call it after the fill has committed."""
    while ledger.relay_once():
        pass
    sealing.seal_once(now, mark=sealing.seal_once(now))


def extend_rosters(*, now: datetime) -> int:
    """Keep every complete unit's roster filled for the next weeks; return how many entries were added."""
    added = 0
    for city in CITIES:
        for number, unit in enumerate(units_of(city)):
            if unit.complete:
                added += _fill_roster(city, unit, number, now=now)
    return added


def _fill_roster(city: DemoCity, unit: DemoUnit, number: int, *, now: datetime) -> int:
    monday = _monday(now)
    added = 0
    for week in range(_ROSTER_WEEKS, -1, -1):
        starts = monday + timedelta(weeks=week)
        if people_queries.on_roster(city.code, unit=unit.name, at=starts + timedelta(days=1)):
            break
        _on_roster(city, unit, number, starts=starts, ends=starts + timedelta(weeks=1), now=now)
        added += 1
    return added


def _on_roster(city: DemoCity, unit: DemoUnit, number: int, *, starts: datetime, ends: datetime, now: datetime) -> None:
    people.put_on_roster(
        city.code,
        unit=unit.name,
        person=f"值班员{'甲乙丙丁'[number % 4]}（演示）",
        phone=_PHONE_NUMBERS.format(number),
        starts_at=starts,
        ends_at=ends,
        actor=SYSTEM,
        now=now,
    )


def _monday(now: datetime) -> datetime:
    local = now.astimezone(ZONE)
    return (local - timedelta(days=local.weekday())).replace(hour=0, minute=0, second=0, microsecond=0)


def _found(city: DemoCity, *, now: datetime) -> dict[tuple[str, str], str]:
    """Open the city with its units, contacts, rosters and accounts; return who holds which role where."""
    opened = now - _OPENED_BEFORE
    policies.open_city(
        city.code,
        name=city.name,
        pack=city.pack,
        overlays=city.overlays,
        display={"demo": True},
        actor=Actor("system"),
        now=opened,
    )
    units = units_of(city)
    names = {unit.key: unit.name for unit in units}
    for number, unit in enumerate(units):
        _add_unit(city, unit, number, parent=names.get(unit.parent), now=opened)
    for number, unit in enumerate(units):
        if unit.complete:
            _on_roster(city, unit, number, starts=opened, ends=_monday(now), now=opened)
            _fill_roster(city, unit, number, now=now)
    found = {}
    for account in accounts_of(city):
        unit_name = names.get(account.unit, "")
        staff = _add_account(city, account, unit_name or None, now=opened)
        found[account.role, unit_name] = f"staff:{staff}"
    return found


def _add_unit(city: DemoCity, unit: DemoUnit, number: int, *, parent: str | None, now: datetime) -> None:
    since = now.date()
    people.add_unit(
        city.code,
        name=unit.name,
        kind=unit.kind,
        level=unit.level,
        region=unit.region,
        parent=parent,
        phone=f"0000-8800{number:04d}",
        joined_on=since,
        is_discipline=unit.key == "discipline",
        actor=SYSTEM,
        now=now,
    )
    if unit.complete:
        _add_contacts(city, unit, number, since=since, now=now)


def _add_contacts(city: DemoCity, unit: DemoUnit, number: int, *, since: date, now: datetime) -> None:
    for place, post in enumerate(("分管领导", "主要负责人", "联系人")):
        people.set_contact(
            city.code,
            unit=unit.name,
            post=post,
            name=f"{material.SURNAMES[(number + place * 11) % len(material.SURNAMES)]}某某",
            phone=_PHONE_NUMBERS.format(1000 + number * 10 + place),
            effective_on=since,
            filed_at=now,
            now=now,
        )


def _add_account(city: DemoCity, account: Account, unit: str | None, *, now: datetime) -> int:
    staff = people.add_staff(
        city.code,
        username=account.username,
        display_name=account.display_name,
        password=PASSWORD,
        roles=[account.role],
        unit=unit,
        is_demo=True,
        actor=SYSTEM,
        now=now,
    )
    if account.acknowledged:
        people.acknowledge(staff, actor=SYSTEM, now=now)
    return staff


def _change_contacts(city: DemoCity, accounts: dict[tuple[str, str], str], own: pace.Pace) -> None:
    """Announce two changes of contact: one is filed, one still waits for its filing. Source: JY-3c."""
    names = {unit.key: unit.name for unit in units_of(city)}
    for key, filed in (("urban", True), ("transport", False)):
        officer = Actor("officer", names[key], accounts.get(("officer", names[key])))
        changed = own.back(1.2 * own.day)
        contact = contacts.change(
            city.code,
            post="联系人",
            person="新任联系人（演示）",
            phone=_PHONE_NUMBERS.format(2000),
            effective_on=changed.astimezone(ZONE).date(),
            actor=officer,
            now=changed,
        )
        if filed:
            contacts.file(contact, city=city.code, actor=officer, now=own.back(0.4 * own.day))
