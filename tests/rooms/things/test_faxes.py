"""Faxes by a gateway's mails: read page by page, registered, answered on paper, and what its receipts say."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pypdfium2
import pytest
from django.conf import LazySettings
from tests import scans_ground as paper
from tests import smtp_ground
from tests import town_ground as towns
from tests.smtp_ground import Handler
from tests.town_ground import Town, relayed, row, text_of

from minsheng.cases.incoming import mailbox
from minsheng.cases.incoming.models import Incoming
from minsheng.cases.orders.models import Order
from minsheng.core.files import places
from minsheng.core.files import queries as files
from minsheng.core.ledger.models import Event
from minsheng.core.messages import mailing
from minsheng.core.messages import tasks as messages
from minsheng.core.messages.models import Message
from minsheng.core.words import queries as words
from minsheng.gateways.mail import faxes
from minsheng.gateways.media import scans

NUMBER, GATEWAY = "051086860077", "fax@pbx.example.com"
FILE = """
domain = "hotline.example.com"
sender = "12345@hotline.example.com"
name = "江阴12345"

[outgoing]
host = "127.0.0.1"
port = {smtp}
secrecy = "none"

[fax]
sender = "fax@pbx.example.com"
number_in = ["X-Fax-Caller", "Subject"]
to = "{{number}}@fax.pbx.example.com"
delivered = "^(?:Fax sent|传真已发送)"
failed = "^(?:Fax failed|传真发送失败)"
"""


class Office(SimpleNamespace):
    """A town with a gateway of faxes, and a server that takes what is sent to it."""

    town: Town
    server: Handler

    def bring(self, *contents: bytes, sender: str = GATEWAY, subject: str = "New fax", **headers: str) -> None:
        """Let the gateway bring a mail with files."""
        mail = EmailMessage(policy=default)
        mail["From"], mail["To"], mail["Subject"] = sender, "12345@hotline.example.com", subject
        mail["Message-ID"] = f"<{uuid4()}@pbx.example.com>"
        for name, value in headers.items():
            mail[name.replace("_", "-")] = value
        mail.set_content("You have a fax.")
        for place, content in enumerate(contents):
            kind = "pdf" if content.startswith(b"%PDF") else "tiff"
            mail.add_attachment(content, maintype="application", subtype=kind, filename=f"fax{place}.{kind}")
        found = mailing.known()
        assert found is not None
        for _ in range(2):  # as a box and a server that both have it
            mailbox.receive(mail.as_bytes(), city=self.town.code, found=found, now=self.town.now)


@pytest.fixture
def office(
    db: None, test_clock: Callable[[datetime], None], tmp_path: Path, settings: LazySettings
) -> Iterator[Office]:
    settings.FILES_FOLDER, settings.ANTIVIRUS_OFF = tmp_path / "files", True
    settings.MAIL_FILE, server = str(tmp_path / "mail.toml"), Handler()
    with smtp_ground.serving(server) as smtp:
        Path(settings.MAIL_FILE).write_text(FILE.format(smtp=smtp), encoding="utf-8")
        yield Office(town=towns.build("jiangyin", test_clock), server=server)


def fax(*texts: str) -> bytes:
    """Return pages as a fax machine sends them: black and white, pixels that are not square."""
    pages = [paper.letter(text).resize((1728, 1143)).convert("1") for text in texts]
    return paper.tiff(pages, dots=(204, 98))


def only() -> Incoming:
    return Incoming.objects.get()


def registered(town: Town, found: Incoming) -> str:
    """Register a fax as a seat does, who has read its pages; return the order."""
    seat = town.desk("seat")
    shown = seat.get(f"/orders/new?incoming={found.pk}")
    assert f"/incoming/{found.pk}/files/" in shown.content.decode()
    form = {
        "key": str(uuid4()), "type": "help", "appellant": "citizen", "publish": "yes", "channel": "fax",
        "content": "人民路路灯坏了三天", "phone": "13812345678", "incoming": str(found.pk), "submit": "1",
    }  # fmt: skip
    assert shown.context["form"]["channel"].value() == "fax"
    assert seat.post("/orders/new", form).status_code == 302
    return str(Order.objects.get().id)


@pytest.mark.clause("JY-2a")
def test_a_fax_waits_for_a_seat_who_reads_its_pages_on_record(office: Office) -> None:
    office.bring(fax("一", "二"), X_Fax_Caller="+86 510-86860077")

    found = only()
    assert (found.channel, found.status, found.note) == ("fax", "WAITING", "")
    (file,) = files.of_stream(f"incoming/{found.pk}")
    pictures = list(scans.pictures(places.store().open(file.digest).read()))
    assert [round(each.height / each.width, 1) for each in pictures] == [1.4, 1.4]
    seat = office.town.desk("seat")
    page = text_of(seat.get(f"/things/incoming/{found.pk}/"))
    address = f"/incoming/{found.pk}/files/{file.id}/sheets"
    assert (address in page, NUMBER in page) == (True, False)
    read = seat.get(address)
    assert len(read.context["pages"]) == 2
    assert Event.objects.filter(type="AttachmentRead").count() == 1
    assert office.town.desk("officer@城管局").get(address).status_code == 404
    assert seat.get(f"/incoming/{found.pk}/files/{uuid4()}/sheets").status_code == 404
    assert words.of(f"incoming/{found.pk}")[1]["sender"] == NUMBER


def answered(office: Office) -> str:
    """Let a fax be registered, handled and answered; return the order."""
    town = office.town
    office.bring(fax("一"), X_Fax_Caller=NUMBER)
    order = registered(town, only())
    town.act(order, "dispatcher", "dispatch", unit="城管局", basis="权责清单")
    town.act(order, "officer@城管局", "sign")
    town.act(order, "leader@城管局", "approve_reply")
    town.act(order, "officer@城管局", "reply", text="路灯已经修好", channel="fax", kind="final")
    town.act(order, "auditor", "pass_audit")
    relayed()
    messages.send(town.now)
    return order


def paper_of(server: Handler) -> tuple[Any, str]:
    """Return the mail that the gateway got, and what stands on its sheet."""
    (envelope,) = server.got
    mail = message_from_bytes(envelope.content, policy=default)
    document = pypdfium2.PdfDocument(mail.get_content())
    return (envelope, mail), "".join(page.get_textpage().get_text_range() for page in document)


@pytest.mark.clause("JY-9.4")
def test_a_fax_is_answered_by_fax_on_paper_and_its_receipt_counts(office: Office) -> None:
    order = answered(office)

    (envelope, mail), sheet = paper_of(office.server)
    assert envelope.rcpt_tos == [f"{NUMBER}@fax.pbx.example.com"]
    assert (mail.get_content_type(), mail["Subject"]) == ("application/pdf", "FAX")
    told = "".join(sheet.split())
    assert [each in told for each in ("江阴12345", "路灯已经修好", row(order).number)] == [True] * 3
    sent = Message.objects.get(kind="answered")
    assert (sent.channel, sent.state, sent.awaits) == ("fax", "SENT", True)

    office.bring(subject="Fax sent to you", In_Reply_To=str(mail["Message-ID"]))
    assert Message.objects.get(kind="answered").state == "DELIVERED"
    assert Incoming.objects.count() == 1


def test_a_fax_that_does_not_arrive_goes_on_by_the_next_channel(office: Office) -> None:
    answered(office)
    (_, mail), _ = paper_of(office.server)

    office.bring(subject="传真发送失败：无人应答", To_Tag="", References=str(mail["Message-ID"]))
    messages.send(office.town.now)

    found = {each.channel: each.state for each in Message.objects.filter(kind="answered")}
    assert found["fax"] == "FAILED"
    assert "sms" in found


def test_what_is_no_readable_fax_is_kept_for_a_seat_and_a_strange_receipt_is_laid_aside(office: Office) -> None:
    broken = b"II*\0" + b"\xff" * 200
    office.bring(broken, subject="fax from 40 digits 1234567890123456789012345678901234567890")
    office.bring(subject="Fax sent")

    first, second = Incoming.objects.order_by("id")
    assert (first.channel, first.status, first.note) == ("fax", "WAITING", "unreadable")
    said = words.of(f"incoming/{first.pk}")[1]
    assert (said.get("sender", ""), "fax0.tiff" in said["refused"]) == ("", True)
    assert (second.status, second.note) == ("ASIDE", "automatic")


def test_another_sender_than_the_gateway_sends_a_mail(office: Office) -> None:
    office.bring(fax("一"), sender="fax@elsewhere.example.com", X_Fax_Caller=NUMBER)
    assert only().channel == "mail"


@pytest.mark.parametrize(
    ("said", "dialed"),
    [
        ("+86 510-86860077", NUMBER),
        ("0510 8686 0077", NUMBER),
        ("8613812345678", "13812345678"),
        ("86860077", "86860077"),
        ("+81 3 1234 5678", "0081312345678"),
    ],
)
def test_a_number_is_what_is_dialed(said: str, dialed: str) -> None:
    assert faxes.digits_of(said) == dialed
