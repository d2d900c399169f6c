"""Packs and calendars from files: the shipped ones and those of any folder, with the line of every fault.

What a file must say is checked in `minsheng.domain.packs` and `minsheng.domain.calendars`.
"""

from __future__ import annotations

import csv
import functools
import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from importlib import resources
from pathlib import Path
from typing import Any, TypeVar

from minsheng.domain import calendars, packs
from minsheng.domain.assessment import Criterion, Scheme
from minsheng.domain.calendars import YearFile
from minsheng.domain.categories import Categories, Category
from minsheng.domain.faults import Fault, Faulty
from minsheng.domain.packs import Pack
from minsheng.domain.report_kinds import ReportKind
from minsheng.domain.report_kinds import read as report_kinds_from
from minsheng.domain.rules import Rules
from minsheng.domain.worktime import Calendar

Loaded = TypeVar("Loaded")

_TABLE = re.compile(r"\[\[?\s*([^\[\]]+?)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r"([A-Za-z0-9_.\"-]+)\s*=")
_AT_LINE = re.compile(r"\(at line (\d+), column (\d+)\)")
_DATED = re.compile(r"pack-(\d{4}-\d{2}-\d{2})\.toml")


def shipped_folder() -> Path:
    """Return the folder of the packs that come with the program."""
    return Path(str(resources.files("minsheng").joinpath("packs")))


@functools.cache
def register() -> dict[str, str]:
    """Return the clauses of the source documents, id to kind, in their order."""
    with (shipped_folder() / "register.csv").open(encoding="utf-8", newline="") as file:
        return {row["id"]: row["kind"] for row in csv.DictReader(file)}


@functools.cache
def categories() -> Categories:
    """Return the tree of what appeals are about, as it is shipped."""
    content = tomllib.loads((shipped_folder() / "categories.toml").read_text(encoding="utf-8"))
    return Categories.of(
        Category(code, group["name"], area["name"], name, tuple(words))
        for group in content["group"]
        for area in group["areas"]
        for code, name, words in area["items"]
    )


@functools.cache
def report_kinds() -> dict[str, ReportKind]:
    """Return the kinds of reports as they are shipped, by code."""
    path = shipped_folder() / "reports.toml"
    return report_kinds_from(tomllib.loads(path.read_text(encoding="utf-8")), file=path.name)


@functools.cache
def assessment_schemes() -> dict[str, Scheme]:
    """Return the shipped schemes, by the pack's `third_party_assessment`: the same criteria, each with its weights."""
    content = tomllib.loads((shipped_folder() / "assessment.toml").read_text(encoding="utf-8"))
    return {
        code: Scheme(
            tuple(Criterion(weight=weights.get(each["code"], 0), **each) for each in content["criterion"]),
            content["steadiness"],
            content["least"],
        )
        for code, weights in content["weights"].items()
    }


def assessment_scheme(rules: Rules) -> Scheme:
    """Return how a city's rules assess units: with their own weights, else with those that are shipped."""
    return assessment_schemes()[rules.third_party_assessment].weighed(rules.assessment_weights)


def pack_folders(folder: Path) -> list[Path]:
    """Return the pack folders in `folder`: itself, or those just below it, by name."""
    if _pack_files(folder):
        return [folder]
    if not folder.is_dir():
        return []
    return sorted(below for below in folder.iterdir() if below.is_dir() and _pack_files(below))


def read_packs(folder: Path) -> tuple[Pack, ...]:
    """Read every version of every pack in `folder`, which is one pack's folder or holds several.

    Raises: Faulty with the faults of all files, and for a folder without packs.
    """
    faults: list[Fault] = []
    found: list[Pack] = []
    for below in pack_folders(folder):
        try:
            found.extend(_read_pack_folder(below))
        except Faulty as faulty:
            faults.extend(faulty.faults)
    if not found and not faults:
        faults.append(Fault(str(folder), "pack.toml", "文件夹里没有规则包：应有 pack.toml 或 pack-YYYY-MM-DD.toml"))
    if faults:
        raise Faulty(faults)
    return tuple(found)


@functools.cache
def shipped_packs() -> tuple[Pack, ...]:
    """Return the packs that come with the program."""
    return read_packs(shipped_folder())


def library(folders: Iterable[Path] = ()) -> tuple[Pack, ...]:
    """Return the shipped packs with those of `folders`; a folder's pack replaces a shipped one of the same version.

    Raises: Faulty as `read_packs` does.
    """
    known = {pack.name: pack for pack in shipped_packs()}
    for folder in folders:
        known.update((pack.name, pack) for pack in read_packs(folder))
    return tuple(known.values())


@functools.cache
def calendar_years(country: str = "CN") -> tuple[YearFile, ...]:
    """Return the shipped calendars of a country, by year.

    Raises: Faulty with the faults of all files; LookupError for a country without calendars.
    """
    files = sorted(shipped_folder().joinpath("calendar").glob(f"{country}-[0-9][0-9][0-9][0-9].toml"))
    if not files:
        raise LookupError(f"没有 {country} 的日历")
    return tuple(read_year(file) for file in files)


@functools.cache
def load_calendar(country: str = "CN") -> Calendar:
    """Return the shipped calendar of a country: every year that is known. Source: A-48."""
    return Calendar({file.year.year: file.year for file in calendar_years(country)})


def read_year(file: Path) -> YearFile:
    """Read one calendar file. Raises: Faulty with every fault and its line."""
    return _read(file, lambda plain: calendars.load_year(plain, where=str(file)))


def year_of(content: bytes, *, name: str) -> YearFile:
    """Read a calendar file that was sent. Raises: Faulty with every fault and its line."""
    return _parsed(content, name, lambda plain: calendars.load_year(plain, where=name))


def _pack_files(folder: Path) -> list[Path]:
    return sorted(file for file in folder.glob("pack*.toml") if file.name == "pack.toml" or _DATED.fullmatch(file.name))


def _read_pack_folder(folder: Path) -> list[Pack]:
    faults: list[Fault] = []
    found: dict[str, Pack] = {}
    for file in _pack_files(folder):
        try:
            pack = _read(file, functools.partial(_load_pack, file))
        except Faulty as faulty:
            faults.extend(faulty.faults)
            continue
        dated = _DATED.fullmatch(file.name)
        if dated and dated[1] != pack.version:
            faults.append(Fault(str(file), "pack.version", f"文件名里的版本是 {dated[1]}，文件里写的是 {pack.version}"))
        if pack.version in found:
            faults.append(Fault(str(file), "pack.version", f"版本 {pack.version} 在同一文件夹里出现两次"))
        if any(other.id != pack.id for other in found.values()):
            faults.append(Fault(str(file), "pack.id", "同一文件夹里的各版本应使用同一编号"))
        found[pack.version] = pack
    if faults:
        raise Faulty(faults)
    return list(found.values())


def _load_pack(file: Path, plain: Mapping[str, Any]) -> Pack:
    return packs.load(plain, where=str(file))


def _read(file: Path, load: Callable[[Mapping[str, Any]], Loaded]) -> Loaded:
    try:
        content = file.read_bytes()
    except OSError as fault:
        raise Faulty([Fault(str(file), "文件", f"读不出来：{fault.strerror}")]) from None
    return _parsed(content, str(file), load)


def _parsed(content: bytes, name: str, load: Callable[[Mapping[str, Any]], Loaded]) -> Loaded:
    try:
        text = content.decode("utf-8")
        plain = tomllib.loads(text)
    except UnicodeDecodeError:
        raise Faulty([Fault(name, "文件", "不是 UTF-8 编码，请另存为 UTF-8")]) from None
    except tomllib.TOMLDecodeError as fault:
        at = _AT_LINE.search(str(fault))
        where = f"第 {at[1]} 行第 {at[2]} 列附近" if at else "文件末尾"
        raise Faulty([Fault(name, "TOML", f"{where}不合 TOML 格式", int(at[1]) if at else None)]) from None
    except (ValueError, RecursionError):
        # A number of thousands of digits, or brackets without end.
        raise Faulty([Fault(name, "TOML", "数字过长或嵌套过深，不合 TOML 格式")]) from None
    try:
        return load(plain)
    except Faulty as faulty:
        lines = _lines(text)
        raise Faulty([replace(fault, line=_line_of(fault.key, lines)) for fault in faulty.faults]) from None


def _lines(text: str) -> dict[str, int]:
    """Return the first line of every table and key, by dotted name."""
    lines: dict[str, int] = {}
    table = ""
    for number, line in enumerate(text.splitlines(), 1):
        header, key = _TABLE.match(line.strip()), _KEY.match(line.strip())
        if header:
            table = header[1].replace('"', "")
            lines.setdefault(table, number)
        elif key:
            lines.setdefault(f"{table}.{key[1]}".replace('"', "").lstrip("."), number)
    return lines


def _line_of(key: str, lines: Mapping[str, int]) -> int | None:
    parts = key.split(".")
    for length in range(len(parts), 0, -1):
        line = lines.get(".".join(parts[:length]))
        if line is not None:
            return line
    return None
