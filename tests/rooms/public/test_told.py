"""Who is told that there is an answer, and that it is public: not before. Clauses: JY-9.6, JY-9.8a, JY-9.8.2."""

from __future__ import annotations

from typing import Any

import pytest
from tests.publication_ground import decided, published, told
from tests.town_ground import Town
from tests.visiting_ground import Citizen, answered, closed

from minsheng.core.messages.models import Message
from minsheng.public.publication.models import PublicCase


def test_whoever_filed_is_told_that_there_is_an_answer_to_rate(town: Town, settings: Any) -> None:
    settings.PUBLIC_URL = "https://hotline.example"
    citizen = Citizen(town.code)
    row = citizen.file()
    answered(town, row.id)

    [(phone, text)] = told(town)

    assert phone == "13000000001"
    assert "已有答复，请查看并评价" in text
    link = text.partition("/portal/")[2]
    assert link.startswith(f"{town.code}/l/")
    # The link opens this one order to whoever has it, without the code.
    assert Citizen(town.code).get(link.partition("/")[2])["Location"].endswith(f"appeals/{row.number}")


def test_nobody_is_told_that_it_is_public_while_its_words_wait_for_the_auditor(town: Town) -> None:
    row = Citizen(town.code).file()
    answered(town, row.id)
    closed(town, row.id)

    before = [text for _, text in told(town)]
    assert decided(town, row.id).status_code == 302
    after = [text for _, text in told(town)]

    assert not any("公开" in text for text in before)
    assert [text for text in after if "已按规定公开" in text]
    assert told(town) == []


def test_what_never_becomes_public_is_never_told(town: Town) -> None:
    citizen = Citizen(town.code)
    row = citizen.file()
    answered(town, row.id)
    closed(town, row.id)
    told(town)

    citizen.act(row.number, "publish", "publish", publish="no")

    assert told(town) == []
    assert not Message.objects.filter(state="HELD").exists()


def test_a_follow_outlasts_a_withdrawal_and_the_new_result_is_told_once(town: Town, settings: Any) -> None:
    settings.PUBLIC_URL = "https://hotline.example"
    citizen, reader = Citizen(town.code), Citizen(town.code)
    row = published(town, citizen)
    reader.sign_in("13000000002")
    reader.post(f"cases/{row.number}/follow", {})
    told(town)

    town.act(row.id, "supervisor", "reopen", finding="答复不实")
    assert [phone for phone, _ in told(town) if phone == "13000000002"] == []
    mine = reader.shown("mine")
    assert row.number in mine
    assert "暂未公开" in mine
    assert "人行道破损" not in mine
    town.later(hours=1)
    town.act(row.id, "leader@城管局", "approve_reply")
    town.act(row.id, "officer@城管局", "reply", text="已重新铺设。", channel="web")
    town.act(row.id, "auditor", "pass_audit")
    closed(town, row.id)
    assert decided(town, row.id, text_reply="已重新铺设。").status_code == 302

    [text] = [text for phone, text in told(town) if phone == "13000000002"]
    assert "您关注的事项有新的办理结果" in text
    assert text.endswith(f"https://hotline.example/portal/{town.code}/cases/{row.number}")
    assert "1 人关注" in reader.shown(f"cases/{row.number}")
    assert told(town) == []
    # Mended words are no new result.
    assert decided(town, row.id, text_reply="已重新铺设好。").status_code == 302
    assert told(town) == []


@pytest.mark.parametrize("number", ["none", "99999999999999"])
def test_what_is_not_public_is_followed_by_nobody(town: Town, number: str) -> None:
    reader = Citizen(town.code)
    reader.sign_in("13000000002")

    assert reader.post(f"cases/{number}/follow", {}).status_code == 404
    assert not PublicCase.objects.exists()
