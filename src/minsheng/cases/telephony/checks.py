"""What `minsheng doctor` finds of telephony: whether the file of exchanges can be used."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import psycopg
from django.conf import settings

from minsheng.core.features.values import BAD, GOOD, Finding
from minsheng.gateways.switch import cti


def check(connection: psycopg.Connection, *, now: datetime) -> Iterator[Finding]:
    """Give what is wrong with the file that names exchanges; nothing where none is named."""
    if not settings.CTI_FILE:
        return
    try:
        known = cti.vendors(Path(settings.CTI_FILE))
    except cti.CtiMisconfigured as fault:
        yield Finding(BAD, "话单接口（MINSHENG_CTI_FILE）", f"{fault.args[0]}。请改正后重启。")
        return
    yield Finding(GOOD, f"话单接口：{'、'.join(each.name for each in known)}")
