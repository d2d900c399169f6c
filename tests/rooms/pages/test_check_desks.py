"""Audit and callback: what stands beside the order, what would follow from a step, and going on to the next.

Clauses: SZ-15.4, JY-9.5 (audit), JY-9.6, JY-9.7, SQ-10.5c, A-55 (callback).
"""

from __future__ import annotations

from typing import Any

import pytest
from tests.town_ground import Town, form_of, fresh, row, send

from minsheng.core.ledger import queries as ledger

THIN = "您好，您反映的问题已收悉，我们高度重视，将尽快处理。联系人手机13812345678。"


def answered(town: Town, text: str) -> str:
    """Return an order that was answered so."""
    order = town.handled()
    town.act(order, "leader@城管局", "approve_reply")
    town.act(order, "officer@城管局", "reply", text=text)
    return order


def to_call(town: Town, **fields: Any) -> str:
    """Return an order that waits for its call."""
    order = town.replied(**fields)
    town.act(order, "auditor", "pass_audit")
    return order


class TestAudit:
    def test_the_answer_stands_beside_the_appeal_with_what_to_look_at(self, town: Town) -> None:
        order = answered(town, THIN)

        shown = town.desk("auditor").get(f"/orders/{order}/")
        criteria = {each.name: each.findings for each in shown.context["audit"].criteria}

        assert any("空泛" in each for each in criteria["具体"])
        assert any("个人信息" in each for each in criteria["规范"])
        assert {"高度重视", "13812345678"} <= {each.text for each in shown.context["audit"].pieces if each.why}
        assert "".join(each.text for each in shown.context["audit"].pieces) == THIN

    def test_other_desks_have_no_such_panel(self, town: Town) -> None:
        order = answered(town, THIN)

        assert town.desk("dispatcher").get(f"/orders/{order}/").context["audit"] is None
        assert town.desk("officer@城管局").get(f"/orders/{order}/").context["audit"] is None

    def test_passing_goes_on_to_the_next_of_the_list(self, town: Town) -> None:
        first = answered(town, THIN)
        town.later(minutes=5)
        second = answered(town, THIN)
        client = town.desk("auditor")
        shown = client.get(f"/orders/{first}/?list=REPLIED")
        button = shown.context["pass_choices"][0]

        answer = client.post(
            f"/orders/{first}/do/pass_audit/",
            fresh(list="REPLIED", seen_version=button.form.initial["seen_version"]),
        )

        assert shown.context["way"].place.total == 2
        assert answer["Location"] == f"/orders/{second}/?list=REPLIED"
        assert row(first).status == "CALLBACK"

    def test_after_the_last_one_comes_the_list(self, town: Town) -> None:
        order = answered(town, THIN)
        client = town.desk("auditor")

        answer = client.post(
            f"/orders/{order}/do/reject_audit/",
            form_of(client, order, "reject_audit", defect="vague", comment="请写明措施", list="REPLIED"),
        )

        assert answer["Location"] == "/?tab=REPLIED"
        assert row(order).status == "SUPPLEMENT"

    def test_who_wrote_the_answer_does_not_audit_it(self, town: Town) -> None:
        both = town.hire("两职", "officer", "auditor", unit="城管局")
        town.staff["officer@城管局"] = both
        order = answered(town, THIN)
        client = town.desk(both, acting_as="auditor")

        answer = send(client, order, "pass_audit")

        assert answer.status_code == 403
        assert row(order).status == "REPLIED"


class TestCallback:
    def test_the_script_names_the_matter_and_the_unit(self, town: Town) -> None:
        order = to_call(town)

        panel = town.desk("callback_agent").get(f"/orders/{order}/").context["callback"]

        assert any("人行道破损" in line and "城管局" in line for line in panel.script)
        assert panel.attempts == ()
        assert panel.missing_attempts > 0

    def test_an_attempt_is_counted_and_what_is_still_wanted_falls(self, town: Town) -> None:
        order = to_call(town)
        client = town.desk("callback_agent")
        before = client.get(f"/orders/{order}/").context["callback"]

        send(client, order, "callback", reached="no")
        after = client.get(f"/orders/{order}/").context["callback"]

        assert [each.reached for each in after.attempts] == [False]
        assert after.missing_attempts == before.missing_attempts - 1

    @pytest.mark.parametrize(
        ("values", "words"),
        [
            ({"reached": "yes", "satisfied": "satisfied", "resolved": "yes"}, "已办结（满意）"),
            ({"reached": "yes", "satisfied": "dissatisfied", "resolved": "no"}, "待重办"),
            ({"reached": "no"}, "状态不变"),
        ],
    )
    def test_what_follows_is_shown_before_it_is_saved(self, town: Town, values: dict[str, str], words: str) -> None:
        order = to_call(town)
        client = town.desk("callback_agent")
        before = row(order).version

        shown = client.post(f"/orders/{order}/do/callback/preview", fresh(**values)).content.decode()

        assert words in shown
        assert row(order).version == before

    def test_saving_does_what_was_foreseen(self, town: Town) -> None:
        order = to_call(town)

        send(town.desk("callback_agent"), order, "callback", reached="yes", satisfied="dissatisfied", resolved="no")

        assert row(order).status == "REDO"


class TestForesight:
    def test_a_refusal_is_foreseen_in_the_same_words_and_not_recorded(self, town: Town) -> None:
        order = town.register()
        facts = len(ledger.history(f"order/{order}"))

        shown = town.desk("dispatcher").post(
            f"/orders/{order}/do/dispatch/preview", fresh(unit="不存在的局", basis="清单")
        )

        assert 'class="message warning' in shown.content.decode()
        assert len(ledger.history(f"order/{order}")) == facts

    def test_clocks_and_notices_are_foreseen(self, town: Town) -> None:
        order = town.register()

        shown = town.desk("dispatcher").post(f"/orders/{order}/do/dispatch/preview", fresh(unit="城管局", basis="清单"))

        assert [clock.name for clock in shown.context["outcome"].clocks][:1] == ["签收"]
        assert any("城管局" in each for each in shown.context["outcome"].notices)

    def test_nobody_foresees_a_command_of_another_role_or_an_order_of_another_unit(self, town: Town) -> None:
        order = town.dispatched()

        assert town.desk("seat").post(f"/orders/{order}/do/dispatch/preview", fresh()).status_code == 404
        assert town.desk("officer@住建局").post(f"/orders/{order}/do/sign/preview", fresh()).status_code == 404
        assert town.desk("dispatcher").post(f"/orders/{order}/do/nonsense/preview", fresh()).status_code == 404

    def test_a_form_is_shown_in_the_panel_when_htmx_asks(self, town: Town) -> None:
        order = town.register()
        client = town.desk("dispatcher")

        whole = client.get(f"/orders/{order}/do/decline_dispatch/").content.decode()
        part = client.get(f"/orders/{order}/do/decline_dispatch/", headers={"HX-Request": "true"}).content.decode()

        assert "<html" in whole
        assert "<html" not in part
        assert 'name="explanation"' in part


class TestWay:
    def test_neighbors_and_place_are_those_of_the_list(self, town: Town) -> None:
        orders = []
        for _ in range(3):
            orders.append(town.register())
            town.later(minutes=1)
        client = town.desk("dispatcher")

        way = client.get(f"/orders/{orders[1]}/?list=SUBMITTED").context["way"]

        assert (way.place.n, way.place.total) == (2, 3)
        assert (way.place.previous, way.place.following) == (orders[0], orders[2])

    @pytest.mark.parametrize("code", ["nowhere", "to_sign", "approval"])
    def test_a_list_of_another_desk_is_no_way(self, town: Town, code: str) -> None:
        order = town.register()

        assert town.desk("dispatcher").get(f"/orders/{order}/?list={code}").context["way"] is None

    def test_the_way_through_a_list_never_leads_to_a_hidden_order(self, town: Town) -> None:
        town.internal()
        order = town.register()

        place = town.desk("dispatcher").get(f"/orders/{order}/?list=everything").context["way"].place

        assert (place.previous, place.following) == (None, None)
