"""Mail from boxes by IMAP: each mail is handed to whoever keeps it, and marked in the box only when it is kept.

A line that breaks loses nothing and doubles nothing: what was not marked comes again, and whoever keeps mails knows one
that came before by its digest.
"""

from __future__ import annotations

import contextlib
import logging
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from imap_tools import BaseMailBox, MailBox, MailBoxStartTls, MailBoxUnencrypted

from minsheng.gateways.mail import lines, reading
from minsheng.gateways.mail.lines import Line

_log = logging.getLogger(__name__)

AT_ONCE: Final = 200
# NetEase's boxes let nobody in who has not said what program this is (RFC 2971).
_WHO: Final = '("name" "minsheng" "version" "1" "vendor" "minsheng")'
_SIZE: Final = re.compile(rb"UID (\d+)|RFC822\.SIZE (\d+)")


class BoxAway(Exception):
    """A box can't be read now; `args[0]` says what kind of fault it was, with no name or address in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A box of mail: its name here, its line, the folder that is read, and the folder that kept mails are moved to.

    Without such a folder they are marked as read, and one that a person reads there first is not fetched.
    """

    name: str
    line: Line
    folder: str = "INBOX"
    kept_folder: str = ""


@dataclass(frozen=True, slots=True)
class Fetched:
    """The bytes of a mail; `is_whole`: false where they are the head of a mail too large to be read."""

    raw: bytes
    is_whole: bool


def fetch(box: Box, keep: Callable[[Fetched], object], *, at_most: int = AT_ONCE) -> int:
    """Hand the new mails of a box to `keep`, the oldest first; return how many it kept.

    One that `keep` raises for stays in the box, and holds up none behind it. Raises: BoxAway.
    """
    kept = 0
    try:
        with _opened(box) as mailbox:
            for uid, size in _new(mailbox, box, at_most):
                fetched = _fetched(mailbox, uid, size)
                if fetched is None:
                    continue
                try:
                    keep(fetched)
                except Exception as fault:
                    # The words of a fault may hold what somebody wrote.
                    _log.warning("a mail of box %s could not be kept: %s", box.name, type(fault).__name__)
                    continue
                kept += 1
                _mark(mailbox, box, uid)
    except Exception as fault:  # a server that says nonsense makes imaplib raise many kinds
        raise BoxAway(type(fault).__name__) from None
    return kept


def look_at(box: Box) -> None:
    """Open a box and look at nothing in it. Raises: BoxAway."""
    try:
        with _opened(box):
            pass
    except Exception as fault:  # a server that says nonsense makes imaplib raise many kinds
        raise BoxAway(type(fault).__name__) from None


@contextmanager
def _opened(box: Box) -> Iterator[BaseMailBox]:
    mailbox = _connected(box.line)
    try:
        if "ID" in mailbox.client.capabilities:
            mailbox.client.xatom("ID", _WHO)
        mailbox.login(box.line.user, box.line.password, initial_folder=None)
        # Some servers say what they can do, as moving, to those alone who have signed in.
        _, told = mailbox.client.capability()
        mailbox.client.capabilities = tuple(told[-1].decode("ascii", "replace").upper().split())
        mailbox.folder.set(box.folder)
        yield mailbox
    finally:
        # What was to be said is said; a line that is broken has nobody to say goodbye to.
        with contextlib.suppress(Exception):
            mailbox.client.logout()


def _connected(line: Line) -> BaseMailBox:
    match line.secrecy:
        case lines.IMPLICIT:
            return MailBox(line.host, line.port, timeout=lines.WAIT, ssl_context=line.context())
        case lines.STARTTLS:
            return MailBoxStartTls(line.host, line.port, timeout=lines.WAIT, ssl_context=line.context())
        case _:
            return MailBoxUnencrypted(line.host, line.port, timeout=lines.WAIT)


def _new(mailbox: BaseMailBox, box: Box, at_most: int) -> list[tuple[str, int]]:
    """Return uid and size in bytes of the mails that are not kept yet, the oldest first."""
    uids = sorted(mailbox.uids("ALL" if box.kept_folder else "UNSEEN"), key=int)[:at_most]
    if not uids:
        return []
    sizes: dict[str, int] = {}
    for answer in mailbox.client.uid("FETCH", ",".join(uids), "(RFC822.SIZE)")[1]:
        found = dict(
            ("uid", uid.decode()) if uid else ("size", size.decode())
            for uid, size in _SIZE.findall(answer if isinstance(answer, bytes) else b"")
        )
        if len(found) == 2:
            sizes[found["uid"]] = int(found["size"])
    return [(uid, sizes.get(uid, 0)) for uid in uids]


def _fetched(mailbox: BaseMailBox, uid: str, size: int) -> Fetched | None:
    """Return a mail, unmarked; None for one that somebody took away meanwhile."""
    is_whole = size <= reading.AT_MOST
    wanted = "(BODY.PEEK[])" if is_whole else "(BODY.PEEK[HEADER])"
    for answer in mailbox.client.uid("FETCH", uid, wanted)[1]:
        if isinstance(answer, tuple):
            return Fetched(answer[1], is_whole)
    return None


def _mark(mailbox: BaseMailBox, box: Box, uid: str) -> None:
    if box.kept_folder:
        mailbox.move(uid, box.kept_folder)
    else:
        mailbox.flag(uid, "\\Seen", True)
