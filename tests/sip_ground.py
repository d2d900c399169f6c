"""Telephones for tests: SIP over UDP with a tone as the voice of each, so that a spectrum tells who hears whom.

RFC 3261 as far as a phone on loopback needs it: REGISTER and INVITE with digest, hold by re-INVITE, keys by RFC 4733.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import re
import secrets
import struct
from collections import deque
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

RATE, PACKET = 8000, 160
_SDP: Final = (
    "v=0\r\no=- {no} {no} IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio {port} RTP/AVP 8 101\r\n"
    "a=rtpmap:8 PCMA/8000\r\na=rtpmap:101 telephone-event/8000\r\na=ptime:20\r\na={way}\r\n"
)
KEYS: Final = "0123456789*#ABCD"


def alaw(samples: np.ndarray[Any, Any]) -> bytes:
    """Return 16-bit samples as G.711 A-law."""
    values = samples.astype(np.int32) >> 3
    sign = np.where(values >= 0, 0xD5, 0x55)
    size = np.where(values >= 0, values, -values - 1).clip(0, 4095)
    segment = np.floor(np.log2(np.maximum(size, 1))).astype(np.int32) - 4
    segment = segment.clip(0, 7)
    low = np.where(segment < 2, (size >> 1) & 0x0F, (size >> segment.clip(1)) & 0x0F)
    segment = np.where(size < 32, 0, segment)
    return ((segment << 4 | low) ^ sign).astype(np.uint8).tobytes()


def linear(coded: bytes) -> np.ndarray[Any, Any]:
    """Return G.711 A-law as samples."""
    values = np.frombuffer(coded, np.uint8).astype(np.int32) ^ 0x55
    segment, low = (values & 0x70) >> 4, (values & 0x0F) << 4
    size = np.where(segment == 0, low + 8, (low + 0x108) << (segment - 1).clip(0))
    return np.where(values & 0x80, size, -size)


def tones(samples: np.ndarray[Any, Any], wanted: dict[str, int]) -> frozenset[str]:
    """Return the names of the tones that are heard."""
    if len(samples) < RATE // 10:
        return frozenset()
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples)))) / len(samples)
    hertz = np.fft.rfftfreq(len(samples), 1 / RATE)
    return frozenset(name for name, at in wanted.items() if spectrum[np.abs(hertz - at) < 15].max() > 150)


@dataclass(eq=False)
class Media(asyncio.DatagramProtocol):
    """The sound of one call: sends its tone each 20 ms and keeps the last second of what it hears."""

    tone: int
    heard: deque[bytes] = field(default_factory=lambda: deque(maxlen=50))
    to: tuple[str, int] | None = None
    sent: int = 0
    _line: Any = None
    _ends: bool = False

    @classmethod
    async def opened(cls, tone: int) -> Media:
        made = cls(tone)
        loop = asyncio.get_running_loop()
        made._line, _ = await loop.create_datagram_endpoint(lambda: made, local_addr=("127.0.0.1", 0))
        made._source, made._began = secrets.randbits(32), loop.time()
        made._turn()
        return made

    @property
    def port(self) -> int:
        port: int = self._line.get_extra_info("sockname")[1]
        return port

    def datagram_received(self, data: bytes, addr: Any) -> None:
        if data[1] & 0x7F == 8:
            self.heard.append(data[12:])

    def presses(self, key: str) -> None:
        for no in range(6):
            end = no >= 3
            event = struct.pack("!BBH", KEYS.index(key), (0x80 if end else 0) | 10, PACKET * (min(no, 3) + 1))
            self._send(101, event, mark=no == 0)

    def samples(self) -> np.ndarray[Any, Any]:
        """Return what was heard since it was last forgotten."""
        return np.concatenate([linear(each) for each in self.heard]) if self.heard else np.zeros(0)

    def close(self) -> None:
        self._ends = True
        self._line.close()

    def _turn(self) -> None:
        if self._ends:
            return
        self.sent += 1
        if self.to is not None and self.tone:
            time = np.arange(self.sent * PACKET, (self.sent + 1) * PACKET) / RATE
            self._send(8, alaw(6000 * np.sin(2 * np.pi * self.tone * time)))
        asyncio.get_running_loop().call_at(self._began + self.sent * 0.02, self._turn)

    def _send(self, kind: int, body: bytes, *, mark: bool = False) -> None:
        self._no = getattr(self, "_no", 0) + 1
        head = struct.pack("!BBHII", 0x80, kind | (0x80 if mark else 0), self._no, self.sent * PACKET, self._source)
        if self.to is not None:
            self._line.sendto(head + body, self.to)


@dataclass(eq=False)
class Talk:
    """A call of a phone. `state`: ringing, up, or over; `request`: the INVITE that came in."""

    id: str
    media: Media
    local: str
    remote: str
    target: str
    state: str = "ringing"
    request: Message | None = None
    no: int = 1
    branch: str = ""
    status: int = 0


@dataclass(frozen=True)
class Message:
    """A message of SIP."""

    first: str
    headers: list[tuple[str, str]]
    body: str

    @classmethod
    def read(cls, raw: bytes) -> Message:
        head, _, body = raw.decode().partition("\r\n\r\n")
        first, *rest = head.split("\r\n")
        return cls(
            first, [(name.strip().lower(), value.strip()) for name, _, value in (x.partition(":") for x in rest)], body
        )

    def of(self, name: str) -> str:
        return next((value for known, value in self.headers if known == name), "")


class Phone(asyncio.DatagramProtocol):
    """A phone, or the gateway of a carrier: any number of calls at once. `answers`: picks up whatever comes."""

    def __init__(self, name: str, server: tuple[str, int], *, password: str = "", tone: int = 0) -> None:
        self.name, self.server, self.password, self.tone = name, server, password, tone
        self.talks: dict[str, Talk] = {}
        self.answers = False
        self.told: list[str] = []
        self._seen: set[str] = set()
        self._replies: dict[tuple[str, int], asyncio.Future[Message]] = {}
        self._progress: set[tuple[str, int]] = set()
        self._changed = asyncio.Event()
        self._line: Any = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def opened(self, port: int = 0) -> Phone:
        loop = asyncio.get_running_loop()
        self._line, _ = await loop.create_datagram_endpoint(lambda: self, local_addr=("127.0.0.1", port))
        return self

    @property
    def port(self) -> int:
        port: int = self._line.get_extra_info("sockname")[1]
        return port

    # what a person does

    async def registers(self) -> None:
        """Tell the switch where the phone is."""
        me, id = f"<sip:{self.name}@127.0.0.1>", secrets.token_hex(8)
        answer = await self._request("REGISTER", f"sip:{self.server[0]}:{self.server[1]}", f"{me};tag=r", me, id)
        assert answer.first.split()[1] == "200", answer.first

    async def calls(self, number: str, *, ani: str) -> Talk:
        """Call a number; return when the other end says something about it."""
        media = await Media.opened(self.tone)
        id = f"{secrets.token_hex(8)}@127.0.0.1"
        where = f"sip:{number}@{self.server[0]}:{self.server[1]}"
        talk = Talk(id, media, f"<sip:{ani}@127.0.0.1>;tag={secrets.token_hex(4)}", f"<{where}>", where)
        self.talks[id] = talk
        self._later(self._invites(talk))
        return talk

    async def picks_up(self, talk: Talk) -> None:
        """Answer a call that rings here."""
        assert talk.request is not None
        talk.media.to = _where(talk.request.body)
        self._reply(talk.request, "200 OK", talk, body=self._sdp(talk, "sendrecv"))
        self._becomes(talk, "up")

    async def declines(self, talk: Talk, status: str = "603 Decline") -> None:
        assert talk.request is not None
        self._reply(talk.request, status, talk)
        self._over(talk)

    async def hangs_up(self, talk: Talk) -> None:
        if talk.state == "up":
            await self._in(talk, "BYE")
        elif talk.request is None:
            self._send(self._text("CANCEL", talk.target, talk.local, talk.remote, talk.id, talk.no, talk.branch))
        self._over(talk)

    async def holds(self, talk: Talk, *, on: bool) -> None:
        answer = await self._in(talk, "INVITE", body=self._sdp(talk, "sendonly" if on else "sendrecv"))
        self._ack(talk, answer)

    async def waits(self, talk: Talk, state: str) -> None:
        """Wait until a call is in a state."""
        async with asyncio.timeout(15):
            while talk.state != state:
                self._changed.clear()
                await self._changed.wait()

    async def rings(self) -> Talk:
        """Wait for a call that rings here."""
        async with asyncio.timeout(15):
            while True:
                for talk in self.talks.values():
                    if talk.state == "ringing" and talk.request is not None:
                        return talk
                self._changed.clear()
                await self._changed.wait()

    async def latest(self) -> Talk:
        """Wait for one more call that comes in, and return it."""
        async with asyncio.timeout(15):
            while not (fresh := [each for each in self.talks.values() if each.id not in self._seen]):
                self._changed.clear()
                await self._changed.wait()
        self._seen.add(fresh[0].id)
        return fresh[0]

    def close(self) -> None:
        for talk in self.talks.values():
            talk.media.close()
        for task in self._tasks:
            task.cancel()
        self._line.close()

    # the protocol

    def datagram_received(self, data: bytes, addr: Any) -> None:
        if not data.strip():
            return
        message = Message.read(data)
        self.told.append(data.decode())
        if message.first.startswith("SIP/2.0"):
            self._answered(message)
        else:
            self._later(self._asked(message))

    def _answered(self, message: Message) -> None:
        no, _, method = message.of("cseq").partition(" ")
        key = (message.of("call-id"), int(no))
        if method == "CANCEL":
            return
        self._progress.add(key)
        future = self._replies.get(key)
        if message.first.split()[1][0] != "1" and future is not None and not future.done():
            future.set_result(message)

    async def _asked(self, message: Message) -> None:
        method, talk = message.first.split()[0], self.talks.get(message.of("call-id"))
        if method == "INVITE" and talk is None:
            talk = Talk(message.of("call-id"), await Media.opened(self.tone), "", message.of("from"), "")
            talk.request = message
            talk.local = f"{message.of('to')};tag={secrets.token_hex(4)}"
            talk.target = message.of("contact").strip("<>").split(">")[0]
            self._reply(message, "180 Ringing", talk)
            self.talks[talk.id] = talk
            if self.answers:
                await self.picks_up(talk)
            self._changed.set()
        elif method == "INVITE" and talk is not None and talk.state == "up":
            self._reply(message, "200 OK", talk, body=self._sdp(talk, "sendrecv"))
        elif method == "CANCEL" and talk is not None and talk.request is not None:
            self._reply(message, "200 OK", talk)
            self._reply(talk.request, "487 Request Terminated", talk)
            self._over(talk)
        elif method != "ACK":
            self._reply(message, "200 OK", talk)
            if method == "BYE" and talk is not None:
                self._over(talk)

    async def _invites(self, talk: Talk) -> None:
        answer = await self._request(
            "INVITE", talk.target, talk.local, talk.remote, talk.id, talk=talk, body=self._sdp(talk, "sendrecv")
        )
        talk.status = int(answer.first.split()[1])
        talk.remote = answer.of("to")
        self._ack(talk, answer)
        if talk.state == "over":
            return
        if talk.status != 200:
            self._over(talk)
            return
        talk.target = re.sub(r"^.*<|>.*$", "", answer.of("contact"))
        talk.media.to = _where(answer.body)
        self._becomes(talk, "up")

    async def _request(
        self, method: str, where: str, local: str, remote: str, id: str, *, talk: Talk | None = None, body: str = ""
    ) -> Message:
        no, more = talk.no if talk else 1, ""
        while True:
            branch = f"z9hG4bK{secrets.token_hex(8)}"
            if talk is not None:
                talk.no, talk.branch = no, branch
            future = self._replies[(id, no)] = asyncio.get_running_loop().create_future()
            text = self._text(method, where, local, remote, id, no, branch, body=body, more=more)
            answer = await self._answer(text, (id, no), future)
            if answer.first.split()[1] not in ("401", "407") or more:
                return answer
            if method == "INVITE":
                self._send(self._text("ACK", where, local, answer.of("to"), id, no, branch))
            more, no = self._digest(answer, method, where), no + 1

    async def _answer(self, text: str, key: tuple[str, int], future: asyncio.Future[Message]) -> Message:
        """Send a request until something comes back, and return its last answer."""
        for _ in range(20):
            if key not in self._progress:
                self._send(text)
            with contextlib.suppress(TimeoutError):
                return await asyncio.wait_for(asyncio.shield(future), 1)
        raise TimeoutError(text.split(" ")[0])

    async def _in(self, talk: Talk, method: str, body: str = "") -> Message:
        talk.no += 1
        return await self._request(method, talk.target, talk.local, talk.remote, talk.id, talk=talk, body=body)

    def _ack(self, talk: Talk, answer: Message) -> None:
        branch = talk.branch if answer.first.split()[1] != "200" else f"z9hG4bK{secrets.token_hex(8)}"
        target = re.sub(r"^.*<|>.*$", "", answer.of("contact")) or talk.target
        self._send(self._text("ACK", target, talk.local, answer.of("to"), talk.id, talk.no, branch))

    def _digest(self, answer: Message, method: str, where: str) -> str:
        asked = answer.of("www-authenticate") or answer.of("proxy-authenticate")
        told = dict(re.findall(r'(\w+)="?([^",]+)"?', asked))
        one = _md5(f"{self.name}:{told['realm']}:{self.password}")
        response = _md5(f"{one}:{told['nonce']}:00000001:c:auth:{_md5(f'{method}:{where}')}")
        return (
            f'Authorization: Digest username="{self.name}", realm="{told["realm"]}", nonce="{told["nonce"]}", '
            f'uri="{where}", response="{response}", algorithm=MD5, qop=auth, nc=00000001, cnonce="c"'
            + (f', opaque="{told["opaque"]}"' if "opaque" in told else "") + "\r\n"
        )  # fmt: skip

    def _text(
        self,
        method: str,
        where: str,
        local: str,
        remote: str,
        id: str,
        no: int,
        branch: str,
        *,
        body: str = "",
        more: str = "",
    ) -> str:
        kind = "Content-Type: application/sdp\r\n" if body else ""
        return (
            f"{method} {where} SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:{self.port};branch={branch};rport\r\n"
            f"Max-Forwards: 70\r\nFrom: {local}\r\nTo: {remote}\r\nCall-ID: {id}\r\nCSeq: {no} {method}\r\n"
            f"Contact: <sip:{self.name}@127.0.0.1:{self.port}>\r\n{more}{kind}Content-Length: {len(body)}\r\n\r\n{body}"
        )

    def _reply(self, message: Message, status: str, talk: Talk | None, *, body: str = "") -> None:
        kept = [f"{name}: {value}" for name, value in message.headers if name in ("via", "from", "call-id", "cseq")]
        kind = "Content-Type: application/sdp\r\n" if body else ""
        to = talk.local if talk is not None and talk.request is not None else message.of("to")
        self._send(
            "\r\n".join((f"SIP/2.0 {status}", *kept, f"To: {to}")) + f"\r\nContact: <sip:{self.name}@127.0.0.1:"
            f"{self.port}>\r\n{kind}Content-Length: {len(body)}\r\n\r\n{body}"
        )

    def _sdp(self, talk: Talk, way: str) -> str:
        return _SDP.format(no=talk.no, port=talk.media.port, way=way)

    def _send(self, text: str) -> None:
        self._line.sendto(text.encode(), self.server)

    def _over(self, talk: Talk) -> None:
        talk.media.close()
        self._becomes(talk, "over")

    def _becomes(self, talk: Talk, state: str) -> None:
        talk.state = state
        self._changed.set()

    def _later(self, work: Any) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _where(sdp: str) -> tuple[str, int]:
    host, port = re.search(r"^c=IN IP4 (\S+)", sdp, re.M), re.search(r"^m=audio (\d+)", sdp, re.M)
    assert host is not None
    assert port is not None
    return host[1], int(port[1])


def _md5(text: str) -> str:
    return hashlib.md5(text.encode()).hexdigest()
