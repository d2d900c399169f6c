"""Reports in words: their states, what may be done with them, and what is refused."""

from __future__ import annotations

from minsheng.wording.language import Table

# States of `domain.duties.report`.
REPORT_STATES = Table(
    {
        "PLANNED": "待编制",
        "DRAFT": "编制中",
        "REVIEW": "待审批",
        "APPROVED": "待发送",
        "SENT": "已发送",
        "WITHDRAWN": "已撤回",
    }
)
REPORT_COMMANDS = Table(
    {
        "compose": "取数编制",
        "write": "保存文字",
        "submit": "提交审批",
        "send_back": "退回修改",
        "approve": "批准",
        "send": "发送",
        "acknowledge": "登记签收",
        "instruct": "登记批示",
        "withdraw": "撤回",
    }
)
# Facts of a report's stream, as its course is told.
REPORT_EVENTS = Table(
    {
        "ReportPlanned": "列入计划",
        "ReportComposed": "取数编制",
        "ReportWritten": "修改文字",
        "ReportSubmitted": "提交审批",
        "ReportSentBack": "退回修改",
        "ReportApproved": "批准",
        "ReportSent": "发送",
        "ReportAcknowledged": "签收",
        "LeaderInstructed": "领导批示",
        "ReportWithdrawn": "撤回",
        "ReportOverdue": "超过报送期限",
        "ReportRecomputed": "按新年历重算期限",
    }
)
REPORT_REFUSALS = {
    "report_not_now": "报告现在处于“{state}”，不能进行这一操作，请刷新后查看可办事项。",
    "report_own_approval": "报告不能由提交人自己批准，请由另一位负责人审批。",
    "report_period_empty": "报告期的结束日期应晚于开始日期，请重新选择。",
    "report_figures_broken": "数据核对未通过，不能编制：{broken}。请核对数据后重新取数。",
    "report_no_recipient": "“{recipient}”不是这份报告的报送或抄送单位，请从名单中选择。",
    "report_received_already": "“{recipient}”已登记签收，无须重复登记。",
    "report_exists": "这一报告期的同类报告已在清单中，请直接打开编制。",
    "report_kind_unknown": "没有这一种报告，请从列表中选择。",
    "report_field_unknown": "文字中的“{field}”没有对应的数据，请改用页面列出的数据项。",
    "report_words_missing": "请先填写：{sections}。",
    "report_not_composed": "报告还没有取数，请先取数编制。",
    "job_running": "这份报告正在取数，请等待完成或先停止。",
    "score_out_of_range": "第 {line} 行的得分“{score}”不对，应为 0 至 100 的数。",
    "score_unit_unknown": "第 {line} 行的单位“{unit}”不在本市承办单位名册中，请核对名称。",
    "score_file_unreadable": "文件无法读取，请另存为 UTF-8 编码、列名为“单位,得分”的 CSV 文件后再导入。",
    "score_twice": "第 {line} 行的单位“{unit}”出现了两次，请只保留一行。",
}
REPORT_NOTICES = {
    "report_submitted": "有报告待审批，请审阅。",
    "report_received": "收到一份通报，请查看并签收。",
    "report_withdrawn": "一份通报已撤回，请勿再使用。",
    "report_sent_back": "报告被退回修改，请按意见修改后重新提交。",
}
