"""The desk of supervision orders: suggestions with rule and evidence, issuing, dismissing, tabs, papers, dry run."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from tests.town_ground import Town, fresh, relayed, text_of

from minsheng.app.cli import main, supervision
from minsheng.cases.live.models import Signal
from minsheng.cases.orders import actions
from minsheng.cases.orders.models import Suggestion, Supervision
from minsheng.cases.orders.office import supervisions

DESK = "/supervision/orders"


def missed(town: Town, order: str) -> None:
    actions.apply(None, order_id=order, actor=town.actor("system"), now=town.now)


def overdue(town: Town) -> str:
    """Return an order that its unit has not handled in time: here its supervision is suggested at once (JY-20.8)."""
    order = town.handled()
    town.later(days=14)
    missed(town, order)
    return order


def tabs(answer: Any) -> dict[str, int]:
    return {code: count for code, _, count, _ in answer.context["tabs"]}


def listed(answer: Any) -> list[str]:
    return [row.id for row, _, _ in answer.context["rows"]]


def suggestion(order: str) -> Suggestion:
    return Suggestion.objects.get(order=order, status="open")


class TestSuggested:
    def test_rule_evidence_and_clause_stand_with_each(self, town: Town) -> None:
        order = overdue(town)

        page = text_of(town.desk("supervisor").get(DESK))

        assert "承办单位到期未办结" in page
        assert "JY-20.8" in page
        assert re.search(r"办理于 2026-\d\d-\d\d 17:30:00 到期", page)
        assert f"/supervision/suggestions/{suggestion(order).pk}/dismiss" in page

    def test_whoever_issues_hears_of_it_as_soon_as_the_relay_has_it(self, town: Town) -> None:
        order = overdue(town)
        relayed()

        told = Signal.objects.filter(order=order, kind="supervise").values_list("audience", flat=True)
        lists = Signal.objects.filter(kind="queue").values_list("audience", flat=True)

        assert "role:supervisor" in told
        assert {"role:office", "role:joint_meeting", "role:duty_leader"} <= set(lists)

    def test_one_press_issues_it_once_and_it_is_numbered(self, town: Town) -> None:
        order, client = overdue(town), town.desk("supervisor")
        address, key = f"/supervision/suggestions/{suggestion(order).pk}/issue", str(uuid4())

        answers = [client.post(address, {"key": key}) for _ in range(2)]

        assert [each.status_code for each in answers] == [302, 302]
        issued = Supervision.objects.get()
        assert (issued.category, issued.number) == ("K2", "澄民督〔2026〕1号")
        assert Suggestion.objects.get().status == "issued"
        assert "已督办" in text_of(client.get(DESK))

    def test_a_dismissal_wants_its_reason_and_stays_counted(self, town: Town) -> None:
        order, client = overdue(town), town.desk("supervisor")
        address = f"/supervision/suggestions/{suggestion(order).pk}/dismiss"

        empty = client.post(address, fresh(reason=""))
        done = client.post(address, fresh(reason="单位已当面说明，明日办结"))
        again = client.post(address, fresh(reason="再次"))

        assert "请写明不予督办的理由" in text_of(empty)
        assert (empty.status_code, done.status_code, again.status_code) == (422, 302, 409)
        desk = client.get(f"{DESK}?tab=dismissed")
        assert tabs(desk)["suggested"] == 0
        assert tabs(desk)["dismissed"] == 1
        assert "单位已当面说明，明日办结" in text_of(desk)

    def test_only_the_packs_issuers_decide_and_others_read(self, town: Town) -> None:
        order = overdue(town)
        pk = suggestion(order).pk
        for role in ("office", "joint_meeting", "duty_leader"):
            client = town.desk(role)
            assert listed(client.get(DESK)) == [order]
            assert "签发督办单" not in text_of(client.get(DESK))
            assert client.post(f"/supervision/suggestions/{pk}/issue", fresh()).status_code == 403
            assert client.get(f"/supervision/suggestions/{pk}/dismiss").status_code == 403
            assert client.get(f"/supervision/issue?orders={order}").status_code == 403
        for name in ("seat", "officer@城管局", "leader@城管局"):
            client = town.desk(name)
            assert client.get(DESK).status_code == 404
            assert client.get("/supervision/rules").status_code == 404
        assert Suggestion.objects.get().status == "open"
        for name in ("officer@城管局", "officer@住建局"):
            assert town.desk(name).post(f"/supervision/suggestions/{pk}/dismiss", fresh(reason="x")).status_code == 404

    def test_an_internal_referral_is_in_no_list_and_no_number(self, town: Town) -> None:
        order = town.internal()
        town.later(days=30)
        missed(town, order)
        assert Suggestion.objects.filter(order=order).exists()

        answer = town.desk("supervisor").get(DESK)

        assert set(tabs(answer).values()) == {0}
        pk = Suggestion.objects.filter(order=order)[0].pk
        assert town.desk("supervisor").get(f"/supervision/suggestions/{pk}/dismiss").status_code == 404

    def test_several_at_once_have_a_result_each(self, town: Town) -> None:
        first, plain = overdue(town), town.handled()
        watched = town.handled()
        town.act(watched, "supervisor", "supervise", category="K1", ground="中心工作")
        client = town.desk("supervisor")

        form = client.get("/supervision/issue", {"orders": [first, plain, watched]})
        values = {
            "orders": [first, plain, watched],
            "key": str(form.context["key"]),
            "category": "K1",
            "ground": "清理",
        }
        done, again = client.post("/supervision/issue", values), client.post("/supervision/issue", values)

        for answer in (done, again):
            assert [line.done for line in answer.context["lines"]] == [True, True, False]
            assert "不能进行这一操作" in answer.context["lines"][2].refusal
        assert Supervision.objects.count() == 3
        nothing = client.post("/supervision/issue", {"key": str(uuid4())})
        assert nothing.status_code == 422
        without = client.post("/supervision/issue", fresh(orders=[town.handled()]))
        assert "请填写" in without.context["lines"][0].refusal
        many = client.get("/supervision/issue", {"orders": [str(each) for each in range(51)]})
        assert many.status_code == 422


def test_tabs_follow_a_supervision_order_to_its_second_level_and_its_end(town: Town) -> None:
    order, client = town.handled(), town.desk("supervisor")
    town.act(order, "supervisor", "supervise", category="K1", ground="中心工作")

    def where() -> set[str]:
        return {tab for tab, count in tabs(client.get(DESK)).items() if count}

    assert where() == {"issued", "awaiting"}
    town.later(days=6)
    missed(town, order)
    assert where() == {"issued", "overdue", "suggested"}
    client.post(f"/supervision/suggestions/{suggestion(order).pk}/issue", fresh())
    assert where() == {"issued", "awaiting", "raised"}
    town.act(order, "leader@城管局", "approve_feedback")
    town.act(order, "officer@城管局", "feed_back", text="三日内办结")
    assert where() == {"issued", "answered", "raised"}
    town.act(order, "supervisor", "reject_feedback", finding="没有时间表")
    assert "第 3 级" in text_of(client.get(f"{DESK}?tab=raised"))
    town.act(order, "leader@城管局", "approve_feedback")
    town.act(order, "officer@城管局", "feed_back", text="明日办结")
    town.act(order, "supervisor", "accept_feedback", finding="可行")
    assert where() == {"closed"}
    for tab in supervisions.TABS:
        assert len(listed(client.get(f"{DESK}?tab={tab}"))) == tabs(client.get(DESK))[tab]
    assert client.get(f"{DESK}?tab=strange").status_code == 404


def test_lists_are_narrowed_by_unit_category_and_number(town: Town) -> None:
    order, client = overdue(town), town.desk("supervisor")
    number = Suggestion.objects.get().order.number

    def found(**wanted: str) -> list[str]:
        return listed(client.get(DESK, wanted))

    assert found(unit="城管") == found(category="K2") == found(number=number) == [order]
    assert found(unit="住建") == found(category="K5") == found(number="999") == []
    assert found(category="nonsense", unit="\0") == [order]
    client.post(f"/supervision/suggestions/{suggestion(order).pk}/issue", fresh())
    assert found(tab="issued", number="〔2026〕1号") == found(tab="issued", unit="城管") == [order]


class TestBeside:
    def test_the_orders_page_has_a_side_and_units_see_no_suggestion(self, town: Town) -> None:
        order = overdue(town)
        supervisor, officer = town.desk("supervisor"), town.desk("officer@城管局")

        assert "side-supervision" in text_of(supervisor.get(f"/orders/{order}/"))
        assert "side-supervision" not in text_of(officer.get(f"/orders/{order}/"))
        town.act(order, "supervisor", "supervise", category="K1", ground="中心工作")
        page = text_of(officer.get(f"/orders/{order}/"))
        assert "澄民督〔2026〕1号" in page
        assert "承办单位到期未办结" not in page

    def test_the_paper_is_a_pdf_for_whom_the_order_exists(self, town: Town) -> None:
        order = town.handled()
        town.act(order, "supervisor", "supervise", category="K1", ground="中心工作")
        address = f"/orders/{order}/supervision/1.pdf"

        answer = town.desk("officer@城管局").get(address)

        assert answer["Content-Type"] == "application/pdf"
        assert answer.content.startswith(b"%PDF")
        assert town.desk("officer@城管局").get(address).content == answer.content
        assert town.desk("officer@住建局").get(address).status_code == 404
        assert town.desk("officer@城管局").get(f"/orders/{order}/supervision/2.pdf").status_code == 404


class TestDryRun:
    def test_page_says_what_comes_today_and_changes_nothing(self, town: Town) -> None:
        order, client = town.handled(), town.desk("supervisor")
        early = client.get("/supervision/rules")
        due = row_due(order)
        town.at(due.replace(hour=9))

        today = client.get("/supervision/rules")

        assert early.context["lines"] == []
        assert [row.id for row, _, _ in today.context["lines"]] == [order]
        assert "承办单位到期未办结" in text_of(today)
        assert not Suggestion.objects.exists()
        town.later(days=1)
        missed(town, order)
        assert client.get("/supervision/rules").context["lines"] == []

    def test_command_takes_other_thresholds(
        self, town: Town, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.setattr(supervision.installation, "opened", _open)
        order = town.replied()
        town.act(order, "auditor", "reject_audit", defect="vague", comment="不具体")
        number = actions.queries.peek([order])[order].number
        asked = ["supervision", "today", "--city", town.code]
        rules = ["--set", "supervision.auto_rules=K2", "--set", "supervision.rejections_K2=1"]

        statuses = [
            main.main([*asked, *more])
            for more in ([], rules, ["--set", "nonsense=1"], ["--set", "supervision.rejections_K2=x"])
        ]

        said = capsys.readouterr().out
        assert statuses == [0, 0, 2, 2]
        assert said.count(number) == 1
        assert "共 0 条建议。" in said
        assert "答复第 1 次未通过审核" in said
        assert "参数“nonsense=1”无法识别" in said


@contextlib.contextmanager
def _open() -> Iterator[None]:
    yield


def row_due(order: str) -> Any:
    timer = actions.queries.peek([order])[order].order.timer("handle", "城管局")
    assert timer is not None
    assert timer.due is not None
    return timer.due
