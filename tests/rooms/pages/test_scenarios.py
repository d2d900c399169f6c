"""Every shipped scenario, played through the pages' own forms: whatever the life cycle knows can be done on a page.

The facts must be those of the rehearsal; a step that the rehearsal refuses must be refused by the page as well.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from tests import playing_ground as playing
from tests import town_ground as towns
from tests.playing_ground import Played
from tests.town_ground import Town, fresh

from minsheng.cases.orders import models
from minsheng.domain.actors import Actor
from minsheng.domain.orders import commands as cmd
from minsheng.domain.orders.fields import Attestation, EmergencyForm
from minsheng.domain.scenario import LoadCalendar, Scenario, Step
from minsheng.gateways import packfiles
from minsheng.workbench.forms import _YES_OR_NO

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

# A city has no settings of its own; contacts and units that change have pages of their own; citizens file at the portal
# (tests/public). The stories of the register's own dates (`V…`) are played on PostgreSQL, and bring no new command.
FILES = [
    path
    for path in sorted(packfiles.shipped_folder().glob("*/scenarios/*.yaml"))
    if "\nset:" not in (text := path.read_text(encoding="utf-8"))
    and playing.of_orders_alone(text)
    and "do: succeed" not in text
    and not path.stem.startswith("V")
    and "by: citizen, do: register" not in text
]


class Walk:
    """A story on the pages: everybody at a desk of their own."""

    def __init__(self, story: Scenario, set_clock: Callable[[datetime], None]) -> None:
        self.town = Town(playing.CITY, set_clock)
        self.desks: dict[str, Client] = {}
        self.played = Played(story)

    def step(self, step: Step) -> int:
        """Do one step on its page and return the status of the answer."""
        self.town.at(step.at)
        command = step.command
        assert isinstance(command, cmd.Command)
        by = step.by or playing._default_actor(self.played, step)
        desk = self.desk(Actor("seat") if by.role == "citizen" else by)
        data = typed(command, self.played.ids)
        if isinstance(command, cmd.AppealFields) and step.name not in self.played.ids:
            data.setdefault("content", "（演练）")
            data["category"] = towns.words_wanted(playing.CITY, step.at).category
            before = set(models.Order.objects.values_list("id", flat=True))
            answer = desk.post("/orders/new", fresh(**data, **{command.name: "1"}))
            for each in set(models.Order.objects.values_list("id", flat=True)) - before:
                self.played.ids[step.name] = each
            return int(answer.status_code)
        order = self.order_of(step.name)
        if isinstance(command, cmd.FeedBack):
            self.approve_feedback(order, by)
        return int(desk.post(f"/orders/{order}/do/{command.name}/", fresh(**data)).status_code)

    def approve_feedback(self, order: str, by: Actor) -> None:
        """Let the unit's leader approve the answer first: persons are held to it, and a story's actors are none."""
        self.desk(Actor("leader", by.unit)).post(f"/orders/{order}/do/approve_feedback/", fresh())

    def order_of(self, name: str) -> str:
        parent, _, count = name.rpartition(".")
        if name not in self.played.ids and parent in self.played.ids:
            self.played.ids[name] = f"{self.played.ids[parent]}.{count}"
        return self.played.ids.get(name, name)

    def desk(self, by: Actor) -> Client:
        name = str(by)
        if name not in self.desks:
            self.desks[name] = self.town.desk(self.town.hire(name, by.role, unit=by.unit))
        return self.desks[name]


def typed(command: cmd.Command, ids: dict[str, str]) -> dict[str, Any]:
    """Return what somebody types into the form to say what the command says."""
    data: dict[str, Any] = {}
    for field in dataclasses.fields(command):
        value = getattr(command, field.name)
        match value:
            case "" | None | ():
                continue
            case Attestation():
                data[field.name] = "on"
                data[f"{field.name}_note"] = value.text
            case EmergencyForm():
                data |= {f"emergency_{name}": getattr(value, name) for name in ("level", "place", "facts")}
                data["emergency_ground"] = value.ground or "E1"  # a person names one, a story may leave it out
            case bool() if field.name in _YES_OR_NO:
                data[field.name] = "yes" if value else "no"
            case bool():
                data |= {field.name: "on"} if value else {}
            case datetime():
                data[field.name] = value.isoformat()
            case tuple() if field.name == "evidence":
                data[field.name] = "\n".join(value)
            case tuple():
                data[field.name] = list(value)
            case _:
                data[field.name] = ids.get(str(value), str(value))
    return data


@pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])
def test_a_scenario_gives_the_same_facts_through_the_pages(path: Path, test_clock: Callable[[datetime], None]) -> None:
    story, rehearsed, refused = playing.rehearsed(path)
    playing._open(story)
    walk = Walk(story, test_clock)

    statuses = {}
    for step in story.steps:
        playing.fire_until(step.at)
        if isinstance(step.command, LoadCalendar):
            playing._act(walk.played, step)
        elif isinstance(step.command, cmd.Submit) and step.command.emergency is not None:
            continue  # the page registers an emergency whatever button is pressed: nobody can ask for this
        elif step.command is not None:
            statuses[step.number] = walk.step(step)

    refused = {number: code for number, code in refused.items() if number in statuses}
    wrongly = {number: status for number, status in statuses.items() if (status == 302) == (number in refused)}
    assert wrongly == {}
    stored = {name: without_approvals(facts) for name, facts in playing.stored_lines(walk.played).items()}
    assert stored == {name: without_approvals(facts) for name, facts in rehearsed.items()}


def without_approvals(facts: list[str]) -> list[str]:
    """Return the facts but for the approvals of answers to supervision orders, which stories may do without."""
    return [each for each in facts if "FeedbackApproved" not in each]
