"""A talk in WeChat as a test has it: binding, filing, what is done behind an answer."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from tests import town_ground as towns
from tests import wechat_ground as wechat
from tests.town_ground import Town, relayed
from tests.wechat_ground import Follower, Platform

from minsheng.core.messages import tasks as messages
from minsheng.public.talks import tasks

PHONE = "19900001234"
CONTENT = "人民路12号门口的路灯坏了三天。晚上行人看不清路，希望尽快修好。"


def build(platform: Platform, folder: Path, *, settings: Any, environ: Any, set_clock: Any) -> Town:
    """Return a town with an account in WeChat."""
    wechat.keep_secrets(environ)
    settings.WECHAT_FILE = wechat.write(folder, api=platform.url)
    settings.FILES_FOLDER, settings.DRAFTS_FOLDER, settings.DEMO = folder / "files", folder / "drafts", True
    return towns.build("jiangyin", set_clock)


def worked(town: Town) -> None:
    """Let what waits behind an answer be done."""
    tasks.run(town.now)


def bound(town: Town, follower: Follower, platform: Platform) -> None:
    """Bind a telephone as a person does."""
    assert "手机号码" in follower.writes("绑定")
    follower.writes(PHONE)
    worked(town)
    code = re.search(r"\d{6}", platform.said()[-1])
    assert code is not None
    assert "已绑定手机号" in follower.writes(code[0])


def filed(follower: Follower) -> str:
    """Answer every question, and return what is said at the end."""
    follower.writes("诉求")
    for each in ("2", CONTENT, "人民路12号", "无", "继续", "1", "1"):
        follower.writes(each)
    return follower.writes("确认")


def sent(town: Town) -> None:
    relayed()
    messages.send(town.now)


def answered(town: Town, order: str) -> None:
    """Let the order be accepted, handled and answered."""
    town.act(order, "seat", "submit")
    town.act(order, "dispatcher", "dispatch", unit="城管局", basis="权责清单")
    town.act(order, "officer@城管局", "sign")
    town.act(order, "leader@城管局", "approve_reply")
    town.act(order, "officer@城管局", "reply", text="路灯已修复")
    town.act(order, "auditor", "pass_audit")


def waits(platform: Platform) -> str:
    """Return the words of what was said last after an answer."""
    return platform.said()[-1]
