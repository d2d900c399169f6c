"""Pack the platform for a machine without any network: `python scripts/bundle.py [FOLDER]`, by default into `dist`.

The bundle is for this kind of machine and this Python: the wheel of the platform with charts in it, the wheel of
everything that it needs at the hashes of `requirements.lock` (fonts and PostgreSQL come in wheels, too), a list of the
parts in CycloneDX, checksums, and `install.sh`, which asks no index. `--wheels FOLDER` gathers the wheels alone, as the
container's image wants them. Read docs/operations.md, "Installing".
"""

from __future__ import annotations

import argparse
import hashlib
import re
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import tempfile
import tomllib
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
# What has to lie in the wheel besides code; the first is made by `scripts/bootstrap.sh`.
WITHIN = (
    "minsheng/app/site/static/vendor/echarts.js",
    "minsheng/app/site/locale/en/LC_MESSAGES/django.mo",
    "minsheng/app/cli/templates/nginx.conf",
    "minsheng/packs/categories.toml",
)
_BLOCK = re.compile(r"^(?P<name>[a-z0-9._-]+)(\[[^]]*\])?==\S+.*\n(?:[ ]+.*\n?)*", re.MULTILINE)


class Unpacked(Exception):
    """The bundle can't be made; the text says why."""


def main() -> int:
    """Make the bundle; print where it lies."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=ROOT / "dist")
    parser.add_argument("--wheels", action="store_true", help="the wheels and their list alone, as files of FOLDER")
    args = parser.parse_args()
    args.folder.mkdir(parents=True, exist_ok=True)
    try:
        if args.wheels:
            gather(args.folder)
        else:
            print(packed(args.folder))
    except Unpacked as fault:
        print(fault, file=sys.stderr)
        return 1
    return 0


def name_of_bundle() -> str:
    """Return the bundle's name: version, kind of machine, Python."""
    machine = sysconfig.get_platform().replace("-", "_")
    return f"minsheng-{version()}-{machine}-cp{sys.version_info.major}{sys.version_info.minor}"


def version() -> str:
    """Return the platform's version as `pyproject.toml` has it."""
    return str(_project()["version"])


def needed(lock: str, roots: list[str]) -> str:
    """Return the part of a lock file that the roots need: each block says below `# via` who wants it."""
    blocks = {_plain(found["name"]): found[0] for found in _BLOCK.finditer(lock)}
    wanted_by = {name: {_plain(word) for word in _wanting(block)} for name, block in blocks.items()}
    kept = {_plain(root) for root in roots}
    if absent := sorted(kept - set(blocks)):
        raise Unpacked(f"requirements.lock lacks {', '.join(absent)}; run make lock")
    while more := {name for name, by in wanted_by.items() if name not in kept and by & kept}:
        kept |= more
    return "".join(blocks[name] for name in sorted(kept))


def gather(folder: Path) -> None:
    """Put every wheel into `folder/wheels`, and what pip is to ask for into `folder/requirements.txt`."""
    wheels = folder / "wheels"
    wheels.mkdir(exist_ok=True)
    lock = needed((ROOT / "requirements.lock").read_text(encoding="utf-8"), list(_project()["dependencies"]))
    (folder / "requirements.txt").write_text(lock, encoding="utf-8")
    # Some packages have no wheel of their own; then one is made here, of sources with the hash of the lock.
    _pip("wheel", "--require-hashes", "--no-deps", "-w", str(wheels), "-r", str(folder / "requirements.txt"))
    ours = own_wheel(wheels)
    made = [f"{line_of(each)}\n" for each in sorted(wheels.glob("*.whl")) if each != ours]
    (folder / "requirements.txt").write_text("".join([f"{line_of(ours)}\n", *made]), encoding="utf-8")


def own_wheel(folder: Path) -> Path:
    """Build the platform's wheel from a clean copy of the sources, and look whether everything is in it."""
    with tempfile.TemporaryDirectory(prefix="ms-wheel-") as name:
        copy = clean_copy(Path(name))
        _pip("wheel", "--no-deps", "-w", str(folder), str(copy))
    (wheel,) = folder.glob("minsheng-*.whl")
    there = set(zipfile.ZipFile(wheel).namelist())
    if absent := [each for each in WITHIN if each not in there]:
        raise Unpacked(f"the wheel lacks {', '.join(absent)}; run scripts/bootstrap.sh")
    return wheel


def clean_copy(folder: Path) -> Path:
    """Copy what a wheel is made of, without what earlier builds left behind."""
    copy = folder / "minsheng"
    copy.mkdir()
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, copy)
    shutil.copytree(ROOT / "src", copy / "src", ignore=shutil.ignore_patterns("__pycache__", "*.egg-info"))
    return copy


def line_of(wheel: Path) -> str:
    """Return the line by which pip installs exactly this wheel."""
    name, number = wheel.name.split("-")[:2]
    return f"{_plain(name)}=={number} --hash=sha256:{digest(wheel)}"


def packed(folder: Path) -> Path:
    """Make the whole bundle; return its archive."""
    name = name_of_bundle()
    with tempfile.TemporaryDirectory(prefix="ms-bundle-") as work:
        place = Path(work) / name
        place.mkdir()
        gather(place)
        list_parts(place / "requirements.txt", place / "sbom.cdx.json")
        for each in ("CHANGELOG.md", "LICENSE", "README.zh.md", "docs/operations.md", "docs/zh/opening.md"):
            shutil.copy(ROOT / each, place)
        shutil.copy(ROOT / "deploy" / "install.sh", place)
        (place / "python-version").write_text(f"{sys.version_info.major}.{sys.version_info.minor}\n", encoding="utf-8")
        write_checksums(place)
        archive = folder / f"{name}.tar.gz"
        # Wheels are compressed already.
        with tarfile.open(archive, "w:gz", compresslevel=1) as packing:
            packing.add(place, arcname=name)
    return archive


def list_parts(requirements: Path, to: Path) -> None:
    """Write the list of parts (SBOM) in CycloneDX."""
    call = [sys.executable, "-m", "cyclonedx_py", "requirements", str(requirements), "--output-reproducible"]
    call += ["--pyproject", str(ROOT / "pyproject.toml"), "--output-format", "JSON", "--output-file", str(to)]
    done = subprocess.run(call, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Unpacked(f"cyclonedx-py: {done.stderr.strip()}")


def write_checksums(folder: Path) -> None:
    """Write `SHA256SUMS` of all files below a folder, as `sha256sum --check` reads it."""
    files = [each for each in sorted(folder.rglob("*")) if each.is_file() and each.name != "SHA256SUMS"]
    lines = [f"{digest(each)}  {each.relative_to(folder)}\n" for each in files]
    (folder / "SHA256SUMS").write_text("".join(lines), encoding="utf-8")


def digest(file: Path) -> str:
    """Return a file's SHA-256."""
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _project() -> dict[str, object]:
    return dict(tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"])


def _plain(requirement: str) -> str:
    """Return the name of a requirement as the index spells it."""
    found = re.match(r"[A-Za-z0-9._-]+", requirement)
    return re.sub(r"[-_.]+", "-", found[0]).lower() if found else ""


def _wanting(block: str) -> list[str]:
    _, _, via = block.partition("# via")
    return [word for word in re.findall(r"[^\s#]+", via) if word != "(pyproject.toml)" and word != "minsheng"]


def _pip(*words: str) -> None:
    call = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", *words]
    done = subprocess.run(call, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Unpacked(f"pip {words[0]}: {done.stderr.strip() or done.stdout.strip()}")


if __name__ == "__main__":
    raise SystemExit(main())
