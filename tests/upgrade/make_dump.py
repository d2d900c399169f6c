"""Make a small database with the code of an older version, and dump it, for the test of upgrades.

Run it with the older version's code in front of this one's, from a worktree of its own:

    git worktree add --detach ../older COMMIT
    PYTHONPATH=../older/src .venv/bin/python tests/upgrade/make_dump.py tests/upgrade/NAME.sql.gz

One demonstration city with every ninth story, its due reports planned, one of them refused a step that has no way. The
vault's key is bytes 0 to 31. All people in it are invented.
"""

from __future__ import annotations

import base64
import gzip
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from minsheng.gateways.postgres import layout, server

KEY = base64.b64encode(bytes(range(32))).decode()
FILL = """
from datetime import timedelta
from minsheng.app.cli import installation
with installation.opened():
    from minsheng.app.demo import actions, cities, stories
    from minsheng.domain.actors import SYSTEM, Actor
    from minsheng.domain.rejected import Rejected
    from minsheng.figures.reports import actions as reports, queries
    from minsheng.gateways import clock
    stories.STORIES = stories.STORIES[::9]
    now = clock.now()
    actions.fill(now=now, scale=0.01, chosen=[each for each in cities.CITIES if each.code == "demo_jiangyin"])
    reports.plan_due("demo_jiangyin", now=now)
    report = queries.listed("demo_jiangyin")[0].id
    try:
        reports.submit(report, city="demo_jiangyin", actor=Actor("office", None, "staff:1"), now=now,
            key=reports.Key("dump", "1"))
    except Rejected as refused:
        print("refused:", refused.code)
    actions.tell(now=now + timedelta(seconds=1))
"""


def main(out: Path) -> None:
    """Fill a database in a folder of its own and write its dump, compressed without a date."""
    with tempfile.TemporaryDirectory(prefix="ms-dump-") as folder:
        Path(folder).chmod(0o755)
        var = Path(folder) / "var"
        _called(var, "-m", "minsheng.app.cli.main", "migrate", "--quiet")
        running = server.start(var)
        try:
            print(_called(var, "-c", FILL), end="")
            words = ("pg_dump", "--no-owner", "--no-privileges", "--exclude-extension=pg_trgm")
            dump = _called(var, "-m", "minsheng.app.cli.main", "database", "--", *words)
        finally:
            running.stop()
            layout.remove_socket_folder(layout.plan(var))
    out.write_bytes(gzip.compress(dump.encode(), mtime=0))


def _called(var: Path, *words: str) -> str:
    names = ("DATABASE_", "MINSHENG_", "DJANGO_")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(names)}
    environment |= {"MINSHENG_VAR": str(var), "MINSHENG_DEMO": "1"}
    environment |= {"MINSHENG_SECRET_KEY": "k" * 50, "MINSHENG_VAULT_KEY": KEY}
    done = subprocess.run([sys.executable, *words], env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(done.stdout + done.stderr)
    return done.stdout


if __name__ == "__main__":
    main(Path(sys.argv[1]))
