"""Several people at the same files at once: limits hold, and no attachment loses its content."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

import pytest
from django.db import connections
from tests import cast
from tests import files_ground as samples
from tests.holding_ground import Open

from minsheng.cases.appeals import attachments
from minsheng.core.files import actions as keeping
from minsheng.core.files.models import Attachment
from minsheng.core.ledger import verification
from minsheng.core.policies import actions as policies
from minsheng.domain.actors import SYSTEM
from minsheng.domain.rejected import Rejected
from minsheng.gateways.antivirus import EicarOnly
from minsheng.gateways.files import LocalFiles, Stored

NOW = datetime(2026, 9, 18, 8, 40, tzinfo=UTC)
OFFICER = cast.officer(cast.GREENS)
HANDS = 8

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def store(tmp_path: Path) -> LocalFiles:
    policies.open_city("jiangyin", name="江阴市", pack="jiangyin", actor=SYSTEM, now=NOW)
    return LocalFiles(tmp_path / "files")


def attach(store: LocalFiles, order: str = "one") -> Any:
    """Attach a picture to an order; return its id, or the code of the refusal."""
    ground = attachments.ground(order, "jiangyin", "REPLY", cast.GREENS, 1, "HANDLING")
    checked = keeping.check(
        io.BytesIO(samples.PNG), name="a.png", ground=ground, actor=OFFICER, scanner=EicarOnly(), now=NOW
    )
    try:
        return keeping.attach([checked], ground=ground, actor=OFFICER, store=store, now=NOW)[0]
    except Rejected as refused:
        return refused.code


def at_once(work: Callable[[int], Any], times: int) -> list[Any]:
    """Do the work so often, in several threads that begin together."""
    ready = threading.Barrier(HANDS)

    def each(number: int) -> Any:
        if number < HANDS:
            ready.wait(timeout=20)
        try:
            return work(number)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(HANDS) as pool:
        return list(pool.map(each, range(times)))


def test_an_order_never_has_more_files_than_it_may(store: LocalFiles) -> None:
    found = at_once(lambda _: attach(store), 16)

    assert found.count("too_many_files") == 6
    assert Attachment.objects.count() == 10
    assert verification.verify().fault is None


def test_who_forgets_a_content_never_takes_it_from_who_brings_the_same_just_then(tmp_path: Path) -> None:
    store = LocalFiles(tmp_path / "files")
    policies.open_city("jiangyin", name="江阴市", pack="jiangyin", actor=SYSTEM, now=NOW)
    first = attach(store, "one")

    def forget() -> None:
        keeping.remove(first, held=Open("order/one"), actor=OFFICER, store=store, now=NOW)
        connections.close_all()

    other = threading.Thread(target=forget)

    class Interrupted(LocalFiles):
        """Lets the other one go all the way, if nothing holds them, between storing and committing."""

        def put(self, stream: BinaryIO) -> Stored:
            stored = super().put(stream)
            other.start()
            other.join(timeout=1.5)
            return stored

    attach(Interrupted(tmp_path / "files"), "two")
    other.join(timeout=20)

    (kept,) = Attachment.objects.filter(removed_at=None)
    with store.open(kept.digest) as content:
        assert content.read() == samples.PNG
    assert verification.verify().fault is None


def test_two_who_read_at_once_are_both_on_record(store: LocalFiles) -> None:
    made = attach(store)

    def read(_: int) -> bytes:
        with keeping.read(made, held=Open("order/one"), actor=cast.AUDITOR, store=store, now=NOW) as content:
            return content.read()

    assert at_once(read, 16) == [samples.PNG] * 16
    report = verification.verify(stream=f"attachment/{made}")
    assert (report.events, report.fault) == (17, None)
