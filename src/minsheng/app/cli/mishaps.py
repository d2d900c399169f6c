"""What a person can cause at the command line that no command foresees, as a code of `sentences`: never a traceback.

A fault of the program is none of these and is shown as what it is.
"""

from __future__ import annotations

from collections.abc import Iterator

import psycopg

from minsheng.gateways.clock import ClockRefused
from minsheng.gateways.postgres.faults import DatabaseFault
from minsheng.gateways.secrets_file import SecretsFault

_UNMIGRATED = (psycopg.errors.UndefinedTable, psycopg.errors.UndefinedColumn)


def named(fault: BaseException) -> tuple[str, dict[str, object]] | None:
    """Return code and parameters of what a person has caused, None for a fault of the program."""
    for each in _causes(fault):
        match each:
            case DatabaseFault() | ClockRefused() | SecretsFault():
                return each.code, dict(each.params)
            case psycopg.errors.InsufficientPrivilege():
                return "DATABASE_FORBIDS", {"why": _first_line(each)}
            case _ if isinstance(each, _UNMIGRATED):
                return "NOT_MIGRATED", {}
            case psycopg.OperationalError() | psycopg.InterfaceError():
                return "DATABASE_AWAY", {"why": _first_line(each)}
            case psycopg.ProgrammingError() if each.sqlstate is None:
                return "DATABASE_URL_MALFORMED", {}
            case EOFError():
                return "NOTHING_TYPED", {}
            case UnicodeDecodeError():
                return "NOT_UTF8", {}
            case OSError():
                return "FILE_REFUSED", {"path": each.filename or "", "why": each.strerror or type(each).__name__}
            case _:
                continue
    return None


def _causes(fault: BaseException) -> Iterator[BaseException]:
    seen: BaseException | None = fault
    while seen is not None:
        yield seen
        seen = seen.__cause__ or (seen.__context__ if not seen.__suppress_context__ else None)


def _first_line(fault: BaseException) -> str:
    return (str(fault).strip().splitlines() or [""])[0]
