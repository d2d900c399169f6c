"""From an empty database to a closed order by pages alone: three administrators come in with the passwords that they
were handed, fifty units and two hundred staff come from files, a seat signs in with a second factor.

Pictures of each step are left in `var/walk`. Clauses: GB/T 22239-2019 8.1.4.1 a, d; JY-9.1, JY-9.4 to JY-9.6.
"""

from __future__ import annotations

import csv
import io
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, expect
from pytest_django.live_server_helper import LiveServer
from tests.browser_ground import next_page
from tests.people_ground import Visitor

from minsheng.cases.orders import models
from minsheng.core.ledger import verification
from minsheng.core.people import administrators
from minsheng.core.people.administrators import Appointee
from minsheng.core.people.models import Staff, Unit
from minsheng.core.policies import actions as policies
from minsheng.domain.actors import ADMINISTRATORS, SYSTEM
from minsheng.gateways import one_time

NOW = datetime.fromisoformat("2026-09-18T14:00:00+08:00")
HANDED, OWN = "Handed-Over-1", "Zhi-Ban-2026"
PICTURES = Path(__file__).resolve().parents[2] / "var" / "walk"
UNITS = ("城管局", *(f"第{number:02}局" for number in range(1, 50)))
STAFF = (
    *((role, f"{role}一", "", role) for role in ("seat", "dispatcher", "auditor", "callback_agent")),
    *((f"officer{n}", f"经办{n}", unit, "经办人") for n, unit in enumerate(UNITS)),
    *((f"leader{n}", f"分管{n}", unit, "分管领导") for n, unit in enumerate(UNITS)),
    *((f"seat{n}", f"座席{n}", "", "座席") for n in range(96)),
)


@dataclass(slots=True)
class Walk:
    """The city while it is opened: its browser, its clock, who has which second factor, and the pictures."""

    browser: Browser
    base: str
    set_clock: Callable[[datetime], None]
    now: datetime = NOW
    secrets: dict[str, str] = field(default_factory=dict)
    pictures: int = 0

    def comes(self, username: str, password: str) -> Visitor:
        """Let somebody sign in with name and password, in a browser of their own."""
        page = self.browser.new_context(locale="zh-CN", timezone_id="Asia/Shanghai").new_page()
        page.set_default_timeout(20_000)
        visitor = Visitor(page, self.base)
        visitor.open("/sign-in")
        visitor.fill(username=username, password=password)
        visitor.press("登录")
        return visitor

    def starts(self, username: str, code: str) -> Visitor:
        """Let somebody set a password by a code, sign in, add a second factor and acknowledge confidentiality."""
        page = self.browser.new_context(locale="zh-CN", timezone_id="Asia/Shanghai").new_page()
        visitor = Visitor(page, self.base)
        visitor.open("/sign-in/start")
        visitor.fill(username=username, code=code, new_password=OWN, new_password_again=OWN)
        visitor.press("设定密码")
        page.context.close()
        visitor = self.comes(username, OWN)
        self.adds_factor(visitor, username)
        visitor.page.get_by_role("checkbox").check()
        visitor.press("确认")
        return visitor

    def adds_factor(self, visitor: Visitor, username: str) -> None:
        """Let somebody who must have one add an authenticator application."""
        assert visitor.page.url == f"{self.base}/account/factors"
        visitor.press("添加验证器应用")
        self.secrets[username] = visitor.page.locator("code.number").inner_text().replace(" ", "")
        visitor.page.get_by_label("6 位数字").fill(self.code_of(username))
        visitor.press("确认添加")
        visitor.follow("我已保存，继续")

    def code_of(self, username: str) -> str:
        """Return what the authenticator shows now."""
        return one_time.code_at(self.secrets[username], self.now)

    def later(self, **length: float) -> None:
        """Let time pass."""
        self.now += timedelta(**length)
        self.set_clock(self.now)

    def picture(self, visitor: Visitor, name: str) -> None:
        """Leave a picture of what somebody sees."""
        self.pictures += 1
        PICTURES.mkdir(parents=True, exist_ok=True)
        visitor.page.screenshot(path=str(PICTURES / f"{self.pictures:02}-{name}.png"), full_page=True)


def test_a_city_is_opened_and_an_order_closed_by_pages_alone(
    chromium: Browser, live_server: LiveServer, transactional_db: None, test_clock: Callable[[datetime], None],
    tmp_path: Path, settings: Any,
) -> None:  # fmt: skip
    test_clock(NOW)
    # Thirty passwords are checked on the way: how slowly is not what this test is about.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher", *settings.PASSWORD_HASHERS]
    shutil.rmtree(PICTURES, ignore_errors=True)
    # What `minsheng city open` does at a terminal; from here on nobody has one.
    policies.open_city("jiangyin", name="江阴市", pack="jiangyin", overlays=["dengbao3"], actor=SYSTEM, now=NOW)
    three = [Appointee(role, role, f"{role}甲", HANDED) for role in ADMINISTRATORS]
    administrators.appoint("jiangyin", three, actor=SYSTEM, now=NOW)
    walk = Walk(chromium, live_server.url, test_clock)

    codes = administered(walk, tmp_path)
    order = registered(walk, codes)
    handled(walk, codes, order)

    row = models.Order.objects.get()
    assert (row.status, row.reason, row.lead) == ("CLOSED", "satisfied", "城管局")
    assert (Unit.objects.count(), Staff.objects.count()) == (50, 203)
    assert verification.verify().fault is None
    assert walk.pictures == len(list(PICTURES.glob("*.png")))


def administered(walk: Walk, folder: Path) -> dict[str, str]:
    """Let the administrators come in and the system administrator bring units and staff; return the staff's codes."""
    for role in ("security_admin", "audit_admin", "admin"):
        admin = walk.comes(role, HANDED)
        walk.adds_factor(admin, role)
        assert admin.page.url == f"{walk.base}/password"
        admin.fill(old=HANDED, new=OWN, again=OWN)
        walk.picture(admin, f"password-{role}")
        admin.press("修改")
        walk.picture(admin, f"in-{role}")
        if role != "admin":
            admin.page.context.close()
    for sheet, lines in (
        ("units", ["名称", *UNITS]),
        ("staff", ["账号,姓名,单位,岗位", *(",".join(each) for each in STAFF)]),
    ):
        file = folder / f"{sheet}.csv"
        file.write_text("\r\n".join(lines), encoding="utf-8")
        admin.open(f"/administration/{sheet}")
        admin.follow("从文件导入")
        admin.page.get_by_label("文件").set_input_files(str(file))
        admin.press("预览")
        walk.picture(admin, f"preview-{sheet}")
        admin.press(f"确认导入 {len(lines) - 1} 行")
        assert f"新增 {len(lines) - 1} 行" in admin.text
        walk.picture(admin, sheet)
    admin.open("/administration/staff")
    with admin.page.expect_download() as download:
        admin.page.get_by_role("button", name="发放并下载").click()
    text = Path(str(download.value.path())).read_text(encoding="utf-8-sig")
    admin.page.context.close()
    return {row["账号"]: row["一次性验证码"] for row in csv.DictReader(io.StringIO(text))}


def registered(walk: Walk, codes: dict[str, str]) -> str:
    """Let the unit file its contact, and the seat sign in with the second factor and register; return the number."""
    officer = walk.starts("officer0", codes["officer0"])
    officer.open("/contacts")
    officer.fill(post="经办人", person="周联系", phone="13800000000", effective_on=f"{walk.now:%Y-%m-%d}")
    officer.press("登记变更")
    walk.picture(officer, "contacts")
    officer.page.context.close()
    walk.starts("seat", codes["seat"]).page.context.close()
    walk.later(minutes=2)
    seat = walk.comes("seat", OWN)
    walk.picture(seat, "second-factor")
    seat.page.get_by_label("验证码或恢复码").fill(walk.code_of("seat"))
    seat.press("继续")
    seat.follow("登记诉求")
    seat.fill(type="help", channel="phone", content="滨江路人行道破损", place="滨江路", publish="yes")
    walk.picture(seat, "register")
    seat.press("登记并提交交办")
    walk.picture(seat, "registered")
    seat.page.context.close()
    return str(models.Order.objects.get().id)


def handled(walk: Walk, codes: dict[str, str], order: str) -> None:
    """Let everybody do their part, until the order is closed."""
    dispatcher = walk.starts("dispatcher", codes["dispatcher"])
    dispatcher.open(f"/orders/{order}/do/dispatch/")
    dispatcher.fill(unit="城管局", basis="权责清单")
    walk.picture(dispatcher, "dispatch")
    with next_page(dispatcher.page):
        dispatcher.page.get_by_role("button", name="交办", exact=True).last.click()
    dispatcher.page.context.close()
    walk.later(minutes=2)
    officer = walk.comes("officer0", OWN)
    officer.page.get_by_label("验证码或恢复码").fill(walk.code_of("officer0"))
    officer.press("继续")
    officer.open(f"/orders/{order}/")
    officer.press("签收")
    officer.open(f"/orders/{order}/do/reply/")
    officer.fill(text="已于当日修复，更换透水砖12平方米，并到现场查看。联系人：城管局养护科。")
    walk.picture(officer, "reply")
    officer.press("送分管领导审签")
    leader = walk.starts("leader0", codes["leader0"])
    leader.open(f"/orders/{order}/do/approve_reply/")
    walk.picture(leader, "approve")
    with next_page(leader.page):
        leader.page.get_by_role("button", name="审签答复", exact=True).last.click()
    leader.page.context.close()
    officer.open(f"/orders/{order}/do/reply/")
    with next_page(officer.page):
        officer.page.get_by_role("button", name="提交答复", exact=True).last.click()
    officer.page.context.close()
    auditor = walk.starts("auditor", codes["auditor"])
    auditor.open(f"/orders/{order}/")
    walk.picture(auditor, "audit")
    auditor.press("审核通过")
    auditor.page.context.close()
    agent = walk.starts("callback_agent", codes["callback_agent"])
    agent.open(f"/orders/{order}/")
    agent.fill(reached="yes", satisfied="satisfied", resolved="yes")
    walk.picture(agent, "callback")
    agent.press("登记回访")
    agent.open(f"/orders/{order}/")
    expect(agent.page.locator(".chip.state").first).to_contain_text("已办结")
    walk.picture(agent, "closed")
