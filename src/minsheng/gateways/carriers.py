"""Who carries messages to people, by channel: the port, and what this installation has.

A carrier's adapter is a class with `send`; `reference` lets it drop a message that is handed over twice.
"""

from __future__ import annotations

import functools
import logging
from collections.abc import Collection
from pathlib import Path
from typing import Final, Protocol

import httpx

from minsheng.gateways import sms_http
from minsheng.gateways.sms import Demonstration, Handed, NoSms, Sms
from minsheng.gateways.sms_http import Chain

_log = logging.getLogger(__name__)

# Seconds within which a carrier has taken a message, or has refused it.
PATIENCE: Final = 60.0


class Carrier(Protocol):
    """Hands messages of one channel over. It is called by several threads at once."""

    name: str

    def send(self, address: str, text: str, /, *, reference: str, about: str = "") -> Handed | None:
        """Hand a message over, within `PATIENCE`; the same reference twice is one message.

        `about`: the stream of its thing, for a channel whose messages follow each other. Returns who took it, where
        that is known. Raises: Rejected; SmsRefused where no other try helps.
        """


class Texts:
    """Carries text messages, each of which stands alone."""

    def __init__(self, sms: Sms) -> None:
        self.sms, self.name = sms, sms.name

    def send(self, address: str, text: str, /, *, reference: str, about: str = "") -> Handed | None:
        """Hand a text message over."""
        return self.sms.send(address, text, reference=reference)


def configured(channel: str, *, demonstration: bool, file: str = "", last: Collection[str] = ()) -> Carrier | None:
    """Return the carrier of a channel in this installation, or None where it has none.

    `file`: that names the providers of text messages; `last`: those of them that come after the others.
    """
    found = text_messages(demonstration=demonstration, file=file, last=last) if channel == "sms" else None
    return None if found is None or isinstance(found, NoSms) else Texts(found)


def text_messages(*, demonstration: bool, file: str = "", last: Collection[str] = ()) -> Sms:
    """Return who carries text messages in this installation; nobody while the file of providers is wrong."""
    if file:
        try:
            return Chain(sms_http.providers(Path(file)), _http(), last=last)
        except sms_http.SmsMisconfigured as fault:
            _log.warning("sms providers: %s", fault.args[0])
            return NoSms()
    return Demonstration() if demonstration else NoSms()


def takes_replies(city: str, *, file: str) -> bool:
    """Tell whether somebody brings what people of a city answer to text messages."""
    try:
        known = sms_http.providers(Path(file)) if file else ()
    except sms_http.SmsMisconfigured:
        return False
    return any(_replies_to(each) == city for each in known)


def _replies_to(provider: sms_http.Carrying) -> str:
    """Return the city that gets what a provider brings; empty for one that brings nothing."""
    if isinstance(provider, sms_http.Bound):
        return provider.binding.inbound
    return provider.inbound.city if provider.inbound is not None else ""


@functools.cache
def _http() -> httpx.Client:
    return httpx.Client(timeout=sms_http.WAIT, follow_redirects=False)
