"""The gate before the platform, the site of `minsheng install` in a real nginx: who stops halfway holds up nobody."""

from __future__ import annotations

import http.client
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest
from tests.program_ground import Program, program
from tests.run_ground import free_port

from minsheng.app.cli import install
from minsheng.gateways import processes

CONFIGURATION = Path(install.__file__).parent / "templates" / "nginx.conf"
# More than the web's threads; a form whose token wants to be read.
IDLE = 24
COOKIE = f"__Host-minsheng_csrf={'a' * 32}"
HALF = (
    "POST /preferences HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Forwarded-Proto: https\r\nOrigin: https://127.0.0.1\r\n"
    f"Cookie: {COOKIE}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 1000\r\n\r\na="
)


@pytest.fixture(scope="module")
def running() -> Iterator[Program]:
    with pytest.MonkeyPatch.context() as patched, program() as started:
        patched.setenv("MINSHENG_BEHIND_PROXY", "1")
        started.start()
        yield started


@pytest.fixture(scope="module")
def gate(running: Program, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """Return the port of an nginx with our configuration; only addresses, names and TLS are the test's own."""
    nginx = shutil.which("nginx")
    if nginx is None:
        pytest.fail("这项测试需要：apt-get install nginx-light")
    folder, port = tmp_path_factory.mktemp("gate"), free_port()
    server = CONFIGURATION.read_text(encoding="utf-8")
    for ours, here in (
        ("listen 443 ssl http2;", f"listen 127.0.0.1:{port};"),
        ("127.0.0.1:8000", f"127.0.0.1:{running.port}"),
        ("127.0.0.1:8001", f"127.0.0.1:{running.live_port}"),
        ("X-Forwarded-Proto $scheme", "X-Forwarded-Proto https"),
        ("client_body_timeout 15s", "client_body_timeout 3s"),
    ):
        assert ours in server
        server = server.replace(ours, here)
    server = "\n".join(line for line in server.splitlines() if "ssl_certificate" not in line)
    places = "".join(
        f"{name}_temp_path {folder}/{name};" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    whole = folder / "nginx.conf"
    whole.write_text(
        f"daemon off; pid {folder}/pid; error_log {folder}/error.log;"
        f"events {{ worker_connections 512; }} http {{ access_log off; {places}\n{server}\n}}",
        encoding="utf-8",
    )
    with subprocess.Popen([nginx, "-c", whole, "-e", folder / "error.log"], stderr=subprocess.DEVNULL) as process:
        assert processes.wait_until(lambda: answers(port), seconds=30), (folder / "error.log").read_text()
        yield port
        process.terminate()


def answers(port: int, *, within: float = 3.0) -> bool:
    """Tell whether a page comes soon."""
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=within)) as connection:
        try:
            connection.request("GET", "/portal/", headers={"X-Forwarded-Proto": "https"})
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False


def stopped_halfway(held: ExitStack, port: int) -> list[socket.socket]:
    """Return connections that have sent half a form and say nothing more."""
    found = [held.enter_context(socket.create_connection(("127.0.0.1", port), timeout=30)) for _ in range(IDLE)]
    for each in found:
        each.sendall(HALF.encode())
    return found


def test_whoever_stops_halfway_holds_up_nobody_and_is_let_go(running: Program, gate: int) -> None:
    assert answers(running.port)
    with ExitStack() as held:
        stopped_halfway(held, running.port)
        # So it would be without the gate: every thread waits for a body.
        assert processes.wait_until(lambda: not answers(running.port), seconds=10)
    assert processes.wait_until(lambda: answers(running.port), seconds=30)

    with ExitStack() as held:
        idle = stopped_halfway(held, gate)

        assert all(answers(gate) for _ in range(5))
        assert answers(running.port)
        # 408, or the end without a word.
        assert all(each.recv(1_000)[:12] in (b"", b"HTTP/1.1 408") for each in idle)
    assert running.ready()


def test_what_is_too_large_gets_the_platforms_own_page(gate: int) -> None:
    with closing(http.client.HTTPConnection("127.0.0.1", gate, timeout=10)) as connection:
        connection.putrequest("POST", "/portal/jiangyin/file/files")
        connection.putheader("Content-Length", str(2 << 30))
        connection.putheader("Content-Type", "multipart/form-data; boundary=x")
        connection.endheaders()
        answer = connection.getresponse()

        assert answer.status == 413
        assert "没有收下任何内容" in answer.read().decode()


def test_while_the_platform_is_away_citizens_are_told_whom_to_ring(gate: int, running: Program) -> None:
    running.stop()

    with closing(http.client.HTTPConnection("127.0.0.1", gate, timeout=10)) as connection:
        connection.request("GET", "/portal/")
        answer = connection.getresponse()

        assert answer.status == 503
        assert answer.headers["Retry-After"] == "30"
        assert "着急的请拨打 12345" in answer.read().decode()
