"""Files belong to a stream of any feature: a toy's loans have some beside orders, behind a gate of their own."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test import TestCase
from tests import files_ground as samples
from tests.holding_ground import Open
from tests.toy_ground import ASKED, BACK, AskKey, GiveBack, LendKey, Loan
from tests.toy_rows_ground import KIND, LoanRow

from minsheng.core.features import queries as features
from minsheng.core.features.values import Feature
from minsheng.core.files import actions, gates, places, projection, queries
from minsheng.core.files.models import Attachment
from minsheng.core.files.values import AttachmentRefused, Ground, Shown
from minsheng.core.ledger import queries as ledger
from minsheng.core.ledger import verification, witnesses
from minsheng.core.ledger.models import Refusal
from minsheng.core.ledger.witnesses import Altered
from minsheng.core.lifecycles import actions as lives
from minsheng.core.policies import actions as policies
from minsheng.domain.actors import SYSTEM, Actor
from minsheng.domain.rejected import Rejected
from minsheng.gateways.antivirus import EICAR, EicarOnly
from minsheng.gateways.files import FileAltered

NOW = datetime(2026, 9, 30, 1, 0, tzinfo=UTC)
OFFICER, OFFICE = Actor("officer", "城管局", "staff:1"), Actor("office", person="staff:2")
ANOTHER = Actor("officer", "水务局", "staff:3")

pytestmark = pytest.mark.django_db


@dataclass(frozen=True)
class LoanFiles:
    """The files of a loan: a photograph by the unit that lends, notes by the office, which units do not read."""

    stream: str
    city: str
    loan: Loan
    who: Actor
    round: int = 1
    joined: str = ""

    @property
    def unit(self) -> str:
        return self.who.unit or ""

    @property
    def stage(self) -> str:
        return self.loan.status

    def may_add(self) -> tuple[str, ...]:
        return () if self.loan.status == BACK else ("NOTE",) if self.who.role == "office" else ("PHOTO",)

    def readable(self) -> list[Shown]:
        return [x for x in queries.of_stream(self.stream) if self.who.role == "office" or x.purpose == "PHOTO"]


class LoanGate:
    """Loans exist for the office and for the unit that asked."""

    def holding(self, thing: str, who: object) -> LoanFiles | None:
        row = KIND.rows(pk=UUID(thing)).first()
        if row is None or not isinstance(who, Actor):
            return None
        loan = KIND.read(row)
        mine = who.role == "office" or who.unit == loan.unit
        return LoanFiles(KIND.stream(row.pk), row.city_id, loan, who) if mine else None

    def holds(self, digest: str) -> bool:
        return False


GATE = LoanGate()


@pytest.fixture
def loan(db: None, settings: Any, tmp_path: Path) -> Iterator[str]:
    settings.FEATURES = [*settings.FEATURES, Feature(name="loan files", files={"loan": f"{__name__}:GATE"})]
    settings.FILES_FOLDER = tmp_path / "files"
    with connection.schema_editor() as editor:
        editor.create_model(LoanRow)
    policies.open_city("jiangyin", name="江阴市", pack="jiangyin", actor=SYSTEM, now=NOW)
    made = partial(LoanRow, city_id="jiangyin")
    begun = lives.begin(
        KIND, AskKey(room="301"), city="jiangyin", by=OFFICER, now=NOW, made=lambda id: made(id=id), facts=None
    )
    with TestCase.captureOnCommitCallbacks(execute=True):
        yield KIND.stream(begun.id)


def add(stream: str, who: Actor, purpose: str, content: bytes = samples.PNG, name: str = "钥匙.png") -> UUID:
    """Add a file as its feature does: by the gate, the checks, the one action."""
    ground = gates.ground(gates.holding(stream, who), purpose)
    checked = actions.check(io.BytesIO(content), name=name, ground=ground, actor=who, scanner=EicarOnly(), now=NOW)
    (made,) = actions.attach([checked], ground=ground, actor=who, store=places.store(), now=NOW)
    return made


def read(stream: str, who: Actor, attachment: UUID) -> bytes:
    held = gates.holding(stream, who)
    with actions.read(attachment, held=held, actor=who, store=places.store(), now=NOW) as content:
        return content.read()


def refused(work: Any, *arguments: Any, **more: Any) -> str:
    with pytest.raises(Rejected) as found:
        work(*arguments, **more)
    return found.value.code


def test_a_file_of_another_feature_is_added_listed_and_opened_on_record(loan: str) -> None:
    made = add(loan, OFFICER, "PHOTO")

    shown = gates.holding(loan, OFFICE).readable()
    content = read(loan, OFFICE, made)

    assert content == samples.PNG
    assert [(x.name, x.purpose, x.unit, x.stage, x.scan) for x in shown] == [
        ("钥匙.png", "PHOTO", "城管局", ASKED, "CLEAN")
    ]
    facts = ledger.history(f"attachment/{made}")
    assert [(fact.type, fact.actor.get("person")) for fact in facts] == [
        ("Attached", "staff:1"), ("AttachmentRead", "staff:2"),
    ]  # fmt: skip
    assert ledger.content(facts[0])["owner"] == "loan"
    assert "钥匙" not in facts[0].body.decode()
    assert verification.verify().fault is None


def test_the_gate_says_for_whom_a_thing_exists_and_which_purposes_they_read_and_bring(loan: str) -> None:
    note = add(loan, OFFICE, "NOTE", samples.GIF, "内部.gif")

    assert gates.holding(loan, OFFICER).readable() == []
    assert refused(read, loan, OFFICER, note) == "attachment_not_found"
    assert refused(add, loan, OFFICER, "NOTE") == "attachment_not_wanted"
    for stream, who in ((loan, ANOTHER), (loan, "somebody"), ("unknown/1", OFFICE), ("order/none", OFFICE)):
        assert refused(gates.holding, stream, who) == "attachment_not_found"
    assert [fact.type for fact in ledger.history(f"attachment/{note}")] == ["Attached"]


def test_the_checks_are_the_same_for_every_owner(loan: str, settings: Any) -> None:
    assert refused(add, loan, OFFICER, "PHOTO", "说明".encode() + EICAR, "a.txt") == "file_infected"
    assert Refusal.objects.get(code="file_infected").stream == loan
    assert refused(add, loan, OFFICER, "PHOTO", b"<html>", "a.png") == "file_kind_unknown"
    assert refused(add, loan, OFFICER, "PHOTO", samples.PNG, "a.pdf") == "file_kind_differs"
    settings.UPLOAD_LIMITS = {**settings.UPLOAD_LIMITS, "order_files": 1}
    add(loan, OFFICER, "PHOTO")
    assert refused(add, loan, OFFICER, "PHOTO", samples.GIF, "a.gif") == "too_many_files"

    assert Attachment.objects.count() == 1


def test_two_owners_with_the_same_id_have_nothing_in_common(loan: str) -> None:
    add(loan, OFFICER, "PHOTO")
    order = f"order/{loan.removeprefix('loan/')}"

    assert len(queries.of_stream(loan)) == 1
    assert queries.of_stream(order) == []
    assert queries.of_streams([order], purpose="PHOTO") == []
    assert refused(remove, queries.of_stream(loan)[0].id, Open(order, stage=ASKED), OFFICER) == "attachment_not_found"


def test_a_file_is_removed_by_who_brought_it_until_its_owner_moves_on(loan: str) -> None:
    first, second = add(loan, OFFICER, "PHOTO"), add(loan, OFFICER, "PHOTO", samples.GIF, "二.gif")
    assert refused(remove, first, gates.holding(loan, OFFICE), OFFICE) == "attachment_not_yours"
    with TestCase.captureOnCommitCallbacks(execute=True):
        remove(first, gates.holding(loan, OFFICER), OFFICER)

    move(loan, LendKey(), OFFICE)

    assert refused(remove, second, gates.holding(loan, OFFICER), OFFICER) == "attachment_on_record"
    assert refused(read, loan, OFFICE, first) == "attachment_not_found"
    assert read(loan, OFFICE, second) == samples.GIF
    move(loan, GiveBack(reason="办完"), OFFICER)
    assert refused(add, loan, OFFICER, "PHOTO") == "attachment_not_wanted"


def test_one_content_of_two_owners_is_kept_once_and_stays_while_one_needs_it(loan: str) -> None:
    made = add(loan, OFFICER, "PHOTO")
    order = Ground("order/one", "jiangyin", "REPLY", "城管局", 1, "HANDLING")
    checked = actions.check(
        io.BytesIO(samples.PNG), name="a.png", ground=order, actor=OFFICER, scanner=EicarOnly(), now=NOW
    )
    (other,) = actions.attach([checked], ground=order, actor=OFFICER, store=places.store(), now=NOW)

    with TestCase.captureOnCommitCallbacks(execute=True):
        remove(made, gates.holding(loan, OFFICER), OFFICER)

    held = Open("order/one")
    with actions.read(other, held=held, actor=OFFICE, store=places.store(), now=NOW) as content:
        assert content.read() == samples.PNG
    # An order's facts are as they always were.
    assert "owner" not in ledger.content(ledger.history(f"attachment/{other}")[0])


def test_the_second_file_of_one_content_is_mentioned_to_who_may_read_the_first(loan: str) -> None:
    add(loan, OFFICER, "PHOTO", name="一.png")
    add(loan, OFFICE, "NOTE", samples.GIF, "内部.gif")
    held = gates.holding(loan, OFFICER)
    ground = gates.ground(held, "PHOTO")
    brought = [
        actions.check(io.BytesIO(content), name=name, ground=ground, actor=OFFICER, scanner=EicarOnly(), now=NOW)
        for content, name in ((samples.PNG, "二.png"), (samples.GIF, "三.gif"), (samples.GIF, "四.gif"))
    ]

    twins = [(each.name, each.other) for each in queries.twins(brought, held)]

    assert twins == [("二.png", "一.png"), ("四.gif", "三.gif")]


def test_a_changed_byte_name_or_row_is_found_and_rows_are_rebuilt(loan: str) -> None:
    made = add(loan, OFFICER, "PHOTO")
    stream, digest = f"attachment/{made}", Attachment.objects.get().digest
    before = witnesses.compare_all(stream=stream)
    Attachment.objects.filter(id=made).update(name="别的.png")
    renamed = witnesses.compare_all(stream=stream).altered
    Attachment.objects.filter(id=made).update(name="钥匙.png", owner="order", purpose="REPLY")
    moved = witnesses.compare_all(stream=stream).altered
    rebuilt, after = projection.rebuild(check=False), projection.rebuild(check=True)
    place = places.store()._place(digest)  # type: ignore[attr-defined]
    place.write_bytes(samples.PNG[:-1] + b"\0")

    assert (before.streams, before.altered) == (1, [])
    assert renamed == [Altered(stream, "attachment_name")]
    assert moved == [Altered(stream, "attachment")]
    assert (rebuilt, after) == ((1, 1), (1, 0))
    assert witnesses.compare_all(stream=stream).altered == [Altered(stream, "file")]
    with pytest.raises(FileAltered):
        read(loan, OFFICE, made)


def test_every_owner_of_files_has_a_gate_that_can_be_asked() -> None:
    assert set(features.file_gates()) == {"order", "mystery_call", "incoming", "thread"}

    with pytest.raises(AttachmentRefused):
        gates.holding("order/none", None)
    assert not gates.is_held("0" * 64)


def remove(attachment: UUID, held: Any, who: Actor) -> None:
    actions.remove(attachment, held=held, actor=who, store=places.store(), now=NOW)


def move(stream: str, command: Any, by: Actor) -> None:
    lives.apply(KIND, UUID(stream.removeprefix("loan/")), command, city="jiangyin", by=by, now=NOW)
