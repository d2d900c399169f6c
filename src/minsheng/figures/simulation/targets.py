"""What a simulated year must add up to, as whole numbers that fit each other: atoms of appeals, and decks of the rest.

An atom is a kind of appeal of which all that tables cross is fixed: who, how, who answered, question or not, and the
mark of a table of its own. Every published margin is a sum of atoms. At a smaller scale every atom is scaled.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from minsheng.figures.lake.yearbook import Published

Counts = NDArray[np.int64]

SOURCES = ("phone", "online", "transfer")
DISPOSALS = ("seat", "specialist", "unit")
MOVE_CAR, TALENT, FROM_110, TO_110 = "move_car", "talent", "from_110", "to_110"
_LABELS = {"phone": "电话", "online": "互联网", "transfer": "承办转办"}
_ANSWERS = {"seat": "民声接听员", "specialist": "政策专员", "unit": "部门办理"}
_APPELLANTS = ((False, "群众诉求"), (True, "企业诉求"))


@dataclass(frozen=True, slots=True)
class Atom:
    """A kind of appeal. `mark`: empty, or which table of its own it belongs to."""

    enterprise: bool
    source: str
    disposal: str
    consult: bool
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Handling:
    """What units' work must come to: rates as shares, means in thousandths of a working day."""

    consult_millidays: int
    other_millidays: int
    timely: float
    from_110_timely: float
    open: int
    excluded: int
    asked: int
    rated: int
    satisfied: float
    from_110_satisfied: float
    told: float
    solved: float


@dataclass(frozen=True, slots=True)
class Calls:
    """One direction's calls. `asked`: those who asked for a person; equals `answered` for outbound ones."""

    asked: int
    answered: int
    prompt: int
    wait: int  # seconds in all
    talk: int
    long: int
    rated: int
    satisfied: int


@dataclass(frozen=True, slots=True)
class YearTargets:
    """Everything a year must add up to."""

    year: int
    atoms: tuple[Atom, ...]
    counts: Counts
    classes: tuple[str, ...]
    class_counts: Counts  # consult and other by class, of shape (2, classes)
    districts: tuple[str, ...]
    district_counts: Counts
    unit_counts: Counts
    handling: Handling
    calls: Mapping[str, Calls]
    threads: int
    views: int


def targets(release: Published, year: int, *, scale: float, unit_shares: NDArray[np.float64]) -> YearTargets:
    """Return what `year` must add up to: the release's own, or the one before it."""
    now = year == release.year
    atoms, counts = _atoms(release, now=now)
    counts = scaled(counts, scale)
    classes, class_counts = _classes(release, atoms, counts, scale)
    districts = tuple(release.assumed["districts"])
    whole = release.figure("E-1", "总计", "诉求总量")
    own = np.array([release.assumed["districts"][name] for name in districts], dtype=np.int64)
    factor = scale if now else float(counts.sum()) / whole
    units = int(sum(count for atom, count in zip(atoms, counts, strict=True) if atom.disposal == "unit"))
    return YearTargets(
        year=year,
        atoms=atoms,
        counts=counts,
        classes=classes,
        class_counts=class_counts,
        districts=districts,
        district_counts=scaled(own, factor),
        unit_counts=_units(release, unit_shares, units, now=now, scale=scale),
        handling=_handling(release, now=now, scale=scale),
        calls=_calls(release, now=now, scale=scale),
        threads=_forum(release, "论坛处理反映事项", "threads", now=now, scale=scale),
        views=_forum(release, "论坛访问量", "visits", now=now, scale=scale),
    )  # fmt: skip


def _forum(release: Published, row: str, before: str, *, now: bool, scale: float) -> int:
    whole = release.figure("E-0", row, "数值") if now else int(release.previous["other"][before])
    return round(scale * whole)


def scaled(counts: Counts, scale: float) -> Counts:
    """Return counts at a smaller scale, whole, with the sum that the scale gives: largest remainders first."""
    if scale == 1.0:
        return counts.copy()
    return shared(round(float(counts.sum()) * scale), counts.astype(np.float64))


def shared(whole: int, weights: NDArray[np.float64]) -> Counts:
    """Return whole numbers that add up to `whole` and are nearest to the weights' shares."""
    if weights.sum() == 0 or whole == 0:
        return np.zeros(len(weights), dtype=np.int64)
    exact = weights * (whole / weights.sum())
    found: Counts = np.floor(exact).astype(np.int64)
    rest = whole - int(found.sum())
    # Stable, so that equal remainders are served in order.
    for place in np.argsort(found - exact, kind="stable")[:rest]:
        found[place] += 1
    return found


def _atoms(release: Published, *, now: bool) -> tuple[tuple[Atom, ...], Counts]:
    found: dict[Atom, int] = {}
    for enterprise, label in _APPELLANTS:
        row = release.tables["E-1"][label] if now else release.previous[label]
        sources = {name: int(row[text]) for name, text in _LABELS.items()}
        answers = {name: int(row[text]) for name, text in _ANSWERS.items()}
        for atom, count in _marked(release, enterprise=enterprise, sources=sources, now=now).items():
            found[atom] = count
            if atom.mark != TO_110:  # an emergency referral is no accepted appeal (SZ-13.6)
                sources[atom.source] -= count
                answers[atom.disposal] -= count
        for atom, count in _rest(sources, answers, enterprise=enterprise).items():
            found[atom] = found.get(atom, 0) + count
    consult = release.figure("E-8", "咨询类", "诉求数量") if now else int(release.previous["handling"]["consult"])
    found = _asked(found, consult=consult, at_seat=float(release.assumed["consult_at_seat"]))
    kept = {atom: count for atom, count in found.items() if count}
    return tuple(kept), np.array(list(kept.values()), dtype=np.int64)


def _marked(release: Published, *, enterprise: bool, sources: Mapping[str, int], now: bool) -> dict[Atom, int]:
    """Return the citizens' appeals that tables of their own count; all transferred ones are for units."""
    if enterprise:
        return {}
    other = release.previous["other"]
    police, talent = release.tables["E-7"]["12345与110高效对接联动"], release.tables["E-4"]["尚贤"]
    move_car = release.figure("E-0", "挪车服务", "数值") if now else int(other["move_car"])
    online = round(move_car * float(release.assumed["move_car_online"]))
    from_110, to_110 = (int(police["110转12345警单量"]), int(police["12345转110诉求量"])) if now else (
        int(other["from_110"]), int(other["to_110"]))  # fmt: skip
    talents = [int(talent[_ANSWERS[name]]) for name in DISPOSALS] if now else other["talent"]
    found = {
        Atom(False, "online", "seat", False, MOVE_CAR): online,
        Atom(False, "phone", "seat", False, MOVE_CAR): move_car - online,
        Atom(False, "phone", "seat", False, TO_110): to_110,
        Atom(False, "transfer", "unit", False, FROM_110): from_110,
    }
    for disposal, count in zip(DISPOSALS, talents, strict=True):
        found[Atom(False, "phone", disposal, False, TALENT)] = int(count)
    return found


def _rest(sources: Mapping[str, int], answers: Mapping[str, int], *, enterprise: bool) -> dict[Atom, int]:
    """Return a table of sources and answers with these margins: transferred ones for units, others in proportion."""
    units = answers["unit"] - sources["transfer"]
    by_phone = sources["phone"] / (sources["phone"] + sources["online"])
    phone_units, phone_specialists = round(units * by_phone), round(answers["specialist"] * by_phone)
    phone = {
        "unit": phone_units,
        "specialist": phone_specialists,
        "seat": sources["phone"] - phone_units - phone_specialists,
    }
    online = {"unit": units, "specialist": answers["specialist"], "seat": answers["seat"]}
    found = {Atom(enterprise, "transfer", "unit", False): sources["transfer"]}
    for disposal in DISPOSALS:
        found[Atom(enterprise, "phone", disposal, False)] = phone[disposal]
        found[Atom(enterprise, "online", disposal, False)] = online[disposal] - phone[disposal]
    return found


def _asked(found: Mapping[Atom, int], *, consult: int, at_seat: float) -> dict[Atom, int]:
    """Return the atoms split into questions and others: as many questions for units as given, the rest by a share."""
    plain = {atom: count for atom, count in found.items() if atom.mark in ("", TALENT)}
    units = [atom for atom in plain if atom.disposal == "unit"]
    asked = dict(zip(units, shared(consult, np.array([plain[atom] for atom in units], dtype=np.float64)), strict=True))
    split = {atom: count for atom, count in found.items() if atom not in plain}
    for atom, count in plain.items():
        questions = int(asked[atom]) if atom.disposal == "unit" else round(count * at_seat)
        split[Atom(atom.enterprise, atom.source, atom.disposal, True, atom.mark)] = questions
        split[atom] = count - questions
    return split


def _classes(release: Published, atoms: Sequence[Atom], counts: Counts, scale: float) -> tuple[tuple[str, ...], Counts]:
    table, more = release.tables["E-11"], release.assumed["classes"]
    names = (*table["咨询类"], *more)
    found = np.zeros((2, len(names)), dtype=np.int64)
    for row, label in enumerate(("咨询类", "非咨询类")):
        own = [int(table[label][name]) if name in table[label] else int(more[name][row]) for name in names]
        found[row] = scaled(np.array(own, dtype=np.int64), scale)
        room = sum(
            int(count)
            for atom, count in zip(atoms, counts, strict=True)
            if atom.consult == (row == 0) and atom.mark not in (MOVE_CAR, TO_110)
        )
        if found[row].sum() > room:
            raise ValueError(f"{label}: more classified appeals than there are")
    return names, found


def _units(release: Published, shares: NDArray[np.float64], whole: int, *, now: bool, scale: float) -> Counts:
    """Return how many orders each unit has: the release's first five, and the others after their shares below them."""
    top = np.array([int(row["诉求量"]) for row in release.tables["E-10"].values()], dtype=np.int64)
    published = release.figure("E-1", "总计", "部门办理")
    first = scaled(top, scale) if now else scaled(top, whole / published)
    rest = whole - int(first.sum())
    weights = shares[len(top) :] / shares[len(top) :].sum()
    found = np.concatenate([first, shared(rest, weights)])
    if len(found) > len(top) and found[len(top) :].max() >= first.min() > 1:
        raise ValueError("a unit has more orders than the fifth of the release")
    return found


def _handling(release: Published, *, now: bool, scale: float) -> Handling:
    assumed, before = release.assumed, release.previous["handling"]
    table = release.tables["E-8"]
    return Handling(
        consult_millidays=round(1000 * float(table["咨询类"]["平均办理时长"] if now else before["consult_days"])),
        other_millidays=round(1000 * float(table["非咨询类"]["平均办理时长"] if now else before["other_days"])),
        timely=float(assumed["timely"] if now else before["timely"]),
        from_110_timely=float(assumed["from_110_timely"]),
        open=round(scale * int(assumed["open"] if now else before["open"])),
        excluded=round(scale * int(assumed["excluded"])) if now else 0,
        asked=round(scale * int(table["总计"]["回访征集评价"] if now else before["asked"])),
        rated=round(scale * int(table["总计"]["群众参评数"] if now else before["rated"])),
        satisfied=float(assumed["satisfied"] if now else before["satisfied"]),
        from_110_satisfied=float(assumed["from_110_satisfied"]),
        told=float(assumed["resolved_asked"]),
        solved=float(assumed["resolved_yes"]),
    )


def _calls(release: Published, *, now: bool, scale: float) -> dict[str, Calls]:
    table, before, assumed = release.tables["E-2"], release.previous["calls"], release.assumed
    found = {}
    for direction, label in (("in", "接听"), ("out", "呼出")):
        row = table[label] if now else {}
        own = before[direction]
        answered = round(scale * int(row["人工接听话务量"] if now else own["answered"]))
        talk = float(row["平均通话时长"] if now else own["talk"])
        long = float(row["超10分钟占比"]) / 100 if now else float(own["long"])
        asked = prompt = wait = rated = satisfied = 0
        if direction == "in":
            asked = round(answered / (1 - float(assumed["abandoned_share"])))
            prompt = round(asked * (float(row["30秒人工接通率"]) / 100 if now else float(own["within_30"])))
            wait = round(answered * float(row["平均等待时长"] if now else own["wait"]))
            rated = round(answered * float(assumed["seat_rated"]))
            satisfied = round(rated * float(release.measure("E-8", "总计", "民声接听员服务满意率")) / 100)
        found[direction] = Calls(
            asked or answered, answered, prompt, wait, round(answered * talk), round(answered * long), rated, satisfied
        )
    return found
