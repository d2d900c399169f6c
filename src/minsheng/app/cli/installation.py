"""What a command of the line needs before it can touch the data: keys, a database, Django.

Used by every command but `rehearse` and `pack`:

    with installation.opened():
        from minsheng.core.ledger import actions
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg

from minsheng.core.features.tables import is_there
from minsheng.gateways import database, secrets_file
from minsheng.gateways.secrets_file import SecretsFault


@contextmanager
def opened(*, creates: bool = False) -> Iterator[database.Urls]:
    """Load the keys, have the database for the while (an embedded one is started when none runs), set Django up.

    `creates`: an embedded database is made where there is none. Import what needs Django inside.
    Raises: DatabaseFault, SecretsFault.
    """
    with database.ready(creates=creates) as urls:
        have_keys(urls)
        set_up_django()
        hold_keys()
        yield urls


def have_keys(urls: database.Urls) -> bool:
    """Load the keys, or make them for a fresh database and return True; a filled one has keys already, somewhere.

    Raises: SecretsFault KEYS_MISSING, KEYS_UNKNOWN when the database doesn't answer.
    """
    var = database.var_folder()
    secrets_file.load(var, os.environ)
    if absent := secrets_file.missing(os.environ):
        params = {"names": "、".join(absent), "path": secrets_file.path_in(var)}
        try:
            with psycopg.connect(urls.app, connect_timeout=5) as connection:
                if _is_filled(connection):
                    raise SecretsFault("KEYS_MISSING", **params)
        except psycopg.Error as fault:
            raise SecretsFault("KEYS_UNKNOWN", **params) from fault
    return secrets_file.load_or_make(var, os.environ)


def hold_keys() -> None:
    """Make sure that the keys are the database's. Raises: SecretsFault KEYS_DO_NOT_FIT or KEY_MALFORMED."""
    from django.db import connection

    from minsheng.core.people import vault_keys

    for name in secrets_file.malformed(os.environ):
        raise SecretsFault("KEY_MALFORMED", name=name)
    if os.environ.get("MINSHENG_VAULT_CIPHER", "aes") not in ("aes", "sm4"):
        raise SecretsFault("SETTING_MALFORMED", why="MINSHENG_VAULT_CIPHER 应为 aes 或 sm4")
    try:
        vault_keys.hold()
    finally:
        if not connection.in_atomic_block:
            connection.close()


def _is_filled(connection: psycopg.Connection) -> bool:
    for table in (b"people_vaultkey", b"policies_city"):
        if not is_there(connection, table.decode()):
            continue
        if connection.execute(b"select from " + table + b" limit 1").fetchone() is not None:
            return True
    return False


def set_up_django() -> None:
    """Name the settings and load the applications; a second call does nothing."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "minsheng.app.site.settings")
    import django
    from django.core.exceptions import ImproperlyConfigured

    try:
        django.setup()
    except (ValueError, ImproperlyConfigured) as fault:
        raise SecretsFault("SETTING_MALFORMED", why=fault) from fault


def run_until_stopped(loop: Callable[[threading.Event], None]) -> int:
    """Run a loop that ends by its event, which SIGTERM and SIGINT set; return 0."""
    stop = threading.Event()

    def end(signal_number: int, frame: object) -> None:
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)
    loop(stop)
    return 0
