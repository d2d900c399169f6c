"""A role holds from a day up to its last day, at every door and at once. Clauses: JS-2.3b, JS-2.3e, AR-2.6.1."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from django.test import Client
from tests.town_ground import Town, fresh, moment

from minsheng.cases.live import sessions
from minsheng.core.drafts import unsent
from minsheng.core.people import actions, terms
from minsheng.core.people.models import RoleAssignment, Staff
from minsheng.core.people.terms import Term
from minsheng.domain.actors import SYSTEM
from minsheng.domain.rejected import Rejected

if TYPE_CHECKING:
    from django.http import HttpResponse

LAST = date(2026, 9, 18)
EVENING, MIDNIGHT = moment("2026-09-18 23:59:58"), moment("2026-09-19 00:00:00")


def named(town: Town, name: str) -> str:
    return Staff.objects.get(pk=town.staff[name]).username


def until(town: Town, name: str, role: str, *, last: date = LAST) -> Client:
    """Let somebody's role end with a day; return their browser, signed in before."""
    browser = town.desk(name)
    terms.give(named(town, name), Term(role, ends_on=last), actor=SYSTEM, now=town.now)
    return browser


def test_pages_close_at_midnight_after_the_last_day(town: Town) -> None:
    order = town.dispatched()
    browser = until(town, "dispatcher", "dispatcher")
    pages = ("/", f"/orders/{order}/", "/notices/", "/live/since?after=0")

    town.at(EVENING)
    before = [browser.get(page).status_code for page in pages]
    town.at(MIDNIGHT)
    after = [browser.get(page).status_code for page in pages]

    assert before == [200] * len(pages)
    assert after == [403] * len(pages)


def test_what_was_opened_before_midnight_can_not_be_sent_after(town: Town) -> None:
    order = town.register()
    browser = until(town, "dispatcher", "dispatcher")
    town.at(MIDNIGHT)

    answer: HttpResponse = browser.post(f"/orders/{order}/do/dispatch/", {"unit": "城管局", "basis": "权责清单"})  # type: ignore[assignment]

    assert answer.status_code == 403


def test_a_role_that_begins_later_opens_with_its_first_day(town: Town) -> None:
    browser = town.desk("auditor")
    terms.give(named(town, "auditor"), Term("auditor", starts_on=date(2026, 9, 19)), actor=SYSTEM, now=town.now)

    town.at(EVENING)
    before = browser.get("/").status_code
    town.at(MIDNIGHT)

    assert (before, browser.get("/").status_code) == (403, 200)


def test_whoever_keeps_another_role_goes_on_in_that_one(town: Town) -> None:
    staff = town.hire("两岗", "auditor", "supervisor")
    browser = town.desk(staff, acting_as="supervisor")
    terms.give(Staff.objects.get(pk=staff).username, Term("supervisor", ends_on=LAST), actor=SYSTEM, now=town.now)

    town.at(EVENING)
    before = browser.get("/?tab=DETERMINE").status_code
    town.at(MIDNIGHT)

    assert (before, browser.get("/?tab=DETERMINE").status_code) == (200, 404)
    assert browser.get("/").status_code == 200
    assert "supervisor" not in browser.get("/").content.decode()
    browser.post("/role", {"role": "supervisor"})
    assert browser.session["acting_as"] == "supervisor"  # as before: the attempt changed nothing
    assert browser.get("/?tab=DETERMINE").status_code == 404


def test_a_stream_lasts_no_longer_than_the_role(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    # The test's transaction lives on this connection.
    monkeypatch.setattr(sessions, "close_old_connections", lambda: None)
    browser = until(town, "dispatcher", "dispatcher")
    key = browser.session.session_key
    assert key is not None

    town.at(EVENING)
    admitted = sessions.admit(key, after=None, wanted="")
    town.at(MIDNIGHT)

    assert isinstance(admitted, sessions.Admitted)
    assert admitted.lasts == 2.0
    assert sessions.admit(key, after=None, wanted="") == sessions.Refused(401)


def test_without_a_role_today_nobody_signs_in(town: Town) -> None:
    until(town, "dispatcher", "dispatcher")
    staff = Staff.objects.get(pk=town.staff["dispatcher"])
    actions.set_password(staff.pk, password="Good-Passw0rd", actor=SYSTEM, now=town.now)
    town.at(MIDNIGHT)

    answer = Client().post("/sign-in", {"username": staff.username, "password": "Good-Passw0rd"})

    assert answer.status_code == 422
    assert "岗位尚未开始或已经到期" in answer.content.decode()


def test_whoever_sits_down_next_finds_the_way_out_of_a_session_without_a_role(town: Town) -> None:
    browser = until(town, "dispatcher", "dispatcher")
    auditor = Staff.objects.get(pk=town.staff["auditor"])
    actions.set_password(auditor.pk, password="Good-Passw0rd", actor=SYSTEM, now=town.now)
    town.at(MIDNIGHT)

    met = browser.get("/")
    form = browser.get("/sign-in")
    entered = browser.post("/sign-in", {"username": auditor.username, "password": "Good-Passw0rd"})

    page = met.content.decode()
    assert met.status_code == 403
    assert "岗位已到期" in page
    assert 'method="post" action="/sign-out"' in page
    assert "返回工作台" not in page
    assert (form.status_code, 'name="password"' in form.content.decode()) == (200, True)
    assert entered.status_code == 302
    assert browser.get("/").context["person"].id == auditor.pk


def test_a_session_without_a_role_signs_out_by_the_page_that_says_so(town: Town) -> None:
    browser = town.desk("auditor")
    terms.give(named(town, "auditor"), Term("auditor", starts_on=date(2026, 9, 19)), actor=SYSTEM, now=town.now)

    page = browser.get("/").content.decode()
    left = browser.post("/sign-out")

    assert "目前没有岗位" in page
    assert "岗位已到期" not in page
    assert left["Location"] == "/sign-in"
    assert browser.get("/")["Location"].startswith("/sign-in")


def test_what_a_form_sends_after_the_last_day_is_kept_for_whoever_typed_it(town: Town) -> None:
    order = town.handled()
    browser = until(town, "officer@城管局", "officer")
    path, form = f"/orders/{order}/do/reply/", f"order/{order}/reply"
    town.at(MIDNIGHT)

    met = browser.post(path, fresh(text="已派人到现场查看。", channel="phone", draft=form, draft_page=path))
    other = browser.post("/role", {"role": "officer"})

    kept = unsent.of(town.staff["officer@城管局"], form, now=town.now)
    assert met.status_code == 403
    assert "填写的内容已为您保存" in met.content.decode()
    assert kept is not None
    assert kept.fields["text"] == ["已派人到现场查看。"]
    assert "没有做任何改动" in other.content.decode()


def test_orders_are_given_to_colleagues_who_hold_a_role_today(town: Town) -> None:
    order = town.handled()
    staff = town.hire("代班", "officer", unit="城管局")
    terms.give(Staff.objects.get(pk=staff).username, Term("officer", ends_on=LAST), actor=SYSTEM, now=town.now)
    leader = town.desk("leader@城管局")

    before = leader.get(f"/orders/{order}/").content.decode()
    town.at(MIDNIGHT)
    after = leader.get(f"/orders/{order}/").content.decode()

    assert f"staff:{staff}" in before
    assert f"staff:{staff}" not in after


class TestDuties:
    def test_roles_apart_may_follow_one_another_and_not_meet(self, town: Town) -> None:
        name = named(town, "seat")
        terms.give(name, Term("seat", ends_on=LAST), actor=SYSTEM, now=town.now)

        with pytest.raises(actions.DutiesNotSeparated):
            terms.give(name, Term("dispatcher", starts_on=LAST), actor=SYSTEM, now=town.now)
        terms.give(name, Term("dispatcher", starts_on=date(2026, 9, 19)), actor=SYSTEM, now=town.now)
        with pytest.raises(actions.DutiesNotSeparated):
            terms.give(name, Term("seat", ends_on=date(2026, 9, 19)), actor=SYSTEM, now=town.now)

        browser = town.desk("seat")
        seen = []
        for now in (EVENING, MIDNIGHT):
            town.at(now)
            seen.append(browser.get("/").context["person"].acting_as)
        assert seen == ["seat", "dispatcher"]

    def test_whoever_is_let_in_again_may_have_held_the_other_role_before(self, town: Town) -> None:
        name, staff = named(town, "seat"), town.staff["seat"]
        terms.give(name, Term("seat", ends_on=LAST), actor=SYSTEM, now=town.now)
        actions.set_active(staff, active=False, actor=SYSTEM, now=town.now)
        RoleAssignment.objects.create(staff_id=staff, role="dispatcher", granted_at=town.now, granted_by="test")

        with pytest.raises(actions.DutiesNotSeparated):
            actions.set_active(staff, active=True, actor=SYSTEM, now=town.now)
        actions.set_active(staff, active=True, actor=SYSTEM, now=MIDNIGHT)

    def test_exactly_these_roles_keeps_terms_to_come_and_renews_what_is_over(self, town: Town) -> None:
        staff = town.hire("三岗", "auditor", "supervisor")
        name = Staff.objects.get(pk=staff).username
        terms.give(name, Term("auditor", ends_on=LAST), actor=SYSTEM, now=town.now)
        terms.give(name, Term("supervisor", ends_on=date(2026, 12, 31)), actor=SYSTEM, now=town.now)

        actions.set_roles(staff, roles=["auditor", "supervisor"], actor=SYSTEM, now=MIDNIGHT)

        rows = dict(RoleAssignment.objects.filter(staff=staff).values_list("role", "ends_on"))
        assert rows == {"auditor": None, "supervisor": date(2026, 12, 31)}


@pytest.mark.parametrize(
    ("term", "code"),
    [
        (Term("seat", date(2026, 10, 2), date(2026, 10, 1)), "term_ends_before_start"),
        (Term("seat", ends_on=date(2026, 9, 17)), "term_is_past"),
        (Term("seat", desk="moon"), "term_unknown_desk"),
        (Term("seat", level="king"), "term_unknown_level"),
        (Term("seat", kinds=("law",)), "term_kinds_of_specialists"),
        (Term("specialist", kinds=("magic",)), "term_unknown_kind"),
        (Term("poet"), "unknown_role"),
        (Term("officer"), "role_needs_unit"),
    ],
)
def test_terms_that_can_not_be_are_refused(town: Town, term: Term, code: str) -> None:
    with pytest.raises(Rejected) as refused:
        terms.give(named(town, "seat"), term, actor=SYSTEM, now=town.now)

    assert refused.value.code == code
    assert list(RoleAssignment.objects.filter(staff=town.staff["seat"]).values_list("role", "ends_on")) == [
        ("seat", None)
    ]


def test_a_unit_role_has_no_desk_of_the_hotline(town: Town) -> None:
    with pytest.raises(Rejected, match="term_desk_of_unit_role"):
        terms.give(named(town, "officer@城管局"), Term("officer", desk="enterprise"), actor=SYSTEM, now=town.now)


class TestDesks:
    def test_what_enterprises_ask_stands_first_at_their_desk(self, town: Town) -> None:
        ordinary = town.register()
        of_enterprise = town.register(appellant="enterprise")
        browser = town.desk("dispatcher")
        plain = browser.get("/")
        terms.give(named(town, "dispatcher"), Term("dispatcher", desk="enterprise"), actor=SYSTEM, now=town.now)

        page = browser.get("/")
        own = browser.get("/?tab=desk_enterprise")

        first = page.context["tabs"][0]
        assert (first.code, first.label, first.count) == ("desk_enterprise", "企业诉求", 1)
        assert "desk_enterprise" not in [tab.code for tab in plain.context["tabs"]]
        assert f"/orders/{of_enterprise}/" in own.content.decode()
        assert f"/orders/{ordinary}/" not in own.content.decode()
        opened = browser.get(f"/orders/{of_enterprise}/?list=desk_enterprise").context["way"]
        assert (opened.label, opened.place.n, opened.place.total) == ("企业诉求", 1, 1)

    def test_a_list_of_another_desk_is_not_there(self, town: Town) -> None:
        assert town.desk("dispatcher").get("/?tab=desk_enterprise").status_code == 404
