"""Every address and every table there is, for everybody: what may show a planted person is one table, else it fails.

A new feature adds a row (`FILL` for what stands in its addresses, `MAY` for who may see whom), never a test.
Clauses: JY-8d, JY-23.5, SZ-26.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.apps import apps
from django.core.cache import cache
from django.db import connection, models, transaction
from django.test import Client
from django.urls import URLPattern, get_resolver
from tests import calling_ground as calling
from tests import knowledge_ground as knowledge
from tests import telephones_ground
from tests import town_ground as towns
from tests.leaks_ground import SPELLINGS, said, told
from tests.secrets_ground import PHONE, filed
from tests.town_ground import Town, relayed, row

from minsheng.app.site.api import api
from minsheng.cases.accountability.actions import KIND
from minsheng.cases.accountability.models import Case
from minsheng.cases.forum import actions as forum
from minsheng.cases.forum.models import Thread
from minsheng.cases.orders.office import supervisions
from minsheng.cases.questions import actions as questions
from minsheng.core.features import queries as features
from minsheng.core.lifecycles import actions as lifecycles
from minsheng.core.people import experts, permissions
from minsheng.core.people.experts import Nomination
from minsheng.domain.accountability import commands as cmd
from minsheng.domain.actors import CITY_ROLES, SYSTEM, Actor
from minsheng.domain.forum import commands as forum_commands
from minsheng.domain.knowledge import question
from minsheng.domain.knowledge.article import FlagArticle
from minsheng.domain.knowledge.duty import RequestAnswer

EVERYBODY = (None, *CITY_ROLES, "officer@城管局", "leader@城管局", "head@城管局", "officer@住建局")
SOME = str(UUID(int=7))
# What stands in an address, by the name of its place. An address with another place fails until it has a row here.
FILL = {
    "city": "jiangyin", "order_id": "{order}", "number": "{number}", "file": SOME, "attachment_id": SOME,
    "report_id": SOME, "job": "1", "code": "content", "token": "x", "place": "1", "extension": "png", "path": "site/x",
    "rest": "x", "prefix": "case", "id": "{case}", "case": "{case}", "order": "{order}",
    "contact_id": SOME, "command": "reply", "what": "rename",
    "staff": "1", "sheet": "staff", "unit": "1", "client": "1", "year": "2026",
    "sentence": "answered", "snippet": "1", "role": "seat",
    "part": "lights", "kind": "csv", "table_id": "E-1", "form": "json",
    "seq": "1", "pk": "{suggestion}", "provider": "x", "letter": "1", "pipe": "x", "account": "x",
    "name": "知识〔2026〕1号", "thread": "{thread}",
}  # fmt: skip
# Addresses of another city: the one of the others has no forum.
ELSEWHERE = {"portal/<slug:city>/forum": "suzhou"}
# Who may see the planted person where: the end of the address, and the roles.
MAY: dict[str, tuple[str, ...]] = {}
# What is sent to an address beside nothing at all: words that are looked for among everything that is found.
SENT: dict[str, tuple[dict[str, str], ...]] = {
    "find": ({}, {"words": "人行道"}, {"words": "城管局"}, {"words": "反映"}, {"words": "经办人"}, {"words": "报告"}),
}
# What ends the session of the one who asks, or asks for minutes.
LEFT_OUT = re.compile(r"sign-out$|^api/|^static/")


def addresses() -> Iterator[str]:
    """Give every address of the site, with its places."""

    def below(resolver: Any, before: str) -> Iterator[str]:
        for each in resolver.url_patterns:
            here = before + str(each.pattern)
            if isinstance(each, URLPattern):
                yield here
            else:
                yield from below(each, here)

    for pattern in dict.fromkeys(below(get_resolver(), "")):
        if not LEFT_OUT.search(pattern):
            yield re.sub(r"\(\?P<(\w+)>[^()]*(?:\([^()]*\))?[^()]*\)", r"<\1>", pattern).strip("^$").replace("\\.", ".")


def filled(pattern: str, order: str) -> str:
    """Return an address with something in each of its places."""
    names = re.findall(r"<(?:\w+:)?(\w+)>", pattern)
    assert set(names) <= set(FILL), f"{pattern}: say in FILL what stands there"
    city = next((each for begin, each in ELSEWHERE.items() if pattern.startswith(begin)), FILL["city"])
    address = re.sub(r"<(?:\w+:)?(\w+)>", lambda found: {**FILL, "city": city}[found[1]], pattern)
    return "/" + address.replace("?", "").replace(".*", "x").format_map(places(order))


@lru_cache(maxsize=1)
def places(order: str) -> Mapping[str, object]:
    """Return what stands in the places of addresses that is there once only; asked of the database once a test."""
    suggestion = supervisions.of_order(order)[0][-1].pk
    case = Case.objects.values_list("pk", flat=True).get()
    thread = Thread.objects.get(status="OPEN").code
    return {
        "order": order, "number": row(order).number, "suggestion": suggestion, "case": case, "thread": thread
    }  # fmt: skip


@pytest.fixture
def lived(town: Town, settings: Any, tmp_path: Any) -> str:
    """Return an order that has been through its life, with the person planted in everything that was said."""
    settings.FILES_FOLDER, settings.DEMO = tmp_path, True
    # An expert's name is for who may ask one; their telephone for nobody who gives no reason.
    until = town.now.date() + timedelta(days=90)
    expert = Nomination("顾问天", ("社保",), "住建局", town.now.date(), until, PHONE)
    experts.nominate(town.code, expert, actor=SYSTEM, now=town.now)
    order = filed(
        town, title=f"{SPELLINGS[0]}反映人行道破损", content=said(0), place=f"{SPELLINGS[2]}家门口",
        source_no=f"来信{SPELLINGS[3]}", matter=f"{SPELLINGS[1]}家门口",
    )  # fmt: skip
    town.act(order, "citizen", "add_material", text=said(1))
    town.act(order, "dispatcher", "dispatch", unit="城管局", basis=f"权责清单，{said(6)}")
    town.act(order, "officer@城管局", "sign")
    town.act(order, "citizen", "urge", text=said(2))
    town.act(order, "officer@城管局", "request_coordination", question=said(3))
    town.act(order, "supervisor", "supervise", category="K1", ground=said(4))
    town.act(order, "supervisor", "record_finding", found="inadequate", text=said(5))
    town.act(order, "leader@城管局", "approve_reply")
    town.act(order, "officer@城管局", "reply", text="人行道已经修复，请查看。")
    accused(town, order)
    flagged(town)
    threads()
    # They ring once more, and a seat talks with them.
    telephones_ground.opened(town).talks(town.desk("seat"), caller=PHONE)
    relayed()
    return order


def flagged(town: Town) -> None:
    """Flag an article and make a duty of it, with the person planted in the words of both."""
    row = knowledge.published(town)
    knowledge.give(town, "office", "article", row.pk, FlagArticle(reason=said(5)))
    knowledge.begin(town, "office", "duty", RequestAnswer(unit="城管局", question=said(6)))
    asked(town)


def asked(town: Town) -> None:
    """Ask the question desk, with the person planted in the words of question and answer."""
    command = question.Ask(account=str(uuid4()), content=said(1), unit="城管局")
    made = lifecycles.begin(
        questions.KIND, command, city=town.code, by=town.actor("citizen"), now=town.now,
        made=lambda id: questions.opened(id, town.code),
    )  # fmt: skip
    answer = question.DraftAnswer(text=said(2))
    lifecycles.apply(questions.KIND, made.id, answer, city=town.code, by=town.actor("officer@城管局"), now=town.now)


def threads() -> None:
    """Post two threads in a city with a forum, with the person planted in all words: one waits, one is let in covered.

    A comment of each kind stands below it.
    """
    towns.build("suzhou", lambda _moment: None, pack="suzhou")
    open_one, _waiting = (posted(n) for n in range(2))
    for by, command in (
        ("forum_admin", forum_commands.ApprovePost(title="*家门口的路灯", content="*")),
        ("citizen", forum_commands.Comment(account=str(uuid4()), verified=True, content=said(3))),
        ("citizen", forum_commands.Comment(account=str(uuid4()), verified=True, content=said(4))),
        ("forum_admin", forum_commands.ApproveComment(number=1, content="*")),
    ):
        lifecycles.apply(forum.KIND, open_one, command, city="suzhou", by=Actor(by), now=towns.START)


def posted(n: int) -> UUID:
    """Return a thread that waits, with the person planted in its title and content."""
    post = forum_commands.Post(
        account=str(uuid4()), verified=True, title=f"{SPELLINGS[n]}家门口的路灯", content=said(n)
    )
    made = lifecycles.begin(
        forum.KIND, post, city="suzhou", by=Actor("citizen"), now=towns.START,
        made=lambda id: forum.opened(id, "suzhou"),
    )  # fmt: skip
    return made.id


def accused(town: Town, order: str) -> None:
    """Hold somebody to account for the order, with the person planted in every word of it."""
    for _ in range(2):
        town.act(order, "office", "remind", text=said(4))
    proposed = cmd.ProposeCase(
        unit="城管局", person=SPELLINGS[0], grounds=("V3",), evidence=(order, said(1)), text=said(2), severity="minor"
    )
    begun = lifecycles.begin(
        KIND, proposed, city=town.code, by=town.actor("office"), now=town.now,
        made=lambda id: Case(id=id, city_id=town.code, number="问责〔2026〕1号"),
    )  # fmt: skip
    head = town.actor("head@城管局")
    for by, command in (
        (head, cmd.AcceptCase()),
        (head, cmd.DecideMeasure(measure="批评教育", text=said(3))),
        (town.actor("office"), cmd.Serve()),
    ):
        lifecycles.apply(KIND, begun.id, command, city=town.code, by=by, now=town.now)


@pytest.mark.parametrize("part", range(4))
def test_no_address_shows_a_planted_person_to_who_may_not_see_them(
    town: Town, lived: str, part: int, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)

    for who in EVERYBODY[part::4]:
        # Whatever they change by pressing, the next one finds as it was.
        with transaction.atomic():
            _ask_everywhere(town.desk(who) if who is not None else Client(), who, lived)
            transaction.set_rollback(True)
    assert told(caplog.text) == []


def _ask_everywhere(client: Client, who: str | None, lived: str) -> None:
    """Ask each address of the site, and press each form without a word in it."""
    met = 0
    for pattern in addresses():
        address = filled(pattern, lived)
        may = who is not None and who.partition("@")[0] in MAY.get(pattern, ())
        for method, sent in (("get", {}), *(("post", each) for each in SENT.get(pattern, ({},)))):
            cache.clear()
            answer = getattr(client, method)(address, sent)
            text = b"".join(answer.streaming_content) if answer.streaming else answer.content
            given = text.decode("utf-8", "replace") + str(answer.headers)
            assert may or told(given) == [], (who, method, address, told(given))
            assert answer.status_code < 500, (who, method, address)
            met += answer.status_code == 200
    assert met > 3
    # The thread is there to be read: what is above was not answered by a page that there is not.
    assert client.get(filled("portal/<slug:city>/forum/<slug:thread>", lived)).status_code == 200


@pytest.mark.parametrize("who", EVERYBODY[1::3])
def test_no_path_of_the_api_says_a_planted_person(town: Town, lived: str, who: str) -> None:
    city = calling.City(town.code, town.set_clock, (*CITY_ROLES, *filter(None, EVERYBODY[-4:])))
    document = api.get_openapi_schema(path_prefix="/api/")

    assert len(document["paths"]) > 50
    for path, methods in document["paths"].items():
        names = re.findall(r"\{(\w+)\}", path)
        assert set(names) <= set(FILL), f"{path}: say in FILL what stands there"
        address = re.sub(r"\{(\w+)\}", lambda found: FILL[found[1]], path).format(order=lived, number="", case=SOME)
        for method in methods:
            ask = city.get if method == "get" else lambda at, by: city.post(at, {}, by=by)
            answer = ask(address.removeprefix("/api"), by=who)
            assert told(str(answer.body)) == [], (who, method, address)
            assert answer.status < 500, (who, method, address, answer.body)


def test_no_column_holds_a_planted_person_that_is_not_said_to_be_personal(town: Town, lived: str) -> None:
    personal = {
        (feature.app, name): table.personal for feature in features.features() for name, table in feature.tables.items()
    }
    found = []
    for model in apps.get_models():
        app = model._meta.app_config.name
        named = personal.get((app, model.__name__), ())
        for field in model._meta.concrete_fields:
            words = isinstance(field, models.TextField | models.CharField | models.JSONField | models.BinaryField)
            if words and field.name not in named:
                with connection.cursor() as cursor:
                    cursor.execute(f'SELECT "{field.column}" FROM "{model._meta.db_table}"')
                    text = " ".join(_plain(value) for (value,) in cursor.fetchall())
                found += [(app, model.__name__, field.name)] if told(text) or PHONE in text else []

    assert not found, found


def _plain(value: object) -> str:
    return bytes(value).decode("utf-8", "replace") if isinstance(value, bytes | memoryview) else str(value)


def test_every_role_that_sees_orders_is_asked() -> None:
    assert {each for each in CITY_ROLES if permissions.sees_orders(each)} <= set(EVERYBODY)
