"""Every command of the life cycle as a form: done by the right person, refused to everyone else, once however often."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from tests.town_ground import Town, form_of, fresh, moment, row, send, text_of

from minsheng.cases.orders import actions
from minsheng.cases.orders.storage import queries
from minsheng.core.drafts import texts
from minsheng.core.ledger.models import Refusal
from minsheng.domain.actors import Actor
from minsheng.domain.orders import commands as cmd
from minsheng.domain.orders.table import TABLE


def test_a_command_is_carried_out_and_the_order_shown(town: Town) -> None:
    order = town.register()

    answer = send(town.desk("dispatcher"), order, "dispatch", unit="城管局", basis="权责清单第12项")

    assert (answer.status_code, answer["Location"]) == (302, f"/orders/{order}/")
    assert (row(order).status, row(order).lead) == ("DISPATCHED", "城管局")


def test_a_form_that_is_sent_twice_has_one_effect(town: Town) -> None:
    order = town.dispatched()
    client = town.desk("seat")
    form = form_of(client, order, "urge", text="什么时候能好")

    answers = [client.post(f"/orders/{order}/do/urge/", form) for _ in range(3)]

    assert [each.status_code for each in answers] == [302, 302, 302]
    assert queries.state_of(row(order)).urges == 1


def test_a_key_is_refused_when_the_words_are_others(town: Town) -> None:
    order = town.dispatched()
    client = town.desk("seat")
    form = form_of(client, order, "urge", text="什么时候能好")
    client.post(f"/orders/{order}/do/urge/", form)

    answer = client.post(f"/orders/{order}/do/urge/", {**form, "text": "另一件事"})

    assert answer.status_code == 409
    assert queries.state_of(row(order)).urges == 1


def test_a_form_without_its_key_is_refused(town: Town) -> None:
    order = town.dispatched()

    answer = town.desk("seat").post(f"/orders/{order}/do/urge/", {"text": "快"})

    assert answer.status_code == 422
    assert queries.state_of(row(order)).urges == 0


def test_the_second_of_two_dispatchers_is_told_who_did_what(town: Town) -> None:
    order = town.register()
    first, second = town.desk("dispatcher"), town.desk(town.hire("钱交办", "dispatcher"))
    form = form_of(second, order, "dispatch", unit="住建局", basis="三定方案")
    send(first, order, "dispatch", unit="城管局", basis="权责清单")

    answer = second.post(f"/orders/{order}/do/dispatch/", form)

    assert answer.status_code == 409
    assert "交办员dispatcher甲" in text_of(answer)
    assert "办理了“交办”" in text_of(answer)
    assert "三定方案" in text_of(answer)  # what was typed stays
    assert row(order).lead == "城管局"


def test_what_is_missing_stands_beside_its_field_and_in_the_summary(town: Town) -> None:
    order = town.register()

    answer = send(town.desk("dispatcher"), order, "dispatch", unit="城管局")

    shown = text_of(answer)
    assert answer.status_code == 422
    assert '<a href="#id_basis">请填写：依据。</a>' in shown
    assert 'id="id_basis_error">请填写：依据。' in shown
    assert "错误：" in shown
    assert 'value="城管局"' in shown
    assert row(order).status == "SUBMITTED"


def test_a_refused_form_can_be_corrected_and_sent_again(town: Town) -> None:
    order = town.register()
    client = town.desk("dispatcher")
    refused = client.post(f"/orders/{order}/do/dispatch/", form_of(client, order, "dispatch", unit="城管局"))
    key = refused.context["form"].data["key"]

    answer = client.post(
        f"/orders/{order}/do/dispatch/", {"key": key, "seen_version": "", "unit": "城管局", "basis": "权责清单"}
    )

    assert answer.status_code == 302
    assert row(order).status == "DISPATCHED"


def test_a_unit_that_does_not_exist_is_named(town: Town) -> None:
    order = town.register()

    answer = send(town.desk("dispatcher"), order, "dispatch", unit="月球局", basis="权责清单")

    assert answer.status_code == 422
    assert "月球局尚未加入热线联动，请改派其他单位。" in text_of(answer)


def test_several_units_are_dispatched_with_a_lead(town: Town) -> None:
    order = town.register()

    answer = send(
        town.desk("dispatcher"), order, "dispatch", lead="城管局", units=["城管局", "住建局", ""], basis="清单"
    )

    assert answer.status_code == 302
    assert (row(order).lead, row(order).units) == ("城管局", ["城管局", "住建局"])


def test_a_wrong_role_may_not_even_see_the_form(town: Town) -> None:
    order = town.register()
    client = town.desk("auditor")

    answers = [client.get(f"/orders/{order}/do/dispatch/"), client.post(f"/orders/{order}/do/dispatch/", fresh())]

    assert [each.status_code for each in answers] == [403, 403]
    assert row(order).version == 2


def test_another_unit_does_not_find_the_order(town: Town) -> None:
    order = town.dispatched()
    client = town.desk("officer@住建局")

    answers = [client.get(f"/orders/{order}/do/sign/"), client.post(f"/orders/{order}/do/sign/", fresh())]

    assert [each.status_code for each in answers] == [404, 404]
    assert row(order).status == "DISPATCHED"


def test_a_stranger_is_sent_to_sign_in(town: Town) -> None:
    order = town.register()

    answers = [Client().get(f"/orders/{order}/do/dispatch/"), Client().post(f"/orders/{order}/do/dispatch/", fresh())]

    assert [each.status_code for each in answers] == [302, 302]
    assert all(each["Location"].startswith("/sign-in?next=") for each in answers)


@pytest.mark.parametrize("path", ["", "find", "orders/new", "orders/{}/", "orders/{}/do/dispatch/", "notices/"])
def test_a_wrong_method_is_refused(town: Town, path: str) -> None:
    order = town.register()

    answer = town.desk("seat").put("/" + path.format(order))

    assert answer.status_code == 405


def test_an_unknown_command_is_not_found(town: Town) -> None:
    order = town.register()
    client = town.desk("seat")

    answers = [client.get(f"/orders/{order}/do/{name}/") for name in ("explode", "register")]

    assert [each.status_code for each in answers] == [404, 404]


def test_a_refusal_is_kept_and_changes_nothing(town: Town) -> None:
    order = town.dispatched()
    client = town.desk("dispatcher")

    answer = client.post(f"/orders/{order}/do/accept_return/", fresh(reason="同意"))

    assert answer.status_code == 409
    assert "工单现在处于“待签收”" in text_of(answer)
    assert Refusal.objects.filter(command="accept_return").count() == 1


def test_an_extension_is_asked_for_with_attestations(town: Town) -> None:
    order = town.handled()
    town.at(moment("2026-09-24T10:00:00"))

    missing = send(town.desk("officer@城管局"), order, "request_extension", reason="雨季", by_workdays="2",
                   progress="已清理", next_steps="待天晴")  # fmt: skip
    answer = send(town.desk("officer@城管局"), order, "request_extension", reason="雨季", by_workdays="2",
                  progress="已清理", next_steps="待天晴", leader_consent="on", leader_consent_note="王局长当面同意",
                  citizen_informed="on")  # fmt: skip

    assert missing.status_code == 422
    assert answer.status_code == 302
    assert row(order).extension_pending
    assert "王局长当面同意" in text_of(town.desk("auditor").get(f"/orders/{order}/"))


def test_a_malformed_moment_is_said_beside_its_field(town: Town) -> None:
    order = town.handled()
    town.at(moment("2026-09-24T10:00:00"))

    answer = send(town.desk("officer@城管局"), order, "request_extension", until="明天下午")

    assert answer.status_code == 422
    assert "“延至”填写有误" in text_of(answer)
    assert "明天下午" in text_of(answer)


def test_a_moment_is_read_in_the_citys_zone(town: Town) -> None:
    order = town.handled()
    town.at(moment("2026-09-24T10:00:00"))

    answer = send(town.desk("officer@城管局"), order, "request_extension", until="2026-09-28T12:00", reason="雨季",
                  progress="清理", next_steps="等", leader_consent="on")  # fmt: skip

    extension = queries.state_of(row(order)).extension
    assert answer.status_code == 302
    assert extension is not None
    assert extension.until == moment("2026-09-28T12:00:00")


class TestForTheCitizen:
    def test_a_seat_writes_down_the_citizens_urging(self, town: Town) -> None:
        order = town.dispatched()

        answer = send(town.desk("seat"), order, "urge", text="请快些")

        assert answer.status_code == 302
        last = queries.history(order)[-1]
        assert last.actor == {"role": "citizen", "person": f"staff:{town.staff['seat']}"}
        assert "诉求人（seat甲代录）" in text_of(town.desk("supervisor").get(f"/orders/{order}/"))

    def test_a_callback_agent_writes_down_a_rating_and_the_choice(self, town: Town) -> None:
        order = town.replied()
        town.act(order, "auditor", "pass_audit")

        choice = send(town.desk("callback_agent"), order, "set_publish", publish="no")
        answer = send(town.desk("callback_agent"), order, "rate", satisfied="satisfied", resolved="yes")

        assert (choice.status_code, answer.status_code) == (302, 302)
        assert (row(order).status, row(order).reason) == ("CLOSED", "satisfied")

    def test_an_officer_may_not(self, town: Town) -> None:
        order = town.dispatched()

        answer = town.desk("officer@城管局").get(f"/orders/{order}/do/urge/")

        assert answer.status_code == 403


class TestOwnWork:
    """Nobody decides on their own work: SZ-15.4, JY-9.5, JY-13.1c, JS-2.1c."""

    def test_an_auditor_who_wrote_the_answer_is_refused(self, town: Town) -> None:
        both = town.hire("孙双岗", "officer", "auditor", "callback_agent", unit="城管局")
        order = town.handled()
        town.act(order, "leader@城管局", "approve_reply")
        send(town.desk(both, acting_as="officer"), order, "reply", text="已修复", kind="final")

        answer = send(town.desk(both, acting_as="auditor"), order, "pass_audit")

        assert answer.status_code == 403
        assert "不能审批自己提交的内容" in text_of(answer)
        assert row(order).status == "REPLIED"
        assert send(town.desk("auditor"), order, "pass_audit").status_code == 302
        called = send(town.desk(both, acting_as="callback_agent"), order, "callback", reached="yes",
                      satisfied="satisfied", resolved="yes")  # fmt: skip
        assert called.status_code == 403

    def test_a_client_of_the_api_is_held_by_its_roles_alone(self, town: Town) -> None:
        order = town.handled()
        for role, unit, name, given in (
            ("leader", "城管局", "approve_reply", {}),
            ("officer", "城管局", "reply", {"text": "已修复"}),
            ("auditor", None, "pass_audit", {}),
        ):
            command = cmd.build(name, given, zone=None)
            actions.apply(command, order_id=order, actor=Actor(role, unit, "client:1"), now=town.now)

        assert row(order).status == "CALLBACK"

    def test_a_leader_who_wrote_the_draft_is_refused(self, town: Town) -> None:
        both = town.hire("孙双岗", "officer", "leader", unit="城管局")
        order = town.handled()
        send(town.desk(both, acting_as="officer"), order, "reply", text="已修复", save_draft="1")

        answer = send(town.desk(both, acting_as="leader"), order, "approve_reply")

        assert answer.status_code == 403
        assert queries.state_of(row(order)).approved == ()

    def test_an_officer_who_approved_is_refused(self, town: Town) -> None:
        both = town.hire("孙双岗", "officer", "leader", unit="城管局")
        order = town.handled()
        send(town.desk(both, acting_as="leader"), order, "approve_reply")

        answer = send(town.desk(both, acting_as="officer"), order, "reply", text="已修复", kind="final")

        assert answer.status_code == 403
        assert row(order).status == "HANDLING"

    def test_an_auditor_does_not_decide_on_the_extension_that_they_asked_for(self, town: Town) -> None:
        both = town.hire("孙双岗", "officer", "auditor", unit="城管局")
        order = town.handled()
        town.at(moment("2026-09-24T10:00:00"))
        send(town.desk(both, acting_as="officer"), order, "request_extension", reason="雨", by_workdays="1",
             progress="清理", next_steps="等", leader_consent="on")  # fmt: skip

        answer = send(town.desk(both, acting_as="auditor"), order, "approve_extension")

        assert answer.status_code == 403
        assert row(order).extension_pending


class TestDrafts:
    def test_the_leader_sees_what_is_approved_and_nobody_else(self, town: Town) -> None:
        order = town.handled()

        answer = send(town.desk("officer@城管局"), order, "reply", text="破损处已修复", save_draft="1")

        assert answer.status_code == 302
        assert row(order).status == "HANDLING"
        draft = texts.of(f"order/{order}", unit="城管局")
        assert draft is not None
        assert draft.text == "破损处已修复"
        assert "破损处已修复" in text_of(town.desk("leader@城管局").get(f"/orders/{order}/do/approve_reply/"))
        assert "破损处已修复" in text_of(town.desk("officer@城管局").get(f"/orders/{order}/do/reply/"))
        assert "破损处已修复" not in text_of(town.desk("supervisor").get(f"/orders/{order}/"))

    def test_a_leader_approves_the_text_that_they_saw_and_no_other(self, town: Town) -> None:
        order = town.handled()
        officer, leader = town.desk("officer@城管局"), town.desk("leader@城管局")
        send(officer, order, "reply", text="甲稿", send_draft="1")
        seen = form_of(leader, order, "approve_reply")
        send(officer, order, "reply", text="乙稿", send_draft="1")

        refused = leader.post(f"/orders/{order}/do/approve_reply/", seen)
        sent_back = leader.post(
            f"/orders/{order}/draft/back", {"remark": "请改甲稿", "seen": seen["seen"]}, follow=True
        )

        assert refused.status_code == 409
        assert "已有改动" in text_of(refused)
        assert "乙稿" in text_of(refused)
        assert "没有待审签的答复稿" in text_of(sent_back)
        assert send(leader, order, "approve_reply").status_code == 302

    def test_a_text_that_cannot_be_read_is_not_approved(self, town: Town) -> None:
        order = town.handled()
        send(town.desk("officer@城管局"), order, "reply", text="甲稿", send_draft="1")
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE orders_draft SET text_enc = set_byte(text_enc, 20, (get_byte(text_enc, 20) + 1) % 256)"
            )

        answer = send(town.desk("leader@城管局"), order, "approve_reply")

        assert answer.status_code == 409
        assert "无法打开" in text_of(answer)

    def test_another_text_than_the_approved_one_is_not_given_even_after_it_was_saved(self, town: Town) -> None:
        order = town.handled()
        officer = town.desk("officer@城管局")
        send(officer, order, "reply", text="甲稿", send_draft="1")
        send(town.desk("leader@城管局"), order, "approve_reply")
        send(officer, order, "reply", text="丙稿", save_draft="1")

        refused = send(officer, order, "reply", text="丙稿")
        draft = texts.of(f"order/{order}", unit="城管局")

        assert "不一致" in text_of(refused)
        assert row(order).status == "HANDLING"
        assert draft is not None
        assert draft.approved is None
        assert send(officer, order, "reply", text="甲稿").status_code == 302

    def test_an_empty_draft_is_refused(self, town: Town) -> None:
        order = town.handled()

        answer = send(town.desk("officer@城管局"), order, "reply", text="  ", save_draft="1")

        assert answer.status_code == 422
        assert texts.of(f"order/{order}", unit="城管局") is None

    def test_no_draft_is_kept_before_the_signature(self, town: Town) -> None:
        order = town.dispatched()

        answer = send(town.desk("officer@城管局"), order, "reply", text="已修复", save_draft="1")

        assert answer.status_code == 409
        assert texts.of(f"order/{order}", unit="城管局") is None


def test_proposing_a_referral_hides_the_order_and_a_second_press_is_harmless(town: Town) -> None:
    order = town.register(type="report", publish="", target_unit="城管局")
    client = town.desk("dispatcher")
    form = form_of(client, order, "propose_referral")

    answers = [client.post(f"/orders/{order}/do/propose_referral/", form) for _ in range(2)]

    assert [(each.status_code, each["Location"]) for each in answers] == [(302, "/"), (302, "/")]
    assert client.get(f"/orders/{order}/").status_code == 404
    assert row(order).status == "RESTRICTED"


def test_a_stale_form_does_not_betray_a_referral(town: Town) -> None:
    order = town.register(type="report", publish="", target_unit="城管局")
    other = town.desk(town.hire("钱交办", "dispatcher"))
    form = form_of(other, order, "dispatch", unit="住建局", basis="清单")
    send(town.desk("dispatcher"), order, "propose_referral")

    answer = other.post(f"/orders/{order}/do/dispatch/", form)

    assert answer.status_code == 404


# `succeed` is done for a whole unit at once, on the page of changes; the platform alone notes what did not arrive.
@pytest.mark.parametrize("name", sorted(set(cmd.BY_NAME) - {"register", "succeed", "call_instead", "note_undelivered"}))
def test_every_command_has_a_form_that_its_role_can_open(town: Town, name: str) -> None:
    row_of = next(each for each in TABLE if each.command.name == name)
    role = row_of.who[0] if row_of.who[0] != "citizen" else "seat"
    order = town.internal() if role in ("designated_officer",) or name == "return_result" else town.handled()
    who = {"officer": "officer@城管局", "leader": "leader@城管局", "head": "head@城管局"}.get(role, role)
    if name == "return_result":
        who = "officer@住建局"
    if role == "connector":
        order = town.handled(system="original")

    answer = town.desk(who).get(f"/orders/{order}/do/{name}/")

    assert answer.status_code == 200
    assert f'name="key" value="{uuid4()}"'[:10] in text_of(answer)
