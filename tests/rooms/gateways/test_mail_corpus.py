"""Three hundred invented mails: each becomes what it must, and none raises."""

from __future__ import annotations

import random

import pytest
from tests.mail_corpus_ground import KINDS, cases
from tests.mail_ground import OTHERS, OURS, WORDS, Case, plain

from minsheng.gateways.mail import mails, quoting, reading

CASES = list(cases())


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_a_mail_becomes_what_it_must(case: Case) -> None:
    mail = reading.read(case.raw, ours=OURS)

    assert case.became(mail) == dict(case.must)


@pytest.mark.parametrize("case", [each for each in CASES if each.kind.startswith("reply-")], ids=lambda case: case.name)
def test_what_somebody_quotes_is_never_in_what_they_typed(case: Case) -> None:
    mail = reading.read(case.raw, ours=OURS)

    assert not any(each in mail.text for each in OTHERS)


def test_the_corpus_has_five_mails_of_each_kind_and_more_than_sixty_kinds() -> None:
    assert len(KINDS) >= 60
    assert len(CASES) == 5 * len(KINDS)
    assert len({case.raw for case in CASES}) >= 300


def test_a_mail_that_a_server_brings_twice_is_one_and_another_under_its_id_is_not() -> None:
    first = reading.read(plain(0, WORDS[0]), ours=OURS)
    again = reading.read(b"Received: from elsewhere\r\nDelivered-To: x@example.com\r\n" + plain(0, WORDS[0]), ours=OURS)
    other = reading.read(plain(0, WORDS[1]), ours=OURS)

    assert (first.message_id, first.digest) == (again.message_id, again.digest)
    assert first.message_id == other.message_id
    assert first.digest != other.digest


def test_no_mail_that_was_broken_on_its_way_raises() -> None:
    chance = random.Random(3834)
    for case in CASES:
        raw = bytearray(case.raw[:20_000])
        for _ in range(1 + len(raw) // 200):
            place = chance.randrange(len(raw) + 1)
            match chance.randrange(4):
                case 0:
                    raw[place : place + 1] = chance.randbytes(1)
                case 1:
                    del raw[place : place + chance.randrange(40)]
                case 2:
                    raw[place:place] = chance.choice((b"\r\n", b"\n\n", b"=?", b'"', b"--=_b", b";", b"<", b"\0"))
                case _:
                    raw[place:place] = raw[: chance.randrange(60)]

        mail = reading.read(bytes(raw), ours=OURS)

        assert mail.fault in ("", *mails.FAULTS)
        assert len(mail.text) + len(mail.quoted) <= 2 * reading.TEXT_AT_MOST


@pytest.mark.parametrize("case", [each for each in CASES if each.kind.startswith("reply-")], ids=lambda case: case.name)
def test_no_line_is_lost_between_what_was_typed_and_what_was_quoted(case: Case) -> None:
    mail = reading.read(case.raw, ours=OURS)
    text = f"{mail.text}\n{mail.quoted}"

    again = quoting.split(text)

    lines = sorted(line.strip() for line in text.split("\n") if line.strip())
    assert sorted(line.strip() for part in again for line in part.split("\n") if line.strip()) == lines
