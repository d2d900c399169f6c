"""Boxes of mail: what is fetched once is kept once, also over a line that breaks."""

from __future__ import annotations

import contextlib
import logging
from dataclasses import replace

import pytest
from tests.faulty_ground import Fault, bad_line
from tests.imap_ground import Post, serving
from tests.mail_ground import OURS, plain

from minsheng.gateways.mail import fetching, reading
from minsheng.gateways.mail.fetching import BoxAway, Fetched

MAILS = {number: plain(number % 5, f"第{number}封", Message_Id=f"<n{number}@example.com>") for number in (1, 2, 3)}


class Kept:
    """Keeps mails as the platform does: one that came before is known by its digest."""

    def __init__(self, *, refuses: bytes = b"") -> None:
        self.mails: dict[str, bytes] = {}
        self.offered = 0
        self._refuses = refuses

    def __call__(self, fetched: Fetched) -> None:
        self.offered += 1
        if self._refuses and self._refuses in fetched.raw:
            raise RuntimeError("words that are nobody's business")
        mail = reading.read(fetched.raw, ours=OURS, whole=fetched.is_whole)
        self.mails[mail.digest] = fetched.raw


def test_new_mails_are_fetched_once_and_marked() -> None:
    kept = Kept()
    with serving(Post(dict(MAILS))) as post:
        counts = [fetching.fetch(post.box(), kept) for _ in range(3)]

    assert counts == [3, 0, 0]
    assert list(kept.mails.values()) == list(MAILS.values())
    assert post.seen == {1, 2, 3}


def test_kept_mails_are_moved_where_the_box_has_a_folder_for_them() -> None:
    kept = Kept()
    # One that somebody has read in the box is fetched all the same.
    with serving(Post(dict(MAILS), seen={2})) as post:
        assert fetching.fetch(post.box(kept_folder="Kept"), kept) == 3
        assert fetching.fetch(post.box(kept_folder="Kept"), kept) == 0

    assert (post.mails, post.moved) == ({}, MAILS)


def test_a_server_that_cannot_move_is_told_to_copy_and_delete() -> None:
    with serving(Post({1: MAILS[1]}, abilities="IMAP4REV1")) as post:
        fetching.fetch(post.box(kept_folder="Kept"), Kept())

    assert any("COPY 1" in each for each in post.asked)
    assert not any(each.partition(" ")[2].startswith("ID") for each in post.asked)


def test_a_line_cut_in_the_middle_of_twenty_megabytes_loses_and_doubles_nothing() -> None:
    large = plain(0, "x" * 76 + "\r\n") + b"y" * (20 * 1024 * 1024)
    kept = Kept()
    with serving(Post({1: MAILS[1], 2: large, 3: MAILS[3]}, cut_after=10 * 1024 * 1024)) as post:
        with pytest.raises(BoxAway):
            fetching.fetch(post.box(), kept)
        assert (list(kept.mails.values()), post.seen) == ([MAILS[1]], {1})

        assert fetching.fetch(post.box(), kept) == 2

    assert list(kept.mails.values()) == [MAILS[1], large, MAILS[3]]
    assert kept.offered == 3


def test_a_line_that_breaks_before_the_mark_is_known_brings_a_mail_again_and_keeps_it_once() -> None:
    kept = Kept()
    with serving(Post(dict(MAILS), answers_lost=1)) as post:
        with pytest.raises(BoxAway):
            fetching.fetch(post.box(), kept)
        post.seen.clear()  # as where the mark itself was lost
        assert fetching.fetch(post.box(), kept) == 3

    assert kept.offered == 4
    assert len(kept.mails) == 3


def test_a_mail_that_cannot_be_kept_stays_and_holds_up_none_behind_it(caplog: pytest.LogCaptureFixture) -> None:
    kept = Kept(refuses="第2封".encode())
    with serving(Post(dict(MAILS))) as post, caplog.at_level(logging.WARNING):
        assert fetching.fetch(post.box(), kept) == 2

    assert post.seen == {1, 3}
    assert "RuntimeError" in caplog.text
    assert "nobody" not in caplog.text


@pytest.mark.parametrize(
    "fault",
    [
        Fault(refused=True),
        Fault(garbage=b"* 1 FETCH (\xff\xfe {99999999999999999999}\r\n"),
        Fault(garbage=b"\0" * 100_000),
        Fault(garbage=b"* BYE no\r\n"),
        Fault(garbage=b"* OK [CAPABILITY] ]]]\r\na a a OK\r\n"),
        Fault(crumbs=True),
        Fault(twice=True),
        *(Fault(answer_cut=count) for count in (1, 30, 200, 400, 700, 1000, 1500)),
        *(Fault(cut_after=count) for count in (1, 20, 80, 150, 250)),
    ],
)
def test_a_line_as_bad_as_lines_are_loses_and_doubles_nothing(fault: Fault) -> None:
    kept = Kept()
    with serving(Post(dict(MAILS))) as post, bad_line(("127.0.0.1", post.port), fault, Fault()) as line:
        box = replace(post.box(), line=replace(post.box().line, port=line.port))
        with contextlib.suppress(BoxAway):
            fetching.fetch(box, kept)
        for _ in range(2):
            fetching.fetch(box, kept)

    assert list(kept.mails.values()) == list(MAILS.values())
    assert post.seen == {1, 2, 3}


def test_of_a_mail_beyond_measure_the_head_alone_is_fetched() -> None:
    kept: list[Fetched] = []
    with serving(Post({1: MAILS[1]}, sizes={1: reading.AT_MOST + 1})) as post:
        fetching.fetch(post.box(), kept.append)

    mail = reading.read(kept[0].raw, ours=OURS, whole=kept[0].is_whole)
    assert (mail.fault, mail.message_id, mail.files) == ("too_large", "<m1@mail.example.com>", ())


def test_a_box_that_is_not_there_says_so_without_naming_anybody() -> None:
    with serving(Post({})) as post:
        box = post.box()

    with pytest.raises(BoxAway) as refused:
        fetching.fetch(box, Kept())
    assert refused.value.args == ("ConnectionRefusedError",)
