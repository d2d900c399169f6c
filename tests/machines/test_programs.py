"""Programs that the tests meet are found where Debian puts them, also by who has no /usr/sbin in the PATH."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]


def missing(path: str) -> str:
    """Return the packages that are missed under a PATH."""
    done = subprocess.run(
        ["sh", ROOT / "scripts" / "bootstrap.sh", "missing"],
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


def test_daemons_are_found_without_sbin_in_the_path() -> None:
    assert missing("/usr/local/bin:/usr/bin:/bin") == ""


def test_what_is_missing_is_named_with_its_package(tmp_path: Path) -> None:
    for name in ("sh", "dirname"):
        (tmp_path / name).symlink_to(f"/usr/bin/{name}")

    assert "chromium" in missing(str(tmp_path)).split()
