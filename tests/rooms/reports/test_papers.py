"""Tables as documents print them, and figures in sentences."""

from __future__ import annotations

from decimal import Decimal

import pytest

from minsheng.domain.indicators import Change
from minsheng.domain.rejected import Rejected
from minsheng.figures.reports.documents import fields, papers
from minsheng.figures.reports.documents.figures import Figures
from minsheng.figures.reports.release.annual import Cell, Row, Table

TOTAL = Cell(Decimal(14_843_560), "件", 0, Decimal("-12.85"), Change.PERCENT, "accepted")
RATE = Cell(Decimal("97.69"), "%", 2, Decimal("0.11"), Change.POINTS, "satisfied")
FEW = Cell(Decimal("50.00"), "%", 2, small=True, definition="satisfied")
NONE = Cell(None, "%", 2)
SAME = Cell(Decimal(5), "件", 0, Decimal(0), Change.PERCENT)


def _count(number: int) -> Cell:
    return Cell(Decimal(number), "件")


def table(*cells: tuple[str, Cell], **rest: object) -> Table:
    columns = tuple(name for name, _cell in cells)
    return Table("E-1", "诉求总量", columns, (Row("总计", cells),), **rest)  # type: ignore[arg-type]


def figures_of(*cells: tuple[str, Cell]) -> Figures:
    from datetime import UTC, datetime

    now = datetime(2024, 1, 31, tzinfo=UTC)
    return Figures((table(*cells),), (), now, now, 1)


def test_figure_has_its_change_below_it_and_its_definition_in_the_notes() -> None:
    printed = papers.table_of(table(("总量", TOTAL), ("满意率", RATE)))

    assert printed.rows == (("总计", "14,843,560\n（↓12.85%）", "97.69\n（↑0.11个百分点）"),)
    assert any("有效参评满意率" in note for note in printed.notes)
    assert [column.unit for column in printed.columns] == ["", "件", "%"]


def test_few_cases_are_not_printed_and_it_is_said() -> None:
    printed = papers.table_of(table(("满意率", FEW)))

    assert printed.rows == (("总计", "*"),)
    assert "注：* 件数过少，不单独公布。" in printed.notes


def test_wide_table_stands_upright() -> None:
    printed = papers.table_of(table(*((f"第{place}项", RATE if place == 3 else TOTAL) for place in range(1, 13))))

    assert [column.name for column in printed.columns] == ["项目", "总计"]
    assert printed.rows[2] == ("第3项（%）", "97.69\n（↑0.11个百分点）")
    assert len(printed.rows) == 12


def test_assessment_is_printed_with_its_ranked_units_alone() -> None:
    first = Row("城管局", (("名次", Cell(Decimal(1))), ("得分", Cell(Decimal("97.50"), "分", 2))))
    small = Row("柳塘镇", (("名次", Cell(text="—")), ("得分", Cell(Decimal("99.00"), "分", 2))))

    printed = papers.table_of(Table("assessment", "各单位评估", ("名次", "得分"), (first, small)))

    assert printed.rows == (("城管局", "1", "97.50"),)
    assert printed.notes[0] == "注：另有 1 个单位到期工单不足，计分不排名，未列出。"


def test_ranked_table_has_each_row_in_its_own_order() -> None:
    rows = (
        Row("咨询类", (("民生", _count(5)), ("民生占比", Cell(Decimal("62.5"), "%", 2)), ("交通", _count(3)))),
        Row("总计", (("交通", _count(9)),)),
    )
    printed = papers.table_of(Table("E-11", "类型", ("交通",), rows, ranked=True))

    assert printed.rows == (("咨询类", "民生\n5件\n62.50%", "交通\n3件"), ("总计", "交通\n9件", ""))


@pytest.mark.parametrize(
    ("cell", "text", "said"),
    [
        (TOTAL, "{{E-1/总计/数}}件", "14,843,560件"),
        (TOTAL, "{{ E-1/总计/数|万 }}万件", "1,484.36万件"),
        (TOTAL, "{{E-1/总计/数|同比}}", "同比减少12.85%"),
        (RATE, "{{E-1/总计/数}}%，{{E-1/总计/数|同比}}", "97.69%，同比提高0.11个百分点"),
        (SAME, "{{E-1/总计/数|同比}}", "与上年同期持平"),
        (Cell(Decimal(5)), "{{E-1/总计/数|同比}}", "上年同期无可比数据"),
        # The percent sign goes with the figure that isn't there.
        (FEW, "满意率{{E-1/总计/数}}%。", "满意率（件数过少，不单独公布）。"),
        (NONE, "满意率{{E-1/总计/数}}%。", "满意率（无数据）。"),
    ],
)
def test_sentence_says_what_the_table_says(cell: Cell, text: str, said: str) -> None:
    assert fields.filled(text, figures_of(("数", cell)), names={}) == said


@pytest.mark.parametrize("field", ["E-2/总计/数", "E-1/没有/数", "E-1/总计/没有", "E-1/总计/数|没有", ""])
def test_field_without_a_figure_is_refused(field: str) -> None:
    with pytest.raises(Rejected) as refused:
        fields.checked(f"总量{{{{{field}}}}}件", figures_of(("数", TOTAL)))

    assert refused.value.code == "report_field_unknown"


def test_names_of_the_report_are_filled_in_and_others_left() -> None:
    said = fields.filled(
        "{period}，{city}{nobody}", figures_of(("数", TOTAL)), names={"period": "2023年", "city": "某市"}
    )

    assert said == "2023年，某市{nobody}"
