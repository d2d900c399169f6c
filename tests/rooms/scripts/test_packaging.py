"""What the program reads beside its modules is in its package, also where it is installed as a wheel."""

from __future__ import annotations

import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]


def test_every_file_of_the_program_is_packed() -> None:
    source = ROOT / "src" / "minsheng"
    said = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    patterns = said["tool"]["setuptools"]["package-data"]["minsheng"]
    packed = {path for pattern in patterns for path in source.glob(pattern)}

    left = [
        path
        for path in source.rglob("*")
        if path.is_file() and path.suffix not in (".py", ".pyc") and "__pycache__" not in path.parts
    ]

    assert len(left) > 100
    assert [str(path.relative_to(source)) for path in left if path not in packed] == []
