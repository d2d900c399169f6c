"""Packs: a city's regulation as typed data, read and checked from plain values, and the rules it gives.

A pack is what one file says; `in_force` chooses the version of a day, `rules` lays overlays and a rehearsal's settings
over it. The parameters are listed in `parameters.py`; the attributes of the result in `rules.py`. Files are read by
`minsheng.gateways.packfiles`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from minsheng.domain import kinds, parameters, seasons
from minsheng.domain.faults import Fault, Faults, Faulty
from minsheng.domain.parameters import Parameter
from minsheng.domain.rules import ONE_PERIOD, SILENT, Rules
from minsheng.domain.seasons import Seasons
from minsheng.domain.worktime import EVERY_DAY, Calendar, OfficeHours, UnitHours, WorkTime

__all__ = [
    "ONE_PERIOD", "SILENT", "BadSetting", "Chosen", "Entry", "Fault", "Faulty", "NotInForce", "Pack", "PackError",
    "Rules", "UnfitOverlay", "UnknownPack", "in_force", "laid", "load", "rules", "settings_read", "split",
]  # fmt: skip

SET_IN_REHEARSAL = "演练设定"

_SCALARS: Mapping[str, bool | None] = {
    **dict.fromkeys(("true", "yes", "on"), True),
    **dict.fromkeys(("false", "no", "off"), False),
    **dict.fromkeys(("null", "~", ""), None),
}

_CLAUSE = re.compile(r"([A-Z]{2,4})-\d+(?:\.\d+)*[a-z]?")
_DECISION = re.compile(r"A-(?!00)\d\d")
_DECISION_LIKE = re.compile(r"\bA-\w*")
_PREFIXES = frozenset({"SZ", "JY", "SQ", "JS", "AR"})
# The legal bases are named by a pack but give it no values: their texts are not known here (SZ-1, JY-1, SQ-1).
_BASIS_CLAUSES = frozenset({"SZ-1", "JY-1", "SQ-1"})
_BASIS_DOCUMENTS = ("苏政办发〔2020〕29号", "锡委办发〔2018〕81号")
# Only the heading of this clause is known, so no rule may rest on it (decision A-46).
_UNKNOWN_CLAUSES = frozenset({"JS-2.5"})


class PackError(ValueError):
    """Something about packs that a person asked for and cannot have; the text is Chinese and says what to do."""

    def __init__(self, key: str, reason: str) -> None:
        super().__init__(f"{key}：{reason}")
        self.key = key
        self.reason = reason


class UnknownPack(PackError):
    """No pack, no version or no overlay of that name."""


class NotInForce(PackError):
    """The pack begins after the day that is asked about. Source: SZ-49, JY-38, SQ-26."""


class BadSetting(PackError):
    """A setting with an unknown name, or a value that its parameter cannot have."""


class UnfitOverlay(PackError):
    """An overlay, or what an heir changes, leaves values that do not go together."""


@dataclass(frozen=True, slots=True)
class Entry:
    """The value of one parameter and where it comes from; an empty `clause` means that the document is silent."""

    value: object
    clause: str
    reason: str

    @property
    def source(self) -> str:
        """The clause, or the words that say that it is a default."""
        return self.clause or SILENT


@dataclass(frozen=True, slots=True, kw_only=True)
class Pack:
    """One version of a city's rules, or of an overlay; `entries` are keyed by the attributes of `Rules`."""

    id: str
    version: str
    title: str
    document: str
    effective_from: date
    city: str = ""
    basis: tuple[str, ...] = ()
    supersedes: tuple[str, ...] = ()
    interpreter: str = ""
    zone: str = "Asia/Shanghai"
    overlay: bool = False
    inherits: str | None = None
    entries: Mapping[str, Entry]
    # Over office hours that the file does not write itself.
    seasons: Seasons | None = None

    @property
    def name(self) -> str:
        """The id and the version, as a deadline cites them."""
        return f"{self.id}@{self.version}"


@dataclass(frozen=True, slots=True)
class Chosen:
    """A pack and the overlays over it, as they are in force on a day."""

    pack: Pack
    overlays: tuple[Pack, ...]


def load(plain: Mapping[str, Any], *, where: str) -> Pack:
    """Return the pack that a file's plain values say, checked in full.

    Raises: Faulty with every fault of the file, each with its key and reason.
    Source: SZ-0, SZ-1, JY-0, JY-1, SQ-0, SQ-1, JS-0, JS-2.5.
    """
    faults = Faults(where)
    body = dict(plain)
    header = _header(body.pop("pack", None), faults)
    partial = header.get("overlay") is True or "inherits" in header
    own_prefix = str(header.pop("clause_prefix", ""))
    own_hours = "office_hours" in body or not partial
    found = seasons.read(body.pop(seasons.KEY, None), faults, sourced=not own_hours)
    if found is not None:
        _check_source(seasons.KEY, found.clause, own_prefix, faults, clauses=True)
        _check_source(seasons.KEY, found.reason, own_prefix, faults, clauses=False)
    entries: dict[str, Entry] = {}
    for parameter, cell in _cells(body, "", faults):
        entry = _entry(parameter, cell, own_prefix, faults)
        if entry is not None:
            entries[parameter.attribute] = entry
    if found is not None and own_hours and "office_hours" not in entries:
        faults.add(seasons.KEY, "应与 office_hours 写在同一文件：它给出其余日期的办公时间")
    if not partial:
        _demand_all(body, entries, faults)
    if not entries and found is None and not faults.found:
        faults.add("pack", "没有任何参数")
    faults.done()
    pack = Pack(**header, entries=entries, seasons=found)
    return replace(pack, entries=_over({}, pack), seasons=None) if own_hours else pack


def split(name: str) -> tuple[str, str | None]:
    """Return id and version of `jiangyin@2020-07-13`; the version is None where none is pinned."""
    pack_id, at, version = name.partition("@")
    return pack_id, version if at else None


def in_force(
    packs: Sequence[Pack], pack_id: str, overlays: Sequence[str] = (), *, on: date, version: str | None = None
) -> Chosen:
    """Return the pack and the overlays that are in force on a day; a pinned version is taken whatever the day.

    An overlay that begins later is left out, unless the pack's version is pinned: then it is taken as well.
    Raises: UnknownPack; NotInForce before the first version begins. Source: SZ-49, JY-38, SQ-26, JS-0.
    """
    pack = _chosen(packs, pack_id, on=on, version=version, overlay=False)
    laid = []
    for name in overlays:
        overlay_id, pinned = split(name)
        if pinned is None and version is not None:
            pinned = max(_versions(packs, overlay_id, overlay=True))
        try:
            laid.append(_chosen(packs, overlay_id, on=on, version=pinned, overlay=True))
        except NotInForce:
            continue
    return Chosen(pack, tuple(laid))


def rules(
    pack: Pack, overlays: Sequence[Pack] = (), *, calendar: Calendar, settings: Mapping[str, object] | None = None
) -> Rules:
    """Return the rules that a pack gives with its overlays and the settings of a rehearsal laid over it, in order.

    Settings take the names of parameters as packs write them, nested or dotted, or with underscores.
    Raises: BadSetting for an unknown name or value; UnfitOverlay where an overlay leaves what does not go together.
    """
    entries = laid(Chosen(pack, tuple(overlays)))
    entries.update(settings_read(settings or {}))
    values: dict[str, Any] = {attribute: entry.value for attribute, entry in entries.items()}
    for name, reason in parameters.unsound(values):
        raise BadSetting(name, reason) if settings else UnfitOverlay(name, reason)
    return Rules(
        pack=pack.id,
        version=pack.version,
        overlays=tuple(overlay.name for overlay in overlays),
        city=pack.city,
        title=pack.title,
        document=pack.document,
        effective_from=pack.effective_from,
        basis=pack.basis,
        supersedes=pack.supersedes,
        interpreter=pack.interpreter,
        worktime=_worktime(values, calendar, pack.zone, UnitHours(values["office_hours"])),
        unit_worktimes={
            unit: _worktime(values, calendar, pack.zone, own) for unit, own in values["office_hours_by_unit"].items()
        },
        clauses={attribute: entry.source for attribute, entry in entries.items()},
        reasons={attribute: entry.reason for attribute, entry in entries.items()},
        **values,
    )


def _worktime(values: Mapping[str, Any], calendar: Calendar, zone: str, own: UnitHours) -> WorkTime:
    every_day = (own.calendar or values["calendar"]) == "every_day"
    return WorkTime(EVERY_DAY if every_day else calendar, own.hours, values["workday_rule"], ZoneInfo(zone))


def laid(chosen: Chosen) -> dict[str, Entry]:
    """Return the entries of a pack with those of its overlays over them, keyed by the attributes of `Rules`."""
    entries: dict[str, Entry] = {}
    for pack in (chosen.pack, *chosen.overlays):
        entries = _over(entries, pack)
    return entries


def _over(below: Mapping[str, Entry], pack: Pack) -> dict[str, Entry]:
    """Return the entries with those of `pack` over them, and its seasons over the office hours."""
    entries = {**below, **pack.entries}
    if pack.seasons is not None:
        base, own = entries.get("office_hours"), pack.seasons
        hours, clause, reason = (base.value, base.clause, base.reason) if base is not None else (None, "", "")
        assert hours is None or isinstance(hours, OfficeHours)  # its reader gives nothing else
        sources = seasons.joined(", ", clause, own.clause), seasons.joined("；", own.reason, reason)
        entries["office_hours"] = Entry(own.over(hours), *sources)
    return entries


def settings_read(settings: Mapping[str, object]) -> dict[str, Entry]:
    """Return the typed entries that settings write, keyed by the attributes of `Rules`.

    Raises: BadSetting naming the first setting that cannot be used.
    """
    entries: dict[str, Entry] = {}
    for parameter, key, plain in _settings(settings, ""):
        value = _setting(parameter, key, plain)
        entries[parameter.attribute] = Entry(value, SET_IN_REHEARSAL, "仅用于本次演练")
    return entries


def _setting(parameter: Parameter, key: str, plain: object) -> object:
    try:
        return parameter.read(plain)
    except ValueError as reason:
        # A rehearsal's file keeps its scalars as text, so `false` and `3` get a second reading.
        try:
            return parameter.read(_scalars(plain))
        except ValueError:
            raise BadSetting(key, str(reason)) from None


def _scalars(plain: object) -> object:
    match plain:
        case list():
            return [_scalars(one) for one in plain]
        case str() if plain.lower() in _SCALARS:
            return _SCALARS[plain.lower()]
        case str() if plain.isdecimal():
            return int(plain)
        case _:
            return plain


def _settings(settings: Mapping[str, object], prefix: str) -> Iterator[tuple[Parameter, str, object]]:
    for key, plain in settings.items():
        name = f"{prefix}{key}"
        parameter = parameters.find(name)
        if parameter is not None:
            yield parameter, name, plain
        elif isinstance(plain, Mapping) and _is_group(name):
            yield from _settings(plain, f"{name}.")
        elif name == "handle_limit":
            # One limit for consultations and all the rest, as a city without types would write it.
            for each in ("handle_limit.consult", "handle_limit.other"):
                yield parameters.BY_ATTRIBUTE[each.replace(".", "_")], name, plain
        else:
            raise BadSetting(name, f"没有这个参数{kinds.near(name, parameters.NAMES)}")


def _is_group(name: str) -> bool:
    return any(known.lower().startswith(f"{name.lower()}.") for known in parameters.NAMES)


def _versions(packs: Sequence[Pack], pack_id: str, *, overlay: bool) -> dict[str, Pack]:
    versions = {pack.version: pack for pack in packs if pack.id == pack_id and pack.overlay is overlay}
    if versions:
        return versions
    if any(pack.id == pack_id for pack in packs):
        raise UnknownPack(pack_id, "是基本规则包，不能作叠加包" if overlay else "是叠加包，不能单独使用")
    known = sorted({pack.id for pack in packs if pack.overlay is overlay})
    raise UnknownPack(pack_id, f"没有这个规则包{kinds.near(pack_id, known)}；现有：{'、'.join(known) or '无'}")


def _chosen(packs: Sequence[Pack], pack_id: str, *, on: date, version: str | None, overlay: bool) -> Pack:
    versions = _versions(packs, pack_id, overlay=overlay)
    if version is not None:
        if version not in versions:
            raise UnknownPack(f"{pack_id}@{version}", f"没有这个版本；现有：{'、'.join(sorted(versions))}")
        pack = versions[version]
    else:
        begun = [pack for pack in versions.values() if pack.effective_from <= on]
        if not begun:
            first = min(pack.effective_from for pack in versions.values())
            raise NotInForce(pack_id, f"自 {first} 起施行，{on} 还不能适用")
        pack = max(begun, key=lambda one: (one.effective_from, one.version))
    if pack.inherits is None:
        return pack
    base_id, base_version = split(pack.inherits)
    base = _chosen([one for one in packs if one.id != pack.id], base_id, on=on, version=base_version, overlay=False)
    return replace(pack, inherits=None, entries=_over(base.entries, pack), seasons=None)


def _header(plain: object, faults: Faults) -> dict[str, Any]:
    if not isinstance(plain, Mapping):
        faults.add("pack", "缺少 [pack] 表：编号、版本、标题、文号、施行日期等写在这里")
        return {}
    header: dict[str, Any] = {}
    for key, value in plain.items():
        if key not in _HEADER:
            faults.add(f"pack.{key}", f"没有这一项{kinds.near(key, _HEADER)}")
            continue
        try:
            header[key] = _HEADER[key](value)
        except ValueError as reason:
            faults.add(f"pack.{key}", str(reason))
    needed = {"id", "version", "title", "document", "effective_from"}
    if plain.get("overlay") is not True:
        needed |= {"city", "zone"}
    for key in sorted(needed - set(plain)):
        faults.add(f"pack.{key}", "缺少这一项")
    return header


def _day(plain: object) -> date:
    try:
        return plain if isinstance(plain, date) else date.fromisoformat(str(plain))
    except ValueError:
        raise ValueError(f"“{plain}”应为日期，例如 2020-07-13") from None


def _zone(plain: object) -> str:
    try:
        return ZoneInfo(kinds.text(plain)).key
    except (LookupError, OSError, ValueError):
        raise ValueError(f"“{plain}”不是时区，例如 Asia/Shanghai") from None


def _pack_id(plain: object) -> str:
    if isinstance(plain, str) and re.fullmatch(r"[a-z][a-z0-9_]{0,39}", plain):
        return plain
    raise ValueError(f"“{plain}”应由小写字母、数字和下划线组成，以字母开头")


def _inherits(plain: object) -> str:
    pack_id, version = split(str(plain))
    _pack_id(pack_id)
    return pack_id if version is None else f"{pack_id}@{_day(version)}"


def _prefix(plain: object) -> str:
    if isinstance(plain, str) and re.fullmatch(r"[A-Z]{2,4}", plain):
        return plain
    raise ValueError(f"“{plain}”应为二至四个大写字母，例如 WX")


def _several(plain: object) -> tuple[str, ...]:
    return tuple(str(one) for one in kinds.texts(plain))


_HEADER: Mapping[str, kinds.Reader] = {
    "id": _pack_id,
    "version": lambda plain: str(_day(plain)),
    "title": kinds.text,
    "document": kinds.text,
    "effective_from": _day,
    "city": kinds.text,
    "basis": _several,
    "supersedes": _several,
    "interpreter": kinds.text,
    "zone": _zone,
    "overlay": kinds.flag,
    "inherits": _inherits,
    "clause_prefix": _prefix,
}


def _cells(plain: Mapping[str, Any], prefix: str, faults: Faults) -> Iterator[tuple[Parameter, Mapping[str, Any]]]:
    """Walk the tables of a file and give each parameter's, with dotted names for nested ones."""
    for key, value in plain.items():
        name = f"{prefix}{key}"
        parameter = parameters.find(name)
        if parameter is not None and name not in (parameter.name, parameter.attribute):
            faults.add(name, f"参数名应写成 {parameter.name}")
        elif parameter is not None and isinstance(value, Mapping):
            yield parameter, value
        elif parameter is not None:
            faults.add(name, f"应为表：[{name}]，内有 value，以及 clause（条款）或 default（文件未规定的理由）")
        elif _is_group(name) and isinstance(value, Mapping):
            yield from _cells(value, f"{name}.", faults)
        else:
            faults.add(name, f"没有这个参数{kinds.near(name, parameters.NAMES)}")


def _entry(parameter: Parameter, cell: Mapping[str, Any], own_prefix: str, faults: Faults) -> Entry | None:
    name = parameter.name
    known = ("value", "clause", "default", "note")
    for key in cell:
        if key not in known:
            faults.add(f"{name}.{key}", f"没有这一项{kinds.near(key, known)}")
    reason = cell.get("default", cell.get("note", ""))
    clause = cell.get("clause", "")
    if ("clause" in cell) is ("default" in cell):
        faults.add(name, "clause（条款）与 default（文件未规定的理由）应有且只有一个")
    if not isinstance(clause, str) or not isinstance(reason, str) or not (clause or reason).strip():
        faults.add(name, "clause、default、note 应为非空文字")
        return None
    for key, said in (("clause", clause), ("default", reason)):
        _check_source(f"{name}.{key}", said, own_prefix, faults, clauses=key == "clause")
    if "value" not in cell:
        faults.add(name, "缺少 value")
        return None
    try:
        return Entry(parameter.read(cell["value"]), clause, reason)
    except ValueError as why:
        faults.add(f"{name}.value", str(why))
        return None


def _check_source(key: str, said: str, own_prefix: str, faults: Faults, *, clauses: bool) -> None:
    """Check the clause ids and decisions that a source names. Source: SZ-1, JY-1, SQ-1, JS-2.5."""
    for document in _BASIS_DOCUMENTS:
        if document in said:
            faults.add(key, f"{document}只是制定依据，不能作为取值的来源")
    for decision in _DECISION_LIKE.findall(said):
        if not _DECISION.fullmatch(decision):
            faults.add(key, f"“{decision}”不是决定编号，应写成 A-03 这样的两位数")
    if not clauses or not said:
        return
    for clause in (part.strip() for part in said.split(",")):
        found = _CLAUSE.fullmatch(clause)
        if clause.startswith("A-"):
            continue
        if found is None or found[1] not in _PREFIXES | {own_prefix}:
            faults.add(key, f"“{clause}”不是条款编号，应写成 JY-10.2a；本市文件的前缀写在 pack.clause_prefix")
        elif clause in _UNKNOWN_CLAUSES:
            faults.add(key, f"{clause} 只有标题、没有正文，不能引用（A-46）")
        elif clause in _BASIS_CLAUSES:
            faults.add(key, f"{clause} 只列制定依据，不能作为取值的来源")


def _demand_all(body: Mapping[str, Any], entries: dict[str, Entry], faults: Faults) -> None:
    """Name what a whole pack lacks, and what does not go together in it once nothing lacks."""
    seen = {parameter.attribute for parameter, _ in _cells(body, "", Faults(faults.file))}
    for parameter in parameters.PARAMETERS:
        if parameter.attribute in seen:
            continue
        if parameter.attribute in parameters.MAY_LACK:
            entries[parameter.attribute] = Entry(parameters.MAY_LACK[parameter.attribute], "", "规则包没有写")
        else:
            faults.add(parameter.name, f"缺少这个参数（{parameter.label}）")
    if len(entries) == len(parameters.PARAMETERS):
        values = {attribute: entry.value for attribute, entry in entries.items()}
        for name, reason in parameters.unsound(values):
            faults.add(name, reason)
