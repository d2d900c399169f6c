"""The administrator keeps the staff by pages alone: list, accounts, roles, codes for passwords, sessions, leavers.

Clauses: JY-20.11, JS-2.3b.
"""

from __future__ import annotations

import io
import re
import time
import zipfile
from datetime import timedelta
from typing import Any

import pytest
from axes.models import AccessAttempt
from django.contrib.auth.hashers import make_password
from tests.administration_ground import do, keyed, kinds_of, plain, staff_of
from tests.town_ground import Town, moment, text_of

from minsheng.cases.live import claims
from minsheng.cases.orders.models import Assignment
from minsheng.core.drafts import unsent
from minsheng.core.ledger import queries as ledger
from minsheng.core.people import shifts
from minsheng.core.people.models import DeskShift, OpenSession, RoleAssignment, Roster, Staff
from minsheng.core.people.shifts import Shift
from minsheng.core.people.signin import BEGAN
from minsheng.domain.actors import CITY_ROLES

LIST = "/administration/staff"
OTHERS = (*(role for role in CITY_ROLES if role != "admin"), "officer@城管局", "leader@城管局", "head@城管局")


class TestList:
    def test_words_and_filters_find_accounts_without_a_name_in_an_address(self, town: Town) -> None:
        desk = town.desk("admin")

        whole, found = plain(desk.get(LIST)), plain(desk.post(LIST, {"words": "officer 城管"}))
        by_unit = plain(desk.post(LIST, {"unit": "住建局"}))
        by_role = plain(desk.post(LIST, {"role": "seat"}))

        assert f"共{len(town.staff)}条" in whole
        assert "officer城管局" in found
        assert "共1条" in found
        assert "共3条" in by_unit
        assert "seat甲" in by_role
        assert "共1条" in by_role

    def test_pages_follow_each_other_until_everybody_was_shown(self, town: Town) -> None:
        town.hire_all([(f"甲{number:03}", ("seat",), None) for number in range(60)])
        desk, seen, after = town.desk("admin"), set(), ""

        for _ in range(2):
            page = text_of(desk.post(LIST, {"after": after}))
            seen |= set(re.findall(r'/administration/staff/(\d+)"', page))
            after = (re.findall(r'name="after" value="(\d+)"', page) or [""])[0]

        assert after == ""
        assert len(seen) == Staff.objects.filter(city=town.code).count() > 60

    @pytest.mark.parametrize("state", ["disabled", "locked", "without_role", "new", "dormant", "active"])
    def test_each_state_finds_its_accounts_and_no_other(self, town: Town, state: str) -> None:
        Staff.objects.filter(city=town.code).update(password="kept", last_seen=town.now)
        staff = staff_of(town, "seat")
        changed: dict[str, dict[str, Any]] = {
            "disabled": {"is_active": False},
            "new": {"password": "!"},
            "dormant": {"last_seen": town.now - timedelta(days=91)},
        }
        Staff.objects.filter(pk=staff.pk).update(**changed.get(state, {}))
        if state == "without_role":
            RoleAssignment.objects.filter(staff=staff).update(ends_on=town.now.date() - timedelta(days=1))
        if state == "locked":
            AccessAttempt.objects.create(
                username=staff.username, failures_since_start=5, attempt_time=town.now, ip_address="127.0.0.1"
            )

        found = plain(town.desk("admin").post(LIST, {"state": state}))

        assert f"共{len(town.staff) if state == 'active' else 1}条" in found
        assert "seat甲" in found

    @pytest.mark.parametrize("kind", ["csv", "xlsx"])
    def test_the_file_holds_what_the_list_shows_no_formula_and_is_on_record(self, town: Town, kind: str) -> None:
        Staff.objects.filter(pk=town.staff["seat"]).update(display_name="=1+1")

        answer = town.desk("admin").post(LIST, {"role": "seat", "export": kind})

        text = answer.content
        if kind == "xlsx":
            text = zipfile.ZipFile(io.BytesIO(text)).read("xl/worksheets/sheet1.xml")
            assert b"<f>" not in text
        else:
            assert "'=1+1" in text.decode()
        assert answer["Cache-Control"] == "no-store"
        (fact,) = ledger.history(f"administration/{town.code}")
        assert (fact.type, ledger.content(fact)) == ("ListExported", {"list": "staff", "rows": 1, "form": kind})

    def test_whoever_sat_long_at_a_session_confirms_before_a_file_is_given(self, town: Town) -> None:
        Staff.objects.filter(pk=town.staff["admin"]).update(password=make_password("Good-Passw0rd"))
        desk = town.desk("admin")
        session = desk.session
        session[BEGAN] = time.time() - 3600
        session.save()
        sent = {"role": "seat", "export": "csv"}

        asked, codes = desk.post(LIST, sent), desk.post(f"{LIST}/codes", keyed())
        given = desk.post(LIST, {**sent, "confirm-sent": "1", "confirm-password": "Good-Passw0rd"})

        assert "seat甲" not in text_of(asked) + text_of(codes)
        assert given["Content-Type"].startswith("text/csv")
        assert "seat甲" in given.content.decode()
        assert kinds_of(f"staff/{town.staff['seat']}") == []
        assert kinds_of(f"administration/{town.code}") == ["ListExported"]

    @pytest.mark.parametrize("who", OTHERS)
    def test_nobody_else_opens_any_of_it(self, town: Town, who: str) -> None:
        desk, staff = town.desk(who), town.staff["seat"]

        for address in (
            LIST,
            f"{LIST}/new",
            f"{LIST}/{staff}",
            f"{LIST}/{staff}/leave",
            "/administration/import/staff",
        ):
            assert desk.get(address).status_code == 403
        for address in (LIST, f"{LIST}/new", f"{LIST}/codes", f"{LIST}/{staff}/do/disable", f"{LIST}/{staff}/leave"):
            assert desk.post(address, keyed()).status_code == 403
        assert staff_of(town, "seat").is_active

    def test_an_account_of_another_city_is_not_there(self, town: Town) -> None:
        from minsheng.core.policies import actions as policies
        from minsheng.domain.actors import SYSTEM

        policies.open_city("elsewhere", name="别市", pack="suqian", actor=SYSTEM, now=town.now)
        Staff.objects.filter(pk=town.staff["seat"]).update(city_id="elsewhere")
        desk, staff = town.desk("admin"), town.staff["seat"]

        assert desk.get(f"{LIST}/{staff}").status_code == 404
        assert do(desk, staff, "disable").status_code == 404
        assert "seat甲" not in plain(desk.get(LIST))


class TestAccount:
    def test_a_new_account_gets_a_code_once_and_its_holder_sets_the_password(self, town: Town) -> None:
        desk, sent = town.desk("admin"), keyed(username="wang", name="王新", unit="城管局", roles=["officer", "leader"])

        refused = desk.post(f"{LIST}/new", sent)
        sent["roles"] = ["officer"]
        shown = desk.post(f"{LIST}/new", sent)
        again = desk.post(f"{LIST}/new", sent, follow=True)

        assert "不能由同一账号兼任" in plain(refused) or "兼任" in plain(refused)
        code = re.findall(r"<strong class=\"number\">(\d+)</strong>", text_of(shown))[0]
        assert code not in text_of(again)
        assert "只显示一次" in plain(again)
        staff = Staff.objects.get(username="wang")
        assert not staff.has_usable_password()
        assert kinds_of(f"staff/{staff.pk}") == ["StaffAdded", "RoleGiven", "PasswordPassGiven"]
        assert code not in str([ledger.content(each) for each in ledger.history(f"staff/{staff.pk}")])

    @pytest.mark.parametrize(
        ("given", "said"),
        [
            ({"username": ""}, "请填写账号"),
            ({"username": "a b"}, "不能有空格"),
            ({"username": "jiangyin-seat甲"}, "已登记"),
            ({"name": "\u200b"}, "请填写姓名"),
            ({"roles": []}, "请至少选一个岗位"),
            ({"unit": ""}, "单位"),
            ({"unit": "没有"}, "请从列表中选择"),
        ],
    )
    def test_what_cannot_be_is_refused_in_chinese_and_adds_nobody(
        self, town: Town, given: dict[str, Any], said: str
    ) -> None:
        before = Staff.objects.count()

        answer = town.desk("admin").post(
            f"{LIST}/new",
            keyed(**{"username": "wang", "name": "王新", "unit": "城管局", "roles": ["officer"], **given}),
        )

        assert answer.status_code == 422
        assert said in plain(answer)
        assert Staff.objects.count() == before

    def test_a_role_with_a_term_is_given_and_taken(self, town: Town) -> None:
        desk, staff = town.desk("admin"), town.staff["callback_agent"]
        given = {"role": "specialist", "starts_on": "2026-10-01", "ends_on": "2026-12-31", "kinds": ["law"]}

        do(desk, staff, "give_role", **given)
        page = plain(desk.get(f"{LIST}/{staff}"))
        do(desk, staff, "take_role", role="callback_agent")

        assert "2026-10-01–2026-12-31" in page
        assert "未开始" in page
        assert list(RoleAssignment.objects.filter(staff=staff).values_list("role", "kinds")) == [
            ("specialist", ["law"])
        ]
        assert kinds_of(f"staff/{staff}") == ["RoleGiven", "RoleTaken"]

    def test_roles_that_exclude_each_other_are_refused_to_the_administrator_too(self, town: Town) -> None:
        desk, own = town.desk("admin"), town.staff["admin"]

        refused = do(desk, own, "give_role", role="auditor")
        lost = do(desk, own, "take_role", role="admin")
        out = do(desk, own, "disable")

        assert refused.status_code == lost.status_code == out.status_code == 422
        assert "兼任" in plain(refused)
        assert "另一位系统管理员" in plain(lost)
        assert "另一位系统管理员" in plain(out)
        assert kinds_of(f"staff/{own}") == []

    def test_the_last_administrator_of_a_kind_is_not_taken_away(self, town: Town) -> None:
        desk, auditor = town.desk("admin"), town.staff["audit_admin"]

        answers = [
            do(desk, auditor, "disable"),
            do(desk, auditor, "take_role", role="audit_admin"),
            desk.post(f"{LIST}/{auditor}/leave", keyed(confirm="1")),
        ]
        town.hire("审计乙", "audit_admin")
        done = do(desk, auditor, "disable")

        assert [each.status_code for each in answers] == [422, 422, 422]
        assert all("请先另设一位" in plain(each) for each in answers)
        assert done.status_code == 302

    def test_a_name_and_a_unit_are_changed_and_no_name_is_in_a_fact(self, town: Town) -> None:
        desk, staff = town.desk("admin"), town.staff["officer@城管局"]

        do(desk, staff, "name", name="陈新名")
        without = do(desk, staff, "unit", unit="")
        do(desk, staff, "unit", unit="住建局")

        found = Staff.objects.get(pk=staff)
        assert (found.display_name, found.unit and found.unit.name) == ("陈新名", "住建局")
        assert without.status_code == 422
        assert kinds_of(f"staff/{staff}") == ["NameChanged", "UnitChanged"]
        assert "陈新名" not in str([ledger.content(each) for each in ledger.history(f"staff/{staff}")])

    def test_a_disabled_account_is_out_at_once_and_back_when_enabled(self, town: Town) -> None:
        desk, staff, seat = town.desk("admin"), town.staff["seat"], town.desk("seat")
        first = keyed()

        for _ in range(2):
            desk.post(f"{LIST}/{staff}/do/disable", first)
        out = seat.get("/")
        do(desk, staff, "enable")

        assert out.status_code == 302
        assert "/sign-in" in out["Location"]
        assert kinds_of(f"staff/{staff}") == ["StaffDeactivated", "StaffActivated"]

    def test_a_session_is_seen_and_ended_from_outside(self, town: Town) -> None:
        desk, staff, seat = town.desk("admin"), town.staff["seat"], town.desk("seat")
        assert seat.get("/").status_code == 200
        row = OpenSession.objects.get(staff=staff)

        page = plain(desk.get(f"{LIST}/{staff}"))
        ended = do(desk, staff, "end_session", session=row.pk)
        gone = do(desk, staff, "end_session", session=row.pk)

        assert "结束登录" in page
        assert ended.status_code == 302
        assert "/sign-in" in seat.get("/")["Location"]
        assert gone.status_code == 422
        assert kinds_of(f"staff/{staff}") == ["SessionEnded"]
        assert not OpenSession.objects.filter(staff=staff).exists()

    def test_codes_for_all_who_have_no_password_come_as_one_file(self, town: Town) -> None:
        Staff.objects.filter(city=town.code).update(password="kept")
        Staff.objects.filter(pk__in=[town.staff["seat"], town.staff["office"]]).update(password="!x")
        desk, sent = town.desk("admin"), keyed()

        given = desk.post(f"{LIST}/codes", sent)
        again = desk.post(f"{LIST}/codes", sent, follow=True)

        rows = given.content.decode("utf-8-sig").splitlines()[1:]
        assert [row.split(",")[1] for row in rows] == ["office甲", "seat甲"]
        assert all(re.fullmatch(r"\d{10}", row.split(",")[2]) for row in rows)
        assert "已经发放过" in plain(again)


class TestLeaving:
    def test_a_leaver_hands_over_shifts_and_leaves_nothing_open(self, town: Town) -> None:
        desk, seat = town.desk("admin"), staff_of(town, "seat")
        heir = town.hire("seat乙", "seat")
        shift = Shift("ordinary", seat.username, moment("2026-09-19T08:00:00"), moment("2026-09-19T16:00:00"))
        shifts.put(town.code, shift, actor=town.actor("admin"), now=town.now)
        order = town.register()
        claims.claim(f"order/{order}", city=town.code, by=town.actor("seat"), desks=("seat",), now=town.now)
        unsent.save(seat.pk, "appeal/new/register", fields={"content": ["人行道"]}, key=None, now=town.now)

        page = plain(desk.get(f"{LIST}/{seat.pk}/leave"))
        sent = keyed(successor=heir, confirm="1")
        for _ in range(2):
            desk.post(f"{LIST}/{seat.pk}/leave", sent)

        assert all(words in page for words in ("席位排班", "领取的工单", "未提交的暂存内容", "09-1908:00–09-1916:00"))
        assert list(DeskShift.objects.values_list("staff", flat=True)) == [heir]
        assert claims.of([f"order/{order}"], now=town.now) == {}
        assert unsent.of(seat.pk, "appeal/new/register", now=town.now) is None
        seat.refresh_from_db()
        assert not seat.is_active
        assert not seat.assignments.exists()
        left = ledger.history(f"staff/{seat.pk}")[-1]
        assert (left.type, ledger.content(left)["handed"]) == ("StaffLeft", {"claims": 1, "shifts": 1, "typed": 1})
        assert kinds_of(f"staff/{seat.pk}").count("StaffLeft") == 1

    @pytest.mark.parametrize("with_heir", [True, False])
    def test_an_officers_orders_go_to_the_successor_or_back_to_the_unit(self, town: Town, with_heir: bool) -> None:
        order, staff = town.handled(), staff_of(town, "officer@城管局")
        heir = town.hire("officer乙", "officer", unit="城管局")
        Assignment.objects.create(
            order_id=order, unit="城管局", person=f"staff:{staff.pk}", assigned_by="", assigned_at=town.now
        )
        Roster.objects.filter(unit__name="城管局").update(person=staff.display_name)
        desk = town.desk("admin")

        page = plain(desk.get(f"{LIST}/{staff.pk}/leave"))
        desk.post(f"{LIST}/{staff.pk}/leave", keyed(successor=heir if with_heir else "", confirm="1"))

        assert "分给本人的工单1" in page
        assert "单位值班1" in page
        assert "人行道破损" not in page
        expected = [f"staff:{heir}"] if with_heir else []
        assert list(Assignment.objects.values_list("person", flat=True)) == expected
        assert not Roster.objects.filter(unit__name="城管局", ends_at__gt=town.now).exists()

    def test_a_successor_who_cannot_have_it_keeps_everything_as_it_was(self, town: Town) -> None:
        desk, seat = town.desk("admin"), staff_of(town, "seat")
        heir = Staff.objects.get(pk=town.hire("seat乙", "seat"))
        for each, until in ((seat, "16:00"), (heir, "12:00")):
            shift = Shift("ordinary", each.username, moment("2026-09-19T08:00:00"), moment(f"2026-09-19T{until}:00"))
            shifts.put(town.code, shift, actor=town.actor("admin"), now=town.now)

        answer = desk.post(f"{LIST}/{seat.pk}/leave", keyed(successor=heir.pk, confirm="1"))
        stranger = desk.post(f"{LIST}/{seat.pk}/leave", keyed(successor=town.staff["officer@城管局"], confirm="1"))
        oneself = desk.post(f"{LIST}/{town.staff['admin']}/leave", keyed(confirm="1"))

        assert answer.status_code == stranger.status_code == oneself.status_code == 422
        assert "另一位系统管理员" in plain(oneself)
        assert DeskShift.objects.filter(staff=seat).count() == 1
        assert staff_of(town, "seat").is_active
        assert kinds_of(f"staff/{seat.pk}") == ["ShiftAdded"]
