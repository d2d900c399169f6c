"""The line to the collector of the audit breaks again and again: in the end it has each fact as the ledger has it."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.faulty_ground import Fault, bad_line
from tests.load_ground import Load, client_of_a_city, command
from tests.program_ground import program

from minsheng.gateways import processes, syslog

pytestmark = pytest.mark.slow

WANTED = 120
FAULTS = (
    Fault(refused=True),
    Fault(cut_after=40),
    Fault(cut_after=3_000),
    Fault(cut_after=6_000, slow=0.01),
    Fault(slow=0.005, cut_after=9_000),
    Fault(garbage=b"\xff\x00who is there?\r\n"),  # syslog's peer never says anything; then the line is good
)


@contextmanager
def collector(file: Path) -> Iterator[int]:
    """Keep whatever comes, connection by connection, a line a message, as rsyslog does."""
    with socket.create_server(("127.0.0.1", 0)) as server, file.open("ab", buffering=0) as kept:

        def serve() -> None:
            while True:
                try:
                    peer, _ = server.accept()
                except OSError:
                    return
                with peer:
                    _keep(peer, kept.write)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield server.getsockname()[1]
        server.shutdown(socket.SHUT_RDWR)


def _keep(peer: socket.socket, write: object) -> None:
    """Take messages by their length (RFC 6587); half of one at the end of a broken line is no message."""
    waiting = b""
    while data := _received(peer):
        waiting += data
        while (head := waiting.partition(b" "))[1] and head[0].isdigit() and len(head[2]) >= int(head[0]):
            size = int(head[0])
            write(head[2][:size] + b"\n")  # type: ignore[operator]
            waiting = head[2][size:]


def _received(peer: socket.socket) -> bytes:
    try:
        return peer.recv(65_536)
    except OSError:
        return b""


def _streams(kept: Path) -> set[str]:
    text = kept.read_text(encoding="utf-8", errors="replace") if kept.exists() else ""
    return {fields["stream"] for kind, fields in syslog.read(text) if kind == "fact"}


def test_collector_has_each_fact_though_the_line_breaks_again_and_again(tmp_path: Path) -> None:
    kept = tmp_path / "audit.log"
    with (
        collector(kept) as port,
        bad_line(("127.0.0.1", port), *FAULTS) as line,
        program(MINSHENG_AUDIT_SYSLOG=f"tcp://127.0.0.1:{line.port}") as running,
    ):
        running.start()
        load = Load(f"http://127.0.0.1:{running.port}", client_of_a_city(running), WANTED, pause=0.05)
        callers = load.start()
        for each in callers:
            each.join(120)
        assert len(load.acknowledged) == WANTED, running.said()

        told = {f"order/{id}" for ids in load.acknowledged.values() for id in ids}

        def whole() -> bool:
            """A copy that ends early agrees as far as it goes: each acknowledged order has to be in it."""
            return _streams(kept) >= told and command(running, "audit", "compare", str(kept)).returncode == 0

        assert processes.wait_until(whole, seconds=120, pause=2), command(running, "audit", "compare", str(kept)).stdout
        compared = command(running, "audit", "compare", str(kept))
        connections = line.connections

    assert "比对一致的事实" in compared.stdout
    assert connections >= len(FAULTS)
    lines = kept.read_bytes().splitlines()
    print(f"{connections} connections, {len(lines)} lines, {len(set(lines))} of them different; none is missing")
