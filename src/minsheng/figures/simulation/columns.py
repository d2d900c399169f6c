"""Small makers of Arrow columns from arrays: words from codes, moments from seconds, ids from numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from minsheng.figures.lake import schema

Flags = NDArray[np.bool_]
_MICRO = 1_000_000


def words(codes: NDArray[Any], values: Sequence[str], *, missing: Flags | None = None) -> pa.Array:
    """Return a column of words by their places in `values`; a place below zero is null."""
    absent = codes < 0 if missing is None else missing
    indices = pa.array(codes.astype(np.int32), mask=absent)
    return pa.DictionaryArray.from_arrays(indices, pa.array(list(values), pa.string()))


def constant(word: str, length: int) -> pa.Array:
    """Return a column with the same word in every row."""
    return words(np.zeros(length, dtype=np.int32), [word])


def moments(seconds: NDArray[np.int64], *, missing: Flags | None = None) -> pa.Array:
    """Return a column of moments; null where `missing`."""
    return pa.array(seconds * _MICRO, mask=missing).cast(schema.MOMENT)


def numbers(values: NDArray[Any], kind: pa.DataType, *, missing: Flags | None = None) -> pa.Array:
    """Return a column of whole numbers; null where `missing`."""
    return pa.array(values, mask=missing).cast(kind)


def flags(values: Flags, *, missing: Flags | None = None) -> pa.Array:
    """Return a column of truth values; null where `missing`."""
    return pa.array(values, mask=missing)


def ids(prefix: int, first: int, length: int) -> pa.Array:
    """Return ids of ten digits: two that say what, then a running number."""
    return pa.array(prefix * 100_000_000 + np.arange(first, first + length, dtype=np.int64)).cast(pa.string())
