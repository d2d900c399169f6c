"""Finding the features that the settings name. Settings themselves read this, so it needs no Django."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from importlib import import_module

from minsheng.core.features.values import Feature


def load(named: Iterable[str | Feature]) -> tuple[Feature, ...]:
    """Return the features: each a package whose `feature.py` says what it brings, or the feature itself."""
    return tuple(each if isinstance(each, Feature) else _of(each) for each in named)


@cache
def _of(package: str) -> Feature:
    found: Feature = import_module(f"{package}.feature").FEATURE
    return found
