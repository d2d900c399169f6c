"""Play a scenario on PostgreSQL, through the very actions that pages and API use, with a clock of its own."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path

from tests.town_ground import words_wanted

from minsheng import wording
from minsheng.app.cli import rehearse
from minsheng.cases.orders import actions
from minsheng.cases.orders.storage import queries, records
from minsheng.core.ledger import queries as ledger_queries
from minsheng.core.people.models import Roster, Unit, UnitContact
from minsheng.core.policies import actions as policies
from minsheng.core.policies import queries as policy_queries
from minsheng.core.policies.models import City
from minsheng.domain import rehearsal
from minsheng.domain.actors import Actor
from minsheng.domain.cycles import PLAYED
from minsheng.domain.facts import Fact
from minsheng.domain.orders import commands as cmd
from minsheng.domain.rehearsal import calendar_year
from minsheng.domain.rejected import Rejected
from minsheng.domain.scenario import LoadCalendar, Scenario, Step
from minsheng.gateways import packfiles

CITY = "played"
LONG_AGO = datetime.fromisoformat("2020-01-01T00:00:00+08:00")


def of_orders_alone(story: str) -> bool:
    """Tell whether a story's text speaks of nothing beside orders."""
    return not any(f"{thing}: " in story for thing in PLAYED)


@dataclass(slots=True)
class Played:
    """What came of a scenario: orders by their names in the story, and the code of each refused step."""

    story: Scenario
    ids: dict[str, str] = field(default_factory=dict)
    refusals: dict[int, str] = field(default_factory=dict)


def rehearsed(path: Path) -> tuple[Scenario, dict[str, list[str]], dict[int, str]]:
    """Return the story, the facts of its rehearsal by order, as lines, and the refusals by step."""
    story, results = rehearse.play_file(path, library=packfiles.library())
    facts: dict[str, list[str]] = {}
    for result in results:
        for fact in result.facts:
            facts.setdefault(fact.stream, []).append(line_of(fact, {}))
    return story, facts, {result.step.number: result.code for result in results if result.code}


def line_of(fact: Fact, names: dict[str, str]) -> str:
    """Return what must be the same in both worlds: event, role, moment, state, due moments, notices, breaches."""
    clocks = " ".join(
        f"{timer.key}={timer.status}:{timer.due.isoformat() if timer.due else None}" for timer in fact.clocks
    )
    told = " ".join(str(notice) for notice in fact.notices)
    breaches = " ".join(str(breach) for breach in (*fact.breaches, *fact.annulled))
    event = type(fact.event).__name__
    where = f"{fact.status}({fact.reason})"
    return f"{event} {fact.by.role}@{fact.by.unit} {fact.at.isoformat()} {where} [{clocks}] {told} {breaches}"


def play(story: Scenario) -> Played:
    """Play the story in a city of its own."""
    _open(story)
    played = Played(story)
    for step in story.steps:
        fire_until(step.at)
        if step.command is not None:
            try:
                _act(played, step)
            except Rejected as rejected:
                played.refusals[step.number] = rejected.code
    return played


def fire_until(now: datetime) -> None:
    """Let the sweeper's handler run for every alarm before `now`, each at its own moment, as a sweeper would."""
    from minsheng.cases.orders import tasks

    while (due := ledger_queries.next_alarm()) is not None and due < now:
        moment = min(now, due + timedelta(seconds=1))
        for stream in _due_streams(moment):
            tasks.ring(stream, moment)


def _due_streams(moment: datetime) -> list[str]:
    from minsheng.core.ledger.models import Alarm

    return list(Alarm.objects.filter(due__lt=moment).order_by("due", "stream").values_list("stream", flat=True))


def _open(story: Scenario) -> None:
    pack = f"{story.pack}@{story.version}" if story.version else story.pack
    City.objects.create(code=CITY, name="演练市", pack=pack, overlays=list(story.overlays), opened_at=LONG_AGO)
    parents: dict[str, str] = {}
    for name in sorted(_units(story)):
        given = story.units.get(name)
        unit = Unit.objects.create(
            city_id=CITY,
            name=name,
            kind=given.kind if given else "government",
            level=given.level if given else "city",
            phone=(given.phone or "") if given else "12345",
            joined_on=date(2020, 1, 1) if given is None or given.joined else None,
            is_discipline=name.endswith("纪委监委"),
        )
        if given and given.parent:
            parents[name] = given.parent
        _people(unit, contact=given is None or given.contact, roster=given is None or given.roster)
    for name, parent in parents.items():
        Unit.objects.filter(city=CITY, name=name).update(parent=Unit.objects.get(city=CITY, name=parent))


def _people(unit: Unit, *, contact: bool, roster: bool) -> None:
    from minsheng.gateways.ids import uuid7

    if contact:
        UnitContact.objects.create(
            id=uuid7(LONG_AGO), unit=unit, post="经办人", name="演练", effective_on=LONG_AGO.date(), filed_at=LONG_AGO
        )
    if roster:
        Roster.objects.create(
            id=uuid7(LONG_AGO), unit=unit, starts_at=LONG_AGO, ends_at=LONG_AGO + timedelta(days=9000), person="演练"
        )


def _units(story: Scenario) -> set[str]:
    names = set(story.units)
    for step in story.steps:
        if step.by is not None and step.by.unit:
            names.add(step.by.unit)
        if step.command is not None:
            for key in ("unit", "lead", "handler", "transfer_to", "joint_with", "target_unit"):
                names.add(getattr(step.command, key, ""))
            for key in ("units", "co"):
                names.update(getattr(step.command, key, ()))
    return {name for name in names if name}


def _act(played: Played, step: Step) -> None:
    command = step.command
    if isinstance(command, LoadCalendar):
        _load(command, step)
        return
    assert isinstance(command, cmd.Command)
    by = step.by or _default_actor(played, step)
    if isinstance(command, cmd.Answer) and command.article:
        _article(command.article, now=step.at)
    if isinstance(command, cmd.Link):
        command = cmd.Link(to=played.ids.get(command.to, command.to))
    if isinstance(command, cmd.AddMaterial | cmd.Urge | cmd.RateJoined):
        command = replace(command, joined=played.ids.get(command.joined, command.joined))
    if isinstance(command, cmd.AppealFields) and step.name not in played.ids:
        outcome = actions.register(command, city=CITY, actor=by, now=step.at, words=words_wanted(CITY, step.at))
        played.ids[step.name] = outcome.order.id
        return
    order_id = played.ids.get(step.name, step.name)
    parent, _, count = step.name.rpartition(".")
    if step.name not in played.ids and parent in played.ids:
        order_id = f"{played.ids[parent]}.{count}"
        played.ids[step.name] = order_id
    actions.apply(command, order_id=order_id, actor=by, now=step.at)


def _article(number: str, *, now: datetime) -> None:
    """Let the city have the article that a story names: a story of orders does not say where it comes from."""
    from minsheng.cases.knowledge.actions import ARTICLES
    from minsheng.cases.knowledge.models import Article
    from minsheng.core.lifecycles import actions as lifecycles
    from minsheng.domain.knowledge.article import ApproveArticle, DraftArticle, SubmitArticle

    if Article.objects.filter(city=CITY, number=number).exists():
        return
    unit = Unit.objects.create(
        city_id=CITY, name=f"{number}的单位", kind="government", level="city", joined_on=LONG_AGO
    )
    editor, leader = Actor("officer", unit.name), Actor("leader", unit.name)
    form = DraftArticle(kind="question", title=number, body="内容")
    made = lifecycles.begin(
        ARTICLES, form, city=CITY, by=editor, now=now, made=lambda id: Article(id=id, city_id=CITY, number=number)
    )
    lifecycles.apply(ARTICLES, made.id, SubmitArticle(), city=CITY, by=editor, now=now)
    lifecycles.apply(ARTICLES, made.id, ApproveArticle(), city=CITY, by=leader, now=now)


def _default_actor(played: Played, step: Step) -> Actor:
    """Return who acts in a step that names nobody, by the rehearsal's own rule, over the order as it stands here."""
    order_id = played.ids.get(step.name, "")
    known = queries.peek([order_id]).get(order_id)
    rules = policy_queries.rules_for(CITY, now=step.at)
    orders = {step.name: known.order} if known else {}
    world = rehearsal.World(played.story, packfiles.load_calendar(), lambda day, calendar: rules, wording.say, orders)
    return rehearsal._default_actor(world, step, rules)


def _load(command: LoadCalendar, step: Step) -> None:
    if step.by is not None and step.by.role != "admin":
        raise Rejected("not_your_role")
    year = calendar_year(command.year, command.holidays, command.workdays, "演练")
    policies.load_calendar(year, loaded_by="演练", actor=Actor("admin"), now=step.at)
    from minsheng.cases.orders.models import Order

    for order_id in Order.objects.order_by("registered_at", "id").values_list("id", flat=True):
        actions.recompute(order_id, year=year.year, now=step.at)


def stored_lines(played: Played) -> dict[str, list[str]]:
    """Return the facts in the ledger by the names of the story, as lines."""
    names = {order_id: name for name, order_id in played.ids.items()}
    found: dict[str, list[str]] = {}
    from minsheng.cases.orders.models import Order

    for order_id in Order.objects.values_list("id", flat=True):
        parent, _, count = order_id.rpartition(".")
        name = names.get(order_id) or f"{names[parent]}.{count}"
        found[name] = [line_of(records.from_ledger(each), names) for each in queries.history(order_id)]
    return found
