"""Keys that are not the database's: nothing starts, nothing is made, the sentence says what to do. Clauses: JY-8d."""

from __future__ import annotations

import base64
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from tests import cluster_ground
from tests.run_ground import free_port

from minsheng.gateways import database, secrets_file
from minsheng.gateways.postgres import server

pytestmark = pytest.mark.slow

OLD, NEW = (base64.b64encode(bytes(range(first, first + 32))).decode() for first in (0, 1))
SECRET = "s" * 50


@pytest.fixture(scope="module")
def urls() -> Iterator[database.Urls]:
    """Have a database of its own, made by its first `migrate` under the old key."""
    with tempfile.TemporaryDirectory(prefix="ms-keys-") as folder:
        var = Path(folder)
        var.chmod(0o755)
        cluster_ground.lay_out(var)
        running = server.start(var)
        found = database.embedded(var)
        made = command(var, found, "migrate", "--quiet", key=OLD)
        assert made.returncode == 0, made.stderr
        yield found
        running.stop()


def command(
    var: Path,
    urls: database.Urls,
    *words: str,
    key: str = "",
    old: str = "",
    secret: str = SECRET,
    run: tuple[str, ...] = ("-m", "minsheng.app.cli.main"),
) -> subprocess.CompletedProcess[str]:
    """Run a command with these keys in a folder, on that database."""
    names = ("DATABASE_", "MINSHENG_", "DJANGO_")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(names)}
    environment |= {"MINSHENG_VAR": str(var), "MINSHENG_VAULT_OLD_KEYS": old, "MINSHENG_PORT": str(free_port())}
    urls.put_into(environment)
    given = {secrets_file.VAULT_KEY: key, secrets_file.SECRET_KEY: secret}
    environment |= {name: value for name, value in given.items() if value}
    call = [sys.executable, *run, *words]
    return subprocess.run(call, env=environment, capture_output=True, text=True, check=False, timeout=120)


def keys_of(urls: database.Urls) -> list[tuple[str, bool]]:
    """Return the fingerprints that the database has, and whether each is still in use."""
    with psycopg.connect(urls.owner) as connection:
        rows = connection.execute("select fingerprint, retired_at is null from people_vaultkey order by first_seen")
        return rows.fetchall()


@pytest.mark.parametrize("words", [("serve",), ("work",), ("sweep",), ("city", "list"), ("migrate",)])
def test_no_program_makes_keys_for_a_filled_database(
    tmp_path: Path, urls: database.Urls, words: tuple[str, ...]
) -> None:
    done = command(tmp_path / "fresh", urls, *words, secret="")

    assert done.returncode == 1, done.stdout
    assert "没有找到密钥 MINSHENG_SECRET_KEY、MINSHENG_VAULT_KEY" in done.stderr
    assert f"请从备份恢复 {tmp_path / 'fresh' / 'secrets.env'}" in done.stderr
    assert not (tmp_path / "fresh" / "secrets.env").exists()


@pytest.mark.parametrize("words", [("serve",), ("work",), ("keys", "rotate"), ("migrate", "--quiet")])
def test_a_program_with_other_keys_does_not_start(tmp_path: Path, urls: database.Urls, words: tuple[str, ...]) -> None:
    before = keys_of(urls)

    done = command(tmp_path, urls, *words, key=NEW)

    assert done.returncode == 1, done.stdout
    assert "密钥与数据库不符" in done.stderr
    assert "MINSHENG_VAULT_OLD_KEYS" in done.stderr
    assert "Traceback" not in done.stderr
    assert OLD not in done.stderr
    assert keys_of(urls) == before


def test_the_web_alone_refuses_other_keys_too(tmp_path: Path, urls: database.Urls) -> None:
    script = (
        "import sys; from minsheng.app.site.wsgi import application\n"
        "asked = {'REQUEST_METHOD': 'GET', 'PATH_INFO': '/livez', 'SERVER_NAME': 'localhost', 'SERVER_PORT': '80'}\n"
        "asked |= {'wsgi.input': sys.stdin.buffer, 'wsgi.url_scheme': 'http'}\n"
        "sys.exit(b'ok' in b''.join(application(asked, lambda *given: None)))"
    )
    environment = {**os.environ, secrets_file.VAULT_KEY: NEW, secrets_file.SECRET_KEY: SECRET, "MINSHENG_DEMO": "1"}
    environment |= {"MINSHENG_VAR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "minsheng.app.site.settings"}
    urls.put_into(environment)

    refused = subprocess.run(
        [sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=False
    )
    environment[secrets_file.VAULT_KEY] = OLD
    served = subprocess.run(
        [sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=False
    )

    assert "KEYS_DO_NOT_FIT" in refused.stderr
    assert served.returncode == 1, served.stderr


def test_doctor_says_whether_the_keys_fit(tmp_path: Path, urls: database.Urls) -> None:
    fitting = command(tmp_path, urls, "doctor", key=OLD).stdout
    other = command(tmp_path, urls, "doctor", key=NEW).stdout

    assert "✓ 密钥与数据库相符" in fitting
    assert "✗ 密钥与数据库不符" in other
    assert "✗ 密钥与数据库不符" in command(tmp_path, urls, "doctor").stdout


def test_doctor_opens_sealed_cells_with_the_keys_of_the_first_start(tmp_path: Path, urls: database.Urls) -> None:
    """No key stands in the environment: a default installation has them in its file."""
    (tmp_path / "secrets.env").write_text(
        f"{secrets_file.SECRET_KEY}={SECRET}\n{secrets_file.VAULT_KEY}={OLD}\n", encoding="utf-8"
    )
    (tmp_path / "secrets.env").chmod(0o600)
    assert (
        command(tmp_path, urls, "city", "open", "doctors", "--name", "甲市", "--pack", "jiangyin", secret="").returncode
        == 0
    )
    keep = (
        "from minsheng.app.cli import installation\n"
        "with installation.opened():\n"
        "    from minsheng.core.people import appellants\n"
        "    from minsheng.gateways import clock\n"
        "    appellants.keep_appellant(\n"
        "        city='doctors', kind='citizen', name='陆晓禾', phone='13000000001', now=clock.now())\n"
    )
    kept = command(tmp_path, urls, secret="", run=("-c", keep))
    assert kept.returncode == 0, kept.stderr

    done = command(tmp_path, urls, "doctor", secret="")

    assert "Traceback" not in done.stderr
    assert "✓ 个人信息都能解开" in done.stdout, done.stdout


def test_a_key_is_changed_step_by_step(tmp_path: Path, urls: database.Urls) -> None:
    first, second = secrets_file.fingerprint(OLD), secrets_file.fingerprint(NEW)

    begun = command(tmp_path, urls, "keys", "rotate", key=NEW, old=OLD)
    too_soon = command(tmp_path, urls, "keys", "rotate", key=NEW)
    both = keys_of(urls)
    with psycopg.connect(urls.owner) as connection:
        connection.execute("update people_vaultkey set first_seen = first_seen - interval '73 hours'")
    ended = command(tmp_path, urls, "keys", "rotate", key=NEW, old=OLD)
    alone = command(tmp_path, urls, "keys", "rotate", key=NEW)
    back = command(tmp_path, urls, "keys", "rotate", key=OLD)

    assert (begun.returncode, too_soon.returncode) == (0, 1), begun.stderr
    assert both == [(first, True), (second, True)]
    assert "已不再使用，可以从 MINSHENG_VAULT_OLD_KEYS 中删去" in ended.stdout
    assert keys_of(urls) == [(first, False), (second, True)]
    assert alone.returncode == 0, alone.stderr
    assert back.returncode == 1
