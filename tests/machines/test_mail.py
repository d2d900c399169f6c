"""Mail end to end by postfix and dovecot: an answer goes out, a reply is added, a bounce fails, machines never loop.

Root alone can start postfix.
"""

from __future__ import annotations

import asyncio
import os
import smtplib
from collections.abc import Callable, Iterator
from datetime import datetime
from email import message_from_bytes
from email.header import decode_header, make_header
from email.utils import parseaddr
from pathlib import Path

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.conf import LazySettings
from tests import post_office_ground, smtp_ground
from tests import town_ground as towns
from tests.mail_ground import BOX, DOMAIN, WORDS, plain
from tests.post_office_ground import AWAY, CITIZEN, FAR, PASSWORD, PostOffice
from tests.smtp_ground import Handler
from tests.town_ground import Town, with_identity

from minsheng.cases.appeals.models import Addition, Appeal
from minsheng.cases.incoming import tasks as incoming
from minsheng.cases.incoming.models import Incoming
from minsheng.core.messages import tasks as messages
from minsheng.core.messages.models import Message
from minsheng.core.reach import actions as reach
from minsheng.gateways import processes
from minsheng.gateways.mail.carrying import SUBJECT

RUDE = f"rude@{FAR}"
FILE = """
domain = "{domain}"
sender = "{box}"

[outgoing]
host = "127.0.0.1"
port = {smtp}
secrecy = "none"

[[box]]
name = "hotline"
city = "suqian"
host = "127.0.0.1"
port = {imap}
secrecy = "none"
user = "{box}"
password = "MAIL_SECRET"
"""


class FarServer(Handler):
    """The server of another domain: one box answers whatever comes, as no responder should; nobody else lives there."""

    def __init__(self) -> None:
        super().__init__()
        self.answered = 0
        self.smtp = 0

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address != RUDE:
            return "550 5.1.1 no such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        self.got.append(envelope)
        await asyncio.get_running_loop().run_in_executor(None, self._answer, bytes(envelope.content or b""))
        return "250 OK"

    def _answer(self, raw: bytes) -> None:
        message = message_from_bytes(raw)
        to = parseaddr(str(message.get("Reply-To") or message["From"]))[1]
        self.answered += 1
        answer = plain(1, "收到，我会尽快回复。", Message_Id=f"<rude{self.answered}@{FAR}>")
        answer = answer.replace(b"zhou.dy@example.org", RUDE.encode()).replace(BOX.encode(), to.encode())
        with smtplib.SMTP("127.0.0.1", self.smtp, timeout=30) as server_:
            server_.sendmail(RUDE, [to], answer)


@pytest.fixture(scope="module")
def far() -> FarServer:
    return FarServer()


@pytest.fixture(scope="module")
def office(far: FarServer) -> Iterator[PostOffice]:
    if os.geteuid() != 0:
        pytest.skip("postfix is started by root alone")
    with smtp_ground.serving(far) as port, post_office_ground.opened(far=port) as made:
        far.smtp = made.smtp
        yield made


@pytest.fixture
def town(
    db: None, office: PostOffice, test_clock: Callable[[datetime], None], tmp_path: Path, settings: LazySettings,
    monkeypatch: pytest.MonkeyPatch,
) -> Town:  # fmt: skip
    monkeypatch.setenv("MAIL_SECRET", PASSWORD)
    path = tmp_path / "mail.toml"
    path.write_text(FILE.format(domain=DOMAIN, box=BOX, smtp=office.smtp, imap=office.imap), encoding="utf-8")
    settings.MAIL_FILE, settings.ANTIVIRUS_OFF = str(path), True
    return towns.build("suqian", test_clock, pack="suqian")


def told(town: Town, address: str) -> str:
    """Return an order whose appellant is to be told something by mail."""
    order = town.register()
    with_identity(town, order)
    appellant = Appeal.objects.values_list("appellant", flat=True).get(id=order)
    assert appellant is not None
    reach.bind(appellant, city="suqian", channel="mail", address=address, verified=True, now=town.now)
    Message.objects.create(
        city="suqian", position=1_000_000, place=0, stream=f"order/{order}", kind="closed", recipient="citizen",
        channel="mail", next_at=town.now,
    )  # fmt: skip
    return order


def until(town: Town, condition: Callable[[], bool]) -> bool:
    """Look into the box until something has come; return whether it has."""

    def looked() -> bool:
        incoming.fetch_mail(town.now)
        return condition()

    return processes.wait_until(looked, seconds=30, pause=0.2)


def test_an_answer_goes_to_the_citizens_box_and_their_reply_is_added_to_the_order(
    town: Town, office: PostOffice
) -> None:
    order = told(town, CITIZEN)
    messages.send(town.now)
    (sent,) = office.read(CITIZEN)
    head = message_from_bytes(sent)
    assert Message.objects.get().state == "SENT"
    # A subject is shown on a locked telephone.
    assert str(make_header(decode_header(head["Subject"]))) == SUBJECT

    to = parseaddr(str(head["Reply-To"]))[1]
    reply = plain(0, WORDS[0], In_Reply_To=str(head["Message-ID"])).replace(BOX.encode(), to.encode())
    office.post(reply, sender=CITIZEN, to=to)

    assert until(town, lambda: Incoming.objects.exists()), office.said()
    found = Incoming.objects.get()
    assert (found.status, found.order) == ("TAKEN", order)
    assert [each.text for each in Addition.objects.all()] == [WORDS[0]]
    # And the citizen is told that it has come.
    (acknowledged,) = office.read(CITIZEN)
    assert message_from_bytes(acknowledged)["In-Reply-To"] == "<m0@mail.example.com>"


def test_a_bounce_of_an_unknown_user_fails_the_message(town: Town, office: PostOffice) -> None:
    told(town, f"nobody@{FAR}")
    messages.send(town.now)
    assert Message.objects.get(channel="mail").state == "SENT"

    assert until(town, lambda: Message.objects.get(channel="mail").state != "SENT"), office.said()

    found = Message.objects.get(channel="mail")
    assert (found.state, found.why) == ("FAILED", "permanent")
    assert Incoming.objects.count() == 0


def test_two_responders_get_at_most_one_answer_each(town: Town, office: PostOffice, far: FarServer) -> None:
    office.post(plain(0, WORDS[1]).replace(CITIZEN.encode(), AWAY.encode()), sender=AWAY, to=BOX)
    rude = plain(1, WORDS[2]).replace(b"zhou.dy@example.org", RUDE.encode())
    office.post(rude, sender=RUDE, to=BOX)

    # Each is acknowledged; the one keeps still, the other one answers at once, and gets nothing more.
    assert until(town, lambda: Incoming.objects.count() == 3), office.said()
    for _ in range(3):
        assert processes.wait_until(office.is_idle, seconds=30)
        incoming.fetch_mail(town.now)

    assert (Incoming.objects.count(), far.answered, len(far.got)) == (3, 1, 1)
    assert len(office.read(AWAY)) == 1
    assert "sent vacation response" not in office.said()


def test_an_absence_answers_no_message_of_ours(town: Town, office: PostOffice) -> None:
    told(town, AWAY)
    messages.send(town.now)
    assert len(office.read(AWAY)) == 1
    incoming.fetch_mail(town.now)

    assert Incoming.objects.count() == 0
    assert "sent vacation response" not in office.said()
