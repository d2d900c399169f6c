"""Filling an empty database with the demonstration, through the same actions that pages and API use.

The whole fill is one transaction: there is a whole demonstration or none. A city of it carries the mark
`display.demo`; demonstration passwords and the reset are tied to that.
"""

from __future__ import annotations

import heapq
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db import transaction

from minsheng.demo import material, pace, steps, stories
from minsheng.demo.cities import CITIES, PASSWORD, STAFFED, Account, DemoCity, DemoUnit, accounts_of, units_of
from minsheng.demo.steps import Scene, Step
from minsheng.demo.stories import Story
from minsheng.domain.orders import timers
from minsheng.domain.orders.commands import SYSTEM, Actor, AppealFields, Link
from minsheng.domain.orders.order import Order
from minsheng.domain.packs import Rules
from minsheng.domain.rejected import Rejected
from minsheng.ledger import queries as ledger_queries
from minsheng.ledger import sealing
from minsheng.ledger import tasks as ledger
from minsheng.orders import actions as orders
from minsheng.orders import records
from minsheng.people import actions as people
from minsheng.people import contacts
from minsheng.people import queries as people_queries
from minsheng.policies import actions as policies
from minsheng.policies import queries as policy_queries

_SEED = 12345
_OPENED_BEFORE = timedelta(days=110)
_ROSTER_WEEKS = 4
_SECOND = timedelta(seconds=1)
_PHONE_NUMBERS = "1990000{:04d}"


@dataclass(slots=True)
class Filled:
    """What came of a fill: how many appeals, and the steps that were refused (none, unless a story is wrong)."""

    appeals: int = 0
    refused: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Planned:
    """A story's step at its moment."""

    at: datetime
    step: Step
    child: int
    name: str


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
        cast = _Cast(city, rules, accounts, chance)
        player = _Player(city.code, rules, filled)
        for scene, plan in _plans(cast, rules, now=now, scale=scale):
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
        now=now,
    )


def _monday(now: datetime) -> datetime:
    local = now.astimezone(records.ZONE)
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
        actor={"role": "system"},
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
            effective_on=changed.astimezone(records.ZONE).date(),
            actor=officer,
            now=changed,
        )
        if filed:
            contacts.file(contact, city=city.code, actor=officer, now=own.back(0.4 * own.day))


class _Cast:
    """Gives every story its words, place and units."""

    def __init__(
        self, city: DemoCity, rules: Rules, accounts: dict[tuple[str, str], str], chance: random.Random
    ) -> None:
        self._city, self._rules, self._accounts, self._chance = city, rules, accounts, chance
        self._units = {unit.key: unit for unit in units_of(city)}
        self._matters: dict[str, material.Said] = {}
        self._next: dict[str, int] = {}

    def scene(self, story: Story) -> Scene:
        """Return a new appeal of the story."""
        said = self._said(story)
        key = self._responsible(said)
        lead = self._units[key]
        others = [each for each in ("urban", "housing", "transport", "water", "police") if each != key]
        self._chance.shuffle(others)
        return Scene(
            said=said,
            rules=self._rules,
            chance=random.Random(self._chance.random()),  # noqa: S311
            lead=lead.name,
            co=tuple(self._units[each].name for each in others[:2]),
            level=lead.level,
            options=story.options,
            accounts=self._accounts,
            discipline=self._units["discipline"].name,
        )

    def _said(self, story: Story) -> material.Said:
        matter = story.options.get("matter", "")
        if matter in self._matters:
            return self._matters[matter]
        said = material.say(
            self._topic(story),
            towns=self._city.towns,
            regions=self._city.regions,
            town=self._chance.randrange(len(self._city.towns)),
            chance=self._chance,
        )
        if matter:
            self._matters[matter] = said
        return said

    def _topic(self, story: Story) -> material.Topic:
        options = story.options
        if "emergency" in options:
            return self._turn("emergency", material.EMERGENCIES)
        if "referral" in options:
            return self._turn("referral", material.REFERRALS)
        if "unit" in options:
            return self._turn(options["unit"], [each for each in material.TOPICS if each.unit == options["unit"]])
        consult = "consult" in options
        fitting = [each for each in material.TOPICS if (each.type == "consult") == consult]
        if not consult and self._chance.random() < 0.4:
            return self._turn("staffed", [each for each in fitting if each.unit in STAFFED])
        return self._turn("consult" if consult else "any", fitting)

    def _turn(self, name: str, topics: Sequence[material.Topic]) -> material.Topic:
        """Return the next topic of a kind, so that each is heard before one is heard again."""
        place = self._next.get(name, self._chance.randrange(len(topics)))
        self._next[name] = place + 1
        return topics[place % len(topics)]

    def _responsible(self, said: material.Said) -> str:
        town = next(place for place, name in enumerate(self._city.towns) if name in said.place)
        return {"street": f"town{town}", "county": f"urban{town // 2}", "platform": f"platform{town // 2}"}.get(
            said.topic.unit, said.topic.unit
        )


def _plans(cast: _Cast, rules: Rules, *, now: datetime, scale: float) -> Iterator[tuple[Scene, list[_Planned]]]:
    """Yield every appeal with its steps at their moments; one that is linked comes with its earlier companion."""
    own, clock = pace.pace_of(rules, now=now), pace.clock_pace(now)
    companions: list[tuple[datetime, Scene]] = []
    waiting: list[tuple[Scene, list[_Planned]]] = []
    for story in stories.STORIES:
        if not stories.possible(story, rules):
            continue
        for _ in range(stories.wanted(story, scale)):
            scene = cast.scene(story)
            plan = _plan(story, scene, clock if "clock" in story.options else own)
            if story.name in ("handling", "dispatched", "due_soon"):
                companions.append((plan[0].at, scene))
            if "linked" in story.options:
                waiting.append((scene, plan))
            else:
                yield scene, plan
    for scene, plan in waiting:
        earlier = [each for at, each in sorted(companions, key=lambda pair: pair[0]) if at < plan[0].at]
        if earlier:
            scene.beside = earlier[-1]
            scene.said = scene.beside.said
            companions = [pair for pair in companions if pair[1] is not scene.beside]
            yield scene, plan


def _plan(story: Story, scene: Scene, own: pace.Pace) -> list[_Planned]:
    consult = scene.said.topic.type == "consult"

    def read(text: str) -> float:
        return pace.minutes(text, pace=own, rules=scene.rules, consult=consult, chance=scene.chance)

    passed: dict[str, float] = {}
    total = 0.0
    found: list[tuple[float, Step, int, str]] = []
    for name, given, child in _steps(story, scene.rules):
        step = steps.STEPS[name]
        gap, _, since = (given or step.gap).partition("^")
        total = max(total, passed[since] + read(gap)) if since else total + read(gap)
        passed[name] = total
        found.append((total, step, child, name))
    end = total + read(story.age)
    return [_Planned(own.back(end - at), step, child, name) for at, step, child, name in found]


def _steps(story: Story, rules: Rules) -> Iterator[tuple[str, str, int]]:
    for word in story.path.split():
        whole, _, child = word.partition("/")
        for name, gap in steps.expand(whole, rules):
            yield name, gap, int(child or 0)


class _Player:
    """Plays all stories of a city in the order of their moments, letting clocks run out between them."""

    def __init__(self, city: str, rules: Rules, filled: Filled) -> None:
        self._city, self._rules, self._filled = city, rules, filled
        self._queue: list[tuple[datetime, int, _Planned | str]] = []
        self._scenes: dict[int, Scene] = {}
        self._stopped: set[int] = set()
        self._wakes: dict[str, datetime] = {}
        self._count = 0

    def add(self, scene: Scene, plan: list[_Planned]) -> None:
        """Take up an appeal's steps."""
        for planned in plan:
            self._count += 1
            self._scenes[self._count] = scene
            heapq.heappush(self._queue, (planned.at, self._count, planned))

    def play(self, *, until: datetime) -> None:
        """Play everything up to the moment."""
        while self._queue and self._queue[0][0] <= until:
            moment, number, what = heapq.heappop(self._queue)
            if isinstance(what, str):
                self._ring(what, moment)
            else:
                self._act(self._scenes[number], what)

    def _act(self, scene: Scene, planned: _Planned) -> None:
        if id(scene) in self._stopped:
            return
        scene.now = planned.at
        actor = scene.actor(planned.step.by)
        try:
            command = planned.step.make(scene)
            if scene.order_id:
                if planned.child == 2:  # the second child is the other unit's
                    actor = scene.actor(planned.step.by.replace("@lead", "@co0"))
                order_id = f"{scene.order_id}.{planned.child}" if planned.child else scene.order_id
                outcome = orders.apply(command, order_id=order_id, actor=actor, now=planned.at)
                self._watch(outcome.order)
                for other in self._others(scene, command, outcome.order, planned):
                    self._wake(records.stream_of(other), ledger_queries.alarm(records.stream_of(other)))
            else:
                assert isinstance(command, AppealFields)
                outcome = orders.register(
                    command, city=self._city, actor=actor, now=planned.at, words=self._words(scene, planned.at)
                )
                scene.order_id = outcome.order.id
                self._filled.appeals += 1
                self._watch(outcome.order)
        except Rejected as refusal:
            self._stopped.add(id(scene))
            self._filled.refused.append(f"{self._city} {scene.said.title} {planned.name} {planned.at}: {refusal.code}")

    def _words(self, scene: Scene, now: datetime) -> orders.Words:
        appellant = people.keep_appellant(
            city=self._city,
            kind="enterprise" if "enterprise" in scene.options else "citizen",
            name=scene.said.name,
            phone=scene.said.phone,
            now=now,
        )
        return orders.Words(appellant=appellant, title=scene.said.title)

    def _others(self, scene: Scene, command: object, order: Order, planned: _Planned) -> list[str]:
        """Return the other orders whose clocks the step may have moved."""
        others = list(order.children) if planned.name == "split" else []
        if isinstance(command, Link):
            others.append(command.to)
        if planned.child:
            others.append(scene.order_id)
        return others

    def _watch(self, order: Order) -> None:
        first = timers.next_due(order, self._rules)
        self._wake(records.stream_of(order.id), first.due if first is not None else None)

    def _wake(self, stream: str, due: datetime | None) -> None:
        """Remember when a stream's next clock runs out; what was remembered before is void."""
        if due is None:
            self._wakes.pop(stream, None)
        elif self._wakes.get(stream) != due:
            self._wakes[stream] = due
            self._count += 1
            heapq.heappush(self._queue, (due + _SECOND, self._count, stream))

    def _ring(self, stream: str, moment: datetime) -> None:
        if self._wakes.get(stream) != moment - _SECOND:
            return
        del self._wakes[stream]
        self._watch(orders.apply(None, order_id=records.order_id_of(stream), actor=SYSTEM, now=moment).order)
