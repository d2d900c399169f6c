"""The one place that turns refusals, messages and notices into Chinese sentences that say what to do.

Labels of states, commands, fields and clocks stand here too, so that pages, API, rehearsal and notices agree.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from minsheng.domain.orders.case import Message
from minsheng.domain.orders.facts import Notice
from minsheng.domain.orders.fields import Malformed
from minsheng.domain.packs import Rules
from minsheng.domain.rejected import Rejected

STATES = {
    "": "未登记",
    "DRAFT": "登记",
    "DETERMINE": "认定中",
    "SUBMITTED": "待交办",
    "DISPATCHED": "待签收",
    "HANDLING": "办理中",
    "RETURN_REQUESTED": "退回待审",
    "REPLIED": "待审核",
    "SUPPLEMENT": "待补充",
    "WAIT_SYNC": "待同步",
    "CALLBACK": "待回访",
    "CALLBACK_MANUAL": "待人工回访",
    "RESEARCH": "研判",
    "REDO": "待重办",
    "DECISION": "待热线办裁定",
    "RESTRICTED": "待内部批转",
    "REFERRED": "已内部批转",
    "EMERGENCY": "应急待决",
    "CLOSED": "已办结",
    "PENDING": "待备案",
    "FILED": "已备案",
}
REASONS = {
    "online": "在线答复",
    "rejected": "不予受理",
    "emergency_referral": "转紧急救助",
    "not_accepted": "认定不予受理",
    "linked": "并入在办工单",
    "not_redispatched": "不再交办",
    "satisfied": "满意",
    "no_objection": "无异议",
    "unreached": "未能联系",
    "no_reply": "短信未回复",
    "decision": "热线办裁定",
    "internal": "内部批转办结",
    "children_closed": "子单全部办结",
}
ROLES = {
    "seat": "座席",
    "specialist": "政策专员",
    "dispatcher": "交办员",
    "auditor": "审核员",
    "callback_agent": "回访员",
    "supervisor": "督办员",
    "designated_officer": "内部批转专人",
    "duty_leader": "值班领导",
    "office": "热线办",
    "command": "领导小组",
    "joint_meeting": "联席会议办公室",
    "discipline": "纪委监委",
    "connector": "对接系统",
    "forum_admin": "论坛管理员",
    "admin": "系统管理员",
    "officer": "经办人",
    "leader": "分管领导",
    "head": "主要负责人",
    "citizen": "诉求人",
    "duty": "值班人员",
    "personnel": "组织人事",
    "system": "系统",
}
TIMERS = {
    "dispatch": "交办",
    "sign": "签收",
    "return": "退回",
    "direct_answer": "直接答复",
    "handle": "办理",
    "return_review": "退回审核",
    "ext_review": "延期审核",
    "audit": "答复审核",
    "callback": "回访",
    "sms": "短信回访",
    "redo": "重办",
    "leader_follow_up": "领导跟进",
    "opinion": "出具认定意见",
    "opinion_review": "认定意见审核",
    "report": "报告值班领导",
    "decision": "应急决定",
    "emergency_dispatch": "应急交办",
    "initial_response": "初步响应",
    "emergency_result": "应急结果反馈",
    "referral_notice": "告知诉求人",
    "supervision": "督办反馈",
    "sync": "结果同步",
    "emergency_open": "应急提醒",
    "overdue_watch": "超期观察",
    "contact_change": "联系人备案",
}
STANDINGS = {
    "running": "计时中",
    "paused": "暂停",
    "met": "按时完成",
    "missed": "超期",
    "cancelled": "已取消",
    "annulled": "已撤销",
}
COMMANDS = {
    "register": "登记",
    "answer": "在线答复",
    "refer_emergency": "转紧急救助",
    "reject": "不予受理",
    "ask_acceptance": "提请认定",
    "give_opinion": "出具书面不予受理意见",
    "confirm_opinion": "确认不予受理",
    "refuse_opinion": "不予确认",
    "submit": "提交交办",
    "link": "并入在办工单",
    "mark_repeat": "标记重复投诉",
    "unmark_repeat": "取消重复标记",
    "decline_dispatch": "不再交办",
    "dispatch": "交办",
    "sign": "签收",
    "request_return": "申请退回",
    "accept_return": "同意退回",
    "refuse_return": "不同意退回",
    "request_extension": "申请延期",
    "approve_extension": "同意延期",
    "refuse_extension": "不同意延期",
    "contribute": "提交协办意见",
    "request_coordination": "申请协调",
    "name_lead": "指定牵头单位",
    "leader_follow_up": "领导跟进",
    "approve_reply": "审签答复",
    "reply": "提交答复",
    "sync_closed": "同步办结",
    "sync_result": "同步结果",
    "pass_audit": "审核通过",
    "reject_audit": "审核不通过",
    "answer_sms": "回复短信",
    "rate": "自行评价",
    "callback": "登记回访",
    "close_unreached": "无法联系办结",
    "redispatch": "重新交办",
    "judge": "研判",
    "close": "裁定办结",
    "reopen": "重新办理",
    "urge": "催办",
    "publish": "决定公开",
    "withdraw": "决定不公开",
    "set_publish": "变更公开意愿",
    "report": "报告值班领导",
    "ask_decision": "报请决定",
    "decide": "应急响应决定",
    "phone_unit": "电话告知经办人",
    "respond": "初步响应",
    "relieve": "解除响应单位",
    "handled": "处置完毕",
    "propose_referral": "提请内部批转",
    "refer": "内部批转",
    "notify_appellant": "告知诉求人",
    "return_result": "反馈批转结果",
    "close_referral": "办结批转件",
    "supervise": "督办",
    "feed_back": "督办反馈",
    "accept_feedback": "认可反馈",
    "reject_feedback": "不认可反馈",
    "measure": "约谈、通报、专报",
    "remind": "提醒督促",
    "transfer_to_discipline": "移送纪检监察",
    "change_contact": "变更联系人",
    "file_contact": "备案联系人",
    "load_calendar": "载入年历",
}
FIELDS = {
    "status": "状态",
    "since": "登记起始时间",
    "limit": "每页件数",
    "after": "续页标识",
    "fields": "查看项目",
    "source_no": "来源编号",
    "said_at": "来信时间",
    "submit": "是否提交交办",
    "identity": "诉求人身份",
    "address": "地址",
    "id_number": "证件号码",
    "name": "姓名",
    "title": "标题",
    "type": "诉求类型",
    "channel": "渠道",
    "appellant": "诉求人类别",
    "publish": "是否同意公开",
    "content": "诉求内容",
    "place": "地点",
    "facts": "事件情况",
    "level": "等级",
    "target_unit": "被反映单位",
    "target_person": "被反映人",
    "line": "来源热线",
    "system": "办理系统",
    "upper_due": "上级时限",
    "utility": "水电气抢修",
    "matter": "同一事项标识",
    "real_name": "实名信息",
    "written_opinion": "要求书面意见",
    "lead_needed": "需明确牵头单位",
    "emergency": "应急信息",
    "article": "知识条目",
    "no_article": "知识库无此条目",
    "text": "内容",
    "number": "紧急号码",
    "code": "不予受理情形",
    "explanation": "解释说明",
    "unit": "单位",
    "units": "承办单位（两个以上）",
    "lead": "牵头单位",
    "co": "协办单位",
    "parallel": "同时交办",
    "basis": "依据",
    "direct_answerable": "可直接答复",
    "document": "文书",
    "evidence": "证明材料",
    "reason": "理由",
    "to": "去向",
    "of": "所重复的工单",
    "new_facts": "有新情况新理由",
    "investigate": "需调查核实",
    "suggest": "改派建议",
    "length": "延期时间",
    "until": "延至",
    "by_workdays": "延长工作日数",
    "by_days": "延长天数",
    "progress": "当前处理进展",
    "next_steps": "后续处置安排",
    "leader_consent": "分管领导同意",
    "citizen_informed": "已告知诉求人",
    "question": "需协调的问题",
    "kind": "种类",
    "final_opinion": "最终答复意见",
    "message": "消息编号",
    "result": "办理结果",
    "defect": "不足之处",
    "comment": "审核意见",
    "satisfied": "是否满意",
    "resolved": "是否解决",
    "reached": "是否接通",
    "objection": "是否有异议",
    "verdict": "研判结论",
    "adviser": "法律顾问",
    "finding": "核查情况",
    "exception": "不公开情形",
    "unit_suggests_no": "单位建议不公开",
    "respond": "是否启动应急响应",
    "started": "已启动处置",
    "transfer_to": "建议转派单位",
    "joint_with": "建议联合单位",
    "branch": "批转情形",
    "handler": "办理单位",
    "cadre": "干部管理权限",
    "category": "督办类别",
    "ground": "事由",
    "phone": "联系电话",
    "year": "年份",
    "holidays": "放假日",
    "workdays": "调休上班日",
    "post": "岗位",
    "effective": "生效日期",
}
CHOICES: dict[str, dict[str, str]] = {
    "type": {"consult": "咨询", "help": "求助", "suggest": "建议", "complaint": "投诉", "report": "举报"},
    "appellant": {"citizen": "群众", "enterprise": "企业", "organization": "其他组织"},
    "publish": {"yes": "公开", "no": "不公开"},
    "system": {"12345": "12345 系统", "original": "原热线业务系统"},
    "kind": {
        "final": "正式答复",
        "preliminary": "初步办理情况",
        "direct": "直接答复",
        "interview": "约谈",
        "notice": "通报",
        "special_report": "信息专报",
    },
    "defect": {"irregular": "不规范", "vague": "不具体", "incomplete": "不完整"},
    "satisfied": {
        "very_satisfied": "很满意",
        "satisfied": "满意",
        "basically_satisfied": "基本满意",
        "dissatisfied": "不满意",
        "very_dissatisfied": "很不满意",
    },
    "verdict": {"reasonable": "诉求合理", "unreasonable": "诉求不合理"},
    "branch": {
        "12.1": "违法违纪（转纪委监委）",
        "12.2a": "作风效能，非市管干部（转主管部门并备案）",
        "12.2c": "作风效能，市管干部（转纪委监委）",
        "12.3": "其他需内部批转的",
    },
    "cadre": {"city": "市管", "other": "非市管"},
    "category": {
        "K1": "重大民生、中心工作",
        "K2": "办理质量差、推诿敷衍",
        "K3": "指定办理、上级交办、媒体曝光",
        "K4": "涉及层级或部门较多",
        "K5": "其他应解决而未解决",
    },
    "code": {
        "R1": "不在本市管辖范围",
        "R2": "已进入或须经信访、仲裁、复议、诉讼",
        "R3": "涉及国家秘密、商业秘密、个人隐私",
        "R4a": "恶意侮辱、诽谤等",
        "R4b": "内容不具体、无法办理",
        "R5": "已有最终答复或多次答复的同一事项",
        "R6": "紧急救助",
        "R7": "涉及未加入热线的单位",
        "R8": "不属行政管理职能",
        "R9": "其他（督办员认定）",
    },
    "level": {"major": "重大", "critical": "特别重大"},
    "exception": {
        "1": "转内部批转办理的",
        "2": "诉求人不同意公开的",
        "3": "单位建议不公开，经审查确不宜公开的",
        "4": "法律法规规定不公开的",
    },
    "to": {"office": "热线办", "discipline": "纪委监委"},
}
BREACHES = {
    "late_dispatch": "超期交办",
    "late_sign": "超期签收",
    "three_late_signs": "一个月内三次超期签收",
    "not_handled": "未按期办理",
    "late_handle": "超期答复",
    "lead_failed": "牵头单位未按期办理",
    "co_failed": "协办单位未按期办理",
    "late_audit": "超期审核",
    "late_callback": "超期回访",
    "late_emergency_dispatch": "应急超期交办",
    "late_response": "超期初步响应",
    "late_emergency_result": "应急结果超期反馈",
    "late_supervision": "超期反馈督办",
    "no_roster": "非工作时间无人值班",
    "late_contact": "联系人超期备案",
}
# Why a supervision order is suggested (SZ-40, SQ-18).
GROUNDS = {
    "upper": "上级交办件",
    "overdue": "办理超期",
    "still_open": "超期后仍未办结",
    "supervision_missed": "督办超期未反馈",
    "many_units": "涉及单位较多",
    "audit_rejected_again": "答复多次未通过审核",
    "dissatisfied": "诉求人不满意",
}
# Events that are no step of the life cycle, as the timeline calls them.
EVENTS = {
    "Completed": "补充登记信息",
    "LeaderDutyGiven": "交由领导跟进",
    "Dissatisfied": "诉求人不满意",
    "SupervisionSuggested": "建议督办",
    "TimerMissed": "时限已过",
    "ManualCallbackWanted": "转人工回访",
    "OverdueWatched": "超期列入观察",
    "RosterMissing": "非工作时间无值班安排",
    "DeadlineRecomputed": "按新年历重算时限",
}
STEPS = {
    **COMMANDS,
    "decide_opinion": "认定结论",
    "audit": "审核",
    "close": "办结",
    "publish": "公开",
    "withdraw": "撤下公开",
    "decide_publication": "公开决定",
    "decide_feedback": "督办反馈结论",
    "sync": "系统同步",
    "report_progress": "初步办理情况",
    "supply_document": "补充书面意见",
    "": "系统记录",
}

_REFUSALS = {
    "not_allowed_now": "工单现在处于“{state}”，不能进行这一操作，请刷新后查看可办事项。",
    "not_your_role": "“{role}”无权进行这一操作，请由有权限的岗位办理。",
    "not_your_unit": "这件工单不由贵单位办理，请核对工单编号和单位。",
    "field_missing": "请填写：{fields}。",
    "return_too_late": "退回时限已过（{due}），请按期办理；职责确有争议的，可申请协调。",
    "no_more_return": "热线办已审核决定由贵单位办理，不得再次退回；职责确有争议的，可申请协调。",
    "extension_too_early": "现在还不能申请延期，请在 {opens} 之后申请。",
    "extension_too_late": "延期申请的时间已过（{due}），请尽快答复并说明情况。",
    "extension_over_cap": "延期超过上限，最晚可延至 {latest}，请缩短延期时间。",
    "leader_consent_missing": "延期须先经本单位分管领导同意，请补充同意的情况。",
    "citizen_not_informed": "请先把延期的理由和时间告知诉求人，再提交申请。",
    "upper_limit": "这是上级时限，不能在本级延期，请向上级平台申请。",
    "reply_not_approved": "答复须先经本单位分管领导审签，请送审后再提交。",
    "leader_follow_up_missing": "这是重复投诉，须由本单位{leader}直接跟进并记录后才能答复。",
    "wrong_channel": "请按原渠道（{channel}）办理。",
    "document_missing": "缺少书面文书，请补充后再办理。",
    "attempts_missing": "还不能按无法联系办结：须在不同的 {days} 天内至少联系 {wanted} 次，现有 {attempts} 次。",
    "redo_exhausted": "已重办过一次，不再重新交办，请由热线办裁定。",
    "reason_missing": "请写明理由。",
    "evidence_missing": "请附上至少一份证明材料。",
    "unit_without_contact": "{unit}没有备案联系人，请先联系该单位备案，或改派其他单位。",
    "unit_not_joined": "{unit}尚未加入热线联动，请改派其他单位。",
    "new_facts_present": "诉求人提出了新情况新理由，应当交办。",
    "not_yet_enough_answers": "还不符合不再交办的条件（已按时答复 {count} 次），请交办。",
    "exception_needs_basis": "按法律法规不公开的，请写明法律法规名称和条款。",
    "never_public": "内部批转件和诉求人不同意公开的工单不得公开。",
    "is_emergency_number": "这类情况请立即转紧急救助号码，不建应急工单。",
    "wrong_authority": "按规定，这一事项须由其他有权岗位决定。",
    "receipts_missing": "结果须先报热线办，应备案的还须报纪委监委，收齐后才能办结。",
    "reminders_missing": "移送前须先提醒督促 {wanted} 次，现有 {count} 次。",
    "self_approval": "不能审批自己提交的内容，请由其他人办理。",
    "calendar_malformed": "年历有误（{value}）：日期须在当年，调休上班日须是周末且不与放假日重复。",
    "not_found": "没有找到这件工单，请核对编号。",
    "direct_answer_expired": "签收时限已过（{due}），不能再转为调查核实，请在直接答复时限内答复。",
    "code_not_in_pack": "本市规则没有“{value}”这一项，请重新选择。",
    "branch_mismatch": "批转情形、办理单位和干部管理权限不一致，请核对；被反映的单位不能自己办理。",
    "reveal_target_never": "被反映的单位和个人不能查看诉求人身份，请由回访员代为联系。",
    "reveal_role_never": "当前岗位不能查看诉求人身份。",
    "reveal_role_masked": "当前岗位只能查看脱敏信息。",
    "reveal_no_call_due": "现在没有待回访任务，不能查看联系方式。",
    "reveal_intake_over": "登记已完成，不能再查看完整身份信息。",
    "reveal_reason_missing": "请写明查看理由，查看会留下记录。",
    "reason_names_identity": "理由中请勿写电话或证件号码，请改写后再提交。",
    "bad_phone": "电话号码不正确，请填写手机号或带区号的固定电话。",
    "bad_id_number": "证件号码不正确，请核对后重新填写。",
    "unknown_unit": "没有名为“{unit}”的单位，请核对单位名称。",
    "unknown_appellant": "没有找到诉求人信息，请核对工单。",
    "unknown_city": "没有代码为“{city}”的城市，或已停用，请核对代码。",
    "pack_unusable": "{city} 的规则包不能适用：{reason}。",
    "city_exists": "城市代码“{city}”已被使用，请换一个。",
    "bad_city_code": "城市代码“{city}”应由 2 至 40 个小写字母、数字、下划线组成，以字母开头。",
    "year_is_final": "{year} 年的安排已是正式安排，不能用暂定安排替换。",
    "name_taken": "“{name}”已存在，请换一个名称。",
    "unknown_role": "没有岗位“{role}”，请核对岗位代码。",
    "role_needs_unit": "岗位“{role}”须指定所在单位。",
    "idempotency_key_reused": "这个提交标识已用于另一次提交，请刷新页面后重新提交。",
    "idempotency_in_flight": "同一次提交正在处理，请稍候查看结果，不要重复提交。",
    "conflict": "{who}已在 {at} 办理了“{what}”，请刷新后再操作。",
    "malformed": "“{field}”填写有误：{why}。",
    "not_a_file": "无法读取文件 {path}（{why}），请检查文件名和权限。",
    "bad_encoding": "文件 {path} 既不是 UTF-8 也不是 GB18030 编码，请另存为 UTF-8 编码的 CSV。",
    "no_text_column": "文件 {path} 的首行中没有来信内容一列（text，或 {names}），请补充列名。",
    "no_rows": "文件 {path} 是空的，请核对。",
    "open_quote": "从第 {line} 行起引号没有闭合，其后的内容无法读取；此前的行已导入，请改正后再次运行。",
    "bad_json": "请求体不是有效的 JSON，请按接口文档检查后重新提交。",
    "too_large": "提交的内容过大，请精简后重新提交。",
    "key_missing": "请在 Idempotency-Key 请求头中给出本次提交的唯一标识（1 至 200 个可见字符）。",
    "version_malformed": 'If-Match 请求头应为所见工单的版本号，例如 "3"。',
    "unauthenticated": "没有有效的访问令牌，请在 Authorization 请求头中给出 Bearer 令牌。",
    "role_wanted": "请用 X-Role 请求头写明以哪个岗位办理，可选：{choices}。",
    "method_not_allowed": "这个地址不支持这种请求方法，请核对接口文档。",
    "unavailable": "系统暂时无法访问数据库，这次操作没有完成，请过一分钟再试。",
    "fault": "系统出现故障，这次操作没有完成，没有做任何改动，请稍后再试。",
    "key_reused": "这个提交标识已用于另一次提交，请刷新页面后重新提交。",
    "in_flight": "同一次提交正在处理，请稍候查看结果，不要重复提交。",
}
_MESSAGES = {
    "matter_not_accepted": "这一事项此前已认定不予受理，可以不再交办，请向诉求人说明。",
    "referral_notice": "您所反映的问题已转由{unit}内部办理，{unit}的联系方式是{phone}",
}
_NOTICES = {
    "dispatched": "有新工单待签收，请在时限内签收。",
    "overdue": "{timer}已超期，请立即处理。",
    "leader_duty": "有一件重复投诉，请您直接跟进并记录。",
    "closed": "您反映的事项已办结，感谢您的来电来信。",
    "published": "您反映的事项及办理结果已按规定公开。",
    "acceptance_task": "有一件诉求不能确定是否受理，请认定。",
    "acceptance_asked": "有一件诉求请贵单位认定是否受理，请在时限内出具意见。",
    "opinion_given": "单位已出具不予受理意见，请审核。",
    "sync_lag": "原系统已办结但结果未同步，请督促对接。",
    "due_changed": "因年历更新，工单时限有变动，请查看。",
    "filing_copy": "有一件内部批转件报备案，请查收。",
    "request_escalated": "申请逾期未答复，请处理。",
    "urged": "诉求人催办，请抓紧办理。",
    "reopened": "工单经核查重新办理，请尽快落实。",
    "supervision": "收到一件督办，请在时限内反馈。",
    "supervision_suggested": "有工单建议督办，请研究。",
    "supervision_answered": "督办已反馈，请审定。",
    "measure": "热线主管部门对贵单位办理情况采取了督办措施，请查看。",
    "reminded": "请按要求抓紧办理，此为提醒督促。",
    "transferred": "有承办情况移送处理，请查收。",
    "return_requested": "有单位申请退回，请审核。",
    "return_accepted": "退回申请已同意。",
    "return_refused": "退回申请未同意，请继续办理。",
    "extension_requested": "有单位申请延期，请审核。",
    "extension_approved": "延期申请已同意。",
    "extension_refused": "延期申请未同意，请按期办理。",
    "extension_informed": "您反映的事项情况较复杂，办理时间有所延长，敬请谅解。",
    "coordination_requested": "有单位申请协调，请研究明确牵头单位。",
    "contributed": "协办单位已提交意见，请查看。",
    "replied": "有答复待审核。",
    "audit_rejected": "答复未通过审核，请补充后重新提交。",
    "sms_callback": "您反映的事项已有答复，请回复是否满意。",
    "callback_task": "有工单待回访。",
    "dissatisfied": "诉求人不满意，请处理。",
    "no_roster": "{unit}没有值班安排，请督促补充。",
    "phone_missing": "应急交办未见电话告知记录，请核实。",
    "step_alert": "应急环节超过提醒时间，请关注。",
    "emergency_reported": "收到应急情况报告，请立即报请决定。",
    "decision_wanted": "有应急情况待决定，请立即决定。",
    "emergency_decided": "已决定应急响应，请立即交办。",
    "emergency_unit_wanted": "响应单位建议由{unit}处置或联合处置，请立即研究。",
    "emergency_open": "应急事项尚未处置完毕，请关注。",
    "relieved": "已解除贵单位的应急处置任务。",
    "referral_proposed": "有一件诉求提请内部批转，请办理。",
    "referred": "有一件内部批转件请办理，请注意保密。",
    "referral_notice": "您所反映的问题已转由{unit}内部办理，{unit}的联系方式是{phone}",
    "result_returned": "内部批转件已有办理结果，请查收。",
    "contact_change": "{unit}变更联系人，请关注备案。",
}


_FAULTS = {
    "unknown_field": "没有这一项",
    "not_a_choice": "应为以下之一：{choices}",
    "not_a_flag": "应为“是”或“否”（true、false）",
    "not_a_count": "应为 0 至 999 的整数",
    "not_a_moment": "应为日期和时间，例如 2026-09-18T16:40:00+08:00，年份在 1950 至 2200 之间",
    "not_a_day": "应为日期，例如 2026-09-18，年份在 1950 至 2200 之间",
    "not_a_cursor": "应为上一页回答中的 next",
    "not_a_map": "应为一组“名称: 值”",
    "not_text": "应为文字",
    "too_long": "不得超过 {limit} 个字",
    "too_short": "不能为空",
    "too_many": "不得超过 {limit} 项",
    "bad_characters": "含有无法保存的字符，请删除后重新填写",
    "missing": "不能缺少",
}


def why(fault: Malformed) -> str:
    """Return what is wrong with a value, as words that follow a colon."""
    params = dict(fault.params)
    if isinstance(choices := params.get("choices"), tuple):
        params["choices"] = "、".join(map(str, choices))
    return _FAULTS.get(fault.code, "格式不对").format_map(_Blank({key: str(each) for key, each in params.items()}))


def say(said: Rejected | Message | Notice | Malformed, rules: Rules | None = None) -> str:
    """Return the Chinese sentence for a refusal, a message, a notice or a malformed field; `rules` give the city's zone and terms."""
    match said:
        case Rejected(code="no_more_return") if said.params.get("designated"):
            return "已指定牵头单位，不得再次退回；确有困难的，可申请协调。"
        case Rejected():
            return _fill(_REFUSALS.get(said.code, "这一操作未被接受，请刷新后重试。"), said.params, rules)
        case Message():
            return _fill(_MESSAGES[said.code], said.params, rules)
        case Malformed():
            name = said.key.rpartition(".")[2]
            return f"“{FIELDS.get(name, said.key)}”填写有误：{why(said)}。"
        case Notice():
            return _fill(_NOTICES.get(said.kind, "有新的事项，请查看。"), said.params, rules)


def label_of_status(status: str, reason: str | None = None) -> str:
    """Return the state's Chinese label, with the reason of a closing."""
    label = STATES.get(status, status)
    return f"{label}（{REASONS.get(reason, reason)}）" if reason else label


def label_of_actor(role: str, unit: str | None = None) -> str:
    """Return the Chinese words for a role, with its unit."""
    label = ROLES.get(role, role)
    return f"{unit}{label}" if unit else label


def label_of_field(name: str, *, command: str = "", rules: Rules | None = None) -> str:
    """Return the Chinese label of a command's field, in the words of the rule that wants it (JY-11b, SQ-10.4b)."""
    match command, name:
        case "request_extension", "reason":
            return "延期原因（理由）"
        case "request_return", "suggest" if rules is not None and "reason" not in rules.return_fields:
            return "办理建议"
        case _:
            return FIELDS.get(name, name)


def moment_text(moment: datetime, rules: Rules | None = None) -> str:
    """Return a moment as people read it, in the city's zone."""
    local = moment.astimezone(rules.worktime.zone) if rules is not None else moment
    return f"{local:%Y-%m-%d %H:%M:%S}"


class _Blank(dict[str, str]):
    """A sentence never fails for a value that a refusal did not carry."""

    def __missing__(self, key: str) -> str:
        return ""


def _fill(sentence: str, params: Mapping[str, object], rules: Rules | None) -> str:
    words = _Blank()
    for key, value in params.items():
        if isinstance(value, datetime):
            words[key] = moment_text(value, rules)
        elif key == "fields" and isinstance(value, tuple):
            command = str(params.get("command", ""))
            words[key] = "、".join(label_of_field(str(name), command=command, rules=rules) for name in value)
        elif key == "role":
            words[key] = ROLES.get(str(value), str(value))
            words["leader"] = words[key]
        elif key == "status":
            words["state"] = STATES.get(str(value), str(value))
        elif key == "timer":
            words[key] = f"{TIMERS.get(str(value), str(value))}时限"
        elif key == "channel" and rules is not None:
            words[key] = rules.channels.get(str(value), str(value))
        else:
            words[key] = str(value)
    return sentence.format_map(words).replace("（）", "")
