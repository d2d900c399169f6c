"""Kinds of parameter values: how each is read from what TOML, YAML or JSON gives, and how it is written.

A reader takes a plain value and returns the typed one, or raises ValueError with a Chinese reason. The parameters
that use these kinds are listed in `parameters.py`.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date, time
from types import MappingProxyType
from typing import TYPE_CHECKING, Protocol, cast, runtime_checkable

from minsheng.domain.quiet import QuietHours
from minsheng.domain.rules import ONE_PERIOD
from minsheng.domain.worktime import END_OF_DAY, HALF, Amount, OfficeHours, Season, Shift, UnitHours

if TYPE_CHECKING:
    from minsheng.domain.worktime import CalendarName

Reader = Callable[[object], object]

UNIT_LEVELS = ("city", "county", "town")

# What a city adds to a list of the platform: no later version of the platform will use such a code.
OWN = re.compile(r"x_[a-z0-9_]+|X[A-Za-z0-9_]+")
_CODE = re.compile(r"[a-z][a-z0-9_]*")
_NUMBER = re.compile(r"[0-9A-Za-z][0-9A-Za-z._]{0,15}")
_SHIFT = re.compile(r"(\d{2}):(\d{2})\s*-\s*(\d{2}):(\d{2})")
_MONTHS = re.compile(r"([1-9]\d?)(?: (?:calendar )?months?)?")
_AREA = re.compile(r"0(?:10|2\d|[3-9]\d\d)")
_PUBLISH_DUE = re.compile(r"end_of_next_month|workday_(?:[1-9]|1\d)_of_next_month")
_UNIT_WORDS = {"WH": "个工作小时", "WD": "个工作日", "CH": "小时", "CD": "日", "MIN": "分钟"}
# Ten years, in each unit: longer than any limit, short enough for the calendar of datetime.
_LONGEST = {"WH": 18_000, "WD": 2_500, "CH": 87_600, "CD": 3_650, "MIN": 999_999}


@runtime_checkable
class Written(Protocol):
    """A value with parts of its own: how a pack writes it, and how people read it."""

    def plain(self) -> object:
        """Return what JSON and TOML can hold."""

    def written(self) -> str:
        """Return it in words."""


def near(word: str, known: Iterable[str]) -> str:
    """Return a hint at the known name that `word` resembles, or nothing."""
    found = difflib.get_close_matches(word, list(known), n=1)
    return f"，是不是“{found[0]}”" if found else ""


def amount(plain: object) -> Amount:
    """Read an amount of time, as in `4 WH`, or `0.5 WH`."""
    if isinstance(plain, Amount):
        return plain
    if not isinstance(plain, str):
        raise ValueError(f"期限“{_seen(plain)}”应写成带单位的文字，例如 4 WH、5 WD、12 CH、7 CD、10 MIN")
    try:
        read = Amount.parse(plain)
    except ValueError:
        whole = f"期限“{plain}”应为正整数加单位（WH、WD、CH、CD、MIN），例如 4 WH"
        raise ValueError(f"{whole}；WH、CH 可写半小时，例如 0.5 WH") from None
    if read.count > _LONGEST[read.unit]:
        raise ValueError(f"期限“{plain}”超过十年，请核对数量和单位")
    return read


def period(plain: object) -> object:
    """Read one original period, or an amount."""
    return ONE_PERIOD if plain == ONE_PERIOD else amount(plain)


def flag(plain: object) -> bool:
    """Read true or false."""
    if isinstance(plain, bool):
        return plain
    raise ValueError(f"“{_seen(plain)}”应为 true 或 false")


def text(plain: object) -> str:
    """Read a text that says something."""
    if isinstance(plain, str) and plain.strip():
        return plain
    raise ValueError(f"“{_seen(plain)}”应为非空文字")


def area(plain: object) -> str:
    """Read a telephone area code, with its zero."""
    if isinstance(plain, str) and _AREA.fullmatch(plain):
        return plain
    raise ValueError(f'“{_seen(plain)}”应为带引号、以 0 开头的长途区号，例如 "0512"')


def publish_due(plain: object) -> str:
    """Read when an assessment is published: at the end, or on a working day, of the next month."""
    if isinstance(plain, str) and _PUBLISH_DUE.fullmatch(plain):
        return plain
    raise ValueError(f"“{_seen(plain)}”应为 end_of_next_month 或 workday_N_of_next_month（N 为 1 至 19）")


def months(plain: object) -> int:
    """Read a number of calendar months: `1`, or `1 calendar month`."""
    found = None if isinstance(plain, bool) else _MONTHS.fullmatch(str(plain))
    if found is None:
        raise ValueError(f"“{_seen(plain)}”应为自然月数，例如 1 calendar month")
    return int(found[1])


def count(least: int = 0) -> Reader:
    """Return a reader of whole numbers from `least` up."""

    def read(plain: object) -> int:
        if isinstance(plain, int) and not isinstance(plain, bool) and plain >= least:
            return plain
        raise ValueError(f"“{_seen(plain)}”应为不小于 {least} 的整数")

    return read


def optional(kind: Reader) -> Reader:
    """Return a reader that also knows `none`: not applicable, or no limit."""

    def read(plain: object) -> object:
        return None if plain is None or plain == "none" else kind(plain)

    return read


def choice(*known: str, flags: tuple[str, str] | None = None) -> Reader:
    """Return a reader of one of the `known` codes; `flags` are the codes that false and true stand for."""

    def read(plain: object) -> str:
        if flags is not None and isinstance(plain, bool):
            return flags[plain]
        # YAML's null is the code `none` where there is one, and a bare number the code that looks like it.
        code = "none" if plain is None else str(plain)
        if code not in known:
            raise ValueError(f"“{_seen(plain)}”不是可选值{near(code, known)}；可选：{'、'.join(known)}")
        return code

    return read


calendar = choice("CN", "every_day")


def codes(*known: str) -> Reader:
    """Return a reader of a list of different codes, each one of `known`."""
    one = choice(*known)

    def read(plain: object) -> tuple[object, ...]:
        return _different(one(item) for item in _items(plain))

    return read


def one_or_more(several: Reader) -> Reader:
    """Return a reader of a list that may be written as its only item; an empty one says nothing and is refused."""

    def read(plain: object) -> tuple[object, ...]:
        read_ones = several([plain] if isinstance(plain, str) else plain)
        if not isinstance(read_ones, tuple) or not read_ones:
            raise ValueError("至少要写一个")
        return read_ones

    return read


def texts(plain: object) -> tuple[object, ...]:
    """Read a list of different texts; a bare number is the text that looks like it."""
    return _different(text(str(item) if isinstance(item, int) else item) for item in _items(plain))


def dated_texts(plain: object) -> Mapping[str, str]:
    """Read a table of days, written as 2026-09-01, and texts; the newest first; `none` for an empty one."""
    if plain is None or plain == "none":
        plain = {}
    if not isinstance(plain, Mapping):
        raise ValueError(f"“{_seen(plain)}”应为“日期 = 文字”的表，或 none")
    for day, said in plain.items():
        try:
            written = isinstance(day, str) and date.fromisoformat(day).isoformat() == day
        except ValueError:
            written = False
        if not written:
            raise ValueError(f'“{_seen(day)}”应为日期，写作 "2026-09-01"')
        text(said)
    return MappingProxyType(dict(sorted(plain.items(), reverse=True)))


def numbers(first: int, last: int) -> Reader:
    """Return a reader of a list of different numbers between two bounds."""

    def read(plain: object) -> tuple[object, ...]:
        items = _items(plain)
        if not all(isinstance(item, int) and first <= item <= last for item in items):
            raise ValueError(f"“{_seen(plain)}”应为 {first} 至 {last} 之间的整数列表")
        return _different(items)

    return read


def labels(*known: str) -> Reader:
    """Return a reader of a table of codes and their Chinese labels, in order; `none` for an empty one."""

    def read(plain: object) -> Mapping[str, str]:
        if plain is None or plain == "none":
            plain = {}
        if not isinstance(plain, Mapping):
            raise ValueError(f"“{_seen(plain)}”应为“代码 = 中文名称”的表，或 none")
        for code, label in plain.items():
            if not isinstance(code, str) or not _CODE.fullmatch(code):
                raise ValueError(f"代码“{code}”应由小写字母、数字和下划线组成，以字母开头")
            if known and code not in known and not OWN.fullmatch(code):
                raise ValueError(
                    f"代码“{code}”不是可选值{near(code, known)}；可选：{'、'.join(known)}；本市自定的以 x_ 开头"
                )
            text(label)
        return MappingProxyType(dict(plain))

    return read


def titled(plain: object) -> Mapping[str, str]:
    """Read a table of numbers of clauses, as `43.1`, and what each is called; `none` for an empty one."""
    if plain is None or plain == "none":
        return MappingProxyType({})
    if not isinstance(plain, Mapping):
        raise ValueError(f"“{_seen(plain)}”应为“编号 = 名称”的表，或 none")
    for number, title in plain.items():
        if not _NUMBER.fullmatch(str(number)):
            raise ValueError(f"编号“{number}”应由字母、数字、点和下划线组成")
        text(title)
    return MappingProxyType({str(number): str(title) for number, title in plain.items()})


def lists(*known: str) -> Reader:
    """Return a reader of a table that gives each of the `known` codes a list of texts; `none` for an empty one."""

    def read(plain: object) -> Mapping[str, tuple[object, ...]]:
        if plain is None or plain == "none":
            return MappingProxyType({})
        if not isinstance(plain, Mapping) or set(plain) != set(known):
            raise ValueError(f"“{_seen(plain)}”应为表，写明 {'、'.join(known)} 各自的取值，或 none")
        return MappingProxyType({code: texts(plain[code]) for code in known})

    return read


def weights(*known: str) -> Reader:
    """Return a reader of a table of the `known` codes and their shares of a hundred; `none` for an empty one."""

    def read(plain: object) -> Mapping[str, int]:
        if plain is None or plain == "none":
            return MappingProxyType({})
        if not isinstance(plain, Mapping):
            raise ValueError(f"“{_seen(plain)}”应为“代码 = 权重”的表，或 none")
        for code, share in plain.items():
            if code not in known:
                raise ValueError(f"代码“{code}”不是可选值{near(str(code), known)}；可选：{'、'.join(known)}")
            if isinstance(share, bool) or not isinstance(share, int) or not 0 <= share <= 100:
                raise ValueError(f"“{code}”的权重“{_seen(share)}”应为 0 至 100 之间的整数")
        if plain and sum(plain.values()) != 100:
            raise ValueError(f"权重合计为 {sum(plain.values())}，应为 100")
        return MappingProxyType(dict(plain))

    return read


def named_weights(*known: str) -> Reader:
    """Return a reader of several such tables, each under what it is called; `none` for none."""
    one = weights(*known)

    def read(plain: object) -> Mapping[str, object]:
        if plain is None or plain == "none":
            return MappingProxyType({})
        if not isinstance(plain, Mapping):
            raise ValueError(f"“{_seen(plain)}”应为“名称 = 权重表”的表，或 none")
        found = {text(name): one(each) for name, each in plain.items()}
        for name, each in found.items():
            if not each:
                raise ValueError(f"“{name}”没有权重")
        return MappingProxyType(found)

    return read


def coded(*known: str) -> Reader:
    """Return a reader of codes: a list of `known` ones, or a table that gives each its label, own ones (`X1`) too."""
    one = codes(*known)

    def read(plain: object) -> object:
        if not isinstance(plain, Mapping):
            return one(plain)
        for code, label in plain.items():
            if code not in known and not OWN.fullmatch(str(code)):
                raise ValueError(f"代码“{code}”不是可选值{near(str(code), known)}；本市自定的写作 X1、X2")
            text(label)
        return MappingProxyType({str(code): label for code, label in plain.items()})

    return read


def exceptions(plain: object) -> object:
    """Read exceptions from publication: numbers from 1 to 4, or a table that gives further numbers their labels."""
    if not isinstance(plain, Mapping):
        return numbers(1, 4)(plain)
    for number, label in plain.items():
        if not re.fullmatch(r"[1-9]\d?", str(number)):
            raise ValueError(f"“{number}”应为 1 至 99 之间的整数")
        text(label)
    return MappingProxyType({int(number): label for number, label in plain.items()})


def amounts(plain: object) -> Mapping[str, Amount]:
    """Read a table of codes and amounts; `none` for an empty one."""
    if plain is None or plain == "none":
        return MappingProxyType({})
    if not isinstance(plain, Mapping):
        raise ValueError(f"“{_seen(plain)}”应为“代码 = 期限”的表，或 none")
    return MappingProxyType({_code(code): amount(each) for code, each in plain.items()})


def names(plain: object) -> tuple[object, ...]:
    """Read a list of different codes that the pack itself names elsewhere."""
    return _different(_code(item) for item in _items(plain))


def words(known: Iterable[str], places: Mapping[str, tuple[str, ...]]) -> Reader:
    """Return a reader of sentences by the kinds that are `known`; places to fill in are written as `{unit}`.

    `places`: which ones a kind has.
    """
    kinds = frozenset(known)

    def read(plain: object) -> Mapping[str, str]:
        sentences = _by_kind(plain, kinds)
        for kind, sentence in sentences.items():
            if re.search(r"[{}]", re.sub(r"\{[a-z_]+\}", "", text(sentence))):
                raise ValueError(f"“{kind}”的文字里，花括号应成对，内写名称，例如 {{unit}}")
            has = places.get(kind, ())
            for place in re.findall(r"\{([a-z_]+)\}", str(sentence)):
                if place not in has:
                    may = f"只能写 {'、'.join(f'{{{each}}}' for each in has)}" if has else "不能写任何填空"
                    raise ValueError(f"“{kind}”的文字里没有 {{{place}}} 这一填空：这种通知{may}")
        return MappingProxyType({kind: str(sentence) for kind, sentence in sentences.items()})

    return read


def recipients(known: Iterable[str], *roles: str) -> Reader:
    """Return a reader of the roles that are told of notices, by the kinds that are `known`."""
    kinds, several = frozenset(known), codes(*roles)

    def read(plain: object) -> Mapping[str, object]:
        return MappingProxyType({kind: several(each) for kind, each in _by_kind(plain, kinds).items()})

    return read


def _by_kind(plain: object, known: frozenset[str]) -> Mapping[str, object]:
    if plain is None or plain == "none":
        return {}
    if not isinstance(plain, Mapping):
        raise ValueError(f"“{_seen(plain)}”应为按通知种类写的表，或 none")
    for kind in plain:
        if kind not in known:
            raise ValueError(f"没有名为“{kind}”的通知{near(str(kind), known)}")
    return plain


def _code(plain: object) -> str:
    if isinstance(plain, str) and _CODE.fullmatch(plain):
        return plain
    raise ValueError(f"代码“{_seen(plain)}”应由小写字母、数字和下划线组成，以字母开头")


def leaders(plain: object) -> Mapping[str, str]:
    """Read which leader follows up, by the level of the unit; `none` for nobody."""
    if plain is None or plain == "none":
        return MappingProxyType({})
    if not isinstance(plain, Mapping):
        raise ValueError(f"“{_seen(plain)}”应为“单位层级 = 角色”的表，或 none")
    for level, role in plain.items():
        choice(*UNIT_LEVELS)(level)
        choice("leader", "head")(role)
    return MappingProxyType(dict(plain))


def sources(plain: object) -> Mapping[str, str]:
    """Read what each channel counts as in the release, by the channel's code."""
    if plain is None or plain == "none":
        return MappingProxyType({})
    if not isinstance(plain, Mapping):
        raise ValueError(f"“{_seen(plain)}”应为“渠道代码 = 来源”的表，或 none")
    one = choice("phone", "online", "transfer")
    return MappingProxyType({text(code): str(one(source)) for code, source in plain.items()})


def transitions(plain: object) -> tuple[object, ...]:
    """Read a list of permitted changes, each as `from>to`."""
    items = texts(plain)
    for item in items:
        if not re.fullmatch(r"[a-z_]+>[a-z_]+", str(item)):
            raise ValueError(f"“{item}”应写成“原代码>新代码”")
    return items


def shifts(plain: object) -> tuple[Shift, ...]:
    """Read the shifts of a day, as `["09:00-12:00", "13:30-17:30"]` or the same in one text; 24:00 ends a day."""
    written = plain.split(",") if isinstance(plain, str) else _items(plain)
    read: list[Shift] = []
    for item in written:
        found = _SHIFT.fullmatch(item.strip()) if isinstance(item, str) else None
        if found is None:
            raise ValueError(f"班次“{_seen(item)}”应写成 09:00-12:00")
        try:
            opens, until = time(int(found[1]), int(found[2])), found[3] + found[4]
            closes = END_OF_DAY if until == "2400" else time(int(found[3]), int(found[4]))
        except ValueError:
            raise ValueError(f"班次“{item}”的时刻不存在") from None
        if opens >= closes or (read and opens < read[-1][1]):
            raise ValueError(f"班次“{item}”应早开始、晚结束，且不与前一班次重叠")
        read.append((opens, closes))
    if not read:
        raise ValueError("至少要有一个班次，例如 09:00-12:00")
    return tuple(read)


def quiet(plain: object) -> QuietHours:
    """Read from when until when it is quiet, as in `22:00-08:00`; it may go over midnight."""
    if isinstance(plain, QuietHours):
        return plain
    found = _SHIFT.fullmatch(plain) if isinstance(plain, str) else None
    try:
        if found is None:
            raise ValueError
        hours = QuietHours(time(int(found[1]), int(found[2])), time(int(found[3]), int(found[4])))
    except ValueError:
        raise ValueError(f"免打扰时段“{_seen(plain)}”应写成起止时刻，例如 22:00-08:00") from None
    if hours.since == hours.until:
        raise ValueError("免打扰时段的起止时刻不能相同")
    return hours


def office_hours(plain: object) -> OfficeHours:
    """Read office hours that are the same all year."""
    if isinstance(plain, OfficeHours):
        return plain
    return OfficeHours((Season((1, 1), (12, 31), shifts(plain)),))


def hours_by_unit(plain: object) -> Mapping[str, UnitHours]:
    """Read the units that keep other hours than the city: `"名称" = ["00:00-24:00"]`, or `none` for nobody.

    A unit may name its calendar as well: `"名称" = { hours = ["00:00-24:00"], calendar = "every_day" }`.
    """
    if plain is None or plain == "none":
        return MappingProxyType({})
    if not isinstance(plain, Mapping):
        raise ValueError(f"“{_seen(plain)}”应为“单位名称 = 班次列表”的表，或 none")
    read = {}
    for unit, cell in plain.items():
        try:
            read[text(unit)] = _unit_hours(cell)
        except ValueError as why:
            raise ValueError(f"单位“{_seen(unit)}”：{why}") from None
    return MappingProxyType(read)


def _unit_hours(plain: object) -> UnitHours:
    if not isinstance(plain, Mapping):
        return UnitHours(office_hours(plain))
    if not {"hours"} <= set(plain) <= {"hours", "calendar"}:
        raise ValueError("应为班次列表，或只有 hours（班次列表）和 calendar（日历）的表")
    named = calendar(plain["calendar"]) if "calendar" in plain else None
    return UnitHours(office_hours(plain["hours"]), cast("CalendarName | None", named))


def plain(value: object) -> object:
    """Return `value` as JSON and TOML can hold it; what `none` says is None."""
    match value:
        case Amount():
            return str(value)
        case Written():
            return value.plain()
        case OfficeHours():
            seasons = value.seasons
            return _shifts_written(seasons[0].shifts) if value.is_one else [*map(_season_written, seasons)]
        case UnitHours(hours, None):
            return plain(hours)
        case UnitHours(hours, named):
            return {"hours": plain(hours), "calendar": named}
        case Mapping():
            return {key: plain(each) for key, each in value.items()}
        case tuple():
            return list(value)
        case _:
            return value


def written(value: object) -> str:
    """Return `value` in words that a city office can read, with the code that the pack has."""
    match value:
        case None | () | "none":
            return "none（无）"
        case bool():
            return "true" if value else "false"
        case Amount():
            return f"{value}（{'半' if value.count == HALF else value.count}{_UNIT_WORDS[value.unit]}）"
        case Written():
            return value.written()
        case Mapping() if any(isinstance(each, Written) for each in value.values()):
            return "；".join(f"{code} {written(each)}" for code, each in value.items())
        case UnitHours():
            return written(value.hours) + (f"（{value.calendar}）" if value.calendar else "")
        case Mapping() if any(isinstance(each, UnitHours) for each in value.values()):
            return "；".join(f"{unit} {written(each)}" for unit, each in value.items())
        case Mapping():
            return "、".join(f"{code} {_cell(each)}" for code, each in value.items()) or "none（无）"
        case tuple():
            return "、".join(str(item) for item in value)
        case OfficeHours():
            return "；".join(
                "、".join(_shifts_written(season.shifts)) if value.is_one else _season_written(season)
                for season in value.seasons
            )
        case _:
            return str(value)


def _cell(each: object) -> str:
    if isinstance(each, Mapping):
        return f"（{written(each)}）"
    return " ".join(map(str, each)) if isinstance(each, tuple) else str(each)


def _season_written(season: Season) -> str:
    first, last = (f"{month:02}-{day:02}" for month, day in (season.first, season.last))
    return f"{first}至{last} {'、'.join(_shifts_written(season.shifts))}"


def _shifts_written(day: tuple[Shift, ...]) -> list[str]:
    return [f"{opens:%H:%M}-{'24:00' if closes == END_OF_DAY else f'{closes:%H:%M}'}" for opens, closes in day]


def _items(plain: object) -> list[object]:
    if plain is None or plain == "none":
        return []
    if isinstance(plain, list | tuple):
        return list(plain)
    raise ValueError(f"“{_seen(plain)}”应为列表，例如 [甲, 乙]")


def _different(items: Iterable[object]) -> tuple[object, ...]:
    read = tuple(items)
    if len(set(read)) != len(read):
        raise ValueError("列表中有重复的项")
    return read


def _seen(plain: object) -> str:
    """Shorten what somebody wrote, for a reason that stays on one line."""
    if plain is None or isinstance(plain, bool):
        return "null" if plain is None else str(plain).lower()
    return " ".join(str(plain).split())[:60]
