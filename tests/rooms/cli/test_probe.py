"""The probe against a real server: looks are kept, outages told, and put on record once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from tests import town_ground as towns

from minsheng.app.cli import main
from minsheng.cases.registers import probed
from minsheng.cases.registers.models import Incident
from minsheng.domain import availability
from minsheng.gateways import probing

STATES: list[int] = []


class Platform(BaseHTTPRequestHandler):
    """Answers with the next of the states."""

    def do_GET(self) -> None:
        self.send_response(STATES.pop(0) if STATES else 200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def platform() -> Iterator[str]:
    STATES.clear()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Platform)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    thread.join()
    server.server_close()


def test_watching_keeps_each_look_and_tells_of_misses(
    platform: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    STATES.extend([200, 503, 500, 302])
    file = tmp_path / "looks.jsonl"

    watched = main.main(["probe", "watch", platform, "--out", str(file), "--every", "1", "--times", "3"])
    assert watched == 0
    assert [(each.is_up, each.fault) for each in probing.read(file)] == [(True, ""), (False, "503"), (False, "500")]
    assert "没有应答：503" in capsys.readouterr().out
    assert main.main(["probe", "report", str(file), "--every", "1"]) == 1
    assert "尚未恢复，2 次没有应答" in capsys.readouterr().out


def test_address_that_nobody_serves_is_a_miss(tmp_path: Path) -> None:
    file = tmp_path / "looks.jsonl"

    assert main.main(["probe", "watch", "http://127.0.0.1:9/", "--out", str(file), "--times", "1"]) == 0
    assert [each.fault for each in probing.read(file)] == ["ConnectError"]


@pytest.mark.parametrize("line", ["{", '{"at": "2026-01-01T00:00:00", "up": true}', "[]", '{"up": true}'])
def test_line_that_is_no_look_is_told_by_its_number(
    line: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "looks.jsonl"
    file.write_text(f"\n{line}\n", encoding="utf-8")

    assert main.main(["probe", "report", str(file)]) == 1
    assert "第 2 行不是探测记录" in capsys.readouterr().err


def test_file_that_is_not_there_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main.main(["probe", "report", str(tmp_path / "none")]) == 1
    assert "打不开文件" in capsys.readouterr().err


@pytest.mark.parametrize("words", [["--every", "0"], ["--since", "2026-01-01"], ["--until", "今天"]])
def test_odd_interval_and_moments_are_refused(words: list[str], tmp_path: Path) -> None:
    with pytest.raises(SystemExit):
        main.main(["probe", "report", str(tmp_path / "none"), *words])


@pytest.mark.clause("AR-2.6.3")
def test_outage_becomes_an_incident_once(db: None, test_clock: Callable[[datetime], None], tmp_path: Path) -> None:
    town = towns.build("suzhou", test_clock, pack="suzhou")
    file = tmp_path / "looks.jsonl"
    for minute, up in enumerate((True, False, False, False, True, False, False)):
        at = town.now.replace(hour=9, minute=minute, second=0)
        probing.keep(file, availability.Look(at, up, 12, "" if up else "503"))
    over = [each for each in availability.outages(list(probing.read(file))) if each.ended is not None]

    for new in (1, 0):
        assert probed.record("suzhou", over, level="city", severity="2", now=town.now) == new
    found = Incident.objects.get()
    assert (found.status, found.down_minutes, found.kind) == ("ENDED", 3, "city")
    assert town.desk("office").get("/things/incident/").content.decode().count(found.number) >= 1
