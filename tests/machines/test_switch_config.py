"""What `minsheng switch config` writes is what a real Asterisk runs with; `minsheng doctor` says how it stands."""

from __future__ import annotations

import asyncio
import csv
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from django.conf import LazySettings
from procrastinate.contrib.django.utils import connector_params
from tests import certificates_ground
from tests.asterisk_ground import Asterisk
from tests.run_ground import free_ports, free_row
from tests.sip_ground import Phone

from minsheng.app.cli import main, switch
from minsheng.cases.telephony import checks
from minsheng.core.features.values import BAD, GOOD, HINT, Finding
from minsheng.core.policies import actions as policies
from minsheng.domain.actors import SYSTEM
from minsheng.gateways import clock
from minsheng.gateways.switch import asterisk as configuration


@contextmanager
def _open() -> Iterator[None]:
    yield


def found() -> list[Finding]:
    with psycopg.connect(**connector_params()) as connection:
        return list(checks.check(connection, now=clock.now()))


@pytest.mark.django_db
def test_asterisk_runs_with_the_written_configuration_and_doctor_asks_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: LazySettings
) -> None:
    monkeypatch.setattr(switch.installation, "opened", _open)
    policies.open_city("suqian", name="宿迁", pack="suqian", actor=SYSTEM, now=clock.now() - timedelta(days=400))
    files = certificates_ground.certified(tmp_path)
    sip, secure, control, carrier = free_ports(4)
    first, last = free_row()
    words = (
        "config", "--kind", "asterisk", "--city", "suqian", "--out", f"{tmp_path}/etc", "--run-in", f"{tmp_path}/run",
        "--trunk", f"telecom=127.0.0.1:{carrier},127.0.0.1", "--encrypted", "--phone", "desk-1", "--listen",
        "127.0.0.1", "--sip", str(sip), "--secure", str(secure), "--control", str(control), "--media", str(first),
        str(last), "--certificate", str(files.certificate), "--key", str(files.key), "--prompts", f"{tmp_path}/prompts",
        "--recordings", f"{tmp_path}/recordings",
    )  # fmt: skip
    assert main.main(["switch", *words]) == 0
    with (tmp_path / "etc" / "phones.csv").open(encoding="utf-8") as file:
        passwords = dict(csv.reader(file))
    settings.SWITCH_FILE = str(tmp_path / "etc" / "platform.toml")
    monkeypatch.setenv("MINSHENG_SWITCH_PASSWORD", passwords["platform"])
    assert [(each.level, "没有应答" in each.advice) for each in found()] == [(BAD, True)]

    asterisk = Asterisk.of(tmp_path).starts()
    try:
        wrong = [each for each in asterisk.said().splitlines() if "ERROR" in each]
        # Asterisk 16 has not the module that newer ones need.
        assert [each for each in wrong if not any(name in each for name in configuration.NEWER)] == []
        runs = {line.split(".so")[0] for line in asterisk.tells("module show").splitlines() if " Running " in line}
        assert set(configuration.MODULES) <= runs
        assert [(each.level, "minsheng calls" in each.advice) for each in found()] == [(HINT, True)]
        asyncio.run(registered(sip, passwords["desk-1"]))
        with psycopg.connect(**connector_params(), autocommit=True) as holder:
            holder.execute("SELECT pg_advisory_lock(hashtextextended('minsheng telephony suqian', 0))")
            assert [(each.level, "1/1" in each.what) for each in found()] == [(GOOD, True)]
        monkeypatch.setenv("MINSHENG_SWITCH_PASSWORD", "another-password")
        assert [(each.level, "口令" in each.advice) for each in found()] == [(BAD, True)]
        monkeypatch.setenv("MINSHENG_SWITCH_PASSWORD", "short")
        assert [each.level for each in found()] == [BAD]
    finally:
        asterisk.dies()


async def registered(sip: int, password: str) -> None:
    """Register a phone with the password that was written."""
    phone = await Phone("desk-1", ("127.0.0.1", sip), password=password).opened()
    await phone.registers()
    phone.close()
