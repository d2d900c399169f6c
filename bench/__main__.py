"""Run the measurements one after the other in one process: `python -m bench [name ...]`.

Each `bench/bench_<name>.py` has `run() -> None`, which prints its own table. They share one fresh database: the
embedded one in a folder of its own, or the one that `DATABASE_URL` names, which must be empty.
"""

from __future__ import annotations

import base64
import importlib
import os
import platform
import subprocess
import sys
import tempfile
import time
import traceback
from pathlib import Path

from minsheng.gateways import database
from minsheng.gateways.postgres import server

FOLDER = Path(__file__).parent


def main(wanted: list[str]) -> int:
    """Measure what was asked for, or everything; return 1 when a measurement failed."""
    found = sorted(path.stem.removeprefix("bench_") for path in FOLDER.glob("bench_*.py"))
    unknown = sorted(set(wanted) - set(found))
    if unknown:
        print(f"没有这些测量项：{'、'.join(unknown)}。现有：{'、'.join(found)}", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory(prefix="ms-bench-") as folder:
        var = Path(folder)
        var.chmod(0o755)  # as root another user runs the server
        _environment(var)
        running = None if database.named() else server.start(var)
        try:
            (database.named() or database.embedded(var)).put_into(os.environ)
            _prepare()
            return _measure(wanted or found)
        finally:
            if running is not None:
                running.stop()


def _environment(var: Path) -> None:
    os.environ["MINSHENG_VAR"] = str(var)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "minsheng.site.settings")
    os.environ.setdefault("MINSHENG_SECRET_KEY", "for-benches-only-" + "0" * 40)
    os.environ.setdefault("MINSHENG_VAULT_KEY", base64.b64encode(bytes(range(32))).decode())
    os.environ.setdefault("MINSHENG_LOG", "WARNING")


def _prepare() -> None:
    subprocess.run([sys.executable, "-m", "minsheng.cli.main", "migrate"], check=True, stdout=subprocess.DEVNULL)
    import django

    django.setup()


def _measure(names: list[str]) -> int:
    print(f"Python {platform.python_version()}，{os.cpu_count()} 个处理器，{platform.machine()}\n", flush=True)
    failed: list[str] = []
    for name in names:
        began = time.monotonic()
        print(f"== {name}", flush=True)
        try:
            importlib.import_module(f"bench.bench_{name}").run()
        except Exception:
            traceback.print_exc()
            failed.append(name)
        print(f"   （{name} 用时 {time.monotonic() - began:.1f} 秒）\n", flush=True)
    if failed:
        print(f"失败的测量项：{'、'.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
