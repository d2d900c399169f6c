"""Playing the stories of a city through the actions that pages and API use, with clocks running out between them."""

from __future__ import annotations

import heapq
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from minsheng.app.demo.casting import Planned
from minsheng.app.demo.steps import Scene
from minsheng.cases.orders import actions as orders
from minsheng.cases.orders.office import publishing
from minsheng.cases.orders.storage import records
from minsheng.core.ledger import queries as ledger_queries
from minsheng.core.people import appellants
from minsheng.domain.actors import SYSTEM, Actor
from minsheng.domain.orders import timers
from minsheng.domain.orders.commands import Answer, AppealFields, Link
from minsheng.domain.orders.order import Order
from minsheng.domain.packs import Rules
from minsheng.domain.rejected import Rejected

_SECOND = timedelta(seconds=1)


@dataclass(slots=True)
class Filled:
    """What came of a fill: how many appeals, and the steps that were refused (none, unless a story is wrong)."""

    appeals: int = 0
    refused: list[str] = field(default_factory=list)


class Player:
    """Plays all stories of a city in the order of their moments, letting clocks run out between them."""

    def __init__(self, city: str, rules: Rules, filled: Filled, *, articles: Mapping[str, str]) -> None:
        self._city, self._rules, self._filled, self._articles = city, rules, filled, articles
        self._queue: list[tuple[datetime, int, Planned | str]] = []
        self._scenes: dict[int, Scene] = {}
        self._stopped: set[int] = set()
        self._wakes: dict[str, datetime] = {}
        self._count = 0

    def add(self, scene: Scene, plan: list[Planned]) -> None:
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

    def _act(self, scene: Scene, planned: Planned) -> None:
        if id(scene) in self._stopped:
            return
        scene.now = planned.at
        try:
            if scene.order_id:
                self._step(scene, planned)
            else:
                self._register(scene, planned)
        except Rejected as refusal:
            self._stopped.add(id(scene))
            self._filled.refused.append(f"{self._city} {scene.said.title} {planned.name} {planned.at}: {refusal.code}")

    def _register(self, scene: Scene, planned: Planned) -> None:
        command = planned.step.make(scene)
        assert isinstance(command, AppealFields)
        actor = scene.actor(planned.step.by)
        words = self._words(scene, planned.at)
        outcome = orders.register(command, city=self._city, actor=actor, now=planned.at, words=words)
        scene.order_id = outcome.order.id
        self._filled.appeals += 1
        self._watch(outcome.order)

    def _step(self, scene: Scene, planned: Planned) -> None:
        command = planned.step.make(scene)
        # The second child of a parallel dispatch is the other unit's.
        by = planned.step.by.replace("@lead", "@co0") if planned.child == 2 else planned.step.by
        order_id = f"{scene.order_id}.{planned.child}" if planned.child else scene.order_id
        if planned.name == "publish":
            self._confirm_words(order_id, scene.actor(by), planned.at)
        if isinstance(command, Answer) and command.article:
            number = self._articles.get(scene.said.topic.title, "")
            command = replace(command, article=number, no_article=None if number else True)
        outcome = orders.apply(command, order_id=order_id, actor=scene.actor(by), now=planned.at)
        self._watch(outcome.order)
        for other in self._others(scene, command, outcome.order, planned):
            self._wake(records.stream_of(other), ledger_queries.alarm(records.stream_of(other)))

    def _confirm_words(self, order_id: str, auditor: Actor, now: datetime) -> None:
        """Confirm the masked words as the auditor does at the desk: public pages show no others (A-73)."""
        parts = publishing.preview(order_id, now=now).parts
        publishing.confirm(order_id, {part.field: part.masked for part in parts}, by=auditor, now=now)

    def _words(self, scene: Scene, now: datetime) -> orders.Words:
        appellant = appellants.keep_appellant(
            city=self._city,
            kind="enterprise" if "enterprise" in scene.options else "citizen",
            name=scene.said.name,
            phone=scene.said.phone,
            now=now,
        )
        return orders.Words(appellant=appellant, title=scene.said.title, category=scene.said.topic.category)

    def _others(self, scene: Scene, command: object, order: Order, planned: Planned) -> list[str]:
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
