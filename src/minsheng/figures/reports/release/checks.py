"""The identities that a release must fulfill before it is published: E-16 of the specification.

A broken one names itself with both sides; nothing is rounded away and nothing is repaired.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from minsheng.domain.rejected import Rejected
from minsheng.figures.reports.release.annual import Annual, Table

_SOURCES = ("电话", "互联网", "承办转办")
_DISPOSALS = ("民声接听员", "政策专员", "部门办理")


@dataclass(frozen=True, slots=True)
class Broken:
    """One identity that doesn't hold: what should equal what, and what stands on both sides."""

    check: str
    what: str
    left: Decimal | int
    right: Decimal | int

    def __str__(self) -> str:
        return f"{self.what}：{self.left} ≠ {self.right}"


def broken(release: Annual) -> list[Broken]:
    """Return every identity that the release breaks, in the order of E-16."""
    return [fault for check in ALL for fault in check(release)]


def refuse_if_broken(release: Annual) -> None:
    """Raise Rejected identity_broken, which names every broken identity, unless all hold."""
    if faults := broken(release):
        raise Rejected("identity_broken", title=release.title, faults="；".join(map(str, faults)), count=len(faults))


def sources(release: Annual) -> Iterator[Broken]:
    """E-16.1: rows and columns of E-1."""
    table = release["E-1"]
    for row in table.rows:
        whole = table.figure(row.label, "诉求总量")
        for columns, what in ((_SOURCES, "电话＋互联网＋承办转办"), (_DISPOSALS, "民声接听员＋政策专员＋部门办理")):
            yield from _equal("E-1", f"E-1 {row.label}：{what} 应等于诉求总量", _sum(table, row.label, columns), whole)
    for column in ("诉求总量", *_SOURCES, *_DISPOSALS):
        both = table.figure("群众诉求", column) + table.figure("企业诉求", column)
        yield from _equal("E-1", f"E-1 {column}：群众＋企业 应等于总计", both, table.figure("总计", column))


def department(release: Annual) -> Iterator[Broken]:
    """E-16.2: what units handled is the same in E-8 and E-1."""
    table = release["E-8"]
    parts = table.figure("咨询类", "诉求数量") + table.figure("非咨询类", "诉求数量")
    yield from _equal(
        "E-8", "E-8 咨询类＋非咨询类 应等于 E-1 部门办理总计", parts, release["E-1"].figure("总计", "部门办理")
    )


def calls(release: Annual) -> Iterator[Broken]:
    """E-16.3: calls add up, and means of the total lie where call-weighted means lie."""
    table = release["E-2"]
    inward, outward, whole = (table.figure(label, "人工接听话务量") for label in ("接听", "呼出", "总计"))
    yield from _equal("E-2", "E-2 接听＋呼出 应等于总计", inward + outward, whole)
    for column in ("平均通话时长", "超10分钟占比"):
        cells = [table.cell(label, column) for label in ("接听", "呼出", "总计")]
        if whole and all(cell.value is not None and not cell.small for cell in cells):
            values = [cell.value or Decimal(0) for cell in cells]
            weighted = (values[0] * inward + values[1] * outward) / whole
            # Both parts are rounded: the weighted mean may be off by one unit of the last place.
            if abs(weighted - values[2]) > Decimal(1).scaleb(-cells[2].digits):
                yield Broken("E-2", f"E-2 总计的{column} 应是按通数加权的平均", round(weighted, 2), values[2])


def broadcasts(release: Annual) -> Iterator[Broken]:
    """E-16.4: what was not answered on the spot was followed up."""
    table = release["E-3"]
    parts = _sum(table, "政风热线", ("现场回应诉求数", "直播后督办重点诉求数"))
    yield from _equal(
        "E-3", "E-3 现场回应＋直播后督办 应等于收到诉求总量", parts, table.figure("政风热线", "收到诉求总量")
    )


def talent(release: Annual) -> Iterator[Broken]:
    """E-16.5: the talents' appeals add up; their specialists are those of E-13."""
    table = release["E-4"]
    whole = table.figure("尚贤", "诉求总量")
    yield from _equal(
        "E-4", "E-4 民声接听员＋政策专员＋部门办理 应等于诉求总量", _sum(table, "尚贤", _DISPOSALS), whole
    )
    if release["E-1"].figure("总计", "诉求总量") < whole:
        yield Broken("E-4", "E-4 诉求总量 不应多于 E-1 诉求总量", whole, release["E-1"].figure("总计", "诉求总量"))
    yield from _equal(
        "E-4",
        "E-4 政策专员人数 应等于 E-13 全市人才政策专员",
        table.figure("尚贤", "政策专员人数"),
        release["E-13"].figure("全市", "人才政策专员"),
    )


def knowledge(release: Annual) -> Iterator[Broken]:
    """E-16.6: levels of the knowledge base add up."""
    table = release["E-5"]
    for column in ("部门单位", "信息专员", "信息总量", "问答总量"):
        parts = sum(table.figure(label, column) for label in ("市本级", "县（市、区）"))
        yield from _equal("E-5", f"E-5 {column}：市本级＋县（市、区） 应等于总计", parts, table.figure("总计", column))


def assistant(release: Annual) -> Iterator[Broken]:
    """E-16.7: answers add up to questions."""
    table = release["E-6"]
    for row in table.rows:
        parts = _sum(table, row.label, ("引用答复量", "部门答复量"))
        whole = table.figure(row.label, "问答总量")
        yield from _equal("E-6", f"E-6 {row.label}：引用答复＋部门答复 应等于问答总量", parts, whole)


def police(release: Annual) -> Iterator[Broken]:
    """E-16.8: both directions add up."""
    table, label = release["E-7"], "12345与110高效对接联动"
    parts = _sum(table, label, ("12345转110诉求量", "110转12345警单量"))
    yield from _equal("E-7", "E-7 12345转110＋110转12345 应等于总量", parts, table.figure(label, "总量"))


def members(release: Annual) -> Iterator[Broken]:
    """E-16.9: units by kind add up to the headline's number."""
    table = release["E-14"]
    parts = _sum(table, "全市", ("热线平台", "政府部门", "党群组织", "国有企事业"))
    yield from _equal(
        "E-14", "E-14 全市各类单位之和 应等于 E-0 承办单位", parts, release["E-0"].figure("承办单位", "数值")
    )


def classes(release: Annual) -> Iterator[Broken]:
    """E-16.10: rows are sorted, columns add where a class stands in all, and no sum exceeds the appeals."""
    table = release["E-11"]
    for row in table.rows:
        figures = [int(cell.value or 0) for name, cell in row.cells if not name.endswith("占比")]
        if figures != sorted(figures, reverse=True):
            yield Broken("E-11", f"E-11 {row.label} 应从多到少排列", figures[0], max(figures))
        whole = release["E-1"].figure("总计", "诉求总量")
        if sum(figures) > whole:
            yield Broken("E-11", f"E-11 {row.label}之和 不应多于 E-1 诉求总量", sum(figures), whole)
    parts = [dict(table[label].cells) for label in ("咨询类", "非咨询类")]
    for name, cell in table["总计"].cells:
        if not name.endswith("占比") and all(name in part for part in parts):
            added = sum(int(part[name].value or 0) for part in parts)
            yield from _equal("E-11", f"E-11 {name}：咨询类＋非咨询类 应等于总计", added, int(cell.value or 0))
    units = [int(row["诉求量"].value or 0) for row in release["E-10"].rows]
    if units != sorted(units, reverse=True):
        yield Broken("E-10", "E-10 应从多到少排列", units[0], max(units))


def shares(release: Annual) -> Iterator[Broken]:
    """E-16.11: deliveries add up, and there are not more different appeals than deliveries."""
    table = release["E-12"]
    parts = sum(int(row["共享诉求数据量"].value or 0) for row in table.rows if row.label != "总计")
    whole = table.figure("总计", "共享诉求数据量")
    yield from _equal("E-12", "E-12 各行之和 应等于总计（件次）", parts, whole)
    if table.figure("总计", "所涉诉求") > whole:
        yield Broken("E-12", "E-12 所涉诉求 不应多于交付件次", table.figure("总计", "所涉诉求"), whole)


def participation(release: Annual) -> Iterator[Broken]:
    """E-16.12: who rated, of those who were asked."""
    table = release["E-8"]
    asked, rated = table.figure("总计", "回访征集评价"), table.figure("总计", "群众参评数")
    cell = table.cell("总计", "参评率")
    if asked and cell.value is not None and not cell.small:
        wanted = round(Decimal(100 * rated) / asked, 2)
        if abs(cell.value - wanted) > Decimal("0.01"):
            yield Broken("E-8", "E-8 参评率 应等于参评数÷征集数", cell.value, wanted)
    if rated > asked:
        yield Broken("E-8", "E-8 群众参评数 不应多于回访征集评价", rated, asked)


def repeated(release: Annual) -> Iterator[Broken]:
    """E-16.13: what is said twice is the same twice."""
    for what, here, there in _REPEATED:
        left, right = release[here[0]].cell(*here[1:]), release[there[0]].cell(*there[1:])
        if not left.small and not right.small and left.value != right.value:
            yield Broken("E-0", f"{what}：{'·'.join(here)} 应等于 {'·'.join(there)}", left.value or 0, right.value or 0)


_REPEATED = (
    ("受理有效服务诉求", ("E-0", "受理有效服务诉求", "数值"), ("E-1", "总计", "诉求总量")),
    ("企业服务诉求", ("E-0", "企业服务诉求", "数值"), ("E-1", "企业诉求", "诉求总量")),
    ("满意率", ("E-0", "抽查满意率", "数值"), ("E-8", "总计", "群众有效参评满意率")),
    ("座席代表", ("E-0", "座席代表", "数值"), ("E-13", "全市", "民声接听员")),
    ("每十万人座席数", ("E-0", "座席代表", "每十万人"), ("E-13", "全市", "每十万人座席数")),
)
ALL: tuple[Callable[[Annual], Iterator[Broken]], ...] = (
    sources,
    department,
    calls,
    broadcasts,
    talent,
    knowledge,
    assistant,
    police,
    members,
    classes,
    shares,
    participation,
    repeated,
)


def _sum(table: Table, label: str, columns: tuple[str, ...]) -> int:
    return sum(table.figure(label, column) for column in columns)


def _equal(check: str, what: str, left: int, right: int) -> Iterator[Broken]:
    if left != right:
        yield Broken(check, what, left, right)
