"""The truth file: what was planted, as the release's tables, made from the simulator's own counts alone.

Figures are rounded by `domain.indicators`, like everybody's; labels are written here once more, so that a wrong label
in a report shows as a difference.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from minsheng.domain.indicators import percent_change, rounded
from minsheng.figures.lake.yearbook import Published
from minsheng.figures.simulation.standing import stock_levels

Tables = dict[str, dict[str, dict[str, Any]]]
_SOURCES = {"电话": "phone", "互联网": "online", "承办转办": "transfer"}
_ANSWERS = {"民声接听员": "seat", "政策专员": "specialist", "部门办理": "unit"}
_DAY = 24 * 60


class Truth:
    """Makes the tables of a release's year from counts by key."""

    def __init__(self, release: Published, counts: Mapping[str, int], *, least: int = 5) -> None:
        self._release, self._counts, self._least = release, counts, least
        self._year = release.year

    def tables(self) -> Tables:
        """Return table, row, column, number; changes stand under `<column>同比`."""
        made = {
            "E-0": self._headline(),
            "E-1": self._appeals(),
            "E-2": self._calls(),
            "E-3": self._broadcasts(),
            "E-4": self._talent(),
            "E-5": self._knowledge(),
            "E-6": self._assistant(),
            "E-7": self._police(),
            "E-8": self._efficiency(),
            "E-9": {"制度标准规范": {"合计数量": len(self._release.assumed["standards"])}},
            "E-10": self._units(),
            "E-11": self._classes(),
            "E-12": self._shares(),
            "E-13": self._team(),
            "E-14": self._members(),
            "E-15": self._safety(),
        }
        return {table: {row: cells for row, cells in rows.items() if cells} for table, rows in made.items()}

    def _n(self, *words: str, before: bool = False) -> int:
        """Return the sum of all counts whose key has these words after the year; `*` is any word."""
        wanted = (str(self._year - before), *words)
        return sum(
            count
            for key, count in self._counts.items()
            if len(parts := key.split("|")) == len(wanted)
            and all(want in ("*", part) for want, part in zip(wanted, parts, strict=True))
        )

    def _count(self, column: str, *words: str, change: bool = True) -> dict[str, Any]:
        return _with_change(column, self._n(*words), self._n(*words, before=True) if change else 0)

    def _rate(
        self,
        column: str,
        over: tuple[str, ...],
        base: tuple[str, ...],
        *,
        digits: int = 2,
        scale: int = 100,
        change: bool = True,
    ) -> dict[str, Any]:
        values = []
        for before in (False, True):
            whole = self._n(*base, before=before)
            small = 0 < whole < self._least and not before
            values.append(_ratio(self._n(*over, before=before), whole, scale, digits) if not small else None)
        return _measured(column, values[0], values[1] if change else None)

    def _headline(self) -> dict[str, dict[str, Any]]:
        seats = self._stock("seats", "city") + self._stock("seats", "county")
        units = sum(count for subject, _, _, count in self._levels(True) if subject == "units")
        return {
            "受理有效服务诉求": self._count("数值", "source", "*", "*"),
            "及时处办率": self._rate("数值", ("timely", "*"), ("due", "*")),
            "累计办结率": self._closed(),
            "抽查满意率": self._rate("数值", ("satisfied", "*"), ("rated", "*")),
            "论坛访问量": self._count("数值", "threads", "views"),
            "论坛处理反映事项": self._count("数值", "threads", "handled"),
            "座席代表": {"数值": seats, "每十万人": self._per_inhabitants(seats)},
            "承办单位": {"数值": units},
            "挪车服务": {"数值": self._n("cars")},
            "企业服务诉求": self._count("数值", "source", "enterprise", "*"),
        }

    def _closed(self) -> dict[str, Any]:
        now, before = (
            _ratio(self._n("closed", before=past), self._n("counted", "*", before=past), 100, 2)
            for past in (False, True)
        )
        return _measured("数值", now, before)

    def _appeals(self) -> dict[str, dict[str, Any]]:
        rows = {}
        for label, who in (("群众诉求", "citizen"), ("企业诉求", "enterprise"), ("总计", "*")):
            cells = self._count("诉求总量", "source", who, "*")
            for column, source in _SOURCES.items():
                cells |= self._count(column, "source", who, source)
            for column, disposal in _ANSWERS.items():
                cells |= self._count(column, "disposal", who, disposal)
            rows[label] = cells
        return rows

    def _calls(self) -> dict[str, dict[str, Any]]:
        rows = {}
        for label, way in (("接听", "in"), ("呼出", "out"), ("总计", "*")):
            cells = self._count("人工接听话务量", "calls", way, "answered")
            if way == "in":
                cells |= self._rate("30秒人工接通率", ("calls", way, "prompt"), ("calls", way, "asked"))
                cells |= self._rate("平均等待时长", ("calls", way, "wait"), ("calls", way, "answered"), scale=1)
            cells |= self._rate("平均通话时长", ("calls", way, "talk"), ("calls", way, "answered"), scale=1)
            cells |= self._rate("超10分钟占比", ("calls", way, "long"), ("calls", way, "answered"))
            rows[label] = cells
        return rows

    def _broadcasts(self) -> dict[str, dict[str, Any]]:
        table, before = self._release.tables["E-3"]["政风热线"], self._release.previous["broadcasts"]
        pairs = {
            "期数": "sessions",
            "上线县（市、区）长、局长": "guests",
            "其中：主要负责人": "heads",
            "收到诉求总量": "received",
            "现场回应诉求数": "answered",
            "发布民生热点": "hot_topics",
            "发布政策问答": "answers",
        }
        cells: dict[str, Any] = {}
        for column, name in pairs.items():
            cells |= _with_change(column, int(table[column]), int(before[name]))
        followed = int(table["收到诉求总量"]) - int(table["现场回应诉求数"])
        cells |= _with_change("直播后督办重点诉求数", followed, int(before["received"]) - int(before["answered"]))
        now = _ratio(int(self._release.assumed["satisfied_broadcast"]), int(table["收到诉求总量"]), 100, 2)
        cells |= _measured("诉求办理满意率", now, _ratio(int(before["satisfied"]), int(before["received"]), 100, 2))
        return {"政风热线": cells}

    def _talent(self) -> dict[str, dict[str, Any]]:
        seats = self._stock("talent_seats", "city")
        cells: dict[str, Any] = {
            "民声接听员人数": seats,
            "民声接听员人数同比": seats - self._stock("talent_seats", "city", now=False),
            "政策专员人数": sum(self._stock("specialists", level, "talent") for level in ("city", "county")),
            "人才政务信息": self._stock("talent_articles", "city"),
            "人才信息问答数": self._stock("talent_answers", "city"),
        }
        before = self._n("mark", "talent", before=True)
        cells |= _with_change("诉求总量", self._n("mark", "talent"), before)
        for column, name in (("电话", "phone"), ("互联网", "online"), *_ANSWERS.items()):
            cells |= self._count(column, "talent", name)
        return {"尚贤": cells}

    def _knowledge(self) -> dict[str, dict[str, Any]]:
        columns = {
            "部门单位": "article_units",
            "信息专员": "information_officers",
            "信息总量": "articles",
            "问答总量": "answers",
        }
        city = {column: self._stock(subject, "city") for column, subject in columns.items()}
        total: dict[str, Any] = {}
        for column, subject in columns.items():
            total |= _with_change(column, city[column], self._stock(subject, "city", now=False))
        total["信息查询使用量"] = self._n("uses", "information")
        total["问答查询使用量"] = self._n("uses", "answer")
        return {"市本级": city, "总计": total}

    def _assistant(self) -> dict[str, dict[str, Any]]:
        table = self._release.tables["E-6"]["总计"]
        short = {column: int(table[column]) for column in ("引用答复量", "部门答复量", "问答总量")}
        more = {column: int(table[column]) for column in ("浏览量", "推荐信息量", "转化量")}
        rate = _ratio(int(table["转化量"]), int(table["问答总量"]), 100, 0)
        return {"市本级": short, "总计": {**short, **more, "转化率": int(rate or 0)}}

    def _police(self) -> dict[str, dict[str, Any]]:
        to_110, from_110 = self._n("mark", "to_110"), self._n("mark", "from_110")
        cells = {
            "联动专席人数": self._stock("police_seats", "city"),
            "总量": to_110 + from_110,
            "12345转110诉求量": to_110,
            "110转12345警单量": from_110,
        }
        cells |= self._rate("按时办结率", ("timely", "110"), ("due", "110"), change=False)
        cells |= self._rate("办理满意率", ("satisfied", "110"), ("rated", "110"), change=False)
        return {"12345与110高效对接联动": cells}

    def _efficiency(self) -> dict[str, dict[str, Any]]:
        rows: dict[str, dict[str, Any]] = {}
        for label, kind in (("咨询类", "consult"), ("非咨询类", "other"), ("总计", "*")):
            cells = self._count("诉求数量", "department", kind)
            millidays = [
                _ratio(self._n("millidays", kind, before=past), 1000 * self._n("answered", kind, before=past), 1, 1)
                for past in (False, True)
            ]
            rows[label] = cells | _measured("平均办理时长", *millidays)
        total = rows["总计"]
        total |= self._count("回访征集评价", "asked", "*") | self._count("群众参评数", "rated", "*")
        total |= self._rate("参评率", ("rated", "*"), ("asked", "*"))
        total |= self._rate("民声接听员服务满意率", ("calls", "*", "satisfied"), ("calls", "*", "rated"))
        total |= self._rate("群众有效参评满意率", ("satisfied", "*"), ("rated", "*"))
        total |= self._rate("问题实际解决率", ("solved", "*"), ("told", "*"))
        total["分析专报上报总量"] = self._release.figure("E-8", "总计", "分析专报上报总量")
        total["领导签批"] = self._release.figure("E-8", "总计", "领导签批")
        total["协同治理机制"] = self._stock("mechanisms", "city")
        return rows

    def _units(self) -> dict[str, dict[str, Any]]:
        whole = self._n("department", "*")
        prefix = f"{self._year}|unit|"
        found = {key.removeprefix(prefix): count for key, count in self._counts.items() if key.startswith(prefix)}
        first = sorted(found, key=lambda name: (-found[name], name))[:5]
        return {name: {"诉求量": found[name], "占比": _ratio(found[name], whole, 100, 2)} for name in first}

    def _classes(self) -> dict[str, dict[str, Any]]:
        names = {key.split("|")[3] for key in self._counts if key.split("|")[1] == "class"}
        rows: dict[str, dict[str, Any]] = {}
        for label, kind in (("咨询类", "consult"), ("非咨询类", "other"), ("总计", "*")):
            whole = self._n("class", kind, "*")
            counts = {name: self._n("class", kind, name) for name in names}
            cells: dict[str, Any] = {}
            for name in sorted(counts, key=lambda each: (-counts[each], each))[:5]:
                cells |= {name: counts[name], f"{name}占比": _ratio(counts[name], whole, 100, 2)}
            rows[label] = cells
        return rows

    def _shares(self) -> dict[str, dict[str, Any]]:
        lines = {str(n): self._n("line", str(n)) for n in range(1, 1 + len(self._release.assumed["shares"]))}
        names = {str(n): str(share["recipient"]) for n, share in enumerate(self._release.assumed["shares"], 1)}
        rows: dict[str, dict[str, Any]] = {names[n]: {"共享诉求数据量": count} for n, count in lines.items() if count}
        rows["总计"] = {"共享诉求数据量": sum(lines.values()), "所涉诉求": self._n("distinct")}
        return rows

    def _team(self) -> dict[str, dict[str, Any]]:
        columns = {
            "话务平台总人数": ("staff", ""),
            "民声接听员": ("seats", ""),
            "企业政策专员": ("specialists", "enterprise"),
            "人才政策专员": ("specialists", "talent"),
        }
        rows: dict[str, dict[str, Any]] = {}
        for label, levels in (("市本级平台", ("city",)), ("全市", ("city", "county"))):
            cells: dict[str, Any] = {}
            for column, (subject, kind) in columns.items():
                now, before = (
                    sum(self._stock(subject, each, kind, now=then) for each in levels) for then in (True, False)
                )
                cells |= {column: now, f"{column}同比": now - before}
            rows[label] = cells
        rows["全市"]["每十万人座席数"] = self._per_inhabitants(rows["全市"]["民声接听员"])
        return rows

    def _members(self) -> dict[str, dict[str, Any]]:
        kinds = {"热线平台": "platform", "政府部门": "government", "党群组织": "party", "国有企事业": "enterprise"}
        city = {column: self._stock("units", "city", kind) for column, kind in kinds.items()}
        whole = {column: city[column] + self._stock("units", "county", kind) for column, kind in kinds.items()}
        return {"市本级平台": {**city, "热线平台": whole["热线平台"]}, "全市": whole}

    def _safety(self) -> dict[str, dict[str, Any]]:
        whole = (366 if self._year % 4 == 0 else 365) * _DAY
        down = sum(int(minutes) for minutes in self._release.assumed["down_minutes"])
        cell = {"平台安全运行状态": "优秀", "平台可用率": _ratio(whole - down, whole, 100, 3)}
        return {"市本级平台": dict(cell), "全市": dict(cell)}

    def _levels(self, now: bool) -> list[tuple[str, str, str, int]]:
        return stock_levels(self._release, now=now)

    def _stock(self, subject: str, level: str, kind: str = "", *, now: bool = True) -> int:
        return sum(
            count
            for name, where, what, count in self._levels(now)
            if (name, where) == (subject, level) and kind in ("", what)
        )

    def _per_inhabitants(self, seats: int) -> float:
        return float(rounded(Fraction(seats * 100_000, self._release.population), digits=2))


def _ratio(number: int, whole: int, scale: int, digits: int) -> float | None:
    return float(rounded(Fraction(number * scale, whole), digits=digits)) if whole else None


def _with_change(column: str, now: int, before: int) -> dict[str, Any]:
    change = percent_change(now, before)
    return {column: now} | ({f"{column}同比": float(change)} if change is not None else {})


def _measured(column: str, now: float | None, before: float | None) -> dict[str, Any]:
    if now is None:
        return {}
    if before is None:
        return {column: now}
    return {column: now, f"{column}同比": float(Decimal(str(now)) - Decimal(str(before)))}
