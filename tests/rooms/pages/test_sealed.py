"""An order that is refused as a secret is sealed: no desk, list, search, signal, lake or page has a word of it."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from tests import calling_ground as calling
from tests.town_ground import Town, fresh, row
from tests.visiting_ground import Citizen

from minsheng.cases.appeals.models import Appeal
from minsheng.cases.orders import actions, models
from minsheng.cases.orders.office import queues
from minsheng.cases.orders.reading import audience, exporting, finding, similar
from minsheng.cases.orders.storage import queries
from minsheng.core.ledger import queries as ledger
from minsheng.core.ledger.models import Refusal
from minsheng.core.people import permissions
from minsheng.core.policies import queries as policies
from minsheng.domain.actors import CITY_ROLES, UNIT_ROLES, Actor
from minsheng.gateways import packfiles

SECRET = ("试验场第七号靶位坐标外泄", "蓝鸢计划的部署图纸在微信群中流传", "云栖路九十九号院")
TITLE, CONTENT, PLACE = SECRET
OPENERS = ("supervisor", "duty_leader", "office")


def refused(town: Town, **fields: Any) -> str:
    """Return an order that the seat has refused as a secret."""
    given = {"type": "report", "channel": "phone", "appellant": "citizen", "content": CONTENT, "place": PLACE}
    order = town.draft(**{**given, **fields})
    Appeal.objects.filter(id=order).update(title=TITLE)
    models.Order.objects.filter(id=order).update(title=TITLE)
    town.act(order, "seat", "reject", code="R3", explanation="涉及国家秘密，请通过保密渠道反映。")
    return order


def told(text: str) -> list[str]:
    """Return which of the secret's words stand in a text."""
    return [each for each in SECRET if each in text]


@pytest.mark.clause("JY-6.3", "SZ-13.3", "SQ-7.3")
def test_no_role_reads_a_word_on_any_page_of_the_order(town: Town) -> None:
    order = refused(town)
    names = [*CITY_ROLES, *(f"{role}@城管局" for role in UNIT_ROLES)]
    pages = ("", "attachments", "print", "publication", "do/supervise/", "do/remind/", "identity", "words", "contact")

    for name in names:
        client = town.desk(name)
        for page in pages:
            for answer in (client.get(f"/orders/{order}/{page}"), client.get(f"/orders/{row(order).number}/{page}")):
                assert told(answer.content.decode()) == [], (name, page)
    shell = town.desk("seat").get(f"/orders/{order}/").content.decode()
    assert "已封存" in shell
    assert '<span class="chip alert">涉及国家秘密、商业秘密、个人隐私</span>' in shell, "the code, and no word"
    assert row(order).number in shell
    assert "查看原文" not in shell


@pytest.mark.clause("JY-6.3", "SZ-13.3", "SQ-7.3")
def test_it_is_in_no_list_search_or_similar_matter(town: Town) -> None:
    order = refused(town)
    rules = policies.rules_for(town.code, now=town.now)

    for name in (*CITY_ROLES, *(f"{role}@城管局" for role in UNIT_ROLES)):
        actor = town.actor(name)
        base = queues.ground(actor, city=town.code, rules=rules, now=town.now)
        for queue in queues.of(actor, rules=rules):
            assert order not in {each.id for each in queues.page(queue, base, after=None)[0]}, (name, queue.code)
        if permissions.sees_orders(actor.role):
            found = town.desk(name).post("/find", {"words": "蓝鸢 试验场"}).content.decode()
            by_number = town.desk(name).post("/find", {"words": row(order).number}).content.decode()
            assert told(found + by_number) == [], name
        assert finding.search(actor, city=town.code, text="靶位坐标") == []
        assert finding.search(actor, city=town.code, text=row(order).number) == []
        assert similar.of(actor, city=town.code, content=CONTENT, place=PLACE) == []


def test_no_signal_names_it(town: Town) -> None:
    seen = audience.of([refused(town)])

    for each in seen.values():
        assert audience.audiences(each) == ()
        assert not any(audience.sees(Actor(role), each) for role in CITY_ROLES)


@pytest.mark.clause("JY-6.3", "SZ-13.3")
def test_the_lake_counts_it_and_knows_nothing_of_it(town: Town, tmp_path: Path) -> None:
    from minsheng.figures.lake import export
    from minsheng.figures.lake.store import Store

    leaf = next(iter(packfiles.categories().by_code.values()))
    order = town.draft(content=CONTENT, place=PLACE)
    Appeal.objects.filter(id=order).update(category=leaf.code)
    town.act(order, "seat", "reject", code="R3", explanation="涉及国家秘密")

    (kept,) = exporting.told([order])
    store = Store(tmp_path / "lake")
    export.export(store, now=town.now)

    assert kept.category == ""
    files = [each.read_bytes() for each in (tmp_path / "lake").rglob("*") if each.is_file()]
    assert files
    assert not any(word.encode() in content for word in SECRET for content in files)
    rows = [each for file in store.read().of("orders") if file.month for each in store.rows(file).to_pylist()]
    assert [(each["order_id"], each["accepted"], each["category"]) for each in rows] == [(order, False, None)]


@pytest.mark.parametrize("name", OPENERS)
def test_the_supervisor_opens_it_with_a_reason_on_record(town: Town, name: str) -> None:
    order = refused(town)
    client = town.desk(name)

    without = client.post(f"/orders/{order}/words", {"reason": ""})
    opened = client.post(f"/orders/{order}/words", {"reason": "核对是否应移送保密部门"})
    afterwards = client.get(f"/orders/{order}/").content.decode()

    assert without.status_code == 422
    assert told(without.content.decode()) == []
    assert (opened.status_code, told(opened.content.decode())) == (200, list(SECRET))
    assert told(afterwards) == []
    assert "查看原文" in afterwards
    (fact,) = ledger.history(f"words/{order}")
    assert (fact.type, fact.actor["role"]) == ("WordsOpened", name)
    assert ledger.content(fact) == {"order": order, "reason": "核对是否应移送保密部门"}


def test_a_seat_does_not_open_what_it_has_refused_itself(town: Town) -> None:
    order = refused(town)
    Refusal.objects.all().delete()

    for name in ("seat", "dispatcher", "auditor", "joint_meeting", "command"):
        answer = town.desk(name).post(f"/orders/{order}/words", {"reason": "想再看一眼"})
        assert (answer.status_code, told(answer.content.decode())) == (403, []), name
    assert ledger.history(f"words/{order}") == []
    assert set(Refusal.objects.values_list("command", "code")) == {("open_words", "reveal_role_never")}


def test_the_seat_goes_on_after_refusing_it_on_the_page(town: Town) -> None:
    order = town.draft(content=CONTENT)
    client = town.desk("seat")

    answer = client.post(
        f"/orders/{order}/do/reject/", fresh(code="R3", explanation="涉及国家秘密", seen_version="1"), follow=True
    )

    assert row(order).is_sealed
    assert told(answer.content.decode()) == []


@pytest.mark.clause("JY-7")
def test_its_own_citizen_reads_why_and_not_the_words(town: Town) -> None:
    citizen = Citizen(town.code)
    filed = citizen.file()
    words = filed.title
    town.act(filed.id, "seat", "reject", code="R3", explanation="请通过保密渠道反映。")

    page = citizen.shown(f"appeals/{filed.number}")

    assert "请通过保密渠道反映。" in page
    assert "已封存" in page
    assert words not in page
    assert words not in citizen.shown("mine")


def test_the_api_gives_the_shell_and_the_supervisor_the_words(town: Town) -> None:
    order = refused(town)
    city = calling.City(town.code, town.set_clock, (*CITY_ROLES, "citizen"))

    for role in ("seat", "dispatcher", "auditor", "supervisor", "command", "citizen"):
        seen = city.get(f"/orders/{order}", by=role)
        assert seen.status == 200, role
        assert seen.body["is_sealed"] is True
        assert seen.body["answers"] == []
        assert told(str(seen.body)) == [], role
        for path in ("timers", "timeline"):
            assert city.get(f"/orders/{order}/{path}", by=role).status == 404
        assert city.post(f"/orders/{order}/identity", {"reason": "核对"}, by=role).status == 404
        if role != "citizen":
            lists = str(city.get("/orders", by=role).body) + str(city.get("/queue", by=role).body)
            assert order not in lists
    again = city.post(f"/orders/{order}/reject", {"code": "R3", "explanation": "再次"}, by="seat")
    assert again.code == "not_allowed_now"
    refusal = city.post(f"/orders/{order}/words", {"reason": "想再看一眼"}, by="seat")
    assert refusal.code == "reveal_role_never"
    opened = city.post(f"/orders/{order}/words", {"reason": "核对是否应移送"}, by="supervisor")
    assert (opened.status, told(str(opened.body))) == (200, list(SECRET))


@pytest.mark.clause("JY-6.3", "SZ-13.3", "SQ-7.3")
def test_a_repeated_call_of_the_api_does_not_tell_again_what_was_sealed(town: Town) -> None:
    city = calling.City(town.code, town.set_clock, CITY_ROLES)
    body = {**calling.APPEAL, "submit": False, "title": TITLE, "content": CONTENT, "place": PLACE}
    first = city.post("/appeals", body, by="seat", key="once")
    assert told(str(first.body)) == list(SECRET)
    city.do(first.body["id"], "reject", "seat", code="R3", explanation="涉及国家秘密，请通过保密渠道反映。")

    again = city.post("/appeals", body, by="seat", key="once")

    assert (again.status, again.headers["Idempotent-Replay"]) == (200, "true")
    assert told(str(again.body)) == []
    assert (again.body["is_sealed"], again.body["status"]) == (True, "CLOSED")


def test_another_code_seals_nothing(town: Town) -> None:
    order = town.draft(content=CONTENT)
    town.act(order, "seat", "reject", code="R1", explanation="不属于受理范围")

    assert not row(order).is_sealed
    assert CONTENT in town.desk("seat").get(f"/orders/{order}/").content.decode()


def test_what_stands_is_rebuilt_from_its_facts(town: Town) -> None:
    order = refused(town)
    assert actions.rebuild(check=True)[1] == 0
    models.Order.objects.filter(id=order).update(is_sealed=False)

    assert actions.rebuild(check=False)[1] == 1
    assert row(order).is_sealed
    assert queries.state_of(row(order)).sealed


def test_what_was_refused_before_the_upgrade_is_sealed_by_it(town: Town) -> None:
    order, other = refused(town), town.draft()
    town.act(other, "seat", "reject", code="R1", explanation="不属于受理范围")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE orders_order SET is_sealed = false, state = state - 'sealed'")

        cursor.execute(import_module("minsheng.cases.orders.migrations.0008_sealed").FILL)

    assert (row(order).is_sealed, row(other).is_sealed) == (True, False)
    assert actions.rebuild(check=True)[1] == 0
