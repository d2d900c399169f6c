"""What a command of the line needs before it can touch the data: keys, a database, Django.

Used by every command but `rehearse` and `pack`:

    with installation.opened():
        from minsheng.ledger import actions
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from minsheng.gateways import database, secrets_file


@contextmanager
def opened(*, creates: bool = False) -> Iterator[database.Urls]:
    """Load the keys, have the database for the while (an embedded one is started when none runs), set Django up.

    `creates`: an embedded database is made where there is none. Import what needs Django inside.
    Raises: DatabaseFault, SecretsFault.
    """
    with database.ready(creates=creates) as urls:
        secrets_file.load_or_make(database.var_folder(), os.environ)
        set_up_django()
        yield urls


def set_up_django() -> None:
    """Name the settings and load the applications; a second call does nothing."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "minsheng.site.settings")
    import django

    django.setup()


def run_until_stopped(loop: Callable[[threading.Event], None]) -> int:
    """Run a loop that ends by its event, which SIGTERM and SIGINT set; return 0."""
    stop = threading.Event()

    def end(signal_number: int, frame: object) -> None:
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)
    loop(stop)
    return 0
