"""A cluster with this version's tables and not a row in them: made once, copied by whoever needs one.

It stays in `var/tests` for the next run, until a migration or a library changes.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.run_ground import made_once

from minsheng.gateways import database, processes
from minsheng.gateways.postgres import cluster, layout, server

# The database that holds the tables: others are copied from it.
TEMPLATE = cluster.DATABASE
_ROOT = Path(__file__).resolve().parents[1]
_KEPT = _ROOT / "var" / "tests"


def lay_out(var: Path) -> None:
    """Copy the cluster into a folder, where `server.start` finds it; `minsheng migrate` finds nothing left to do."""
    made = made_once(f"cluster-{_state()}", _make, among=_KEPT)
    owner = layout.find_owner()
    _copy(made / "data", layout.make(var, owner=owner).data)


def _state() -> str:
    """Return a digest of all that decides what the tables are."""
    migrations = sorted((_ROOT / "src").glob("**/migrations/*.py"))
    decided = [*migrations, _ROOT / "requirements.lock", Path(cluster.__file__), Path(__file__)]
    found = hashlib.sha256(sys.version.encode())
    for path in decided:
        found.update(f"{path.relative_to(_ROOT)}\0".encode() + path.read_bytes())
    return found.hexdigest()[:16]


def _make(draft: Path) -> None:
    for former in _KEPT.glob("cluster-*"):
        if former.is_dir():
            shutil.rmtree(former)
    # Somewhere that the server's own user can enter, which the run's folder is not.
    with tempfile.TemporaryDirectory(prefix="ms-cluster-") as name:
        var = Path(name)
        var.chmod(0o755)
        running = server.start(var)
        (layout.plan(var).data / "local.conf").write_text("fsync = off\nsynchronous_commit = off\n", encoding="ascii")
        processes.send(running.process, signal.SIGHUP)
        try:
            owner = database.embedded(var).owner
            environment = {key: value for key, value in os.environ.items() if not key.startswith("DATABASE_")}
            environment |= {"DATABASE_URL": owner, "MINSHENG_VAR": name}
            words = [sys.executable, "-m", "django", "migrate", "--settings", "minsheng.app.site.settings"]
            words += ["--verbosity", "0", "--skip-checks"]
            done = subprocess.run(words, env=environment, capture_output=True, text=True, check=False)
            assert done.returncode == 0, done.stderr
        finally:
            running.stop()
        (layout.plan(var).data / "local.conf").unlink()
        draft.mkdir()
        _copy(layout.plan(var).data, draft / "data")


def _copy(source: Path, target: Path) -> None:
    """Copy with owner and rights, which PostgreSQL insists on."""
    subprocess.run(["cp", "-a", "--reflink=auto", "--", str(source), str(target)], check=True)
