"""No command ends in a traceback for something that a person can cause: it says what to do, and its status is not 0."""

from __future__ import annotations

import base64
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from minsheng.app.cli import sentences
from minsheng.gateways import database
from minsheng.gateways.postgres import server

pytestmark = pytest.mark.slow

NOWHERE = "postgresql://minsheng_app@127.0.0.1:1/minsheng"
KEYS = {
    "MINSHENG_SECRET_KEY": "s" * 50,
    "MINSHENG_VAULT_KEY": base64.b64encode(bytes(32)).decode(),
}
# Every command that opens the database, in the shortest form that is understood.
WITH_DATABASE = (
    "ledger verify", "ledger rebuild", "city list", "unit list --city x", "staff password x", "keys rotate",
    "client revoke x --city x", "import FILE --city x", "lake export", "lake xes --city x --out OUT",
    "sweep", "work", "demo", "migrate", "unit load FILE --city x", "staff add x --name x --city x --role seat",
)  # fmt: skip


@pytest.fixture(scope="module")
def empty() -> Iterator[str]:
    """Have a database without tables."""
    with tempfile.TemporaryDirectory(prefix="ms-mishap-") as folder:
        var = Path(folder)
        var.chmod(0o755)
        running = server.start(var)
        yield database.embedded(var).app
        running.stop()


def called(words: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Call a command with these settings; FILE is one that is there, OUT one that may be written."""
    (folder / "file.csv").write_text("name,text\nx,路灯不亮\n", encoding="utf-8")
    names = ("DATABASE_", "MINSHENG_", "DJANGO_")
    base = {name: value for name, value in os.environ.items() if not name.startswith(names)}
    given = {**base, **KEYS, "MINSHENG_VAR": str(folder / "var"), "MINSHENG_DEMO": "1", **environment}
    for_words = [
        {"FILE": str(folder / "file.csv"), "OUT": str(folder / "out")}.get(each, each) for each in words.split()
    ]
    return subprocess.run(
        [sys.executable, "-m", "minsheng.app.cli.main", *for_words],
        env=given, capture_output=True, text=True, check=False, timeout=100, stdin=subprocess.DEVNULL, cwd=folder,
    )  # fmt: skip


def is_said(done: subprocess.CompletedProcess[str]) -> None:
    """Expect a sentence and a status that is not 0."""
    said = done.stdout + done.stderr
    assert "Traceback" not in said, said
    assert done.returncode in (1, 2), said
    assert any("\u4e00" <= each <= "\u9fff" for each in said), said


@pytest.mark.parametrize("words", WITH_DATABASE)
def test_a_database_that_is_away_is_said(tmp_path: Path, words: str) -> None:
    done = called(words, tmp_path, DATABASE_URL=NOWHERE)

    is_said(done)
    assert "连不上" in done.stdout + done.stderr


@pytest.mark.parametrize("words", [each for each in WITH_DATABASE if each not in ("migrate", "sweep", "work")])
def test_a_database_without_tables_is_said(tmp_path: Path, words: str, empty: str) -> None:
    is_said(called(words, tmp_path, DATABASE_URL=empty))


@pytest.mark.parametrize(
    ("words", "environment"),
    [
        ("serve", {"MINSHENG_PORT": "abc"}),
        ("doctor", {"MINSHENG_PORT": "abc"}),
        ("serve", {"MINSHENG_LIVE_PORT": "abc"}),
        ("city list", {"DATABASE_URL": "no address"}),
        ("city list", {"DATABASE_URL": NOWHERE, "MINSHENG_UPLOAD_FILE_MB": "abc"}),
        ("city list", {"DATABASE_URL": NOWHERE, "MINSHENG_VAULT_KEY": "short"}),
        ("city list", {"MINSHENG_VAR": "/proc/nothing"}),
        ("migrate", {"MINSHENG_VAR": "/proc/nothing"}),
        ("lake verify --lake /proc/nothing", {}),
        ("lake verify --lake FILE", {}),
        ("report annual --year 2023 --lake /nowhere", {}),
        ("report annual --year 2023 --lake FILE", {}),
        ("report annual --year 99999 --lake /nowhere", {}),
        ("simulate --pack suzhou --year 2023 --scale 0.001 --lake /proc/nothing", {}),
        ("simulate --pack nothing --year 2023", {}),
        ("calendar show 99999", {}),
        ("calendar check /nowhere", {}),
        ("calendar load FILE", {}),
        ("calendar check FILE", {}),
        ("pack check /nowhere", {}),
        ("pack check FILE", {}),
        ("pack show nothing", {}),
        ("pack diff suzhou nothing", {}),
        ("rehearse /nowhere", {}),
        ("rehearse FILE", {}),
        ("clauses --root /nowhere", {}),
        ("database -- pg_dump", {}),
    ],
)
def test_what_was_mistyped_or_is_not_there_is_said(tmp_path: Path, words: str, environment: dict[str, str]) -> None:
    is_said(called(words, tmp_path, **environment))


SETTINGS = {
    "MINSHENG_VAULT_KEY": "zz",
    "MINSHENG_VAULT_OLD_KEYS": "zz",
    "MINSHENG_VAULT_CIPHER": "rot13",
    "MINSHENG_PATIENCE": "soon",
    "MINSHENG_PORT": "99999999999999999999",
    "MINSHENG_LIVE_PORT": "-1",
    "MINSHENG_UPLOAD_FILE_MB": "99999999999999999999",
    "MINSHENG_UPLOAD_VIDEO_MB": "1.5",
    "MINSHENG_UPLOAD_ORDER_FILES": "-1",
    "MINSHENG_UPLOAD_ORDER_MB": "viel",
    "MINSHENG_LOG": "LOUD",
}


@pytest.mark.parametrize("name", SETTINGS)
@pytest.mark.parametrize("words", ["city list", "doctor", "work"])
def test_a_malformed_setting_is_said_by_its_name(tmp_path: Path, empty: str, words: str, name: str) -> None:
    done = called(words, tmp_path, DATABASE_URL=empty, **{name: SETTINGS[name]})

    is_said(done)
    assert name in done.stdout + done.stderr or (words, name) == ("doctor", "MINSHENG_PORT")


@pytest.mark.parametrize("name", ["LAKE_MEMORY", "LAKE_THREADS"])
def test_a_malformed_setting_of_the_lake_is_said(tmp_path: Path, name: str) -> None:
    simulated = called("simulate --pack suzhou --year 2023 --scale 0.0005 --lake OUT", tmp_path)
    assert simulated.returncode == 0, simulated.stderr

    is_said(called("report annual --year 2023 --lake OUT", tmp_path, **{name: "many"}))


def test_a_password_that_nobody_types_is_said(tmp_path: Path, empty: str) -> None:
    is_said(called("staff add x --name x --city x --role seat --ask-password", tmp_path, DATABASE_URL=empty))


def test_every_mishap_has_a_sentence() -> None:
    codes = {"DATABASE_AWAY", "DATABASE_FORBIDS", "DATABASE_URL_MALFORMED", "NOT_MIGRATED", "NOTHING_TYPED", "NOT_UTF8"}

    assert codes | {"FILE_REFUSED", "SETTING_MALFORMED"} <= sentences.known()


def test_words_of_another_encoding_are_refused_before_anything_is_done(tmp_path: Path) -> None:
    call = [sys.executable.encode(), b"-m", b"minsheng.app.cli.main", b"unit", b"list", b"--city", b"\xff"]

    done = subprocess.run(call, capture_output=True, check=False, cwd=tmp_path)

    assert done.returncode == 2
    assert "不是 UTF-8 编码" in done.stderr.decode()
    assert b"Traceback" not in done.stderr


def test_folder_without_stories_is_no_story_that_held(tmp_path: Path) -> None:
    call = [sys.executable, "-m", "minsheng.app.cli.main", "rehearse", str(tmp_path)]

    done = subprocess.run(call, capture_output=True, text=True, check=False)

    assert done.returncode != 0
    assert "没有找到剧本" in done.stderr
