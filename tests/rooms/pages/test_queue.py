"""My queue, search, notices: what waits for whom, in pages, and nothing of what is hidden."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from pytest_django.fixtures import DjangoAssertNumQueries
from tests.town_ground import Town, moment, row, text_of

from minsheng.cases.orders.office import queues
from minsheng.core.ledger import tasks as ledger_tasks
from minsheng.core.people import appellants


def counts(answer: Any) -> dict[str, int | None]:
    return {tab.code: tab.count for tab in answer.context["tabs"]}


def test_the_queue_counts_by_state_and_shows_the_most_pressing_first(town: Town) -> None:
    first = town.register()
    town.later(minutes=10)
    second = town.register()

    answer = town.desk("dispatcher").get("/")

    assert counts(answer)["SUBMITTED"] == 2
    assert counts(answer)[""] == 2
    assert [each.id for each in answer.context["rows"]] == [first, second]
    assert "09-20 10:10" in text_of(answer)
    assert "正常" in text_of(answer)


def test_a_tab_shows_its_state_alone(town: Town) -> None:
    town.dispatched()
    handled = town.handled()

    answer = town.desk("officer@城管局").get("/?tab=handling")

    assert [each.id for each in answer.context["rows"]] == [handled]


@pytest.mark.parametrize("tab", ["NOWHERE", "REPLIED", "publication", "supervised"])
def test_a_tab_of_somebody_else_is_not_found(town: Town, tab: str) -> None:
    assert town.desk("dispatcher").get(f"/?tab={tab}").status_code == 404


def test_pages_follow_each_other_by_key(town: Town) -> None:
    for _ in range(queues.PAGE + 3):
        town.register()
    client = town.desk("dispatcher")

    first = client.get("/")
    second = client.get("/", {"after": first.context["following"]})

    seen = [each.id for each in (*first.context["rows"], *second.context["rows"])]
    assert len(first.context["rows"]) == queues.PAGE
    assert len(set(seen)) == queues.PAGE + 3
    assert second.context["following"] == ""


@pytest.mark.parametrize("after", ["x", "2026-01-01~a", "2026-01-01T00:00:00+00:00~", "~~~", "%00"])
def test_a_page_address_that_was_tampered_with_begins_at_the_top(town: Town, after: str) -> None:
    town.register()

    answer = town.desk("dispatcher").get("/", {"after": after})

    assert (answer.status_code, len(answer.context["rows"])) == (200, 1)


def test_everything_is_listed_the_newest_first(town: Town) -> None:
    first = town.register()
    town.later(minutes=1)
    second = town.dispatched()

    answer = town.desk("seat").get("/?tab=everything")

    assert [each.id for each in answer.context["rows"]] == [second, first]


class TestLights:
    def test_half_of_the_limit_left_is_yellow_and_less_than_nothing_red(self, town: Town) -> None:
        """JY-10.1a: two working hours for the dispatch."""
        town.register()
        client = town.desk("dispatcher")
        seen = []

        for text in ("2026-09-18T16:50:00", "2026-09-20T09:20:00", "2026-09-20T10:10:00", "2026-09-20T10:10:01"):
            town.at(moment(text))
            seen.append(client.get("/").context["rows"][0].light)

        assert [(each.color, each.word) for each in seen] == [
            ("green", "正常"), ("yellow", "临期"), ("yellow", "临期"), ("red", "超期"),
        ]  # fmt: skip
        assert seen[0].rest == "余1小时50分工时"

    def test_what_is_paused_is_gray(self, town: Town) -> None:
        town.replied()

        light = town.desk("officer@城管局").get("/").context["rows"][0].light

        assert light.color in ("green", "gray")

    def test_what_is_closed_is_gray(self, town: Town) -> None:
        order = town.replied()
        town.act(order, "auditor", "pass_audit")
        town.act(order, "callback_agent", "callback", reached=True, satisfied=True, resolved=True)

        shown = town.desk("officer@城管局").get("/?tab=everything").context["rows"][0]

        assert (shown.light.color, shown.light.word, shown.state) == ("gray", "已办结", "已办结（满意）")


class TestTabsBesideTheStates:
    def test_the_auditor_finds_requests_for_more_time(self, town: Town) -> None:
        order = town.handled()
        town.at(moment("2026-09-24T10:00:00"))
        asked = {
            "reason": "雨季",
            "by_workdays": 1,
            "progress": "已清理",
            "next_steps": "待天晴",
            "leader_consent": True,
        }
        town.act(order, "officer@城管局", "request_extension", **asked)

        answer = town.desk("auditor").get("/?tab=extension")

        assert counts(answer)["extension"] == 1
        assert [each.id for each in answer.context["rows"]] == [order]

    def test_unit_and_issuer_find_supervision_orders(self, town: Town) -> None:
        order = town.handled()
        town.act(order, "supervisor", "supervise", category="K2", ground="推诿")

        for who in ("supervisor", "officer@城管局", "leader@城管局"):
            answer = town.desk(who).get("/?tab=supervised")
            assert [each.id for each in answer.context["rows"]] == [order]

    def test_a_co_unit_finds_its_part(self, town: Town) -> None:
        order = town.register()
        town.act(order, "dispatcher", "dispatch", lead="城管局", units=["城管局", "住建局"], basis="清单")

        co, lead = town.desk("officer@住建局").get("/?tab=co"), town.desk("officer@城管局").get("/?tab=co")

        assert [each.id for each in co.context["rows"]] == [order]
        assert counts(lead)["co"] == 0


class TestHidden:
    """JY-12: an internal referral is in no list, count or search of anybody else."""

    def test_it_is_counted_and_listed_for_its_own_people_alone(self, town: Town) -> None:
        order = town.internal()

        for who in ("dispatcher", "seat", "supervisor", "auditor", "officer@城管局", "office"):
            for tab in ("", "everything"):
                answer = town.desk(who).get(f"/?tab={tab}")
                assert sum(each or 0 for each in counts(answer).values()) == 0
                assert list(answer.context["rows"]) == []
        assert [each.id for each in town.desk("designated_officer").get("/").context["rows"]] == [order]

    def test_it_is_not_found(self, town: Town) -> None:
        order = town.internal(content="城管局人员态度恶劣")
        number = row(order).number

        for words in (number, number[:8], "态度恶劣"):
            assert list(town.desk("dispatcher").post("/find", {"words": words}).context["rows"]) == []
            found = town.desk("designated_officer").post("/find", {"words": words}).context["rows"]
            assert [each.id for each in found] == [order]

    def test_it_is_not_found_by_telephone(self, town: Town) -> None:
        from minsheng.cases.appeals.models import Appeal

        order = town.internal()
        pseudonym = appellants.keep_appellant(city=town.code, kind="citizen", phone="13812345678", now=town.now)
        Appeal.objects.filter(id=order).update(appellant=pseudonym)

        assert list(town.desk("seat").post("/find", {"phone": "13812345678"}).context["rows"]) == []


class TestFinding:
    def test_by_number_and_by_words_of_the_title(self, town: Town) -> None:
        order = town.register(content="澄江街道人行道破损严重")
        town.register(content="路灯不亮")
        client = town.desk("supervisor")

        for words in (row(order).number, row(order).number[:-1], "人行", "破损 街道", "行道破损严"):
            found = client.post("/find", {"words": words}).context["rows"]
            assert order in [each.id for each in found], words
        assert list(client.post("/find", {"words": "人行 路灯"}).context["rows"]) == []

    @pytest.mark.parametrize("words", ["%%", "__", "'; --", "\\\\", "100%"])
    def test_signs_mean_themselves(self, town: Town, words: str) -> None:
        town.register(content="人行道破损")

        answer = town.desk("supervisor").post("/find", {"words": words})

        assert (answer.status_code, list(answer.context["rows"])) == (200, [])

    @pytest.mark.parametrize("words", ["", "路", "  ", "人行 路"])
    def test_one_letter_is_too_little(self, town: Town, words: str) -> None:
        answer = town.desk("supervisor").post("/find", {"words": words})

        assert answer.status_code == 422
        assert "至少两个字" in text_of(answer)

    def test_a_seat_finds_by_telephone(self, town: Town) -> None:
        from minsheng.cases.appeals.models import Appeal

        order = town.register()
        pseudonym = appellants.keep_appellant(city=town.code, kind="citizen", phone="13812345678", now=town.now)
        Appeal.objects.filter(id=order).update(appellant=pseudonym)

        answer = town.desk("seat").post("/find", {"phone": "138 1234 5678"})
        wrong = town.desk("seat").post("/find", {"phone": "12"})

        assert [each.id for each in answer.context["rows"]] == [order]
        assert (wrong.status_code, "电话号码不正确" in text_of(wrong)) == (422, True)

    def test_others_do_not(self, town: Town) -> None:
        client = town.desk("dispatcher")

        shown, answer = client.get("/find"), client.post("/find", {"phone": "13812345678"})

        assert "诉求人电话" not in text_of(shown)
        assert answer.status_code == 422


def test_a_part_of_a_parallel_dispatch_is_found_by_the_words_of_the_whole(town: Town) -> None:
    order = town.register(content="工地夜间施工噪音扰民")
    town.act(order, "dispatcher", "dispatch", units=["城管局", "住建局"], parallel=True, basis="清单")

    found = town.desk("officer@住建局").post("/find", {"words": "噪音扰民"}).context["rows"]

    assert [each.id for each in found] == [f"{order}.2"]


def test_a_notice_links_to_nothing_that_has_left_ones_sight(town: Town) -> None:
    order = town.dispatched()
    town.act(order, "officer@城管局", "request_return", reason="不属职责", basis="三定方案", suggest="住建局")
    town.act(order, "dispatcher", "accept_return", reason="属实")
    ledger_tasks.relay_once()

    shown = text_of(town.desk("officer@城管局").get("/notices/"))

    assert "退回申请已同意" in shown
    assert order not in shown


def test_notices_are_shown_to_whom_they_are_for(town: Town) -> None:
    order = town.dispatched()
    ledger_tasks.relay_once()

    mine, others = town.desk("officer@城管局").get("/notices/"), town.desk("officer@住建局").get("/notices/")

    assert "有新工单待签收" in text_of(mine)
    assert f"/orders/{order}/" in text_of(mine)
    assert "有新工单待签收" not in text_of(others)


@pytest.mark.parametrize("path", ["/", "/find", "/notices/", "/orders/new"])
def test_a_stranger_is_sent_to_sign_in(db: None, path: str) -> None:
    answer = Client().get(path)

    assert (answer.status_code, answer["Location"].startswith("/sign-in?next=")) == (302, True)


@pytest.mark.parametrize("many", [1, 20])
def test_the_queue_costs_the_same_number_of_queries_for_one_and_for_many(
    town: Town, django_assert_max_num_queries: DjangoAssertNumQueries, many: int
) -> None:
    for _ in range(many):
        town.dispatched()
    client = town.desk("officer@城管局")

    with django_assert_max_num_queries(11):
        answer = client.get("/")

    assert len(answer.context["rows"]) == many
