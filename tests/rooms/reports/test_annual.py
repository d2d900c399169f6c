"""The annual release: D17 to the digit, identities that refuse, small figures suppressed.

Clauses: AR-1.1a, AR-1.1b, AR-1.2a, AR-1.2b, AR-1.2e, AR-1.3; tables AR-2.1.1, AR-2.1.2, AR-2.2.1, AR-2.2.2, AR-2.2.3,
AR-2.2.4, AR-2.2.5, AR-2.3, AR-2.4, AR-2.5.1, AR-2.5.2, AR-2.5.3, AR-2.6.1, AR-2.6.2, AR-2.6.3.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from tests import lake_ground as making

from minsheng import wording
from minsheng.domain.indicators import Change
from minsheng.domain.periods import Period
from minsheng.domain.rejected import Rejected
from minsheng.figures.lake import engines
from minsheng.figures.lake.store import Store
from minsheng.figures.reports.release import annual, checks, releases
from minsheng.figures.reports.release.annual import Annual, Cell

QUARTER = Period.quarter(2026, 3)
BEGAN = datetime(2026, 7, 6, 9)  # noqa: DTZ001
CLOSED = datetime(2026, 8, 3, 9)  # noqa: DTZ001
AFTER = datetime(2026, 10, 1)  # noqa: DTZ001 - the first moment that is not the third quarter's


class D17:
    """The data set of D17: appeals, orders of units, callbacks, calls, deliveries of the third quarter of 2026."""

    def __init__(self) -> None:
        self._ids = 0

    def rows(self) -> dict[str, list[dict[str, Any]]]:
        orders = self._appeals()
        units = [row for row in orders if row["disposal"] == "unit"]
        counted = self._handled(units)
        return {
            "orders": orders,
            "callbacks": self._callbacks(counted),
            "calls": [*self._calls("in", 1000, 170, 36), *self._calls("out", 250, 100, 2)],
            "deliveries": [
                {"delivered_at": BEGAN, "line": line, "level": "市本级", "recipient": f"单位{line}", "mode": "库表共享",
                 "topic": "全量", "order_id": row["order_id"]}
                for line in (1, 2) for row in orders[:500]
            ],
        }  # fmt: skip

    def _appeals(self) -> list[dict[str, Any]]:
        wanted = {
            "citizen": ({"phone": 900, "online": 500, "transfer": 10}, {"seat": 1130, "specialist": 84, "unit": 196}),
            "enterprise": ({"phone": 55, "online": 5, "transfer": 0}, {"seat": 40, "specialist": 12, "unit": 8}),
        }
        found = []
        for appellant, (sources, disposals) in wanted.items():
            ways = [source for source, count in sources.items() for _ in range(count)]
            answers = [disposal for disposal, count in disposals.items() for _ in range(count)]
            for source, disposal in zip(ways, reversed(answers), strict=True):
                found.append(self._order(appellant=appellant, source=source, disposal=disposal))
        return found

    def _order(self, **columns: Any) -> dict[str, Any]:
        self._ids += 1
        return {"order_id": f"o{self._ids}", "registered_at": BEGAN, "closed_at": BEGAN, **columns}

    def _handled(self, units: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Make 4 confirmed non-acceptances; of the other 200, 197 in time, 190 closed in the quarter."""
        for row in units[:4]:
            row.update(excluded=True, unit="市城管局", reason="not_accepted", due_at=CLOSED, timely=False)
        counted = units[4:]
        for place, row in enumerate(counted):
            row.update(
                unit="市城管局", dispatched_at=BEGAN, due_at=CLOSED, completed_at=CLOSED, handling_millidays=5000,
                timely=place >= 3, extensions=int(place in (10, 11)),
                # One of those that are not closed was closed at the very first moment of the next quarter.
                closed_at=CLOSED if place < 190 else AFTER + timedelta(days=place - 190),
            )  # fmt: skip
        return counted

    def _callbacks(self, counted: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [
            {
                "order_id": row["order_id"], "registered_at": BEGAN, "asked_at": CLOSED, "rated": place < 112,
                "satisfied": place < 105 if place < 112 else None, "resolved": place < 82 if place < 100 else None,
            }
            for place, row in enumerate(counted[:160])
        ]  # fmt: skip

    def _calls(self, direction: str, count: int, mean: int, long: int) -> Iterator[dict[str, Any]]:
        """Make calls with this mean, so many of them longer than ten minutes."""
        rest = count * mean - long * 700
        short = count - long
        for place in range(count):
            talk = 700 if place < long else rest // short + (place - long < rest % short)
            yield {
                "call_id": f"{direction}{place}", "began_at": BEGAN, "direction": direction, "talk_seconds": talk,
            }  # fmt: skip


@pytest.fixture(scope="module")
def d17(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """Return D17's lake."""
    return making.by_hand(tmp_path_factory.mktemp("lakes") / "d17", D17().rows())


@pytest.fixture(scope="module")
def quarter(d17: Store) -> Annual:
    """Return the tables of the quarter."""
    return _built(d17)


def _built(store: Store, **changes: Any) -> Annual:
    with engines.opened(store) as lake:
        return releases.build(lake, replace(making.parameters(QUARTER), **changes))


class TestD17:
    @pytest.mark.clause("AR-2.1.1")
    def test_appeals_add_up_both_ways(self, quarter: Annual) -> None:
        total = quarter["E-1"]["总计"]

        assert [total[column].value for column in ("诉求总量", "电话", "互联网", "承办转办")] == [1470, 955, 505, 10]
        assert [total[column].value for column in ("民声接听员", "政策专员", "部门办理")] == [1170, 96, 204]
        assert checks.broken(quarter) == []

    @pytest.mark.clause("AR-1.1a", "AR-2.3")
    @pytest.mark.parametrize(
        ("table", "row", "column", "shown"),
        [
            ("E-0", "及时处办率", "数值", "98.50"),
            ("E-0", "累计办结率", "数值", "95.00"),
            ("E-0", "抽查满意率", "数值", "93.75"),
            ("E-8", "总计", "回访征集评价", "160"),
            ("E-8", "总计", "群众参评数", "112"),
            ("E-8", "总计", "参评率", "70.00"),
            ("E-8", "总计", "群众有效参评满意率", "93.75"),
            ("E-8", "总计", "问题实际解决率", "82.00"),  # another figure, printed separately
            ("E-2", "接听", "平均通话时长", "170.00"),
            ("E-2", "呼出", "平均通话时长", "100.00"),
            ("E-2", "总计", "平均通话时长", "156.00"),  # weighted by calls
            ("E-2", "总计", "超10分钟占比", "3.04"),
            ("E-12", "总计", "共享诉求数据量", "1,000"),
            ("E-12", "总计", "所涉诉求", "500"),
        ],
    )
    def test_a_figure_holds_to_the_digit(self, quarter: Annual, table: str, row: str, column: str, shown: str) -> None:
        assert quarter[table].cell(row, column).shown == shown

    def test_what_was_excluded_is_shown(self, quarter: Annual) -> None:
        assert any("4 件" in note for note in quarter["E-0"].notes)

    def test_deliveries_are_not_called_appeals(self, quarter: Annual) -> None:
        assert any("件次" in note for note in quarter["E-12"].notes)
        assert quarter["E-12"].cell("总计", "共享诉求数据量").definition == "deliveries"

    def test_an_order_closed_at_the_first_moment_after_it_is_not_in_the_quarter(self, d17: Store) -> None:
        a_second_later = _built(d17, as_of=AFTER + timedelta(seconds=1))

        assert a_second_later["E-0"].cell("累计办结率", "数值").shown == "95.50"

    def test_a_wrong_third_row_refuses_to_be_published_and_names_the_identity(self, quarter: Annual) -> None:
        wrong = _changed(quarter, "E-1", "总计", "部门办理", Decimal(195))

        with pytest.raises(Rejected) as refused:
            checks.refuse_if_broken(wrong)

        said = wording.say(refused.value)
        assert "E-1 总计：民声接听员＋政策专员＋部门办理 应等于诉求总量：1461 ≠ 1470" in said
        assert "E-1 部门办理：群众＋企业 应等于总计：204 ≠ 195" in said
        assert said.endswith("请先查明原因，更正后再发布。")


def _changed(release: Annual, table: str, label: str, column: str, value: Decimal) -> Annual:
    found = release[table]
    rows = tuple(
        replace(
            row,
            cells=tuple((name, replace(cell, value=value) if name == column else cell) for name, cell in row.cells),
        )
        if row.label == label
        else row
        for row in found.rows
    )
    return release.with_table(replace(found, rows=rows))


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Annual:
    """Return the release of a simulated year."""
    return making.release(making.simulated(tmp_path_factory.mktemp("lakes") / "year", scale=0.0005))


class TestIdentities:
    """Every identity of E-16 refuses when a figure of it is forced wrong."""

    @pytest.mark.clause("AR-2.1.1", "AR-2.2.5", "AR-2.3", "AR-2.5.2", "AR-2.6.2")
    @pytest.mark.parametrize(
        ("table", "row", "column", "named"),
        [
            ("E-1", "企业诉求", "电话", "E-1 企业诉求"),
            ("E-1", "总计", "互联网", "E-1 总计"),
            ("E-1", "群众诉求", "诉求总量", "E-1 群众诉求"),
            ("E-8", "咨询类", "诉求数量", "E-8 咨询类＋非咨询类"),
            ("E-2", "总计", "人工接听话务量", "E-2 接听＋呼出"),
            ("E-2", "总计", "平均通话时长", "按通数加权"),
            ("E-2", "总计", "超10分钟占比", "按通数加权"),
            ("E-3", "政风热线", "现场回应诉求数", "E-3"),
            ("E-4", "尚贤", "部门办理", "E-4 民声接听员"),
            ("E-4", "尚贤", "政策专员人数", "E-13"),
            ("E-5", "总计", "信息总量", "E-5 信息总量"),
            ("E-6", "总计", "部门答复量", "E-6 总计"),
            ("E-7", "12345与110高效对接联动", "总量", "E-7"),
            ("E-14", "全市", "党群组织", "E-14"),
            ("E-11", "总计", "民生保障", "E-11"),
            ("E-12", "总计", "共享诉求数据量", "E-12 各行之和"),
            ("E-8", "总计", "参评率", "E-8 参评率"),
            ("E-0", "受理有效服务诉求", "数值", "受理有效服务诉求"),
            ("E-0", "企业服务诉求", "数值", "企业服务诉求"),
            ("E-0", "抽查满意率", "数值", "满意率"),
            ("E-0", "座席代表", "数值", "座席代表"),
            ("E-0", "座席代表", "每十万人", "每十万人座席数"),
        ],
    )
    def test_a_forced_figure_is_named(self, year: Annual, table: str, row: str, column: str, named: str) -> None:
        right = year[table].cell(row, column).value
        assert right is not None
        wrong = _changed(year, table, row, column, right + 1)

        faults = [str(fault) for fault in checks.broken(wrong)]

        assert any(named in fault for fault in faults), faults

    @pytest.mark.clause("AR-2.5.1")
    def test_a_row_that_is_not_sorted_is_named(self, year: Annual) -> None:
        wrong = _changed(year, "E-10", year["E-10"].rows[-1].label, "诉求量", Decimal(10**6))

        assert any("E-10" in str(fault) for fault in checks.broken(wrong))

    @pytest.mark.clause("AR-2.3")
    def test_more_raters_than_asked_are_named(self, year: Annual) -> None:
        wrong = _changed(year, "E-8", "总计", "群众参评数", Decimal(10**7))

        assert any("不应多于回访征集评价" in str(fault) for fault in checks.broken(wrong))

    def test_more_appeals_than_deliveries_are_named(self, year: Annual) -> None:
        wrong = _changed(year, "E-12", "总计", "所涉诉求", Decimal(10**7))

        assert any("所涉诉求" in str(fault) for fault in checks.broken(wrong))

    def test_more_of_talents_than_of_all_are_named(self, year: Annual) -> None:
        wrong = _changed(year, "E-4", "尚贤", "诉求总量", Decimal(10**7))

        assert any("不应多于 E-1" in str(fault) for fault in checks.broken(wrong))

    @pytest.mark.clause("AR-2.5.2")
    def test_classes_that_exceed_the_appeals_are_named(self, year: Annual) -> None:
        wrong = _changed(year, "E-11", "总计", "民生保障", Decimal(10**7))

        assert any("E-11 总计之和" in str(fault) for fault in checks.broken(wrong))


class TestCells:
    def test_a_rate_over_few_cases_is_suppressed(self, d17: Store) -> None:
        quarter = _built(d17, least=150)
        cell = quarter["E-8"].cell("总计", "群众有效参评满意率")

        assert cell.small
        assert cell.shown == "*"
        assert cell.change_shown == ""
        assert "群众有效参评满意率" not in annual.plain(quarter)["E-8"]["总计"]
        assert checks.broken(quarter) == []

    def test_every_figure_has_its_definition_and_its_rows(self, year: Annual) -> None:
        from minsheng.domain import indicators

        for table in year.tables:
            for row in table.rows:
                for name, cell in row.cells:
                    if cell.value is not None and not name.endswith("占比"):
                        assert cell.definition in indicators.BY_ID, (table.id, row.label, name)

    @pytest.mark.parametrize(
        ("cell", "shown"),
        [
            (Cell(Decimal(1), "件", change=Decimal("-12.85"), change_kind=Change.PERCENT), "↓12.85%"),
            (Cell(Decimal(1), "%", change=Decimal("0.11"), change_kind=Change.POINTS), "↑0.11个百分点"),
            (Cell(Decimal(1), "工作日", change=Decimal("-0.7"), change_kind=Change.DIFFERENCE), "↓0.7工作日"),
            (Cell(Decimal(1), "人", change=Decimal(61), change_kind=Change.DIFFERENCE), "↑61人"),
            (Cell(Decimal(1), "人", change=Decimal(120), change_kind=Change.DIFFERENCE), "↑120人"),
            (Cell(Decimal(1), "件", change=Decimal(0), change_kind=Change.PERCENT), "持平"),
            (Cell(Decimal(1), "件"), ""),
        ],
    )
    def test_a_change_has_its_arrow_and_its_unit(self, cell: Cell, shown: str) -> None:
        assert cell.change_shown == shown

    def test_what_has_no_figure_is_a_dash(self) -> None:
        assert Cell().shown == "—"
        assert Cell(text="优秀").shown == "优秀"

    def test_rows_of_e11_have_each_their_own_order(self, year: Annual) -> None:
        other = [name for name, _ in year["E-11"]["非咨询类"].cells if not name.endswith("占比")]
        total = [name for name, _ in year["E-11"]["总计"].cells if not name.endswith("占比")]

        assert other.index("经济综合") == 2  # the release printed it fifth
        assert total.index("经济综合") == 4

    def test_population_is_a_parameter(self, d17: Store) -> None:
        few = _built(d17, population=12_950_000)

        assert few.population == 12_950_000
        # Nobody counted the seats of this lake: that is no 0.
        assert few["E-13"].cell("全市", "每十万人座席数").shown == "—"


@pytest.mark.parametrize("table_id", [f"E-{number}" for number in range(16)])
def test_every_table_has_a_title_a_clause_and_rows(year: Annual, table_id: str) -> None:
    table = year[table_id]

    assert table.title
    assert table.clause.startswith("AR-")
    assert table.rows


def test_an_empty_lake_gives_tables_that_hold_together(tmp_path: Path) -> None:
    store = making.by_hand(tmp_path / "lake", {"orders": [{"order_id": "a", "registered_at": datetime(2020, 1, 1)}]})  # noqa: DTZ001

    quarter = _built(store)

    assert checks.broken(quarter) == []
    assert quarter["E-0"].cell("及时处办率", "数值").value is None


def test_first_contacts_and_first_dispatches_are_told(year: Annual, d17: Store) -> None:
    told = _built(d17)["E-1"].notes[1]

    # 1266 of 1470 were answered by seats and specialists; no order of D17 says to whom it went first.
    assert told == "一次接通解答率 86.12%，首次交办准确率 —%。"
    assert year["E-1"].notes[1].endswith("%。")


@pytest.mark.clause("JS-1c")
def test_four_accepted_returns_of_a_hundred_dispatches_are_96_percent(tmp_path: Path) -> None:
    rows = [
        {
            "order_id": f"o{place}", "registered_at": BEGAN, "disposal": "unit", "first_unit": "城管局",
            "unit": "住建局" if place < 4 else "城管局", "returns": int(place < 4),
        }
        for place in range(100)
    ]  # fmt: skip

    told = _built(making.by_hand(tmp_path / "lake", {"orders": rows}))["E-1"].notes[1]

    assert told.endswith("首次交办准确率 96.00%。")
