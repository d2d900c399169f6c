"""Administration and signing in, in words: what is refused there."""

from __future__ import annotations

from minsheng.wording.language import Table

SECURITY_REFUSALS = Table(
    {
        "administrators_complete": "本市的系统管理员、安全管理员、审计管理员都已有人担任；更换人选请用 minsheng staff。",
        "administrators_differ": "请一次写明本市还缺的各一人：{roles}。",
        "administrator_unnamed": "{role}的账号和姓名须都写明，写作 账号=姓名，例如 wang=王某。",
        "factor_wrong": "验证码或恢复码不正确、已用过，或安全密钥没有通过，请重试；连续 5 次不成功，将锁定 30 分钟。",
        "factor_locked": "第二因素连续不成功，已锁定，请在 {opens} 以后再试；着急的请致电安全管理员。",
        "factor_not_set_up": "二维码已超过 15 分钟，请重新开始添加。",
        "factor_last": "您的岗位须用第二因素登录，请先添加另一个，再移除这一个。",
        "factor_none": "账号“{username}”没有第二因素，不需要重置。",
        "request_answered": "这项申请已经办过，请刷新页面。",
        "administrators_same_person": "系统管理员、安全管理员、审计管理员须由三个不同的人担任，请分别填写姓名。",
    }
)
SECURITY_NOTICES = Table(
    {
        "account_dormant": "{who}的账号自 {since} 起没有使用，已自动停用；仍需使用的，请核实后恢复。",
        "password_requested": "{who}忘记密码，申请重新设定，请核实本人后发放验证码。",
    }
)
