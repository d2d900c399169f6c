"""Messages by mail: handed over to a server, failed by a bounce, and what `minsheng doctor` says."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace

import psycopg
import pytest
from django.conf import LazySettings
from django.db import connection
from tests import smtp_ground, toy_writer_ground
from tests.imap_ground import Post
from tests.imap_ground import serving as boxes
from tests.smtp_ground import Handler
from tests.toy_rows_ground import FEATURE

from minsheng.core.features.values import BAD, GOOD, HINT
from minsheng.core.messages import checks, mail_checks, mailing, tasks
from minsheng.core.messages.models import Message
from minsheng.core.messages.values import BESIDE, CITIZEN, MAIL
from minsheng.gateways.mail import mails, reading, tags
from minsheng.gateways.mail.mails import Bounce

NOW = datetime.fromisoformat("2026-09-18T10:00:00+08:00")
TO = "lin@example.com"
FILE = """
domain = "hotline.example.com"
sender = "12345@hotline.example.com"
name = "12345热线"

[outgoing]
host = "127.0.0.1"
port = {smtp}
secrecy = "none"

[[box]]
name = "hotline"
city = "jiangyin"
host = "127.0.0.1"
port = {imap}
secrecy = "none"
user = "u"
password = "MAIL_SECRET"
"""


@pytest.fixture
def office(tmp_path: Path, settings: LazySettings, monkeypatch: pytest.MonkeyPatch) -> Iterator[SimpleNamespace]:
    """Give a server that takes mails, a box, and the file that names both."""
    monkeypatch.setenv("MAIL_SECRET", "geheim")
    monkeypatch.setattr(toy_writer_ground, "PHONE", TO)
    settings.FEATURES = [*settings.FEATURES, FEATURE]
    handler, path = Handler(), tmp_path / "mail.toml"
    settings.MAIL_FILE = str(path)
    with smtp_ground.serving(handler) as smtp, boxes(Post({})) as post:
        path.write_text(FILE.format(smtp=smtp, imap=post.port), encoding="utf-8")
        yield SimpleNamespace(server=handler, post=post, file=path)


def told(position: int = 0) -> None:
    Message.objects.create(
        city="jiangyin", position=position, place=BESIDE, stream="loan/1", kind="answered", recipient=CITIZEN,
        channel=MAIL, next_at=NOW,
    )  # fmt: skip


def only() -> Message:
    return Message.objects.get(channel=MAIL)


@pytest.mark.django_db
def test_a_message_goes_by_mail_and_its_id_finds_the_stream_again(office: SimpleNamespace) -> None:
    told()
    tasks.send(NOW)

    known = mailing.known()
    assert known is not None
    (got,) = office.server.got
    mail = reading.read(bytes(got.content), ours=mailing.ours(known))
    assert (only().state, only().provider, got.rcpt_tos) == ("SENT", "mail", [TO])
    (id,) = tags.in_message_ids([mail.message_id], domain=known.domain, keys=mailing.ours(known).keys)
    assert mailing.stream_of(id, city="jiangyin") == "loan/1"
    assert mailing.stream_of(id, city="suqian") == ""


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("outcome", "state", "why"),
    [
        (mails.PERMANENT, "FAILED", "permanent"),
        (mails.TEMPORARY, "WAITING", ""),
        (mails.DELIVERED, "DELIVERED", ""),
        ("", "SENT", ""),
    ],
)
def test_a_bounce_fails_a_message_or_has_it_sent_anew(
    office: SimpleNamespace, outcome: str, state: str, why: str
) -> None:
    told()
    tasks.send(NOW)

    mailing.bounced(Bounce(only().provider_id, outcome), now=NOW)

    assert (only().state, only().why) == (state, why)


@pytest.mark.django_db
def test_a_recipient_that_the_server_refuses_fails_the_message_and_a_server_in_trouble_does_not(
    office: SimpleNamespace, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG), smtp_ground.serving(Handler(rcpt="550 no such user")) as smtp:
        office.file.write_text(FILE.format(smtp=smtp, imap=office.post.port), encoding="utf-8")
        told()
        tasks.send(NOW)
        assert (only().state, only().why) == ("FAILED", "permanent")
    with caplog.at_level(logging.DEBUG), smtp_ground.serving(Handler(data="451 later")) as smtp:
        office.file.write_text(FILE.format(smtp=smtp, imap=office.post.port), encoding="utf-8")
        told(1)
        tasks.send(NOW)

    assert Message.objects.get(position=1, channel=MAIL).state == "WAITING"
    ours = [each.getMessage() for each in caplog.records if each.name.startswith("minsheng")]
    assert not any(TO in each or "550" in each for each in ours)


@pytest.mark.django_db
def test_the_doctor_says_that_box_and_server_can_be_used_and_names_a_strange_city(office: SimpleNamespace) -> None:
    reached: psycopg.Connection = connection.connection

    found = mail_checks.mail(reached, now=NOW)

    # The test's database has no city of that name.
    assert [each.level for each in found] == [BAD, GOOD, GOOD]
    assert "jiangyin" in found[0].what
    assert [each.level for each in checks.channels(reached, now=NOW)] == [GOOD, HINT]  # mail, text messages


@pytest.mark.django_db
def test_the_doctor_says_what_is_wrong_with_the_file_the_box_and_the_server(
    office: SimpleNamespace, settings: LazySettings
) -> None:
    reached: psycopg.Connection = connection.connection
    office.file.write_text(FILE.format(smtp=1, imap=1), encoding="utf-8")
    assert [each.level for each in mail_checks.mail(reached, now=NOW)] == [BAD, BAD, BAD]
    text = FILE.format(smtp=1, imap=1)
    office.file.write_text(text[: text.index("[outgoing]")], encoding="utf-8")
    assert [each.level for each in mail_checks.mail(reached, now=NOW)] == [HINT]
    office.file.write_text("x", encoding="utf-8")
    (fault,) = mail_checks.mail(reached, now=NOW)
    assert (fault.level, "不是 TOML" in fault.what) == (BAD, True)
    told()
    tasks.send(NOW)
    assert only().state == "NO_CARRIER"
    settings.MAIL_FILE = ""
    assert mail_checks.mail(reached, now=NOW) == []
