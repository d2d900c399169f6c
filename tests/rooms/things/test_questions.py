"""The question desk: asked after articles were shown, answered by one or by a unit, published, converted."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import unquote
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from tests import knowledge_ground as knowledge
from tests import town_ground as towns
from tests.town_ground import Town, text_of
from tests.visiting_ground import Citizen

from minsheng.cases.appeals import queries as appeals
from minsheng.cases.knowledge.models import Article
from minsheng.cases.orders import models as orders
from minsheng.cases.questions.models import Question
from minsheng.core.ledger import journals, tasks, verification, witnesses
from minsheng.core.messages import sending
from minsheng.core.messages.models import Message
from minsheng.figures.lake import engines, export
from minsheng.figures.lake.store import Store
from minsheng.gateways.sms import Demonstration

ASKED = "退役士兵如何报到？我叫李丽，电话13812345678。"


@pytest.fixture
def town(db: None, test_clock: Callable[[datetime], None], settings: Any) -> Town:
    settings.DEMO = True
    settings.PUBLIC_URL = "https://12345.example.com"
    journals.make_months(date(2026, 9, 1), date(2026, 12, 31))
    return towns.build("jiangyin", test_clock)


@pytest.fixture
def asker(town: Town) -> Citizen:
    citizen = Citizen(town.code)
    citizen.sign_in("19900000001")
    return citizen


def ask(citizen: Citizen, content: str = ASKED, **fields: str) -> Question:
    """Ask although the articles that were shown did not help."""
    answer = citizen.post("questions/ask", {"key": str(uuid4()), "content": content, "seen": "-", **fields})
    assert answer.status_code == 302, answer.content.decode()
    return Question.objects.order_by("-asked_at", "-id")[0]


def do(town: Town, who: str, row: Question, command: str, **fields: str) -> Any:
    row.refresh_from_db()
    form = {"key": str(uuid4()), "seen_version": row.version, **fields}
    return town.desk(who).post(f"/things/question/{row.pk}/do/{command}", form)


def answered(town: Town, row: Question, text: str = "凭接收证到街道报到。") -> None:
    """Let the unit that was asked answer."""
    assert do(town, "officer@城管局", row, "draft_answer", text=text).status_code == 302
    assert text in text_of(town.desk("leader@城管局").get(f"/things/question/{row.pk}/"))
    assert do(town, "leader@城管局", row, "approve_answer").status_code == 302
    assert do(town, "officer@城管局", row, "answer_question", text=text).status_code == 302


def told(town: Town) -> list[str]:
    """Send what waits; return the words of what went out."""
    towns.relayed()
    sent: list[str] = []

    class Carrier(Demonstration):
        def send(self, phone: str, text: str, *, reference: str) -> None:
            sent.append(unquote(text))

    sending.send_waiting({"sms": Carrier()}.get, now=town.now + timedelta(minutes=1))
    return sent


def test_whoever_asks_signs_in_and_sees_articles_first(town: Town, asker: Citizen) -> None:
    row = knowledge.published(town, title="退役士兵怎么报到", body="到街道退役军人服务站。")
    form = {"key": str(uuid4()), "content": ASKED, "unit": "城管局"}

    stranger = Citizen(town.code).get("questions/ask")
    assert (stranger.status_code, "sign-in" in stranger["Location"]) == (302, True)
    shown = text_of(asker.post("questions/ask", form))
    assert (row.title in shown, Question.objects.count()) == (True, 0)
    first = asker.post("questions/ask", {**form, "seen": row.number})
    again = asker.post("questions/ask", {**form, "seen": row.number})
    assert (first.status_code, first["Location"], Question.objects.count()) == (302, again["Location"], 1)
    assert Question.objects.get().number == "问答〔2026〕1号"
    assert ASKED.partition("？")[0] in asker.shown("questions")


def test_units_and_seats_read_the_question_without_who_asked(town: Town, asker: Citizen) -> None:
    row = ask(asker, unit="城管局")

    for who in ("officer@城管局", "seat", "office"):
        page = text_of(town.desk(who).get(f"/things/question/{row.pk}/"))
        assert ("退役士兵如何报到" in page, "13812345678" in page, str(row.account) in page) == (True, False, False), (
            who
        )
    assert town.desk("officer@住建局").get(f"/things/question/{row.pk}/").status_code == 404
    assert Citizen(town.code).get(f"questions/{row.number}").status_code == 404
    assert row.number not in Citizen(town.code).shown("questions")


@pytest.mark.clause("AR-2.2.4")
def test_a_unit_answers_the_very_words_that_its_leader_approved_and_the_asker_hears(town: Town, asker: Citizen) -> None:
    row = ask(asker, unit="城管局")
    page = f"/things/question/{row.pk}/"

    assert do(town, "leader@城管局", row, "approve_answer").status_code == 409
    do(town, "officer@城管局", row, "draft_answer", text="凭身份证报到。")
    read = Question.objects.get().version
    do(town, "officer@城管局", row, "draft_answer", text="凭接收证报到。")
    stale = {"key": str(uuid4()), "seen_version": read}
    assert town.desk("leader@城管局").post(f"{page}do/approve_answer", stale).status_code == 409
    assert Question.objects.get().state["approved"] == ""
    answered(town, row)
    assert "凭接收证到街道报到" in text_of(town.desk("officer@城管局").get(page))
    assert any("已有答复" in each and f"/questions/{row.number}" in each for each in told(town))
    assert "凭接收证到街道报到" in asker.shown(f"questions/{row.number}")
    assert (
        do(town, "office", row, "publish_question", title="退役士兵报到", text="凭接收证到街道报到。").status_code
        == 302
    )
    assert do(town, "office", row, "recommend_question", recommended="true").status_code == 302
    everybody = Citizen(town.code)
    assert "凭接收证到街道报到" in everybody.shown(f"questions/{row.number}")
    machine = Citizen(town.code, Client(HTTP_USER_AGENT="Baiduspider/2.0"))
    assert "浏览 1 次" in machine.shown(f"questions/{row.number}")
    assert "浏览 2 次" in everybody.shown(f"questions/{row.number}")
    assert "推荐" in everybody.shown("questions?text=退役")
    assert "退役士兵报到" not in everybody.shown("questions?text=公积金")
    assert do(town, "office", row, "unpublish_question", reason="政策有变").status_code == 302
    assert everybody.get(f"questions/{row.number}").status_code == 404


@pytest.mark.clause("AR-2.2.4")
def test_an_answer_becomes_a_draft_of_the_units_article_once(town: Town, asker: Citizen) -> None:
    row = ask(asker, unit="城管局")
    answered(town, row)

    assert do(town, "office", row, "convert_question", to="article").status_code == 302
    assert do(town, "office", row, "convert_question", to="article").status_code == 409
    made = Article.objects.get()
    assert (made.target_unit, made.status, made.title) == ("城管局", "DRAFT", "退役士兵如何报到")
    assert made.state["draft"]["body"] == "凭接收证到街道报到。"
    assert made.number in text_of(town.desk("officer@城管局").get(f"/things/question/{row.pk}/"))


@pytest.mark.clause("SZ-31a")
def test_an_article_answers_and_the_asker_reads_that_version_for_ever(town: Town, asker: Citizen) -> None:
    article = knowledge.published(town, title="路灯坏了找谁", body="请拨打路灯管理所。")
    seats = knowledge.published(town, title="路灯内部办法", body="内部", audience="seats")
    row = ask(asker, "路灯坏了找谁")

    assert article.number in text_of(town.desk("seat").get(f"/things/question/{row.pk}/"))
    assert "不对公众开放" in text_of(do(town, "seat", row, "quote_answer", article=seats.number))
    assert "没有编号为" in text_of(do(town, "seat", row, "quote_answer", article="知识〔2026〕99号"))
    assert do(town, "seat", row, "quote_answer", article=article.number).status_code == 302
    assert do(town, "office", row, "convert_question", to="article").status_code == 409
    knowledge.revised(town, article, body="请拨打 12345。")
    assert "请拨打路灯管理所" in asker.shown(f"questions/{row.number}")


def test_a_draft_stays_behind_when_the_question_is_passed_on(town: Town, asker: Citizen) -> None:
    row = ask(asker, unit="城管局")
    do(town, "officer@城管局", row, "draft_answer", text="不归我们管")
    assert do(town, "office", row, "pass_question", unit="住建局").status_code == 302

    page = text_of(town.desk("officer@住建局").get(f"/things/question/{row.pk}/"))

    form = page.partition("do/draft_answer")[2].partition("</form>")[0]
    assert ("拟写答复" in page, "不归我们管" in form) == (True, False)


def test_what_asks_for_action_becomes_the_askers_order(town: Town, asker: Citizen) -> None:
    row = ask(asker, "小区门口的路灯坏了，请来修。", agrees="on")
    form = {"to": "order", "type": "help", "publish": "yes", "place": "滨江路12号"}

    assert do(town, "office", row, "convert_question", **form).status_code == 422
    assert orders.Order.objects.count() == 0
    assert do(town, "office", row, "convert_question", consent="on", **form).status_code == 302
    order = orders.Order.objects.get()
    words = appeals.words_of(order.id)
    assert words is not None
    assert (order.status, words.appellant, words.content) == ("SUBMITTED", row.account, "小区门口的路灯坏了，请来修。")
    assert order.number in asker.shown("mine")
    assert "已按您的意见转为诉求办理" in asker.shown(f"questions/{row.number}")
    assert any("已转为诉求" in each for each in told(town))
    assert order.number in text_of(town.desk("office").get(f"/things/question/{row.pk}/"))


def test_nobody_agrees_to_an_order_in_the_askers_place(town: Town, asker: Citizen) -> None:
    row = ask(asker, "小区门口的路灯坏了，请来修。")
    form = {"to": "order", "type": "help", "publish": "yes", "place": "滨江路12号", "consent": "on"}

    answer = do(town, "office", row, "convert_question", **form)

    assert (answer.status_code in (409, 422), "没有同意转为诉求工单" in text_of(answer)) == (True, True)
    assert orders.Order.objects.count() == 0


@pytest.mark.clause("AR-2.2.4")
def test_the_units_answer_is_published_in_its_own_words(town: Town, asker: Citizen) -> None:
    row = ask(asker, unit="城管局")
    answered(town, row, "请到街道报到，电话0512-65222222。")

    other = do(town, "office", row, "publish_question", title="到哪里报到", text="不用报到。")
    assert (other.status_code in (409, 422), "按单位的答复核对" in text_of(other)) == (True, True)
    covered = "请到街道报到，电话[电话]。"
    assert do(town, "office", row, "publish_question", title="到哪里报到", text=covered).status_code == 302


def test_nothing_personal_stands_in_clear_and_rows_are_built_again(town: Town, asker: Citizen) -> None:
    row = ask(asker, unit="城管局")
    answered(town, row, "李丽，请到街道报到。")

    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(body::text, ' ') FROM ledger_event WHERE stream = %s", [f"question/{row.pk}"])
        kept = cursor.fetchone()[0]
    assert ("李丽" in kept, "13812345678" in kept, "退役" in kept) == (False, False, False)
    row.refresh_from_db()
    assert "退役" not in str(row.state)
    assert verification.verify().fault is None
    assert witnesses.compare_all().altered == []
    assert all(each.changed == 0 for each in verification.rebuild(check=True).values())


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"content": ""}, "请写下您的问题"),
        ({"content": "  "}, "请写下您的问题"),
        ({"content": "问"}, "写得再具体一些"),
        ({"content": "😀😀😀😀😀😀"}, "内容里没有文字"),
        ({"content": "问" * 1_001}, "不超过 1000 个字"),
        ({"content": "路灯坏了找谁", "unit": "没有的局"}, "没有这个单位"),
    ],
)
def test_bad_questions_are_refused_in_words(asker: Citizen, fields: dict[str, str], says: str) -> None:
    answer = asker.post("questions/ask", {"key": str(uuid4()), "seen": "-", **fields})

    assert (answer.status_code in (409, 422), says in text_of(answer), Question.objects.count()) == (True, True, 0)


def test_an_account_asks_ten_times_a_day(asker: Citizen) -> None:
    for _ in range(10):
        ask(asker)
    answer = asker.post("questions/ask", {"key": str(uuid4()), "content": ASKED, "seen": "-"})

    assert (answer.status_code, Question.objects.count()) == (409, 10)


def test_the_lake_counts_answers_readers_and_conversions(town: Town, asker: Citizen, tmp_path: Any) -> None:
    row = ask(asker, unit="城管局")
    ask(asker, "还没有答复的问题")
    answered(town, row)
    do(town, "office", row, "publish_question", title="退役士兵报到", text="凭接收证到街道报到。")
    Citizen(town.code).shown(f"questions/{row.number}")
    do(town, "office", row, "convert_question", to="article")
    towns.relayed()

    export.export(Store(tmp_path / "lake"), now=town.now)
    with engines.opened(Store(tmp_path / "lake")) as lake:
        found = lake["questions"].execute().to_dict("records")
    assert [(each["answered_by"], each["views"], each["converted"], each["level"]) for each in found] == [
        ("unit", 1, True, "city")
    ]


def test_the_clock_rings_once_and_tells_the_office(town: Town, asker: Citizen) -> None:
    row = ask(asker)
    town.later(days=10)
    while tasks.sweep_once(town.now):
        pass

    row.refresh_from_db()
    assert row.state["timers"]["question"]["status"] == "missed"
    assert Message.objects.filter(stream=f"question/{row.pk}").count() == 0
