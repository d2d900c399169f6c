"""What doesn't grow with the number of appeals: stocks, broadcasts, the assistant, papers, incidents of a year.

These are small; each year's are made at once and filed by month. They are the same at every scale.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from minsheng.figures.lake import schema
from minsheng.figures.lake.yearbook import Published
from minsheng.figures.simulation.clockwork import DAY, days_in, seconds_of
from minsheng.figures.simulation.plan import Plan
from minsheng.figures.simulation.targets import shared

Rows = list[dict[str, Any]]
_EIGHT = 8 * 3600
_MONTHS = 12


def standing(plan: Plan, year: int) -> dict[str, pa.Table]:
    """Return the whole year's rows of the small datasets, by dataset."""
    made: dict[str, Rows] = {"stocks": _stocks(plan.release, year)}
    made["broadcasts"] = _broadcasts(plan, year)
    if year == plan.release.year:
        made["questions"] = _questions(plan)
        made["papers"] = _papers(plan)
        made["incidents"] = _incidents(plan)
    return {
        name: schema.table_of_rows(name, [{"city": plan.city, **row} for row in rows]) for name, rows in made.items()
    }


def stock_levels(release: Published, *, now: bool) -> list[tuple[str, str, str, int]]:
    """Return subject, level, kind and count of everything that is counted at the end of the year."""
    found = _people(release, now=now) + _knowledge(release, now=now)
    members = release.tables["E-14"]["市本级平台"]
    kinds = (("government", "政府部门"), ("party", "党群组织"), ("enterprise", "国有企事业"))
    for (kind, label), below in zip(kinds, release.assumed["county_units"], strict=True):
        found += [("units", "city", kind, int(members[label])), ("units", "county", kind, int(below))]
    found.append(("units", "county", "platform", int(members["热线平台"])))
    found.append(("mechanisms", "city", "", release.figure("E-8", "总计", "协同治理机制")))
    found.append(("police_seats", "city", "", release.figure("E-7", "12345与110高效对接联动", "联动专席人数")))
    return found


def _people(release: Published, *, now: bool) -> list[tuple[str, str, str, int]]:
    table, before = release.tables["E-13"], release.previous["stocks"]
    columns = {
        ("seats", ""): "民声接听员",
        ("staff", ""): "话务平台总人数",
        ("specialists", "enterprise"): "企业政策专员",
        ("specialists", "talent"): "人才政策专员",
    }
    found = []
    for (subject, kind), column in columns.items():
        city, whole = (
            (int(table["市本级平台"][column]), int(table["全市"][column]))
            if now
            else before[f"{subject}_{kind}" if kind else subject]
        )
        found += [(subject, "city", kind, city), (subject, "county", kind, whole - city)]
    talent = release.tables["E-4"]["尚贤"]
    found.append(("talent_seats", "city", "", int(talent["民声接听员人数"]) if now else int(before["talent_seats"])))
    found.append(("talent_articles", "city", "", int(talent["人才政务信息"])))
    found.append(("talent_answers", "city", "", int(talent["人才信息问答数"])))
    return found


def _knowledge(release: Published, *, now: bool) -> list[tuple[str, str, str, int]]:
    table, before = release.tables["E-5"]["总计"], release.previous["stocks"]
    subjects = {
        "article_units": "部门单位",
        "information_officers": "信息专员",
        "articles": "信息总量",
        "answers": "问答总量",
    }
    return [
        (subject, "city", "", int(table[column]) if now else int(before[subject]))
        for subject, column in subjects.items()
    ]


def _stocks(release: Published, year: int) -> Rows:
    """Return the counts at the end of each month: from last year's to this year's in even steps."""
    before, after = stock_levels(release, now=False), stock_levels(release, now=True)
    rows: Rows = []
    for month in range(1, _MONTHS + 1):
        counted = datetime(year, month, days_in(year, month), 23, 59, 59)
        for (subject, level, kind, start), (_, _, _, end) in zip(before, after, strict=True):
            count = start if year < release.year else start + (end - start) * month // _MONTHS
            rows.append({"counted_at": counted, "subject": subject, "level": level, "kind": kind, "count": count})
    return rows


def _broadcasts(plan: Plan, year: int) -> Rows:
    now = year == plan.release.year
    chance = plan.chance(year, 0, "broadcasts")
    table, before = plan.release.tables["E-3"]["政风热线"], plan.release.previous["broadcasts"]
    columns = {
        "sessions": "期数",
        "guests": "上线县（市、区）长、局长",
        "heads": "其中：主要负责人",
        "received": "收到诉求总量",
        "answered": "现场回应诉求数",
        "hot_topics": "发布民生热点",
        "answers": "发布政策问答",
    }
    goal = {name: int(table[column]) if now else int(before[name]) for name, column in columns.items()}
    satisfied = int(plan.release.assumed["satisfied_broadcast"]) if now else int(before["satisfied"])
    sessions = goal["sessions"]
    spread = {name: _scattered(count, sessions, chance) for name, count in goal.items() if name != "sessions"}
    # What was received is what was answered on the spot and what was followed up.
    followed = _scattered(goal["received"] - goal["answered"], sessions, chance)
    received = spread["answered"] + followed
    pleased = received - chance.multivariate_hypergeometric(received, goal["received"] - satisfied, method="marginals")
    return [
        {
            "session_id": f"S{year}{number:03d}",
            "aired_at": datetime(year, 1, 5, 10) + timedelta(days=7 * number),
            "guests": int(spread["guests"][number]),
            "heads": int(spread["heads"][number]),
            "received": int(received[number]),
            "answered": int(spread["answered"][number]),
            "followed_up": int(followed[number]),
            "satisfied": int(pleased[number]),
            "hot_topics": int(spread["hot_topics"][number]),
            "answers": int(spread["answers"][number]),
        }
        for number in range(sessions)
    ]


def _questions(plan: Plan) -> Rows:
    release, chance = plan.release, plan.chance(plan.release.year, 0, "questions")
    table = release.tables["E-6"]["总计"]
    quoted, whole = int(table["引用答复量"]), int(table["问答总量"])
    views = shared(int(table["浏览量"]), chance.lognormal(0.0, 0.8, whole))
    return [
        {
            "question_id": f"Q{number:05d}",
            "asked_at": _moment(release.year, chance),
            "level": "city",
            "answered_by": "quote" if number < quoted else "unit",
            "views": int(views[number]),
            "recommended": number < int(table["推荐信息量"]),
            "converted": number < int(table["转化量"]),
        }
        for number in range(whole)
    ]


def _papers(plan: Plan) -> Rows:
    release, chance = plan.release, plan.chance(plan.release.year, 0, "papers")
    count, signed = (release.figure("E-8", "总计", name) for name in ("分析专报上报总量", "领导签批"))
    rows: Rows = [
        {
            "paper_id": f"P{number:05d}",
            "issued_at": _moment(release.year, chance),
            "kind": "special_report",
            "title": None,
            "number": None,
            "signed": number < signed,
        }
        for number in range(count)
    ]
    for number, standard in enumerate(release.assumed["standards"]):
        rows.append(
            {
                "paper_id": f"N{number:05d}",
                "issued_at": _moment(release.year, chance),
                "kind": "standard",
                "title": standard["title"],
                "number": standard["number"],
                "signed": False,
            }
        )
    return rows


def _incidents(plan: Plan) -> Rows:
    release, chance = plan.release, plan.chance(plan.release.year, 0, "incidents")
    return [
        {
            "incident_id": f"I{number:03d}",
            "began_at": _moment(release.year, chance),
            "level": "city",
            "severity": 1 + number % 2,
            "down_minutes": int(minutes),
        }
        for number, minutes in enumerate(release.assumed["down_minutes"])
    ]


def _moment(year: int, chance: np.random.Generator) -> datetime:
    day = int(chance.integers(0, 365))
    seconds = seconds_of(date(year, 1, 1)) + day * DAY + _EIGHT + int(chance.integers(0, 9 * 3600))
    return datetime(1970, 1, 1) + timedelta(seconds=seconds)


def _scattered(count: int, places: int, chance: np.random.Generator) -> NDArray[np.int64]:
    return np.asarray(chance.multinomial(count, np.full(places, 1 / places)), dtype=np.int64)


def by_month(table: pa.Table, moment: str) -> Mapping[str, pa.Table]:
    """Return a table's rows by the month of one of its moments."""
    months = pa.array([f"{value:%Y-%m}" for value in table.column(moment).to_pylist()], pa.string())
    found = {}
    for month in sorted(set(months.to_pylist())):
        found[month] = table.filter(pc.equal(months, month))
    return found
