"""The scanner's port against a real clamd."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from minsheng.gateways import processes
from minsheng.gateways.antivirus import EICAR, Clamd, Clean, Infected, ScannerAway


@pytest.fixture(scope="module")
def clamd() -> Iterator[str]:
    """Run the real daemon in a folder of its own, with one signature: there is no network to fetch others from."""
    folder = Path(tempfile.mkdtemp(prefix="ms-clamd-"))
    (folder / "db").mkdir()
    # Type 0 (any file), anywhere, the string in hexadecimal.
    (folder / "db" / "test.ndb").write_text(f"Eicar-Test-Signature:0:*:{EICAR.hex()}\n")
    (folder / "clamd.conf").write_text(
        f"DatabaseDirectory {folder}/db\nLocalSocket {folder}/s\nTemporaryDirectory {folder}\n"
        f"LogFile {folder}/log\nForeground yes\nStreamMaxLength 5M\nSelfCheck 0\n"
    )
    running = subprocess.Popen(
        ["clamd", "--config-file", str(folder / "clamd.conf")], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        processes.wait_until(lambda: (folder / "s").exists() or running.poll() is not None, seconds=60)
        assert (folder / "s").exists(), (folder / "log").read_text() if (folder / "log").exists() else "no log"
        yield f"unix:{folder}/s"
    finally:
        running.terminate()
        running.wait(timeout=20)
        shutil.rmtree(folder, ignore_errors=True)


def test_the_real_daemon_finds_the_test_string_and_lets_others_pass(clamd: str) -> None:
    scanner = Clamd(clamd, wait_seconds=20)

    assert scanner.scan(io.BytesIO(EICAR)) == Infected("Eicar-Test-Signature.UNOFFICIAL")
    assert scanner.scan(io.BytesIO(b"x" * 1000 + EICAR)) == Infected("Eicar-Test-Signature.UNOFFICIAL")
    assert scanner.scan(io.BytesIO(os.urandom(2_000_000))) == Clean("clamd")
    with pytest.raises(ScannerAway) as refused:
        scanner.scan(io.BytesIO(os.urandom(6_000_000)))
    assert refused.value.code in ("scanner_limit", "scanner_away")
