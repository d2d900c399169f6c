"""What a channel brings: the words of somebody, where they came from, and the files with them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from minsheng.domain.channels.incoming import SMS
from minsheng.gateways.sms_http import Came


@dataclass(frozen=True, slots=True)
class Brought:
    """A file as it came: its name there, and its content."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived:
    """What came by a channel; `source_no` is its number there, the same for one that comes twice.

    `phone`, `sender`: the number, or the address in the channel. `order`: the id of the order that it surely is about,
    as a reference or a keyed tag says. `vouched`: the channel vouches for the sender, who therefore may rate and add.
    `quoted`: what it repeats of earlier words. `checked`: results of DKIM, SPF
    and DMARC, as the own mail server has them. `note`, `aside`: why it is not for the platform to take
    (`domain.channels.incoming.NOTES`), and whether it is laid aside at once.
    """

    source_no: str
    text: str
    channel: str = SMS
    phone: str = ""
    sender: str = ""
    subject: str = ""
    quoted: str = ""
    order: str = ""
    vouched: bool = True
    checked: str = ""
    note: str = ""
    aside: bool = False
    files: tuple[Brought, ...] = ()


def text_message(came: Came, *, provider: str, now: datetime) -> Arrived:
    """Return a text message as what it is for every channel.

    Its carrier, its id there and what it says are its number: carriers' ids come round again. Without an id the hour
    stands for it: whoever brings it again does so soon.
    """
    said = hashlib.sha256(f"{came.phone}\0{came.text}".encode("utf-8", "replace")).hexdigest()[:16]
    return Arrived(source_no=f"{provider} {came.id or f'{now:%Y%m%d%H}'} {said}", text=came.text, phone=came.phone)
