"""A person at a browser: signs in as everybody does, opens pages, fills in forms by their labels."""

from __future__ import annotations

from dataclasses import dataclass

from playwright.sync_api import Browser, Page, expect
from tests.browser_ground import next_page
from tests.town_ground import Town

from minsheng.core.people.models import Staff

PASSWORD = "Good-Passw0rd"


@dataclass(slots=True)
class Visitor:
    """Somebody signed in, in a browser of their own."""

    page: Page
    base: str

    def open(self, path: str) -> None:
        """Go to a page of the site."""
        self.page.goto(f"{self.base}{path}")

    def fill(self, **values: str) -> None:
        """Fill in fields by their names: text is typed, choices are chosen."""
        for name, value in values.items():
            field = self.page.locator(f'[name="{name}"]').first
            if field.get_attribute("type") == "radio":
                self.page.locator(f'[name="{name}"][value="{value}"]').check()
            elif field.evaluate("element => element.tagName") == "SELECT":
                field.select_option(value)
            else:
                field.fill(value)

    def press(self, label: str) -> None:
        """Press a button by its words, and wait for the next page."""
        with next_page(self.page):
            self.page.get_by_role("button", name=label, exact=True).first.click()

    def follow(self, label: str) -> None:
        """Follow a link by its words, out of the menu of further entries where the bar has no room for it."""
        link = self.page.get_by_role("link", name=label, exact=True).first
        if not link.is_visible():
            self.page.locator("nav details.menu > summary").click()
        with next_page(self.page):
            link.click()

    def open_form(self, label: str) -> None:
        """Open a step's form beside the order by its link, and wait until it is there and bound."""
        self.page.get_by_role("link", name=label, exact=True).first.click()
        expect(self.page.locator("#work").get_by_role("button", name=label, exact=True)).to_be_visible()
        expect(self.page.locator("#work .htmx-added, #work.htmx-settling")).to_have_count(0)

    @property
    def text(self) -> str:
        """Return what can be read on the page."""
        return self.page.locator("body").inner_text()


def sign_in(browser: Browser, base: str, town: Town, name: str) -> Visitor:
    """Sign in with name and password, as everybody does."""
    staff = Staff.objects.get(pk=town.staff[name])
    if not staff.has_usable_password() or staff.password == "!":
        staff.set_password(PASSWORD)
        staff.save(update_fields=["password"])
    page = browser.new_context(locale="zh-CN", timezone_id="Asia/Shanghai").new_page()
    page.set_default_timeout(15_000)
    visitor = Visitor(page, base)
    visitor.open("/sign-in")
    visitor.fill(username=staff.username, password=PASSWORD)
    visitor.press("登录")
    return visitor
