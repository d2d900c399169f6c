"""A log line bears its request, is text or JSON, and holds nothing of what libraries put beside their words."""

from __future__ import annotations

import json
import logging
import sys

import pytest

from minsheng.app.operation.logs import Lines
from minsheng.gateways import tracing


def line(style: str, message: str, *args: object, fault: bool = False, **beside: object) -> str:
    record = logging.getLogger("minsheng.test").makeRecord(
        "minsheng.test", logging.ERROR, __file__, 1, message, args, sys.exc_info() if fault else None, extra=beside
    )
    return Lines(style).format(record)


def test_json_line_has_words_request_and_what_the_program_says_beside() -> None:
    with tracing.belonging_to("0198-request"):
        said = json.loads(line("json", "a job failed: %s", "13800138000", job="messages", asked="GET /?q=张三"))

    assert said["event"] == "a job failed: ***"
    assert said["request"] == "0198-request"
    assert said["job"] == "messages"
    assert said["level"] == "error"
    assert said["logger"] == "minsheng.test"
    assert "张三" not in str(said)


def test_text_line_is_one_line_whatever_its_words() -> None:
    written = line("line", "said\nFAKE 2026 ERROR %s", "\r\nx", stream="order/1")

    assert "\n" not in written
    assert "\r" not in written
    assert written.endswith("stream=order/1")
    assert " ERROR minsheng.test said\\nFAKE" in written


@pytest.mark.parametrize("style", ["line", "json"])
def test_traceback_is_there_and_masked(style: str) -> None:
    try:
        raise ValueError("11010519491231002X")
    except ValueError:
        written = line(style, "broke", fault=True)

    assert "ValueError: ***" in written


def test_several_requests_are_named_and_none_outside() -> None:
    with tracing.belonging_to("b", "a", "", "a"):
        assert tracing.current() == "a b"

    assert tracing.current() == ""
    assert "request" not in line("json", "words")
