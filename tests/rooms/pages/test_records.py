"""The audit administrator reads facts and refusals of the city, changes nothing, and sees nothing of an appeal.

Clauses: GB/T 22239-2019 8.1.4.3 a, b, 8.1.5.
"""

from __future__ import annotations

import pytest
from tests.town_ground import Town, text_of, with_identity

from minsheng.core.people import actions
from minsheng.desks.records.pages import KINDS
from minsheng.domain.actors import SYSTEM


def test_what_was_done_and_refused_is_read_with_who_and_when(town: Town) -> None:
    order = town.handled()
    with_identity(town, order)
    actions.set_roles(town.staff["seat"], roles=["seat", "auditor"], actor=town.actor("admin"), now=town.now)
    sent = {"reason": "核对办理情况", "fields_wanted": ["name"]}
    town.desk("supervisor").post(f"/orders/{order}/identity", sent)
    town.desk("auditor").post(f"/orders/{order}/identity", sent)
    reader = town.desk("audit_admin")

    accounts = text_of(reader.get("/records/"))
    opened = text_of(reader.get("/records/?kind=identity"))
    refused = text_of(reader.get("/records/?kind=refusals"))

    assert "设定岗位" in accounts
    assert "admin甲" in accounts
    assert "核对办理情况" in opened
    assert "supervisor甲" in opened
    assert "reveal_role_masked" in refused
    assert "张三丰" not in accounts + opened + refused


@pytest.mark.parametrize("kind", [*KINDS, "refusals", "nothing"])
def test_every_kind_is_read_and_says_no_word_of_an_appeal(town: Town, kind: str) -> None:
    town.handled(content="井盖丢失的地方在学校门口")

    answer = town.desk("audit_admin").get(f"/records/?kind={kind}&before=x")

    assert answer.status_code == 200
    assert "井盖丢失" not in text_of(answer)


def test_the_records_go_on_page_by_page(town: Town) -> None:
    for _ in range(60):
        actions.set_roles(town.staff["seat"], roles=["seat"], actor=SYSTEM, now=town.now)
    reader = town.desk("audit_admin")

    first = text_of(reader.get("/records/"))
    onward = first.partition('href="?kind=staff&amp;before=')[2].partition('"')[0]
    second = text_of(reader.get(f"/records/?kind=staff&before={onward}"))

    assert first.count("设定岗位") == 50
    assert second.count("设定岗位") == 10
    assert "更早的" not in second


def test_nobody_else_reads_them_and_no_form_is_taken(town: Town) -> None:
    for role in ("admin", "security_admin", "auditor", "supervisor"):
        assert town.desk(role).get("/records/").status_code == 403, role
    assert town.desk("audit_admin").post("/records/", {}).status_code == 405
