"""Debian's Prometheus with the project's own configuration, beside a running platform."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.parse import quote
from urllib.request import urlopen

from tests.run_ground import free_port

from minsheng.gateways.processes import wait_until

DEPLOY = Path(__file__).resolve().parents[1] / "deploy" / "prometheus"


@contextmanager
def prometheus(folder: Path, *, target: int) -> Iterator[int]:
    """Run Prometheus on loopback against a port of the platform, asking every second; give its own port."""
    shutil.copy(DEPLOY / "minsheng.rules.yml", folder)
    settings = (DEPLOY / "prometheus.yml").read_text(encoding="utf-8")
    settings = settings.replace("127.0.0.1:8000", f"127.0.0.1:{target}").replace(": 15s", ": 1s")
    (folder / "prometheus.yml").write_text(settings, encoding="utf-8")
    subprocess.run(["promtool", "check", "config", str(folder / "prometheus.yml")], check=True, capture_output=True)
    port = free_port()
    words = ["prometheus", f"--config.file={folder}/prometheus.yml", f"--storage.tsdb.path={folder}/data"]
    log = (folder / "log").open("wb")
    process = subprocess.Popen([*words, f"--web.listen-address=127.0.0.1:{port}"], stdout=log, stderr=log)
    try:
        assert wait_until(lambda: _is_ready(port), seconds=60), (folder / "log").read_text(encoding="utf-8")
        yield port
    finally:
        process.terminate()
        process.wait(timeout=30)
        log.close()


def asked(port: int, question: str) -> Any:
    """Return what Prometheus answers under `/api/v1/`."""
    path, _, query = question.partition("?query=")
    words = f"?query={quote(query)}" if query else ""
    with urlopen(f"http://127.0.0.1:{port}/api/v1/{path}{words}", timeout=10) as answer:
        return json.load(answer)["data"]


def _is_ready(port: int) -> bool:
    try:
        with urlopen(f"http://127.0.0.1:{port}/-/ready", timeout=2) as answer:
            return bool(answer.status == 200)
    except (URLError, OSError):
        return False
