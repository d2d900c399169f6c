"""What is told in programs of others: a signed POST to the program's own address, which shows it to its user.

The body is signed with the moment of sending, so that what somebody has copied is good for five minutes.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import httpx

from minsheng.gateways.sms import Handed, SmsAway, SmsRefused

_log = logging.getLogger(__name__)
WAIT: Final = 10.0
SIGNATURE: Final = "X-Minsheng-Signature"
# The program does not know this user any more.
_GONE: Final = (404, 410)


@dataclass(frozen=True, slots=True)
class Hook:
    """A program's address and the secret that it shares with the platform."""

    url: str
    secret: str


class Hooks:
    """Carries to programs; an address is the program and its user, as `3/018f…`."""

    name = "webhook"

    def __init__(self, hooks: Mapping[str, Hook]) -> None:
        self._hooks = hooks

    def send(self, address: str, text: str, /, *, reference: str, about: str = "") -> Handed:
        """Hand a message over; `id` is the same for one that comes again. Raises: SmsAway, SmsRefused."""
        program, _, user = address.partition("/")
        hook = self._hooks.get(program)
        if hook is None:
            raise SmsRefused
        body = json.dumps({"id": reference, "user": user, "text": text}, ensure_ascii=False).encode()
        headers = {"Content-Type": "application/json", SIGNATURE: signed(body, hook.secret, at=int(time.time()))}
        try:
            answer = httpx.post(hook.url, content=body, headers=headers, timeout=WAIT, follow_redirects=False)
        except httpx.HTTPError as fault:
            _log.warning("program %s: %s", program, type(fault).__name__)
            raise SmsAway from fault
        if answer.status_code in _GONE:
            raise SmsRefused
        if not answer.is_success:
            _log.warning("program %s answered %s", program, answer.status_code)
            raise SmsAway
        return Handed(f"program {program}", reference)


def signed(body: bytes, secret: str, *, at: int) -> str:
    """Return the signature of a body, as `t=1789000000,v1=<hex>`."""
    made = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={at},v1={made}"
