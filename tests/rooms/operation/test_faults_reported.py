"""What of a fault leaves the house, as a real client of Sentry's protocol sends it: where it was, never about whom."""

from __future__ import annotations

import gzip
import json
import logging
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest
import sentry_sdk
from django.test import RequestFactory

from minsheng.app.operation import faults
from minsheng.gateways import tracing


class Tracker:
    """A tracker on loopback that keeps the bodies it is sent."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        kept = self.bodies

        class Taking(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                kept.append(gzip.decompress(body) if self.headers.get("Content-Encoding") == "gzip" else body)
                self.send_response(200)
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Taking)
        Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def dsn(self) -> str:
        return f"http://key@127.0.0.1:{self.server.server_port}/1"


@pytest.fixture
def tracker() -> Iterator[Tracker]:
    made = Tracker()
    faults.report_to(made.dsn, release="minsheng@test", environment="test")
    yield made
    sentry_sdk.get_client().close(timeout=2)
    sentry_sdk.init(dsn=None)
    made.server.shutdown()
    made.server.server_close()


def failing(phone: str) -> None:
    name = "张三丰"
    raise ValueError(f"{name}，电话 {phone}，身份证 11010519491231002X")


def test_report_has_place_and_request_and_nobody(tracker: Tracker) -> None:
    request = RequestFactory().get("/lookup?phone=13800138000", headers={"Cookie": "minsheng=secret-session"})
    with tracing.belonging_to("0198-request"):
        try:
            failing(request.GET["phone"])
        except ValueError:
            logging.getLogger("minsheng.test").exception("look-up of %s failed", request.GET["phone"])
    sentry_sdk.flush(timeout=10)

    (sent,) = tracker.bodies
    assert b"13800138000" not in sent
    assert b"11010519491231002X" not in sent
    assert b"secret-session" not in sent
    assert "张三丰".encode() not in sent
    event = json.loads(sent.split(b"\n")[2])
    assert event["release"] == "minsheng@test"
    assert event["tags"]["request"] == "0198-request"
    (fault,) = event["exception"]["values"]
    assert fault["type"] == "ValueError"
    assert fault["stacktrace"]["frames"][-1]["function"] == "failing"
    assert "vars" not in fault["stacktrace"]["frames"][-1]
    assert event["logentry"] == {"message": "look-up of %s failed"}


def test_nothing_is_sent_without_a_tracker() -> None:
    before = sentry_sdk.get_client()

    faults.report_to("", release="", environment="")

    assert sentry_sdk.get_client() is before
