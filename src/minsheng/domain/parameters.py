"""Every parameter of a rule pack: its name in packs and settings, how it is read, and what people call it.

The table is the contract between packs (data), `Rules` (its typed form) and `minsheng pack`; a test holds the three
together. Kinds of values: `kinds.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from types import MappingProxyType
from typing import Any, cast

from minsheng.domain import call_queues as queues
from minsheng.domain import kinds, notices
from minsheng.domain import monitoring_rules as monitoring
from minsheng.domain.actors import ROLES
from minsheng.domain.assessment import CRITERIA
from minsheng.domain.kinds import Reader, amount, choice, codes, count, flag, labels, optional, text, texts
from minsheng.domain.quiet import QuietHours
from minsheng.domain.worktime import Amount


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter: `name` is what packs and settings write, `attribute` what `Rules` calls it."""

    name: str
    read: Reader
    label: str
    group: str
    attribute: str
    aliases: tuple[str, ...] = ()


def _in(group: str, *rows: tuple[str, Reader, str] | tuple[str, Reader, str, str]) -> tuple[Parameter, ...]:
    """Make the parameters of a group; a fourth cell is the attribute where it is not the name with underscores."""
    made = []
    for name, read, label, *other in rows:
        attribute = other[0] if other else name.replace(".", "_").lower()
        made.append(Parameter(name, read, label, group, attribute, (attribute,)))
    return tuple(made)


# What an order can be asked to have before it is dispatched: fields of its registration.
SUBMIT_FIELDS = ("content", "appellant", "publish", "place", "target_unit", "line", "matter", "real_name")
# Who signs in at a desk.
STAFF = tuple(role for role in ROLES if role != "citizen")
_limit = optional(amount)
_start = choice("submitted", "dispatched", "signed")
# Desks of the hotline that may decide on more time, and that may close what a second round did not settle.
_approver = choice("auditor", "dispatcher", "supervisor", "office")
_closer = choice("supervisor", "office", "joint_meeting")

PARAMETERS: tuple[Parameter, ...] = (
    *_in(
        "工作时间",
        ("office_hours", kinds.office_hours, "办公时间"),
        ("office_hours_by_unit", kinds.hours_by_unit, "单位的办公时间"),
        ("workday_rule", choice("end_of_nth_day", "same_time", "end_of_day_24"), "工作日算法"),
        # Another country's days would have to be known first (packs/calendar).
        ("calendar", kinds.calendar, "日历"),
        ("service_hours", text, "热线服务时间"),
    ),
    *_in(
        "名称与受理",
        ("display_name", text, "热线名称"),
        ("center_name", text, "热线中心名称"),
        ("unit_term", text, "办理单位的称谓"),
        ("channels", labels(), "受理渠道"),
        ("online_channels", kinds.names, "网上渠道"),
        ("channel_sources", kinds.sources, "渠道在发布中的来源"),
        ("upper_channels", texts, "上级交办渠道"),
        ("real_name", choice("optional", "required_online"), "实名登记"),
        ("appeal_types", labels("consult", "help", "suggest", "complaint", "report"), "诉求类型"),
        ("submit_fields", codes(*SUBMIT_FIELDS), "提交工单必填项"),
        (
            "reject_codes",
            kinds.coded("R1", "R2", "R3", "R4a", "R4b", "R5", "R5b", "R6", "R7", "R8", "R9"),
            "不予受理代码",
        ),
        ("emergency_numbers", texts, "紧急求助号码"),
        ("area_code", optional(kinds.area), "本市长途区号"),
        ("undecided_acceptance", choice("unit_written_opinion", "superior"), "首接人员无法认定时"),
        ("determine_limit", _limit, "书面不予受理意见时限"),
        ("opinion_review_limit", amount, "不予受理意见审核时限"),
        ("nonaccept_excluded_from_assessment", flag, "认定不予受理的不纳入评价"),
        ("line_modes", labels(), "归并热线方式"),
        ("line_mode_transitions", kinds.transitions, "归并方式可作的变更"),
    ),
    *_in(
        "交办与签收",
        ("acceptance_limit", _limit, "网上诉求受理核对时限"),
        ("dispatch_limit", amount, "交办时限"),
        ("dispatch_limit_multi", amount, "交办时限（多部门需明确牵头）"),
        ("classify_before_dispatch", flag, "交办前须分类"),
        ("dispatch_starts_at", choice("registered", "submitted"), "交办时限起算"),
        ("sign_limit", amount, "签收时限"),
        ("sign_starts_at", _start, "签收时限起算"),
    ),
    *_in(
        "办理",
        ("direct_answer_limit", _limit, "直接答复时限"),
        ("handle_limit.consult", amount, "办理时限（咨询）"),
        ("handle_limit.other", amount, "办理时限（非咨询）"),
        ("handle_limit.by_type", kinds.amounts, "办理时限（按类型另定）"),
        ("handle_limit.by_channel", kinds.amounts, "办理时限（按渠道另定）"),
        ("handle_starts_at", _start, "办理时限起算"),
        ("limit_measured_at", choice("unit_completed_at", "closed_at"), "办理时限的截止点"),
        ("upper_override", flag, "上级交办件从其规定"),
        ("upper_extension", choice("connector_only", "allowed"), "上级时限的延期"),
        ("unit_override", choice("none", "stricter_only"), "单位实施细则"),
    ),
    *_in(
        "退回",
        ("return_limit", amount, "退回时限"),
        ("return_fields", codes("reason", "basis", "suggest"), "退回必填项"),
        ("return_max_after_refusal", count(), "退回未获准后可再退次数"),
        ("return_pauses_handling", flag, "退回审核期间办理时限暂停"),
        ("return_grace", _limit, "退回未获准后的最短剩余时间"),
        ("return_review_limit", amount, "退回审核时限"),
    ),
    *_in(
        "延期",
        ("ext_window", choice("last_24h", "at_least_24h_before", "any_before"), "延期申请窗口"),
        ("ext_cap", kinds.period, "延期上限（累计）"),
        ("ext_count", optional(count(1)), "延期次数上限"),
        ("ext_fields", codes("reason", "length", "progress", "next_steps"), "延期必填项"),
        ("ext_unit_leader_consent", flag, "延期须经单位分管领导同意"),
        ("ext_inform_citizen", choice("guard", "notice", "none", flags=("none", "guard")), "延期告知诉求人"),
        ("ext_approver", _approver, "延期审核角色"),
        ("ext_review_limit", amount, "延期审核时限"),
        ("ext_pending_suspends_miss", flag, "延期待审期间不计逾期"),
    ),
    *_in(
        "答复与审核",
        ("reply_approval", choice("none", "leader"), "答复的批准"),
        ("reply_same_channel", flag, "按原渠道答复"),
        ("audit", choice("hotline", "none"), "答复审核"),
        ("audit_limit", amount, "审核时限"),
        ("audit_pauses_handling", flag, "审核期间办理时限暂停"),
    ),
    *_in(
        "回访与重办",
        ("callback.chain", codes("sms", "phone", "self"), "回访方式"),
        ("callback.skip_types", kinds.names, "不回访的诉求类型"),
        ("callback_by", choice("any", "12345"), "回访的组织者"),
        ("callback_relay", flag, "单位经热线转接联系诉求人"),
        ("callback_limit", amount, "回访时限"),
        ("urge_every", _limit, "诉求人催办间隔"),
        ("urge_unit_hourly", optional(count(1)), "一小时内对同一单位催办的件数上限"),
        ("urge_silence", amount, "催办后无动作列入名单的时间"),
        ("sms_answer_window", _limit, "短信回访等候时间"),
        ("callback_attempts", count(1), "联系不上的回访次数"),
        ("callback_attempt_days", count(1), "回访须分布的天数"),
        (
            "satisfaction_grades",
            labels("very_satisfied", "satisfied", "basically_satisfied", "dissatisfied", "very_dissatisfied"),
            "满意度等级",
        ),
        ("satisfied_grades", kinds.names, "计为满意的等级"),
        ("research_panel", flag, "不满意诉求研判"),
        ("redo_max", count(), "重办次数"),
        ("redo_period", kinds.period, "重办时限"),
        ("close_after_redo", _closer, "重办后仍不满意的办结角色"),
    ),
    *_in(
        "公开",
        ("publish_default", flag, "办理结果默认公开"),
        ("publish_exceptions", kinds.exceptions, "不公开情形"),
    ),
    *_in(
        "内部批转",
        ("internal_referral", flag, "内部批转"),
        ("internal_branches", codes("12.1", "12.2a", "12.2c", "12.3"), "内部批转情形"),
        ("internal_notice_limit", _limit, "内部批转告知时限"),
        ("discipline_unit", text, "纪检监察机关"),
    ),
    *_in(
        "重复诉求",
        ("repeat_policy", choice("final_opinion", "timely_count", "escalate_leader"), "重复诉求的处理"),
        ("repeat_timely_threshold", optional(count(1)), "不再交办的及时答复次数（超过）"),
        ("repeat_month_window", optional(kinds.months), "重复投诉：办结后自然月数"),
        ("repeat_unresolved_days", _limit, "重复投诉：首次投诉起未解决（超过）", "repeat_unresolved_after"),
        ("repeat_leader", kinds.leaders, "重复投诉跟进领导"),
        ("leader_follow_up_limit", _limit, "领导跟进时限"),
    ),
    *_in(
        "通知",
        ("notices.words", kinds.words(notices.KINDS, notices.PLACES), "通知用语"),
        ("notices.also", kinds.recipients(notices.KINDS, *ROLES), "通知另告知的岗位"),
        ("notices.off", codes(*sorted(notices.KINDS - notices.OWED)), "不发的通知"),
    ),
    *_in(
        "应急",
        ("emergency.enabled", flag, "应急处置"),
        ("emergency.track", choice("full", "special"), "应急程序"),
        ("emergency.dispatch_limit", amount, "应急交办时限"),
        ("emergency.response_limit", amount, "初步响应（初步办理情况）时限"),
        ("emergency.handle_limit", _limit, "应急办理时限"),
        ("emergency.handle_alert", amount, "应急办理提醒间隔"),
        ("emergency.result_limit", amount, "应急结果反馈时限"),
        ("emergency.step_alert", amount, "应急各环节提醒"),
        ("emergency.phone_confirm", flag, "应急交办电话确认"),
        ("emergency.grounds", kinds.titled, "应急事项的情形"),
        ("emergency.ground_wants", kinds.titled, "各应急情形须填明的内容"),
    ),
    *_in(
        "督办与协调",
        ("supervision.issuer", kinds.one_or_more(codes("joint_meeting", "supervisor")), "督办签发"),
        ("supervision.limit", amount, "督办反馈时限"),
        (
            "supervision.auto_rules",
            codes("K1", "K2", "K3", "K4", "K5", "overdue", "dissatisfied"),
            "督办建议的情形",
        ),
        ("severe_organs", texts, "情节严重的推送机关"),
        ("supervision.overdue_K5", _limit, "K5：逾期未办结超过"),
        ("supervision.rejections_K2", count(1), "K2：审核退回次数"),
        ("multi_unit_K4", count(2), "K4：涉及单位数"),
        ("multi_level_K4", count(2), "K4：涉及层级数"),
        ("supervision.mark", text, "督办单字号"),
        ("inquiry.reminder_workdays", count(1), "监督来函到期前提醒（工作日）"),
        ("coordination.convener", choice("joint_meeting", "office"), "专题协调召集"),
    ),
    *_in(
        "人员与席位",
        ("desks", labels(), "席位"),
        ("desks_covered", kinds.names, "须全天有人的席位"),
        ("staff_levels", labels(), "岗位级别"),
        ("specialist_kinds", labels(), "政策专员类别"),
    ),
    *_in(
        "登录与安全",
        ("second_factor", codes(*STAFF), "登录须用第二因素的岗位"),
        ("second_factor_days", count(), "同一浏览器免第二因素的天数"),
        ("sso_factor", texts, "统一身份认证中视为第二因素的方式"),
        ("password_policy", choice("dengbao3", "asvs"), "密码规则"),
        ("dormant_days", count(), "多少天不使用即停用账号"),
        ("step_up_minutes", count(1), "重要操作前再次确认身份的间隔（分钟）"),
        ("step_up_openings", count(), "一小时内查看个人信息满几次后须再次确认身份"),
    ),
    *_in(
        "联系人与知识库",
        ("contact_change_limit", amount, "人员变动备案时限"),
        ("kb_update_limit", amount, "知识库更新时限"),
        ("kb_standard_answer_limit", amount, "标准答案制定时限"),
        ("knowledge.approval", choice("leader", "head"), "知识条目由谁审批"),
        ("knowledge.gap_count", count(1), "七天内同类诉求“无知识条目”几次即提示"),
        ("knowledge.correction_count", count(1), "同一条目收到几次纠错即提示"),
        ("question.limit", _limit, "政务问答台提问答复时限"),
    ),
    *_in(
        "好差评",
        ("bad_review.contact", _limit, "差评联系时限"),
        ("bad_review.limit", _limit, "差评整改时限"),
    ),
    *_in(
        "来信与消息",
        ("incoming.chat_limit", _limit, "短信、微信等来信查看时限"),
        ("incoming.post_limit", _limit, "邮件、信函、传真等来信查看时限"),
        ("incoming.advertising", texts, "疑似广告用词"),
        ("quiet_hours", optional(kinds.quiet), "免打扰时段"),
    ),
    *_in(
        "电话",
        ("telephony.queues", queues.read, "来电队列"),
        ("telephony.lines", queues.numbers, "被叫号码进入的队列"),
        ("telephony.prefixes", queues.numbers, "主叫号段进入的队列"),
        ("telephony.menu", queues.keys, "语音导航按键进入的队列"),
        ("telephony.greeting", text, "接通后的问候语"),
        ("telephony.ring_seconds", count(5), "座席振铃时间（秒）"),
        ("telephony.wrap_up_seconds", count(), "话后处理时间（秒）"),
        ("telephony.callback_after", optional(count(10)), "等候满多少秒可留号回拨"),
        ("telephony.callback_attempts", count(1), "回拨次数上限"),
        ("telephony.callback_pause", count(30), "两次回拨的间隔（秒）"),
        ("telephony.breaks", labels(), "小休事由"),
        ("telephony.tiers", labels(), "可接入、转接的其他平台及其号码"),
    ),
    *_in(
        "论坛",
        ("forum.claim_limit", _limit, "领办时限"),
        ("forum.attention", _limit, "关注时限"),
        ("forum.stance", _limit, "表态性回复时限"),
        ("forum.final", _limit, "最终答复时限"),
        ("forum.request_answer", _limit, "转交、共同办理回应时限"),
        ("forum.rating_window", _limit, "网民评价时限"),
        ("forum.rectification", _limit, "限时整改时限"),
        ("forum.reply_approval", choice("none", "leader", "leader_or_head"), "论坛答复的批准"),
        ("forum.publish_default", optional(flag), "论坛答复公开"),
        ("forum.real_name", optional(flag), "论坛后台实名"),
        ("forum.moderation_alert", _limit, "审核提醒时限"),
        ("forum.marked_words", texts, "审核时标出的用词"),
        ("forum.boards", labels(), "论坛版块"),
        ("forum.boards_closed", texts, "停止发帖的版块"),
        ("forum.notices", kinds.dated_texts, "发帖前的提示（按日期）"),
    ),
    *_in(
        "计数与问责",
        ("late_sign_threshold", count(1), "当月未按时签收次数（达到）"),
        ("count_window", choice("calendar", "rolling_30d"), "累计口径"),
        ("person_month", optional(count(1)), "个人一个月累计次数"),
        ("person_quarter", optional(count(1)), "个人一个季度累计次数"),
        ("reminders_before_transfer", optional(count(1)), "移送前提醒督促次数"),
        ("transfer.receivers", kinds.one_or_more(texts), "移送的接收机关（第一个为未写明时的接收机关）"),
        ("monitoring.rules", monitoring.read, "电子监察规则"),
        ("accountability.grounds", kinds.titled, "问责情形"),
        ("accountability.text_grounds", texts, "须写明事由的问责情形"),
        ("accountability.exemptions", kinds.titled, "不予追究和容错的情形"),
        ("accountability.aggravating", kinds.titled, "从重情形"),
        ("accountability.severity", kinds.lists("minor", "serious"), "情节轻重与追究形式"),
        ("accountability.measures", texts, "责任追究形式（个人）"),
        ("accountability.unit_measures", texts, "责任追究形式（单位）"),
        ("accountability.filings", codes("discipline", "personnel"), "问责决定抄报备案"),
        ("accountability.protects", texts, "须保护投诉人、举报人的从重情形"),
        ("accountability.gaps", texts, "说明规则有空白的不予追究情形"),
        ("accountability.self_criticism", flag, "书面检查"),
        ("appeal_limit", _limit, "申诉时限"),
        ("appeal_decision_limit", _limit, "申诉处理时限"),
        ("appeal_roll", optional(flag), "申诉期末日遇休息日顺延"),
        ("aggravating_window", optional(choice("rolling_year", "calendar_year")), "从重情节的一年"),
    ),
    *_in(
        "评估、报告与数据",
        ("assessment.cycle", codes("month", "quarter", "year"), "评估周期"),
        ("assessment.publish_due", kinds.publish_due, "评估结果发布期限"),
        (
            "third_party_assessment",
            choice("none", "third_party", "mystery_call", flags=("none", "third_party")),
            "第三方测评、拨测",
        ),
        ("assessment.weights", kinds.weights(*CRITERIA), "评估指标权重（合计 100，未列的只统计不计分）"),
        ("assessment.exports", kinds.named_weights(*CRITERIA), "评估结果纳入的考核及其权重"),
        ("contact_posts", kinds.one_or_more(texts), "单位须设的联系人岗位"),
        ("officer_conditions", texts, "便民服务员的条件"),
        ("honors.proposers", kinds.one_or_more(texts), "通报表扬的共同提请方"),
        ("honors.recipients", kinds.one_or_more(texts), "通报表扬报请"),
        ("bulletin_recipients", texts, "通报、专报报送"),
        ("bulletin_cc", texts, "通报抄送"),
        ("reports", labels(), "报告种类"),
        ("special_report_period", codes("monthly", "weekly", "daily_in_incidents", "on_demand"), "专报周期"),
        ("program_kinds", labels(), "节目种类"),
        ("event_threshold", count(2), "集中事件的诉求数"),
        ("event_window", amount, "集中事件的时间窗"),
        ("lookback_sample", count(), "每季“回头看”抽查比例（%）"),
        ("lookback_limit", amount, "回访复核时限"),
        ("upload_lag_alert", amount, "数据上传滞后提醒"),
        ("data_share_deidentified", flag, "共享数据去标识"),
        ("openings_per_hour", count(1), "每人每小时查看个人信息次数上限"),
    ),
)

# What a pack may say already and nothing obeys yet, with the feature that will; `minsheng pack show` says so. A test
# holds the table to the code: a parameter that is read leaves it.
NOT_YET: Mapping[str, str] = {
    attribute: feature
    for feature, attributes in {
        "电话": ("service_hours", "callback_relay"),
        "归并热线": ("line_modes", "line_mode_transitions", "callback_by"),
        "数据共享": ("data_share_deidentified",),
    }.items()
    for attribute in attributes
}  # fmt: skip

# What a whole pack may leave out, since packs are older than the parameter, with the value that it has then.
MAY_LACK: Mapping[str, object] = {
    "area_code": None,
    # SZ-39, SQ-18.0: no number; a unit that is urged all day long reads none of it.
    "urge_unit_hourly": 30,
    "urge_silence": Amount(4, "WH"),
    # SZ-41a, JS-2.4c: no number.
    "lookback_limit": Amount(10, "WD"),
    # SZ-40.4: "跨层级" begins with the second level.
    "multi_level_k4": 2,
    "supervision_mark": "督办",
    # SZ-30b, JY-16: "核实整改" without a number.
    "bad_review_contact": Amount(1, "WD"),
    "bad_review_limit": Amount(4, "WD"),
    # JY-2a, SQ-2: no number; what is like a talk waits minutes, what comes by post a day.
    "incoming_chat_limit": Amount(3, "MIN"),
    "incoming_post_limit": Amount(24, "CH"),
    # SZ-8b, JY-17: a unit is answerable for its articles; the numbers of the hints are ours.
    "knowledge_approval": "leader",
    "knowledge_gap_count": 5,
    "knowledge_correction_count": 3,
    "question_limit": Amount(3, "WD"),
    # SZ-20a, SZ-25b: "实时巡帖" without a number; as long as a unit has to attend to it.
    "forum_claim_limit": Amount(4, "WH"),
    # SZ-17b: "应当经过审核" without a number; somebody waits for it.
    "forum_moderation_alert": Amount(2, "CH"),
    "forum_marked_words": (),
    # SZ-28a names no boards and no words; a city has its own.
    "forum_boards": MappingProxyType({}),
    "forum_boards_closed": (),
    "forum_notices": MappingProxyType({}),
    "quiet_hours": QuietHours(time(22), time(8)),
    # GB/T 33358-2016: no menu is best; JS-2.3c. Nothing says how long a phone rings.
    "telephony_queues": queues.ONE,
    "telephony_lines": MappingProxyType({}),
    "telephony_prefixes": MappingProxyType({}),
    "telephony_menu": MappingProxyType({}),
    "telephony_greeting": "您好，这里是12345热线。通话将被录音，正在为您转接人工座席。",
    "telephony_ring_seconds": 15,
    "telephony_wrap_up_seconds": 30,
    "telephony_callback_after": 60,
    "telephony_callback_attempts": 3,
    "telephony_callback_pause": 300,
    "telephony_tiers": MappingProxyType({}),
    "telephony_breaks": MappingProxyType({"rest": "休息", "meal": "用餐", "meeting": "会议"}),
    "incoming_advertising": (),
    # JS-2.3b, JS-2.3f: the seats' groups, and the specialists for enterprises and for talents.
    "desks": MappingProxyType(
        {"ordinary": "综合", "enterprise": "企业", "talent": "人才", "emergency": "应急", "zone": "业务专区"}
    ),
    # GB/T 22239-2019 8.1.4.1 d is for systems of its third level; the overlay `dengbao3` asks every role.
    "second_factor": (),
    "second_factor_days": 0,
    "sso_factor": (),
    "password_policy": "dengbao3",
    "dormant_days": 90,
    "step_up_minutes": 15,
    "step_up_openings": 10,
    # JS-1b: at every hour there is a seat.
    "desks_covered": ("ordinary",),
    # SZ-42: a day before.
    "inquiry_reminder_workdays": 1,
    # No document gives weights: those of packs/assessment.toml.
    "assessment_weights": MappingProxyType({}),
    "assessment_exports": MappingProxyType({}),
    # JY-3b: a unit without either of these is to be seen.
    "contact_posts": ("分管领导", "经办人"),
    "officer_conditions": (),
    # No document says who proposes: the hotline's office.
    "honors_proposers": ("热线办",),
    "honors_recipients": ("市政府",),
    # Without rules nothing is monitored.
    "monitoring_rules": MappingProxyType({}),
    # Without grounds no case is proposed.
    "accountability_grounds": MappingProxyType({}),
    "accountability_text_grounds": (),
    "accountability_exemptions": MappingProxyType({}),
    "emergency_grounds": MappingProxyType({}),
    "emergency_ground_wants": MappingProxyType({}),
    "accountability_aggravating": MappingProxyType({}),
    "accountability_filings": (),
    "accountability_protects": (),
    "accountability_gaps": (),
    "accountability_severity": MappingProxyType({}),
    "staff_levels": MappingProxyType(
        {"member": "组员", "lead": "班长", "section": "科长", "deputy": "副主任", "director": "主任"}
    ),
    "specialist_kinds": MappingProxyType(
        {"enterprise": "企业", "talent": "人才", "law": "法律", "language": "外语", "social": "社保", "housing": "住房"}
    ),
}

GROUPS: tuple[str, ...] = tuple(dict.fromkeys(parameter.group for parameter in PARAMETERS))
NAMES: tuple[str, ...] = tuple(parameter.name for parameter in PARAMETERS)
BY_ATTRIBUTE: Mapping[str, Parameter] = {parameter.attribute: parameter for parameter in PARAMETERS}
_BY_SPELLING: Mapping[str, Parameter] = {
    spelling.lower(): parameter for parameter in PARAMETERS for spelling in (parameter.name, *parameter.aliases)
}


def find(name: str) -> Parameter | None:
    """Return the parameter that `name` names: as in a pack, with underscores, or as the requirements write it."""
    spelled = name.strip().lower().replace("非咨询", "other").replace("咨询", "consult")
    return _BY_SPELLING.get(".".join(spelled.split()))


def unsound(values: Mapping[str, object]) -> list[tuple[str, str]]:
    """Return what does not go together in a whole set of values, as (name, Chinese reason)."""
    needs: list[tuple[str, bool, str, str]] = [
        ("undecided_acceptance", values["undecided_acceptance"] == "unit_written_opinion", "determine_limit", "时限"),
        ("callback.chain", "sms" in _tuple(values["callback_chain"]), "sms_answer_window", "等候时间"),
        ("repeat_policy", values["repeat_policy"] == "timely_count", "repeat_timely_threshold", "次数"),
        ("repeat_policy", values["repeat_policy"] == "escalate_leader", "repeat_month_window", "自然月数"),
        ("repeat_policy", values["repeat_policy"] == "escalate_leader", "repeat_unresolved_after", "时长"),
        ("repeat_policy", values["repeat_policy"] == "escalate_leader", "repeat_leader", "跟进领导"),
        ("internal_referral", values["internal_referral"] is True, "internal_branches", "情形"),
        ("appeal_limit", values["appeal_limit"] is not None, "appeal_decision_limit", "处理时限"),
        ("appeal_limit", values["appeal_limit"] is not None, "appeal_roll", "是否顺延"),
    ]
    faults = [
        (BY_ATTRIBUTE[wanted].name, f"不能为 none：{name} 的取值要求在这里给出{what}")
        for name, applies, wanted, what in needs
        if applies and not values[wanted] and values[wanted] is not False
    ]
    for name, listed in _NAMED_ELSEWHERE.items():
        strange = [code for code in _tuple_of(values[name]) if code not in _tuple_of(values[listed])]
        if strange and values[listed]:
            faults.append((BY_ATTRIBUTE[name].name, f"{'、'.join(strange)}不在 {BY_ATTRIBUTE[listed].name} 中"))
    for attribute in ("appeal_types", "channels", "callback_chain", "satisfaction_grades"):
        if not values[attribute]:
            faults.append((BY_ATTRIBUTE[attribute].name, "不能为空"))
    grounds, receivers = (cast(Any, values[name]) for name in ("accountability_grounds", "transfer_receivers"))
    fitting = monitoring.unsound(cast(Any, values["monitoring_rules"]), grounds=grounds, receivers=receivers)
    return faults + [("monitoring.rules", fault) for fault in fitting] + queues.unsound(cast(Any, values))


# Codes that must stand in another list of the same rules.
_NAMED_ELSEWHERE = {
    "handle_limit_by_type": "appeal_types",
    "handle_limit_by_channel": "channels",
    "online_channels": "channels",
    "callback_skip_types": "appeal_types",
    "satisfied_grades": "satisfaction_grades",
    "desks_covered": "desks",
}


def _tuple_of(value: object) -> tuple[str, ...]:
    return tuple(value) if isinstance(value, tuple | Mapping) else ()


def _tuple(value: object) -> tuple[object, ...]:
    return value if isinstance(value, tuple) else ()
