"""The register of letters and visits: what a desk enters, one at a time, with the pages that were scanned.

Source: JY-2a, SZ-2.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from minsheng.cases.incoming import carrying
from minsheng.cases.incoming.actions import KIND, opened, sender_indexes
from minsheng.core.lifecycles import actions as lifecycles
from minsheng.core.lifecycles.kinds import Key, Outcome
from minsheng.domain.actors import Actor
from minsheng.domain.channels.incoming import SMS, RecordLetter
from minsheng.gateways import ids
from minsheng.gateways.media import scans


def record(
    command: RecordLetter, *, scanned: Sequence[bytes] = (), city: str, by: Actor, key: Key, now: datetime
) -> Outcome[Any]:
    """Enter a letter or a visit with its pages, in one transaction; the files become one PDF.

    Raises: Rejected; Unacceptable, AttachmentRefused, ScanRefused for its pages, ScannerAway.
    """
    id = ids.uuid7(now)
    stream = KIND.stream(id)
    checked = []
    if scanned:
        carrying.hold_clean(scanned)
        pdf = scans.pdf_of(scanned)
        name = _("扫描件") + ".pdf"
        checked = [carrying.scan_checked(pdf, name=name, stream=stream, city=city, actor=by, now=now)]

    def made(_id: Any) -> Any:
        row = opened(id, city)
        row.sender_index = next(iter(sender_indexes(channel=SMS, address=command.phone, city=city)), None)
        return row

    with transaction.atomic():
        outcome = lifecycles.begin(
            KIND, command, city=city, by=by, now=now, made=made if command.phone else lambda _id: opened(id, city),
            key=key, id=id,
        )  # fmt: skip
        if not outcome.repeated:
            carrying.keep_scans(checked, stream=stream, city=city, actor=by, now=now)
    return outcome
