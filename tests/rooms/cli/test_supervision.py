"""Pauses between starts, the lock of a folder, and orphans that are known by their mark."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from minsheng.app.cli import children, sentences
from minsheng.gateways import processes


def test_backoff_starts_at_once_and_then_waits_longer_and_longer() -> None:
    backoff = children.Backoff()

    for pause in (0.0, 0.5, 1.0, 2.0, 4.0, 8.0, 10.0, 10.0):
        backoff.started()
        before = time.monotonic()
        backoff.ended()

        assert before <= backoff.not_before - pause <= time.monotonic()


def test_backoff_forgets_failures_after_a_long_life() -> None:
    backoff = children.Backoff(failures=6)
    backoff.started_at = time.monotonic() - 60

    backoff.ended()

    assert backoff.over()


def test_second_supervisor_is_told_the_number_of_the_first(tmp_path: Path) -> None:
    with children.alone(tmp_path):
        with pytest.raises(children.SupervisionFault) as refused, children.alone(tmp_path):
            pass

        assert refused.value.code == "ALREADY_SERVING"
        assert refused.value.params["pid"] == os.getpid()
    with children.alone(tmp_path):
        pass


def test_orphans_of_this_folder_are_ended_and_strangers_are_not(tmp_path: Path) -> None:
    ours = _sleeper({children.MARK: str(tmp_path)})
    of_another_folder = _sleeper({children.MARK: str(tmp_path / "other")})
    stranger = _sleeper({})

    ended = children.end_orphans(tmp_path)

    assert ended == 1
    assert ours.wait(timeout=5) != 0
    assert of_another_folder.poll() is None
    assert stranger.poll() is None
    for process in (of_another_folder, stranger):
        process.kill()
        process.wait()


def test_orphan_that_does_not_go_stops_the_start_and_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(children, "_OBEYS_WITHIN", 0.0)
    monkeypatch.setattr(children, "_GONE_WITHIN", 0.0)
    monkeypatch.setattr(processes, "send", lambda *_: None)
    ours = _sleeper({children.MARK: str(tmp_path)})

    with pytest.raises(children.SupervisionFault) as refused:
        children.end_orphans(tmp_path)

    assert (refused.value.code, refused.value.params) == ("ORPHANS_REMAIN", {"pids": str(ours.pid)})
    assert str(ours.pid) in sentences.say(refused.value.code, refused.value.params)
    ours.kill()
    ours.wait()


def test_noted_process_is_not_mistaken_for_another_with_its_number(tmp_path: Path) -> None:
    own = processes.identify(os.getpid())
    assert own is not None
    path = tmp_path / "web.pid"

    processes.note(path, processes.Process(pid=own.pid, started=own.started - 1))

    assert processes.noted(path) is None
    processes.note(path, own)
    assert processes.noted(path) == own


def test_unreadable_note_names_nobody(tmp_path: Path) -> None:
    path = tmp_path / "web.pid"
    path.write_text("12")

    assert processes.noted(path) is None


def _sleeper(mark: dict[str, str]) -> subprocess.Popen[str]:
    environment = {key: value for key, value in os.environ.items() if key != children.MARK} | mark
    code = "print('here', flush=True); input()"
    started = subprocess.Popen(
        [sys.executable, "-c", code], env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert started.stdout is not None
    assert started.stdout.readline() == "here\n"
    return started
