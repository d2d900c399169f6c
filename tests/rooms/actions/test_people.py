"""Units, staff, roles, clients, signing in. Clauses: SZ-3, SZ-8, SZ-9b, SZ-11.5, JY-3b, JY-8d, JY-12."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.test import Client

from minsheng.core.ledger import queries as ledger
from minsheng.core.people import actions, queries
from minsheng.core.people import models as people_models
from minsheng.core.policies import actions as policies
from minsheng.domain.actors import SYSTEM, Actor
from minsheng.gateways import clock

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
PASSWORD = "Good-Passw0rd"


@pytest.fixture
def city(db: None) -> str:
    policies.open_city("suqian", name="宿迁", pack="suqian", actor=SYSTEM, now=NOW)
    actions.add_unit("suqian", name="城管局", joined_on=date(2020, 1, 1), phone="84350000", actor=SYSTEM, now=NOW)
    return "suqian"


@pytest.fixture
def add(city: str) -> Callable[..., int]:
    """Return what adds a member of staff."""

    def add_staff(username: str = "seat01", *roles: str, unit: str | None = None, **more: Any) -> int:
        staff = actions.add_staff(
            city,
            username=username,
            display_name="王接听",
            password=more.pop("password", PASSWORD),
            roles=roles or ("seat",),
            unit=unit,
            actor=SYSTEM,
            now=NOW,
            **more,
        )
        # Sign-ins here are of today, and the policy takes no password that is as old as the account.
        people_models.Staff.objects.filter(pk=staff).update(password_changed_at=clock.now())
        return staff

    return add_staff


def sign_in(client: Client, username: str = "seat01", password: str = PASSWORD, **more: str) -> Any:
    return client.post("/sign-in", {"username": username, "password": password, **more})


class TestUnits:
    def test_facts_of_a_unit_without_contact_and_roster(self, city: str) -> None:
        facts = queries.unit_facts(city, now=NOW)["城管局"]

        assert (facts.kind, facts.level, facts.phone) == ("government", "city", "84350000")
        assert (facts.joined, facts.contact, facts.roster, facts.discipline) == (True, False, False, False)

    def test_contact_and_roster_count_while_they_last(self, city: str) -> None:
        actions.set_contact(
            city,
            unit="城管局",
            post="联系人",
            name="赵六",
            phone="13700000001",
            effective_on=date(2026, 3, 2),
            filed_at=NOW,
            now=NOW,
        )
        actions.put_on_roster(
            city,
            unit="城管局",
            person="孙七",
            phone="13700000002",
            starts_at=NOW,
            ends_at=NOW + timedelta(hours=8),
            actor=SYSTEM,
            now=NOW,
        )

        during = queries.unit_facts(city, names=["城管局"], now=NOW)["城管局"]
        before = queries.unit_facts(city, names=["城管局"], now=NOW - timedelta(days=1))["城管局"]
        after = queries.unit_facts(city, names=["城管局"], now=NOW + timedelta(hours=8))["城管局"]

        assert (during.contact, during.roster) == (True, True)
        assert (before.contact, before.roster) == (False, False)
        assert (after.contact, after.roster) == (True, False)
        assert queries.on_roster(city, unit="城管局", at=NOW) == [queries.OnDuty("孙七", "13700000002")]

    def test_a_new_contact_ends_the_one_before(self, city: str) -> None:
        for day, name in ((1, "赵六"), (20, "钱八")):
            actions.set_contact(
                city,
                unit="城管局",
                post="联系人",
                name=name,
                phone="",
                effective_on=date(2026, 3, day),
                filed_at=None,
                now=NOW,
            )

        early = queries.contacts(city, unit="城管局", on=date(2026, 3, 10))
        late = queries.contacts(city, unit="城管局", on=date(2026, 3, 20))

        assert early == {"联系人": queries.OnDuty("赵六", None)}
        assert late == {"联系人": queries.OnDuty("钱八", None)}

    @pytest.mark.clause("JY-14b")
    def test_a_unit_that_joins_later_or_has_left_is_not_joined(self, city: str) -> None:
        actions.add_unit(city, name="新单位", joined_on=date(2026, 4, 1), actor=SYSTEM, now=NOW)

        assert not queries.unit_facts(city, now=NOW)["新单位"].joined
        assert queries.unit_names(city, now=NOW) == ["城管局"]

    def test_a_second_unit_of_the_same_name_is_refused(self, city: str) -> None:
        with pytest.raises(actions.NameTaken):
            actions.add_unit(city, name="城管局", joined_on=None, actor=SYSTEM, now=NOW)

    def test_an_unknown_parent_is_refused(self, city: str) -> None:
        with pytest.raises(queries.UnknownUnit):
            actions.add_unit(city, name="大队", parent="没有", joined_on=None, actor=SYSTEM, now=NOW)


class TestStaff:
    def test_the_actor_carries_the_unit_in_unit_roles_alone(self, add: Callable[..., int]) -> None:
        staff = people_models.Staff.objects.get(pk=add("ji", "leader", "head", "seat", unit="城管局"))

        as_leader = queries.person_of(staff, wanted="leader", now=NOW)
        as_seat = queries.person_of(staff, wanted="auditor", now=NOW)

        assert as_leader is not None
        assert as_leader.actor == Actor("leader", "城管局", f"staff:{staff.pk}")
        assert as_seat is not None
        assert as_seat.actor == Actor("seat", None, f"staff:{staff.pk}")
        assert queries.names([f"staff:{staff.pk}", "staff:999999", "junk"]) == {f"staff:{staff.pk}": "王接听"}

    @pytest.mark.parametrize(("roles", "code"), [(("officer",), "role_needs_unit"), (("boss",), "unknown_role")])
    def test_a_role_that_cannot_be_held_is_refused(self, add: Callable[..., int], roles: Any, code: str) -> None:
        with pytest.raises(actions.BadRole, match=code):
            add("x", *roles)

    @pytest.mark.parametrize("password", ["Short1!", "onlysmallletters", "password123", "seat0123456"])
    def test_a_weak_password_is_refused(self, add: Callable[..., int], password: str) -> None:
        with pytest.raises(ValidationError):
            add("seat01", password=password)

        assert not people_models.Staff.objects.exists()

    def test_passwords_are_kept_with_argon2(self, add: Callable[..., int]) -> None:
        add()

        assert people_models.Staff.objects.get().password.startswith("argon2$argon2id$")

    def test_every_change_is_a_fact(self, add: Callable[..., int]) -> None:
        staff = add()
        actions.set_roles(staff, roles=["seat", "auditor"], actor=SYSTEM, now=NOW)
        actions.set_active(staff, active=False, actor=SYSTEM, now=NOW)

        types = [event.type for event in ledger.history(f"staff/{staff}")]

        assert types == ["StaffAdded", "RolesSet", "StaffDeactivated"]


class TestClients:
    def test_a_token_opens_and_acts_in_its_roles_alone(self, city: str) -> None:
        token = actions.add_client(
            city, name="热线系统", roles=["seat", "officer"], unit="城管局", actor=SYSTEM, now=NOW
        )

        client = actions.authenticate(token, now=NOW)

        assert client is not None
        assert client.actor("officer") == Actor("officer", "城管局", f"client:{client.id}")
        assert client.actor("seat") == Actor("seat", None, f"client:{client.id}")
        assert client.actor("auditor") is None
        assert client.actor() is None

    def test_the_token_itself_is_kept_nowhere(self, city: str) -> None:
        token = actions.add_client(city, name="热线系统", roles=["seat"], actor=SYSTEM, now=NOW)

        row = people_models.Client.objects.get()

        assert token.encode() not in bytes(row.token_hash)
        assert token.split("_", 2)[2] not in str(vars(row))

    @pytest.mark.parametrize(
        "spoil",
        [
            lambda t: t + "x",
            lambda t: t[:-1],
            lambda t: "",
            lambda t: "ms__",
            lambda t: "ms_甲_乙",
            lambda t: t.replace("ms_", "xs_"),
        ],
    )
    def test_anything_else_opens_nothing(self, city: str, spoil: Callable[[str], str]) -> None:
        token = actions.add_client(city, name="热线系统", roles=["seat"], actor=SYSTEM, now=NOW)

        assert actions.authenticate(spoil(token), now=NOW) is None

    def test_an_expired_or_revoked_token_opens_nothing(self, city: str) -> None:
        short = actions.add_client(
            city, name="短期", roles=["seat"], expires_at=NOW + timedelta(days=1), actor=SYSTEM, now=NOW
        )
        gone = actions.add_client(city, name="停用", roles=["seat"], actor=SYSTEM, now=NOW)
        assert actions.revoke_client(city, name="停用", actor=SYSTEM, now=NOW)

        assert actions.authenticate(short, now=NOW) is not None
        assert actions.authenticate(short, now=NOW + timedelta(days=1)) is None
        assert actions.authenticate(gone, now=NOW) is None
        assert not actions.revoke_client(city, name="停用", actor=SYSTEM, now=NOW)

    def test_authenticating_is_one_query_after_the_first_of_the_day(
        self, city: str, django_assert_num_queries: Any
    ) -> None:
        token = actions.add_client(city, name="热线系统", roles=["seat"], actor=SYSTEM, now=NOW)
        actions.authenticate(token, now=NOW)

        with django_assert_num_queries(1):
            actions.authenticate(token, now=NOW)


class TestSigningIn:
    def test_the_right_password_lets_in_and_changes_the_session_key(
        self, add: Callable[..., int], client: Client
    ) -> None:
        add()
        client.get("/sign-in")
        before = client.session.session_key

        answer = sign_in(client)

        assert (answer.status_code, answer.url) == (302, "/")
        assert client.session.session_key != before
        assert people_models.Staff.objects.get().last_seen is not None

    def test_a_wrong_password_is_refused_in_the_same_words_as_a_wrong_name(
        self, add: Callable[..., int], client: Client
    ) -> None:
        add()

        wrong, unknown = sign_in(client, password="wrong"), sign_in(client, "nobody")

        assert wrong.status_code == unknown.status_code == 422
        assert "账号或密码不正确" in wrong.content.decode()
        assert _words(wrong) == _words(unknown)

    def test_five_failures_lock_the_account_and_say_until_when(self, add: Callable[..., int], client: Client) -> None:
        add()
        for _ in range(5):
            sign_in(client, password="wrong")

        answer = sign_in(client)

        assert answer.status_code == 429
        assert re.search(r"请在 \d\d:\d\d 以后再试", answer.content.decode())
        assert "_auth_user_id" not in client.session

    def test_a_lock_ends_after_half_an_hour(self, add: Callable[..., int], client: Client) -> None:
        from axes.models import AccessAttempt

        add()
        for _ in range(5):
            sign_in(client, password="wrong")
        AccessAttempt.objects.update(attempt_time=datetime.now(UTC) - timedelta(minutes=31))

        answer = sign_in(client)

        assert answer.status_code == 302

    @pytest.mark.parametrize(
        "fields",
        [
            {"username": "", "password": ""},
            {"username": "a\0b", "password": "x"},
            {"username": "a" * 101, "password": "x"},
        ],
    )
    def test_a_form_that_is_not_filled_in_says_what_to_do(
        self, client: Client, db: None, fields: dict[str, str]
    ) -> None:
        answer = client.post("/sign-in", fields)

        assert answer.status_code == 422
        assert "请先更正以下内容" in answer.content.decode()

    def test_a_demonstration_account_is_refused_outside_of_the_demonstration(
        self, add: Callable[..., int], client: Client, settings: Any
    ) -> None:
        add("demo", is_demo=True, password="demo")
        settings.DEMO = True
        inside = sign_in(client, "demo", "demo").status_code
        settings.DEMO = False

        still_in = client.get("/password").status_code
        outside = sign_in(Client(), "demo", "demo").status_code

        assert (inside, still_in, outside) == (302, 302, 422)

    def test_somebody_who_is_deactivated_is_out_at_once(self, add: Callable[..., int], client: Client) -> None:
        staff = add()
        sign_in(client)

        actions.set_active(staff, active=False, actor=SYSTEM, now=NOW)

        assert client.get("/password").status_code == 302

    @pytest.mark.parametrize(("key", "ago"), [("seen", 15 * 60 + 1), ("began", 8 * 3600 + 1)])
    def test_a_session_ends_when_idle_or_old_and_the_page_says_so(
        self, add: Callable[..., int], client: Client, key: str, ago: int
    ) -> None:
        add()
        sign_in(client)
        session = client.session
        session[key] = time.time() - ago
        session.save()

        answer = client.get("/password", follow=True)

        assert answer.request["PATH_INFO"] == "/sign-in"
        assert "您已自动退出" in answer.content.decode()
        assert "_auth_user_id" not in client.session

    def test_a_session_in_use_stays_open(self, add: Callable[..., int], client: Client) -> None:
        add()
        sign_in(client)
        session = client.session
        session["seen"] = time.time() - 14 * 60
        session.save()

        answer = client.get("/password")

        assert answer.status_code == 200
        assert client.session["seen"] - session["seen"] >= 14 * 60

    def test_signing_out_removes_the_session(self, add: Callable[..., int], client: Client) -> None:
        add()
        sign_in(client)

        client.post("/sign-out")

        assert not Session.objects.exists()
        assert client.get("/sign-out").status_code == 405

    @pytest.mark.parametrize("wanted", ["https://evil.example/", "//evil.example", "javascript:alert(1)"])
    def test_the_way_back_stays_on_this_site(self, add: Callable[..., int], client: Client, wanted: str) -> None:
        add()

        assert sign_in(client, next=wanted).url == "/"

    def test_acknowledging_confidentiality_is_recorded(self, add: Callable[..., int], client: Client) -> None:
        staff = add()
        sign_in(client)

        unread = client.post("/confidentiality", {})
        read = client.post("/confidentiality", {"agreed": "on"})

        assert (unread.status_code, read.status_code) == (422, 302)
        assert "请阅读后勾选" in unread.content.decode()
        assert ledger.history(f"staff/{staff}")[-1].type == "ConfidentialityAcknowledged"
        person = queries.person_of(people_models.Staff.objects.get(pk=staff), now=NOW)
        assert person is not None
        assert person.acknowledged

    def test_one_may_act_in_ones_own_roles_alone(self, add: Callable[..., int], client: Client) -> None:
        add("two", "seat", "auditor")
        sign_in(client, "two")

        client.post("/role", {"role": "auditor"})
        chosen = client.session["acting_as"]
        client.post("/role", {"role": "supervisor"})

        assert chosen == client.session["acting_as"] == "auditor"

    def test_changing_the_password_ends_other_sessions(self, add: Callable[..., int], client: Client) -> None:
        add()
        elsewhere = Client()
        sign_in(client)
        sign_in(elsewhere)

        wrong = client.post("/password", {"old": "no", "new": "Another-Passw0rd", "again": "Another-Passw0rd"})
        weak = client.post("/password", {"old": PASSWORD, "new": "abc", "again": "abc"})
        unequal = client.post("/password", {"old": PASSWORD, "new": "Another-Passw0rd", "again": "x"})
        done = client.post("/password", {"old": PASSWORD, "new": "Another-Passw0rd", "again": "Another-Passw0rd"})

        assert [answer.status_code for answer in (wrong, weak, unequal, done)] == [422, 422, 422, 302]
        assert client.get("/password").status_code == 200
        assert elsewhere.get("/password").status_code == 302


class TestAnswers:
    def test_every_answer_carries_the_headers(self, client: Client, db: None) -> None:
        for path in ("/sign-in", "/livez", "/nowhere", "/readyz"):
            answer = client.get(path)

            assert "default-src 'none'" in answer["Content-Security-Policy"]
            assert answer["X-Frame-Options"] == "DENY"
            assert answer["X-Content-Type-Options"] == "nosniff"
            assert answer["Cache-Control"] == "no-store"

    def test_pages_have_no_inline_script_or_style(self, client: Client, db: None) -> None:
        page = client.get("/sign-in").content.decode()

        assert not re.search(r"<script(?![^>]*src)|<style|\sstyle=|\son\w+=", page)
        assert '<html lang="zh-Hans"' in page

    def test_the_style_sheet_is_served_and_may_be_kept(self, client: Client) -> None:
        answer = client.get("/static/site/site.css?v=1")

        assert answer.status_code == 200
        assert answer["Content-Type"] == "text/css; charset=utf-8"
        assert "immutable" in answer["Cache-Control"]
        assert client.get("/static/../settings.py").status_code == 404

    def test_an_unknown_page_says_so_in_chinese(self, client: Client, db: None) -> None:
        answer = client.get("/nowhere")

        assert answer.status_code == 404
        assert "没有找到这个页面" in answer.content.decode()

    def test_readyz_tells_the_state_of_the_machinery(self, client: Client, db: None) -> None:
        assert client.get("/readyz").json()["ready"] is True

    def test_a_form_without_its_token_is_refused_in_chinese(self, db: None) -> None:
        answer = Client(enforce_csrf_checks=True).post("/sign-in", {"username": "a", "password": "b"})

        assert answer.status_code == 403
        assert "页面已过期" in answer.content.decode()


def _words(answer: Any) -> str:
    return re.sub(r'(value|nonce)="[^"]*"', "", answer.content.decode())
