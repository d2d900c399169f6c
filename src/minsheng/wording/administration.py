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
        "SignInPassGiven": "发放解锁验证码",
        "SignInPassUsed": "用验证码解锁",
        "PasswordPassGiven": "发放设密码的验证码",
        "PasswordPassUsed": "用验证码设定密码",
        "ShiftAdded": "排班",
        "ShiftRemoved": "取消排班",
    }
)
