"""The scanner's port against a real clamd, also over lines that are slow, cut, or say what nobody said."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.faulty_ground import Fault, bad_line

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


@pytest.mark.parametrize(
    "fault",
    [
        Fault(refused=True),
        Fault(cut_after=5),  # in the middle of the command
        Fault(cut_after=3_000),  # in the middle of the file
        Fault(answer_cut=3),
        Fault(garbage=b"stream: OK?\0"),
        Fault(garbage=b"\xff" * 5_000),
        Fault(slow=0.01),
        Fault(crumbs=True),
        Fault(twice=True),
    ],
    ids=str,
)
def test_no_bad_line_to_the_daemon_makes_a_clean_file_of_a_bad_one(clamd: str, fault: Fault) -> None:
    """Either the verdict comes through, or there is none: then nothing is taken in."""
    infected, clean = EICAR, b"a" * 20_000
    with bad_line(clamd.removeprefix("unix:"), fault) as line:
        scanner = Clamd(f"tcp:127.0.0.1:{line.port}", wait_seconds=3)
        verdicts = []
        for content in (infected, clean):
            try:
                verdicts.append(scanner.scan(io.BytesIO(content)))
            except ScannerAway:
                verdicts.append(None)

        assert line.connections == 2
    assert verdicts[0] is None or isinstance(verdicts[0], Infected)
    assert verdicts[1] is None or isinstance(verdicts[1], Clean)
    # What is only slow or in pieces is understood.
    if fault.slow or fault.crumbs:
        assert None not in verdicts
