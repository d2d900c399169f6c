"""How the platform's processes hand a message to the one that has the session: a line of JSON each way, by TCP.

    {"token": …, "provider": …, "reference": …, "phone": …, "text": …}  →  {"said": "taken", "id": …, "parts": 1}

`said` is one of `taken`, `away`, `refused`, `elsewhere` (another process has that session) and `stranger` (the token).
"""

from __future__ import annotations

import asyncio
import hmac
import json
import logging
import socket
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Final

from minsheng.gateways.bindings.values import Binding
from minsheng.gateways.sms import Handed, SmsAway, SmsRefused

_log = logging.getLogger(__name__)

TAKEN, AWAY, REFUSED, ELSEWHERE, STRANGER = ("taken", "away", "refused", "elsewhere", "stranger")
# Seconds: to reach a process; for its answer, after which it is told so by the closed line.
_REACH_WITHIN: Final = 2.0
ANSWER_WITHIN: Final = 20.0
# A text has at most 20,000 letters, each written with at most twelve bytes.
_LONGEST: Final = 1 << 19


@dataclass(frozen=True, slots=True, kw_only=True)
class Handing:
    """A message that is handed over."""

    provider: str
    reference: str
    phone: str = field(repr=False)
    text: str = field(repr=False)


def hand_over(binding: Binding, phone: str, text: str, *, reference: str) -> Handed:
    """Hand a message to whoever has the binding's session. Raises: SmsAway, SmsRefused."""
    asked = {"token": binding.token, "provider": binding.name, "reference": reference, "phone": phone, "text": text}
    line = json.dumps(asked).encode() + b"\n"
    for address in binding.gateways:
        try:
            connection = socket.create_connection(address, timeout=_REACH_WITHIN)
        except OSError:
            continue
        try:
            told = _ask(connection, line)
        except (OSError, ValueError) as fault:
            # It may have the message: another process that has the session by now must not send it again at once.
            _log.warning("sms gateway: %s", type(fault).__name__)
            raise SmsAway from fault
        said = told.get("said")
        if said == TAKEN:
            return Handed(binding.name, str(told["id"]), awaits=True, parts=int(told["parts"]))
        if said == REFUSED:
            raise SmsRefused
        if said == AWAY:
            raise SmsAway
        if said != ELSEWHERE:
            _log.warning("sms gateway does not take the token of binding %s", binding.name)
    raise SmsAway


def _ask(connection: socket.socket, line: bytes) -> dict[str, Any]:
    with connection:
        connection.settimeout(ANSWER_WITHIN + _REACH_WITHIN)
        connection.sendall(line)
        with connection.makefile("rb") as answer:
            told = json.loads(answer.readline(_LONGEST))
    if not isinstance(told, dict):
        raise ValueError("no answer")
    return told


Take = Callable[[Handing], Awaitable[dict[str, Any]]]


async def serve(addresses: tuple[tuple[str, int], ...], *, token: str, take: Take) -> asyncio.Server:
    """Listen at the first of the addresses that is free here. Raises: OSError where none is."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(ANSWER_WITHIN + _REACH_WITHIN):
                told = await _answer(await reader.readline(), token=token, take=take)
                writer.write(json.dumps(told).encode() + b"\n")
                await writer.drain()
        except (OSError, ValueError, TimeoutError) as fault:
            _log.warning("sms gateway: a caller went away or said nothing of ours: %s", type(fault).__name__)
        finally:
            writer.close()

    fault: OSError = OSError("no address")
    for host, port in addresses:
        try:
            return await asyncio.start_server(answer, host, port, limit=_LONGEST)
        except OSError as taken:
            fault = taken
    raise fault


async def _answer(line: bytes, *, token: str, take: Take) -> dict[str, Any]:
    told = json.loads(line)
    if not isinstance(told, dict) or not all(isinstance(each, str) for each in told.values()):
        raise ValueError("no request")
    if not hmac.compare_digest(told.get("token", "").encode(), token.encode()):
        return {"said": STRANGER}
    names = ("provider", "reference", "phone", "text")
    if not all(name in told for name in names):
        raise ValueError("no request")
    return await take(Handing(**{name: told[name] for name in names}))
