"""Words of the knowledge base: its refusals, notices and clocks."""

from __future__ import annotations

from typing import Final

KNOWLEDGE_REFUSALS: Final = {
    "article_title_too_long": "标题和每个问法不超过 {most} 个字，请缩短。",
    "article_phrasings_too_many": "其他问法最多 {most} 个，请删减。",
    "article_table_too_long": "正文中的表格合计不超过 {most} 行，请精简，或作为附件另行公布。",
    "article_names_somebody": "内容中有个人手机号、证件号、车牌或银行卡号，请删去后再提交；办事电话请填写固定电话。",
    "article_category_unknown": "没有编码为“{value}”的分类，请重新选择。",
    "article_region_unknown": "没有名称或代码为“{value}”的区划，请核对；适用全市的请留空。",
    "article_duty_open": "这一条目因更新职责逾期而待核实，请先完成该职责：更新条目，或报告无需修改。",
    "article_unknown": "没有编号为“{value}”的知识条目，请搜索后选择；没有条目可用的，请选“无知识条目”。",
    "article_not_valid": "知识条目“{value}”今天不在有效期内或尚未发布，不能引用，请另选条目。",
    "article_renewed": "知识条目“{value}”已有新的版本，请重新查看后再引用。",
    "article_not_public": "知识条目“{value}”不对公众开放，不能用来答复提问人，请另选条目。",
    "asker_has_not_agreed": "提问人没有同意转为诉求工单，不能代为同意；请答复时请其拨打12345或在网上提交诉求。",
    "not_the_units_words": "公开的答复只能遮盖单位答复中的文字，不能增改，请按单位的答复核对。",
    "validity_reversed": "有效期止不能早于有效期起，请核对日期。",
    "validity_over": "有效期已过，请核对有效期。",
    "basis_unknown": "依据“{value}”没有登记或已失效，请先在“依据文件”中登记，或核对文号。",
    "entry_unknown": "“{value}”不是{unit}的知识条目，请核对条目编号。",
    "entry_not_updated": "这一条目在职责开始后还没有发布新版本，请先修订并发布，或报告无需修改。",
}
KNOWLEDGE_NOTICES: Final = {
    "article_submitted": "有知识条目待审批，请查看。",
    "article_sent_back": "知识条目被退回，请修改后再送审。",
    "article_flagged": "本单位有知识条目待核实，请尽快核对。",
    "article_expired": "本单位有知识条目有效期届满，请更新或撤下。",
    "article_check_due": "本单位有知识条目到期应复核，请核对。",
    "article_moved": "有知识条目移交本单位维护，请查看。",
    "basis_ended": "有依据文件到期，请查看以其为依据的条目。",
    "knowledge_duty": "有知识条目需本单位按时更新，请查看。",
    "no_change_claimed": "有单位报告知识条目无需修改，请确认。",
    "no_change_refused": "报告的“无需修改”未获同意，请按时更新条目。",
    "question_asked": "问答台有新提问，请答复。",
    "answer_drafted": "有提问的答复待审批，请查看。",
    "answer_approved": "提问的答复已批准，请答复提问人。",
    "question_answered": "您在政务问答台的提问已有答复。",
    "question_became_order": "您在政务问答台的提问已转为诉求工单办理。",
    "question_became_article": "本单位对提问的答复已转为知识条目草稿，请完善后送审。",
    "entry_complained": "有群众投诉本单位逾期未更新的知识条目，请查看。",
}
KNOWLEDGE_CLOCKS: Final = {
    "kb_update": "知识更新", "article_valid": "条目有效期", "article_check": "条目复核", "article_publish": "条目定时发布",
    "basis_valid": "依据有效期", "question": "答复提问",
}  # fmt: skip
KNOWLEDGE_BREACHES: Final = {"late_knowledge": "知识条目逾期未更新", "knowledge_loss": "未更新的知识条目造成损失或投诉"}
