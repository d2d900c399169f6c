"""Mail through Debian's postfix and dovecot: handed over, kept, bounced, answered by an absence; over a bad line.

Root alone can start postfix.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from tests import post_office_ground, smtp_ground
from tests.faulty_ground import Fault, bad_line
from tests.mail_ground import BOX, DOMAIN, ID, KEY, OURS, SUBJECTS, WORDS, plain
from tests.post_office_ground import AWAY, CITIZEN, FAR, PostOffice
from tests.smtp_ground import Handler

from minsheng.gateways import processes
from minsheng.gateways.mail import fetching, lines, reading, sending, tags
from minsheng.gateways.mail.fetching import BoxAway
from minsheng.gateways.mail.lines import Line
from minsheng.gateways.mail.mails import Mail
from minsheng.gateways.mail.sending import MailRefused, Outgoing

NOW = datetime(2026, 1, 1, 1, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def office() -> Iterator[PostOffice]:
    if os.geteuid() != 0:
        pytest.skip("postfix is started by root alone")
    with smtp_ground.serving(Handler(rcpt="550 5.1.1 no such user")) as far, post_office_ground.opened(far=far) as made:
        yield made


def send(office: PostOffice, to: str, *, id: str = ID) -> None:
    mail = Outgoing(id=id, to=to, subject="【12345】您反映的事项有新的消息", text=WORDS[0])
    message = sending.built(mail, sender=BOX, name="12345热线", ours=OURS, now=NOW)
    line = Line(host="127.0.0.1", port=office.smtp, secrecy=lines.NONE)
    sending.hand_over(message, to=to, path=sending.return_path(mail, ours=OURS), line=line, domain=DOMAIN)


def came(office: PostOffice) -> Mail:
    """Return the one mail that comes to our box."""
    (found,) = office.read(BOX)
    return reading.read(found, ours=OURS)


def test_a_mail_arrives_and_its_answer_comes_back_to_the_box_with_our_id(office: PostOffice) -> None:
    send(office, CITIZEN)
    (sent,) = (reading.read(each, ours=OURS) for each in office.read(CITIZEN))
    assert (sent.text, sent.sender.address) == (WORDS[0], BOX)

    back = tags.address(tags.REPLY, ID, domain=DOMAIN, key=KEY)
    answer = plain(0, WORDS[1], In_Reply_To=sent.message_id).replace(f"12345 <{BOX}>".encode(), back.encode())
    office.post(answer, sender=CITIZEN, to=back)

    mail = came(office)
    assert (mail.text, mail.answers, mail.tag, mail.automatic) == (WORDS[1], (ID,), ID, "")


def test_a_bounce_of_another_server_says_which_mail_failed_for_good(office: PostOffice) -> None:
    send(office, f"nobody@{FAR}")

    mail = came(office)

    assert mail.bounce is not None
    assert (mail.bounce.id, mail.bounce.outcome, mail.bounce.status) == (ID, "permanent", "5.1.1")
    assert mail.automatic != ""


def test_an_unknown_user_of_the_own_server_is_refused_at_once(office: PostOffice) -> None:
    with pytest.raises(MailRefused):
        send(office, "nobody@example.com")


def test_an_absence_does_not_answer_us_and_one_that_does_is_no_bounce(office: PostOffice) -> None:
    # Our own mail says that a machine wrote it: sieve's vacation keeps still.
    send(office, AWAY)
    assert processes.wait_until(lambda: "discarding vacation response" in office.said(), seconds=30), office.said()
    # Somebody's mail under our return path is answered there.
    path = tags.address(tags.BOUNCE, ID, domain=DOMAIN, key=KEY)
    asked = plain(0, WORDS[2]).replace(f"12345 <{BOX}>".encode(), AWAY.encode())
    office.post(asked, sender=path, to=AWAY)

    mail = came(office)

    assert (mail.automatic, mail.bounce) == ("auto_submitted", None)


def test_kept_mails_are_moved_to_their_folder(office: PostOffice) -> None:
    office.make_folder(BOX, "Kept")
    office.post(plain(0, WORDS[3]), sender=CITIZEN, to=BOX)
    found: list[bytes] = []
    # Mails of other tests lie there too, and are read already: they are moved as well.
    box = office.box(BOX, kept_folder="Kept")

    def fetched() -> bool:
        fetching.fetch(box, lambda each: found.append(each.raw))
        return any(reading.read(each, ours=OURS).text == WORDS[3] for each in found)

    assert processes.wait_until(fetched, seconds=30)
    assert fetching.fetch(box, lambda each: found.append(each.raw)) == 0
    again: list[bytes] = []
    fetching.fetch(replace(box, folder="Kept", kept_folder=""), lambda each: again.append(each.raw))
    assert WORDS[3] in {reading.read(each, ours=OURS).text for each in again}


def test_a_line_cut_in_the_middle_of_twenty_megabytes_loses_and_doubles_nothing(office: PostOffice) -> None:
    large = plain(0, WORDS[4]) + (b"x" * 76 + b"\r\n") * 260_000
    for each in (plain(1, WORDS[0]), large, plain(2, WORDS[1])):
        office.post(each, sender=CITIZEN, to=BOX)
        assert processes.wait_until(office.is_idle, seconds=60)
    kept: list[Mail] = []

    def keep(fetched: fetching.Fetched) -> None:
        kept.append(reading.read(fetched.raw, ours=OURS, whole=fetched.is_whole))

    with bad_line(("127.0.0.1", office.imap), Fault(answer_cut=10_000_000), Fault()) as line:
        box = replace(office.box(BOX), line=replace(office.box(BOX).line, port=line.port))
        with pytest.raises(BoxAway):
            fetching.fetch(box, keep)
        assert [each.text for each in kept] == [WORDS[0]]
        fetching.fetch(box, keep)

    assert [each.subject for each in kept] == [SUBJECTS[1], SUBJECTS[0], SUBJECTS[2]]
    assert len(kept[1].text) == reading.TEXT_AT_MOST
