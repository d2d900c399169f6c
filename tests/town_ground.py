"""A small town with everybody in it, and what a test does there: sign in, act, look."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests import files_ground as samples

from minsheng.cases.appeals.models import Appeal
from minsheng.cases.orders import actions, models
from minsheng.cases.orders.storage import queries
from minsheng.cases.orders.storage.projection import Words
from minsheng.core.ledger import tasks as ledger
from minsheng.core.people import actions as people
from minsheng.core.people import appellants, labels
from minsheng.core.people.models import RoleAssignment, Roster, Staff, Unit, UnitContact
from minsheng.core.people.signin import BEGAN, SEEN
from minsheng.core.policies import actions as policies
from minsheng.core.policies import queries as policy_queries
from minsheng.domain.actors import CITY_ROLES, SYSTEM, UNIT_ROLES, Actor
from minsheng.domain.orders import commands as cmd
from minsheng.gateways.ids import uuid7

LONG_AGO = datetime.fromisoformat("2020-08-01T00:00:00+08:00")
# A Friday, fifty minutes before the office closes.
START = datetime.fromisoformat("2026-09-18T16:40:00+08:00")
UNITS = ("城管局", "住建局", "江阴市纪委监委")
BACKEND = "minsheng.core.people.signin.StaffBackend"


def moment(text: str) -> datetime:
    """Return a moment of the town's zone."""
    return datetime.fromisoformat(f"{text}+08:00")


@dataclass(slots=True)
class Town:
    """The town: its code, its staff by role or role@unit, its clock."""

    code: str
    set_clock: Callable[[datetime], None]
    staff: dict[str, int] = field(default_factory=dict)
    now: datetime = START

    def at(self, now: datetime) -> None:
        """Let it be this moment."""
        self.now = now
        self.set_clock(now)

    def later(self, **length: float) -> None:
        """Let time pass."""
        self.at(self.now + timedelta(**length))

    def hire(self, name: str, *roles: str, unit: str | None = None) -> int:
        """Add a member of staff who has acknowledged confidentiality, without a password (they take long)."""
        (hired,) = self.hire_all([(name, roles, unit)])
        return hired

    def hire_all(self, people: Sequence[tuple[str, tuple[str, ...], str | None]]) -> list[int]:
        """Add several at once, each with a name, roles and a unit or none; return their keys in the same order."""
        units = {unit.name: unit for unit in Unit.objects.filter(city=self.code, name__in={each[2] for each in people})}
        staff = Staff.objects.bulk_create(
            Staff(
                username=f"{self.code}-{name}",
                password="!",
                display_name=name,
                city_id=self.code,
                unit=units[unit] if unit else None,
                confidentiality_ack_at=LONG_AGO,
                confidentiality_version=labels.CONFIDENTIALITY_VERSION,
            )
            for name, _, unit in people
        )
        RoleAssignment.objects.bulk_create(
            RoleAssignment(staff=one, role=role, granted_at=LONG_AGO, granted_by="test")
            for one, (_, roles, _) in zip(staff, people, strict=True)
            for role in roles
        )
        return [one.pk for one in staff]

    def actor(self, name: str) -> Actor:
        """Return the actor of `seat`, `officer@城管局`."""
        role, _, unit = name.partition("@")
        return Actor(role, unit or None, f"staff:{self.staff[name]}" if name in self.staff else None)

    def desk(self, name: str | int, *, acting_as: str = "") -> Client:
        """Return a browser in which somebody is signed in."""
        client = Client()
        staff = Staff.objects.get(pk=name if isinstance(name, int) else self.staff[name])
        client.force_login(staff, backend=BACKEND)
        session = client.session
        session[BEGAN] = session[SEEN] = time.time()
        if acting_as:
            session["acting_as"] = acting_as
        session.save()
        return client

    def register(self, **fields: Any) -> str:
        """Register and submit an appeal; return its id."""
        given = {"type": "help", "channel": "phone", "appellant": "citizen", "publish": "yes", "content": "人行道破损"}
        command = cmd.build("submit", {**given, **fields}, zone=None)
        assert isinstance(command, cmd.AppealFields)
        outcome = actions.register(
            command, city=self.code, actor=self.actor("seat"), now=self.now, words=words_wanted(self.code, self.now)
        )
        return outcome.order.id

    def draft(self, **fields: Any) -> str:
        """Register an appeal and submit nothing; return its id."""
        given = {"type": "help", "channel": "phone", "appellant": "citizen", "publish": "yes", "content": "人行道破损"}
        command = cmd.build("register", {**given, **fields}, zone=None)
        assert isinstance(command, cmd.AppealFields)
        outcome = actions.register(
            command, city=self.code, actor=self.actor("seat"), now=self.now, words=words_wanted(self.code, self.now)
        )
        return outcome.order.id

    def act(self, order: str, by: str, command: str, **fields: Any) -> None:
        """Carry a command out, as the pages do."""
        actions.apply(
            cmd.build(command, fields, zone=self.now.tzinfo), order_id=order, actor=self.actor(by), now=self.now
        )

    def dispatched(self, **fields: Any) -> str:
        """Return an order that waits for 城管局's signature."""
        order = self.register(**fields)
        self.act(order, "dispatcher", "dispatch", unit="城管局", basis="权责清单")
        return order

    def handled(self, **fields: Any) -> str:
        """Return an order that 城管局 handles."""
        order = self.dispatched(**fields)
        self.act(order, "officer@城管局", "sign")
        return order

    def replied(self, *, withhold: str = "", **fields: Any) -> str:
        """Return an order whose answer waits for its audit; `withhold`: why the unit would not have it public."""
        order = self.handled(**fields)
        self.act(order, "leader@城管局", "approve_reply")
        self.act(order, "officer@城管局", "reply", text="已修复", withhold=withhold)
        return order

    def internal(self, **fields: Any) -> str:
        """Return an internal referral that 住建局 handles, about 城管局."""
        order = self.register(type="report", publish="", target_unit="城管局", **fields)
        self.act(order, "dispatcher", "propose_referral")
        self.act(order, "designated_officer", "refer", branch="12.2a", handler="住建局", cadre="other")
        return order


def words_wanted(city: str, now: datetime) -> Words:
    """Return what a seat says beside an appeal: its category, where the city wants orders classified (SZ-15.2)."""
    wanted = policy_queries.rules_for(city, now=now).classify_before_dispatch
    return Words(category="1101" if wanted else "")


def build(code: str, set_clock: Callable[[datetime], None], *, pack: str = "jiangyin") -> Town:
    """Return a town with its units, contacts, rosters and one person for every role."""
    town = Town(code, set_clock)
    town.at(START)
    policies.open_city(code, name="江阴市", pack=pack, actor=SYSTEM, now=START)
    for name in UNITS:
        people.add_unit(
            code, name=name, joined_on=date(2020, 1, 1), phone="86860000", is_discipline=name.endswith("监委"),
            actor=SYSTEM, now=LONG_AGO,
        )  # fmt: skip
        unit = Unit.objects.get(city=code, name=name)
        UnitContact.objects.create(
            id=uuid7(LONG_AGO), unit=unit, post="经办人", name="周联系", effective_on=LONG_AGO.date(), filed_at=LONG_AGO
        )
        Roster.objects.create(
            id=uuid7(LONG_AGO), unit=unit, starts_at=LONG_AGO, ends_at=LONG_AGO + timedelta(days=9000), person="郑值班"
        )
    at_units = [(role, unit_name) for unit_name in UNITS[:2] for role in UNIT_ROLES]
    everybody = [(role, f"{role}甲", (role,), None) for role in CITY_ROLES]
    everybody += [(f"{role}@{unit}", f"{role}{unit}", (role,), unit) for role, unit in at_units]
    hired = town.hire_all([each[1:] for each in everybody])
    town.staff |= dict(zip([each[0] for each in everybody], hired, strict=True))
    return town


def form_of(client: Client, order: str, command: str, **values: Any) -> dict[str, Any]:
    """Return what a browser would send of a command's form: its hidden fields as shown, and what is typed."""
    shown = client.get(f"/orders/{order}/do/{command}/").content.decode()
    hidden = dict(re.findall(r'<input type="hidden" name="(key|seen_version|seen)" value="([^"]*)"', shown))
    assert "key" in hidden, shown
    return {**hidden, **values}


def send(client: Client, order: str, command: str, **values: Any) -> Any:
    """Open a command's form, fill it in and send it."""
    return client.post(f"/orders/{order}/do/{command}/", form_of(client, order, command, **values))


def fresh(**values: Any) -> dict[str, Any]:
    """Return values with a key of their own."""
    return {"key": str(uuid4()), **values}


def row(order: str) -> models.Order:
    """Return the order's row."""
    return models.Order.objects.get(id=order)


def text_of(answer: Any) -> str:
    """Return an answer's body as text."""
    return str(answer.content.decode())


def steps(order: str) -> list[str]:
    """Return the kinds of facts of an order."""
    return [each.type for each in queries.history(order)]


def relayed() -> None:
    """Let the subscribers hear everything."""
    while ledger.relay_once():
        pass


def with_identity(town: Town, order: str) -> None:
    """Let somebody have filed the order whose identity lies in the vault."""
    pseudonym = appellants.keep_appellant(
        city=town.code, kind="citizen", name="张三丰", phone="13812345678", address="江阴市澄江街道1号", now=town.now
    )
    Appeal.objects.filter(id=order).update(appellant=pseudonym)


def bring(client: Client, order: str, *named: tuple[str, bytes], **fields: Any) -> Any:
    """Send files as a browser does; without any, a picture."""
    files = [SimpleUploadedFile(name, content) for name, content in named or [("现场.png", samples.PNG)]]
    given = {"key": str(uuid4()), "purpose": "REPLY", "files": files, **fields}
    headers = given.pop("headers", {})
    return client.post(f"/orders/{order}/attachments", given, headers=headers)
