"""Labels of the administration: how accounts stand, what happened to them."""

from __future__ import annotations

from minsheng.wording.language import Table

ACCOUNT_STATES = Table(
    {
        "active": "在用",
        "new": "未启用",
        "dormant": "长期未登录",
        "without_role": "没有岗位",
        "locked": "已锁定",
        "disabled": "已停用",
    }
)
ACCOUNT_EVENTS = Table(
    {
        "StaffAdded": "登记账号",
        "RolesSet": "设定岗位",
        "RoleGiven": "给予岗位",
        "RoleTaken": "取消岗位",
        "NameChanged": "改姓名",
        "UnitChanged": "调动单位",
        "StaffActivated": "恢复账号",
        "StaffDeactivated": "停用账号",
        "StaffLeft": "离岗",
        "PasswordChanged": "修改密码",
        "ConfidentialityAcknowledged": "承诺保密",
        "SignedIn": "登录",
        "SessionEnded": "被结束登录",
        "FactorAdded": "添加第二因素",
        "FactorRemoved": "移除第二因素",
        "FactorRefused": "第二因素不正确",
        "FactorsReset": "被重置第二因素",
        "RecoveryCodesMade": "更换恢复码",
        "RecoveryCodeUsed": "使用恢复码",
        "PasswordRequested": "申请重设密码",
        "PasswordRequestRefused": "密码申请未予办理",
        "SubjectBound": "绑定统一身份",
        "SubjectUnbound": "解除统一身份绑定",
        "StaffDormant": "长期不用，自动停用",
        "SignInPassGiven": "发放解锁验证码",
        "SignInPassUsed": "用验证码解锁",
        "PasswordPassGiven": "发放设密码的验证码",
        "PasswordPassUsed": "用验证码设定密码",
        "ShiftAdded": "排班",
        "ShiftRemoved": "取消排班",
    }
)
UNIT_KINDS = Table({"government": "政府部门", "party": "党群部门", "enterprise": "企事业单位", "platform": "下级平台"})
UNIT_LEVELS = Table({"city": "市级", "county": "县级", "town": "镇级"})
UNIT_STATES = Table({"joined": "已加入", "to_join": "尚未加入", "left": "已退出"})
UNIT_EVENTS = Table(
    {
        "UnitAdded": "登记单位",
        "UnitDetailsSet": "改基本情况",
        "UnitRegionsSet": "设定服务区划",
        "UnitRenamed": "更名",
        "UnitMerged": "并入其他单位",
        "UnitSplit": "拆分",
        "UnitEnded": "撤销",
        "RosterEntryAdded": "登记值班",
        "RosterEntryRemoved": "取消值班",
        "ConditionsConfirmed": "确认便民服务员条件",
    }
)
CLIENT_STATES = Table({"active": "在用", "expired": "已过期", "ended": "已停用"})
CLIENT_EVENTS = Table(
    {
        "ClientAdded": "登记调用方",
        "ClientRenewed": "更换令牌",
        "ClientRolesSet": "改岗位",
        "ClientRevoked": "停用调用方",
        "UnitChanged": "随单位变更转入",
    }
)
TRIAL_STATES = Table({"WAITING": "等待演练", "HELD": "全部相符", "FAILED": "不相符", "USED": "已确定施行"})
MESSAGE_STATES = Table(
    {
        "WAITING": "待发送",
        "NO_CARRIER": "没有通道",
        "SENT": "已发送",
        "DELIVERED": "已送达",
        "FAILED": "发送失败",
        "HELD": "暂不发送",
    }
)
MESSAGE_EVENTS = Table(
    {
        "MessageWordsSet": "改短信用语",
        "LetterPrinted": "打印信函",
        "LetterSent": "登记信函寄出",
        "LetterReturned": "登记信函退回",
    }
)
SNIPPET_SCOPES = Table({"city": "全市", "unit": "本单位", "person": "本人"})
SNIPPET_EVENTS = Table({"SnippetAdded": "添加常用语", "SnippetChanged": "修改常用语", "SnippetEnded": "停用常用语"})
PLACE_EVENTS = Table({"PlaceAdded": "登记地点", "PlaceChanged": "改地点", "PlaceEnded": "停用地点"})
ADMINISTRATION_REFUSALS = Table(
    {
        "template_gone": "没有这一条短信用语，请刷新查看。",
        "template_fixed": "这一条的文字由 {clause} 规定，不能修改。",
        "template_empty": "请填写短信用语。要用系统原来的文字，请按“恢复原文”。",
        "template_too_long": "短信用语最多 {most} 个字，请缩短。",
        "template_braces": "花括号没有配对，或里面不是小写英文的名称，请改成 {{link}} 这样的写法。",
        "template_unknown_place": "没有名为 {unknown} 的内容可填，请删去，或改用：{known}。",
        "template_no_places": "这一条没有内容可填，请删去 {unknown}。",
        "template_missing_place": "文字中须有 {missing}，请补上。",
        "template_names_somebody": "短信用语会发给许多人，其中不能有{kinds}，请删去。",
        "place_gone": "这个地点已停用，请刷新查看。",
        "place_nameless": "请填写地点名称。",
        "place_too_long": "名称和别名最多 {name} 个字，地址最多 {address} 个字，请缩短。",
        "place_too_many_aliases": "别名最多 {most} 个，请删减。",
        "place_names_somebody": "地点中不能有{kinds}，请删去。",
        "snippet_gone": "这条常用语已停用或不归您管，请刷新查看。",
        "snippet_empty": "请填写标题和内容。",
        "snippet_too_long": "标题最多 {title} 个字，内容最多 {words} 个字，请缩短。",
        "snippet_title_taken": "已有标题为“{title}”的常用语，请换一个标题，或修改原来的。",
        "snippet_too_many": "常用语最多 {most} 条，请先停用不用的。",
        "snippet_names_somebody": "常用语会用在许多工单里，其中不能有{kinds}，请删去。",
        "template_from_today": "施行日期须在今天或以后，请核对。",
    }
)
