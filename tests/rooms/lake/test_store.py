"""The lake as files: the manifest's switch is the commit, whoever is killed before it has changed nothing."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from minsheng.domain.rejected import Rejected
from minsheng.figures.lake import schema
from minsheng.figures.lake.store import Partition, Store


def rows(*ids: str, month: int = 1) -> Any:
    moment = datetime(2023, month, 5, 10)  # noqa: DTZ001
    return schema.table_of_rows(
        "orders", [{"city": "suzhou", "order_id": each, "registered_at": moment} for each in ids]
    )


def filed(store: Store, month: str = "2023-01") -> list[str]:
    file = store.read().partition("orders", "suzhou", month)
    return store.rows(file)["order_id"].to_pylist() if file is not None else []


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """Return a lake with one partition of two rows."""
    made = Store(tmp_path / "lake")
    with made.writing() as writer:
        writer.put(Partition("orders", "suzhou", "2023-01", rows("a", "b")))
        writer.commit({"ledger": {"position": 7}})
    return made


def test_a_new_lake_has_every_dataset_without_rows(tmp_path: Path) -> None:
    store = Store(tmp_path / "lake")

    with store.writing():
        pass

    assert {each.dataset for each in store.read().files} == set(schema.DATASETS)
    assert sum(each.rows for each in store.read().files) == 0
    assert store.verify() == []


def test_rows_and_mark_count_together_from_the_commit_on(store: Store) -> None:
    assert filed(store) == ["a", "b"]
    assert store.read().marks["ledger"] == {"position": 7}
    assert store.read().cities() == ["suzhou"]


def test_what_is_put_and_not_committed_does_not_count(store: Store) -> None:
    with store.writing() as writer:
        writer.put(Partition("orders", "suzhou", "2023-01", rows("c")))

    assert filed(store) == ["a", "b"]
    assert store.verify() == []


def test_a_late_fact_rewrites_its_partition_alone(store: Store) -> None:
    with store.writing() as writer:
        writer.put(Partition("orders", "suzhou", "2023-02", rows("z", month=2)))
        writer.commit({})
    february = store.read().partition("orders", "suzhou", "2023-02")

    with store.writing() as writer:
        writer.put(Partition("orders", "suzhou", "2023-01", rows("a", "b", "late")))
        writer.commit({})

    assert filed(store) == ["a", "b", "late"]
    assert store.read().partition("orders", "suzhou", "2023-02") == february


def test_an_empty_table_takes_its_partition_away(store: Store) -> None:
    with store.writing() as writer:
        writer.put(Partition("orders", "suzhou", "2023-01", rows()))
        writer.commit({})

    assert store.read().partition("orders", "suzhou", "2023-01") is None


def test_a_reader_keeps_its_files_over_the_next_commit(store: Store) -> None:
    before = store.read()
    with store.writing() as writer:
        writer.put(Partition("orders", "suzhou", "2023-01", rows("new")))
        writer.commit({})

    held = before.partition("orders", "suzhou", "2023-01")

    assert held is not None
    assert store.rows(held)["order_id"].to_pylist() == ["a", "b"]


def test_the_next_writer_removes_what_nobody_names(store: Store) -> None:
    leaving = store.folder / "orders/suzhou/2023-01/2023-01-00112233445566ff.partial"
    leaving.write_bytes(b"half a file")
    foreign = store.folder / "orders/notes.txt"
    foreign.write_text("of somebody else")

    def files() -> int:
        return len([path for path in (store.folder / "orders/suzhou/2023-01").iterdir() if path.suffix == ".parquet"])

    for _ in range(2):
        with store.writing() as writer:
            writer.put(Partition("orders", "suzhou", "2023-01", rows("c")))
            writer.commit({})
        # A commit that replaces nothing takes nothing from who still reads what the last one replaced.
        for _ in range(2):
            with store.writing() as writer:
                writer.commit({})
        assert files() == 2

    assert not leaving.exists()
    assert foreign.exists()
    assert filed(store) == ["c"]


def test_only_one_writes_at_a_time(store: Store) -> None:
    with store.writing(), pytest.raises(Rejected) as refused, store.writing():
        pass

    assert refused.value.code == "lake_busy"


def test_a_changed_file_is_found(store: Store) -> None:
    file = store.read().partition("orders", "suzhou", "2023-01")
    assert file is not None
    path = store.folder / file.path
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)

    assert store.verify() == [file.path]


def test_without_a_lake_one_is_told_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(Rejected) as refused:
        Store(tmp_path).read()

    assert refused.value.code == "no_lake"


@pytest.mark.parametrize("content", ["{", '{"format": 99, "files": [], "generation": 1, "marks": {}}'])
def test_a_broken_or_later_manifest_is_not_read(tmp_path: Path, content: str) -> None:
    (tmp_path / "manifest.json").write_text(content)

    with pytest.raises(Rejected) as refused:
        Store(tmp_path).read()

    assert refused.value.code == "lake_unreadable"


def test_a_column_that_a_dataset_lacks_is_a_fault() -> None:
    with pytest.raises(ValueError, match="no column"):
        schema.table(schema.ORDERS, {"phone": ["13900000000"]}, length=1)


def test_no_column_could_name_a_person() -> None:
    words = {"name", "phone", "address", "place", "content", "text", "person", "id_number", "appellant_id", "note"}

    for dataset in schema.DATASETS.values():
        assert words.isdisjoint(dataset.schema.names), dataset.name


def test_the_document_lists_every_dataset_with_its_columns() -> None:
    document = (Path(__file__).resolve().parents[3] / "docs/lake.md").read_text(encoding="utf-8")

    for name, dataset in schema.DATASETS.items():
        section = document.partition(f"### {name}\n")[2].partition("\n### ")[0]
        assert f"`{dataset.moment}`" in section, name
        for column in dataset.schema.names:
            assert f"`{column}`" in section, f"{name}.{column}"
