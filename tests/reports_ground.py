"""A lake for tests of reports: a simulated year, made once a run for each city that asks."""

from __future__ import annotations

import functools
import tempfile
from pathlib import Path


@functools.cache
def lake_of(city: str) -> Path:
    """Return the folder of a simulated lake of 2023, a thousandth of a year of Suzhou, under a city's code."""
    from minsheng.cli.main import main

    folder = Path(tempfile.mkdtemp(prefix="ms-lake-"))
    arguments = ["simulate", "--pack", "suzhou", "--year", "2023", "--scale", "0.001", "--seed", "1"]
    assert main([*arguments, "--city", city, "--lake", str(folder)]) == 0
    return folder
