"""A rehearsal's file: a story about orders under one city's rules, read from located plain values.

The contract is scenarios/FORMAT.md. The edge parses the file and says where each value stands; here it gets its
meaning. An unknown key anywhere is a fault with its line. `rehearsal.py` plays what comes out.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from minsheng.domain import cycles
from minsheng.domain.actors import ROLES, Actor
from minsheng.domain.cycles import PLAYED
from minsheng.domain.orders import commands as cmd
from minsheng.domain.orders import fields, timers
from minsheng.domain.orders.order import UnitFacts

FLAGS = (
    "no_more_return",
    "repeat",
    "in_extension",
    "extension_pending",
    "coordination",
    "first_unit",
    "responsible_unit",
    "published",
    "excluded",
    "tags",
    "final_opinion",
    "satisfied",
    "resolved",
    "in_execution",
    "to_verify",
    "hidden_from",
    *cycles.FLAGS,
)
COUNTS = ("urges", "round", "timely_answers", "orders", "appeals", *cycles.COUNTS)
STANDINGS = ("running", "paused", "met", "missed", "cancelled", "annulled", "absent")
KINDS = ("platform", "government", "party", "enterprise")
LEVELS = ("city", "county", "town")
# What a step may be about; a command without an object names none of them.
THINGS = ("order", *PLAYED)
KEYS = ("at", "by", "do", "with", "expect")
# A unit that a story does not describe has a telephone all the same; whose it is does not matter.
ORDINARY_PHONE = "12345"
# What YAML writes as a moment and ISO 8601 does not: one digit of the hour, a blank before the offset.
_YAML_MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)[Tt ]+(\d{1,2})(:\d\d(?::\d\d(?:\.\d+)?)?)\s*(Z|[+-]\d\d(?::?\d\d)?)?")


@dataclass(frozen=True, slots=True)
class Located:
    """A plain value and the line it stands on: text (also for numbers and dates), None, a list or a map.

    `truth` is set where the file writes a truth value without quotes.
    """

    value: str | list[Located] | dict[str, Located] | None
    line: int
    truth: bool | None = None
    keys: Mapping[str, int] = field(default_factory=dict)  # lines of a map's keys


@dataclass(frozen=True, slots=True)
class FileFault:
    """Why a file cannot be used: where, which key, what to do."""

    file: str
    line: int
    key: str
    reason: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.key}: {self.reason}"


class Unusable(ValueError):
    """A file that cannot be played."""

    def __init__(self, fault: FileFault) -> None:
        super().__init__(str(fault))
        self.fault = fault


@dataclass(frozen=True, slots=True)
class LoadCalendar:
    """Load a year's calendar; its days stay text, since a malformed calendar is refused and not a broken file."""

    year: str = ""
    holidays: tuple[str, ...] = ()
    workdays: tuple[str, ...] = ()


# An order's command, the calendar's, or one of a registered life cycle, which are plain values of their own.
Command = cmd.Command | LoadCalendar | Any


@dataclass(frozen=True, slots=True)
class Expectation:
    """What must hold after a step. A key that the file does not name is not looked at."""

    status: str | None = None
    due: Mapping[str, datetime | None] = field(default_factory=dict)
    timers: Mapping[str, str] = field(default_factory=dict)
    provisional: tuple[str, ...] | None = None
    refused: str | bool = False
    says: str = ""
    violations: tuple[str, ...] | None = None
    flags: Mapping[str, object] = field(default_factory=dict)
    notices: tuple[str, ...] = ()
    count: Mapping[str, int] = field(default_factory=dict)
    history: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One step. `thing` is `order`, a registered life cycle, or empty for a command that carries no object."""

    number: int
    line: int
    at: datetime
    by: Actor | None
    do: str
    command: Command | None
    thing: str
    name: str
    expect: Expectation


@dataclass(frozen=True, slots=True)
class Scenario:
    """A story, ready to be played."""

    file: str
    title: str
    pack: str
    version: str | None
    overlays: tuple[str, ...]
    settings: Mapping[str, object]
    units: Mapping[str, UnitFacts]
    steps: tuple[Step, ...]
    clauses: tuple[str, ...] = ()


class _Reader:
    """Reads located values of one file; every refusal names file, line and key."""

    def __init__(self, file: str, zone: Any) -> None:
        self.file, self.zone = file, zone

    def fault(self, at: int, key: str, reason: str) -> Unusable:
        return Unusable(FileFault(self.file, at, key, reason))

    def map_of(self, located: Located, key: str, known: tuple[str, ...] | None = None) -> dict[str, Located]:
        if located.value is None:
            return {}
        if not isinstance(located.value, dict):
            raise self.fault(located.line, key, "这里应写成“键: 值”的一组")
        for name in located.value:
            if known is not None and name not in known:
                place = f"{key}.{name}" if key else name
                line = located.keys.get(name, located.line)
                raise self.fault(line, place, f"没有这个键，可用的有 {'、'.join(known)}")
        return located.value

    def list_of(self, located: Located, key: str) -> list[Located]:
        if located.value is None:
            return []
        if not isinstance(located.value, list):
            raise self.fault(located.line, key, "这里应写成列表")
        return located.value

    def text(self, located: Located, key: str) -> str:
        if not isinstance(located.value, str):
            raise self.fault(located.line, key, "这里应写文字")
        return located.value

    def texts(self, located: Located, key: str) -> tuple[str, ...]:
        return tuple(self.text(each, key) for each in self.list_of(located, key))

    def choice(self, located: Located, key: str, known: tuple[str, ...]) -> str:
        text = self.text(located, key)
        if text not in known:
            raise self.fault(located.line, key, f"没有“{text}”，可用的有 {'、'.join(known)}")
        return text

    def truth(self, located: Located, key: str) -> bool:
        if located.truth is None:
            raise self.fault(located.line, key, "这里应写 true 或 false")
        return located.truth

    def number(self, located: Located, key: str) -> int:
        text = self.text(located, key)
        if not text.isdecimal():
            raise self.fault(located.line, key, "这里应写整数")
        return int(text)

    def moment(self, located: Located, key: str) -> datetime:
        text = self.text(located, key).strip()
        if found := _YAML_MOMENT.fullmatch(text):
            text = f"{found[1]}T{found[2]:0>2}{found[3]}{found[4] or ''}"
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            raise self.fault(located.line, key, "时刻应写成 2026-09-18 16:40:00") from None
        return moment.astimezone(self.zone) if moment.tzinfo else moment.replace(tzinfo=self.zone)

    def plain(self, located: Located) -> object:
        """Return the value as a command's field or a setting reads it."""
        if isinstance(located.value, dict):
            return {name: self.plain(each) for name, each in located.value.items()}
        if isinstance(located.value, list):
            return [self.plain(each) for each in located.value]
        return located.value

    def setting(self, located: Located) -> object:
        """Return the value as a pack's parameter reads it: truth and numbers as such."""
        if located.truth is not None:
            return located.truth
        if isinstance(located.value, dict):
            return {name: self.setting(each) for name, each in located.value.items()}
        if isinstance(located.value, list):
            return [self.setting(each) for each in located.value]
        if isinstance(located.value, str) and located.value.isdecimal():
            return int(located.value)
        return located.value


def read(root: Located, *, file: str, zone: Any, register: Collection[str]) -> Scenario:
    """Return the story that a file tells; `register` has the clauses that it may name.

    Raises: Unusable, naming file, line and key.
    """
    reader = _Reader(file, zone)
    top = reader.map_of(root, "", ("title", "pack", "overlays", "set", "clauses", "units", "steps"))
    for name in ("pack", "steps"):
        if name not in top or not top[name].value:
            raise reader.fault(root.line, name, "缺少这个键")
    pack, _, version = reader.text(top["pack"], "pack").partition("@")
    steps: list[Step] = []
    for number, located in enumerate(reader.list_of(top["steps"], "steps"), start=1):
        step = _step(reader, located, number)
        if steps and step.at < steps[-1].at:
            raise reader.fault(located.line, f"steps[{number}].at", "时刻不能早于上一步")
        steps.append(step)
    return Scenario(
        file=file,
        title=reader.text(top["title"], "title") if "title" in top else "",
        pack=pack,
        version=version or None,
        overlays=reader.texts(top["overlays"], "overlays") if "overlays" in top else (),
        settings={name: reader.setting(each) for name, each in reader.map_of(top["set"], "set").items()}
        if "set" in top
        else {},
        units=_units(reader, top["units"]) if "units" in top else {},
        steps=tuple(steps),
        clauses=_clauses(reader, top["clauses"], register) if "clauses" in top else (),
    )


def _clauses(reader: _Reader, located: Located, register: Collection[str]) -> tuple[str, ...]:
    """Return the clauses that the story proves: exact ids, since a range or a prefix proves too much."""
    for each in reader.list_of(located, "clauses"):
        if reader.text(each, "clauses") not in register:
            reason = f"条款表里没有“{each.value}”，请逐条写出完整编号，如 JY-10.2a，不能写范围或前缀"
            raise reader.fault(each.line, "clauses", reason)
    return reader.texts(located, "clauses")


def _units(reader: _Reader, located: Located) -> dict[str, UnitFacts]:
    units = {}
    for name, each in reader.map_of(located, "units").items():
        place = f"units.{name}"
        given = reader.map_of(each, place, ("kind", "level", "parent", "phone", "joined", "contact", "roster"))
        read_as: dict[str, Any] = {"phone": ORDINARY_PHONE}
        for key, value in given.items():
            where = f"{place}.{key}"
            match key:
                case "kind":
                    read_as[key] = reader.choice(value, where, KINDS)
                case "level":
                    read_as[key] = reader.choice(value, where, LEVELS)
                case "joined" | "contact" | "roster":
                    read_as[key] = reader.truth(value, where)
                case _:
                    without = value.value is None or value.truth is False
                    read_as[key] = None if without else reader.text(value, where)
        units[name] = UnitFacts(name, **read_as)
    return units


def _step(reader: _Reader, located: Located, number: int) -> Step:
    place = f"steps[{number}]"
    given = reader.map_of(located, place)
    for unknown in (name for name in given if name not in (*KEYS, *THINGS)):
        line, things = located.keys.get(unknown, located.line), "、".join(THINGS)
        reason = f"没有这个键，也没有登记这一类事项；可用的有 {'、'.join(KEYS)}，能演练的事项有 {things}"
        raise reader.fault(line, f"{place}.{unknown}", reason)
    if "at" not in given:
        raise reader.fault(located.line, f"{place}.at", "缺少这个键")
    named = [name for name in THINGS if name in given]
    if len(named) > 1:
        raise reader.fault(located.keys.get(named[1], located.line), f"{place}.{named[1]}", "一个步骤只能写一件事项")
    thing = named[0] if named else ""
    name = reader.text(given[thing], f"{place}.{thing}") if thing else ""
    by = None
    if "by" in given:
        try:
            by = Actor.parse(reader.text(given["by"], f"{place}.by"))
        except ValueError:
            roles = "、".join(ROLES)
            raise reader.fault(given["by"].line, f"{place}.by", f"应是角色或“角色@单位”，角色有 {roles}") from None
    do = reader.text(given["do"], f"{place}.do") if "do" in given else ""
    command = _command(reader, given, do, thing, place) if do else None
    if not do and "with" in given:
        raise reader.fault(located.keys["with"], f"{place}.with", "没有 do 的步骤不能有 with")
    return Step(
        number=number,
        line=located.line,
        at=reader.moment(given["at"], f"{place}.at"),
        by=by,
        do=do,
        command=command,
        thing=thing,
        name=name,
        expect=_expectation(reader, given["expect"], f"{place}.expect") if "expect" in given else Expectation(),
    )


def _command(reader: _Reader, given: Mapping[str, Located], do: str, thing: str, place: str) -> Command:
    values = reader.map_of(given["with"], f"{place}.with") if "with" in given else {}
    line = given["do"].line
    known_by = _known_by(do)
    if not known_by:
        raise reader.fault(line, f"{place}.do", f"没有“{do}”这个命令")
    if thing not in known_by:
        needs = f"要写明 {' 或 '.join(known_by)}" if known_by != ("",) else "不针对某一事项"
        raise reader.fault(line, f"{place}.do", f"“{do}”{needs}")
    where = f"{place}.with"
    if do == "load_calendar":
        known = reader.map_of(given["with"], where, ("year", "holidays", "workdays")) if "with" in given else {}
        days = {key: _days(known[key]) for key in ("holidays", "workdays") if key in known}
        year = known["year"].value if "year" in known else ""
        return LoadCalendar(year if isinstance(year, str) else "", **days)
    if thing in PLAYED:
        return _registered(reader, PLAYED[thing].commands[do], given, where)
    plain = {name: reader.plain(each) for name, each in values.items()}
    try:
        return cmd.build(do, plain, zone=reader.zone)
    except cmd.Malformed as malformed:
        raise reader.fault(line_of(given["with"], malformed.key), f"{where}.{malformed.key}", _why(malformed)) from None


def _known_by(do: str) -> tuple[str, ...]:
    """Return the things that know a command of this name; one without an object is known by the empty name."""
    if do == "load_calendar":
        return ("",)
    registered = tuple(name for name, played in PLAYED.items() if do in played.commands)
    return ("order", *registered) if do in cmd.BY_NAME else registered


def _registered(reader: _Reader, shape: type[Any], given: Mapping[str, Located], place: str) -> Any:
    """Return a command of a registered life cycle, read by the kinds of its fields, else by their types."""
    names = {each.name: each for each in dataclasses.fields(shape)}
    if all("kind" in each.metadata for each in names.values()):
        return _built(reader, shape, given, place)
    values = reader.map_of(given["with"], place, tuple(names)) if "with" in given else {}
    for name, each in names.items():
        if name not in values and each.default is dataclasses.MISSING:
            raise reader.fault(given["do"].line, f"{place}.{name}", "缺少这个键")
    return shape(**{name: _typed(reader, value, names[name].type, f"{place}.{name}") for name, value in values.items()})


def _built(reader: _Reader, shape: type[Any], given: Mapping[str, Located], place: str) -> Any:
    values = reader.map_of(given["with"], place) if "with" in given else {}
    try:
        return fields.build(shape, {name: reader.plain(each) for name, each in values.items()}, zone=reader.zone)
    except fields.Malformed as malformed:
        line = line_of(given["with"], malformed.key)
        raise reader.fault(line, f"{place}.{malformed.key}", _why(malformed)) from None


def _typed(reader: _Reader, located: Located, type_: object, place: str) -> object:
    # The fields' modules annotate lazily: their types are read as they are written.
    match type_:
        case "date" | "date | None":
            return _day(reader, located, place)
        case "bool":
            return reader.truth(located, place)
        case "tuple[str, ...]":
            return reader.texts(located, place)
        case _:
            return reader.text(located, place)


def line_of(located: Located, key: str) -> int:
    """Return the line on which `key`, dotted for nested maps, stands below a value, or the nearest above it."""
    line = located.line
    if key in located.keys:
        return located.keys[key]
    for name in key.split("."):
        line = located.keys.get(name, line)
        below = located.value.get(name) if isinstance(located.value, dict) else None
        if below is None:
            return line
        located = below
    return line


def _why(malformed: cmd.Malformed) -> str:
    params = malformed.params
    match malformed.code:
        case "unknown_field":
            names = params["known"]
            assert isinstance(names, tuple)
            return f"没有这个键，可用的有 {'、'.join(names) or '（无）'}"
        case "not_a_choice":
            choices = params["choices"]
            assert isinstance(choices, tuple)
            return f"没有“{params['value']}”，可用的有 {'、'.join(choices)}"
        case "not_a_flag":
            return "这里应写 true 或 false"
        case "not_a_count":
            return "这里应写整数"
        case "not_a_moment":
            return "时刻应写成 2026-09-18 16:40:00"
        case "not_a_day":
            return "日期应写成 2026-09-18"
        case "not_a_map":
            return "这里应写成“键: 值”的一组"
        case _:
            return "这里应写文字"


def _days(located: Located) -> tuple[str, ...]:
    if isinstance(located.value, list):
        return tuple(each.value if isinstance(each.value, str) else "" for each in located.value)
    return () if located.value is None else ("",)


def _day(reader: _Reader, located: Located, key: str) -> date:
    try:
        return date.fromisoformat(reader.text(located, key)[:10])
    except ValueError:
        raise reader.fault(located.line, key, "日期应写成 2026-09-18") from None


def _expectation(reader: _Reader, located: Located, place: str) -> Expectation:
    known = tuple(each.name for each in dataclasses.fields(Expectation))
    read_as: dict[str, Any] = {}
    for key, value in reader.map_of(located, place, known).items():
        where = f"{place}.{key}"
        match key:
            case "status" | "says":
                read_as[key] = reader.text(value, where)
            case "due":
                read_as[key] = {
                    name: None if each.value is None else reader.moment(each, f"{where}.{name}")
                    for name, each in _clocks(reader, value, where).items()
                }
            case "timers":
                read_as[key] = {
                    name: reader.choice(each, f"{where}.{name}", STANDINGS)
                    for name, each in _clocks(reader, value, where).items()
                }
            case "refused":
                read_as[key] = value.truth if value.truth is not None else reader.text(value, where)
            case "flags":
                read_as[key] = {name: _flag(each) for name, each in reader.map_of(value, where, FLAGS).items()}
            case "count":
                read_as[key] = {
                    name: reader.number(each, f"{where}.{name}")
                    for name, each in reader.map_of(value, where, COUNTS).items()
                }
            case _:
                read_as[key] = reader.texts(value, where)
    return Expectation(**read_as)


def _clocks(reader: _Reader, located: Located, place: str) -> dict[str, Located]:
    known = reader.map_of(located, place)
    clocks = {*timers.NAMES, *(clock for played in PLAYED.values() for clock in played.cycle.clocks)} - timers.UNTOLD
    for name in known:
        if name.partition("@")[0] not in clocks:
            raise reader.fault(located.keys.get(name, located.line), f"{place}.{name}", "没有这个时限")
    return known


def _flag(located: Located) -> object:
    if located.truth is not None:
        return located.truth
    if isinstance(located.value, list):
        return tuple(each.value for each in located.value)
    return located.value
