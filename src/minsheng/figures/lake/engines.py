"""The lake's tables on an engine: DuckDB in this process, Spark, or whatever else Ibis speaks to.

`LAKE_ENGINE` chooses. A further engine is one function here that gives a connection and how it reads files.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import ibis

from minsheng.core.features import queries as features
from minsheng.domain.rejected import Rejected
from minsheng.figures.lake import schema
from minsheng.figures.lake.store import Manifest, Store

VARIABLE = "LAKE_ENGINE"
DEFAULT = "duckdb"


@dataclass(frozen=True, slots=True)
class Engine:
    """A connection, and how it makes a table of Parquet files: `table_of(paths, name)`."""

    name: str
    connection: Any
    table_of: Callable[[list[str], str], Any]
    close: Callable[[], None]


@dataclass(frozen=True, slots=True)
class Lake:
    """A manifest's tables of one city on an engine, by dataset. Types are Ibis's own, which has no stubs.

    `unfilled`: datasets that hold nothing of the city since no feature fills them, or the city does not use the one
    that does: nobody knows how many there are.
    """

    engine: Engine
    city: str
    tables: Mapping[str, Any]
    unfilled: frozenset[str] = frozenset()

    def __getitem__(self, dataset: str) -> Any:
        return self.tables[dataset]

    def rows(self, query: Any) -> list[dict[str, Any]]:
        """Run a query and return its rows as plain values."""
        found: list[dict[str, Any]] = self.engine.connection.to_pyarrow(query).to_pylist()
        return found


@contextmanager
def opened(store: Store, *, city: str = "", engine: str = "", manifest: Manifest | None = None) -> Iterator[Lake]:
    """Have the lake's tables for a while. Without `city` the only one that is there; without `engine` LAKE_ENGINE's.

    Raises: Rejected city_not_in_lake, which_city, engine_unknown, engine_missing, and what `Store.read` raises.
    """
    manifest = manifest or store.read()
    city = _city(manifest, city)
    connected = connect(engine or os.environ.get(VARIABLE, DEFAULT))
    try:
        yield over(connected, store, manifest, city=city)
    finally:
        connected.close()


def over(engine: Engine, store: Store, manifest: Manifest, *, city: str) -> Lake:
    """Return the tables of one city on an engine that is connected already."""
    tables = {name: engine.table_of(store.paths(manifest.of(name, city=city)), name) for name in schema.DATASETS}
    unknown = unfilled() | features.datasets_of_some()
    nobodys = unknown - {file.dataset for file in manifest.files if file.city == city and file.rows}
    return Lake(engine, city, tables, frozenset(nobodys))


def unfilled() -> set[str]:
    """Return the datasets that no feature fills."""
    filled = {name for names in features.datasets() for name in names}
    return set(schema.DATASETS) - filled - ({"stocks"} if features.stocks() else set())


def connect(name: str) -> Engine:
    """Return a connection to the engine of that name.

    Raises: Rejected engine_unknown, engine_missing, engine_settings.
    """
    if name not in ENGINES:
        raise Rejected("engine_unknown", engine=name, known="、".join(ENGINES))
    try:
        return ENGINES[name]()
    except ImportError as fault:
        raise Rejected("engine_missing", engine=name, why=str(fault)) from None


def duckdb() -> Engine:
    """DuckDB in this process. LAKE_MEMORY bounds what it takes, LAKE_THREADS how many processors."""
    from duckdb import Error as DuckDBError

    settings: dict[str, Any] = {"memory_limit": os.environ.get("LAKE_MEMORY", "3GB")}
    if threads := os.environ.get("LAKE_THREADS"):
        settings["threads"] = threads
    try:
        connection = ibis.duckdb.connect(**settings)
    except DuckDBError as fault:
        raise Rejected("engine_settings", why=str(fault).splitlines()[0]) from None
    # A long question would draw its progress into what the program prints.
    connection.raw_sql("SET enable_progress_bar = false")
    return Engine(
        "duckdb",
        connection,
        lambda paths, name: connection.read_parquet(paths, table_name=name),
        connection.disconnect,
    )


def spark() -> Engine:
    """Spark: SPARK_MASTER names the cluster, `local[*]` without it."""
    from pyspark.sql import SparkSession

    session = (
        SparkSession.builder.master(os.environ.get("SPARK_MASTER", "local[*]"))
        .appName("minsheng")
        .config("spark.ui.enabled", "false")
        .config("spark.ui.showConsoleProgress", "false")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.sql.session.timeZone", "UTC")
        .config("spark.sql.shuffle.partitions", os.environ.get("SPARK_PARTITIONS", "8"))
        .getOrCreate()
    )
    connection = ibis.pyspark.connect(session)

    def table_of(paths: list[str], name: str) -> Any:
        session.read.parquet(*paths).createOrReplaceTempView(name)
        return connection.table(name)

    return Engine("spark", connection, table_of, session.stop)


ENGINES: dict[str, Callable[[], Engine]] = {"duckdb": duckdb, "spark": spark}


def _city(manifest: Manifest, wanted: str) -> str:
    known = manifest.cities()
    if wanted:
        if wanted not in known:
            raise Rejected("city_not_in_lake", city=wanted, known="、".join(known) or "无")
        return wanted
    if len(known) != 1:
        raise Rejected("which_city", known="、".join(known) or "无")
    return known[0]
