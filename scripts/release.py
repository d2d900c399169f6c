"""Make a release into `dist`: wheel, sources, bundle, checksums. Refused for a changed tree, and without a changelog.

The version stands in `pyproject.toml` alone; `CHANGELOG.md` has a section `## <version> (<day>)`. Tag what was made:
`git tag -s v<version>`; the next release's tests run this one's code beside theirs (docs/adr/0082).
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from scripts import bundle

DIST = bundle.ROOT / "dist"


def main() -> int:
    """Look, then make; print what there is, or why not."""
    faults = faults_of(
        version=bundle.version(),
        changes=_git("status", "--porcelain"),
        changelog=(bundle.ROOT / "CHANGELOG.md").read_text(encoding="utf-8"),
        tags=_git("tag", "--list").split(),
    )
    if faults:
        print("\n".join(faults), file=sys.stderr)
        return 1
    shutil.rmtree(DIST, ignore_errors=True)
    DIST.mkdir()
    try:
        bundle.own_wheel(DIST)
        _sources()
        bundle.packed(DIST)
    except bundle.Unpacked as fault:
        print(fault, file=sys.stderr)
        return 1
    bundle.write_checksums(DIST)
    print((DIST / "SHA256SUMS").read_text(encoding="utf-8"), end="")
    return 0


def faults_of(*, version: str, changes: str, changelog: str, tags: list[str]) -> list[str]:
    """Return why this is no release, a sentence each."""
    faults = []
    if changes.strip():
        faults.append("The tree has changes; commit them first.")
    if not re.fullmatch(r"\d+\.\d+\.\d+", version):
        faults.append(f"{version} is no version to release; pyproject.toml wants three numbers.")
    section = re.search(rf"^## {re.escape(version)} \(\d{{4}}-\d\d-\d\d\)\n+([^#\s])", changelog, re.MULTILINE)
    if section is None:
        faults.append(f"CHANGELOG.md has no section `## {version} (<day>)` with words in it.")
    if f"v{version}" in tags:
        faults.append(f"{version} has been released; there is a tag v{version}.")
    return faults


def _sources() -> None:
    """Pack the sources as pip takes them."""
    with tempfile.TemporaryDirectory(prefix="ms-sources-") as name:
        copy = bundle.clean_copy(Path(name))
        call = [sys.executable, "-m", "build", "--sdist", "--outdir", str(DIST), str(copy)]
        done = subprocess.run(call, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise bundle.Unpacked(f"build: {done.stdout.strip()} {done.stderr.strip()}")


def _git(*words: str) -> str:
    return subprocess.run(["git", *words], cwd=bundle.ROOT, capture_output=True, text=True, check=True).stdout


if __name__ == "__main__":
    raise SystemExit(main())
