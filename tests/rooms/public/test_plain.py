"""The way of an appeal in plain words: deadlines that have passed are told as passed. Clauses: SZ-15.3, JY-9.3."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from tests.publication_ground import told
from tests.town_ground import Town, moment, with_identity
from tests.visiting_ground import Citizen, answered, asked_by_message

from minsheng.cases.orders import actions, models
from minsheng.cases.orders.storage import queries
from minsheng.core.policies import queries as policies
from minsheng.domain.orders import commands as cmd
from minsheng.public.portal import plain
from minsheng.public.portal.models import Draft
from minsheng.public.portal.plain import day_and_time


def standing(citizen: Citizen, number: str) -> str:
    """Return the sentence on top of one's own appeal."""
    found = re.search(r'class="standing"[^>]*>([^<]+)', citizen.shown(f"appeals/{number}"))
    assert found is not None
    return found[1]


def test_a_deadline_that_has_passed_is_told_as_passed(town: Town) -> None:
    citizen = Citizen(town.code)
    row = citizen.file()
    assert re.search(r"最迟 .+ 前核对并决定受理", standing(citizen, row.number))
    town.act(row.id, "seat", "submit")
    town.act(row.id, "dispatcher", "dispatch", unit="城管局", basis="权责清单")
    town.act(row.id, "officer@城管局", "sign")
    before = standing(citizen, row.number)
    assert re.fullmatch(r"已转城管局，最迟 .+ 前答复", before)

    town.later(days=20)
    citizen = Citizen(town.code)
    citizen.sign_in("13000000001")

    after = standing(citizen, row.number)
    assert re.fullmatch(r"已转城管局办理；原定 .+ 前完成，已超过时限，正在督促", after)
    assert after.partition("原定 ")[2].partition(" 前")[0] == before.partition("最迟 ")[2].partition(" 前")[0]


def test_an_answer_whose_call_is_late_asks_for_the_rating_all_the_same(town: Town) -> None:
    row = Citizen(town.code).file()
    answered(town, row.id)
    town.later(days=60)
    citizen = Citizen(town.code)
    citizen.sign_in("13000000001")

    assert standing(citizen, row.number) == "已答复，请您评价"


@pytest.mark.parametrize(
    ("now", "said"), [("2026-12-30T09:00", "2027年1月4日 17:30"), ("2027-01-03T09:00", "1月4日 17:30")]
)
def test_another_years_day_is_told_with_its_year(town: Town, now: str, said: str) -> None:
    rules = policies.rules_for(town.code, now=town.now)

    assert day_and_time(moment("2027-01-04T17:30"), rules, now=moment(now)) == said


def test_who_only_looks_leaves_no_draft(town: Town) -> None:
    citizen = Citizen(town.code)
    for rest in ("", "file/type", "cases", "query"):
        citizen.shown(rest)
    citizen.get("file")
    assert Draft.objects.count() == 0
    assert citizen.client.cookies.get("sessionid") is None


def test_whoever_comes_after_at_a_shared_machine_sees_nothing(town: Town) -> None:
    citizen = Citizen(town.code)
    assert "清除本机上的记录" not in citizen.shown()
    row = citizen.file()
    citizen.begin()
    assert "清除本机上的记录" in citizen.shown(f"appeals/{row.number}")
    assert "清除本机上的记录" in citizen.shown("file/content")

    citizen.post("sign-out", {})

    assert citizen.get(f"appeals/{row.number}").status_code == 404
    assert citizen.get("file/receipt").status_code == 404
    assert row.number not in citizen.shown("mine")
    assert citizen.get("file/content")["Location"].endswith("/file")
    assert "清除本机上的记录" not in citizen.shown()


def test_whoever_can_not_rate_is_not_asked_to(town: Town) -> None:
    order = town.register(utility=True)
    with_identity(town, order)
    town.act(order, "dispatcher", "dispatch", unit="城管局", basis="权责清单")
    town.act(order, "officer@城管局", "sign")
    town.act(order, "leader@城管局", "approve_reply")
    town.act(order, "officer@城管局", "reply", text="已修复")
    town.act(order, "auditor", "pass_audit")
    citizen = Citizen(town.code)
    citizen.sign_in("13812345678")

    page = citizen.shown(f"appeals/{models.Order.objects.get(id=order).number}")

    assert "我们会在" in page
    assert "前电话回访" in page
    assert "请您评价" not in page


def test_who_was_dissatisfied_by_message_is_not_asked_again(suqian: Town) -> None:
    row = models.Order.objects.get(id=asked_by_message(suqian))
    citizen = Citizen(suqian.code)
    citizen.sign_in("13812345678")
    assert "请您评价" in citizen.shown(f"appeals/{row.number}")

    citizen.act(row.number, "rate", "rate", satisfied="dissatisfied", resolved="no", cause="result")

    assert "请您评价" not in citizen.shown(f"appeals/{row.number}")


def test_an_emergency_has_its_deadlines_in_plain_words(town: Town) -> None:
    emergency = {"level": "major", "place": "学院路8号", "facts": "燃气味", "ground": "E1"}
    command = cmd.build("register", {"type": "help", "channel": "phone", "emergency": emergency}, zone=None)
    order = actions.register(command, city=town.code, actor=town.actor("seat"), now=town.now).order.id  # type: ignore[arg-type]
    rules = policies.rules_for(town.code, now=town.now)

    def said() -> str:
        return plain.standing(queries.state_of(models.Order.objects.get(id=order)), rules, now=town.now).words

    town.act(order, "seat", "report")
    town.act(order, "duty_leader", "ask_decision")
    town.act(order, "office", "decide", respond=True)
    assert re.fullmatch(r"已按紧急事项受理，最迟 .+ 前转交处置单位", said())


def test_where_an_internal_referral_went_is_told_to_who_filed_and_not_to_who_has_the_code(town: Town) -> None:
    citizen = Citizen(town.code)
    row = citizen.file()
    code = citizen.code()
    town.act(row.id, "seat", "submit")
    town.act(row.id, "dispatcher", "propose_referral")
    town.act(row.id, "designated_officer", "refer", branch="12.3", handler="住建局", ground="与实际可能出入较大")
    town.act(row.id, "designated_officer", "notify_appellant")
    assert "住建局内部办理" in told(town)[0][1]
    other, owner = Citizen(town.code), Citizen(town.code)
    owner.sign_in("13000000001")

    other.asked("query", {"number": row.number, "code": code})

    assert "住建局" not in other.shown(f"appeals/{row.number}")
    assert owner.shown(f"appeals/{row.number}").count("住建局内部办理") == 2


def test_who_has_no_objection_is_not_called_dissatisfied(town: Town) -> None:
    citizen = Citizen(town.code)
    row = citizen.file()
    answered(town, row.id)
    town.act(row.id, "callback_agent", "callback", reached=True, objection=False)

    page = citizen.shown(f"appeals/{row.number}")

    assert "回访时您对办理结果没有异议" in page
    assert standing(citizen, row.number) == "已办结（您对办理结果没有异议）"
    assert "不满意" not in page


def test_who_is_not_satisfied_reads_that_another_round_comes(town: Town) -> None:
    citizen = Citizen(town.code)
    row = citizen.file()
    answered(town, row.id)
    assert "待您评价" in citizen.shown("mine")
    citizen.act(row.number, "rate", "rate", satisfied="dissatisfied", resolved="no", cause="result")

    assert standing(citizen, row.number) == "您对办理结果不满意，热线中心正在安排重新办理"
    assert "办理中" in citizen.shown("mine")
    assert "您的评价：不满意" in citizen.shown(f"appeals/{row.number}")


@pytest.mark.parametrize(
    ("status", "said"), [("DECISION", "正在作最后核定"), ("RESEARCH", "正在研判"), ("DETERMINE", "认定是否受理")]
)
def test_every_stop_on_the_way_has_words(town: Town, status: str, said: str) -> None:
    order = queries.state_of(Citizen(town.code).file())
    rules = policies.rules_for(town.code, now=town.now)

    assert said in plain.standing(replace(order, status=status), rules, now=town.now).words


def test_a_refusal_by_determination_comes_with_its_reason(suzhou: Town) -> None:
    citizen = Citizen(suzhou.code)
    row = citizen.file()
    suzhou.act(row.id, "seat", "ask_acceptance", unit="城管局")
    suzhou.act(row.id, "officer@城管局", "sign")
    suzhou.act(row.id, "officer@城管局", "give_opinion", document="书面不予受理意见", evidence=["权属登记"])
    suzhou.act(row.id, "supervisor", "confirm_opinion", reason="权属清楚，不属行政职能")

    page = citizen.shown(f"appeals/{row.number}")

    assert "经认定不予受理，理由如下" in page
    assert "权属清楚，不属行政职能" in page
    assert "理由可凭编号和查询码查看" in told(suzhou)[0][1]


def test_what_comes_too_late_is_refused_in_the_citizens_words(town: Town) -> None:
    citizen = Citizen(town.code)
    row = citizen.file()
    answered(town, row.id)
    page = citizen.shown(f"appeals/{row.number}")
    key = re.search(r'name="key" value="([^"]+)"', page[page.index("/rate") :])
    assert key is not None
    town.act(row.id, "callback_agent", "callback", reached=True, satisfied="satisfied", resolved=True)

    late = citizen.post(f"appeals/{row.number}/rate", {"key": key[1], "satisfied": "satisfied", "resolved": "yes"})

    assert late.status_code == 409
    assert "刚才的操作没有生效" in late.content.decode()
    assert "工单现在处于" not in late.content.decode()


def test_nothing_to_add_is_said_beside_the_field(town: Town) -> None:
    citizen = Citizen(town.code)
    row = citizen.file()

    answer = citizen.act(row.number, "material", "material", text="")

    assert answer.status_code == 422
    assert 'href="#material_text">请写下要补充的内容，或选择文件。' in answer.content.decode()
