"""Work that was typed is not lost: the session ended in the middle of it, or the browser did. Clauses: JY-8d, SZ-26."""

from __future__ import annotations

import time

from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer
from tests.browser_ground import next_page
from tests.people_ground import PASSWORD, sign_in
from tests.town_ground import Town, steps

from minsheng.cases.orders.storage import records
from minsheng.core.drafts.models import FormDraft
from minsheng.core.ledger import queries as ledger
from minsheng.core.people.models import Staff
from minsheng.core.people.signin import SEEN

ANSWER = "9月18日上午已到现场查看，破损的路面当天修好，并已告知附近居民。"

# Whether the tab's own storage is free of forms.
NOTHING_HELD = "() => Object.keys(sessionStorage).every((name) => !name.startsWith('minsheng-unsent:'))"


def idle_all() -> None:
    """Let every session have been idle for longer than it may."""
    for row in Session.objects.all():
        session = SessionStore(row.session_key)
        session[SEEN] = time.time() - 16 * 60
        session.save()


def test_a_reply_that_meets_an_ended_session_is_offered_after_signing_in_and_handed_in(
    chromium: Browser, live_server: LiveServer, town: Town
) -> None:
    order = town.handled()
    town.act(order, "leader@城管局", "approve_reply")
    officer = sign_in(chromium, live_server.url, town, "officer@城管局")
    page = officer.page
    officer.open(f"/orders/{order}/")
    officer.open_form("提交答复")
    work = page.locator("#work")
    with page.expect_response("**/do/reply/preview"):
        work.locator('[name="text"]').fill(ANSWER)
    idle_all()

    with next_page(page):
        work.get_by_role("button", name="提交答复", exact=True).click()

    assert "/sign-in?next=" in page.url
    assert steps(order).count("Replied") == 0
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_label("账号").fill(Staff.objects.get(pk=town.staff["officer@城管局"]).username)
    with next_page(page):
        page.get_by_role("button", name="登录", exact=True).click()
    expect(page.locator(".offered")).to_contain_text("填写的内容没有提交")
    page.get_by_role("button", name="恢复", exact=True).click()
    expect(page.locator('[name="text"]')).to_have_value(ANSWER)
    with next_page(page):
        page.get_by_role("button", name="提交答复", exact=True).click()

    replied = records.from_ledger(ledger.history(f"order/{order}")[-1]).event
    assert getattr(replied, "text", "") == ANSWER
    assert FormDraft.objects.get(form=f"order/{order}/reply").body is None


def signed_in_again(page: Page, town: Town, who: str) -> None:
    """Sign in on the page that asks for it."""
    page.get_by_label("账号").fill(Staff.objects.get(pk=town.staff[who]).username)
    page.get_by_label("密码").fill(PASSWORD)
    with next_page(page):
        page.get_by_role("button", name="登录", exact=True).click()


def left(page: Page, base: str) -> Page:
    """Sign out in another tab of the same browser, and return that tab."""
    other = page.context.new_page()
    other.goto(f"{base}/")
    other.locator(".bar-name").click()
    with next_page(other):
        other.get_by_role("button", name="退出登录", exact=True).click()
    return other


def test_a_reply_with_the_token_of_an_earlier_signing_in_is_kept_and_offered(
    chromium: Browser, live_server: LiveServer, town: Town
) -> None:
    order = town.handled()
    town.act(order, "leader@城管局", "approve_reply")
    officer = sign_in(chromium, live_server.url, town, "officer@城管局")
    page = officer.page
    officer.open(f"/orders/{order}/do/reply/")
    other = left(page, live_server.url)
    signed_in_again(other, town, "officer@城管局")
    # Handed in before anything was saved by itself: the token is old.
    page.evaluate("text => { document.querySelector('form[data-draft-url] [name=text]').value = text; }", ANSWER)
    page.locator('[name="channel"]').first.select_option("phone")

    with next_page(page):
        page.get_by_role("button", name="提交答复", exact=True).click()

    expect(page.locator("main")).to_contain_text("填写的内容已保存")
    with next_page(page):
        page.get_by_role("link", name="打开原来的页面").click()
    page.get_by_role("button", name="恢复", exact=True).click()
    expect(page.locator('[name="text"]')).to_have_value(ANSWER)
    officer.press("提交答复")
    assert getattr(records.from_ledger(ledger.history(f"order/{order}")[-1]).event, "text", "") == ANSWER


def test_what_is_saved_with_an_old_token_is_saved_with_the_token_of_now(
    chromium: Browser, live_server: LiveServer, town: Town
) -> None:
    order = town.handled()
    town.act(order, "leader@城管局", "approve_reply")
    officer = sign_in(chromium, live_server.url, town, "officer@城管局")
    officer.open(f"/orders/{order}/do/reply/")
    signed_in_again(left(officer.page, live_server.url), town, "officer@城管局")

    with officer.page.expect_response("**/drafts/token"):
        officer.fill(text=ANSWER)
        officer.page.locator('[name="text"]').blur()

    expect(officer.page.locator("[data-draft-line]")).to_contain_text("已自动保存")
    # Not saved by itself any more: the tab holds it until the server says that it has it.
    officer.fill(channel="phone")
    with officer.page.expect_response("**/drafts/taken?*"):
        officer.press("提交答复")
    officer.page.wait_for_function(NOTHING_HELD)
    assert steps(order).count("Replied") == 1


def test_a_reply_typed_after_signing_out_elsewhere_waits_in_its_tab_for_the_same_person(
    chromium: Browser, live_server: LiveServer, town: Town
) -> None:
    order = town.handled()
    town.act(order, "leader@城管局", "approve_reply")
    officer = sign_in(chromium, live_server.url, town, "officer@城管局")
    page = officer.page
    path = f"/orders/{order}/do/reply/"
    officer.open(path)
    left(page, live_server.url)
    officer.fill(channel="phone", text=ANSWER)

    officer.press("提交答复")
    assert f"/sign-in?next={path}" in page.url
    assert FormDraft.objects.exclude(body=None).count() == 0

    # A colleague who signs in at the same tab is offered nothing of it.
    sign_in(chromium, live_server.url, town, "leader@城管局").page.context.close()
    signed_in_again(page, town, "leader@城管局")
    page.goto(f"{live_server.url}{path}")
    assert ANSWER not in page.content()
    expect(page.locator(".offered")).to_have_count(0)
    officer.open("/")
    page.locator(".bar-name").click()
    officer.press("退出登录")
    page.goto(f"{live_server.url}/sign-in?next={path}")
    signed_in_again(page, town, "officer@城管局")
    expect(page.locator(".offered")).to_contain_text("没有提交")
    page.get_by_role("button", name="恢复", exact=True).click()
    expect(page.locator('[name="text"]')).to_have_value(ANSWER)
    officer.press("提交答复")

    assert getattr(records.from_ledger(ledger.history(f"order/{order}")[-1]).event, "text", "") == ANSWER
    page.wait_for_function(NOTHING_HELD)


def test_an_audits_remarks_outlive_the_browser_and_are_forgotten_when_they_are_not_wanted(
    chromium: Browser, live_server: LiveServer, town: Town
) -> None:
    order = town.replied()
    path = f"/orders/{order}/do/reject_audit/"
    auditor = sign_in(chromium, live_server.url, town, "auditor")
    auditor.open(path)
    # Each field that is left is saved: the line may be there already when the last one is still on its way.
    with auditor.page.expect_response(
        lambda each: each.url.endswith("/drafts/save") and "vague" in (each.request.post_data or "")
    ):
        auditor.fill(comment="请补充修复后的现场照片，并写明日期。", defect="vague")
        auditor.page.locator('[name="comment"]').blur()
    expect(auditor.page.locator("[data-draft-line]")).to_contain_text("已自动保存 16:40:00")
    auditor.page.context.close()

    again = sign_in(chromium, live_server.url, town, "auditor")
    again.open(path)
    again.page.get_by_role("button", name="恢复", exact=True).click()
    expect(again.page.locator('[name="comment"]')).to_have_value("请补充修复后的现场照片，并写明日期。")
    expect(again.page.locator('[name="defect"][value="vague"]')).to_be_checked()
    again.open(path)
    with again.page.expect_response("**/drafts/drop"):
        again.page.get_by_role("button", name="不用，删除", exact=True).click()

    again.open(path)
    with again.page.expect_response("**/drafts/kept*"):
        again.page.reload()
    expect(again.page.locator(".offered")).to_have_count(0)
    assert FormDraft.objects.get().body is None


def test_words_about_a_thing_are_offered_again_after_the_page_was_left(
    chromium: Browser, live_server: LiveServer, town: Town
) -> None:
    office = sign_in(chromium, live_server.url, town, "office")
    page = office.page
    office.open("/things/paper/new/register_paper")
    with page.expect_response("**/drafts/save"):
        page.locator('[name="text"]').fill(ANSWER)
    office.open("/")

    office.open("/things/paper/new/register_paper")

    page.locator(".offered").get_by_role("button", name="恢复", exact=True).click()
    expect(page.locator('[name="text"]')).to_have_value(ANSWER)
