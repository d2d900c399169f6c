"""The keys of a fresh machine, kept in `var/secrets.env`, so that the first start needs no preparation.

Production passes `MINSHENG_SECRET_KEY` and `MINSHENG_VAULT_KEY` by the environment, from wherever its secrets live, and
backs the vault's key up apart from the database: without it nobody can read the encrypted identities. What the
environment names is never written to the file.
"""

from __future__ import annotations

import base64
import hashlib
import os
import secrets
import stat
from collections.abc import Mapping, MutableMapping
from pathlib import Path

SECRET_KEY = "MINSHENG_SECRET_KEY"  # noqa: S105 - the variable's name
VAULT_KEY = "MINSHENG_VAULT_KEY"
NAMES = (SECRET_KEY, VAULT_KEY)
# Those before the current one, separated by commas.
OLD_KEYS = "MINSHENG_VAULT_OLD_KEYS"
VAULT_BYTES = 32

_HEADING = "# Made at the first start. Keep a copy apart from the database. Production passes these by environment.\n"


class SecretsFault(Exception):
    """The file of keys cannot be used."""

    def __init__(self, code: str, **params: object) -> None:
        super().__init__(code)
        self.code = code
        self.params: Mapping[str, object] = params


def path_in(var: Path) -> Path:
    """Return where the keys of this `var` are kept."""
    return var / "secrets.env"


def load_or_make(var: Path, environment: MutableMapping[str, str]) -> bool:
    """Complete the environment from the file; make the keys that neither has. Return whether a key was made.

    Raises: SecretsFault SECRETS_UNREADABLE when the file cannot be read or others may read it.
    """
    load(var, environment)
    absent = missing(environment)
    if not absent:
        return False
    made = {name: _make(name) for name in absent}
    var.mkdir(parents=True, exist_ok=True)
    _append(path_in(var), made)
    environment.update(made)
    return True


def load(var: Path, environment: MutableMapping[str, str]) -> None:
    """Complete the environment from the file, if there is one.

    Raises: SecretsFault SECRETS_UNREADABLE.
    """
    path = path_in(var)
    if not path.exists() or all(environment.get(name) for name in NAMES):
        return
    try:
        if stat.S_IMODE(path.stat().st_mode) & 0o077:
            raise SecretsFault("SECRETS_UNREADABLE", path=str(path), why="其他用户也能读取")
        lines = path.read_text(encoding="ascii").splitlines()
    except (OSError, UnicodeDecodeError) as fault:
        raise SecretsFault(
            "SECRETS_UNREADABLE", path=str(path), why=getattr(fault, "strerror", None) or "内容损坏"
        ) from fault
    for line in lines:
        name, equals, value = line.strip().partition("=")
        if equals and name in NAMES and not environment.get(name):
            environment[name] = value


def missing(environment: Mapping[str, str]) -> list[str]:
    """Return the names of the keys that an environment does not have."""
    return [name for name in NAMES if not environment.get(name)]


def fingerprint(vault_key: str) -> str:
    """Return what tells a vault's key from every other and nothing about it: the database keeps that.

    Raises: ValueError for what is no base64.
    """
    return hashlib.sha256(b"minsheng vault fingerprint" + base64.b64decode(vault_key, validate=True)).hexdigest()


def vault_key_fits(value: str) -> bool:
    """Tell whether the text is base64 of exactly 32 bytes."""
    try:
        return len(base64.b64decode(value, validate=True)) == VAULT_BYTES
    except ValueError:
        return False


def malformed(environment: Mapping[str, str]) -> list[str]:
    """Return the names of the settings in which a key of the vault has the wrong shape; none is no wrong shape."""
    given = {name: [each for each in environment.get(name, "").split(",") if each] for name in (VAULT_KEY, OLD_KEYS)}
    return [name for name, keys in given.items() if not all(map(vault_key_fits, keys))]


def _make(name: str) -> str:
    if name == VAULT_KEY:
        return base64.b64encode(secrets.token_bytes(VAULT_BYTES)).decode("ascii")
    return secrets.token_urlsafe(48)


def _append(path: Path, made: Mapping[str, str]) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        os.fchmod(file.fileno(), 0o600)
        if os.fstat(descriptor).st_size == 0:
            file.write(_HEADING)
        file.writelines(f"{name}={value}\n" for name, value in made.items())
        file.flush()
        os.fsync(file.fileno())
