"""A real post office on loopback: Debian's postfix takes mails, dovecot keeps the boxes and lets them be read by IMAP.

Both run in a folder of their own at free ports, and touch nothing of the machine's. Postfix is started by root alone.
Sieve answers for those who are away. Mail for `far.example.org` goes to another server, as it does in the world.
"""

from __future__ import annotations

import os
import shutil
import signal
import smtplib
import socket
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from imap_tools import MailBoxUnencrypted
from tests.mail_ground import BOX, DOMAIN
from tests.run_ground import free_port

from minsheng.gateways import processes
from minsheng.gateways.mail import fetching, lines
from minsheng.gateways.mail.fetching import Box
from minsheng.gateways.mail.lines import Line

PASSWORD = "geheim"
CITIZEN = "lin@example.com"
# Who answers every mail by sieve's vacation while away.
AWAY = "zhou@example.com"
FAR = "far.example.org"

_PATH = f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"
_MAIN = """
compatibility_level = 3.6
queue_directory = {folder}/spool
data_directory = {folder}/data
maillog_file = /dev/stdout
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
myhostname = mx.{domain}
mydestination =
local_recipient_maps =
alias_maps =
recipient_delimiter = +
virtual_mailbox_domains = {domain}, example.com
virtual_mailbox_maps = texthash:{folder}/people
# Answers and bounces come to the one box; what stands behind the plus stays.
virtual_alias_maps = texthash:{folder}/aliases
virtual_transport = lmtp:inet:127.0.0.1:{lmtp}
transport_maps = texthash:{folder}/transport
smtpd_relay_restrictions = permit_mynetworks, reject
message_size_limit = 100000000
minimal_backoff_time = 1s
queue_run_delay = 1s
bounce_queue_lifetime = 0
maximal_queue_lifetime = 0
"""
_MASTER = """
127.0.0.1:{smtp} inet n - n - - smtpd
pickup    unix  n       -       n       60      1       pickup
cleanup   unix  n       -       n       -       0       cleanup
qmgr      unix  n       -       n       300     1       qmgr
tlsmgr    unix  -       -       n       1000?   1       tlsmgr
rewrite   unix  -       -       n       -       -       trivial-rewrite
bounce    unix  -       -       n       -       0       bounce
defer     unix  -       -       n       -       0       bounce
trace     unix  -       -       n       -       0       bounce
proxymap  unix  -       -       n       -       -       proxymap
smtp      unix  -       -       n       -       -       smtp
error     unix  -       -       n       -       -       error
retry     unix  -       -       n       -       -       error
lmtp      unix  -       -       n       -       -       lmtp
anvil     unix  -       -       n       -       1       anvil
scache    unix  -       -       n       -       1       scache
postlog   unix-dgram n  -       n       -       1       postlogd
"""
_DOVECOT = """
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/dovecot.log
protocols = imap lmtp
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
recipient_delimiter = +
first_valid_uid = 1
mail_location = maildir:~/Maildir
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid=nobody gid=nogroup home={folder}/boxes/%u allow_all_users=yes
}}
service imap-login {{
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service lmtp {{
  inet_listener lmtp {{
    port = {lmtp}
  }}
}}
protocol lmtp {{
  postmaster_address = postmaster@{domain}
  mail_plugins = sieve
}}
plugin {{
  sieve = ~/away.sieve
  sieve_vacation_send_from_recipient = yes
}}
submission_host = 127.0.0.1:{smtp}
"""
_AWAY = 'require ["vacation"];\nvacation :days 1 :subject "出差" "我出差了，下周一回复。";\n'


@dataclass
class PostOffice:
    """A running post office; `far`: the port of the server that has the mail of `FAR`."""

    folder: Path
    far: int
    smtp: int = field(default_factory=free_port)
    imap: int = field(default_factory=free_port)
    lmtp: int = field(default_factory=free_port)
    started: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start(self) -> None:
        """Start both and wait until each answers."""
        values: Mapping[str, object] = {
            "folder": self.folder, "domain": DOMAIN, "smtp": self.smtp, "imap": self.imap, "lmtp": self.lmtp,
            "password": PASSWORD,
        }  # fmt: skip
        for name in ("etc", "spool", "data", "run", "state", "boxes"):
            (self.folder / name).mkdir()
        (self.folder / "etc" / "main.cf").write_text(_MAIN.format(**values))
        (self.folder / "etc" / "master.cf").write_text(_MASTER.format(**values))
        (self.folder / "dovecot.conf").write_text(_DOVECOT.format(**values))
        (self.folder / "people").write_text("".join(f"{each} x\n" for each in (BOX, CITIZEN, AWAY)))
        (self.folder / "aliases").write_text(f"reply@{DOMAIN} {BOX}\nbounce@{DOMAIN} {BOX}\n")
        (self.folder / "transport").write_text(f"{FAR} smtp:[127.0.0.1]:{self.far}\n")
        away = self.folder / "boxes" / AWAY
        away.mkdir()
        (away / "away.sieve").write_text(_AWAY)
        for path in ("boxes", f"boxes/{AWAY}"):
            shutil.chown(self.folder / path, "nobody", "nogroup")
        shutil.chown(self.folder / "data", "postfix")
        shutil.chown(self.folder / "spool", "root")
        if not all(shutil.which(name, path=_PATH) for name in ("postfix", "dovecot")):
            raise AssertionError("postfix and dovecot are missing: scripts/bootstrap.sh browser")
        environment = {**os.environ, "PATH": _PATH}
        commands = (
            ["dovecot", "-F", "-c", str(self.folder / "dovecot.conf")],
            ["postfix", "-c", str(self.folder / "etc"), "start-fg"],
        )
        for name, command in zip(("dovecot", "postfix"), commands, strict=True):
            with (self.folder / f"{name}.out").open("wb") as out:
                self.started.append(
                    subprocess.Popen(command, stdout=out, stderr=out, stdin=subprocess.DEVNULL, env=environment)
                )
        ready = processes.wait_until(self._answers, seconds=60)
        assert ready, self.said()

    def stop(self) -> None:
        """End what was started."""
        # What `start-fg` starts outlives it; its master's number stands in its folder.
        pid = self.folder / "spool" / "pid" / "master.pid"
        if pid.exists():
            os.kill(int(pid.read_text()), signal.SIGTERM)
        for each in self.started:
            each.terminate()
        for each in self.started:
            each.wait(timeout=30)

    def said(self) -> str:
        """Return what both wrote to their logs."""
        logs = [self.folder / name for name in ("postfix.out", "dovecot.out", "dovecot.log")]
        lines = [line for each in logs if each.exists() for line in each.read_text(errors="replace").splitlines()]
        return "\n".join(line for line in lines if "imap" not in line)

    def post(self, raw: bytes, *, sender: str, to: str) -> None:
        """Hand a mail in, as anybody's mail program does."""
        with smtplib.SMTP("127.0.0.1", self.smtp, timeout=30) as server:
            server.sendmail(sender, [to], raw)

    def box(self, user: str, **more: str) -> Box:
        """Return a box, for whoever reads it."""
        line = Line(host="127.0.0.1", port=self.imap, secrecy=lines.NONE, user=user, password=PASSWORD)
        return Box(name="box", line=line, **more)

    def read(self, user: str, *, at_least: int = 1, seconds: float = 30) -> list[bytes]:
        """Return the new mails of a box, once there are so many."""
        found: list[bytes] = []

        def enough() -> bool:
            fetching.fetch(self.box(user), lambda fetched: found.append(fetched.raw))
            return len(found) >= at_least

        assert processes.wait_until(enough, seconds=seconds, pause=0.2), self.said()
        return found

    def make_folder(self, user: str, name: str) -> None:
        """Make a folder in a box."""
        with MailBoxUnencrypted("127.0.0.1", self.imap) as mailbox:
            mailbox.login(user, PASSWORD)
            mailbox.folder.create(name)

    def is_idle(self) -> bool:
        """Tell whether no mail is on its way."""
        queues = [self.folder / "spool" / name for name in ("incoming", "active", "deferred", "maildrop")]
        return not any(each.is_file() for queue in queues for each in queue.rglob("*"))

    def _answers(self) -> bool:
        try:
            for port, word in ((self.smtp, b"220"), (self.imap, b"* OK"), (self.lmtp, b"220")):
                with socket.create_connection(("127.0.0.1", port), timeout=10) as line:
                    if not line.recv(100).startswith(word):
                        return False
        except OSError:
            return any(each.poll() is not None for each in self.started)
        return True


@contextmanager
def opened(*, far: int) -> Iterator[PostOffice]:
    """Run a post office until the end of the block."""
    folder = Path(tempfile.mkdtemp(prefix="ms-post-"))
    folder.chmod(0o755)
    office = PostOffice(folder, far)
    try:
        office.start()
        yield office
    finally:
        office.stop()
        shutil.rmtree(folder, ignore_errors=True)
