"""A lake for tests of reports: a simulated year, made once a run for each city that asks."""

from __future__ import annotations

import functools
import tempfile
from pathlib import Path


def lake_of(city: str) -> Path:
    """Return the folder of a simulated lake of 2023, a thousandth of a year of Suzhou, under a city's code."""
    return Path(_made(city).name)


@functools.cache
def _made(city: str) -> tempfile.TemporaryDirectory[str]:
    """Return the folder, which goes when the run ends."""
    from minsheng.cli.main import main

    folder = tempfile.TemporaryDirectory(prefix="ms-lake-")
    arguments = ["simulate", "--pack", "suzhou", "--year", "2023", "--scale", "0.001", "--seed", "1"]
    assert main([*arguments, "--city", city, "--lake", folder.name]) == 0
    return folder
