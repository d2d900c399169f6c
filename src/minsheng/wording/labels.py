"""Chinese labels of states, roles, commands and clocks, so that pages, API and notices agree; of fields: `fields`."""

from __future__ import annotations

from typing import Final

from minsheng.wording.accountability import ACCOUNTABILITY_CLOCKS
from minsheng.wording.checks import CHECK_CLOCKS
from minsheng.wording.forum import FORUM_CLOCKS
from minsheng.wording.knowledge import KNOWLEDGE_BREACHES, KNOWLEDGE_CLOCKS
from minsheng.wording.language import Table

# Of which tier a city's platform is.
TIERS = Table({"province": "省级", "city": "市级", "county": "县级"})
STATES = Table(
    {
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
)
# The lists of the desks; those that are a state's list are called as the state is.
QUEUES = Table(
    {
        "": "全部待办",
        "everything": "全部工单",
        "overdue": "已超期",
        "soon": "即将超期",
        "late": "超期未办",
        "near": "即将超期",
        "claimed": "我领的",
        "extension": "延期待审",
        "supervised": "督办",
        "dispute": "争议",
        "publication": "待定公开",
        "rejection": "提请不予受理",
        "desk_enterprise": "企业诉求",
        "desk_emergency": "应急诉求",
        "look_back": "回头看",
        "mine": "我登记的",
        "approval": "待审签",
        "assigned": "分给我的",
        "to_sign": "待签收",
        "handling": "待办",
        "co": "协办",
        "returned": "退回",
        "done": "已办",
        "SUBMITTED": "待交办",
        "REDO": "重办",
        "EMERGENCY": "应急",
        "REPLIED": "答复待审",
        "DRAFT": "登记未交",
    }
)
# The channels by which people write and are written to.
CHANNELS = Table(
    {
        "sms": "短信",
        "mail": "电子邮件",
        "wechat": "微信",
        "wecom": "企业微信",
        "alipay": "支付宝",
        "fax": "传真",
        "letter": "信函",
        "visit": "来访",
        "app": "客户端",
    }
)
# What the supervisor's desk counts of each unit.
OVERSIGHT = Table(
    {
        "open": "在办",
        "unsigned": "待签收超期",
        "near": "即将超期",
        "over": "已超期",
        "late_signs": "本月超期签收",
        "watched": "督办中",
        "urged": "被催办",
        "silent": "催办后无动作",
    }
)
# What the lake's datasets are about.
DATASETS = Table(
    {
        "orders": "工单",
        "stages": "办理环节",
        "callbacks": "回访",
        "calls": "话务",
        "threads": "论坛",
        "article_uses": "知识库使用",
        "move_car": "挪车服务",
        "deliveries": "数据共享",
        "broadcasts": "广播直播",
        "questions": "政务问答",
        "papers": "专报",
        "stocks": "存量",
        "things": "事项",
        "incidents": "平台运行事件",
        "violations": "监察情形",
        "breaches": "超期和违规",
        "supervisions": "督办",
        "measures": "约谈通报和问责",
        "mystery_calls": "拨测",
        "reviews": "好差评",
        "messages": "告知消息",
        "survey_answers": "问卷调查",
    }
)
REASONS = Table(
    {
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
        "no_callback": "按规定不回访",
        "decision": "热线办裁定",
        "internal": "内部批转办结",
        "children_closed": "子单全部办结",
    }
)
# The same endings as the appellant reads them.
ENDINGS = Table(
    {
        "online": "已答复",
        "rejected": "不予受理",
        "emergency_referral": "已转紧急救助",
        "not_accepted": "经认定不予受理",
        "linked": "与另一件相同，已合并办理",
        "not_redispatched": "不再转办",
        "satisfied": "满意",
        "no_objection": "您对办理结果没有异议",
        "unreached": "未能联系到您",
        "no_reply": "未收到您的短信回复",
        "no_callback": "已答复办结",
        "decision": "经热线中心核定",
        "internal": "已按规定办结",
        "children_closed": "各单位均已办结",
    }
)
ROLES = Table(
    {
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
        "mystery_caller": "拨测员",
        "overseer": "监督查阅员",
        "admin": "系统管理员",
        "security_admin": "安全管理员",
        "audit_admin": "审计管理员",
        "officer": "经办人",
        "leader": "分管领导",
        "head": "主要负责人",
        "citizen": "诉求人",
        "duty": "值班人员",
        "personnel": "组织人事",
        "system": "系统",
    }
)
JOBS = Table(
    {
        "messages": "发送短信",
        "message_receipts": "核对短信回执",
        "scans": "收取扫描文件",
        "hints": "清理过期的知识提示",
        "forget_telephony_asks": "清理已办理的话务操作",
        "watch_answering": "查看近 24 小时 15 秒接通率，低于 95% 的提醒督办员",
        "look_after_telephony": "了结失联的来电，请离岗人员下线",
        "mail": "收取邮件",
        "talks": "办理微信等对话的后续事项",
        "forget_talks": "清理过期的对话",
        "forget_grants": "清理过期的公众应用令牌",
        "monitoring_gaps": "查找电子监察的遗漏情形",
        "forget_visits": "清理论坛浏览计数用的临时记录",
        "remind_of_moderation": "提醒久未审核的帖子、跟帖",
        "figures": "统计公开数据",
        "reports_count": "报告取数",
        "reports_plan": "安排到期的报告",
        "boards": "统计驾驶舱",
        "rehearse_packs": "演练待施行的规则包",
        "look": "抽查诉求原文和附件",
        "journal_months": "为流水准备以后各月的存储",
        "forget_answers": "清理接口应答记录",
        "watch_desks": "查看席位有无空缺",
        "watch_audit": "查看审计记录是否送到日志服务器",
        "watch_refusals": "查看有无异常的拒绝记录",
        "end_dormant": "停用长期不用的账号",
        "remind_of_experts": "提醒将满的专家任期",
        "forget_sessions": "清理过期的登录、验证码和次数",
        "forget_drafts": "清理未提交的暂存内容和已办结事项的文稿",
        "forget_assignments": "清理已办结工单的分办记录",
        "forget_report_jobs": "清理已结束的取数记录",
        "forget_citizens": "清理过期的验证码和链接",
        "forget_filings": "清理未提交的诉求草稿",
        "take_answers": "归入问卷答卷",
        "forget_signals": "清理过期的实时消息和领单",
    }
)
TIMERS = Table(
    {
        "acceptance": "受理核对",
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
        "report_due": "报告报送",
        "look": "来信查看",
        **ACCOUNTABILITY_CLOCKS,
        **KNOWLEDGE_CLOCKS,
        **CHECK_CLOCKS,
        **FORUM_CLOCKS,
    }
)
STANDINGS = Table(
    {
        "running": "计时中",
        "paused": "暂停",
        "met": "按时完成",
        "missed": "超期",
        "cancelled": "已取消",
        "annulled": "已撤销",
    }
)
COMMANDS = Table(
    {
        "register": "登记",
        "answer": "在线答复",
        "refer_emergency": "转紧急救助",
        "reject": "不予受理",
        "propose_rejection": "提请不予受理",
        "dismiss_rejection": "不同意不予受理",
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
        "escalate": "提请协调",
        "instruct": "转达批示",
        "leader_follow_up": "领导跟进",
        "approve_reply": "审签答复",
        "reply": "提交答复",
        "sync_closed": "同步办结",
        "sync_result": "同步结果",
        "pass_audit": "审核通过",
        "reject_audit": "审核不通过",
        "answer_sms": "回复短信",
        "rate": "自行评价",
        "rate_joined": "登记合并件评价",
        "callback": "登记回访",
        "close_unreached": "无法联系办结",
        "send_back": "退回重办",
        "redispatch": "重新交办",
        "judge": "研判",
        "close": "裁定办结",
        "reopen": "重新办理",
        "add_material": "补充材料",
        "note_undelivered": "告知未送达",
        "call_instead": "短信未送达，改为电话回访",
        "told_by_phone": "登记已电话告知",
        "urge": "催办",
        "publish": "决定公开",
        "withdraw": "决定不公开",
        "set_publish": "变更公开意愿",
        "report": "报告值班领导",
        "ask_decision": "报请决定",
        "decide": "应急响应决定",
        "phone_unit": "电话告知经办人",
        "three_way": "登记三方通话",
        "transfer_call": "登记电话转接",
        "respond": "初步响应",
        "relieve": "解除响应单位",
        "succeed": "承接更名、合并单位的工单",
        "handled": "处置完毕",
        "propose_referral": "提请内部批转",
        "refuse_referral": "不同意内部批转",
        "refer": "内部批转",
        "notify_appellant": "告知诉求人",
        "return_result": "反馈批转结果",
        "close_referral": "办结批转件",
        "record_finding": "登记核查结论",
        "file_push": "登记推送回执",
        "tag": "标注重点",
        "dismiss_suggestion": "不予督办",
        "supervise": "督办",
        "raise_supervision": "督办升级",
        "approve_feedback": "审签督办反馈",
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
)
BREACHES = Table(
    {
        "late_dispatch": "超期交办",
        "late_sign": "超期签收",
        "three_late_signs": "一个月内三次超期签收",
        "not_handled": "未按期办理",
        "late_handle": "超期答复",
        "lead_failed": "牵头单位未尽牵头职责",
        "co_failed": "协办单位未按期办理",
        "late_audit": "超期审核",
        "late_callback": "超期回访",
        "late_emergency_dispatch": "应急超期交办",
        "late_response": "超期初步响应",
        "late_emergency_result": "应急结果超期反馈",
        "late_supervision": "超期反馈督办",
        "no_roster": "非工作时间无人值班",
        "careless_handling": "不认真办理，经查负有责任",
        "false_report": "回复信息不实",
        "late_contact": "联系人超期备案",
        "late_report": "超期报送报告",
        "late_review": "差评超期未整改",
        **KNOWLEDGE_BREACHES,
        "roster_gap": "一个月未安排值班",
        "contact_gap": "一个月未明确联系人",
    }
)
# Why a supervision order is suggested (SZ-40.2 to SZ-40.5, SQ-18.2 to SQ-18.5).
MEASURE_GROUNDS: Final = {
    "coordination": "反复协调仍无法明确",
    "supervision": "督办后仍推诿、不作为",
    "refusal": "主体明确，无正当理由拒不办理",
}
GROUNDS = Table(
    {
        **MEASURE_GROUNDS,
        "upper": "上级交办件",
        "livelihood": "重大民生",
        "central_work": "中心工作",
        "instructed": "领导交办、指定办理",
        "media": "媒体曝光",
        "inadequate": "办理不到位",
        "unwilling": "有能力办而不办",
        "false_report": "谎报瞒报、回复不实",
        "overdue": "办理超期",
        "still_open": "超期后仍未办结",
        "supervision_missed": "督办超期未反馈",
        "many_units": "涉及单位较多",
        "audit_rejected_again": "答复多次未通过审核",
        "dissatisfied": "诉求人不满意",
    }
)
# Events that are no step of the life cycle, as the timeline calls them.
EVENTS = Table(
    {
        "Completed": "补充登记信息",
        "Restrained": "承接关联工单的保护要求",
        "AuditWaived": "答复无须审核",
        "LeaderDutyGiven": "交由领导跟进",
        "Dissatisfied": "诉求人不满意",
        "SupervisionSuggested": "建议督办",
        "TimerMissed": "时限已过",
        "ManualCallbackWanted": "转人工回访",
        "OverdueWatched": "超期列入观察",
        "RosterMissing": "非工作时间无值班安排",
        "DeadlineRecomputed": "按新年历重算时限",
    }
)
UNIT_CHANGES = Table({"rename": "更名", "merge": "并入其他单位", "split": "拆分", "end": "撤销"})
STEPS = Table(
    {
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
)

# How much, in the units of rules: working hours and days, calendar hours and days, minutes.
LENGTHS = Table(
    {
        "0.5 WH": "半个工作小时",
        "0.5 CH": "半小时",
        "WH": "{count}个工作小时",
        "WD": "{count}个工作日",
        "CH": "{count}小时",
        "CD": "{count}日",
        "MIN": "{count}分钟",
    }
)
