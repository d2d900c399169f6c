"""Which database the program talks to: the one that `DATABASE_URL` names, or else the embedded one in `MINSHENG_VAR`.

Two roles: the application's (`DATABASE_URL`) and the owner's, which migrates (`DATABASE_OWNER_URL`).
"""

from __future__ import annotations

import os
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from minsheng.gateways.postgres import cluster, layout, server
from minsheng.gateways.postgres.faults import DatabaseFault

APP_VARIABLE = "DATABASE_URL"
OWNER_VARIABLE = "DATABASE_OWNER_URL"
VAR_VARIABLE = "MINSHENG_VAR"


@dataclass(frozen=True, slots=True)
class Urls:
    """How the two roles reach one database."""

    app: str
    owner: str

    def put_into(self, environment: MutableMapping[str, str]) -> None:
        """Write the addresses where this process's settings and its children look for them."""
        environment[APP_VARIABLE] = self.app
        environment[OWNER_VARIABLE] = self.owner


def var_folder() -> Path:
    """Return the folder of everything that the program writes: `MINSHENG_VAR`, or `var` where the caller stands."""
    return Path(os.environ.get(VAR_VARIABLE) or "var").resolve()


def named() -> Urls | None:
    """Return the database that the environment names, or None when the embedded one is meant."""
    app = os.environ.get(APP_VARIABLE)
    if not app:
        return None
    return Urls(app=app, owner=os.environ.get(OWNER_VARIABLE) or app)


def embedded(var: Path, *, database: str = cluster.DATABASE) -> Urls:
    """Return the embedded server's addresses, known before it runs."""
    place = f"host={quote(str(layout.plan(var).socket), safe='/')}&port={layout.PORT}"
    return Urls(
        app=f"postgresql://{cluster.APP_ROLE}@/{database}?{place}",
        owner=f"postgresql://{cluster.OWNER_ROLE}@/{database}?{place}",
    )


def current() -> Urls:
    """Return the addresses in force, without starting anything."""
    return named() or embedded(var_folder())


@contextmanager
def ready(*, creates: bool = False) -> Iterator[Urls]:
    """Have a database for a while: the named one, the embedded one that runs, or one started for the while.

    `creates`: an embedded one is made where there is none; only who fills it asks for that. The environment names it
    from here on, so settings read afterwards and children find it.
    Raises: DatabaseFault when the embedded one cannot be started, NO_DATABASE_HERE where there is none.
    """
    if (urls := named()) is not None:
        yield urls
        return
    var = var_folder()
    if not creates and not layout.plan(var).is_made:
        # Without this a command in the wrong folder makes an empty cluster and is content with it.
        raise DatabaseFault("NO_DATABASE_HERE", var=var)
    running = server.start(var)
    urls = embedded(var)
    urls.put_into(os.environ)
    try:
        yield urls
    finally:
        if running.child is not None:
            running.stop()
