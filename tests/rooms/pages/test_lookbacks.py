"""Looking back at the desks: a check and what its finding does, a round with its seed, and the units' own.

Clauses: SZ-41a, SQ-20a, JS-2.4c, JY-20.5, A-82.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from tests import town_ground as towns
from tests.town_ground import Town, fresh, row, steps, text_of

from minsheng.cases.checks.models import Check, Lookback
from minsheng.cases.orders import successions
from minsheng.cases.orders.models import Breach, Planted, Suggestion
from minsheng.core.ledger import verification
from minsheng.core.people.units import Change
from minsheng.domain.duties import lookback


def closed(town: Town) -> str:
    order = town.replied()
    town.act(order, "auditor", "pass_audit")
    town.act(order, "callback_agent", "callback", reached=True, satisfied="satisfied", resolved=True)
    return order


def asked(town: Town, order: str, by: str = "supervisor") -> Check:
    answer = town.desk(by).post(f"/orders/{order}/check", fresh(reason="群众再次反映"))
    assert answer.status_code == 302, text_of(answer)
    return Check.objects.get(order=order)


def record(town: Town, check: Check, by: str = "callback_agent", **values: Any) -> Any:
    return town.desk(by).post(f"/checks/{check.pk}/record_check", fresh(text="已到现场查看", **values))


class TestFinding:
    @pytest.mark.clause("SZ-41a")
    def test_a_false_report_is_flagged_suggests_supervision_and_opens_the_order_again(
        self, db: None, test_clock: Callable[[datetime], None]
    ) -> None:
        town = towns.build("suzhou", test_clock, pack="suzhou")
        order = town.replied()
        town.act(order, "auditor", "pass_audit")
        town.act(order, "callback_agent", "callback", reached=True, satisfied="satisfied", resolved=True)
        check = asked(town, order)

        without = record(town, check, found="false_report")
        found = record(town, check, found="false_report", consequence="群众再次投诉")
        waiting = town.desk("supervisor").get("/checks")
        confirmed = town.desk("supervisor").post(f"/checks/{check.pk}/confirm_check", fresh(reopen="on"))

        assert without.status_code == 422
        assert "造成的后果" in text_of(without)
        assert (found.status_code, confirmed.status_code) == (302, 302)
        assert [each.pk for each, _ in waiting.context["rows"]] == [check.pk]
        assert Breach.objects.filter(order=order, code="false_report", party="城管局").count() == 1
        assert Suggestion.objects.filter(order=order, ground="false_report", status="open").count() == 1
        assert (row(order).status, row(order).round) == ("HANDLING", 2)
        town.act(order, "supervisor", "supervise", category="K2", ground="谎报瞒报")
        assert verification.verify().fault is None
        assert {
            name: counts.changed for name, counts in verification.rebuild(check=True).items() if counts.changed
        } == {}

    def test_what_is_in_order_ends_there_and_changes_nothing(self, town: Town) -> None:
        order = closed(town)
        before = steps(order)

        done = record(town, asked(town, order), found="none")

        assert done.status_code == 302
        assert Check.objects.get().status == "DONE"
        assert steps(order) == before
        assert row(order).status == "CLOSED"

    def test_unwilling_suggests_supervision_also_where_nothing_is_opened_again(self, town: Town) -> None:
        order = closed(town)
        check = asked(town, order)
        record(town, check, found="unwilling")

        town.desk("supervisor").post(f"/checks/{check.pk}/confirm_check", fresh())

        assert row(order).status == "CLOSED"
        assert Suggestion.objects.get(order=order, status="open").ground == "unwilling"
        desk = text_of(town.desk("supervisor").get("/supervision/orders"))
        assert "需要督办的请先重新办理" in desk

    def test_what_no_longer_fits_the_order_undoes_the_confirmation(self, town: Town) -> None:
        order = closed(town)
        check = asked(town, order)
        record(town, check, found="inadequate")
        town.act(order, "supervisor", "reopen", finding="已另行重办")

        refused = town.desk("supervisor").post(f"/checks/{check.pk}/confirm_check", fresh())
        again = town.desk("supervisor").post(f"/checks/{check.pk}/refuse_check", fresh(reason="已另行重办"))

        assert refused.status_code == 409
        assert again.status_code == 302
        assert Check.objects.get().status == "TO_CHECK"
        assert "FindingRecorded" not in steps(order)

    def test_only_what_a_unit_closed_and_by_whom(self, town: Town) -> None:
        order, running = closed(town), town.handled()
        open_one = town.desk("supervisor").post(f"/orders/{running}/check", fresh(reason="x"))
        assert open_one.status_code == 422
        assert "只复核单位已办结的工单" in text_of(open_one)
        assert town.desk("seat").get(f"/orders/{order}/check").status_code == 403
        assert town.desk("officer@住建局").get(f"/orders/{order}/check").status_code == 404
        check = asked(town, order)
        assert (
            town.desk("supervisor").post(f"/checks/{check.pk}/record_check", fresh(found="none", text="好")).status_code
            == 403
        )
        for who in ("officer@城管局", "leader@城管局", "officer@住建局", "seat"):
            assert town.desk(who).get(f"/checks/{check.pk}").status_code == 404
        assert town.desk("supervisor").get("/checks?tab=x").status_code == 404
        assert town.desk("supervisor").get("/checks/x").status_code == 404


@pytest.fixture
def quarter(town: Town) -> list[str]:
    """Return orders that were closed in the third quarter, and let it be October."""
    orders = [closed(town) for _ in range(3)]
    town.internal()
    town.at(datetime.fromisoformat("2026-10-12T10:00:00+08:00"))
    return orders


def planned(town: Town, by: str, **values: Any) -> Any:
    return town.desk(by).post("/lookbacks", fresh(**{"quarter": "2026Q3", **values}))


class TestRound:
    def test_the_draw_can_be_counted_again_by_anybody(self, town: Town, quarter: list[str]) -> None:
        supervisor = town.desk("supervisor")
        planned(town, "supervisor", percent="50")
        one = Lookback.objects.get()
        assert supervisor.post(f"/lookbacks/{one.pk}/draw_sample", fresh()).status_code == 302

        page = supervisor.get(f"/lookbacks/{one.pk}")
        listed = list(
            csv.reader(io.StringIO(supervisor.get(f"/lookbacks/{one.pk}/sample.csv").content.decode("utf-8-sig")))
        )
        state = page.context["round"]

        numbers = [each[1] for each in listed[1:]]
        assert sorted(numbers) == sorted(row(order).number for order in quarter)
        assert lookback.digest_of(numbers) == state.digest
        drawn = [each[1] for each in listed[1:] if each[2]]
        assert sorted(drawn) == sorted(lookback.sample(numbers, seed=state.seed, percent=50))
        assert len(drawn) == 2
        assert sorted(Check.objects.values_list("number", flat=True)) == sorted(drawn)
        assert state.seed in text_of(page)
        assert verification.rebuild(check=True)["lookback"].changed == 0

    def test_the_result_is_published_with_rates_when_all_is_checked(self, town: Town, quarter: list[str]) -> None:
        planned(town, "supervisor", percent="50")
        one, supervisor = Lookback.objects.get(), town.desk("supervisor")
        supervisor.post(f"/lookbacks/{one.pk}/draw_sample", fresh())
        early = supervisor.post(f"/lookbacks/{one.pk}/publish_lookback", fresh())
        assert town.desk("officer@城管局").get(f"/lookbacks/{one.pk}").status_code == 404
        for place, check in enumerate(Check.objects.order_by("number")):
            record(town, check, found="none" if place else "not_done")
            if not place:
                supervisor.post(f"/checks/{check.pk}/confirm_check", fresh())

        done = supervisor.post(f"/lookbacks/{one.pk}/publish_lookback", fresh())

        assert early.status_code == 422
        assert "还有 2 件没有复核完" in text_of(early)
        assert done.status_code == 302
        shown = text_of(town.desk("officer@城管局").get(f"/lookbacks/{one.pk}"))
        assert "50.0%" in shown
        assert "未落实 1" in shown
        assert town.desk("officer@住建局").get(f"/lookbacks/{one.pk}").status_code == 404

    def test_what_is_found_of_a_planted_order_is_in_no_rate(self, town: Town, quarter: list[str]) -> None:
        planned(town, "supervisor", percent="50")
        one, supervisor = Lookback.objects.get(), town.desk("supervisor")
        supervisor.post(f"/lookbacks/{one.pk}/draw_sample", fresh())
        for place, check in enumerate(Check.objects.order_by("number")):
            if not place:
                Planted.objects.create(order_id=check.order, task="t")
            record(town, check, found="none" if place else "not_done")
            if not place:
                supervisor.post(f"/checks/{check.pk}/confirm_check", fresh())
        supervisor.post(f"/lookbacks/{one.pk}/publish_lookback", fresh())

        shown = text_of(town.desk("officer@城管局").get(f"/lookbacks/{one.pk}"))
        assert ("100.0%" in shown, "未落实 1" in shown) == (True, False)

    def test_a_units_own_round_is_checked_by_its_officers_and_seen_by_the_centre(
        self, town: Town, quarter: list[str]
    ) -> None:
        planned(town, "leader@城管局")
        one = Lookback.objects.get()
        leader, officer = town.desk("leader@城管局"), town.desk("officer@城管局")
        assert town.desk("supervisor").post(f"/lookbacks/{one.pk}/draw_sample", fresh()).status_code == 403
        officer.post(f"/lookbacks/{one.pk}/draw_sample", fresh())
        check = Check.objects.get()

        assert town.desk("callback_agent").get("/checks").context["rows"] == []
        assert record(town, check, by="officer@城管局", found="inadequate").status_code == 302
        assert leader.post(f"/lookbacks/{one.pk}/publish_lookback", fresh()).status_code == 302

        assert Check.objects.get().status == "DONE"
        assert "FindingRecorded" not in steps(check.order)
        seen = text_of(town.desk("supervisor").get(f"/lookbacks/{one.pk}"))
        assert "不到位 1" in seen
        assert town.desk("leader@住建局").get(f"/lookbacks/{one.pk}").status_code == 404

    def test_a_plan_says_what_is_wrong(self, town: Town, quarter: list[str]) -> None:
        for values, said in (
            ({"quarter": "2026Q4"}, "还没有结束"),
            ({"quarter": "三季度"}, "2026Q3"),
            ({"percent": "x"}, "1 至 100"),
            ({"percent": "0"}, "1 至 100"),
        ):
            answer = planned(town, "supervisor", **values)
            assert answer.status_code == 422
            assert said in text_of(answer)
        assert town.desk("office").post("/lookbacks", fresh(quarter="2026Q3")).status_code == 403
        assert town.desk("seat").get("/lookbacks").status_code == 404
        assert not Lookback.objects.exists()
        planned(town, "leader@住建局")
        nothing = town.desk("leader@住建局").post(f"/lookbacks/{Lookback.objects.get().pk}/draw_sample", fresh())
        assert "没有办结的工单" in text_of(nothing)


def test_the_orders_page_leads_to_it(town: Town) -> None:
    order = closed(town)
    for who, there in (("supervisor", True), ("leader@城管局", True), ("auditor", False)):
        assert (f"/orders/{order}/check" in text_of(town.desk(who).get(f"/orders/{order}/"))) is there


def test_order_that_is_being_checked_is_not_checked_twice(town: Town) -> None:
    order = closed(town)
    asked(town, order)

    again = town.desk("supervisor").post(f"/orders/{order}/check", fresh(reason="再查一次"))

    assert (again.status_code, "已有复核正在进行" in text_of(again)) == (422, True)
    assert Check.objects.filter(order=order).count() == 1


def test_callback_agents_find_no_check_that_a_unit_makes_of_its_own(town: Town) -> None:
    own = asked(town, closed(town), by="leader@城管局")
    agent = town.desk("callback_agent")

    assert [agent.get(page).status_code for page in (f"/checks/{own.pk}", f"/things/check/{own.pk}/")] == [404, 404]
    assert town.desk("supervisor").get(f"/things/check/{own.pk}/").status_code == 200


def test_renamed_unit_goes_on_with_its_own_check(town: Town) -> None:
    own = asked(town, closed(town), by="leader@城管局")
    change = Change("rename", "城管局", ("综合行政执法局",), {})
    successions.carry_out(town.code, change, key="k", actor=town.actor("admin"), now=town.now)

    assert town.desk("officer@城管局").get(f"/things/check/{own.pk}/").status_code == 200
    assert record(town, own, by="officer@城管局", found="none").status_code == 302
    assert Check.objects.get(pk=own.pk).status == "DONE"
