"""The main tables of the annual release as plain SQL in PostgreSQL, over the same rows: a third opinion, by hand."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

# What each table of PostgreSQL has: the columns that the statements ask for.
_COLUMNS = {
    "orders": "registered_at timestamp, appellant text, source text, disposal text, consult boolean, "
    "category_group text, unit text, due_at timestamp, completed_at timestamp, closed_at timestamp, "
    "handling_millidays integer, timely boolean, excluded boolean, exchange text",
    "callbacks": "asked_at timestamp, rated boolean, satisfied boolean, resolved boolean",
    "calls": "began_at timestamp, direction text, answered boolean, wait_seconds integer, talk_seconds integer",
}
_E1 = """
SELECT coalesce(appellant, 'all') AS who, count(*) AS all,
    count(*) FILTER (WHERE source = 'phone') AS phone, count(*) FILTER (WHERE source = 'online') AS online,
    count(*) FILTER (WHERE source = 'transfer') AS transfer, count(*) FILTER (WHERE disposal = 'seat') AS seat,
    count(*) FILTER (WHERE disposal = 'specialist') AS specialist, count(*) FILTER (WHERE disposal = 'unit') AS unit
FROM bench_orders WHERE registered_at >= '2023-01-01' AND registered_at < '2024-01-01'
GROUP BY GROUPING SETS ((appellant), ())
"""
_E2 = """
SELECT coalesce(direction, 'all') AS way, count(*) FILTER (WHERE answered) AS calls,
    round(100.0 * count(*) FILTER (WHERE answered AND wait_seconds <= 30) / count(*), 2) AS prompt,
    round(1.0 * sum(wait_seconds) FILTER (WHERE answered) / count(*) FILTER (WHERE answered), 2) AS wait,
    round(1.0 * sum(talk_seconds) FILTER (WHERE answered) / count(*) FILTER (WHERE answered), 2) AS talk,
    round(100.0 * count(*) FILTER (WHERE answered AND talk_seconds > 600) / count(*) FILTER (WHERE answered), 2) AS long
FROM bench_calls WHERE began_at >= '2023-01-01' AND began_at < '2024-01-01'
GROUP BY GROUPING SETS ((direction), ())
"""
_E8 = """
SELECT CASE consult WHEN true THEN 'consult' WHEN false THEN 'other' ELSE 'all' END AS kind, count(*) AS count,
    round(1.0 * sum(handling_millidays) FILTER (WHERE NOT excluded AND completed_at < '2024-01-01') / 1000
        / count(*) FILTER (WHERE NOT excluded AND completed_at < '2024-01-01'), 1) AS days,
    round(100.0 * count(*) FILTER (WHERE NOT excluded AND closed_at < '2024-01-01')
        / count(*) FILTER (WHERE NOT excluded), 2) AS closed
FROM bench_orders WHERE disposal = 'unit' AND registered_at >= '2023-01-01' AND registered_at < '2024-01-01'
GROUP BY GROUPING SETS ((consult), ())
"""
_DUE = """
SELECT round(100.0 * count(*) FILTER (WHERE timely) / count(*), 2) AS timely FROM bench_orders
WHERE disposal = 'unit' AND NOT excluded AND timely IS NOT NULL AND due_at >= '2023-01-01' AND due_at < '2024-01-01'
"""
_CALLBACKS = """
SELECT count(*) AS asked, count(*) FILTER (WHERE rated) AS rated,
    round(100.0 * count(*) FILTER (WHERE rated) / count(*), 2) AS participation,
    round(100.0 * count(*) FILTER (WHERE rated AND satisfied) / count(*) FILTER (WHERE rated), 2) AS satisfied,
    round(100.0 * count(*) FILTER (WHERE resolved) / count(resolved), 2) AS solved
FROM bench_callbacks WHERE asked_at >= '2023-01-01' AND asked_at < '2024-01-01'
"""
_E10 = """
SELECT unit, count(*) AS count FROM bench_orders
WHERE disposal = 'unit' AND registered_at >= '2023-01-01' AND registered_at < '2024-01-01'
GROUP BY unit ORDER BY count DESC, unit COLLATE "C" LIMIT 5
"""
_E11 = """
SELECT consult, category_group AS name, count(*) AS count FROM bench_orders
WHERE category_group IS NOT NULL AND registered_at >= '2023-01-01' AND registered_at < '2024-01-01'
GROUP BY consult, category_group
"""


def load(folder: Path) -> float:
    """Copy the lake's rows into tables of PostgreSQL; return how many seconds it took."""
    import duckdb

    from minsheng.figures.lake.store import Store

    store = Store(folder)
    manifest = store.read()
    began = time.perf_counter()
    for dataset, columns in _COLUMNS.items():
        names = [each.split()[0] for each in columns.split(", ")]
        with _cursor() as cursor:
            cursor.execute(f"CREATE UNLOGGED TABLE bench_{dataset} ({columns})")
            with cursor.copy(f"COPY bench_{dataset} FROM STDIN WITH (FORMAT csv)") as copy:
                for path in store.paths(manifest.of(dataset)):
                    for batch in _csv(duckdb, path, names):
                        copy.write(batch)
            cursor.execute(f"ANALYZE bench_{dataset}")
    return time.perf_counter() - began


def _csv(duckdb: Any, path: str, names: list[str]) -> Any:
    import io

    import pyarrow.csv as csv

    query = f"SELECT {', '.join(names)} FROM read_parquet(?)"
    for batch in duckdb.sql(query, params=[path]).to_arrow_reader(200_000):
        out = io.BytesIO()
        csv.write_csv(batch, out, csv.WriteOptions(include_header=False))
        yield out.getvalue()


def compare(truth: dict[str, Any]) -> tuple[float, list[str]]:
    """Put the statements; return their seconds, and every figure that is not the truth's."""
    began = time.perf_counter()
    found = {name: _rows(statement) for name, statement in _STATEMENTS.items()}
    seconds = time.perf_counter() - began
    return seconds, [
        f"{'·'.join(place)}：{figure} ≠ {wanted}"
        for place, figure in _figures(found)
        if (wanted := _wanted(truth, place, figure)) != figure
    ]


def _wanted(truth: dict[str, Any], place: tuple[str, str, str], figure: Any) -> Any:
    """Return the truth's figure; a class that is not among the first five has none to compare with."""
    table, row, column = place
    return truth[table][row].get(column, figure) if table == "E-11" else truth[table][row][column]


_STATEMENTS = {
    "e1": _E1, "e2": _E2, "e8": _E8, "due": _DUE, "callbacks": _CALLBACKS, "e10": _E10, "e11": _E11,
}  # fmt: skip


def _cursor() -> Any:
    """Return a cursor of the owner: the application's role may make no tables."""
    from django.db import connections

    cursor = connections["owner" if "owner" in connections else "default"].cursor()
    cursor.execute("SET statement_timeout = 0")
    return cursor


def _rows(statement: str) -> list[dict[str, Any]]:
    with _cursor() as cursor:
        cursor.execute(statement)
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, map(_plain, row), strict=True)) for row in cursor.fetchall()]


def _plain(value: Any) -> Any:
    from decimal import Decimal

    return float(value) if isinstance(value, Decimal) else value


def _figures(found: dict[str, list[dict[str, Any]]]) -> list[tuple[tuple[str, str, str], Any]]:
    figures: list[tuple[tuple[str, str, str], Any]] = []
    labels = {"citizen": "群众诉求", "enterprise": "企业诉求", "all": "总计"}
    columns = {"all": "诉求总量", "phone": "电话", "online": "互联网", "transfer": "承办转办", "seat": "民声接听员",
               "specialist": "政策专员", "unit": "部门办理"}  # fmt: skip
    for row in found["e1"]:
        figures += [(("E-1", labels[row["who"]], text), row[name]) for name, text in columns.items()]
    for row in found["e2"]:
        label = {"in": "接听", "out": "呼出", "all": "总计"}[row["way"]]
        figures += [(("E-2", label, text), row[name]) for name, text in
                    (("calls", "人工接听话务量"), ("talk", "平均通话时长"), ("long", "超10分钟占比"))]  # fmt: skip
        if label == "接听":
            figures += [
                (("E-2", label, "30秒人工接通率"), row["prompt"]),
                (("E-2", label, "平均等待时长"), row["wait"]),
            ]
    for row in found["e8"]:
        label = {"consult": "咨询类", "other": "非咨询类", "all": "总计"}[row["kind"]]
        figures += [(("E-8", label, "诉求数量"), row["count"]), (("E-8", label, "平均办理时长"), row["days"])]
        if label == "总计":
            figures.append((("E-0", "累计办结率", "数值"), row["closed"]))
    figures.append((("E-0", "及时处办率", "数值"), found["due"][0]["timely"]))
    callbacks = (("asked", "回访征集评价"), ("rated", "群众参评数"), ("participation", "参评率"),
                 ("satisfied", "群众有效参评满意率"), ("solved", "问题实际解决率"))  # fmt: skip
    figures += [(("E-8", "总计", text), found["callbacks"][0][name]) for name, text in callbacks]
    figures += [(("E-10", row["unit"], "诉求量"), row["count"]) for row in found["e10"]]
    for row in found["e11"]:
        figures.append((("E-11", "咨询类" if row["consult"] else "非咨询类", row["name"]), row["count"]))
    return figures
