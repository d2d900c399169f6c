"""Words of accountability, coordination and programmes: their refusals, notices and clocks."""

from __future__ import annotations

from typing import Final

ACCOUNTABILITY_REFUSALS: Final = {
    "severity_mismatch": "所选追究形式与情节轻重不符，请按本市规则重新选择。",
    "case_other_subject": "问责对象与这一事项所填不同，请核对单位和人员；另有对象的，请另立一件。",
    "title_names_somebody": "名称或文号中有个人信息，请删去后再提交。",
    "number_taken": "文号“{number}”已经登记过，请核对文号。",
    "day_not_come": "所填日期或时间还没有到，请填写今天或以前的时间。",
    "days_reversed": "结束应在开始之后，请核对所填时间。",
    "longer_than_it_lasted": "中断分钟数超过了事件的起止时间，请核对。",
    "figures_odd": "{unit}的人数或分数不合理：合格人数不能多于参训人数，分数不能高于一百，请核对。",
    "ground_unfounded": "所列工单没有一件具备所选理由，请核对工单，或改选理由。",
    "text_names_somebody": "内容中有诉求人的信息或其他个人信息，请删去后再提交。",
    "thing_not_now": "这一事项现在是“{state}”，不能进行这一操作，请刷新后查看可办事项。",
    "person_ambiguous": "该单位有几位{name}，请改填其登录名。",
    "receipt_out_of_time": "收到时间应在作出决定之后、现在之前，请核对。",
    "task_twice": "同一单位只列一项任务，请合并填写。",
    "moment_passed": "所填时间已过，请填写以后的时间。",
    "order_unknown": "没有编号为“{number}”的工单，请核对编号。",
}
ACCOUNTABILITY_NOTICES: Final = {
    "case_proposed": "有问责建议，请研究是否受理。",
    "case_accepted": "问责建议已受理。",
    "case_exempted": "问责事项认定不予追究，请归档。",
    "case_decided": "问责决定已作出，请送达。",
    "case_served": "问责决定已送达，请查看。",
    "case_appealed": "有书面申诉，请按时作出书面意见。",
    "appeal_decided": "申诉已有处理意见，请查看。",
    "appeal_overdue": "有申诉逾期未作出书面意见，请督促。",
    "meeting_called": "请参加协调会，并确认是否出席。",
    "meeting_task": "协调会给本单位安排了任务，请按时完成。",
    "meeting_unresolved": "协调会未能明确牵头单位，请研究。",
    "task_reported": "有单位报告会议任务已完成，请查看。",
    "programme_invited": "邀请贵单位参加节目，请确认是否出席。",
    "inquiry_received": "有监督来函需要本单位提供情况，请按时反馈。",
    "inquiry_part": "单位已就监督来函提供情况，请答复来函。",
    "inquiry_due": "有监督来函即将到期，请按时答复。",
    "training_planned": "请参加培训，请查看时间和地点。",
    "training_cancelled": "原定的培训已取消。",
    "mechanism_opened": "本单位已列入一项协同治理机制，请查看。",
    "plan_drafted": "有应急预案待批准，请审阅。",
    "plan_activated": "应急预案有新版本生效，请查看。",
    "incident_reported": "登记了平台安全事件，请处置。",
    "sanction_proposed": "有拟定的约谈、通报、专报或推送，请审批。",
    "sanction_sent": "有发给本单位的约谈或通报，请查看并确认收到。",
    "sanction_annulled": "发给本单位的约谈或通报已撤销。",
    "attendance_confirmed": "有单位确认出席。",
    "attendance_declined": "有单位不能出席，请查看理由。",
}
ACCOUNTABILITY_CLOCKS: Final = {
    "appeal": "书面申诉",
    "appeal_decision": "申诉处理",
    "meeting_task": "会议任务",
    "inquiry": "来函答复",
    "inquiry_reminder": "到期提醒",
}
