"""What runs without a person: boxes of mail are looked into."""

from __future__ import annotations

import logging
from datetime import datetime

from minsheng.cases.incoming import mailbox
from minsheng.cases.incoming.mailbox import Owed
from minsheng.core.messages import mailing
from minsheng.core.policies import queries as policies
from minsheng.gateways import clock
from minsheng.gateways.mail import fetching
from minsheng.gateways.mail.configured import CityBox, Mailing
from minsheng.gateways.mail.fetching import BoxAway, Fetched

_log = logging.getLogger(__name__)


def fetch_mail(now: datetime) -> None:
    """Take the new mails of every box; one that can't be read holds up no other."""
    found = mailing.known()
    if found is None:
        return
    cities = {each.code for each in policies.cities()}
    for box in found.boxes:
        if box.city in cities:
            _fetch(box, found)
        else:
            _log.warning("box %s: its city is unknown", box.box.name)


def _fetch(box: CityBox, found: Mailing) -> None:
    owed: list[Owed] = []

    def keep(fetched: Fetched) -> None:
        answer = mailbox.receive(fetched.raw, whole=fetched.is_whole, city=box.city, found=found, now=clock.now())
        if answer is not None:
            owed.append(answer)

    try:
        fetching.fetch(box.box, keep)
    except BoxAway as away:
        _log.warning("box %s: %s", box.box.name, away.args[0])
    # Once the box is let go: a slow server keeps no mail waiting there.
    for each in owed:
        mailbox.acknowledge(each, found=found, now=clock.now())
