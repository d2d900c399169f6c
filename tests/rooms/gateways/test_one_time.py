"""Codes by time as every application makes them: RFC 6238's own values, the window, and no code twice."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta

import pytest

from minsheng.gateways import one_time

RFC = base64.b32encode(b"12345678901234567890").decode()


@pytest.mark.parametrize(
    ("seconds", "code"),
    [(59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (2000000000, "279037")],
)
def test_codes_are_those_of_the_standard(seconds: int, code: str) -> None:
    moment = datetime.fromtimestamp(seconds, UTC)

    assert one_time.code_at(RFC, moment) == code
    assert one_time.step_of(RFC, code, at=moment, after=0) == seconds // 30


@pytest.mark.parametrize(("late", "taken"), [(-60, False), (-30, True), (0, True), (30, True), (60, False)])
def test_a_clock_may_be_one_step_off(late: int, taken: bool) -> None:
    at = datetime(2026, 9, 18, 8, 0, tzinfo=UTC)
    code = one_time.code_at(RFC, at + timedelta(seconds=late))

    assert (one_time.step_of(RFC, code, at=at, after=0) is not None) is taken


def test_a_used_step_is_over() -> None:
    at = datetime(2026, 9, 18, 8, 0, tzinfo=UTC)
    used = one_time.step_of(RFC, one_time.code_at(RFC, at), at=at, after=0)
    assert used is not None

    assert one_time.step_of(RFC, one_time.code_at(RFC, at), at=at, after=used) is None
    assert one_time.step_of(RFC, "十二三四五六", at=at, after=0) is None


def test_an_application_reads_account_and_issuer() -> None:
    secret = one_time.new_secret()

    read = one_time.address(secret, account="wang", issuer="宿迁12345")

    assert read.startswith("otpauth://totp/")
    assert f"secret={secret}" in read
    assert len(base64.b32decode(secret)) == 20
