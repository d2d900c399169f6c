"""`minsheng calls` as processes between a real Asterisk and the suite's PostgreSQL, with people at phones."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote
from uuid import uuid4

from anyio.from_thread import start_blocking_portal
from django.db import connection
from tests.asterisk_ground import APP, PASSWORD, Asterisk
from tests.run_ground import free_port, free_row
from tests.sip_ground import Phone

from minsheng.cases.telephony import actions
from minsheng.cases.telephony.models import TelephonyAsk
from minsheng.domain.actors import Actor
from minsheng.gateways import clock
from minsheng.gateways.switch import asterisk as configuration

T = TypeVar("T")
SIPP = """<?xml version="1.0" encoding="UTF-8" ?>
<scenario name="citizen">
  <send retrans="500"><![CDATA[
INVITE sip:12345@[remote_ip]:[remote_port] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: <sip:199000080[call_number]@[local_ip]:[local_port]>;tag=[pid]t[call_number]
To: <sip:12345@[remote_ip]:[remote_port]>
Call-ID: [call_id]
CSeq: 1 INVITE
Contact: <sip:citizen@[local_ip]:[local_port]>
Max-Forwards: 70
Content-Type: application/sdp
Content-Length: [len]

v=0
o=citizen 1 1 IN IP[local_ip_type] [local_ip]
s=-
c=IN IP[media_ip_type] [media_ip]
t=0 0
m=audio [media_port] RTP/AVP 8
a=rtpmap:8 PCMA/8000
]]></send>
  <recv response="100" optional="true"/>
  <recv response="180" optional="true"/>
  <recv response="200"/>
  <send><![CDATA[
ACK sip:12345@[remote_ip]:[remote_port] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: <sip:199000080[call_number]@[local_ip]:[local_port]>;tag=[pid]t[call_number]
To: <sip:12345@[remote_ip]:[remote_port]>[peer_tag_param]
Call-ID: [call_id]
CSeq: 1 ACK
Max-Forwards: 70
Content-Length: 0

]]></send>
  <recv request="BYE" timeout="120000"/>
  <send><![CDATA[
SIP/2.0 200 OK
[last_Via:]
[last_From:]
[last_To:]
[last_Call-ID:]
[last_CSeq:]
Content-Length: 0

]]></send>
</scenario>
"""


class Lines:
    """Lines through this process that can be cut: to the switch by TCP, to PostgreSQL by a socket of a folder."""

    def __init__(self, target: tuple[int, Any], own: tuple[int, Any]) -> None:
        self._target, self._own = target, own
        self._open: list[socket.socket] = []
        self._server: socket.socket | None = None
        self.mends()

    def mends(self) -> None:
        family, address = self._own
        if family == socket.AF_UNIX:
            Path(address).unlink(missing_ok=True)
        self._server = socket.socket(family)
        self._server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._server.bind(address)
        self._server.listen(50)
        threading.Thread(target=self._accepts, args=(self._server,), daemon=True).start()

    def cut(self) -> None:
        server, self._server = self._server, None
        if server is not None:
            with contextlib.suppress(OSError):
                server.shutdown(socket.SHUT_RDWR)
            server.close()
        opened, self._open = self._open, []
        for each in opened:
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)

    def _accepts(self, server: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while server is self._server:
                near, _ = server.accept()
                far = socket.socket(self._target[0])
                try:
                    far.connect(self._target[1])
                except OSError:
                    near.close()
                    continue
                for each in (near, far):
                    if each.family == socket.AF_INET:
                        each.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self._open += [near, far]
                if server is not self._server:
                    self.cut()
                for one, other in ((near, far), (far, near)):
                    threading.Thread(target=_pump, args=(one, other), daemon=True).start()


def _pump(one: socket.socket, other: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := one.recv(65536):
            other.sendall(data)
    for each in (one, other):
        with contextlib.suppress(OSError):
            each.shutdown(socket.SHUT_RDWR)


class Hall:
    """A switch, phones in a loop of their own, and controllers that are started and killed."""

    def __init__(self, folder: Path, *, agents: int) -> None:
        self.agents = [f"staff:{9000 + no}" for no in range(agents)]
        names = tuple(each.replace(":", "-") for each in self.agents)
        self.folder = folder
        self.asterisk = Asterisk(folder, phones=names, grace=10).starts()
        self.to_switch = Lines(
            (socket.AF_INET, ("127.0.0.1", self.asterisk.control)), (socket.AF_INET, ("127.0.0.1", free_port()))
        )
        said = connection.settings_dict
        self._database = f"{said['HOST']}/.s.PGSQL.{said['PORT']}"
        sockets = folder / "s"
        sockets.mkdir()
        self.to_database = Lines(
            (socket.AF_UNIX, self._database), (socket.AF_UNIX, f"{sockets}/.s.PGSQL.{said['PORT']}")
        )
        self._environment = {
            **os.environ,
            "DATABASE_URL": f"postgresql://{quote(said['USER'])}@/{said['NAME']}?host={quote(str(sockets))}"
            f"&port={said['PORT']}",
            "MINSHENG_SWITCH_FILE": str(folder / "switch.toml"), "SECRET_OF_SWITCH": PASSWORD,
            "PGPASSWORD": said["PASSWORD"],
            "MINSHENG_VAR": str(folder / "var"), "MINSHENG_DEMO": "",
        }  # fmt: skip
        self._environment.pop("DATABASE_OWNER_URL", None)
        (folder / "var").mkdir()
        (folder / "switch.toml").write_text(
            f'[[switch]]\nkind = "ari"\ncity = "suzhou"\nurl = "http://127.0.0.1:{self.to_switch._own[1][1]}"\n'
            f'user = "{configuration.USER}"\npassword = "SECRET_OF_SWITCH"\napp = "{APP}"\ntrunk = "carrier"\n'
            f'prompts = "{self.asterisk.plan.prompts}"\n'
        )
        self._processes: list[subprocess.Popen[bytes]] = []
        self._loops = start_blocking_portal()
        self._loop = self._loops.__enter__()
        self.carrier = Phone("carrier-gateway", ("127.0.0.1", self.asterisk.sip), tone=530)
        self.do(self.carrier.opened(self.asterisk.carrier))
        self.phones = {name: self.asterisk.phone(name, tone=660 + 130 * no) for no, name in enumerate(names)}
        for phone in self.phones.values():
            phone.answers = True
            self.do(phone.opened())
            self.do(phone.registers())

    def do(self, deed: Awaitable[T]) -> T:
        """Do something in the loop of the phones."""

        async def done() -> T:
            return await deed

        return self._loop.start_task_soon(done).result(120)

    def starts(self) -> subprocess.Popen[bytes]:
        """Start a controller."""
        with (self.folder / "calls.log").open("ab") as log:
            words = [sys.executable, "-m", "minsheng.app.cli.main", "calls"]
            process = subprocess.Popen(words, env=self._environment, cwd=self.folder, stdout=log, stderr=log)
        self._processes.append(process)
        return process

    def said(self) -> str:
        """Return what the controllers and the switch said."""
        return (self.folder / "calls.log").read_text(errors="replace") + self.asterisk.said()

    def ask(self, agent: str, kind: str, **body: object) -> None:
        by = Actor("seat", person=agent)
        actions.ask(uuid4(), kind=kind, agent=agent, by=by, city="suzhou", now=clock.now(), body=body)

    def all_ready(self) -> None:
        """Let every agent come and be ready."""
        for agent in self.agents:
            self.ask(agent, "come", skills={"ordinary": 1})
            self.ask(agent, "go_ready")
        self.until(lambda: not TelephonyAsk.objects.filter(done_at=None).exists())

    def until(self, condition: Callable[[], Any], *, turns: int = 6000) -> None:
        """Wait until something is so."""
        for _ in range(turns):
            if condition():
                return
            threading.Event().wait(0.02)
        raise AssertionError(self.said())

    def callers(self, count: int) -> subprocess.Popen[bytes]:
        """Let so many people call by sipp, who talk until the hotline hangs up; it ends with 0 when all went well."""
        (self.folder / "citizen.xml").write_text(SIPP)
        port, (media, _) = free_port(), free_row()
        words = [
            "sipp", "-sf", "citizen.xml", f"127.0.0.1:{self.asterisk.sip}", "-i", "127.0.0.1", "-p", str(port), "-mp",
            str(media), "-m", str(count), "-r", "10", "-l", str(count), "-nostdin", "-timeout", "150s",
        ]  # fmt: skip
        with (self.folder / "sipp.log").open("wb") as log:
            process = subprocess.Popen(words, cwd=self.folder, stdout=log, stderr=log)
        self._processes.append(process)
        return process

    def close(self) -> None:
        for process in self._processes:
            if process.poll() is None:
                process.kill()
                process.wait()
        self.to_switch.cut()
        self.to_database.cut()
        self._loop.call(self._hang_up)
        self._loops.__exit__(None, None, None)
        self.asterisk.dies()

    def _hang_up(self) -> None:
        for phone in (self.carrier, *self.phones.values()):
            phone.close()
