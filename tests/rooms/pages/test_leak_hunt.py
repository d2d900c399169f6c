"""Who somebody is, typed into free text in many ways, stands in clear on no surface for whoever does not take it down.

Clauses: JY-8d, JY-12.0, JY-23.5, SZ-26.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests import calling_ground as calling
from tests import files_ground as samples
from tests.leaks_ground import HOMES, NUMBERS, PHONES, SPELLINGS, said, told
from tests.secrets_ground import NAME, PHONE, filed
from tests.town_ground import Town, relayed, row

from minsheng.cases.appeals import attachments
from minsheng.cases.orders import models
from minsheng.cases.orders.office import queues, supervisions
from minsheng.cases.orders.storage import queries
from minsheng.core.files import actions as keeping
from minsheng.core.files import places
from minsheng.core.ledger import queries as ledger
from minsheng.core.people import permissions
from minsheng.core.policies import queries as policies
from minsheng.domain.actors import CITY_ROLES
from minsheng.domain.orders import decide
from minsheng.figures.lake import export, xes
from minsheng.figures.lake.store import Store
from minsheng.gateways.antivirus import EicarOnly

DESKS = tuple(role for role in CITY_ROLES if permissions.sees_orders(role))
UNITS = tuple(f"{role}@{unit}" for unit in ("城管局", "住建局") for role in ("officer", "leader", "head"))
READERS = (*DESKS, *UNITS)
# How often `go_on` halts.
STAGES = 6


def planted(town: Town, place: int, **more: Any) -> str:
    """Return an order in whose every free text the person is planted."""
    spelling = SPELLINGS[place % len(SPELLINGS)]
    order = filed(
        town, title=f"{spelling}反映人行道破损{PHONES[place % len(PHONES)]}", content=said(place),
        place=f"{spelling}家门口", **more,
    )  # fmt: skip
    # No file has letters in its name that nobody sees: such a name is refused.
    file_of(town, order, re.sub("[\u00ad\u200b\ufeff]", "", spelling) + f"{PHONE}的照片.png")
    return order


def file_of(town: Town, order: str, name: str) -> None:
    """Keep a file of the appeal under a name."""
    ground = attachments.ground(order=order, city=town.code, purpose="APPEAL", unit="", round=1, stage="DRAFT")
    by = town.actor("seat")
    checked = keeping.check(
        io.BytesIO(samples.PNG), name=name, ground=ground, actor=by, scanner=EicarOnly(), now=town.now
    )
    keeping.attach([checked], ground=ground, actor=by, store=places.store(), now=town.now)


def go_on(town: Town, order: str, place: int) -> Iterator[str]:
    """Take the order through its life; at every stage the citizen says more, and the unit repeats it."""
    yield order
    town.act(order, "citizen", "add_material", text=said(place + 1))
    town.act(order, "dispatcher", "dispatch", unit="城管局", basis=f"权责清单，{said(place + 6)}")
    yield order
    town.act(order, "officer@城管局", "sign")
    town.act(order, "citizen", "urge", text=said(place + 2))
    town.act(order, "officer@城管局", "request_coordination", question=f"请明确由谁联系{said(place + 3)}")
    yield order
    town.act(order, "leader@城管局", "approve_reply")
    town.act(order, "officer@城管局", "reply", text="人行道已经修复，请查看。")
    yield order
    town.act(order, "auditor", "pass_audit")
    yield order
    town.act(
        order, "callback_agent", "callback", reached=True, satisfied="dissatisfied", resolved=False, cause="result",
        remark=said(place + 4),
    )  # fmt: skip
    yield order


def own_pages(town: Town, who: str, order: str) -> Iterator[tuple[str, str]]:
    """Give every page of the order itself that somebody may ask for, with its text."""
    client = town.desk(who)
    paths = [f"/orders/{order}/{rest}" for rest in ("", "print", "attachments", "publication", "check")]
    paths += [f"/orders/{order}/do/{name}/" for name in allowed(town, who, order)]
    paths += [f"/orders/{row(order).number}/", f"/dispatch?orders={order}", f"/supervision/issue?orders={order}"]
    suggested, _ = supervisions.of_order(order)
    paths += [f"/supervision/suggestions/{each.pk}/dismiss" for each in suggested]
    for path in paths:
        yield path, client.get(path).content.decode()
    for each in attachments.of_order(order):
        answer = client.get(f"/orders/{order}/attachments/{each.id}")
        yield "download", str(answer.headers)


def lists_of(town: Town, who: str, order: str) -> Iterator[tuple[str, str]]:
    """Give every list in which somebody may meet orders, and what they find who know the order's number."""
    client = town.desk(who)
    paths = ["/supervision", "/roster", "/cockpit/", "/notices/", "/supervision/rules", "/checks", "/lookbacks"]
    rules = policies.rules_for(town.code, now=town.now)
    paths += [f"/?tab={queue.code}" for queue in queues.of(town.actor(who), rules=rules)]
    paths += [f"/supervision/rows?what={what}" for what in ("open", "unsigned", "near", "over", "urged")]
    paths += [f"/supervision/orders?tab={tab}" for tab in supervisions.TABS]
    paths += [f"/checks?tab={tab}" for tab in ("FOUND", "DONE")]
    for path in paths:
        yield path, client.get(path).content.decode()
    for words in ("人行道破损", NAME, PHONE, row(order).number):
        yield f"find {words}", client.post("/find", {"words": words}).content.decode().replace(f'value="{words}"', "")
    if who == "seat":
        typed = {"content": "人行道破损，请修理", "place": "", "category": "", "category_text": "", "target_unit": ""}
        yield "beside", client.post("/orders/new/beside", typed).content.decode()
        yield "caller", client.post("/orders/new/caller", {"phone": PHONE}).content.decode()


def read(pages: Iterator[tuple[str, str]], who: str, *, order: str) -> int:
    """Return on how many pages the order itself is met; nobody is told who it is from."""
    met = 0
    for path, text in pages:
        assert told(text) == [], (who, path, row(order).status)
        met += "人行道破损" in text
    return met


def allowed(town: Town, who: str, order: str) -> list[str]:
    """Return the commands whose forms somebody may open now."""
    state = queries.state_of(row(order))
    return [each.command.name for each in decide.allowed_commands(state, by=town.actor(who))]


def api_of(city: calling.City, who: str, order: str) -> Iterator[tuple[str, str]]:
    """Give every answer of the API in which somebody meets the order."""
    for path in ("/orders", "/queue", f"/orders/{order}", f"/orders/{order}/timeline", f"/orders/{order}/timers"):
        yield path, str(city.get(path, by=who).body)


@pytest.fixture(autouse=True)
def files(settings: Any, tmp_path: Path) -> None:
    """Keep files in a folder of the test's own."""
    settings.FILES_FOLDER = tmp_path / "files"
    settings.DEMO = True


@pytest.mark.parametrize("part", range(2))
def test_no_page_shows_who_it_is(town: Town, part: int) -> None:
    orders = [planted(town, place, target_unit="住建局" if place % 2 else "") for place in range(len(SPELLINGS))]
    lives = [go_on(town, order, place) for place, order in enumerate(orders)]
    stages, met = 0, 0

    for stage, _ in enumerate(zip(*lives, strict=True)):
        for turn, who in enumerate(READERS[part::2]):
            # Everybody reads an order at every stage, each time one with other spellings, and the lists at one of them.
            order = orders[(turn + stage) % len(orders)]
            met += read(own_pages(town, who, order), who, order=order)
            if turn % STAGES == stage:
                met += read(lists_of(town, who, order), who, order=order)
        stages += 1
    assert stages == STAGES
    assert met > 150, "the orders themselves were met"


@pytest.mark.parametrize("place", range(0, len(SPELLINGS), 5))
def test_no_answer_of_the_api_says_who_it_is(town: Town, place: int) -> None:
    order = planted(town, place)
    city = calling.City(town.code, town.set_clock, (*READERS, "citizen"))
    seen = 0

    for _ in go_on(town, order, place):
        for who in (*READERS, "citizen"):
            for path, text in api_of(city, who, order):
                assert told(text) == [], (who, path)
                seen += "人行道破损" in text
    assert seen > 100


def test_parts_and_referrals_and_confidential_matters_cover_it_too(town: Town) -> None:
    whole = planted(town, 3, confidential=True)
    town.act(whole, "dispatcher", "dispatch", units=("城管局", "住建局"), parallel=True, basis="权责清单")
    internal = planted(town, 4, type="report", publish="", target_unit="城管局")
    town.act(internal, "dispatcher", "propose_referral")
    town.act(internal, "designated_officer", "refer", branch="12.2a", handler="住建局", cadre="other")

    for who in READERS[::3]:
        for order in (whole, *queries.parts_of([whole]), internal):
            read(own_pages(town, who, order), who, order=order)
        read(lists_of(town, who, whole), who, order=whole)


def test_neither_lake_nor_log_knows_who_it_is(town: Town, tmp_path: Path) -> None:
    for _ in go_on(town, planted(town, 0), 0):
        pass
    export.export(Store(tmp_path / "lake"), now=town.now)
    log = io.BytesIO()
    xes.write(log, city=town.code)

    for file in (each for each in (tmp_path / "lake").rglob("*") if each.is_file()):
        content = file.read_bytes()
        assert not any(each.encode() in content for each in (*SPELLINGS, *PHONES, *NUMBERS, *HOMES)), file
    assert told(log.getvalue().decode()) == []


def test_who_may_opens_the_original_with_a_reason_and_nobody_else(town: Town) -> None:
    order = planted(town, 0)
    town.act(order, "dispatcher", "dispatch", unit="城管局", basis="权责清单")
    opens = {"supervisor", "duty_leader", "office", "officer@城管局", "designated_officer"}

    for who in (*DESKS, *UNITS):
        client = town.desk(who)
        page = client.get(f"/orders/{order}/")
        answer = client.post(f"/orders/{order}/words", {"reason": "现场核实前联系诉求人"})
        got = NAME in answer.content.decode()
        assert got == (who in opens), who
        assert got == (answer.status_code == 200), who
        assert ("查看原文" in page.content.decode()) == got, who
        assert told(client.get(f"/orders/{order}/").content.decode()) == [], who
    facts = [fact for fact in ledger.history(f"words/{order}") if fact.type == "WordsOpened"]
    assert {str(fact.actor["role"]) for fact in facts} == {who.partition("@")[0] for who in opens}
    assert client.post(f"/orders/{order}/words", {"reason": ""}).status_code in (404, 422)


def test_the_api_opens_the_original_under_the_same_gate(town: Town) -> None:
    order = planted(town, 0)
    city = calling.City(town.code, town.set_clock, (*DESKS, *UNITS))

    assert city.post(f"/orders/{order}/words", {"reason": "核对"}, by="dispatcher").code == "reveal_role_masked"
    assert city.post(f"/orders/{order}/words", {"reason": "核对"}, by="command").code == "reveal_role_never"
    opened = city.post(f"/orders/{order}/words", {"reason": "核对"}, by="supervisor")
    assert told(opened.body["content"]) != []
    assert opened.body["added"] == []


def test_who_takes_it_down_reads_what_they_typed(town: Town) -> None:
    order = filed(town, submit=False, content=said(0))

    assert told(town.desk("seat").get(f"/orders/{order}/").content.decode()) != []
    assert told(town.desk("supervisor").get(f"/orders/{order}/").content.decode()) == []
    town.act(order, "seat", "submit")
    assert told(town.desk("seat").get(f"/orders/{order}/").content.decode()) == []


def test_a_search_for_who_it_is_finds_nothing(town: Town) -> None:
    order = planted(town, 0)
    client = town.desk("officer@城管局")
    town.act(order, "dispatcher", "dispatch", unit="城管局", basis="权责清单")

    assert row(order).number in client.post("/find", {"words": "人行道破损"}).content.decode()
    for words in (NAME, "晓禾"):
        assert row(order).number not in client.post("/find", {"words": words}).content.decode()


def test_the_seat_is_told_while_typing_and_not_stopped(town: Town) -> None:
    client = town.desk("seat")
    typed = {
        "content": "我叫陆晓禾，电话13000000001",
        "place": "",
        "category": "",
        "category_text": "",
        "target_unit": "",
    }

    told_so = client.post("/orders/new/beside", typed).content.decode()
    quiet = client.post("/orders/new/beside", {**typed, "content": "路灯不亮"}).content.decode()

    assert re.search(r'id="content-tells"[^>]*hx-swap-oob="true">内容或地点中有[^<]*电话', told_so)
    assert re.search(r'id="content-tells"[^>]*hx-swap-oob="true"></p>', quiet)
    assert models.Order.objects.count() == 0


def test_a_basis_that_names_the_citizen_is_suggested_for_no_other_order(town: Town) -> None:
    order = planted(town, 0)
    town.act(order, "dispatcher", "dispatch", unit="城管局", basis=f"权责清单，{said(6)}")
    other = filed(town)
    town.act(other, "dispatcher", "dispatch", unit="住建局", basis="三定方案第二条")
    relayed()
    models.Routing.objects.create(
        city=town.code, category="", unit="城管局", basis=f"请联系{PHONES[0]}", count=9, last_at=town.now
    )

    page = town.desk("dispatcher").get(f"/orders/{filed(town)}/do/dispatch/").content.decode()

    assert "三定方案第二条" in page
    assert told(page) == []
    assert "" in models.Routing.objects.filter(unit="城管局").values_list("basis", flat=True)
