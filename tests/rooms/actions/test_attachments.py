"""Files on PostgreSQL: known, scanned, kept once, on record. Clauses: JY-10.3c, JY-23.5, SZ-14c."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError, transaction
from django.test import TestCase
from tests import cast
from tests import files_ground as samples
from tests.holding_ground import Open

from minsheng.cases.appeals import attachments
from minsheng.core.files import actions as keeping
from minsheng.core.files import projection
from minsheng.core.files.models import Attachment
from minsheng.core.ledger import queries as ledger
from minsheng.core.ledger import verification
from minsheng.core.ledger.models import Refusal
from minsheng.core.policies import actions as policies
from minsheng.domain.actors import SYSTEM
from minsheng.domain.rejected import Rejected
from minsheng.gateways.antivirus import EICAR, EicarOnly, NotConfigured, ScannerAway, SwitchedOff
from minsheng.gateways.files import MemoryFiles, NoSuchFile

NOW = datetime(2026, 9, 18, 8, 40, tzinfo=UTC)
OFFICER = cast.officer(cast.GREENS)
GROUND = attachments.ground("order-one", "jiangyin", "REPLY", cast.GREENS, 1, "HANDLING")
HELD = Open("order/order-one")

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def city() -> Iterator[None]:
    policies.open_city("jiangyin", name="江阴市", pack="jiangyin", actor=SYSTEM, now=NOW)
    with TestCase.captureOnCommitCallbacks(execute=True):
        yield


@pytest.fixture
def store() -> MemoryFiles:
    return MemoryFiles()


def check(content: bytes = samples.PNG, name: str = "陆晓禾家.png", scanner: Any = None, **ground: Any) -> Any:
    """Return a checked file."""
    return keeping.check(
        io.BytesIO(content),
        name=name,
        ground=replace(GROUND, **ground),
        actor=OFFICER,
        scanner=scanner or EicarOnly(),
        now=NOW,
    )


def attach(store: MemoryFiles, *checked: Any, **ground: Any) -> list[UUID]:
    """Attach files; without any, a picture."""
    whole = replace(GROUND, **ground)
    return keeping.attach(checked or (check(),), ground=whole, actor=OFFICER, store=store, now=NOW)


def remove(attachment: UUID, store: MemoryFiles, actor: Any = OFFICER, **changed: Any) -> None:
    """Remove a file, as it stands or after the order has moved on."""
    with TestCase.captureOnCommitCallbacks(execute=True):
        keeping.remove(attachment, held=replace(HELD, **changed), actor=actor, store=store, now=NOW)


def test_a_file_is_kept_by_digest_and_its_name_is_not_in_the_ledger(store: MemoryFiles) -> None:
    (attachment,) = attach(store)

    (shown,) = attachments.of_order("order-one")
    (fact,) = ledger.history(f"attachment/{attachment}")
    assert (shown.name, shown.media_type, shown.size, shown.scan) == (
        "陆晓禾家.png", "image/png", len(samples.PNG), "CLEAN",
    )  # fmt: skip
    assert store.kept == {shown.digest: samples.PNG}
    assert (fact.type, ledger.content(fact)["digest"], fact.actor["person"]) == (
        "Attached", shown.digest, OFFICER.person,
    )  # fmt: skip
    assert "陆晓禾" not in fact.body.decode()


def test_the_same_file_twice_is_stored_once_and_stays_while_one_needs_it(store: MemoryFiles) -> None:
    first, second = attach(store, check(), check(name="again.png"))
    writes = store.writes

    remove(first, store)
    kept_for_the_second = dict(store.kept)
    remove(second, store)

    assert writes == 1
    assert len(kept_for_the_second) == 1
    assert store.kept == {}
    assert attachments.of_order("order-one") == []


def test_something_infected_is_refused_on_record_and_never_stored(store: MemoryFiles) -> None:
    text = "说明".encode() + EICAR

    with pytest.raises(Rejected) as refused:
        check(text, name="a.txt")

    refusal = Refusal.objects.get()
    assert refused.value.code == "file_infected"
    assert (refusal.command, refusal.code, refusal.stream) == ("attach", "file_infected", "order/order-one")
    assert store.kept == {}


def test_without_a_scanner_nothing_is_taken_in_and_switched_off_is_marked(store: MemoryFiles) -> None:
    with pytest.raises(ScannerAway):
        check(scanner=NotConfigured())
    attach(store, check(scanner=SwitchedOff()))

    assert [each.scan for each in attachments.of_order("order-one")] == ["UNSCANNED"]


def test_a_file_of_another_kind_is_refused() -> None:
    with pytest.raises(Rejected) as refused:
        check(b"<html><script>", name="a.png")

    assert refused.value.code == "file_kind_unknown"


def test_too_many_or_too_much_is_refused_and_nothing_kept(store: MemoryFiles, settings: Any) -> None:
    settings.UPLOAD_LIMITS = {**settings.UPLOAD_LIMITS, "order_files": 2}
    attach(store, check(), check())
    with pytest.raises(Rejected) as many:
        attach(store, check(samples.GIF, name="a.gif"))
    settings.UPLOAD_LIMITS = {**settings.UPLOAD_LIMITS, "order_files": 9, "order": 2 * len(samples.PNG)}
    with pytest.raises(Rejected) as much:
        attach(store, check(samples.GIF, name="a.gif"))

    assert (many.value.code, much.value.code) == ("too_many_files", "files_too_large")
    assert Attachment.objects.count() == 2
    # Another order has its own limits.
    attach(store, check(samples.GIF, name="a.gif"), stream="order/order-two")


def test_only_who_brought_a_file_removes_it_and_only_until_the_order_moves_on(store: MemoryFiles) -> None:
    (attachment,) = attach(store)

    for code, changed in (
        ("attachment_not_yours", {"actor": cast.officer(cast.WATERS)}),
        ("attachment_on_record", {"stage": "REPLIED"}),
        ("attachment_on_record", {"round": 2}),
        ("attachment_not_found", {"stream": "order/order-two"}),
    ):
        with pytest.raises(Rejected) as refused:
            remove(attachment, store, **changed)
        assert refused.value.code == code

    assert len(store.kept) == 1
    assert ledger.head(f"attachment/{attachment}") == 1


def test_every_reading_is_on_record(store: MemoryFiles) -> None:
    (attachment,) = attach(store)

    for reader in (cast.AUDITOR, cast.DISPATCHER):
        with keeping.read(attachment, held=HELD, actor=reader, store=store, now=NOW + timedelta(minutes=1)) as content:
            assert content.read() == samples.PNG

    facts = ledger.history(f"attachment/{attachment}")
    assert [(fact.type, fact.actor["person"]) for fact in facts[1:]] == [
        ("AttachmentRead", cast.AUDITOR.person),
        ("AttachmentRead", cast.DISPATCHER.person),
    ]


def test_what_was_removed_or_lost_is_not_read_and_leaves_no_reading(store: MemoryFiles) -> None:
    gone, lost = attach(store, check(), check(samples.GIF, name="a.gif"))
    remove(gone, store)
    store.kept.clear()

    with pytest.raises(Rejected):
        keeping.read(gone, held=HELD, actor=cast.AUDITOR, store=store, now=NOW)
    with pytest.raises(NoSuchFile):
        keeping.read(lost, held=HELD, actor=cast.AUDITOR, store=store, now=NOW)

    assert [fact.type for fact in ledger.history(f"attachment/{gone}")] == ["Attached", "Removed"]
    assert ledger.head(f"attachment/{lost}") == 1


def test_the_ledger_verifies_and_rows_are_rebuilt_from_it(store: MemoryFiles) -> None:
    kept, removed, lost = attach(store, check(), check(samples.GIF, name="a.gif"), check(samples.PDF, name="b.pdf"))
    remove(removed, store)
    before = projection.rebuild(check=True)
    Attachment.objects.filter(id=kept).update(size=1, purpose="COMMENT")
    Attachment.objects.filter(id=removed).update(removed_at=None)
    Attachment.objects.filter(id=lost).delete()

    found, rebuilt, after = (projection.rebuild(check=each) for each in (True, False, True))

    assert (before, found, rebuilt, after) == ((3, 0), (3, 3), (3, 3), (3, 0))
    assert Attachment.objects.get(id=kept).name == "陆晓禾家.png"
    assert verification.verify().fault is None


@pytest.mark.parametrize(
    "wrong", [{"purpose": "OTHER"}, {"scan": "MAYBE"}, {"size": 0}, {"digest": "../../etc/passwd"}, {"name": ""}]
)
def test_the_database_refuses_what_no_file_can_be(wrong: dict[str, Any], store: MemoryFiles) -> None:
    (attachment,) = attach(store)

    with pytest.raises(IntegrityError), transaction.atomic():
        Attachment.objects.filter(id=attachment).update(**wrong)
