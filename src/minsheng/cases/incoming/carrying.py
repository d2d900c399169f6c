"""The files that come with something: looked at like any other, kept with it, and handed on to its order."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from minsheng.cases.appeals import attachments
from minsheng.cases.incoming.values import Brought
from minsheng.cases.orders.storage import queries as orders
from minsheng.core.files import actions as files
from minsheng.core.files import places
from minsheng.core.files import queries as kept
from minsheng.core.files.values import AttachmentRefused, Checked, Ground
from minsheng.domain.actors import SYSTEM, Actor
from minsheng.domain.rejected import Rejected
from minsheng.gateways.antivirus import Infected, ScannerAway
from minsheng.gateways.files import NoSuchFile
from minsheng.gateways.media.filetypes import Unacceptable

PURPOSE: Final = "INCOMING"
_ORDERS: Final = "APPEAL"


def looked_at(brought: Sequence[Brought], *, stream: str, city: str, now: datetime) -> tuple[list[Checked], list[str]]:
    """Return the files that may be kept, and the names of those that may not. Raises: ScannerAway, to try again."""
    ground = Ground(stream, city, PURPOSE, "", 1, "WAITING")
    fit, refused = [], []
    for each in brought:
        try:
            fit.append(
                files.check(
                    io.BytesIO(each.content), name=each.name, ground=ground, actor=SYSTEM, scanner=places.scanner(),
                    now=now,
                )
            )  # fmt: skip
        except ScannerAway as away:
            # Without a scanner, or beyond its limit, no later try is better: what came is taken, and the file is not.
            if away.code == "scanner_away":
                raise
            refused.append(each.name)
        except (Unacceptable, AttachmentRefused):
            refused.append(each.name)
    return fit, refused


def scan_checked(pdf: bytes, *, name: str, stream: str, city: str, actor: Actor, now: datetime) -> Checked:
    """Return a scan that may be kept. Raises: Unacceptable, AttachmentRefused, ScannerAway."""
    ground = Ground(stream, city, PURPOSE, "", 1, "WAITING")
    return files.check(io.BytesIO(pdf), name=name, ground=ground, actor=actor, scanner=places.scanner(), now=now)


def keep_scans(checked: Sequence[Checked], *, stream: str, city: str, actor: Actor, now: datetime) -> None:
    """Keep scans with what they are of, all or none. Raises: AttachmentRefused."""
    if checked:
        ground = Ground(stream, city, PURPOSE, "", 1, "WAITING")
        files.attach(checked, ground=ground, actor=actor, store=places.store(), now=now)


def hold_clean(contents: Sequence[bytes]) -> None:
    """Refuse what holds malicious software, before anything opens it. Raises: AttachmentRefused, ScannerAway."""
    scanner = places.scanner()
    for place, content in enumerate(contents, start=1):
        if isinstance(scanner.scan(io.BytesIO(content)), Infected):
            raise AttachmentRefused("file_infected", name=str(place))


def keep(fit: Sequence[Checked], *, stream: str, city: str, now: datetime) -> int:
    """Keep files with what came; return how many there was room for."""
    ground, count = Ground(stream, city, PURPOSE, "", 1, "WAITING"), 0
    for each in fit:
        try:
            files.attach([each], ground=ground, actor=SYSTEM, store=places.store(), now=now)
        except AttachmentRefused:
            continue
        count += 1
    return count


def hand_on(stream: str, order: str, *, city: str, actor: Actor, now: datetime) -> int:
    """Let an order have the files of what came about it, as its appellant's; return how many there was room for."""
    found = kept.of_stream(stream)
    if not found:
        return 0
    state = orders.peek([order])[order].order
    ground = attachments.ground(order, city, _ORDERS, "", state.round, state.status)
    store, there = places.store(), {each.digest for each in attachments.of_order(order)}
    count = 0
    for each in found:
        if each.digest in there:
            continue
        try:
            with store.open(each.digest) as content:
                checked = files.check(
                    content, name=each.name, ground=ground, actor=actor, scanner=places.scanner(), now=now
                )
                files.attach([checked], ground=ground, actor=actor, store=store, now=now)
        except (Rejected, NoSuchFile):
            continue
        count += 1
    return count
