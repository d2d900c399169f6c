"""What a bundle and a release are made of: the product's packages and no others, and nothing half ready."""

from __future__ import annotations

from pathlib import Path

import pytest
from scripts.bundle import ROOT, Unpacked, needed, write_checksums
from scripts.release import faults_of

LOCK = """\
alpha[quick]==1.0 \\
    --hash=sha256:aa
    # via minsheng (pyproject.toml)
beta==2.0 \\
    --hash=sha256:bb
    # via
    #   alpha
    #   omega
gamma==3.0 \\
    --hash=sha256:cc
    # via beta
omega==9.0 \\
    --hash=sha256:ff
    # via minsheng (pyproject.toml)
"""
LOG = "# Changelog\n\n## 0.2.0 (2026-12-01)\n\nMuch.\n\n## 0.1.0 (2026-11-21)\n"


def test_bundle_has_what_the_product_needs_and_nothing_of_the_tests() -> None:
    kept = needed(LOCK, ["Alpha>=1"])

    assert [line.split("==")[0] for line in kept.splitlines() if "==" in line] == ["alpha[quick]", "beta", "gamma"]
    assert "sha256:bb" in kept
    with pytest.raises(Unpacked, match="delta"):
        needed(LOCK, ["delta"])


def test_bundle_of_our_own_lock_leaves_the_tools_of_tests_out() -> None:
    kept = needed((ROOT / "requirements.lock").read_text(encoding="utf-8"), ["django", "granian", "ibis-framework"])

    names = {line.split("==")[0].partition("[")[0] for line in kept.splitlines() if "==" in line}
    assert {"django", "asgiref", "granian", "sqlglot"} <= names
    assert not {"pytest", "playwright", "pm4py", "ruff", "mypy"} & names


def test_checksums_are_those_that_sha256sum_reads(tmp_path: Path) -> None:
    (tmp_path / "wheels").mkdir()
    (tmp_path / "wheels" / "a.whl").write_bytes(b"abc")

    write_checksums(tmp_path)

    said = (tmp_path / "SHA256SUMS").read_text(encoding="utf-8")
    assert said == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad  wheels/a.whl\n"


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({}, []),
        ({"changes": " M README.md\n"}, ["The tree has changes"]),
        ({"version": "0.2.0.dev0"}, ["0.2.0.dev0 is no version", "CHANGELOG.md has no section"]),
        ({"version": "0.3.0"}, ["CHANGELOG.md has no section"]),
        ({"version": "0.1.0"}, ["CHANGELOG.md has no section", "0.1.0 has been released"]),  # a section without a word
        ({"tags": ["v0.1.0", "v0.2.0"]}, ["0.2.0 has been released"]),
    ],
)
def test_what_is_not_ready_is_not_released(given: dict[str, object], says: list[str]) -> None:
    usual: dict[str, object] = {"version": "0.2.0", "changes": "", "changelog": LOG, "tags": ["v0.1.0"]}

    faults = faults_of(**{**usual, **given})  # type: ignore[arg-type]

    assert [fault[: len(said)] for fault, said in zip(faults, says, strict=True)] == says
