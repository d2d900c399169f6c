"""Administration and signing in, in words: what is refused there."""

from __future__ import annotations

from minsheng.wording.language import Table

SECURITY_REFUSALS = Table(
    {
        "administrators_complete": "本市的系统管理员、安全管理员、审计管理员都已有人担任；更换人选请用 minsheng staff。",
        "administrators_differ": "请一次写明本市还缺的各一人：{roles}。",
        "administrator_unnamed": "{role}的账号和姓名须都写明，写作 账号=姓名，例如 wang=王某。",
        "administrators_same_person": "系统管理员、安全管理员、审计管理员须由三个不同的人担任，请分别填写姓名。",
    }
)
