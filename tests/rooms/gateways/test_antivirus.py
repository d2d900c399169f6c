"""The scanner's port: clamd's protocol against a daemon played by hand (tests/machines has the real one)."""

from __future__ import annotations

import io
import os
import shutil
import socket
import struct
import tempfile
import threading
from collections.abc import Iterator

import pytest

from minsheng.gateways import antivirus
from minsheng.gateways.antivirus import EICAR, Clamd, Clean, EicarOnly, Infected, ScannerAway, Unscanned


class Daemon:
    """Plays clamd on a socket: takes one stream in, up to its limit, and answers with what it was told to."""

    def __init__(self, listener: socket.socket, answer: bytes, *, limit: int = 1 << 30) -> None:
        self.received = b""
        self.command = b""
        self._listener, self._answer, self._limit = listener, answer, limit
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def join(self) -> None:
        self._thread.join(timeout=10)

    def _serve(self) -> None:
        connection, _ = self._listener.accept()
        with connection, connection.makefile("rb") as stream:
            self.command = stream.read(len(b"zINSTREAM\0"))
            while length := struct.unpack("!L", stream.read(4))[0]:
                self.received += stream.read(length)
                if len(self.received) > self._limit:
                    break
            connection.sendall(self._answer)


@pytest.fixture
def listener() -> Iterator[tuple[str, socket.socket]]:
    folder = tempfile.mkdtemp(prefix="ms-av-")
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as bound:
        bound.bind(f"{folder}/s")
        bound.listen()
        yield f"unix:{folder}/s", bound
    shutil.rmtree(folder)


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        (b"stream: OK\0", Clean("clamd")),
        (b"stream: Eicar-Test-Signature FOUND\0", Infected("Eicar-Test-Signature")),
        # Split where the daemon likes, and without the final zero when it hangs up first.
        (b"stream: Win.Trojan.A B FOUND", Infected("Win.Trojan.A B")),
    ],
)
def test_the_daemons_verdict_is_read(
    answer: bytes, verdict: antivirus.Verdict, listener: tuple[str, socket.socket]
) -> None:
    address, bound = listener
    daemon = Daemon(bound, answer)
    content = os.urandom(700_000)

    found = Clamd(address).scan(io.BytesIO(content))
    daemon.join()

    assert found == verdict
    assert daemon.command == b"zINSTREAM\0"
    assert daemon.received == content


def test_the_daemon_is_reached_over_tcp() -> None:
    with socket.create_server(("127.0.0.1", 0)) as bound:
        daemon = Daemon(bound, b"stream: OK\0")

        found = Clamd(f"tcp:127.0.0.1:{bound.getsockname()[1]}").scan(io.BytesIO(b"x"))
        daemon.join()

    assert found == Clean("clamd")


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (b"INSTREAM size limit exceeded. ERROR\0", "scanner_limit"),
        (b"stream: Can't allocate memory ERROR\0", "scanner_away"),
        (b"UNKNOWN COMMAND\0", "scanner_away"),
        (b"OK\0", "scanner_away"),
        (b"", "scanner_away"),
    ],
)
def test_whatever_is_no_verdict_is_not_taken_for_clean(
    answer: bytes, code: str, listener: tuple[str, socket.socket]
) -> None:
    address, bound = listener
    Daemon(bound, answer)

    with pytest.raises(ScannerAway) as refused:
        Clamd(address).scan(io.BytesIO(b"x" * 1000))

    assert refused.value.code == code


def test_a_daemon_that_hangs_up_in_the_middle_gives_no_verdict(listener: tuple[str, socket.socket]) -> None:
    address, bound = listener
    Daemon(bound, b"INSTREAM size limit exceeded. ERROR\0", limit=1000)

    with pytest.raises(ScannerAway) as refused:
        Clamd(address).scan(io.BytesIO(b"x" * 20_000_000))

    # Its words may be lost with the connection; that it is refused must not be.
    assert refused.value.code in ("scanner_limit", "scanner_away")


def test_a_daemon_that_is_silent_or_absent_gives_no_verdict(listener: tuple[str, socket.socket]) -> None:
    address, _ = listener

    for silent in (address, "unix:/nowhere/clamd", "tcp:127.0.0.1:1"):
        with pytest.raises(ScannerAway):
            Clamd(silent, wait_seconds=0.2).scan(io.BytesIO(b"x"))


@pytest.mark.parametrize("address", ["", "/run/clamd", "unix:", "tcp:host", "tcp::3310", "tcp:host:x"])
def test_an_address_of_another_kind_is_refused_at_once(address: str) -> None:
    with pytest.raises(ValueError, match="unix:"):
        Clamd(address)


def test_the_stand_in_knows_the_test_string_also_across_pieces() -> None:
    for before in (0, 256 * 1024 - 10, 256 * 1024 * 2 - 1):
        assert isinstance(EicarOnly().scan(io.BytesIO(b"x" * before + EICAR + b"y")), Infected)
    assert EicarOnly().scan(io.BytesIO(b"x" * 300_000)) == Clean("demonstration")


def test_the_settings_choose_the_scanner_and_none_lets_nothing_in() -> None:
    def chosen(address: str = "", *, off: bool = False, demonstration: bool = False) -> antivirus.Scanner:
        return antivirus.configured(address, switched_off=off, demonstration=demonstration)

    assert isinstance(chosen("unix:/run/clamd"), Clamd)
    assert isinstance(chosen("unix:/run/clamd", demonstration=True), Clamd)
    assert isinstance(chosen(demonstration=True), EicarOnly)
    assert chosen("unix:/run/clamd", off=True).scan(io.BytesIO(EICAR)) == Unscanned()
    with pytest.raises(ScannerAway) as refused:
        chosen().scan(io.BytesIO(b"x"))
    assert refused.value.code == "scanner_missing"
