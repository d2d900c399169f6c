"""Every fault of a pack's file is named with its key and what to do, whatever shape the file has."""

from __future__ import annotations

import copy
from datetime import date, time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.packing_ground import CALENDAR, PLAIN, rules_of

from minsheng.domain import kinds, packs, parameters
from minsheng.domain.faults import Fault, Faulty
from minsheng.domain.packs import BadSetting

CELL = {"value": "4 WH", "clause": "JY-10.2a"}


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


@pytest.mark.parametrize(
    ("plain", "key", "reason"),
    [
        # the header
        (changed(pack=None), "pack", "缺少 [pack] 表"),
        (changed(pack__color="red"), "pack.color", "没有这一项"),
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
            changed(callback={**PLAIN["jiangyin"]["callback"], "chain": {"value": ["sms"], "clause": "JY-9.6"}}),
            "sms_answer_window",
            "callback.chain 的取值要求",
        ),
        (changed(appeal_roll={"value": "none", "default": "不适用"}), "appeal_roll", "不能为 none"),
        (changed(channels={"value": "none", "clause": "JY-2a"}), "channels", "不能为空"),
        (
            changed(satisfied_grades={"value": ["satisfied", "x_good"], "clause": "JY-9.6"}),
            "satisfied_grades",
            "x_good不在 satisfaction_grades 中",
        ),
        # a city's own codes, limits, words and recipients
        (changed(appeal_types={"value": {"praise": "表扬"}, "clause": "JY-5.1.1"}), "appeal_types.value", "以 x_ 开头"),
        (changed(reject_codes={"value": {"R77": "广告"}, "clause": "JY-6.1"}), "reject_codes.value", "写作 X1"),
        (changed(reject_codes={"value": {"X1": ""}, "clause": "JY-6.1"}), "reject_codes.value", "非空文字"),
        (
            changed(publish_exceptions={"value": {"five": "未成年人"}, "clause": "JY-9.8.1"}),
            "publish_exceptions.value",
            "1 至 99",
        ),
        (
            changed(publish_exceptions={"value": {"5": " "}, "clause": "JY-9.8.1"}),
            "publish_exceptions.value",
            "非空文字",
        ),
        (changed(online_channels={"value": ["抖音"], "clause": "JY-2a"}), "online_channels.value", "小写字母"),
        (
            changed(online_channels={"value": ["web", "douyin"], "clause": "JY-2a"}),
            "online_channels",
            "douyin不在 channels 中",
        ),
        (changed(area_code={"value": 512, "default": "x"}), "area_code.value", "长途区号"),
        (changed(area_code={"value": "512", "default": "x"}), "area_code.value", "长途区号"),
        (changed(supervision__issuer={"value": [], "clause": "JY-20.8"}), "supervision.issuer.value", "至少要写一个"),
        (changed(supervision__issuer={"value": "seat", "clause": "JY-20.8"}), "supervision.issuer.value", "不是可选值"),
        (
            changed(handle_limit__by_type={"value": ["3 WD"], "clause": "JY-10.3d"}),
            "handle_limit.by_type.value",
            "的表",
        ),
        (
            changed(handle_limit__by_type={"value": {"help": "三天"}, "clause": "JY-10.3d"}),
            "handle_limit.by_type.value",
            "正整数加单位",
        ),
        (
            changed(handle_limit__by_channel={"value": {"pigeon": "3 WD"}, "clause": "JY-10.3d"}),
            "handle_limit.by_channel",
            "pigeon不在 channels 中",
        ),
        (
            changed(notices__words={"value": {"urged": "请{unit"}, "clause": "JY-20.1"}),
            "notices.words.value",
            "花括号应成对",
        ),
        (
            changed(notices__words={"value": {"urget": "请办"}, "clause": "JY-20.1"}),
            "notices.words.value",
            "是不是“urged”",
        ),
        (
            changed(notices__words={"value": {"overdue": "{timer}已过，{unit}请办"}, "clause": "JY-20.1"}),
            "notices.words.value",
            "没有 {unit} 这一填空：这种通知只能写 {timer}",
        ),
        (
            changed(notices__words={"value": {"dispatched": "请{unit}签收"}, "clause": "JY-20.1"}),
            "notices.words.value",
            "不能写任何填空",
        ),
        (changed(notices__also={"value": ["head"], "clause": "JY-20.1"}), "notices.also.value", "按通知种类"),
        (
            changed(notices__also={"value": {"urged": ["boss"]}, "clause": "JY-20.1"}),
            "notices.also.value",
            "不是可选值",
        ),
        (changed(notices__off={"value": ["referral_notice"], "clause": "JY-12.4"}), "notices.off.value", "不是可选值"),
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
            "clause（条款）或 default",
        ),
        (
            changed(
                office_hours_seasons=[
                    {"first": "06-01", "last": "09-30", "hours": ["09:00-12:00"]},
                    {"first": "09-30", "last": "12-30", "hours": ["10:00-11:00"]},
                ]
            ),
            "office_hours_seasons",
            "两季有相同的日期",
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
