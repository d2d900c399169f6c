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
        "alarm_unknown": "没有这条告警，请刷新页面。",
        "address_malformed": "“{text}”不是地址或网段，请写成 10.1.2.3 或 10.1.2.0/24，每行一个。",
        "addresses_too_many": "最多 {most} 个地址或网段，请合并为较大的网段。",
        "addresses_lock_out": "您现在的地址 {address} 不在名单中，保存后您将立即不能登录管理。确要如此，请勾选确认后再保存。",
        "single_away": "统一身份认证服务暂时没有响应，请稍后再试，或用账号和密码登录。",
        "single_missing": "本平台没有接入统一身份认证服务，请先设置 MINSHENG_STAFF_OIDC_ISSUER。",
        "single_denied": "统一身份认证没有完成，请重新登录。",
        "single_mismatch": "统一身份认证的返回与本次登录不符，请重新登录。",
        "single_untrusted": "统一身份认证的返回未通过核验，请重新登录；如仍不行，请告知系统管理员。",
        "subject_taken": "这个标识已与另一个账号绑定，请核对；一个标识只属于一个人。",
        "subject_malformed": "标识最长 {most} 个字符，请核对。",
        "request_answered": "这项申请已经办过，请刷新页面。",
        "administrators_same_person": "系统管理员、安全管理员、审计管理员须由三个不同的人担任，请分别填写姓名。",
    }
)
SECURITY_NOTICES = Table(
    {
        "alarm_sign_in_address": "同一地址十分钟内登录失败 {count} 次，请在“登录安全”查看。",
        "alarm_sign_in_city": "本市账号十分钟内登录失败 {count} 次，请在“登录安全”查看。",
        "alarm_factor": "{who}的第二因素连续 {count} 次不成功，已锁定，请核实是否本人。",
        "alarm_openings": "{who}一小时内查看个人信息已达上限，请核对是否工作需要。",
        "alarm_exports": "{who}一小时内导出数据 {count} 次，请核对是否工作需要。",
        "alarm_forbidden": "{who}十分钟内 {count} 次打开无权的页面，请核对。",
        "alarm_refusals": "{who}一小时内有 {count} 次操作被拒绝并记录，请核对。",
        "alarm_audit_stopped": "日志服务器收不到办理和拒绝的记录，已超过 5 分钟；记录仍在总账里，请联系运维人员。",
        "alarm_elsewhere": "{who}以管理员岗位从名单以外的地址登录，已拒绝。",
        "alarm_mail_loop": "十分钟内有 {count} 封来信像是自动发出的，已停止自动处理该来信人一小时，请在“来信”查看。",
        "account_dormant": "{who}的账号自 {since} 起没有使用，已自动停用；仍需使用的，请核实后恢复。",
        "password_requested": "{who}忘记密码，申请重新设定，请核实本人后发放验证码。",
    }
)
ALARMS = Table(
    {
        "sign_in_address": "同一地址登录失败",
        "sign_in_city": "本市账号登录失败",
        "factor": "第二因素锁定",
        "openings": "查看个人信息达上限",
        "exports": "导出数据过多",
        "forbidden": "多次打开无权的页面",
        "refusals": "多次被拒绝的操作",
        "audit_stopped": "审计记录没有送到日志服务器",
        "elsewhere": "管理员在名单以外的地址",
        "mail_loop": "自动邮件往复",
    }
)
# What the audit administrator reads beside the facts of accounts, units and API clients.
RECORD_EVENTS = Table(
    {
        "AlarmRang": "告警",
        "AlarmSeenTo": "处理告警",
        "AdminNetworksSet": "设定管理地址名单",
        "IdentityRevealed": "查看身份",
        "IdentityDisclosed": "依法提供网民身份",
        "ForumNameApproved": "通过网名",
        "ForumNameRefused": "不通过网名",
        "ForumMemberBarred": "禁言",
        "ForumMemberLetWrite": "恢复发言",
        "IdentityLookedUp": "按电话查找",
        "OpeningsBurst": "查看个人信息达上限",
        "ListExported": "导出名单",
        "CityOpened": "开通城市",
        "CityPlaced": "设定层级",
        "CityMarked": "设定门户标识",
        "CalendarLoaded": "装入年历",
    }
)
