"""What would be published of an order, and the auditor's word on it. Clauses: JY-9.8a, JY-9.8.1; A-73."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest
from tests import cast

from minsheng.cases.appeals import publication as texts
from minsheng.cases.orders.office import publishing
from minsheng.core.ledger import queries as ledger
from minsheng.core.ledger import verification
from minsheng.domain.rejected import Rejected

if TYPE_CHECKING:
    from tests.town_ground import Town

CONTENT = "我叫陆晓禾，桃源路口路灯不亮，住建局王大拿不管，电话13000000001。"
REPLY = "经核实已修复，咨询请拨打0510-86860000，或联系13000000002。"


@pytest.fixture
def town(db: None, test_clock: Callable[[datetime], None]) -> Town:
    from tests import town_ground as towns

    return towns.build("jiangyin", test_clock)


@pytest.fixture
def order(town: Town) -> str:
    """Return an order that was answered."""
    made = town.handled(content=CONTENT, target_person="王大拿")
    town.act(made, "leader@城管局", "approve_reply")
    town.act(made, "officer@城管局", "reply", text=REPLY)
    return made


def masked(order: str, town: Town) -> dict[str, str]:
    """Return the preview's masked words by part."""
    return {part.field: part.masked for part in publishing.preview(order, now=town.now).parts}


def confirm(order: str, town: Town, given: dict[str, str], **more: Any) -> None:
    """Confirm as the auditor."""
    publishing.confirm(order, given, by=cast.AUDITOR, now=town.now, **more)


@pytest.mark.clause("JY-9.8a")
def test_the_preview_masks_everybody_and_leaves_the_units_own_number(order: str, town: Town) -> None:
    preview = publishing.preview(order, now=town.now)

    assert [part.field for part in preview.parts] == ["title", "content", "reply"]
    assert masked(order, town)["content"] == "我叫陆某，桃源路口路灯不亮，住建局王某不管，电话[电话]。"
    assert masked(order, town)["reply"] == "经核实已修复，咨询请拨打0510-86860000，或联系[电话]。"
    assert preview.needs_attention
    assert preview.parts[1].original == CONTENT


def test_confirmed_words_are_served_exactly_and_the_ledger_has_their_digests_alone(order: str, town: Town) -> None:
    given = {**masked(order, town), "reply": "路灯已修复。"}
    confirm(order, town, given)
    confirm(order, town, {**given, "reply": "路灯已于9月18日修复。"})

    kept = texts.confirmed(order)
    facts = ledger.history(f"publication/{order}")
    assert {field: each.text for field, each in kept.items()} == {**given, "reply": "路灯已于9月18日修复。"}
    assert kept["reply"].confirmed_by == cast.AUDITOR.person
    assert [fact.type for fact in facts] == ["PublicTextConfirmed"] * 2
    assert "路灯" not in "".join(fact.body.decode() for fact in facts)
    assert verification.verify().fault is None


def test_a_number_that_remains_is_refused_until_that_very_place_is_acknowledged(order: str, town: Town) -> None:
    given = {**masked(order, town), "reply": REPLY}

    with pytest.raises(texts.StillNamesSomebody) as refused:
        confirm(order, town, given)
    (left,) = refused.value.remaining
    with pytest.raises(texts.StillNamesSomebody):
        confirm(order, town, given, acknowledged=["reply:0-11"])
    confirm(order, town, given, acknowledged=[left.token])

    assert (left.field, left.words, refused.value.params["kinds"]) == ("reply", "13000000002", "手机号码")
    assert texts.confirmed(order)["reply"].text == REPLY


def test_a_part_that_is_missing_or_strange_is_refused_and_nothing_kept(order: str, town: Town) -> None:
    given = masked(order, town)

    for wrong in ({**given, "reply": " "}, {"title": "路灯"}, {**given, "place": "桃源路"}):
        with pytest.raises(texts.TextMissing):
            confirm(order, town, wrong)

    assert texts.confirmed(order) == {}


def test_a_referral_is_never_confirmed_and_what_is_not_there_is_not_found(town: Town) -> None:
    with pytest.raises(Rejected) as internal:
        confirm(town.internal(), town, {"title": "甲", "content": "乙"})
    with pytest.raises(Rejected) as absent:
        publishing.preview("nothing", now=town.now)

    assert (internal.value.code, absent.value.code) == ("never_public", "not_found")


def test_a_part_of_a_parallel_dispatch_has_the_words_of_the_whole_and_its_own_answer(town: Town) -> None:
    whole = town.register(content=CONTENT)
    town.act(whole, "dispatcher", "dispatch", units=["城管局", "住建局"], parallel=True, basis="清单")

    assert "陆某" in masked(f"{whole}.1", town)["content"]
    assert "reply" not in masked(f"{whole}.1", town)
