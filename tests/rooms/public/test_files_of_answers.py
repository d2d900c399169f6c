"""Files of one's own appeal: what one brought, the written opinion that one asked for. Clauses: SZ-15.5b, SQ-10.5d."""

from __future__ import annotations

import io
import re

import pytest
from tests.files_ground import PDF, PNG
from tests.town_ground import Town, bring
from tests.visiting_ground import ANSWERS, Citizen, answered

from minsheng.cases.appeals import attachments
from minsheng.cases.orders import models
from minsheng.cases.orders.storage import queries
from minsheng.core.files import actions as keeping
from minsheng.core.files import places
from minsheng.core.ledger import queries as ledger
from minsheng.gateways.antivirus import EicarOnly

WANTED = {"contact": {**ANSWERS["contact"], "written": "on"}}


def attach(town: Town, row: models.Order, *, purpose: str, name: str, content: bytes, by: str) -> str:
    """Let somebody of the house bring a file; return its id."""
    ground = attachments.ground(row.id, town.code, purpose, "城管局", 1, row.status)
    actor = town.actor(by)
    checked = keeping.check(
        io.BytesIO(content), name=name, ground=ground, actor=actor, scanner=EicarOnly(), now=town.now
    )
    (made,) = keeping.attach([checked], ground=ground, actor=actor, store=places.store(), now=town.now)
    return str(made)


def test_the_written_opinion_that_was_asked_for_is_there_once_the_answer_has_passed(town: Town) -> None:
    citizen = Citizen(town.code)
    row = citizen.file(**WANTED)
    assert queries.state_of(row).written_opinion
    file = attach(town, row, purpose="REPLY", name="办理意见书.pdf", content=PDF, by="officer@城管局")
    address = f"appeals/{row.number}/files/{file}"
    assert "办理意见书.pdf" not in citizen.shown(f"appeals/{row.number}")
    assert citizen.get(address).status_code == 404

    answered(town, row.id)

    assert re.search(
        rf'href="{citizen.path(address)}\?inline=1"[^>]*>办理意见书\.pdf', citizen.shown(f"appeals/{row.number}")
    )
    answer = citizen.get(address)
    assert b"".join(answer.streaming_content) == PDF
    assert answer["Cache-Control"] == "private, no-store"
    assert answer["Content-Disposition"].startswith("attachment")
    assert [event.type for event in ledger.history(f"attachment/{file}")] == ["Attached", "AttachmentRead"]


def test_it_is_not_wanted_unless_asked_for(town: Town) -> None:
    citizen = Citizen(town.code)
    citizen.fill(**WANTED)
    assert re.search(r"书面意见</dt>\s*<dd[^>]*>需要", citizen.shown("file/check"))

    citizen.post("file/contact", ANSWERS["contact"])

    assert re.search(r"书面意见</dt>\s*<dd[^>]*>不需要", citizen.shown("file/check"))
    assert citizen.asked("file/check", {"agreed": "on"}).status_code == 302
    assert not queries.state_of(models.Order.objects.get()).written_opinion


@pytest.mark.parametrize("purpose", ["RETURN", "EXTENSION", "COMMENT"])
def test_files_of_the_house_stay_in_the_house(town: Town, purpose: str) -> None:
    citizen = Citizen(town.code)
    row = citizen.file()
    file = attach(town, row, purpose=purpose, name="内部材料.png", content=PNG, by="officer@城管局")
    answered(town, row.id)

    assert "内部材料.png" not in citizen.shown(f"appeals/{row.number}")
    assert citizen.get(f"appeals/{row.number}/files/{file}").status_code == 404


def test_what_one_brought_can_be_opened_by_oneself_alone(town: Town) -> None:
    citizen, other = Citizen(town.code), Citizen(town.code)
    row, foreign = citizen.file(), other.file(contact={**ANSWERS["contact"], "phone": "13000000009"})
    file = attach(town, row, purpose="APPEAL", name="现场.png", content=PNG, by="seat")

    assert b"".join(citizen.get(f"appeals/{row.number}/files/{file}", inline="1").streaming_content) == PNG
    assert other.get(f"appeals/{row.number}/files/{file}").status_code == 404
    assert other.get(f"appeals/{foreign.number}/files/{file}").status_code == 404


def test_who_waits_for_the_opinion_is_told_so_instead_of_closing_the_appeal(town: Town) -> None:
    citizen = Citizen(town.code)
    row = citizen.file(**WANTED)
    answered(town, row.id)

    refused = citizen.act(row.number, "rate", "rate", satisfied="satisfied", resolved="yes")

    assert refused.status_code == 409
    assert "您要的书面意见还没有出具" in refused.content.decode()


def test_an_opinion_that_follows_the_answer_is_brought_by_the_unit_and_read_once_it_is_supplied(town: Town) -> None:
    citizen = Citizen(town.code)
    row = citizen.file(**WANTED)
    answered(town, row.id)
    town.later(hours=1)
    officer = "officer@城管局"
    assert bring(town.desk(officer), row.id, ("办理意见书.pdf", PDF)).status_code == 302
    assert "办理意见书.pdf" not in citizen.shown(f"appeals/{row.number}")

    town.later(hours=1)
    town.act(row.id, "leader@城管局", "approve_reply")
    town.act(row.id, officer, "reply", document="办理意见书〔2026〕1号")

    assert "办理意见书.pdf" in citizen.shown(f"appeals/{row.number}")
    assert citizen.act(row.number, "rate", "rate", satisfied="satisfied", resolved="yes").status_code == 302
    # With the opinion there nothing more is to be brought.
    assert bring(town.desk(officer), row.id, ("又一份.pdf", PDF)).status_code == 403
