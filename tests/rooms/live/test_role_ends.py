"""An open stream ends with the role that opened it; nothing that is told after midnight reaches it."""

from __future__ import annotations

import asyncio
from typing import Any

from minsheng.cases.live.queries import Missed
from minsheng.cases.live.sessions import Admitted
from minsheng.cases.live.stream import Streams


def test_a_stream_says_goodbye_when_the_role_is_over() -> None:
    sent: list[bytes] = []

    async def send(message: dict[str, Any]) -> None:
        sent.append(message["body"])

    async def play() -> None:
        streams = Streams("unused")
        streams._hub.begin(0)
        admitted = Admitted("jiangyin", ("role:seat",), Missed((), 0), lasts=0.05)
        listener = streams._hub.join(admitted.city, admitted.audiences, after=0)
        async with asyncio.timeout(20):
            await streams._stream(listener, admitted, send)

    asyncio.run(play())

    assert b"event: bye" in sent[-1]
