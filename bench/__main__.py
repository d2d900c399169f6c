"""Run the measurements one after the other, each on a ground of its own: `python -m bench [name ...]`.

Each `bench/bench_<name>.py` has `run() -> None`, which prints its own table and says its goals (`ground.goal`,
`ground.counted`). It runs in a process and a database of its own, copied from a migrated template in the embedded
server, or in the one that `DATABASE_URL` names: its database must be empty, its owner may create others. At the end one
table has every goal with its figure. A measurement fails when it breaks off, logs an error, or does not do as many
things as it set out to do; a goal that is missed is said and fails nothing, since machines differ. `BENCH_SHARE=0.01`
tries the measurements out with a hundredth of their rows.
"""

from __future__ import annotations

import base64
import os
import platform
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from bench import running
from minsheng.gateways import database
from minsheng.gateways.database import Urls
from minsheng.gateways.postgres import server

FOLDER = Path(__file__).parent


def main(wanted: list[str]) -> int:
    """Measure what was asked for, or everything; return 1 when a measurement failed, 2 when there is no such one."""
    found = {path.stem.removeprefix("bench_"): path for path in sorted(FOLDER.glob("bench_*.py"))}
    unknown = sorted(set(wanted) - set(found))
    if unknown:
        print(f"没有这些测量项：{'、'.join(unknown)}。现有：{'、'.join(found)}", file=sys.stderr)
        return 2
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the server is stopped then too
    print(f"Python {platform.python_version()}，{os.cpu_count()} 个处理器，{platform.machine()}\n", flush=True)
    with _template() as (urls, var):
        measured = [_measured(name, found[name], urls, var) for name in wanted or found]
    return running.told(measured)


def _measured(name: str, path: Path, template: Urls, var: Path) -> running.Measured:
    with own_database(template, name) as urls:
        place = var / f"of-{name}"
        place.mkdir(mode=0o755)
        environment = {**os.environ, database.VAR_VARIABLE: str(place)}
        urls.put_into(environment)
        return running.measure(path, environment)


@contextmanager
def _template() -> Iterator[tuple[Urls, Path]]:
    """Have a server with a migrated database that nobody is connected to, and a folder."""
    with tempfile.TemporaryDirectory(prefix="ms-bench-") as folder:
        var = Path(folder)
        var.chmod(0o755)  # as root another user runs the server
        _environment(var)
        started = None if database.named() else server.start(var)
        try:
            urls = database.named() or database.embedded(var)
            urls.put_into(os.environ)
            migrate = [sys.executable, "-m", "minsheng.app.cli.main", "migrate"]
            subprocess.run(migrate, check=True, stdout=subprocess.DEVNULL)
            yield urls, var
        finally:
            if started is not None:
                started.stop()


def _environment(var: Path) -> None:
    os.environ[database.VAR_VARIABLE] = str(var)
    os.environ["BENCH_POSTGRES"] = str(var / "postgres")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "minsheng.app.site.settings")
    os.environ.setdefault("MINSHENG_SECRET_KEY", "for-benches-only-" + "0" * 40)
    os.environ.setdefault("MINSHENG_VAULT_KEY", base64.b64encode(bytes(range(32))).decode())
    os.environ.setdefault("MINSHENG_LOG", "WARNING")


@contextmanager
def own_database(template: Urls, name: str) -> Iterator[Urls]:
    """Have a copy of the template's database for a while; nobody may be connected to the template."""
    import psycopg

    own, copied = f"bench_{name}", urlsplit(template.owner).path.lstrip("/")
    with psycopg.connect(_into(template.owner, "postgres"), autocommit=True) as owner:
        owner.execute(f'CREATE DATABASE "{own}" TEMPLATE "{copied}"'.encode())
        try:
            yield Urls(app=_into(template.app, own), owner=_into(template.owner, own))
        finally:
            try:
                # Not by force: of a worker that cleans up there only PostgreSQL itself may make an end, and does.
                owner.execute(f'DROP DATABASE "{own}"'.encode())
            except psycopg.errors.ObjectInUse:
                print(f"   数据库 {own} 仍有程序在用，未能删除；请结束后自行删除。", file=sys.stderr)


def _into(url: str, name: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
