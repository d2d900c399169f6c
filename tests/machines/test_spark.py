"""The same questions, unchanged, on Spark: a local cluster of several processes gives the same answers."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests import lake_ground as making

from minsheng.figures.lake import engines
from minsheng.figures.reports.release import annual, releases
from minsheng.figures.reports.release.counts import Counts, gather


def test_spark_answers_as_duckdb_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two executors in processes of their own, beside the driver's."""
    monkeypatch.setenv("SPARK_MASTER", "local-cluster[2,1,1024]")
    monkeypatch.setenv("SPARK_PARTITIONS", "2")
    store = making.simulated(tmp_path / "lake", scale=0.0005)
    parameters = making.parameters()
    found: dict[str, Counts] = {}
    for engine in ("duckdb", "spark"):
        with engines.opened(store, engine=engine) as lake:
            found[engine] = gather(lake, parameters)
            if engine == "spark":
                context = lake.engine.connection._session.sparkContext
                assert len(context._jsc.sc().statusTracker().getExecutorInfos()) == 3

    for name in found["duckdb"].found:
        assert in_any_order(found["spark"], name) == in_any_order(found["duckdb"], name), name
    assert annual.plain(releases.fill(found["spark"], parameters)) == making.truth(store)


def in_any_order(counts: Counts, query: str) -> list[str]:
    """Return a query's rows in an order that doesn't depend on the engine."""
    return sorted(str(sorted(row.items())) for row in counts.found[query])
