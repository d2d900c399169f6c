"""What the citizen of an appeal that was joined to another may do and reads. Clauses: JY-6.6, JY-9.6, JY-8d, SZ-39."""

from __future__ import annotations

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.files_ground import PNG
from tests.publication_ground import decided
from tests.town_ground import Town, relayed
from tests.visiting_ground import Citizen, answered, closed

from minsheng.cases.appeals import attachments
from minsheng.cases.appeals.models import Addition
from minsheng.cases.orders import models
from minsheng.cases.orders.storage import queries, records
from minsheng.core.ledger import verification, witnesses

OTHERS = "我家老人在这里摔伤，住在滨江路12号。"
RATED = {"satisfied": "dissatisfied", "resolved": "no", "cause": "result", "remark": "我家门口还没修"}


def other_citizen(town: Town, name: str = "葛然", phone: str = "13000000003") -> tuple[Citizen, models.Order]:
    """Return somebody else who has said the same, and their appeal."""
    town.later(seconds=1)
    citizen = Citizen(town.code)
    contact = {"appellant": "citizen", "name": name, "phone": phone}
    return citizen, citizen.file(
        contact=contact, content={"title": "门口的路坏了", "content": "门口的人行道破了一个大洞，请尽快来修"}
    )


def joined(town: Town, row: models.Order, to: models.Order) -> None:
    """Let the hotline join an appeal to an open order."""
    town.act(row.id, "seat", "submit")
    town.act(row.id, "dispatcher", "link", to=to.id)


def with_unit(town: Town, row: models.Order) -> None:
    """Let the order be with its unit."""
    town.act(row.id, "seat", "submit")
    town.act(row.id, "dispatcher", "dispatch", unit="城管局", basis="权责清单")
    town.act(row.id, "officer@城管局", "sign")


def types(order: str) -> list[str]:
    """Return what has happened to an order."""
    return [event.type for event in queries.history(order)]


def test_what_a_joined_citizen_says_reaches_the_order_that_goes_on_over_every_step_and_names_them(town: Town) -> None:
    first = Citizen(town.code)
    goes_on = first.file(content={"title": "小区东门人行道破损", "content": OTHERS})
    with_unit(town, goes_on)
    _, between = other_citizen(town, "丁宁", "13000000004")
    citizen, row = other_citizen(town)
    town.act(between.id, "seat", "submit")
    joined(town, row, between)
    town.act(between.id, "dispatcher", "link", to=goes_on.id)

    file = SimpleUploadedFile("我家门口.png", PNG)
    added = citizen.act(row.number, "material", "material", text="我是葛然，请来看看", files=file)
    urged = citizen.act(row.number, "urge", "urge", text="请快一点")

    assert (added.status_code, urged.status_code) == (302, 302)
    assert types(goes_on.id)[-2:] == ["MaterialAdded", "Urged"]
    facts = [records.from_ledger(each) for each in queries.history(goes_on.id)][-2:]
    appellant = records.filing_of(queries.history(row.id)[0])
    assert appellant is not None
    assert [fact.by.person for fact in facts] == [f"appellant:{appellant.appellant}"] * 2
    assert [getattr(fact.event, "joined", "") for fact in facts] == [row.id] * 2
    desk = town.desk("officer@城管局").get(f"/orders/{goes_on.id}/").content.decode()
    assert f"合并件 {row.number} 的诉求人补充" in desk
    assert f"合并件 {row.number} 的诉求人" in re.sub(r"\s+", " ", desk.partition("请快一点")[0])
    assert "葛然" not in desk
    assert "请来看看" in desk
    own = citizen.shown(f"appeals/{row.number}")
    for said in ("请来看看", "请快一点", "我家门口.png", "您催办了一次"):
        assert said in own
    assert verification.verify().fault is None
    assert witnesses.compare_all().altered == []
    Addition.objects.filter(order=goes_on.id).update(joined="")
    assert [each.what for each in witnesses.compare_all().altered] == ["additions"]


def test_each_citizen_of_a_joined_matter_reads_nothing_of_the_others(town: Town) -> None:
    first = Citizen(town.code)
    goes_on = first.file(content={"title": "小区东门人行道破损", "content": OTHERS})
    first.act(goes_on.number, "material", "material", text="附上病历", files=SimpleUploadedFile("病历.png", PNG))
    with_unit(town, goes_on)
    citizen, row = other_citizen(town)
    joined(town, row, goes_on)
    citizen.act(row.number, "material", "material", text="我家在隔壁", files=SimpleUploadedFile("隔壁.png", PNG))
    citizen.act(row.number, "urge", "urge", text="隔壁催一下")

    page = citizen.shown(f"appeals/{row.number}")
    theirs = first.shown(f"appeals/{goes_on.number}")

    for secret in (OTHERS, "附上病历", "病历.png", goes_on.number):
        assert secret not in page
    for secret in ("我家在隔壁", "隔壁.png", "隔壁催一下", "您催办了一次", row.number):
        assert secret not in theirs
    (brought,) = [each for each in attachments.of_order(goes_on.id) if each.name == "隔壁.png"]
    (medical,) = [each for each in attachments.of_order(goes_on.id) if each.name == "病历.png"]
    assert citizen.get(f"appeals/{row.number}/files/{brought.id}").status_code == 200
    assert first.get(f"appeals/{goes_on.number}/files/{brought.id}").status_code == 404
    assert citizen.get(f"appeals/{row.number}/files/{medical.id}").status_code == 404
    assert citizen.get(f"appeals/{goes_on.number}").status_code == 404


def test_each_citizen_urges_as_often_as_the_rules_let_whatever_the_other_does(town: Town) -> None:
    first = Citizen(town.code)
    goes_on = first.file()
    with_unit(town, goes_on)
    citizen, row = other_citizen(town)
    joined(town, row, goes_on)

    assert citizen.act(row.number, "urge", "urge", text="催一下").status_code == 302
    assert first.act(goes_on.number, "urge", "urge", text="催一下").status_code == 302
    again = citizen.act(row.number, "urge", "urge", text="再催一下")

    assert again.status_code == 409
    assert types(goes_on.id).count("Urged") == 2


def test_a_joined_citizens_rating_stands_beside_and_moves_nothing(town: Town) -> None:
    first = Citizen(town.code)
    goes_on = first.file()
    citizen, row = other_citizen(town)
    answered(town, goes_on.id, text="已派人修复。")
    joined(town, row, goes_on)
    before = queries.state_of(models.Order.objects.get(id=goes_on.id))

    assert citizen.act(row.number, "rate", "rate", **RATED).status_code == 302

    after = queries.state_of(models.Order.objects.get(id=goes_on.id))
    assert (after.status, after.satisfied, after.timers) == (before.status, None, before.timers)
    assert types(goes_on.id)[-1] == "JoinedRated"
    own = citizen.shown(f"appeals/{row.number}")
    assert "您的评价：不满意" in own
    assert 'id="rate"' not in own
    assert "您的评价" not in first.shown(f"appeals/{goes_on.number}")
    desk = town.desk("callback_agent").get(f"/orders/{goes_on.id}/").content.decode()
    assert f"合并件 {row.number} 的诉求人" in desk
    assert "我家门口还没修" in desk
    assert first.act(goes_on.number, "rate", "rate", satisfied="satisfied", resolved="yes").status_code == 302
    assert models.Order.objects.get(id=goes_on.id).reason == "satisfied"


def test_a_joined_citizen_can_rate_what_was_closed_before_they_looked_and_nothing_opens_again(town: Town) -> None:
    goes_on = Citizen(town.code).file()
    citizen, row = other_citizen(town)
    with_unit(town, goes_on)
    joined(town, row, goes_on)
    town.act(goes_on.id, "leader@城管局", "approve_reply")
    town.act(goes_on.id, "officer@城管局", "reply", text="已修", channel="web")
    town.act(goes_on.id, "auditor", "pass_audit")
    closed(town, goes_on.id)

    assert citizen.act(row.number, "rate", "rate", **RATED).status_code == 302

    assert models.Order.objects.get(id=goes_on.id).status == "CLOSED"
    assert types(goes_on.id)[-1] == "JoinedRated"


def test_where_the_matter_was_split_every_open_part_hears_them(town: Town) -> None:
    goes_on = Citizen(town.code).file()
    citizen, row = other_citizen(town)
    town.act(goes_on.id, "seat", "submit")
    town.act(goes_on.id, "dispatcher", "dispatch", units=("城管局", "住建局"), parallel=True, basis="权责清单")
    joined(town, row, goes_on)

    done = citizen.act(row.number, "urge", "urge", text="请快一点")

    assert done.status_code == 302
    parts = models.Order.objects.filter(parent=goes_on.id)
    assert [types(part.id)[-1] for part in parts] == ["Urged", "Urged"]
    assert "请快一点" in citizen.shown(f"appeals/{row.number}")


@pytest.mark.parametrize("publish", ["yes", "no"])
def test_the_page_of_a_joined_appeal_promises_nothing_and_shows_what_is_public(town: Town, publish: str) -> None:
    first = Citizen(town.code)
    goes_on = first.file(publish={"publish": publish})
    citizen, row = other_citizen(town)
    with_unit(town, goes_on)
    joined(town, row, goes_on)
    while_open = citizen.shown(f"appeals/{row.number}")
    town.act(goes_on.id, "leader@城管局", "approve_reply")
    town.act(goes_on.id, "officer@城管局", "reply", text="已修好路面", channel="web")
    town.act(goes_on.id, "auditor", "pass_audit")
    closed(town, goes_on.id)
    if publish == "yes":
        assert decided(town, goes_on.id).status_code == 302
        relayed()

    done = citizen.shown(f"appeals/{row.number}")

    assert "正在办理；您可以在这里补充材料、催办" in while_open
    for untrue in ("公开后", "已办结", "办结（", 'id="choosing"'):
        assert untrue not in while_open
    assert "已合并办理" in citizen.shown("mine")
    assert ("办理结果已公开" in done) == (publish == "yes")
    assert ("办理结果没有公开" in done) == (publish == "no")
    assert ("查看合并办理的公开结果" in done) == (publish == "yes")
    assert "已修好路面" not in done
    assert 'id="urging"' not in done


def test_what_an_own_appeal_says_of_publication_holds_only_while_something_can_be_public(town: Town) -> None:
    citizen = Citizen(town.code)
    row = citizen.file()
    assert 'id="choosing"' in citizen.shown(f"appeals/{row.number}")

    town.act(row.id, "seat", "reject", code="R4b", missing="地点", explanation="请写明地点")

    assert 'id="choosing"' not in citizen.shown(f"appeals/{row.number}")
