"""The keys of a fresh machine."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from minsheng.gateways import secrets_file
from minsheng.gateways.secrets_file import SECRET_KEY, VAULT_KEY


def test_first_start_makes_both_keys_for_the_owner_alone(tmp_path: Path) -> None:
    environment: dict[str, str] = {}

    made = secrets_file.load_or_make(tmp_path / "var", environment)

    path = secrets_file.path_in(tmp_path / "var")
    assert made
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert secrets_file.vault_key_fits(environment[VAULT_KEY])
    assert len(environment[SECRET_KEY]) >= 50


def test_second_start_reads_the_same_keys(tmp_path: Path) -> None:
    first: dict[str, str] = {}
    second: dict[str, str] = {}
    secrets_file.load_or_make(tmp_path, first)

    made = secrets_file.load_or_make(tmp_path, second)

    assert not made
    assert first == second


def test_keys_of_the_environment_win_and_are_not_written(tmp_path: Path) -> None:
    environment = {SECRET_KEY: "from outside", VAULT_KEY: "also"}

    made = secrets_file.load_or_make(tmp_path, environment)

    assert not made
    assert environment == {SECRET_KEY: "from outside", VAULT_KEY: "also"}
    assert not secrets_file.path_in(tmp_path).exists()


def test_missing_key_is_added_beside_the_other(tmp_path: Path) -> None:
    secrets_file.load_or_make(tmp_path, {SECRET_KEY: "from outside"})
    environment: dict[str, str] = {}

    made = secrets_file.load_or_make(tmp_path, environment)

    text = secrets_file.path_in(tmp_path).read_text()
    assert made
    assert "from outside" not in text
    assert text.count(VAULT_KEY + "=") == 1
    assert text.count(SECRET_KEY + "=") == 1
    assert text.count("#") == 1


def test_file_that_others_may_read_is_refused(tmp_path: Path) -> None:
    secrets_file.load_or_make(tmp_path, {})
    secrets_file.path_in(tmp_path).chmod(0o640)

    with pytest.raises(secrets_file.SecretsFault) as fault:
        secrets_file.load_or_make(tmp_path, {})

    assert fault.value.code == "SECRETS_UNREADABLE"
