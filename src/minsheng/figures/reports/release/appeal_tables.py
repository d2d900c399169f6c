"""Tables of appeals, calls, handling, units and classes: E-0 to E-2, E-8, E-10, E-11 of the release."""

from __future__ import annotations

from typing import Any

from minsheng.domain.indicators import indicator, part
from minsheng.figures.reports.release.annual import Cell, Row, Table, counted, measured
from minsheng.figures.reports.release.counts import Counts, Parameters

SOURCES = (("电话", "phone"), ("互联网", "online"), ("承办转办", "transfer"))
DISPOSALS = (("民声接听员", "seat"), ("政策专员", "specialist"), ("部门办理", "unit"))
APPELLANTS = (("群众诉求", False), ("企业诉求", True))
KINDS = (("咨询类", True), ("非咨询类", False))
_PER = 100_000
# Appeals that count: accepted, and not the parts that a parallel dispatch made of one.
_APPEALS = "orders?accepted=true&parent="
_OF_UNITS = f"{_APPEALS}&disposal=unit"
_ASKED = "callbacks@asked_at?last=true&reached=true&excluded=false"


def headline(counts: Counts, parameters: Parameters) -> Table:
    """E-0: what the text of the release says first."""
    threads = {now: counts.rows("threads", now=now) for now in (True, False)}
    rows = [
        _one("受理有效服务诉求", _appeals(counts)),
        _one("及时处办率", timely(counts, parameters)),
        _one("累计办结率", closed(counts, parameters)),
        _one("抽查满意率", satisfied(counts, parameters)),
        _one(
            "论坛访问量",
            counted(
                indicator("views"),
                counts.total("threads", "views", now=True),
                counts.total("threads", "views", now=False),
                rows="threads",
            ),
        ),
        _one(
            "论坛处理反映事项",
            counted(
                indicator("threads"),
                counts.total("threads", "handled", now=True),
                counts.total("threads", "handled", now=False),
                rows="threads?handled=true",
            ),
        ),
        seats_row(counts, parameters),
        _one("承办单位", standing(counts, "个", "units")),
        _one("挪车服务", counted(indicator("move_car"), counts.total("move_car"), rows="move_car")),
        _one("企业服务诉求", _appeals(counts, enterprise=True)),
    ]
    excluded = counts.total("handling", "excluded", now=True)
    inside = sum(int(row["appeals"] or 0) for row in threads[True])
    notes = (
        f"及时处办率、累计办结率、满意率均剔除书面不予受理意见经确认的工单 {excluded} 件。",
        f"论坛处理反映事项中有 {inside} 件受理为诉求，随所并入的工单计一件；其余不在诉求总量内。",
    )
    return Table("E-0", "总体情况", ("数值", "每十万人"), tuple(rows), notes=notes, clause="AR-1.1a, AR-1.1b, AR-1.2")


def appeals(counts: Counts, parameters: Parameters) -> Table:
    """E-1: how many appeals, whence, and who dealt with them."""
    rows = [Row(label, tuple(_appeal_cells(counts, {"enterprise": enterprise}))) for label, enterprise in APPELLANTS]
    rows.append(Row("总计", tuple(_appeal_cells(counts, {}))))
    columns = ("诉求总量", *(name for name, _ in (*SOURCES, *DISPOSALS)))
    return Table("E-1", "诉求总量与办理", columns, tuple(rows), notes=_shares(counts, parameters), clause="AR-2.1.1")


def calls(counts: Counts, parameters: Parameters) -> Table:
    """E-2: calls by direction; the totals are weighted by calls."""
    least = parameters.least

    def over(field: str, by: str, **wanted: Any) -> tuple[tuple[int, int], tuple[int, int]]:
        return counts.pair("calls", field, by, now=True, **wanted), counts.pair("calls", field, by, now=False, **wanted)

    def cells(**wanted: Any) -> list[tuple[str, Cell]]:
        behind = "calls?answered=true" + "".join(f"&{name}={value}" for name, value in wanted.items())
        number = counted(
            indicator("calls"),
            counts.total("calls", "answered", now=True, **wanted),
            counts.total("calls", "answered", now=False, **wanted),
            rows=behind,
        )
        found = [("人工接听话务量", number)]
        if wanted.get("direction") == "in":
            prompt = measured(indicator("answered_30"), *over("prompt", "asked", **wanted), rows=behind, least=least)
            waiting = measured(indicator("waiting"), *over("wait", "answered", **wanted), rows=behind, least=least)
            found += [("30秒人工接通率", prompt), ("平均等待时长", waiting)]
        talk = measured(indicator("talk"), *over("talk", "answered", **wanted), rows=behind, least=least)
        long = measured(indicator("long_calls"), *over("long", "answered", **wanted), rows=behind, least=least)
        return [*found, ("平均通话时长", talk), ("超10分钟占比", long)]

    rows = (
        Row("接听", tuple(cells(direction="in"))),
        Row("呼出", tuple(cells(direction="out"))),
        Row("总计", tuple(cells())),
    )
    columns = ("人工接听话务量", "30秒人工接通率", "平均等待时长", "平均通话时长", "超10分钟占比")
    notes = ("总计的平均通话时长、超10分钟占比按通数加权，即通话总秒数与总通数之比。",)
    return Table("E-2", "话务服务", columns, rows, notes=notes, clause="AR-2.1.2")


def efficiency(counts: Counts, parameters: Parameters) -> Table:
    """E-8: how long units took, and what people thought of it; satisfaction and solution are two columns."""
    rows = [Row(label, tuple(_handled_cells(counts, parameters.least, consult=consult))) for label, consult in KINDS]
    cells = (
        *_handled_cells(counts, parameters.least),
        *_rated_cells(counts, parameters),
        *_report_cells(counts),
    )
    rows.append(Row("总计", cells))
    notes = (
        "平均办理时长只计已答复的工单，按工作时间折算为工作日。",
        "“群众有效参评满意率”与“问题实际解决率”是两项指标：前者问满意与否，后者问是否解决，分别计算。",
    )
    return Table("E-8", "热线服务效能", tuple(name for name, _ in cells), tuple(rows), notes=notes, clause="AR-2.3")


def _handled_cells(counts: Counts, least: int, **wanted: Any) -> list[tuple[str, Cell]]:
    behind = _OF_UNITS + "".join(f"&{name}={str(value).lower()}" for name, value in wanted.items())
    number = counted(indicator("department"), *_both(counts, "handling", "count", **wanted), rows=behind)
    spent = _two(counts, "handling", "millidays", "answered", **wanted)
    return [
        ("诉求数量", number),
        ("平均办理时长", measured(indicator("handling"), *spent, rows=behind, least=least)),
    ]


def _rated_cells(counts: Counts, parameters: Parameters) -> list[tuple[str, Cell]]:
    least, behind = parameters.least, f"{_ASKED}&rated=true"
    asked = counted(indicator("events"), *_both(counts, "callbacks", "asked"), rows=_ASKED, unit="件")
    rated = counted(indicator("events"), *_both(counts, "callbacks", "rated"), rows=behind, unit="件")
    share = _two(counts, "callbacks", "rated", "asked")
    seat = _two(counts, "calls", "satisfied", "rated")
    return [
        ("回访征集评价", asked),
        ("群众参评数", rated),
        ("参评率", measured(indicator("rated"), *share, rows=behind, least=least)),
        (
            "民声接听员服务满意率",
            measured(indicator("seat_satisfied"), *seat, rows="calls?satisfied=true", least=least),
        ),
        ("群众有效参评满意率", satisfied(counts, parameters)),
        ("问题实际解决率", solved(counts, parameters)),
    ]


def _report_cells(counts: Counts) -> list[tuple[str, Cell]]:
    behind = "papers?kind=special_report"
    reports = counts.total("papers", kind="special_report")
    signed = counts.total("papers", "signed", kind="special_report")
    mechanisms = counts.total("stocks", now=True, subject="mechanisms")
    return [
        ("分析专报上报总量", counted(indicator("events"), reports, rows=behind, unit="篇")),
        ("领导签批", counted(indicator("events"), signed, rows=f"{behind}&signed=true", unit="篇")),
        ("协同治理机制", counted(indicator("stock"), mechanisms, unit="个")),
    ]


def units(counts: Counts, parameters: Parameters) -> Table:
    """E-10: the units that were given most."""
    whole = counts.total("handling", now=True)
    ordered = sorted(counts.rows("units"), key=lambda row: (-int(row["count"]), str(row["unit"])))[: parameters.top]
    rows = tuple(
        Row(
            str(row["unit"]),
            (
                (
                    "诉求量",
                    counted(
                        indicator("department"),
                        int(row["count"]),
                        rows=f"orders?accepted=true&disposal=unit&unit={row['unit']}",
                    ),
                ),
                ("占比", _share(int(row["count"]), whole)),
            ),
        )
        for row in ordered
    )
    notes = (f"占比以部门办理 {whole} 件为总体。",)
    return Table(
        "E-10", f"承办诉求量TOP{parameters.top}的部门", ("诉求量", "占比"), rows, notes=notes, clause="AR-2.5.1"
    )


def classes(counts: Counts, parameters: Parameters) -> Table:
    """E-11: the classes with most appeals: each row has its own, in its own order, with their shares."""
    rows = []
    notes = ["总体为已归类的诉求（不含挪车服务和未归类的即时解答），占比以本行总体计算，各行分别排序。"]
    for label, wanted in (*_of_kind(), ("总计", {})):
        whole = counts.total("classes", **wanted)
        cells: list[tuple[str, Cell]] = []
        for name in _largest(counts, parameters.top, wanted):
            number = counts.total("classes", category_group=name, **wanted)
            behind = f"{_APPEALS}&category_group={name}" + "".join(
                f"&consult={str(v).lower()}" for v in wanted.values()
            )
            cells.append((name, counted(indicator("accepted"), number, rows=behind)))
            cells.append((f"{name}占比", _share(number, whole)))
        rows.append(Row(label, tuple(cells)))
        notes.append(f"{label}总体 {whole} 件。")
    columns = tuple(name for name, _ in rows[-1].cells)
    title = f"咨询类、非咨询类诉求量TOP{parameters.top}类型及占比"
    return Table("E-11", title, columns, tuple(rows), notes=tuple(notes), clause="AR-2.5.2", ranked=True)


def timely(counts: Counts, parameters: Parameters) -> Cell:
    """Return the share of orders that were due in the period and answered in time."""
    return measured(
        indicator("timely"),
        *_two(counts, "due", "timely", "count"),
        rows="orders@due_at?accepted=true&disposal=unit&excluded=false&timely=true",
        least=parameters.least,
    )


def closed(counts: Counts, parameters: Parameters) -> Cell:
    """Return the share of the period's orders that were closed at the report date."""
    return measured(
        indicator("closed"),
        *_two(counts, "handling", "closed", "counted"),
        rows=_OF_UNITS,
        least=parameters.least,
    )


def satisfied(counts: Counts, parameters: Parameters) -> Cell:
    """Return the share of valid ratings that are satisfied."""
    return measured(
        indicator("satisfied"),
        *_two(counts, "callbacks", "satisfied", "judged"),
        rows=f"{_ASKED}&rated=true",
        least=parameters.least,
    )


def solved(counts: Counts, parameters: Parameters) -> Cell:
    """Return the share of those who said whether it was solved that said yes."""
    return measured(
        indicator("solved"),
        *_two(counts, "callbacks", "solved", "told"),
        rows=f"{_ASKED}&resolved=true",
        least=parameters.least,
    )


def first_call(counts: Counts, parameters: Parameters) -> Cell:
    """Return the share of appeals, moved cars aside, that were answered at the first contact."""
    figures = []
    for now in (True, False):
        whole = counts.total("appeals", now=now, move_car=False)
        figures.append((whole - counts.total("appeals", now=now, move_car=False, disposal="unit"), whole))
    return measured(indicator("first_call"), *figures, rows=f"{_APPEALS}&move_car=false", least=parameters.least)


def first_dispatch(counts: Counts, parameters: Parameters) -> Cell:
    """Return the share of dispatched orders that stayed with the unit that got them first."""
    return measured(
        indicator("first_dispatch"),
        *_two(counts, "appeals", "right", "dispatched"),
        rows=f"{_OF_UNITS}&returns=0",
        least=parameters.least,
    )


def seats_row(counts: Counts, parameters: Parameters) -> Row:
    """Return the row of seats, with how many they are for 100,000 inhabitants."""
    return Row(
        "座席代表", (("数值", standing(counts, "名", "seats")), ("每十万人", per_inhabitants(counts, parameters)))
    )


def standing(counts: Counts, unit: str, subject: str) -> Cell:
    """Return what stands on record of a subject; no figure where nobody counts it."""
    if not counts.rows("stocks", now=True, subject=subject):
        return Cell(definition=indicator("stock").id)
    return counted(indicator("stock"), counts.total("stocks", now=True, subject=subject), unit=unit)


def per_inhabitants(counts: Counts, parameters: Parameters) -> Cell:
    """Return seats for 100,000 inhabitants; the population is a parameter."""
    definition = indicator("seats_per_100k")
    if not counts.rows("stocks", now=True, subject="seats"):
        return Cell(definition=definition.id)
    seats = counts.total("stocks", now=True, subject="seats")
    return Cell(definition.of(seats * _PER, parameters.population), definition.unit, 2, definition=definition.id)


def _one(label: str, cell: Cell) -> Row:
    return Row(label, (("数值", cell),))


def _both(counts: Counts, query: str, field: str, **wanted: Any) -> tuple[int, int]:
    return counts.total(query, field, now=True, **wanted), counts.total(query, field, now=False, **wanted)


def _two(counts: Counts, query: str, field: str, over: str, **wanted: Any) -> tuple[tuple[int, int], tuple[int, int]]:
    return counts.pair(query, field, over, now=True, **wanted), counts.pair(query, field, over, now=False, **wanted)


def _appeals(counts: Counts, **wanted: Any) -> Cell:
    behind = _APPEALS
    for name, value in wanted.items():
        behind += f"&appellant={'enterprise' if value else 'citizen'}" if name == "enterprise" else f"&{name}={value}"
    return counted(indicator("accepted"), *_both(counts, "appeals", "count", **wanted), rows=behind)


def _appeal_cells(counts: Counts, who: dict[str, Any]) -> list[tuple[str, Cell]]:
    cells = [("诉求总量", _appeals(counts, **who))]
    cells += [(name, _appeals(counts, source=source, **who)) for name, source in SOURCES]
    cells += [(name, _appeals(counts, disposal=disposal, **who)) for name, disposal in DISPOSALS]
    return cells


def _shares(counts: Counts, parameters: Parameters) -> tuple[str, ...]:
    whole = counts.total("appeals", now=True)
    if not whole:
        return ()
    units = counts.total("appeals", now=True, disposal="unit")
    at_once, right = first_call(counts, parameters), first_dispatch(counts, parameters)
    return (
        f"在线解答占 {part(whole - units, whole)}%，部门办理占 {part(units, whole)}%。",
        f"一次接通解答率 {at_once.shown}%，首次交办准确率 {right.shown}%。",
    )


def _share(number: int, whole: int) -> Cell:
    return Cell(part(number, whole), "%", 2, cases=whole)


def _of_kind() -> tuple[tuple[str, dict[str, Any]], ...]:
    return tuple((label, {"consult": consult}) for label, consult in KINDS)


def _largest(counts: Counts, top: int, wanted: dict[str, Any]) -> list[str]:
    names = {str(row["category_group"]) for row in counts.rows("classes")}
    ordered = sorted(names, key=lambda name: (-counts.total("classes", category_group=name, **wanted), name))
    return ordered[:top]
