"""Packs: every fault of a file is named, the right version applies, settings of a rehearsal change what they say."""

from __future__ import annotations

import dataclasses
from datetime import date, time
from types import MappingProxyType
from typing import Any

import pytest
from tests.packing_ground import A_DAY, CALENDAR, PLAIN, rules_of

from minsheng.domain import kinds, packs, parameters
from minsheng.domain.faults import Fault
from minsheng.domain.packs import BadSetting, NotInForce, Pack, Rules, UnfitOverlay, UnknownPack
from minsheng.domain.worktime import Amount, OfficeHours, Season
from minsheng.gateways import packfiles

# the table of parameters


def test_every_parameter_is_an_attribute_of_rules_and_the_other_way_round() -> None:
    header = {
        "pack", "version", "overlays", "city", "title", "document", "effective_from", "basis", "supersedes",
        "interpreter", "worktime", "unit_worktimes", "clauses", "reasons",
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
        (date(2020, 7, 13), "2020-07-13"),  # the first day
        (date(2026, 12, 31), "2020-07-13"),
        (date(2027, 1, 1), "2027-01-01"),
    ],
)
def test_version_in_force_is_the_newest_that_has_begun(on: date, version: str) -> None:
    assert packs.in_force(LIBRARY, "jiangyin", on=on).pack.version == version


def test_pack_is_refused_before_its_first_day() -> None:
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


@pytest.mark.clause("SZ-47")
@pytest.mark.parametrize("inherits", ["suzhou", "suzhou@2020-12-16"])
def test_heir_differs_from_its_base_in_one_parameter(inherits: str) -> None:
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
        (
            {"channel_sources": {"phone": "phone", "fax": "online"}},
            "channel_sources",
            {"phone": "phone", "fax": "online"},
        ),
        ({"channel_sources": "none"}, "channel_sources", {}),
        ({"supervision.issuer": "joint_meeting"}, "supervision_issuer", ("joint_meeting",)),
        (
            {"supervision.issuer": ["supervisor", "joint_meeting"]},
            "supervision_issuer",
            ("supervisor", "joint_meeting"),
        ),
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
        ({"supervision.issuer": []}, "supervision.issuer", "至少要写一个"),
        ({"supervision.issuer": ["seat"]}, "supervision.issuer", "不是可选值"),
        ({"channel_sources": ["phone"]}, "channel_sources", "渠道代码 = 来源"),
        ({"channel_sources": {"fax": "paper"}}, "channel_sources", "不是可选值"),
        ({"appeal_types": {"ask": "咨询"}}, "appeal_types", "不是可选值"),
        ({"publish_exceptions": [5]}, "publish_exceptions", "1 至 4"),
        ({"repeat_leader": "head"}, "repeat_leader", "单位层级 = 角色"),
        ({"repeat_leader": {"village": "head"}}, "repeat_leader", "不是可选值"),
        ({"repeat_leader": {"city": "seat"}}, "repeat_leader", "不是可选值"),
        ({"repeat_policy": "escalate_leader"}, "repeat_month_window", "不能为 none"),
        ({"repeat_month_window": "soon"}, "repeat_month_window", "自然月数"),
        ({"repeat_month_window": True}, "repeat_month_window", "自然月数"),
        ({"assessment.publish_due": "soon"}, "assessment.publish_due", "end_of_next_month"),
        ({"assessment.weights": {"timely": 90}}, "assessment.weights", "权重合计为 90"),
        ({"assessment.weights": {"prompt": 100}}, "assessment.weights", "不是可选值"),
        ({"assessment.weights": {"timely": True}}, "assessment.weights", "0 至 100"),
        ({"assessment.weights": [100]}, "assessment.weights", "代码 = 权重"),
        ({"assessment.exports": {"营商环境考核": "none"}}, "assessment.exports", "没有权重"),
        ({"assessment.exports": {"营商环境考核": {"timely": 1}}}, "assessment.exports", "合计为 1"),
        ({"assessment.exports": ["营商环境考核"]}, "assessment.exports", "名称 = 权重表"),
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


def test_setting_of_weights_is_read_and_none_takes_them_away() -> None:
    weights = {"timely": 60, "late_signs": 40}
    exports = {"营商环境考核": {"timely": 100}}

    given = rules_of("suqian", **{"assessment.weights": weights, "assessment.exports": exports})
    none = rules_of("suqian", **{"assessment.weights": "none", "assessment.exports": "none"})

    assert (dict(given.assessment_weights), dict(given.assessment_exports["营商环境考核"])) == (
        weights,
        {"timely": 100},
    )
    assert not none.assessment_weights
    assert not none.assessment_exports


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
