"""The seat's desk around the form: categories, the caller's history, similar matters, answers on the spot."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests import knowledge_ground as knowledge
from tests.registering_ground import CALLER, GIVEN, OTHERS, register
from tests.town_ground import Town, fresh, row, text_of

from minsheng.cases.appeals import queries as appeals
from minsheng.cases.orders import actions, models
from minsheng.core.ledger import queries as ledger
from minsheng.core.people.models import Appellant
from minsheng.domain.knowledge.article import WithdrawArticle
from minsheng.gateways import segmenter

ANSWER = {"answer": "1", "answer_article": "知识〔2026〕1号", "answer_text": "已告知报修电话"}
EMERGENCY = {
    "type": "help", "channel": "phone", "emergency_level": "major", "emergency_place": "滨江路",
    "emergency_facts": "管道泄漏", "emergency_ground": "E1",
}  # fmt: skip


def only() -> models.Order:
    return models.Order.objects.get()


def facts_of_identities() -> list[tuple[str, dict[str, Any], dict[str, Any]]]:
    """Return what stands on the streams of identities: type, actor, body."""
    return [
        (event.type, dict(event.actor), ledger.content(event))
        for stream in ledger.streams("identity/")
        for event in ledger.history(stream)
    ]


class TestTheScreen:
    def test_it_opens_with_what_a_call_has(self, town: Town) -> None:
        shown = text_of(town.desk("seat").get("/orders/new"))

        assert '<option value="phone" selected>' in shown
        assert '<option value="citizen" selected>' in shown
        assert "登记并提交交办" in shown
        assert 'data-combo="/categories?q="' in shown
        assert "未提交的登记" not in shown

    def test_after_it_the_number_the_next_step_and_the_next_caller(self, town: Town) -> None:
        client = town.desk("seat")

        answer = client.post("/orders/new", fresh(**GIVEN, submit="1"), follow=True)

        shown = text_of(answer)
        assert f'已登记，编号 <strong class="number">{only().number}</strong>' in shown
        assert "已提交交办，交办员应在 09-20 10:10 前交办。" in shown
        assert 'data-key="n" autofocus>登记下一件</a>' in shown

    def test_registered_alone_it_says_what_is_still_to_do(self, town: Town) -> None:
        answer = town.desk("seat").post("/orders/new", fresh(**GIVEN, register="1"), follow=True)

        assert "还没有提交交办，请继续办理。" in text_of(answer)

    def test_who_came_by_a_name_in_script_is_no_markup(self, town: Town) -> None:
        answer = town.desk("seat").post(
            "/orders/new", fresh(**{**GIVEN, "content": "<script>alert(1)</script>路灯"}, submit="1"), follow=True
        )

        assert "<script>alert(1)" not in text_of(answer)

    def test_everybody_has_a_key_for_it_who_may(self, town: Town) -> None:
        assert 'data-key="n"' in text_of(town.desk("seat").get("/"))
        assert 'data-key="n"' not in text_of(town.desk("dispatcher").get("/"))


class TestCategories:
    @pytest.mark.parametrize(
        ("typed", "first"),
        [("路灯", "1303"), ("井盖", "1302"), ("1303", "1303"), ("没有这样的东西", None), ("", None), ("\0", None)],
    )
    def test_what_is_typed_finds_them(self, town: Town, typed: str, first: str | None) -> None:
        answer = town.desk("seat").get("/categories", {"q": typed})

        body = json.loads(answer.content)
        assert next((each["value"] for each in body["options"]), None) == first
        assert body["said"]

    def test_it_says_what_belongs_to_it(self, town: Town) -> None:
        (option,) = json.loads(town.desk("dispatcher").get("/categories", {"q": "路灯照明"}).content)["options"]

        assert option["label"] == "城市管理 / 市政设施 / 路灯照明"
        assert "路灯不亮" in option["why"]

    @pytest.mark.parametrize("address", ["/categories", "/units"])
    def test_strangers_are_sent_to_sign_in(self, db: None, address: str) -> None:
        assert Client().get(address, {"q": "路灯"}).status_code == 302

    @pytest.mark.parametrize("address", ["/categories", "/units"])
    def test_they_are_read_and_never_sent(self, town: Town, address: str) -> None:
        assert town.desk("seat").post(address).status_code == 405

    @pytest.mark.parametrize(
        "given",
        [
            {"category": "1303"},
            {"category": "1303", "category_text": "城市管理 / 市政设施 / 路灯照明"},
            {"category_text": "路灯照明"},  # without JavaScript
        ],
    )
    def test_the_chosen_one_is_kept_with_the_appeal(self, town: Town, given: dict[str, str]) -> None:
        order = register(town, **given)

        words = appeals.words_of(order.id)
        assert words is not None
        assert words.category == "1303"
        assert "城市管理 / 市政设施 / 路灯照明" in text_of(town.desk("dispatcher").get(f"/orders/{order.id}/"))

    @pytest.mark.parametrize("given", [{"category": "ZZZZ"}, {"category": "1303", "category_text": "别的东西"}])
    def test_one_that_nobody_knows_is_refused_beside_its_field(self, town: Town, given: dict[str, str]) -> None:
        answer = town.desk("seat").post("/orders/new", fresh(**GIVEN, **given, submit="1"))

        assert answer.status_code == 422
        assert "没有这个分类，请从列表中选择，或留空。" in text_of(answer)
        assert models.Order.objects.count() == 0

    @pytest.mark.parametrize("who", ["seat", "dispatcher", "auditor"])
    def test_it_is_corrected_on_the_order(self, town: Town, who: str) -> None:
        order = register(town, category="1303")

        answer = town.desk(who).post(f"/orders/{order.id}/category", {"category": "1302"}, follow=True)

        words = appeals.words_of(order.id)
        assert words is not None
        assert words.category == "1302"
        assert "分类已改为“城市管理 / 市政设施 / 窨井盖”。" in text_of(answer)

    def test_it_is_taken_back(self, town: Town) -> None:
        order = register(town, category="1303")

        town.desk("seat").post(f"/orders/{order.id}/category", {"category": "", "category_text": ""})

        words = appeals.words_of(order.id)
        assert words is not None
        assert words.category == ""

    def test_an_unknown_one_changes_nothing(self, town: Town) -> None:
        order = register(town, category="1303")

        answer = town.desk("seat").post(f"/orders/{order.id}/category", {"category": "ZZZZ"}, follow=True)

        words = appeals.words_of(order.id)
        assert words is not None
        assert words.category == "1303"
        assert "没有这个分类" in text_of(answer)

    def test_a_unit_does_not_correct_it(self, town: Town) -> None:
        order = town.handled()

        answer = town.desk("officer@城管局").post(f"/orders/{order}/category", {"category": "1302"})

        assert answer.status_code == 403
        assert "保存分类" not in text_of(town.desk("officer@城管局").get(f"/orders/{order}/"))

    def test_what_one_may_not_see_one_does_not_correct(self, town: Town) -> None:
        order = town.internal()

        assert town.desk("seat").post(f"/orders/{order}/category", {"category": "1302"}).status_code == 404


class TestUnits:
    def test_they_are_found_by_name_and_by_short_form(self, town: Town) -> None:
        client = town.desk("seat")

        by_part = json.loads(client.get("/units", {"q": "纪委"}).content)["options"]
        short = json.loads(client.get("/units", {"q": "城局"}).content)["options"]

        assert by_part == [{"value": "江阴市纪委监委", "label": "江阴市纪委监委", "why": "名称含“纪委”"}]
        assert short == [{"value": "城管局", "label": "城管局", "why": "简称“城局”"}]

    def test_another_citys_units_are_not_offered(self, town: Town) -> None:
        assert json.loads(town.desk("seat").get("/units", {"q": "苏州"}).content)["options"] == []


class TestTheCallersHistory:
    def ask(self, town: Town, phone: str, *, who: str = "seat") -> Any:
        return town.desk(who).post("/orders/new/caller", {"phone": phone})

    def test_it_shows_what_the_caller_said_before(self, town: Town) -> None:
        order = register(town, **CALLER)
        town.later(days=1)

        shown = text_of(self.ask(town, "138 1234 5678"))

        assert order.number in shown
        assert "望星路路灯不亮" in shown
        assert f'data-matter="{order.number}"' in shown
        assert "近 30 天" in shown
        assert "更早" not in shown

    def test_older_ones_stand_apart_and_no_more_than_eight(self, town: Town) -> None:
        for _ in range(9):
            register(town, **CALLER)
        town.later(days=31)
        newest = register(town, **CALLER)

        shown = text_of(self.ask(town, CALLER["phone"]))

        assert shown.count("<li>") == 8
        assert shown.index(newest.number) < shown.index("更早")

    def test_nothing_of_the_identity_but_the_masked_name(self, town: Town) -> None:
        register(town, **CALLER, address="江阴市某路1号", id_number="11010519491231002X")

        shown = text_of(self.ask(town, CALLER["phone"]))

        assert "张**" in shown
        for clear in ("张三丰", "13812345678", "某路1号", "11010519491231002X", "138****5678"):
            assert clear not in shown

    def test_the_lookup_is_recorded_with_who_and_never_the_number(self, town: Town) -> None:
        register(town, **CALLER)

        self.ask(town, CALLER["phone"])

        (fact,) = facts_of_identities()
        assert fact == (
            "IdentityLookedUp",
            {"role": "seat", "person": f"staff:{town.staff['seat']}"},
            {"purpose": "registration"},
        )

    def test_finding_by_telephone_is_recorded_too(self, town: Town) -> None:
        register(town, **CALLER)

        town.desk("callback_agent").post("/find", {"words": "", "phone": CALLER["phone"]})

        assert [(fact[0], fact[2]) for fact in facts_of_identities()] == [("IdentityLookedUp", {"purpose": "search"})]

    def test_an_unknown_number_records_nothing(self, town: Town) -> None:
        answer = self.ask(town, "13900000000")

        assert "这个号码此前没有可见的工单。" in text_of(answer)
        assert facts_of_identities() == []

    @pytest.mark.parametrize("phone", ["12", "abc"])
    def test_no_number_is_told(self, town: Town, phone: str) -> None:
        answer = self.ask(town, phone)

        assert answer.status_code == 200
        assert "电话号码不正确" in text_of(answer)

    def test_an_empty_field_asks_nothing(self, town: Town) -> None:
        assert "填写联系电话后显示此前的诉求" in text_of(self.ask(town, ""))

    def test_an_internal_referral_is_not_in_it(self, town: Town) -> None:
        order = register(town, **CALLER, type="report", publish="", target_unit="城管局")
        town.act(order.id, "dispatcher", "propose_referral")

        shown = text_of(self.ask(town, CALLER["phone"]))

        assert order.number not in shown

    def test_it_asks_the_database_as_often_however_many_orders_there_are(self, town: Town) -> None:
        register(town, **CALLER)
        client = town.desk("seat")

        def count() -> int:
            with CaptureQueriesContext(connection) as captured:
                client.post("/orders/new/caller", {"phone": CALLER["phone"]})
            return len(captured)

        count()
        before = count()
        for _ in range(5):
            register(town, **CALLER)

        assert count() == before

    @pytest.mark.parametrize("who", OTHERS)
    def test_others_do_not_look_people_up(self, town: Town, who: str) -> None:
        register(town, **CALLER)

        assert self.ask(town, CALLER["phone"], who=who).status_code == 403
        assert facts_of_identities() == []

    def test_strangers_do_not(self, db: None) -> None:
        assert Client().post("/orders/new/caller", {"phone": "13812345678"}).status_code == 302

    def test_it_is_never_asked_by_address(self, town: Town) -> None:
        assert town.desk("seat").get("/orders/new/caller", {"phone": "13812345678"}).status_code == 405


class TestSimilarMatters:
    def ask(self, town: Town, *, who: str = "seat", **values: str) -> Any:
        return town.desk(who).post("/orders/new/beside", values)

    def test_open_ones_are_shown_with_why(self, town: Town) -> None:
        order = register(town)
        register(town, content="公交车晚点")

        shown = text_of(self.ask(town, content="望星路的路灯又不亮了", place="望星路3号"))

        assert order.number in shown
        assert "<mark>" in shown
        assert "地点相近" in shown
        assert f'data-matter="{order.number}">同一人同一事项</button>' in shown
        assert "公交车晚点" not in shown

    def test_closed_and_internal_ones_are_not(self, town: Town) -> None:
        closed = town.register(content="望星路路灯不亮")
        town.act(closed, "dispatcher", "dispatch", unit="城管局", basis="权责清单")
        models.Order.objects.filter(id=closed).update(status="CLOSED")
        internal = town.internal(content="望星路路灯不亮是因为吃拿卡要")

        shown = text_of(self.ask(town, content="望星路路灯不亮"))

        assert row(closed).number not in shown
        assert row(internal).number not in shown
        assert "没有相似的在办工单。" in shown

    def test_no_more_than_five(self, town: Town) -> None:
        for _ in range(7):
            register(town)

        shown = text_of(self.ask(town, content=GIVEN["content"]))

        assert shown.count("<li>") == 5

    def test_categories_are_suggested_until_one_is_chosen(self, town: Town) -> None:
        open_ = text_of(self.ask(town, content="小区路灯不亮"))
        chosen = text_of(self.ask(town, content="小区路灯不亮", category="1303"))

        assert 'data-category="1303"' in open_
        assert "data-category" not in chosen

    @pytest.mark.parametrize("content", ["", "   ", "\0", "。", "x", "%_'\"", "字" * 30_000])
    def test_any_text_is_borne(self, town: Town, content: str) -> None:
        assert self.ask(town, content=content).status_code == 200

    @pytest.mark.parametrize("who", OTHERS)
    def test_it_is_the_seats(self, town: Town, who: str) -> None:
        assert self.ask(town, who=who, content="路灯").status_code == 403

    def test_it_asks_the_database_as_often_however_many_there_are(self, town: Town) -> None:
        register(town)
        client = town.desk("seat")

        def count() -> int:
            with CaptureQueriesContext(connection) as captured:
                client.post("/orders/new/beside", {"content": GIVEN["content"], "place": "望星路"})
            return len(captured)

        count()
        before = count()
        for _ in range(6):
            register(town)

        assert count() == before


class TestAnswersOnTheSpot:
    """JY-9.1a, SZ-15.2, SQ-8a: registered and answered in one go, naming the article or that there is none."""

    def test_it_is_registered_answered_and_closed(self, town: Town) -> None:
        knowledge.published(town)
        answer = town.desk("seat").post("/orders/new", fresh(**GIVEN, **ANSWER), follow=True)

        assert (only().status, only().reason) == ("CLOSED", "online")
        assert "已直接解答，办结。" in text_of(answer)
        types = [each.type for each in ledger.history(f"order/{only().id}")]
        assert types[:2] == ["Registered", "Answered"]

    @pytest.mark.clause("SZ-30a")
    def test_the_answer_cites_an_article_that_is_valid_today_and_keeps_its_version(self, town: Town) -> None:
        row = knowledge.published(town)
        seat = town.desk("seat")
        refused = seat.post("/orders/new", fresh(**GIVEN, **{**ANSWER, "answer_article": "路灯须知"}))
        knowledge.give(town, "leader@城管局", "article", row.pk, WithdrawArticle(reason="合并"))
        gone = seat.post("/orders/new", fresh(**GIVEN, **ANSWER))
        assert ("请搜索后选择" in text_of(refused), "不能引用" in text_of(gone)) == (True, True)
        assert models.Order.objects.count() == 0
        second = knowledge.published(town, title="路灯报修须知", body="请拨打路灯管理所。")
        offered = seat.post("/orders/new/beside", {"content": "门口路灯坏了", "place": ""}).content.decode()
        assert f'data-article="{second.number} v{second.edition}"' in offered
        seat.post("/orders/new", fresh(**{**GIVEN, "type": "consult"}, **{**ANSWER, "answer_article": second.number}))
        town.later(days=1)
        knowledge.revised(town, second, body="请拨打 12345。")

        page = text_of(seat.get(f"/orders/{only().id}/", follow=True))

        assert f'href="/knowledge/{quote(second.number)}%20v1/"' in page
        was = text_of(seat.get(f"/knowledge/{second.number} v1/"))
        assert ("路灯管理所" in was, "条目已更新" in was) == (True, True)

    def test_without_an_article_it_is_said_that_there_is_none(self, town: Town) -> None:
        given = {**ANSWER, "answer_article": "", "answer_no_article": "on"}

        town.desk("seat").post("/orders/new", fresh(**GIVEN, **given))

        assert only().status == "CLOSED"

    @pytest.mark.parametrize(
        ("left_out", "place"), [("answer_article", "#id_answer_article"), ("answer_text", "#id_answer_text")]
    )
    def test_what_is_missing_is_said_beside_it_and_nothing_is_kept(self, town: Town, left_out: str, place: str) -> None:
        answer = town.desk("seat").post("/orders/new", fresh(**GIVEN, **CALLER, **{**ANSWER, left_out: ""}))

        assert answer.status_code == 422
        assert f'<a href="{place}">' in text_of(answer)
        assert '<details id="answer" open>' in text_of(answer)
        assert (models.Order.objects.count(), Appellant.objects.count()) == (0, 0)

    def test_a_refused_answer_keeps_no_registration(self, town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
        from minsheng.domain.rejected import Rejected

        def refuse(*_: object, **__: object) -> None:
            raise Rejected("not_allowed_now", status="CLOSED")

        monkeypatch.setattr(actions, "apply", refuse)

        answer = town.desk("seat").post("/orders/new", fresh(**GIVEN, **CALLER, **ANSWER))

        assert answer.status_code == 409
        assert (models.Order.objects.count(), Appellant.objects.count()) == (0, 0)

    def test_a_double_click_answers_once(self, town: Town) -> None:
        knowledge.published(town)
        client, form = town.desk("seat"), fresh(**GIVEN, **ANSWER)

        answers = [client.post("/orders/new", form) for _ in range(2)]

        assert {each["Location"] for each in answers} == {f"/orders/{only().id}/"}
        assert [each.type for each in ledger.history(f"order/{only().id}")].count("Answered") == 1

    def test_an_emergency_is_not_answered_so(self, town: Town) -> None:
        given = {"emergency_level": "major", "emergency_place": "滨江路", "emergency_facts": "管道泄漏"}

        answer = town.desk("seat").post("/orders/new", fresh(**GIVEN, **ANSWER, **given))

        assert answer.status_code == 422
        assert "应急事项不能直接解答，请报值班领导。" in text_of(answer)
        assert models.Order.objects.count() == 0


class TestEmergencies:
    def test_one_press_reports_it_to_the_leader_on_duty(self, town: Town) -> None:
        """JY-35a, JY-35b."""
        answer = town.desk("seat").post("/orders/new", fresh(**EMERGENCY, submit="1"), follow=True)

        assert only().state["emergency_stage"] == "REPORTED"
        assert "已报值班领导，应在 09-18 " in text_of(answer)

    def test_registered_alone_it_waits_for_the_report(self, town: Town) -> None:
        answer = town.desk("seat").post("/orders/new", fresh(**EMERGENCY, register="1"), follow=True)

        assert only().state["emergency_stage"] == "REGISTERED"
        assert "前报值班领导。" in text_of(answer)

    def test_after_a_refusal_its_fields_stand_open(self, town: Town) -> None:
        answer = town.desk("seat").post("/orders/new", fresh(**{**EMERGENCY, "emergency_facts": ""}, submit="1"))

        shown = text_of(answer)
        assert answer.status_code == 422
        assert 'class="plain emergency on"' in shown
        assert ">报值班领导</button>" in shown
        assert "110、119、120" in shown


def test_words_that_every_appeal_has_tell_nothing() -> None:
    assert segmenter.words_of("市民反映：您好，希望尽快处理！") == []
    assert "路灯" in segmenter.words_of("市民来电反映路灯路灯不亮")
    assert segmenter.words_of("路灯路灯").count("路灯") == 1
