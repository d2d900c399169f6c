"""Faxes that a gateway brings by mail: their pages as one PDF, and the number that they came from.

Nobody vouches for that number; what a fax is about is a seat's to say. Source: JY-2a.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from django.utils.translation import gettext as _

from minsheng.cases.incoming import carrying
from minsheng.cases.incoming.values import Arrived, Brought
from minsheng.core.files.values import AttachmentRefused
from minsheng.core.messages.values import FAX
from minsheng.domain.orders.fields import LONG
from minsheng.gateways.antivirus import ScannerAway
from minsheng.gateways.mail.faxes import Gateway
from minsheng.gateways.mail.mails import File, Mail
from minsheng.gateways.media import scans
from minsheng.gateways.media.scans import ScanRefused

# What the pages of a fax come as (TIFF of both byte orders, PDF); all else of the gateway's mail is its own words.
_PAGES: Final = (b"II*\0", b"MM\0*", b"%PDF-")


def arrived(mail: Mail, raw: bytes, gateway: Gateway, *, source_no: str) -> Arrived:
    """Return a fax as what it is for every channel. Raises: ScannerAway, to bring it again.

    What can't be made into pages comes as it is, with a note for the seat.
    """
    pages = [each for each in mail.files if each.content.startswith(_PAGES)]
    made = _made(pages)
    # A receipt that names no fax of ours tells a seat nothing; it is kept all the same.
    is_receipt = bool(gateway.outcome(mail))
    return Arrived(
        source_no=source_no, channel=FAX, sender=gateway.caller(raw), text="", quoted=mail.text[:LONG],
        vouched=False, note="automatic" if is_receipt else "" if made else "unreadable", aside=is_receipt,
        files=(Brought(_("传真") + ".pdf", made),) if made else tuple(_brought(mail.files)),
    )  # fmt: skip


def _made(pages: Sequence[File]) -> bytes:
    """Return the pages as one PDF; nothing where there are none, where one is broken, or malicious."""
    contents = [each.content for each in pages]
    try:
        carrying.hold_clean(contents)
        return scans.pdf_of(contents) if contents else b""
    except (ScanRefused, AttachmentRefused):
        return b""
    except ScannerAway as away:
        # Beyond the scanner's limit no later try is better.
        if away.code == "scanner_away":
            raise
        return b""


def _brought(files: Sequence[File]) -> list[Brought]:
    return [Brought(each.name, each.content) for each in files]
