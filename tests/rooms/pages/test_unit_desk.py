"""The unit's desk: its lists, assigning inside the unit, the leader's approval, calling through the relay, the sheet.

Clauses: JY-13.1c, SZ-22a (approval), A-15, SZ-15.3b, JY-9.4, JY-8d (relay), SZ-11.5.
"""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from tests.town_ground import Town, send, with_identity

from minsheng.cases.orders.office import assignments
from minsheng.core.drafts import texts
from minsheng.core.ledger import queries as ledger

UNIT = "城管局"


def counts(client: Client) -> dict[str, int | None]:
    """Return the numbers beside the lists."""
    return {tab.code: tab.count for tab in client.get("/").context["tabs"]}


def rows(client: Client, tab: str) -> list[str]:
    """Return the orders of a list."""
    return [row.id for row in client.get(f"/?tab={tab}").context["rows"]]


def said(answer: Any) -> str:
    """Return what a followed answer says above the page."""
    return " ".join(str(each) for each in answer.context["messages"])


class TestLists:
    def test_each_order_stands_where_its_next_step_is(self, town: Town) -> None:
        to_sign, handled, replied = town.dispatched(), town.handled(), town.replied()
        returned = town.dispatched()
        town.act(returned, "officer@城管局", "request_return", reason="无职责", basis="三定方案", suggest="住建局")
        client = town.desk("officer@城管局")

        assert rows(client, "to_sign") == [to_sign]
        assert rows(client, "handling") == [handled]
        assert rows(client, "returned") == [returned]
        assert rows(client, "done") == [replied]

    def test_soon_and_overdue_follow_the_clock(self, town: Town) -> None:
        town.dispatched()
        client = town.desk("officer@城管局")

        assert (counts(client)["soon"], counts(client)["overdue"]) == (1, 0)
        town.later(days=5)
        assert (counts(client)["soon"], counts(client)["overdue"]) == (0, 1)

    def test_co_units_and_supervised_orders_have_lists_of_their_own(self, town: Town) -> None:
        joint = town.register()
        town.act(joint, "dispatcher", "dispatch", units=("城管局", "住建局"), lead="住建局", basis="清单")
        supervised = town.handled()
        town.act(supervised, "supervisor", "supervise", category="K2", ground="反复投诉")
        client = town.desk("officer@城管局")

        assert rows(client, "co") == [joint]
        assert rows(client, "supervised") == [supervised]

    def test_a_closed_order_stays_under_supervision_until_the_feedback_is_accepted(self, town: Town) -> None:
        order = town.handled()
        town.act(order, "supervisor", "supervise", category="K2", ground="反复投诉")
        town.act(order, "leader@城管局", "approve_reply")
        town.act(order, "officer@城管局", "reply", text="已修复")
        town.act(order, "auditor", "pass_audit")
        town.act(order, "callback_agent", "callback", reached=True, satisfied="satisfied", resolved=True)

        assert rows(town.desk("officer@城管局"), "supervised") == [order]
        assert rows(town.desk("supervisor"), "supervised") == [order]
        assert counts(town.desk("officer@城管局"))["supervised"] == 1

    @pytest.mark.parametrize("tab", ["to_sign", "handling", "soon", "overdue", "co", "returned", "done", "everything"])
    def test_no_list_holds_what_another_unit_has(self, town: Town, tab: str) -> None:
        town.handled()
        town.replied()

        assert rows(town.desk("officer@住建局"), tab) == []

    def test_done_shows_what_was_led_and_what_was_shared_the_newest_first(self, town: Town) -> None:
        led = town.replied()
        town.later(minutes=1)
        shared = town.register()
        town.act(shared, "dispatcher", "dispatch", units=("城管局", "住建局"), lead="住建局", basis="清单")
        for unit in ("城管局", "住建局"):
            town.act(shared, f"officer@{unit}", "sign")
        town.act(shared, "officer@城管局", "contribute", text="已清扫")
        town.act(shared, "leader@住建局", "approve_reply")
        town.act(shared, "officer@住建局", "reply", text="已修复")

        assert rows(town.desk("officer@城管局"), "done") == [shared, led]


class TestAssigning:
    def test_an_order_is_given_to_a_colleague_and_stands_on_their_list(self, town: Town) -> None:
        order = town.handled()
        colleague = town.hire("孙小巷", "officer", unit=UNIT)

        answer = town.desk("officer@城管局").post(
            f"/orders/{order}/assign", {"person": f"staff:{colleague}", "note": "请今天到现场"}, follow=True
        )

        assert "已分给经办人" in said(answer)
        assert "孙小巷" in answer.content.decode()
        assert rows(town.desk(colleague), "assigned") == [order]
        assert counts(town.desk("officer@城管局"))["assigned"] == 0

    @pytest.mark.parametrize("person", ["staff:0", "", "staff:999999"])
    def test_a_stranger_can_not_be_given_an_order(self, town: Town, person: str) -> None:
        order = town.handled()

        answer = town.desk("officer@城管局").post(f"/orders/{order}/assign", {"person": person}, follow=True)

        assert "请从本单位在岗人员中选择" in said(answer)
        assert assignments.of(order, unit=UNIT) is None

    def test_another_unit_and_the_office_assign_nothing(self, town: Town) -> None:
        order = town.handled()
        person = {"person": f"staff:{town.staff['officer@城管局']}"}

        assert town.desk("officer@住建局").post(f"/orders/{order}/assign", person).status_code == 404
        answer = town.desk("dispatcher").post(f"/orders/{order}/assign", person, follow=True)

        assert "不由贵单位办理" in said(answer)
        assert assignments.of(order, unit=UNIT) is None


class TestApproval:
    def draft(self, town: Town, order: str, text: str = "已换新灯") -> Any:
        """Let the officer send a draft to the leader."""
        return send(
            town.desk("officer@城管局"), order, "reply", text=text, channel="phone", kind="final", send_draft="1"
        )

    def test_a_draft_that_was_sent_waits_on_the_leaders_list(self, town: Town) -> None:
        order = town.handled()

        self.draft(town, order)

        assert rows(town.desk("leader@城管局"), "approval") == [order]
        assert rows(town.desk("leader@住建局"), "approval") == []

    def test_a_draft_that_was_only_saved_waits_for_nobody(self, town: Town) -> None:
        order = town.handled()

        send(
            town.desk("officer@城管局"), order, "reply", text="写了一半", channel="phone", kind="final", save_draft="1"
        )

        assert rows(town.desk("leader@城管局"), "approval") == []

    def test_an_approved_draft_is_the_only_text_that_may_go_out(self, town: Town) -> None:
        order = town.handled()
        self.draft(town, order, "已换新灯")
        send(town.desk("leader@城管局"), order, "approve_reply")
        officer = town.desk("officer@城管局")

        other = send(officer, order, "reply", text="没有换灯", channel="phone", kind="final")
        same = send(officer, order, "reply", text="已换新灯", channel="phone", kind="final")

        assert "与分管领导审签的文稿不一致" in other.content.decode()
        assert other.status_code == 422
        assert same.status_code == 302
        assert texts.of(f"order/{order}", unit=UNIT) is None

    def test_a_draft_sent_back_returns_with_the_leaders_words(self, town: Town) -> None:
        order = town.handled()
        self.draft(town, order)

        answer = town.desk("leader@城管局").post(
            f"/orders/{order}/draft/back", {"remark": "请写明完成时间"}, follow=True
        )
        form = town.desk("officer@城管局").get(f"/orders/{order}/do/reply/").content.decode()

        assert "已退给经办人修改" in said(answer)
        assert "请写明完成时间" in form
        assert rows(town.desk("leader@城管局"), "approval") == []

    def test_sending_back_wants_words_a_draft_and_a_leader(self, town: Town) -> None:
        order = town.handled()
        leader = town.desk("leader@城管局")

        nothing = leader.post(f"/orders/{order}/draft/back", {"remark": "请改"}, follow=True)
        self.draft(town, order)
        silent = leader.post(f"/orders/{order}/draft/back", {"remark": " "}, follow=True)
        officer = town.desk("officer@城管局").post(f"/orders/{order}/draft/back", {"remark": "请改"})

        assert "没有待审签的答复稿" in said(nothing)
        assert "请写明要修改的地方" in said(silent)
        assert officer.status_code == 403
        assert rows(leader, "approval") == [order]


class TestRelay:
    @pytest.fixture(autouse=True)
    def demonstration(self, settings: Any) -> None:
        """Let the demonstration's relay answer."""
        settings.DEMO = True

    def called(self, town: Town, order: str, name: str = "officer@城管局", phone: str = "13900001111") -> Any:
        """Press the button that calls."""
        return town.desk(name).post(f"/orders/{order}/contact", {"own_phone": phone}, follow=True)

    def facts(self, order: str) -> list[str]:
        """Return what the identity's stream says of contacts."""
        from minsheng.cases.appeals import queries as appeals

        words = appeals.words_of(order)
        assert words is not None
        assert words.appellant is not None
        stream = f"identity/{words.appellant}"
        return [event.type for event in ledger.history(stream) if event.type in ("CitizenContacted", "ContactNoted")]

    def test_a_call_is_on_record_and_shows_no_number(self, town: Town) -> None:
        order = town.handled()
        with_identity(town, order)

        answer = self.called(town, order)
        shown = answer.content.decode()

        assert "正在接通" in said(answer)
        assert self.facts(order) == ["CitizenContacted"]
        assert "13812345678" not in shown
        assert "待登记结果" in shown

    def test_the_same_press_twice_rings_once(self, town: Town) -> None:
        order = town.handled()
        with_identity(town, order)
        desk = town.desk("officer@城管局")
        page = desk.get(f"/orders/{order}/").content.decode()
        key = re.search(r'name="key" value="([^"]+)"><div class="field"><label for="own_phone"', page)
        assert key is not None

        for _ in range(2):
            desk.post(f"/orders/{order}/contact", {"own_phone": "13900001111", "key": key[1]})

        assert self.facts(order) == ["CitizenContacted"]

    def test_the_result_is_written_down_once_by_who_called(self, town: Town) -> None:
        order = town.handled()
        with_identity(town, order)
        contact = self.called(town, order).context["contacts"][0].id
        values = {"contact": contact, "result": "reached", "note": "约定明天到现场"}
        other = town.hire("孙小巷", "officer", unit=UNIT)

        stranger = town.desk(other).post(f"/orders/{order}/contact/note", values, follow=True)
        first = town.desk("officer@城管局").post(f"/orders/{order}/contact/note", values, follow=True)
        second = town.desk("officer@城管局").post(f"/orders/{order}/contact/note", values, follow=True)

        assert "不由您联系" in said(stranger)
        assert "联系结果已登记" in said(first)
        assert "已经登记，不能再改" in said(second)
        assert self.facts(order) == ["CitizenContacted", "ContactNoted"]

    def test_a_note_with_a_number_in_it_is_refused(self, town: Town) -> None:
        order = town.handled()
        with_identity(town, order)
        contact = self.called(town, order).context["contacts"][0].id

        town.desk("officer@城管局").post(
            f"/orders/{order}/contact/note", {"contact": contact, "result": "reached", "note": "他的手机13812345678"}
        )

        assert self.facts(order) == ["CitizenContacted"]

    @pytest.mark.parametrize("phone", ["", "12", "abc", "138000000000000"])
    def test_a_number_of_ones_own_that_is_none_is_refused(self, town: Town, phone: str) -> None:
        order = town.handled()
        with_identity(town, order)

        self.called(town, order, phone=phone)

        assert self.facts(order) == []

    def test_who_is_complained_about_never_calls(self, town: Town) -> None:
        order = town.handled(target_unit=UNIT)
        with_identity(town, order)

        answer = self.called(town, order)

        assert "被反映的单位和个人不能联系诉求人" in said(answer)
        assert self.facts(order) == []
        assert answer.context["may_contact"] is False

    @pytest.mark.parametrize("name", ["dispatcher", "seat", "supervisor", "auditor"])
    def test_nobody_calls_who_does_not_handle(self, town: Town, name: str) -> None:
        order = town.handled()
        with_identity(town, order)

        self.called(town, order, name)

        assert self.facts(order) == []

    def test_another_unit_finds_no_such_order(self, town: Town) -> None:
        order = town.handled()
        with_identity(town, order)

        assert self.called(town, order, "officer@住建局").status_code == 404

    def test_without_a_relay_it_says_so_and_the_attempt_is_on_record(self, town: Town, settings: Any) -> None:
        settings.DEMO = False
        order = town.handled()
        with_identity(town, order)

        answer = self.called(town, order)

        assert "号码中继现在接不通" in said(answer)
        assert self.facts(order) == ["CitizenContacted", "ContactNoted"]


class TestSheet:
    def test_the_sheet_names_the_matter_and_nobody(self, town: Town) -> None:
        order = town.handled(place="滨江路")
        with_identity(town, order)

        sheet = town.desk("officer@城管局").get(f"/orders/{order}/print").content.decode()

        assert all(words in sheet for words in ("交办单", "人行道破损", "城管局", "权责清单", "滨江路", "办理时限"))
        assert "张" not in sheet
        # Three digits alone may stand in the token of a form.
        assert all(part not in sheet for part in ("138****", "13812345678", "12345678"))

    def test_a_stranger_prints_nothing(self, town: Town) -> None:
        order = town.handled()

        assert town.desk("officer@住建局").get(f"/orders/{order}/print").status_code == 404
