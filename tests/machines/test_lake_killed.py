"""An export that is killed at random moments, by its pid: the lake reads at every moment, and the next run goes on."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests import cluster_ground
from tests import lake_ground as making

from minsheng.figures.lake.store import Store


def run(var: Path, *words: str) -> None:
    """Run `minsheng` to its end with the database in `var`."""
    subprocess.run(
        [sys.executable, "-m", "minsheng.app.cli.main", *words], check=True, env=environment(var), capture_output=True
    )


def environment(var: Path) -> dict[str, str]:
    """Return the environment of a program of its own, with an embedded database in `var`."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("DATABASE_")}
    return {**kept, "MINSHENG_VAR": str(var)}


def rows(folder: Path, dataset: str) -> list[str]:
    store = Store(folder)
    files = store.read().of(dataset)
    found: list[Any] = [row for file in files if file.month for row in store.rows(file).to_pylist()]
    return sorted(map(str, found))


def test_an_export_that_is_killed_again_and_again_loses_and_doubles_nothing(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)  # as root another user runs the server
    var = tmp_path / "var"
    cluster_ground.lay_out(var)
    run(var, "migrate", "--quiet")
    run(var, "demo", "--scale", "0.1")
    chance = random.Random(12345)
    folder, whole = tmp_path / "lake", tmp_path / "whole"
    words = ["lake", "export", "--lake", str(folder), "--at-once", "60"]
    kills = 0
    while making.killed_after(words, lines=chance.randint(0, 5), then=chance.random() * 0.2, env=environment(var)):
        kills += 1
        if (folder / "manifest.json").exists():
            assert Store(folder).verify() == []
        assert kills < 60

    run(var, "lake", "export", "--lake", str(whole))

    assert kills > 0
    for dataset in ("orders", "stages", "callbacks"):
        assert rows(folder, dataset) == rows(whole, dataset)
