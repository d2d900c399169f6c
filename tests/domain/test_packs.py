"""Packs: the shipped ones say what the requirements say, every fault of a file is named, the right version applies."""

from __future__ import annotations

import copy
import dataclasses
import re
import tomllib
from datetime import date, time
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from minsheng.domain import kinds, packs, parameters
from minsheng.domain.faults import Fault, Faulty
from minsheng.domain.packs import BadSetting, NotInForce, Pack, Rules, UnfitOverlay, UnknownPack
from minsheng.domain.worktime import Amount, OfficeHours, Season
from minsheng.gateways import packfiles

CITIES = ("suzhou", "jiangyin", "suqian")
CALENDAR = packfiles.load_calendar()
A_DAY = date(2026, 1, 1)


def plain_of(pack: str) -> dict[str, Any]:
    text = (packfiles.shipped_folder() / pack / "pack.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


PLAIN = MappingProxyType({pack: plain_of(pack) for pack in (*CITIES, "jiangsu_2021")})


def changed(which: str = "jiangyin", /, **tables: Any) -> dict[str, Any]:
    """Return a shipped pack's plain values with whole tables replaced, or removed where None is given."""
    plain = copy.deepcopy(dict(PLAIN[which]))
    for name, table in tables.items():
        *above, last = name.split("__")
        place = plain
        for key in above:
            place = place.setdefault(key, {})
        if table is None:
            del place[last]
        else:
            place[last] = table
    return plain


def faults_of(plain: dict[str, Any]) -> list[Fault]:
    with pytest.raises(Faulty) as refused:
        packs.load(plain, where="pack.toml")
    return list(refused.value.faults)


def rules_of(pack: str, *overlays: str, **settings: object) -> Rules:
    chosen = packs.in_force(packfiles.shipped_packs(), pack, overlays, on=A_DAY)
    return packs.rules(chosen.pack, chosen.overlays, calendar=CALENDAR, settings=settings)


# the table of parameters


def test_every_parameter_is_an_attribute_of_rules_and_the_other_way_round() -> None:
    header = {
        "pack", "version", "overlays", "city", "title", "document", "effective_from", "basis", "supersedes",
        "interpreter", "worktime", "clauses", "reasons",
    }  # fmt: skip

    attributes = {field.name for field in dataclasses.fields(Rules)} - header

    assert attributes == {parameter.attribute for parameter in parameters.PARAMETERS}


@pytest.mark.parametrize(
    ("name", "attribute"),
    [
        ("sign_limit", "sign_limit"),
        ("emergency.dispatch_limit", "emergency_dispatch_limit"),
        ("emergency_dispatch_limit", "emergency_dispatch_limit"),
        ("handle_limit 咨询", "handle_limit_consult"),
        ("handle_limit 非咨询", "handle_limit_other"),
        ("multi_unit_K4", "multi_unit_k4"),
        ("repeat_unresolved_days", "repeat_unresolved_after"),
        ("repeat_unresolved_after", "repeat_unresolved_after"),
        ("callback.chain", "callback_chain"),
    ],
)
def test_parameter_is_found_by_each_of_its_names(name: str, attribute: str) -> None:
    found = parameters.find(name)

    assert found is not None
    assert found.attribute == attribute


# the shipped packs


@pytest.mark.parametrize(
    ("pack", "version", "document", "begins"),
    [
        ("suzhou", "2020-12-16", "苏府办〔2020〕312号", date(2020, 12, 16)),  # SZ-0, SZ-49
        ("jiangyin", "2020-07-13", "澄委办〔2020〕44号", date(2020, 7, 13)),  # JY-0, JY-38
        ("suqian", "2020-10-19", "宿政办发〔2020〕55号", date(2020, 10, 19)),  # SQ-0, SQ-26
    ],
)
def test_pack_carries_title_number_and_effective_date(pack: str, version: str, document: str, begins: date) -> None:
    rules = rules_of(pack)

    assert (rules.version, rules.document, rules.effective_from) == (version, document, begins)
    assert rules.title


def test_pack_lists_its_legal_bases_and_what_it_supersedes() -> None:
    # SZ-1, JY-1, SQ-1, JY-38, SZ-48
    assert rules_of("suzhou").basis == ("江苏省促进政务服务便利化条例", "苏政办发〔2020〕29号")
    assert rules_of("jiangyin").basis == ("苏政办发〔2020〕29号", "锡委办发〔2018〕81号")
    assert rules_of("suqian").basis == ("苏政办发〔2020〕29号",)
    assert rules_of("jiangyin").supersedes == ("澄政办发〔2013〕57号", "澄政办发〔2013〕58号")
    assert rules_of("suzhou").interpreter == "市政务服务管理办公室"


# One row per line of the requirements' table of parameters: suzhou, jiangyin, suqian; "=" repeats the left value.
VALUES = """
workday_rule | end_of_nth_day | = | =
calendar | CN | = | =
unit_term | 承办单位 | 联动单位 | 成员单位
real_name | optional | = | required_online
reject_codes | R1 R2 R3 R4a R4b R5 R6 R9 | R1 R2 R3 R4a R4b R5 R6 R7 R8 | R1 R2 R3 R4a R4b R6 R9
emergency_numbers | 110 119 120 122 水上 | = | =
undecided_acceptance | unit_written_opinion | superior | =
nonaccept_excluded_from_assessment | True | = | =
acceptance_limit | 24 CH | = | =
dispatch_limit | 2 WH | = | 1 CH
dispatch_limit_multi | 1 WD | = | 4 CH
dispatch_starts_at | submitted | = | =
sign_limit | 4 WH | = | 1 CH
sign_starts_at | dispatched | = | =
direct_answer_limit | None | = | 4 CH
handle_limit_consult | 3 WD | = | 12 CH
handle_limit_other | 7 WD | 5 WD | 12 CH
handle_starts_at | dispatched | = | =
upper_override | True | = | =
return_limit | 1 WD | = | 12 CH
return_fields | reason basis suggest | = | basis suggest
return_max_after_refusal | 0 | = | =
return_pauses_handling | False | = | True
return_grace | None | = | 1 CH
return_review_limit | 4 WH | = | 2 CH
ext_window | any_before | last_24h | any_before
ext_cap | one_period | = | 144 CH
ext_count | None | = | =
ext_fields | reason length | reason length progress next_steps | reason length
ext_unit_leader_consent | False | True | False
ext_inform_citizen | guard | notice | =
ext_approver | auditor | = | =
ext_review_limit | 4 WH | = | 2 CH
reply_approval | none | leader | none
reply_same_channel | False | True | False
audit_limit | 1 WD | = | 4 CH
audit_pauses_handling | True | = | =
callback_chain | phone self | = | sms phone
callback_limit | 2 WD | = | 24 CH
sms_answer_window | None | = | 72 CH
urge_every | 24 CH | = | =
callback_attempts | 3 | = | =
callback_attempt_days | 2 | = | =
redo_max | 1 | = | =
redo_period | one_period | = | =
close_after_redo | supervisor | = | =
publish_default | False | True | False
publish_exceptions | () | 1 2 3 4 | ()
internal_referral | True | = | =
internal_branches | 12.3 | 12.1 12.2a 12.2c 12.3 | 12.3
internal_notice_limit | None | 1 WD | None
repeat_policy | final_opinion | timely_count | escalate_leader
repeat_timely_threshold | None | 3 | None
repeat_month_window | None | = | 1
repeat_unresolved_after | None | = | 144 CH
repeat_leader | () | = | city county town
emergency_enabled | True | = | =
emergency_dispatch_limit | 10 MIN | = | =
emergency_response_limit | 30 MIN | = | =
emergency_result_limit | 1 WD | = | 12 CH
emergency_step_alert | 5 MIN | = | =
emergency_phone_confirm | True | = | =
supervision_issuer | joint_meeting | supervisor | =
supervision_limit | 3 WD | = | 24 CH
supervision_auto_rules | K1 K2 K3 K4 K5 | overdue dissatisfied | K1 K2 K3 K4 K5
coordination_convener | joint_meeting | office | =
multi_unit_k4 | 3 | = | =
contact_change_limit | 3 WD | = | =
kb_update_limit | 5 WD | = | =
kb_standard_answer_limit | 5 WD | = | =
forum_attention | 4 WH | None | 1 CH
forum_stance | 1 WD | None | None
forum_final | 7 WD | None | 12 CH
forum_request_answer | 1 WD | None | 12 CH
forum_rating_window | 7 CD | None | 7 CD
forum_rectification | 3 WD | None | None
late_sign_threshold | 3 | = | =
count_window | calendar | = | =
person_month | None | 3 | None
person_quarter | None | 5 | None
reminders_before_transfer | None | 2 | None
accountability_self_criticism | False | True | False
appeal_limit | None | 7 CD | None
appeal_decision_limit | None | 30 CD | None
appeal_roll | None | True | None
aggravating_window | None | rolling_year | None
assessment_cycle | quarter year | month year | month year
assessment_publish_due | end_of_next_month | workday_10_of_next_month | end_of_next_month
bulletin_recipients | 市委 市政府 | 市委 市人大 市政府 市政协 | 市委 市政府 江苏12345
reports | special sentiment | special monthly_bulletin topic | monthly weekly express daily special
third_party_assessment | third_party | none | mystery_call
upload_lag_alert | 5 MIN | = | =
determine_limit | 1 WD | None | None
opinion_review_limit | 4 WH | = | =
ext_pending_suspends_miss | True | = | =
upper_extension | connector_only | = | =
limit_measured_at | unit_completed_at | = | =
satisfaction_grades | very_satisfied satisfied basically_satisfied dissatisfied very_dissatisfied | = | =
research_panel | False | = | =
event_threshold | 20 | = | =
event_window | 24 CH | = | =
lookback_sample | 5 | = | =
special_report_period | monthly | on_demand | weekly daily_in_incidents
unit_override | none | stricter_only | =
data_share_deidentified | True | = | =
leader_follow_up_limit | None | = | =
emergency_handle_alert | 2 CH | = | =
callback_relay | True | = | =
submit_fields | content appellant | content appellant publish | content appellant
"""


def table() -> list[tuple[str, str, str]]:
    rows = []
    for line in VALUES.strip().splitlines():
        attribute, *cells = (cell.strip() for cell in line.split("|"))
        left = ""
        for pack, cell in zip(CITIES, cells, strict=True):
            left = left if cell == "=" else cell
            rows.append((pack, attribute, left))
    return rows


def shown(value: object) -> str:
    return " ".join(map(str, value)) or "()" if isinstance(value, tuple | MappingProxyType) else str(value)


@pytest.mark.parametrize(("pack", "attribute", "value"), table())
def test_pack_has_the_value_of_the_requirements(pack: str, attribute: str, value: str) -> None:
    assert shown(getattr(rules_of(pack), attribute)) == value


@pytest.mark.parametrize("pack", CITIES)
def test_every_parameter_has_a_clause_or_a_reason_for_its_default(pack: str) -> None:
    # I10: every timer cites a clause or "default"
    rules = rules_of(pack)

    for attribute, clause in rules.clauses.items():
        if clause == packs.SILENT:
            assert rules.reasons[attribute], attribute
        else:
            assert re.match(r"[A-Z]{2}-\d", clause), (attribute, clause)


@pytest.mark.parametrize(
    ("pack", "attribute", "clause"),
    [
        ("jiangyin", "sign_limit", "JY-10.2a, A-14"),
        ("jiangyin", "dispatch_limit", "JY-10.1a"),
        ("jiangyin", "handle_limit_other", "JY-10.3b"),
        ("suqian", "direct_answer_limit", "SQ-10.3a, A-06, A-50"),
        ("suzhou", "sign_limit", packs.SILENT),
        ("suzhou", "ext_window", "SZ-15.3c, A-04"),
    ],
)
def test_parameter_cites_its_clause_or_says_that_the_document_is_silent(pack: str, attribute: str, clause: str) -> None:
    assert rules_of(pack).clauses[attribute] == clause


def test_overlay_changes_only_what_it_speaks_of() -> None:
    # JS-0, JS-1b, JS-2.1e, JS-2.1g, JS-2.2b, JS-2.4b, A-35, A-36
    base, over = rules_of("suzhou"), rules_of("suzhou", "jiangsu_2021")

    changed_attributes = {
        parameter.attribute
        for parameter in parameters.PARAMETERS
        if getattr(base, parameter.attribute) != getattr(over, parameter.attribute)
    }

    assert changed_attributes == {
        "display_name", "center_name", "line_modes", "line_mode_transitions", "callback_by", "research_panel",
    }  # fmt: skip
    assert over.display_name == "12345政务服务便民热线"
    assert over.center_name == "12345政务服务便民热线中心"
    assert over.research_panel
    assert "merged>dual" not in over.line_mode_transitions
    assert over.overlays == ("jiangsu_2021@2021-11-30",)
    assert over.clauses["research_panel"] == "JS-2.4b, A-67"


def test_no_pack_cites_a_clause_that_says_nothing() -> None:
    # JS-2.5: only its heading is known; SZ-1, JY-1, SQ-1: the bases give no values
    cited = [entry.clause for pack in packfiles.shipped_packs() for entry in pack.entries.values()]

    ids = {one.strip() for clause in cited for one in clause.split(",")}

    assert not ids & {"JS-2.5", "SZ-1", "JY-1", "SQ-1"}


# which version applies


def version_of(pack: str, version: str, **header: Any) -> Pack:
    heading = {**PLAIN[pack]["pack"], "version": version, "effective_from": version, **header}
    return packs.load({**PLAIN[pack], "pack": heading}, where="pack.toml")


OLD, NEW = version_of("jiangyin", "2020-07-13"), version_of("jiangyin", "2027-01-01")
OVERLAY = version_of("jiangsu_2021", "2021-11-30")
LIBRARY = (OLD, NEW, OVERLAY)


@pytest.mark.parametrize(
    ("on", "version"),
    [
        (date(2020, 7, 13), "2020-07-13"),  # the first day, JY-38
        (date(2026, 12, 31), "2020-07-13"),
        (date(2027, 1, 1), "2027-01-01"),
    ],
)
def test_version_in_force_is_the_newest_that_has_begun(on: date, version: str) -> None:
    assert packs.in_force(LIBRARY, "jiangyin", on=on).pack.version == version


def test_pack_is_refused_before_its_first_day() -> None:
    # JY-38, SZ-49, SQ-26
    with pytest.raises(NotInForce, match="自 2020-07-13 起施行，2020-07-12 还不能适用"):
        packs.in_force(LIBRARY, "jiangyin", on=date(2020, 7, 12))


def test_pinned_version_applies_on_any_day() -> None:
    chosen = packs.in_force(LIBRARY, "jiangyin", on=date(2019, 1, 1), version="2027-01-01")

    assert chosen.pack is NEW


def test_overlay_applies_from_its_first_day() -> None:
    before = packs.in_force(LIBRARY, "jiangyin", ["jiangsu_2021"], on=date(2021, 11, 29))
    after = packs.in_force(LIBRARY, "jiangyin", ["jiangsu_2021"], on=date(2021, 11, 30))

    assert (before.overlays, after.overlays) == ((), (OVERLAY,))


def test_overlay_applies_on_any_day_when_a_version_is_pinned() -> None:
    with_pack = packs.in_force(LIBRARY, "jiangyin", ["jiangsu_2021"], on=date(2020, 8, 1), version="2020-07-13")
    by_itself = packs.in_force(LIBRARY, "jiangyin", ["jiangsu_2021@2021-11-30"], on=date(2020, 8, 1))

    assert with_pack.overlays == by_itself.overlays == (OVERLAY,)


@pytest.mark.parametrize(
    ("pack", "overlays", "version", "reason"),
    [
        ("jiangyn", [], None, "是不是“jiangyin”"),
        ("jiangsu_2021", [], None, "是叠加包，不能单独使用"),
        ("jiangyin", ["jiangyin"], None, "是基本规则包，不能作叠加包"),
        ("jiangyin", ["jiangsu"], None, "没有这个规则包"),
        ("jiangyin", [], "2020-07-14", "没有这个版本；现有：2020-07-13、2027-01-01"),
    ],
)
def test_unknown_pack_is_refused_with_a_hint(pack: str, overlays: list[str], version: str | None, reason: str) -> None:
    with pytest.raises(UnknownPack) as refused:
        packs.in_force(LIBRARY, pack, overlays, on=A_DAY, version=version)

    assert reason in refused.value.reason


def test_empty_library_says_that_there_is_nothing() -> None:
    with pytest.raises(UnknownPack, match="现有：无"):
        packs.in_force((), "jiangyin", on=A_DAY)


@pytest.mark.parametrize(
    ("name", "parts"),
    [("jiangyin", ("jiangyin", None)), ("jiangyin@2020-07-13", ("jiangyin", "2020-07-13"))],
)
def test_name_splits_into_id_and_version(name: str, parts: tuple[str, str | None]) -> None:
    assert packs.split(name) == parts


def heir(inherits: str, **tables: Any) -> Pack:
    header = {
        "id": "kunshan",
        "version": "2026-01-01",
        "effective_from": date(2026, 1, 1),
        "city": "昆山市",
        "title": "昆山市热线办法",
        "document": "昆政办发〔2025〕1号",
        "zone": "Asia/Shanghai",
        "inherits": inherits,
        "clause_prefix": "KS",
    }
    return packs.load({"pack": header, **tables}, where="pack.toml")


@pytest.mark.parametrize("inherits", ["suzhou", "suzhou@2020-12-16"])
def test_heir_differs_from_its_base_in_one_parameter(inherits: str) -> None:
    # SZ-47
    kunshan = heir(inherits, sign_limit={"value": "2 WH", "clause": "KS-9"})
    library = (*packfiles.shipped_packs(), kunshan)

    chosen = packs.in_force(library, "kunshan", on=A_DAY)
    rules = packs.rules(chosen.pack, calendar=CALENDAR)

    assert (rules.pack, rules.city, rules.sign_limit, rules.clauses["sign_limit"]) == (
        "kunshan", "昆山市", Amount(2, "WH"), "KS-9",
    )  # fmt: skip
    assert rules.handle_limit_other == Amount(7, "WD")


def test_heir_of_an_unknown_base_is_refused() -> None:
    kunshan = heir("wuxi", sign_limit={"value": "2 WH", "clause": "KS-9"})

    with pytest.raises(UnknownPack, match="wuxi"):
        packs.in_force((*packfiles.shipped_packs(), kunshan), "kunshan", on=A_DAY)


def test_heir_of_itself_is_refused() -> None:
    kunshan = heir("kunshan", sign_limit={"value": "2 WH", "clause": "KS-9"})

    with pytest.raises(UnknownPack, match="kunshan"):
        packs.in_force((kunshan,), "kunshan", on=A_DAY)


# settings of a rehearsal


@pytest.mark.parametrize(
    ("settings", "attribute", "value"),
    [
        ({"ext_window": "at_least_24h_before"}, "ext_window", "at_least_24h_before"),
        ({"appeal_roll": False}, "appeal_roll", False),
        ({"appeal_roll": "false"}, "appeal_roll", False),  # a rehearsal's file keeps scalars as text
        ({"count_window": "rolling_30d"}, "count_window", "rolling_30d"),
        ({"sign_limit": "6 WH"}, "sign_limit", Amount(6, "WH")),
        ({"sign_limit": Amount(6, "WH")}, "sign_limit", Amount(6, "WH")),
        ({"handle_limit 咨询": "2 WD"}, "handle_limit_consult", Amount(2, "WD")),
        ({"handle_limit": "2 WD"}, "handle_limit_other", Amount(2, "WD")),
        ({"handle_limit": "2 WD"}, "handle_limit_consult", Amount(2, "WD")),
        ({"handle_limit": {"非咨询": "9 WD"}}, "handle_limit_other", Amount(9, "WD")),
        ({"handle_limit": {"consult": "1 WD"}}, "handle_limit_consult", Amount(1, "WD")),
        ({"emergency.dispatch_limit": "15 MIN"}, "emergency_dispatch_limit", Amount(15, "MIN")),
        ({"emergency": {"dispatch_limit": "15 MIN"}}, "emergency_dispatch_limit", Amount(15, "MIN")),
        ({"emergency_dispatch_limit": "15 MIN"}, "emergency_dispatch_limit", Amount(15, "MIN")),
        ({"redo_max": "2"}, "redo_max", 2),
        ({"redo_max": 2}, "redo_max", 2),
        ({"ext_count": None}, "ext_count", None),
        ({"ext_count": "null"}, "ext_count", None),
        ({"ext_count": "3"}, "ext_count", 3),
        ({"publish_exceptions": ["1", "3"]}, "publish_exceptions", (1, 3)),
        ({"emergency_numbers": [110, "119"]}, "emergency_numbers", ("110", "119")),
        ({"online_channels": "none"}, "online_channels", ()),
        ({"callback_by": 12345}, "callback_by", "12345"),
        ({"ext_inform_citizen": True}, "ext_inform_citizen", "guard"),
        ({"ext_inform_citizen": "no"}, "ext_inform_citizen", "none"),
        ({"reply_approval": None}, "reply_approval", "none"),
        ({"ext_cap": "one_period"}, "ext_cap", "one_period"),
        ({"ext_cap": "6 CD"}, "ext_cap", Amount(6, "CD")),
        ({"repeat_month_window": "2 calendar months"}, "repeat_month_window", 2),
        ({"callback": {"chain": ["phone"]}}, "callback_chain", ("phone",)),
    ],
)
def test_setting_changes_its_parameter(settings: dict[str, object], attribute: str, value: object) -> None:
    rules = rules_of("jiangyin", **settings)

    assert getattr(rules, attribute) == value
    assert rules.clauses[attribute] == packs.SET_IN_REHEARSAL


@pytest.mark.parametrize(
    ("settings", "key", "reason"),
    [
        ({"sign_limits": "4 WH"}, "sign_limits", "是不是“sign_limit”"),
        ({"nothing": {"like": "it"}}, "nothing", "没有这个参数"),
        ({"emergency": {"speed": 1}}, "emergency.speed", "没有这个参数"),
        ({"emergency": "10 MIN"}, "emergency", "没有这个参数"),
        ({"sign_limit": "4 hours"}, "sign_limit", "正整数加单位"),
        ({"sign_limit": "0 WH"}, "sign_limit", "正整数加单位"),
        ({"sign_limit": 4}, "sign_limit", "带单位的文字"),
        ({"sign_limit": "99999 WD"}, "sign_limit", "超过十年"),
        ({"handle_limit": "soon"}, "handle_limit", "正整数加单位"),
        ({"ext_window": "last_24"}, "ext_window", "是不是“last_24h”"),
        ({"appeal_roll": "maybe"}, "appeal_roll", "true 或 false"),
        ({"redo_max": -1}, "redo_max", "不小于 0"),
        ({"redo_max": True}, "redo_max", "不小于 0"),
        ({"display_name": ""}, "display_name", "非空文字"),
        ({"callback.chain": "phone"}, "callback.chain", "列表"),
        ({"callback.chain": ["phone", "phone"]}, "callback.chain", "重复"),
        ({"callback.chain": []}, "callback.chain", "不能为空"),
        ({"callback.chain": ["sms"]}, "sms_answer_window", "不能为 none"),
        ({"channels": ["phone"]}, "channels", "代码 = 中文名称"),
        ({"channels": {"Phone": "电话"}}, "channels", "小写字母"),
        ({"channels": {"phone": ""}}, "channels", "非空文字"),
        ({"channels": "none"}, "channels", "不能为空"),
        ({"appeal_types": {"ask": "咨询"}}, "appeal_types", "不是可选值"),
        ({"publish_exceptions": [5]}, "publish_exceptions", "1 至 4"),
        ({"repeat_leader": "head"}, "repeat_leader", "单位层级 = 角色"),
        ({"repeat_leader": {"village": "head"}}, "repeat_leader", "不是可选值"),
        ({"repeat_leader": {"city": "seat"}}, "repeat_leader", "不是可选值"),
        ({"repeat_policy": "escalate_leader"}, "repeat_month_window", "不能为 none"),
        ({"repeat_month_window": "soon"}, "repeat_month_window", "自然月数"),
        ({"repeat_month_window": True}, "repeat_month_window", "自然月数"),
        ({"assessment.publish_due": "soon"}, "assessment.publish_due", "end_of_next_month"),
        ({"line_mode_transitions": ["dual-merged"]}, "line_mode_transitions", "原代码>新代码"),
        ({"office_hours": "9-5"}, "office_hours", "09:00-12:00"),
        ({"office_hours": [9]}, "office_hours", "09:00-12:00"),
        ({"office_hours": []}, "office_hours", "至少要有一个班次"),
        ({"office_hours": "25:00-26:00"}, "office_hours", "时刻不存在"),
        ({"office_hours": "12:00-09:00"}, "office_hours", "早开始、晚结束"),
        ({"office_hours": "09:00-12:00,11:00-17:00"}, "office_hours", "不与前一班次重叠"),
    ],
)
def test_setting_is_refused_with_key_and_reason_when(settings: dict[str, object], key: str, reason: str) -> None:
    with pytest.raises(BadSetting) as refused:
        rules_of("jiangyin", **settings)

    assert refused.value.key == key
    assert reason in refused.value.reason
    assert str(refused.value) == f"{key}：{refused.value.reason}"


def test_setting_of_office_hours_changes_working_time() -> None:
    rules = rules_of("jiangyin", office_hours="08:30-12:00, 14:00-18:00")

    assert rules.worktime.office_hours.shifts_on(A_DAY) == ((time(8, 30), time(12)), (time(14), time(18)))
    assert rules.office_hours is rules.worktime.office_hours


def test_overlay_that_leaves_what_does_not_go_together_is_refused() -> None:
    header = {**PLAIN["jiangsu_2021"]["pack"], "id": "texting"}
    overlay = packs.load(
        {"pack": header, "callback": {"chain": {"value": ["sms"], "clause": "JS-2.1c"}}}, where="pack.toml"
    )

    with pytest.raises(UnfitOverlay) as refused:
        packs.rules(OLD, [overlay], calendar=CALENDAR)

    assert refused.value.key == "sms_answer_window"


# faults of a file

CELL = {"value": "4 WH", "clause": "JY-10.2a"}


@pytest.mark.parametrize(
    ("plain", "key", "reason"),
    [
        # the header
        (changed(pack=None), "pack", "缺少 [pack] 表"),
        (changed(pack__colour="red"), "pack.colour", "没有这一项"),
        (changed(pack__titel="办法"), "pack.titel", "是不是“title”"),
        (changed(pack__id="Jiang Yin"), "pack.id", "小写字母"),
        (changed(pack__version="v1"), "pack.version", "应为日期"),
        (changed(pack__effective_from="soon"), "pack.effective_from", "应为日期"),
        (changed(pack__title=""), "pack.title", "非空文字"),
        (changed(pack__document=None), "pack.document", "缺少这一项"),
        (changed(pack__city=None), "pack.city", "缺少这一项"),
        (changed(pack__zone="Asia/Jiangyin"), "pack.zone", "不是时区"),
        (changed(pack__zone="../../etc/passwd"), "pack.zone", "不是时区"),
        (changed(pack__zone=8), "pack.zone", "不是时区"),
        (changed(pack__basis="29号"), "pack.basis", "列表"),
        (changed(pack__overlay="yes"), "pack.overlay", "true 或 false"),
        (changed(pack__inherits="Suzhou"), "pack.inherits", "小写字母"),
        (changed(pack__inherits="suzhou@new"), "pack.inherits", "应为日期"),
        (changed(pack__clause_prefix="jy"), "pack.clause_prefix", "大写字母"),
        # keys
        (changed(sign_limit=None), "sign_limit", "缺少这个参数（签收时限）"),
        (changed(emergency__track=None), "emergency.track", "缺少这个参数"),
        (changed(sign_limits=CELL), "sign_limits", "是不是“sign_limit”"),
        (changed(emergency__speed=CELL), "emergency.speed", "没有这个参数"),
        (changed(forum="4 WH"), "forum", "没有这个参数"),
        (changed(Sign_Limit=CELL), "Sign_Limit", "参数名应写成 sign_limit"),
        (changed(sign_limit="4 WH"), "sign_limit", "应为表"),
        (changed(sign_limit={**CELL, "unit": "WH"}), "sign_limit.unit", "没有这一项"),
        (changed(sign_limit={**CELL, "clauses": ""}), "sign_limit.clauses", "是不是“clause”"),
        # values
        (changed(sign_limit={"clause": "JY-10.2a"}), "sign_limit", "缺少 value"),
        (changed(sign_limit={**CELL, "value": "4 hours"}), "sign_limit.value", "正整数加单位"),
        (changed(ext_window={"value": "early", "clause": "JY-11a"}), "ext_window.value", "不是可选值"),
        (changed(reply_same_channel={"value": "yes", "clause": "JY-9.4"}), "reply_same_channel.value", "true 或 false"),
        (changed(redo_max={"value": "1", "clause": "JY-9.7c"}), "redo_max.value", "整数"),
        # sources
        (changed(sign_limit={"value": "4 WH"}), "sign_limit", "应有且只有一个"),
        (changed(sign_limit={**CELL, "default": "文件未写"}), "sign_limit", "应有且只有一个"),
        (changed(sign_limit={"value": "4 WH", "clause": ""}), "sign_limit", "非空文字"),
        (changed(sign_limit={"value": "4 WH", "default": " "}), "sign_limit", "非空文字"),
        (changed(sign_limit={"value": "4 WH", "clause": 10}), "sign_limit", "非空文字"),
        (changed(sign_limit={**CELL, "note": 1}), "sign_limit", "非空文字"),
        (changed(sign_limit={"value": "4 WH", "clause": "第十条"}), "sign_limit.clause", "不是条款编号"),
        (changed(sign_limit={"value": "4 WH", "clause": "WX-10"}), "sign_limit.clause", "不是条款编号"),
        (changed(sign_limit={"value": "4 WH", "clause": "JY-10.2a,"}), "sign_limit.clause", "不是条款编号"),
        (changed(sign_limit={"value": "4 WH", "clause": "JY-10.2a, A-3"}), "sign_limit.clause", "两位数"),
        (changed(sign_limit={"value": "4 WH", "default": "见 A-003"}), "sign_limit.default", "两位数"),
        (changed(sign_limit={"value": "4 WH", "default": "见 A-00"}), "sign_limit.default", "两位数"),
        (changed(sign_limit={"value": "4 WH", "clause": "JS-2.5"}), "sign_limit.clause", "只有标题"),  # JS-2.5
        (changed(sign_limit={"value": "4 WH", "clause": "JY-1"}), "sign_limit.clause", "只列制定依据"),  # JY-1
        (changed(sign_limit={"value": "4 WH", "clause": "SZ-1"}), "sign_limit.clause", "只列制定依据"),  # SZ-1
        (changed(sign_limit={"value": "4 WH", "clause": "SQ-1"}), "sign_limit.clause", "只列制定依据"),  # SQ-1
        (
            changed(sign_limit={"value": "4 WH", "default": "按苏政办发〔2020〕29号"}),
            "sign_limit.default",
            "只是制定依据",
        ),
        (changed(sign_limit={**CELL, "note": "同锡委办发〔2018〕81号"}), "sign_limit.default", "只是制定依据"),
        # what does not go together
        (
            changed(callback={"chain": {"value": ["sms"], "clause": "JY-9.6"}}),
            "sms_answer_window",
            "callback.chain 的取值要求",
        ),
        (changed(appeal_roll={"value": "none", "default": "不适用"}), "appeal_roll", "不能为 none"),
        (changed(channels={"value": "none", "clause": "JY-2a"}), "channels", "不能为空"),
        # seasons
        (changed(office_hours_seasons={"first": "06-01"}), "office_hours_seasons", "first、last"),
        (changed(office_hours_seasons=["summer"]), "office_hours_seasons", "first、last"),
        (
            changed(office_hours_seasons=[{"first": "06-31", "last": "09-30", "hours": ["09:00-12:00"]}]),
            "office_hours_seasons",
            "应为月日",
        ),
        (
            changed(office_hours_seasons=[{"first": "06-01", "last": "09-30", "hours": []}]),
            "office_hours_seasons",
            "至少要有一个班次",
        ),
        (
            changed(
                "jiangsu_2021", office_hours_seasons=[{"first": "06-01", "last": "09-30", "hours": ["09:00-12:00"]}]
            ),
            "office_hours_seasons",
            "同一文件",
        ),
        # overlays
        (changed("jiangsu_2021", sing_limit=CELL), "sing_limit", "是不是“sign_limit”"),
        ({"pack": PLAIN["jiangsu_2021"]["pack"]}, "pack", "没有任何参数"),
    ],
)
def test_pack_file_is_refused_with_key_and_reason_when(plain: dict[str, Any], key: str, reason: str) -> None:
    faults = [fault for fault in faults_of(plain) if fault.key == key]

    assert faults, faults_of(plain)
    assert any(reason in fault.reason for fault in faults), faults
    assert all(fault.file == "pack.toml" for fault in faults)


ODD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.dates() | st.times(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
PLACES = st.sampled_from([(name,) for name in PLAIN["jiangyin"]]) | st.sampled_from(
    [(name, key) for name, table in PLAIN["jiangyin"].items() for key in table]
)


@settings(deadline=None)
@given(PLACES, ODD)
def test_pack_file_of_any_shape_is_loaded_or_refused_with_reasons(place: tuple[str, ...], value: object) -> None:
    plain = changed(**{"__".join(place): value if value is not None else 0})

    faults: tuple[Fault, ...] = ()
    try:
        packs.load(plain, where="pack.toml")
    except Faulty as refused:
        faults = refused.faults

    assert all(fault.key and fault.reason for fault in faults)


@settings(deadline=None)
@given(st.sampled_from(parameters.NAMES), ODD)
def test_setting_of_any_shape_is_used_or_refused_with_a_reason(name: str, value: object) -> None:
    reason = "used"
    try:
        rules_of("jiangyin", **{name: value})
    except BadSetting as refused:
        reason = refused.reason

    assert reason


def test_every_fault_of_a_file_is_named_at_once() -> None:
    plain = changed(pack__zone="nowhere", sign_limit=None, ext_window={"value": "early", "clause": "JS-2.5"})

    keys = {fault.key for fault in faults_of(plain)}

    assert keys == {"pack.zone", "sign_limit", "ext_window.value", "ext_window.clause"}


def test_pack_may_cite_its_own_document_by_its_prefix() -> None:
    plain = changed(pack__clause_prefix="WX", sign_limit={"value": "4 WH", "clause": "WX-10.2a, A-03"})

    assert packs.load(plain, where="pack.toml").entries["sign_limit"].clause == "WX-10.2a, A-03"


def test_channel_is_added_by_configuration() -> None:
    # SQ-2
    plain = changed("suqian")
    plain["channels"]["value"]["douyin"] = "抖音"

    pack = packs.load(plain, where="pack.toml")

    assert packs.rules(pack, calendar=CALENDAR).channels["douyin"] == "抖音"


def test_summer_hours_come_before_the_rest_of_the_year() -> None:
    #
    seasons = [{"first": "06-01", "last": "09-30", "hours": ["09:00-12:00", "14:00-18:00"]}]

    pack = packs.load(changed(office_hours_seasons=seasons), where="pack.toml")
    hours = packs.rules(pack, calendar=CALENDAR).office_hours

    assert hours.shifts_on(date(2026, 7, 1))[1] == (time(14), time(18))
    assert hours.shifts_on(date(2026, 11, 2))[1] == (time(13, 30), time(17, 30))
    assert kinds.written(hours) == "06-01至09-30 09:00-12:00、14:00-18:00；01-01至12-31 09:00-12:00、13:30-17:30"
    assert kinds.plain(hours) == ["06-01至09-30 09:00-12:00、14:00-18:00", "01-01至12-31 09:00-12:00、13:30-17:30"]


def test_seasons_with_malformed_office_hours_are_refused_once() -> None:
    seasons = [{"first": "06-01", "last": "09-30", "hours": ["09:00-12:00"]}]
    plain = changed(office_hours={"value": "always", "default": "文件未写"}, office_hours_seasons=seasons)

    assert {fault.key for fault in faults_of(plain)} == {"office_hours.value", "office_hours_seasons"}


# how values are written


@pytest.mark.parametrize(
    ("value", "in_words", "in_json"),
    [
        (None, "none（无）", None),
        ((), "none（无）", []),
        ("none", "none（无）", "none"),
        (True, "true", True),
        (False, "false", False),
        (3, "3", 3),
        (Amount(4, "WH"), "4 WH（4个工作小时）", "4 WH"),
        (("a", "b"), "a、b", ["a", "b"]),
        (MappingProxyType({"phone": "电话"}), "phone 电话", {"phone": "电话"}),
        (MappingProxyType({}), "none（无）", {}),
        (
            OfficeHours((Season((1, 1), (12, 31), ((time(9), time(12)),)),)),
            "09:00-12:00",
            ["09:00-12:00"],
        ),
    ],
)
def test_value_is_written_for_people_and_for_programs(value: object, in_words: str, in_json: object) -> None:
    assert kinds.written(value) == in_words
    assert kinds.plain(value) == in_json


def test_office_hours_may_be_given_whole() -> None:
    hours = OfficeHours((Season((1, 1), (12, 31), ((time(9), time(12)),)),))

    assert rules_of("jiangyin", office_hours=hours).office_hours is hours


def test_fault_is_written_with_its_line_where_it_is_known() -> None:
    known, unknown = Fault("pack.toml", "sign_limit", "缺少 value", 12), Fault("pack.toml", "sign_limit", "缺少 value")

    assert str(known) == "pack.toml:12  sign_limit  缺少 value"
    assert str(unknown) == "pack.toml  sign_limit  缺少 value"


def test_shipped_packs_stand_in_folders_of_their_names() -> None:
    for folder in packfiles.pack_folders(packfiles.shipped_folder()):
        assert {pack.id for pack in packfiles.read_packs(folder)} == {folder.name}


def test_shipped_packs_have_scenarios_of_their_own() -> None:
    for city in CITIES:
        for file in Path(packfiles.shipped_folder() / city / "scenarios").glob("*.yaml"):
            assert re.search(rf"(?m)^pack: {city}\b", file.read_text(encoding="utf-8")), file.name
