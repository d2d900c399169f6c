"""A unit's text for a stream and its approval: sealed, void when it changes, used up by the answer, of any life cycle.

Clauses: JY-13.1c, JY-8d.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, ClassVar
from uuid import UUID

import pytest
from django.conf import LazySettings
from django.db import connection
from tests.town_ground import Town, fresh
from tests.toy_ground import CYCLE, LENT, AskKey, GiveBack, LendKey, Loan
from tests.toy_rows_ground import KIND, LoanRow

from minsheng.core.drafts import texts
from minsheng.core.drafts.models import UnitText
from minsheng.core.lifecycles import actions
from minsheng.core.lifecycles import queries as things
from minsheng.core.lifecycles.kinds import Asked, Held, Kind
from minsheng.core.people import queries as people
from minsheng.core.people import rotation, vault, vault_keys, witness
from minsheng.domain import approval
from minsheng.domain.actors import Actor
from minsheng.domain.facts import Event
from minsheng.domain.lifecycle import Case, Row
from minsheng.domain.rejected import Rejected

UNIT = "城管局"
WORDS = "已派人到张三丰家门口修好路灯，电话13812345678。"
OFFICER, LEADER = Actor("officer", UNIT, "staff:1"), Actor("leader", UNIT, "staff:2")
NEW_KEY = base64.b64encode(bytes(range(1, 33))).decode()


@dataclass(frozen=True, slots=True, kw_only=True)
class ApproveWords:
    name: ClassVar[str] = "approve_words"


@dataclass(frozen=True, slots=True)
class WordsApproved(Event): ...


def _approve(case: Case[Loan]) -> None:
    case.record(WordsApproved())


# The toy, where the words with which a key is given back are approved by a leader.
_GIVE = replace(CYCLE.row(GiveBack), guards=(*CYCLE.row(GiveBack).guards, approval.as_approved("reason")))
_APPROVE = Row(
    "K2a", ApproveWords, (LENT,), ("=",), ("leader",), _approve, ("toy",), "own", (approval.somebody_elses_draft,)
)
APPROVED = replace(
    CYCLE,
    rows=(*(row for row in CYCLE.rows if row.command is not GiveBack), _APPROVE, _GIVE),
    events=(*CYCLE.events, WordsApproved),
)


def _known(asked: Asked) -> approval.Facts:
    if asked.row is None:
        return approval.Facts()
    return approval.Facts(texts.known(TOY.stream(asked.row.pk), unit=asked.by.unit or ""))


def _follow(held: Held[Loan], command: Any, by: Actor) -> None:
    stream = TOY.stream(held.row.pk)
    texts.follow(command, stream=stream, by=by, now=held.now, approves=ApproveWords, gives=GiveBack)


TOY = Kind(APPROVED, model=LoanRow, names=people.names, words=KIND.words, facts=_known, follow=_follow)


@pytest.fixture
def lent(town: Town) -> UUID:
    """Return a key that is lent, whose unit has written what it will say."""
    with connection.schema_editor() as editor:
        editor.create_model(LoanRow)

    def made(id: UUID) -> LoanRow:
        return LoanRow(id=id, city_id=town.code, number="钥1")

    id = actions.begin(TOY, AskKey(room="301"), city=town.code, by=OFFICER, now=town.now, made=made).id
    actions.apply(TOY, id, LendKey(), city=town.code, by=Actor("office", None, "staff:9"), now=town.now)
    texts.save(f"loan/{id}", unit=UNIT, text=WORDS, saved_by="staff:1", now=town.now, submit=True)
    return id


def refusal(town: Town, id: UUID, command: Any, by: Actor) -> str:
    try:
        actions.apply(TOY, id, command, city=town.code, by=by, now=town.now)
    except Rejected as rejected:
        return rejected.code
    return ""


def test_answer_of_an_order_is_sealed_until_it_is_given(town: Town) -> None:
    order = town.handled()
    form = f"/orders/{order}/do/reply/"
    assert town.desk("officer@城管局").post(form, fresh(text=WORDS, channel="phone", send_draft="1")).status_code == 302
    sent_back = town.desk("leader@城管局").post(f"/orders/{order}/draft/back", {"remark": f"请核对：{WORDS}"})
    assert sent_back.status_code == 302

    with connection.cursor() as cursor:
        cursor.execute("SELECT d::text FROM orders_draft d")
        (kept,) = cursor.fetchone()

    assert not any(word in kept for word in (WORDS, "张三丰", WORDS.encode().hex()))
    assert WORDS in town.desk("leader@城管局").get(f"/orders/{order}/do/approve_reply/").content.decode()


def test_text_of_a_stream_that_is_no_order_is_approved_by_somebody_else_word_for_word(town: Town, lent: UUID) -> None:
    stream = f"loan/{lent}"

    assert refusal(town, lent, ApproveWords(), replace(LEADER, person="staff:1")) == "self_approval"
    assert refusal(town, lent, ApproveWords(), LEADER) == ""
    held = texts.of(stream, unit=UNIT)
    assert held is not None
    assert held.approved == texts.Approved(approval.digest_of(WORDS), "staff:2", town.now)
    assert (held.text, held.submitted_at) == (WORDS, None)
    assert refusal(town, lent, GiveBack(reason="别的话"), OFFICER) == "reply_differs"
    assert refusal(town, lent, GiveBack(reason=f" {WORDS}\r\n"), OFFICER) == ""
    assert texts.of(stream, unit=UNIT) is None


def test_another_text_makes_the_approval_void(town: Town, lent: UUID) -> None:
    assert refusal(town, lent, ApproveWords(), LEADER) == ""
    texts.save(f"loan/{lent}", unit=UNIT, text="改写", saved_by="staff:1", now=town.now)

    held = texts.of(f"loan/{lent}", unit=UNIT)

    assert held is not None
    assert held.approved is None
    assert refusal(town, lent, GiveBack(reason="改写"), OFFICER) == "reply_differs"


def test_approval_binds_its_own_unit_and_stream_alone(town: Town, lent: UUID) -> None:
    assert refusal(town, lent, ApproveWords(), LEADER) == ""

    assert texts.known(f"loan/{lent}", unit="住建局") is None
    assert texts.known(f"order/{lent}", unit=UNIT) is None
    texts.hand_on(f"loan/{lent}", unit=UNIT, successor="住建局")
    assert texts.known(f"loan/{lent}", unit=UNIT) is None
    held = texts.of(f"loan/{lent}", unit="住建局")
    assert (held is not None and held.text, held is not None and held.approved is not None) == (WORDS, True)


def test_what_is_refused_approves_and_uses_up_nothing(town: Town, lent: UUID) -> None:
    assert refusal(town, lent, ApproveWords(), Actor("leader", "住建局", "staff:3")) == "not_your_unit"
    assert refusal(town, lent, GiveBack(), OFFICER) == "reason_missing"

    held = texts.of(f"loan/{lent}", unit=UNIT)

    assert held is not None
    assert (held.approved, held.submitted_at) == (None, town.now)
    row = things.row_of(KIND, str(lent), Actor("office"), city=town.code)
    assert row is not None
    assert things.may_now(TOY, row, LEADER, now=town.now) == ["approve_words"]


def test_text_waits_for_the_leader_until_it_is_sent_back(town: Town, lent: UUID) -> None:
    stream, waiting = f"loan/{lent}", texts.waits_for_approval("loan", unit=UNIT)
    rows = LoanRow._default_manager

    assert [row.pk for row in rows.filter(waiting)] == [lent]
    assert list(rows.filter(texts.waits_for_approval("loan", unit="住建局"))) == []
    assert texts.send_back(stream, unit=UNIT, remark="请写明时间") is True
    assert texts.send_back(stream, unit=UNIT, remark="再次") is False
    held = texts.of(stream, unit=UNIT)
    assert (held is not None and held.remark) == "请写明时间"
    assert list(rows.filter(waiting)) == []


def test_old_key_is_not_let_go_before_texts_are_sealed_anew(town: Town, lent: UUID, settings: LazySettings) -> None:
    texts.send_back(f"loan/{lent}", unit=UNIT, remark="请写明时间")
    settings.VAULT_KEY, settings.VAULT_OLD_KEYS = NEW_KEY, [settings.VAULT_KEY]
    sealed = UnitText.objects.get().text_enc

    before = vault_keys._sealed_with()
    done = rotation.rotate()
    settings.VAULT_OLD_KEYS = []

    assert bytes(sealed or b"")[1:5].hex() in before
    assert done.moved >= 2
    held = texts.of(f"loan/{lent}", unit=UNIT)
    assert held is not None
    assert (held.text, held.remark, held.is_readable) == (WORDS, "请写明时间", True)
    assert vault_keys._sealed_with() == {vault.keyring().current.id}


def test_damaged_text_is_named_and_not_approved(town: Town, lent: UUID) -> None:
    row = UnitText.objects.get()
    sealed = bytearray(bytes(row.text_enc or b""))
    sealed[-1] ^= 1
    UnitText.objects.update(text_enc=bytes(sealed))

    texts.approve(f"loan/{lent}", unit=UNIT, by="staff:2", now=town.now + timedelta(minutes=1))

    held = texts.of(f"loan/{lent}", unit=UNIT)
    assert held is not None
    assert (held.text, held.is_readable, held.approved) == ("", False, None)
    assert [each.stream for each in witness.strangers()] == [f"text/{row.pk}"]
