"""Lines of syslog: as RFC 5424 has them, and read back whatever a collector writes around them."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from minsheng.gateways.syslog import NOTICE, Entry, Sink, line, read

AT = datetime.fromisoformat("2026-11-30T09:15:00.123456+08:00")


def test_line_has_facility_moment_host_kind_and_fields() -> None:
    entry = Entry(AT, NOTICE, "fact", "Registered", {"position": "7", "stream": "order/1", "person": "staff:1"})

    assert line(entry, host="热线 host") == (
        b"<109>1 2026-11-30T09:15:00.123456+08:00 ---host minsheng - Registered "
        b'[fact@32473 position="7" stream="order/1" person="staff:1"]'
    )


def test_values_are_read_back_whatever_is_in_them() -> None:
    fields = {"stream": 'a"b]c\\d', "city": "江阴", "empty": ""}
    kept = f"Nov 30 09:15:00 host {line(Entry(AT, NOTICE, 'fact', 'X', fields), host='h').decode()} #012"

    assert list(read(kept)) == [("fact", fields)]
    assert list(read('Nov 30 sshd[1]: [fact@99 position="1"] [fact]')) == []


@pytest.mark.parametrize("url", ["", "udp://host", "host:6514", "tls://"])
def test_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="MINSHENG_AUDIT_SYSLOG"):
        Sink(url).connect()


def test_collector_with_a_strange_certificate_is_told_nothing(tmp_path: Path) -> None:
    with pytest.raises(OSError, match=r"refused|No such file"):
        Sink("tls://127.0.0.1:1", tmp_path / "none.pem").connect()
