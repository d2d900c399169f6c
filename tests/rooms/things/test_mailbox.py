"""Mail that people send: to its order where that is certain, else to a seat; machines are answered by nobody."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.conf import LazySettings
from django.db import connection
from django.test import Client
from tests import files_ground as samples
from tests import mail_ground, smtp_ground
from tests import town_ground as towns
from tests.imap_ground import Post
from tests.imap_ground import serving as boxes
from tests.mail_ground import DOMAIN, OTHERS, PEOPLE, WORDS, part, parts, plain
from tests.smtp_ground import Handler
from tests.town_ground import Town, row, with_identity

from minsheng.cases.appeals.models import Addition, Appeal
from minsheng.cases.incoming import tasks
from minsheng.cases.incoming.models import Incoming
from minsheng.core.files import places
from minsheng.core.files.models import Attachment
from minsheng.core.messages import mailing
from minsheng.core.messages.models import Message
from minsheng.core.people.models import Alarm
from minsheng.core.reach import actions as reach
from minsheng.core.words import queries as words
from minsheng.gateways.antivirus import ScannerAway, Verdict
from minsheng.gateways.mail import tags

LIN = PEOPLE[0][1]
FILE = """
domain = "hotline.example.com"
sender = "12345@hotline.example.com"
authserv_id = "mx.hotline.example.com"

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
user = "u"
password = "MAIL_SECRET"

[[pipe]]
name = "mx"
city = "suqian"
token = "MAIL_SECRET"
"""


class Office(SimpleNamespace):
    """A town with a box of mail and a server that takes answers."""

    town: Town
    post: Post
    server: Handler

    def bring(self, *mails: bytes) -> None:
        """Let mails come, and the box be looked into."""
        for each in mails:
            self.post.mails[len(self.post.mails) + 1] = each
        tasks.fetch_mail(self.town.now)

    def told(self, order: str, *, position: int = 1) -> str:
        """Return the id of a mail of ours about an order that has gone out."""
        found = mailing.known()
        assert found is not None
        id = tags.id_of(f"message {position} of {order}", key=mailing.ours(found).keys[0])
        Message.objects.create(
            city="suqian", position=position, place=0, stream=f"order/{order}", kind="answered", recipient="citizen",
            channel="mail", state="SENT", provider="mail", provider_id=id, next_at=self.town.now,
        )  # fmt: skip
        return id

    def our_id(self, id: str) -> str:
        found = mailing.known()
        assert found is not None
        return tags.message_id(id, domain=DOMAIN, key=mailing.ours(found).keys[0])

    def address(self, purpose: str, id: str) -> str:
        found = mailing.known()
        assert found is not None
        return tags.address(purpose, id, domain=DOMAIN, key=mailing.ours(found).keys[0])


@pytest.fixture
def office(
    db: None, test_clock: Callable[[datetime], None], tmp_path: Path, settings: LazySettings,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Office]:  # fmt: skip
    monkeypatch.setenv("MAIL_SECRET", "geheim")
    path, server = tmp_path / "mail.toml", Handler()
    settings.MAIL_FILE, settings.ANTIVIRUS_OFF = str(path), True
    town = towns.build("suqian", test_clock, pack="suqian")
    with smtp_ground.serving(server) as smtp, boxes(Post({})) as post:
        path.write_text(FILE.format(smtp=smtp, imap=post.port), encoding="utf-8")
        yield Office(town=town, post=post, server=server)


def ordered(office: Office, *, address: str = LIN) -> str:
    """Return an open order whose appellant is reached at a mail address."""
    order = office.town.register()
    with_identity(office.town, order)
    pseudonym = Appeal.objects.values_list("appellant", flat=True).get(id=order)
    assert pseudonym is not None
    reach.bind(pseudonym, city="suqian", channel="mail", address=address, verified=True, now=office.town.now)
    return order


def only() -> Incoming:
    return Incoming.objects.get()


def said(incoming: Incoming) -> dict[str, str]:
    return dict(next(iter(words.of(f"incoming/{incoming.pk}").values())))


@pytest.mark.clause("JY-2a")
def test_a_mail_of_a_stranger_waits_for_a_seat_with_its_words_and_files(office: Office) -> None:
    raw = parts(
        0,
        part("text/plain; charset=utf-8", WORDS[0].encode()),
        part("image/png", samples.PNG, Content_Disposition='attachment; filename="p.png"'),
        part("application/x-msdownload", b"MZ", Content_Disposition='attachment; filename="x.exe"'),
    )

    office.bring(raw)

    assert (only().status, only().channel, only().note) == ("WAITING", "mail", "")
    kept = said(only())
    assert (kept["text"], kept["sender"], kept["subject"]) == (WORDS[0], LIN, mail_ground.SUBJECTS[0])
    assert kept["refused"] == "x.exe"
    assert [each.name for each in Attachment.objects.all()] == ["p.png"]


def test_an_answer_to_our_mail_is_added_to_its_order_without_what_it_quotes(office: Office) -> None:
    order = ordered(office)
    id = office.told(order)
    text = f"{WORDS[0]}\n\nOn Thu, Jan 1, 2026 12345 wrote:\n> {OTHERS[0]}\n"

    office.bring(plain(0, text, In_Reply_To=office.our_id(id)))

    assert (only().status, only().order) == ("TAKEN", order)
    (added,) = Addition.objects.all()
    assert added.text == WORDS[0]
    assert OTHERS[0] in said(only())["quoted"]
    page = office.town.desk("seat").get(f"/things/incoming/{only().pk}/").content.decode()
    assert "<details><summary>展开</summary>On Thu" in page
    order_page = towns.text_of(office.town.desk("seat").get(f"/orders/{order}"))
    assert OTHERS[0] not in order_page


def test_files_of_an_answer_go_to_its_order(office: Office) -> None:
    order = ordered(office)
    id = office.told(order)
    raw = parts(
        0,
        part("text/plain; charset=utf-8", WORDS[0].encode()),
        part("image/png", samples.PNG, Content_Disposition='attachment; filename="p.png"'),
        To=office.address(tags.REPLY, id),
    )

    office.bring(raw)

    assert only().status == "TAKEN"
    assert Attachment.objects.filter(owner="order", order=order, name="p.png").count() == 1


@pytest.mark.parametrize(
    ("vouched", "status"), [("dmarc=pass header.from=example.com", "TAKEN"), ("dkim=fail", "WAITING"), ("", "WAITING")]
)
def test_a_number_in_the_subject_counts_where_the_server_vouches_for_the_sender(
    office: Office, vouched: str, status: str
) -> None:
    order = ordered(office)
    results = {"Authentication_Results": f"mx.hotline.example.com; {vouched}"} if vouched else {}

    office.bring(plain(0, WORDS[0], subject=f"Re: {row(order).number}", **results))

    assert only().status == status
    page = towns.text_of(office.town.desk("seat").get(f"/things/incoming/{only().pk}/"))
    assert vouched.partition(" ")[0] in page
    assert LIN not in page


def test_forged_mail_adds_nothing_even_with_our_id_and_the_appellants_address(office: Office) -> None:
    order = ordered(office)
    id = office.told(order)
    results = "mx.hotline.example.com; dmarc=fail; spf=fail; dkim=fail"

    office.bring(plain(0, WORDS[0], In_Reply_To=office.our_id(id), Authentication_Results=results))

    assert (only().status, only().note, Addition.objects.count()) == ("WAITING", "stranger", 0)


def test_forged_mails_leave_the_conversation_of_the_other_alone(office: Office) -> None:
    order = ordered(office)
    results = "mx.hotline.example.com; dmarc=fail; spf=fail"
    forged = [
        plain(0, WORDS[0], Message_ID=f"<{each}@example.com>", Authentication_Results=results) for each in range(7)
    ]
    office.bring(*forged)
    id = office.told(order)

    office.bring(plain(0, WORDS[1], In_Reply_To=office.our_id(id)))

    assert Incoming.objects.order_by("-id").values_list("status", "order").first() == ("TAKEN", order)


def test_whoever_is_not_the_appellant_adds_nothing_even_with_our_id(office: Office) -> None:
    order = ordered(office)
    id = office.told(order)

    office.bring(plain(1, WORDS[1], In_Reply_To=office.our_id(id)))

    assert (only().status, only().note, Addition.objects.count()) == ("WAITING", "stranger", 0)


def test_a_mail_that_comes_twice_is_one_and_is_acknowledged_once(office: Office) -> None:
    office.bring(plain(0, WORDS[0]))
    office.post.seen.clear()
    office.bring(b"Received: again\r\n" + plain(0, WORDS[0]))

    assert Incoming.objects.count() == 1
    assert [each.rcpt_tos for each in office.server.got] == [[LIN]]


def test_a_sender_is_told_once_an_hour_that_mails_have_come(office: Office) -> None:
    office.bring(plain(0, WORDS[0]), plain(0, WORDS[1], Message_Id="<n2@example.com>"))
    office.town.later(minutes=61)
    office.bring(plain(0, WORDS[2], Message_Id="<n3@example.com>"))

    assert Incoming.objects.count() == 3
    assert len(office.server.got) == 2
    answer = bytes(office.server.got[0].content or b"")
    assert b"Auto-Submitted: auto-replied" in answer
    assert office.server.got[0].mail_from == "<>"


@pytest.mark.parametrize(
    "fields", [{"Auto_Submitted": "auto-replied"}, {"Precedence": "bulk"}, {"Return_Path": "<>"}, {"X_Loop": DOMAIN}]
)
def test_a_machine_is_laid_aside_and_never_answered(office: Office, fields: dict[str, str]) -> None:
    office.bring(plain(0, WORDS[0], **fields))

    assert (only().status, only().note) == ("ASIDE", "automatic")
    assert office.server.got == []


@pytest.mark.parametrize(("results", "answers"), [("spf=fail", 0), ("dkim=fail; dmarc=pass", 1), ("spf=none", 1)])
def test_a_sender_whom_the_own_server_does_not_believe_is_not_answered(
    office: Office, results: str, answers: int
) -> None:
    office.bring(plain(0, WORDS[0], Authentication_Results=f"mx.hotline.example.com; {results}"))

    assert (only().status, len(office.server.got)) == ("WAITING", answers)


def test_a_box_of_an_unknown_city_is_left_alone(office: Office, settings: LazySettings) -> None:
    path = Path(settings.MAIL_FILE)
    path.write_text(path.read_text(encoding="utf-8").replace('"suqian"', '"nowhere"'), encoding="utf-8")

    office.bring(plain(0, WORDS[0]))

    assert (Incoming.objects.count(), office.post.asked) == (0, [])
    headers = {"X-Token": "geheim"}
    assert Client().post("/inbound/mail/mx", b"x", content_type="message/rfc822", headers=headers).status_code == 404


def test_an_absence_that_answers_our_mail_is_not_added_to_the_order(office: Office) -> None:
    order = ordered(office)
    id = office.told(order)

    office.bring(plain(0, "我在休假", In_Reply_To=office.our_id(id), Auto_Submitted="auto-replied"))

    assert (only().status, Addition.objects.count()) == ("ASIDE", 0)


def test_a_conversation_of_machines_is_frozen_for_an_hour_and_rings_once(office: Office) -> None:
    for number in range(7):
        office.bring(plain(0, "收到，谢谢。", Message_Id=f"<loop{number}@example.com>"))

    # The first one may be a person's; five more with the same words are a machine's.
    notes = list(Incoming.objects.order_by("id").values_list("note", flat=True))
    assert notes == [""] * 5 + ["frozen"] * 2
    assert (Alarm.objects.filter(kind="mail_loop").count(), len(office.server.got)) == (1, 1)
    assert LIN not in Alarm.objects.get(kind="mail_loop").about
    office.town.later(minutes=61)
    office.bring(plain(0, WORDS[3], Message_Id="<later@example.com>"))
    assert Incoming.objects.order_by("-id")[0].note == ""


@pytest.mark.parametrize(("status", "state", "why"), [("5.1.1", "FAILED", "permanent"), ("4.4.1", "WAITING", "")])
def test_a_bounce_fails_its_message_and_waits_for_nobody(office: Office, status: str, state: str, why: str) -> None:
    id = office.told(ordered(office))
    report = f"Reporting-MTA: dns; x\r\n\r\nFinal-Recipient: rfc822; {LIN}\r\nAction: failed\r\nStatus: {status}\r\n"
    raw = parts(
        0,
        part("text/plain", b"sorry", way="7bit"),
        part("message/delivery-status", report.encode(), way="7bit"),
        kind="report; report-type=delivery-status",
        To=office.address(tags.BOUNCE, id),
        Return_Path="<>",
    )

    office.bring(raw)

    found = Message.objects.get(provider_id=id)
    assert (found.state, found.why, Incoming.objects.count()) == (state, why, 0)
    assert office.server.got == []


def test_a_mail_that_cannot_be_read_waits_for_a_seat(office: Office) -> None:
    office.bring(b"\r\n")

    assert (only().status, only().note) == ("WAITING", "unreadable")
    assert office.server.got == []


def test_a_text_without_end_is_kept_whole_as_a_file(office: Office) -> None:
    long = "很长的一句话。" * 5_000

    office.bring(plain(0, long))

    assert len(said(only())["text"]) == 20_000
    assert [each.name for each in Attachment.objects.all()] == ["全文.txt"]


def test_two_orders_in_a_subject_are_for_a_seat_to_tell_apart(office: Office) -> None:
    orders = [ordered(office), ordered(office)]
    subject = " ".join(row(each).number for each in orders)

    office.bring(plain(0, WORDS[0], subject=subject, Authentication_Results="mx.hotline.example.com; dmarc=pass"))

    assert (only().status, Addition.objects.count()) == ("WAITING", 0)


def test_an_answer_to_what_a_seat_asked_about_a_mail_goes_where_that_mail_went(office: Office) -> None:
    order = ordered(office)
    id = office.told(order)
    office.bring(plain(0, WORDS[0], In_Reply_To=office.our_id(id)))
    asked = office.told(order, position=2)
    Message.objects.filter(provider_id=asked).update(stream=f"incoming/{only().pk}")

    office.bring(plain(0, WORDS[1], In_Reply_To=office.our_id(asked), Message_Id="<again@example.com>"))

    assert [each.order for each in Incoming.objects.order_by("id")] == [order, order]
    assert sorted(each.text for each in Addition.objects.all()) == sorted(WORDS[:2])


class Busy:
    """A scanner that says why it looks at nothing."""

    def __init__(self, code: str) -> None:
        self._code = code

    def scan(self, stream: object) -> Verdict:
        raise ScannerAway(self._code)


@pytest.mark.parametrize(
    ("code", "status", "kept"), [("scanner_away", 503, 0), ("scanner_missing", 200, 1), ("scanner_limit", 200, 1)]
)
def test_a_mail_is_brought_again_while_the_scanner_is_away_and_taken_without_files_it_will_never_scan(
    office: Office, monkeypatch: pytest.MonkeyPatch, code: str, status: int, kept: int
) -> None:
    monkeypatch.setattr(places, "scanner", lambda: Busy(code))
    raw = parts(0, part("image/png", samples.PNG, Content_Disposition='attachment; filename="p.png"'))

    answer = Client().post("/inbound/mail/mx", raw, content_type="message/rfc822", headers={"X-Token": "geheim"})
    office.bring(raw)

    assert answer.status_code == status
    assert (Incoming.objects.count(), Attachment.objects.count()) == (kept, 0)
    assert all(said(each)["refused"] == "p.png" for each in Incoming.objects.all())
    assert (office.post.seen == {1}) == bool(kept)


def test_an_installation_without_mail_reads_no_box(office: Office, settings: LazySettings) -> None:
    settings.MAIL_FILE = ""

    office.bring(plain(0, WORDS[0]))

    assert (Incoming.objects.count(), office.post.asked) == (0, [])
    assert Client().post("/inbound/mail/mx", b"x", content_type="message/rfc822").status_code == 404


def test_a_server_brings_a_mail_with_its_token_and_nobody_else_does(office: Office) -> None:
    def brought(**headers: str) -> int:
        path = "/inbound/mail/mx"
        return Client().post(path, plain(0, WORDS[0]), content_type="message/rfc822", headers=headers).status_code

    assert [brought(), brought(**{"X-Token": "x"}), brought(**{"X-Token": "geheim"})] == [404, 404, 200]
    assert brought(**{"X-Token": "geheim"}) == 200
    assert Client().post("/inbound/mail/no", b"x", content_type="message/rfc822").status_code == 404
    assert (Incoming.objects.count(), len(office.server.got)) == (1, 1)


def test_nothing_of_a_mail_stands_in_logs_or_in_clear_in_the_database(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    order = ordered(office)
    id = office.told(order)
    answer = f"{WORDS[0]}\n\nOn Thu, Jan 1, 2026 12345 wrote:\n> {OTHERS[0]}\n"
    refused = part("application/x-msdownload", b"MZ", Content_Disposition='attachment; filename="zhao-liu-home.exe"')
    with caplog.at_level(logging.DEBUG):
        office.bring(plain(0, answer, In_Reply_To=office.our_id(id)), plain(1, WORDS[1]), parts(2, refused))
        office.post.mails[9] = b"\r\n"
        tasks.fetch_mail(office.town.now)

    ours = " ".join(each.getMessage() for each in caplog.records if each.name.startswith("minsheng"))
    kept = _everything()
    assert ("IncomingReceived" in kept, row(order).number in kept, Incoming.objects.count()) == (True, True, 4)
    addresses = [address for _, address in PEOPLE[:3]]
    private = (*addresses, PEOPLE[0][0], *mail_ground.SUBJECTS[:3], WORDS[1], OTHERS[0], "zhao-liu", "m0@mail")
    assert [each for each in private if each in ours] == []
    assert [each for each in private if each in kept] == []


def _everything() -> str:
    """Return all rows of all tables as text."""
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        found = []
        for table in tables:
            cursor.execute(f'SELECT string_agg(t::text, chr(10)) FROM "{table}" t')
            found.append(cursor.fetchone()[0] or "")
    return "\n".join(found)
