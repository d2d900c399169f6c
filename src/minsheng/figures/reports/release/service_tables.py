"""Tables of the other services and of what a platform stands on: E-3 to E-7, E-9, E-12 to E-15 of the release."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from minsheng.domain.indicators import indicator
from minsheng.figures.reports.release.annual import Cell, Row, Table, counted, measured
from minsheng.figures.reports.release.appeal_tables import per_inhabitants
from minsheng.figures.reports.release.counts import Counts, Parameters

_LEVELS = (("市本级平台", ("city",)), ("全市", ("city", "county")))
_MINUTES_A_DAY = 24 * 60
_BAD = 3  # severity from which an incident is never excellent (E-15)
_EXCELLENT, _GOOD = Decimal("99.900"), Decimal("99.000")


def broadcasts(counts: Counts, parameters: Parameters) -> Table:
    """E-3: the broadcast where heads of authorities answer."""

    def cell(field: str, unit: str) -> Cell:
        now, before = (counts.total("broadcasts", field, now=now) for now in (True, False))
        return counted(indicator("events"), now, before, rows="broadcasts", unit=unit)

    received = {now: counts.pair("broadcasts", "satisfied", "received", now=now) for now in (True, False)}
    cells = (
        ("期数", cell("sessions", "期")),
        ("上线县（市、区）长、局长", cell("guests", "人")),
        ("其中：主要负责人", cell("heads", "人")),
        ("收到诉求总量", cell("received", "件")),
        ("现场回应诉求数", cell("answered", "件")),
        ("直播后督办重点诉求数", cell("followed_up", "件")),
        (
            "诉求办理满意率",
            measured(
                indicator("broadcast_satisfied"),
                received[True],
                received[False],
                rows="broadcasts",
                least=parameters.least,
            ),
        ),
        ("发布民生热点", cell("hot_topics", "条")),
        ("发布政策问答", cell("answers", "对")),
    )
    notes = ("满意率以节目期间收到的全部诉求为总体（A-72）；未现场回应的均转入督办。",)
    return Table("E-3", "“政风热线”管理运行", _names(cells), (Row("政风热线", cells),), notes=notes, clause="AR-2.2.1")


def talent(counts: Counts, parameters: Parameters) -> Table:
    """E-4: the service for talents; its appeals are part of E-1."""

    def appeals(**wanted: Any) -> Cell:
        now, before = (counts.total("appeals", now=now, talent=True, **wanted) for now in (True, False))
        behind = "orders?accepted=true&parent=&talent=true" + "".join(
            f"&{name}={value}" for name, value in wanted.items()
        )
        return counted(indicator("accepted"), now, before, rows=behind)

    cells = (
        ("民声接听员人数", _stock(counts, "talent_seats", "位", change=True)),
        ("政策专员人数", _stock(counts, "specialists", "位", kind="talent")),
        ("人才政务信息", _stock(counts, "talent_articles", "条")),
        ("人才信息问答数", _stock(counts, "talent_answers", "对")),
        ("诉求总量", appeals()),
        ("电话", appeals(source="phone")),
        ("互联网", appeals(source="online")),
        ("民声接听员", appeals(disposal="seat")),
        ("政策专员", appeals(disposal="specialist")),
        ("部门办理", appeals(disposal="unit")),
    )
    notes = ("尚贤诉求含在诉求总量（表 E-1）之内。",)
    return Table("E-4", "“尚贤”人才服务", _names(cells), (Row("尚贤", cells),), notes=notes, clause="AR-2.2.2")


def knowledge(counts: Counts, parameters: Parameters) -> Table:
    """E-5: the knowledge base at the end of the period, and how often it was read."""
    subjects = (
        ("部门单位", "article_units", "家"),
        ("信息专员", "information_officers", "名"),
        ("信息总量", "articles", "条"),
        ("问答总量", "answers", "对"),
    )
    rows = []
    for label, level in (("市本级", "city"), ("县（市、区）", "county")):
        cells = [(name, _level_stock(counts, subject, level, unit)) for name, subject, unit in subjects]
        rows.append(Row(label, tuple(cells)))
    total: list[tuple[str, Cell]] = [(name, _percent_stock(counts, subject, unit)) for name, subject, unit in subjects]
    for name, kind in (("信息查询使用量", "information"), ("问答查询使用量", "answer")):
        uses = counts.total("article_uses", kind=kind)
        total.append((name, counted(indicator("events"), uses, rows=f"article_uses?kind={kind}", unit="次")))
    rows.append(Row("总计", tuple(total)))
    held = [counts.rows("stocks", now=True, subject=subject) for subject in ("articles", "answers")]
    whole = sum(int(row["count"] or 0) for rows in held for row in rows)
    notes = (
        (f"信息、问答合计 {whole} 条（对）。",) if any(held) else ("本平台尚无知识库的数据，相应指标不填，不按零计。",)
    )
    return Table("E-5", "“热线百科”运行", _names(tuple(total)), tuple(rows), notes=notes, clause="AR-2.2.3")


def assistant(counts: Counts, parameters: Parameters) -> Table:
    """E-6: questions to the assistant, and which of them became articles."""

    def cells(**wanted: Any) -> list[tuple[str, Cell]]:
        def number(field: str = "count", unit: str = "件", **more: Any) -> Cell:
            flag = {field: "true"} if field in ("recommended", "converted") else {}
            behind = "questions?" + "&".join(f"{name}={value}" for name, value in {**wanted, **more, **flag}.items())
            found = counts.total("questions", field, **wanted, **more)
            return counted(indicator("events"), found, rows=behind, unit=unit)

        found = [
            ("引用答复量", number(answered_by="quote")),
            ("部门答复量", number(answered_by="unit")),
            ("问答总量", number()),
        ]
        if not wanted:
            rate = measured(
                indicator("converted"),
                counts.pair("questions", "converted", "count"),
                rows="questions?converted=true",
                least=parameters.least,
            )
            found += [
                ("浏览量", number("views", "次")),
                ("推荐信息量", number("recommended", "条")),
                ("转化量", number("converted", "条")),
                ("转化率", rate),
            ]
        return found

    rows = (Row("市本级", tuple(cells(level="city"))), Row("总计", tuple(cells())))
    return Table(
        "E-6", "“晓苏”政务问答台", _names(rows[-1].cells), rows, notes=("转化率＝转化量÷问答总量。",), clause="AR-2.2.4"
    )


def police(counts: Counts, parameters: Parameters) -> Table:
    """E-7: what went to 110 and came from there; both rates are of what came."""
    to_110, from_110 = counts.total("referred", now=True), counts.total("appeals", now=True, exchange="from_110")
    timely = measured(
        indicator("transfer_timely"),
        counts.pair("due", "timely", "count", now=True, exchange="from_110"),
        rows="orders?accepted=true&parent=&exchange=from_110",
        least=parameters.least,
    )
    rated = counts.pair("callbacks", "satisfied", "judged", now=True, exchange="from_110")
    cells = (
        ("联动专席人数", _stock(counts, "police_seats", "名")),
        ("总量", counted(indicator("exchanged"), to_110 + from_110)),
        ("12345转110诉求量", counted(indicator("exchanged"), to_110, rows="orders?parent=&exchange=to_110")),
        (
            "110转12345警单量",
            counted(indicator("exchanged"), from_110, rows="orders?accepted=true&parent=&exchange=from_110"),
        ),
        ("按时办结率", timely),
        (
            "办理满意率",
            measured(
                indicator("transfer_satisfied"),
                rated,
                rows="callbacks@asked_at?last=true&reached=true&excluded=false&exchange=from_110&satisfied=true",
                least=parameters.least,
            ),
        ),
    )
    row = Row("12345与110高效对接联动", cells)
    return Table(
        "E-7",
        "12345与110高效对接联动",
        _names(cells),
        (row,),
        notes=("两项比率只计110转12345的工单。",),
        clause="AR-2.2.5",
    )


def standards(counts: Counts, parameters: Parameters) -> Table:
    """E-9: rules and standards that were issued; titles and numbers stand in the notes."""
    found = sorted(counts.rows("papers", kind="standard"), key=lambda row: str(row["number"]))
    cells = (("合计数量", counted(indicator("events"), len(found), rows="papers?kind=standard", unit="个")),)
    notes = tuple(f"{row['title']}（{row['number']}）" for row in found)
    return Table("E-9", "制度标准规范", ("合计数量",), (Row("制度标准规范", cells),), notes=notes, clause="AR-2.4")


def shares(counts: Counts, parameters: Parameters) -> Table:
    """E-12: what was delivered to whom; the sum is of deliveries, and different appeals are counted beside it."""
    lines = sorted(counts.rows("deliveries"), key=lambda row: int(row["line"]))
    named = [str(row["recipient"]) for row in lines]
    rows = []
    for row in lines:
        recipient = str(row["recipient"])
        label = recipient if named.count(recipient) == 1 else f"{recipient}（{row['topic']}）"
        number = counted(indicator("deliveries"), int(row["count"]), rows=f"deliveries?line={row['line']}")
        lead = tuple(str(row[name]) for name in ("line", "level", "mode", "topic"))
        rows.append(Row(label, (("共享诉求数据量", number),), lead))
    total = counted(indicator("deliveries"), counts.total("deliveries"), rows="deliveries")
    distinct = counted(indicator("delivered_distinct"), counts.total("delivered"), rows="deliveries")
    rows.append(Row("总计", (("共享诉求数据量", total), ("所涉诉求", distinct)), ("", "", "", "")))
    heads = ("序号", "行政层级", "共享方式", "共享主题")
    notes = ("总计是交付件次：同一诉求交付几家计几次；“所涉诉求”每件只计一次。交付内容均已去标识化（A-45）。",)
    return Table("E-12", "共享诉求数据量", ("共享诉求数据量", "所涉诉求"), tuple(rows), heads, notes, "AR-2.5.3")


def team(counts: Counts, parameters: Parameters) -> Table:
    """E-13: people; seats for 100,000 inhabitants rest on the population that is a parameter."""
    rows = []
    for label, levels in _LEVELS:
        cells = [
            ("话务平台总人数", _levels_stock(counts, "staff", levels)),
            ("民声接听员", _levels_stock(counts, "seats", levels)),
            ("企业政策专员", _levels_stock(counts, "specialists", levels, kind="enterprise")),
            ("人才政策专员", _levels_stock(counts, "specialists", levels, kind="talent")),
        ]
        if len(levels) > 1:
            cells.append(("每十万人座席数", per_inhabitants(counts, parameters)))
        rows.append(Row(label, tuple(cells)))
    note = parameters.population_note or f"常住人口 {parameters.population} 人"
    notes = (f"每十万人座席数以民声接听员计，不含政策专员；{note}。",)
    return Table("E-13", "服务团队", _names(rows[-1].cells), tuple(rows), notes=notes, clause="AR-2.6.1")


def members(counts: Counts, parameters: Parameters) -> Table:
    """E-14: units by kind; the subordinate platforms stand in both rows, as in the release."""
    kinds = (("热线平台", "platform"), ("政府部门", "government"), ("党群组织", "party"), ("国有企事业", "enterprise"))

    def cell(kind: str, levels: tuple[str, ...]) -> Cell:
        found = 0
        for level in ("city", "county") if kind == "platform" else levels:
            found += counts.total("stocks", now=True, subject="units", kind=kind, level=level)
        return counted(indicator("stock"), found, unit="个")

    rows = tuple(Row(label, tuple((name, cell(kind, levels)) for name, kind in kinds)) for label, levels in _LEVELS)
    notes = ("下级热线平台在两行中都列出；全市合计按全市一行相加。",)
    return Table("E-14", "成员单位", _names(rows[-1].cells), rows, notes=notes, clause="AR-2.6.2")


def safety(counts: Counts, parameters: Parameters) -> Table:
    """E-15: whether the platform stood: the rule is ours, since the release has none."""
    minutes = parameters.period.days * _MINUTES_A_DAY
    rows = []
    for label, levels in _LEVELS:
        found = [row for row in counts.rows("incidents") if row["level"] in levels]
        down = sum(int(row["down_minutes"] or 0) for row in found)
        worst = max((int(row["worst"] or 0) for row in found), default=0)
        available = measured(indicator("available"), (minutes - down, minutes), rows="incidents")
        grade = Cell(text=_grade(available.value or Decimal(0), worst), definition="available", rows="incidents")
        rows.append(Row(label, (("平台安全运行状态", grade), ("平台可用率", available))))
    notes = ("可用率不低于 99.9% 且无三级以上事件为优秀；不低于 99% 为良好；其余为一般。",)
    return Table(
        "E-15", "平台安全运行状态", ("平台安全运行状态", "平台可用率"), tuple(rows), notes=notes, clause="AR-2.6.3"
    )


def _grade(available: Decimal, worst: int) -> str:
    if available >= _EXCELLENT and worst < _BAD:
        return "优秀"
    return "良好" if available >= _GOOD else "一般"


def _names(cells: tuple[tuple[str, Cell], ...]) -> tuple[str, ...]:
    return tuple(name for name, _ in cells)


def _stock(counts: Counts, subject: str, unit: str, *, change: bool = False, **wanted: Any) -> Cell:
    if not counts.rows("stocks", now=True, subject=subject, **wanted):
        return Cell(definition=indicator("stock").id)
    now = counts.total("stocks", now=True, subject=subject, **wanted)
    before = counts.total("stocks", now=False, subject=subject, **wanted) if change else None
    return counted(indicator("stock"), now, before, rows=f"stocks?subject={subject}", unit=unit)


def _level_stock(counts: Counts, subject: str, level: str, unit: str) -> Cell:
    if not counts.rows("stocks", now=True, subject=subject, level=level):
        return Cell()
    return _stock(counts, subject, unit, level=level)


def _percent_stock(counts: Counts, subject: str, unit: str) -> Cell:
    """Return a stock whose change is given in percent, as E-5 does."""
    if not counts.rows("stocks", now=True, subject=subject):
        return Cell(definition=indicator("events").id)
    now, before = (counts.total("stocks", now=now, subject=subject) for now in (True, False))
    return counted(indicator("events"), now, before, rows=f"stocks?subject={subject}", unit=unit)


def _levels_stock(counts: Counts, subject: str, levels: tuple[str, ...], **wanted: Any) -> Cell:
    if not any(counts.rows("stocks", now=True, subject=subject, level=level, **wanted) for level in levels):
        return Cell(definition=indicator("stock").id)
    now, before = (
        sum(counts.total("stocks", now=now, subject=subject, level=level, **wanted) for level in levels)
        for now in (True, False)
    )
    return counted(indicator("stock"), now, before, rows=f"stocks?subject={subject}", unit="人")
