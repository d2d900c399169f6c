"""Words of the forum: its refusals, notices and clocks."""

from __future__ import annotations

from typing import Final

FORUM_REFUSALS: Final = {
    "not_verified": "发帖、跟帖须先完成实名认证，请到“我的账号”认证后再发；页面上只显示您的网名。",
    "not_the_author": "只有发帖的账号可以办理，请用发帖时的账号登录。",
    "account_banned": "这个账号已被论坛管理员禁言，暂不能发帖、跟帖；有异议请拨打12345。",
    "post_says_nothing": "内容里没有文字，请写清楚要反映的事项。",
    "thread_unknown": "没有编号为“{number}”的网帖，请核对编号。",
    "disclosure_opened": "您已经看过一次。确需再看的，请持法律文书重新登记。",
    "organ_not_lawful": "“{organ}”不在可以调取网民信息之列：只有公安、国家安全、监察、审判、检察机关可以依职权调取，请退回其申请。",
    "forum_name_empty": "请填写网名。",
    "forum_name_odd": "网名最多 {most} 个字，只能用汉字、字母、数字、“·”和“-”，请修改。",
    "forum_name_reserved": "网名不能像机关单位或论坛管理员，也不能是手机号、证件号，请另取一个。",
    "forum_name_own": "网名不能用本人的真实姓名，请另取一个。",
    "post_to_read": "这一件有个人信息或文字较长，请逐件打开，通读后再通过。",
    "text_names_officer": "公开的文字不写工作人员姓名，请把“{name}”改为科室和值班电话。",
    "words_not_the_authors": "只能遮盖原文中的文字（用“某”“*”或“[电话]”这样的方括号），不能增改，请按原文核对。",
    "forum_name_taken": "已有相同或十分相像的网名，请另取一个。",
    "board_closed": "“{board}”版块已停止发帖，请选择别的版块。",
    "post_names_somebody": "文字中仍有电话、证件号、车牌或银行卡号，请逐件打开，遮盖后再通过。",
    "subscription_empty": "请选择版块、事项大小，或填写字词。",
    "subscriptions_many": "关注条件最多 {most} 个，请先删去不用的。",
    "file_not_picture": "“{name}”不是图片，请选择 JPG、PNG、WebP 或 GIF 图片。",
    "pictures_many": "图片最多 {most} 张，请减少后再发。",
    "picture_to_see": "帖子带有图片，请逐件打开，看过图片后再处理。",
    "unit_has_it": "帖子本来就由{unit}办理，请另选单位。",
}
FORUM_NOTICES: Final = {
    "assigned": "论坛管理员将一件网帖交贵单位办理，请及时关注、答复。",
    "unclaimed": "有网帖逾期无单位领办，请指派单位。",
    "moderation_waits": "有 {count} 件帖子、跟帖或网名久未审核，请到「论坛审核」办理。",
    "request_received": "有单位请求转交或共同办理网帖，请在时限内回应。",
    "request_accepted": "转交或共同办理网帖的请求已被接受。",
    "request_refused": "转交或共同办理网帖的请求未被接受，请等论坛管理员决定。",
    "special": "有网帖被标为特殊事项，请立即处置。",
    "report_task": "有网帖列为大事，请向上级专题报告。",
    "rectify": "贵单位办理网帖不合规定，请在时限内整改并报告。",
    "rectified": "有单位报告网帖整改情况，请核查。",
    "criticism_draft": "网帖限时整改逾期未落实，已拟通报，请查看。",
    "accountability_lead": "逾期办理的网帖被评为不满意，已列为问责线索，请研究。",
    "answer_offered": "网帖所并入工单的答复已通过审核，可以在帖中答复，请办理。",
    "post_approved": "您发的帖子已通过审核，公开显示。",
    "post_answered": "您发的帖子已有答复，请评价。",
    "post_refused": "您发的帖子未通过审核，请登录论坛查看理由。",
}
FORUM_CLOCKS: Final = {
    "attention": "网帖关注",
    "stance": "表态性回复",
    "final": "网帖答复",
    "request_answer": "回应转交或共同办理",
    "rating": "网民评价",
    "rectification": "限时整改",
    "claim_limit": "网帖领办",
}
