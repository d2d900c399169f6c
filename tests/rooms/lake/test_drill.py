"""Behind every counted figure stand as many rows; words that name none are refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests import lake_ground as making

from minsheng.domain.rejected import Rejected
from minsheng.figures.lake import drill, engines
from minsheng.figures.lake.store import Store
from minsheng.figures.reports.release import releases
from minsheng.figures.reports.release.annual import Cell


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """Return a small simulated lake."""
    return making.simulated(tmp_path_factory.mktemp("lakes") / "year", scale=0.0002)


def counts_rows(table: str, row: str, column: str, cell: Cell) -> bool:
    """Return whether a cell is a number of rows."""
    if not cell.rows or cell.digits or cell.text or cell.rows.startswith(("stocks", "broadcasts")):
        return False
    if cell.definition in ("views", "delivered_distinct") or cell.unit == "%":
        return False
    return column != "浏览量"


def test_behind_every_counted_figure_stand_as_many_rows(store: Store) -> None:
    checked = 0
    with engines.opened(store) as lake:
        release = releases.build(lake, making.parameters())
        for table in release.tables:
            for row in table.rows:
                for column, cell in row.cells:
                    if counts_rows(table.id, row.label, column, cell):
                        query = drill.behind(lake, cell.rows, making.parameters().period)
                        found = lake.rows(query.count().name("rows").as_table())[0]["rows"]
                        assert found == cell.value, (table.id, row.label, column, cell.rows)
                        checked += 1

    assert checked > 80


@pytest.mark.parametrize(
    "rows",
    [
        "people",
        "orders?name=张三",
        "orders@name",
        "orders?accepted",
        "orders?accepted=yes",
        "orders?rounds=two",
        "orders?registered_at=2023",
        "orders?unit=';--&x=1",
    ],
)
def test_words_that_name_no_rows_are_refused(store: Store, rows: str) -> None:
    with engines.opened(store) as lake, pytest.raises(Rejected) as refused:
        drill.behind(lake, rows, making.parameters().period)

    assert refused.value.code == "rows_unknown"


def test_a_value_is_never_read_as_a_command(store: Store) -> None:
    with engines.opened(store) as lake:
        found = lake.rows(drill.behind(lake, "orders?unit=x' OR '1'='1", making.parameters().period))

    assert found == []


def test_rows_come_in_order(store: Store) -> None:
    with engines.opened(store) as lake:
        rows = lake.rows(drill.behind(lake, "calls?direction=in", making.parameters().period))

    moments = [row["began_at"] for row in rows]
    assert moments == sorted(moments)


class TestEngines:
    def test_an_unknown_engine_is_refused(self, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("LAKE_ENGINE", "abacus")

        with pytest.raises(Rejected) as refused, engines.opened(store):
            pass

        assert refused.value.code == "engine_unknown"

    def test_an_engine_that_is_not_installed_is_named(self, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
        def missing() -> engines.Engine:
            raise ImportError("No module named 'trino'")

        monkeypatch.setitem(engines.ENGINES, "trino", missing)

        with pytest.raises(Rejected) as refused, engines.opened(store, engine="trino"):
            pass

        assert refused.value.code == "engine_missing"

    def test_a_city_that_is_not_there_is_refused(self, store: Store) -> None:
        with pytest.raises(Rejected) as refused, engines.opened(store, city="atlantis"):
            pass

        assert refused.value.code == "city_not_in_lake"

    def test_among_several_cities_one_must_be_named(self, tmp_path: Path) -> None:
        store = Store(tmp_path / "empty")
        with store.writing():
            pass

        with pytest.raises(Rejected) as refused, engines.opened(store):
            pass

        assert refused.value.code == "which_city"
