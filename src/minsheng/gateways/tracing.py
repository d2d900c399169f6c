"""Which request the work at hand goes back to: a number that log lines of all processes bear, and an error page shows.

It comes with the request, goes with what the request set off (outbox rows, jobs), and says nothing about a person.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Final

from structlog import contextvars

_KEY: Final = "request"
_FORM: Final = re.compile(r"[0-9A-Za-z-]{8,64}")
# So many are named where work goes back to several requests.
_AT_MOST: Final = 3


def current() -> str:
    """Return the request's id, empty outside of one."""
    return str(contextvars.get_contextvars().get(_KEY, ""))


def is_id(text: str) -> bool:
    """Tell whether a text may be such an id: a proxy in front may have given one."""
    return _FORM.fullmatch(text) is not None


@contextmanager
def belonging_to(*requests: str) -> Iterator[None]:
    """Work for these requests: what is logged inside bears their ids."""
    with contextvars.bound_contextvars(**_named(requests)):
        yield


def _named(requests: Iterable[str]) -> dict[str, str]:
    found = sorted({each for each in requests if each})[:_AT_MOST]
    return {_KEY: " ".join(found)} if found else {}
