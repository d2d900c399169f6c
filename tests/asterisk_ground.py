"""A real Asterisk on loopback, from the configuration that the platform generates, with phones around it."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import subprocess
import threading
import wave
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from tests.run_ground import free_port, free_ports, free_row
from tests.sip_ground import RATE, Phone, Talk, tones

from minsheng.gateways.switch import asterisk
from minsheng.gateways.switch.ari import Access, AriSwitch
from minsheng.gateways.switch.plan import Phone as Planned
from minsheng.gateways.switch.plan import Plan, Trunk
from minsheng.gateways.switch.port import Switch

APP, PASSWORD, PHONES = "minsheng", "secret-of-the-tests", ("agent-1", "agent-2", "boss")
MUSIC, PROMPTS = 2300, {"greeting": 2600, "fallback": 2900}


class Asterisk:
    """An Asterisk that runs in a folder. `carrier`: the port of the carrier's gateway."""

    def __init__(self, folder: Path, *, phones: tuple[str, ...] = PHONES, grace: int = 0) -> None:
        if not shutil.which("asterisk"):
            pytest.fail("Asterisk is missing: run scripts/bootstrap.sh browser")
        self.folder = folder
        self.control, self.sip, self.carrier = free_ports(3)
        media = free_row()
        self.plan = Plan(
            app=APP, password=PASSWORD, listen="127.0.0.1", sip=self.sip, control=self.control, media=media,
            trunks=(Trunk(name="carrier", host=f"127.0.0.1:{self.carrier}", match=("127.0.0.1",)),),
            phones=tuple(Planned(name=each, password=f"password-of-{each}") for each in phones),
            prompts=folder / "prompts", recordings=folder / "recordings", runs_in=folder / "run", grace=grace,
        )  # fmt: skip
        for path, text in asterisk.files(self.plan, folder=str(folder / "etc")).items():
            (folder / "etc").mkdir(exist_ok=True)
            (folder / "etc" / path).write_text(text)
        for each in asterisk.folders(self.plan):
            each.mkdir(parents=True, exist_ok=True)
        _sound(self.plan.prompts / "music" / "music.wav", MUSIC, 10)
        for name, at in PROMPTS.items():
            _sound(self.plan.prompts / f"{name}.wav", at, 0.6)
        self._process: subprocess.Popen[bytes] | None = None

    @classmethod
    def of(cls, folder: Path) -> Asterisk:
        """Return an Asterisk of a configuration that was written elsewhere."""
        made = cls.__new__(cls)
        made.folder, made._process = folder, None
        return made

    def access(self, port: int = 0) -> Access:
        """Return how it is reached."""
        return Access(
            url=f"http://127.0.0.1:{port or self.control}", user=asterisk.USER, password=PASSWORD, app=APP,
            trunk="carrier", prompts=str(self.plan.prompts),
        )  # fmt: skip

    def starts(self) -> Asterisk:
        """Start it, and wait until it answers."""
        conf = self.folder / "etc" / "asterisk.conf"
        with (self.folder / "out").open("ab") as out:
            self._process = subprocess.Popen(["asterisk", "-f", "-C", conf], stdout=out, stderr=out)
        for _ in range(600):
            if "fully booted" in self.tells("core waitfullybooted"):
                return self
            threading.Event().wait(0.05)
        raise AssertionError(self.said())

    def dies(self) -> None:
        """End it as `kill -9` does."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    def tells(self, command: str) -> str:
        """Return what it answers at its console; nothing where it does not run."""
        words = ["asterisk", "-C", self.folder / "etc" / "asterisk.conf", "-rx", command]
        return subprocess.run(words, capture_output=True, text=True, check=False).stdout

    def said(self) -> str:
        """Return what it said."""
        return "\n".join(
            each.read_text(errors="replace") for each in (self.folder / "out", *self.folder.glob("run/log/*"))
        )

    def phone(self, name: str, *, tone: int) -> Phone:
        """Return one of its phones."""
        return Phone(name, ("127.0.0.1", self.sip), password=f"password-of-{name}", tone=tone)


def _sound(path: Path, tone: int, seconds: float) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    samples = 6000 * np.sin(2 * np.pi * tone * np.arange(int(RATE * seconds)) / RATE)
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, RATE, 0, "NONE", ""))
        file.writeframes(samples.astype("<i2").tobytes())


@contextlib.contextmanager
def running(folder: Path, **more: object) -> Iterator[Asterisk]:
    """Have an Asterisk run."""
    made = Asterisk(folder, **more).starts()  # type: ignore[arg-type]
    try:
        yield made
    finally:
        made.dies()


class Wire:
    """A line between the adapter and the switch that can be cut. Listens at a free port of loopback."""

    def __init__(self, to: int) -> None:
        self._to = to
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.StreamWriter] = set()
        self.port = free_port()

    async def whole(self) -> None:
        self._server = await asyncio.start_server(self._carry, "127.0.0.1", self.port)

    def cut(self) -> None:
        if self._server is not None:
            self._server.close()
        for each in self._open:
            each.transport.abort()
        self._open.clear()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        back, forth = await asyncio.open_connection("127.0.0.1", self._to)
        self._open |= {writer, forth}
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.gather(_pump(reader, forth), _pump(back, writer))


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    writer.close()


class AsteriskRig:
    """The rig of a real Asterisk: phones by SIP, each with a tone of its own, for the contract of every adapter."""

    def __init__(self, folder: Path, *, grace: int = 0) -> None:
        self._folder, self._grace, self._stack = folder, grace, contextlib.ExitStack()
        self._tone = 400
        self.phones: dict[str, Phone] = {}
        self._voices: dict[str, int] = {}

    async def opens(self) -> None:
        self.asterisk = self._stack.enter_context(running(self._folder, grace=self._grace))
        self._wire = Wire(self.asterisk.control)
        await self._wire.whole()
        self._ari = AriSwitch(self.asterisk.access(self._wire.port))
        self.switch: Switch = self._ari
        self._asks = AriSwitch(self.asterisk.access())
        self.carrier = Phone("carrier-gateway", ("127.0.0.1", self.asterisk.sip), tone=self._next())
        await self.carrier.opened(self.asterisk.carrier)

    def said(self) -> str:
        return self.asterisk.said()

    async def closes(self) -> None:
        for each in (self.carrier, *self.phones.values()):
            each.close()
        await self._ari.aclose()
        await self._asks.aclose()
        self._wire.cut()
        self._stack.close()

    async def calls_in(self, ani: str, dnis: str) -> None:
        self.carrier.tone = self._next()
        await self.carrier.calls(dnis, ani=ani)

    async def presses(self, call: str, key: str) -> None:
        (await self.talk_of(call))[1].media.presses(key)

    async def hangs_up(self, call: str) -> None:
        phone, talk = await self.talk_of(call)
        await phone.hangs_up(talk)

    async def has_phone(self, endpoint: str) -> None:
        if endpoint in self.phones:
            return
        phone = await self.asterisk.phone(endpoint, tone=self._next()).opened()
        await phone.registers()
        self.phones[endpoint] = phone

    async def picks_up(self, call: str) -> None:
        phone, talk = await self.talk_of(call)
        await phone.picks_up(talk)

    async def declines(self, call: str) -> None:
        phone, talk = await self.talk_of(call)
        await phone.declines(talk)

    async def holds(self, call: str, *, on: bool) -> None:
        phone, talk = await self.talk_of(call)
        await phone.holds(talk, on=on)

    async def passes(self, seconds: float) -> None:
        """Let nothing happen but sound: a second is 50 packets of it."""
        phones = [*self.phones.values(), self.carrier]
        talk = next((talk for phone in phones for talk in phone.talks.values() if talk.state == "up"), None)
        if talk is not None:
            await _sends(talk, int(seconds * 50))

    async def hears(self, call: str) -> frozenset[str]:
        _, talk = await self.talk_of(call)
        live = (await self.switch.snapshot()).calls
        wanted = {"music": MUSIC} | {f"prompt:{name}": at for name, at in PROMPTS.items()}
        wanted |= {each: (await self.talk_of(each))[1].media.tone for each in live if not each.startswith("boss")}
        wanted |= self._voices
        return await hears_at(talk, wanted)

    async def speaks(self, snoop: str) -> None:
        """Let a supervisor speak into a channel that snoops."""
        await self.has_phone("boss")
        boss = self.phones["boss"]
        boss.answers, boss.tone = True, self._next()
        leg, bridge = f"boss-of-{snoop}", f"supervision-{snoop}"
        await self.switch.originate(leg, "boss", caller_id="12345", seconds=15, headers={})
        self._voices[snoop] = boss.tone
        talk = await boss.latest()
        await boss.waits(talk, "up")
        await self.switch.bridge_create(bridge)
        for each in (snoop, leg):
            await self.switch.bridge_add(bridge, each)

    async def loses_line(self) -> None:
        self._wire.cut()

    async def has_line(self) -> None:
        await self._wire.whole()

    def _next(self) -> int:
        self._tone += 130
        return self._tone

    async def talk_of(self, call: str) -> tuple[Phone, Talk]:
        answer = await self._asks._done("GET", f"/channels/{call}/variable?variable=CHANNEL(pjsip,call-id)")
        id = answer.json()["value"]
        for phone in (self.carrier, *self.phones.values()):
            if id in phone.talks:
                return phone, phone.talks[id]
        raise AssertionError("no phone has that call")


async def hears_at(talk: Talk, wanted: dict[str, int]) -> frozenset[str]:
    """Return which tones arrive at a phone now."""
    await _sends(talk, 15)
    talk.media.heard.clear()
    await _sends(talk, 25)
    return tones(talk.media.samples(), wanted)


async def _sends(talk: Talk, packets: int) -> None:
    """Wait until a phone has sent so many packets."""
    until = talk.media.sent + packets
    async with asyncio.timeout(30):
        while talk.media.sent < until and talk.state != "over":
            await asyncio.sleep(0.01)
