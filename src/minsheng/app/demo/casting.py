"""From stories to appeals: each gets its words, place and units, and its steps their moments."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from minsheng.app.demo import material, pace, steps, stories
from minsheng.app.demo.cities import STAFFED, DemoCity, units_of
from minsheng.app.demo.steps import Scene, Step
from minsheng.app.demo.stories import Story
from minsheng.domain.packs import Rules


@dataclass(frozen=True, slots=True)
class Planned:
    """A story's step at its moment."""

    at: datetime
    step: Step
    child: int
    name: str


class Cast:
    """Gives every story its words, place and units."""

    def __init__(
        self, city: DemoCity, rules: Rules, accounts: Mapping[tuple[str, str], str], chance: random.Random
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


def plans(cast: Cast, rules: Rules, *, now: datetime, scale: float) -> Iterator[tuple[Scene, list[Planned]]]:
    """Yield every appeal with its steps at their moments; one that is linked comes with its earlier companion."""
    own, clock = pace.pace_of(rules, now=now), pace.clock_pace(now)
    companions: list[tuple[datetime, Scene]] = []
    waiting: list[tuple[Scene, list[Planned]]] = []
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


def _plan(story: Story, scene: Scene, own: pace.Pace) -> list[Planned]:
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
    return [Planned(own.back(end - at), step, child, name) for at, step, child, name in found]


def _steps(story: Story, rules: Rules) -> Iterator[tuple[str, str, int]]:
    for word in story.path.split():
        whole, _, child = word.partition("/")
        for name, gap in steps.expand(whole, rules):
            yield name, gap, int(child or 0)
