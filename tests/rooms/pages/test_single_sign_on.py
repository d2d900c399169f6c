"""Staff signing in by the city's own service: bound by the administrator, and a factor where the city wants one.

Clauses: ASVS 6.8.1, 6.8.4; GB/T 22239-2019 8.1.4.1 d.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from tests import peers
from tests.town_ground import Town, text_of

from minsheng.app.cli import installation
from minsheng.app.cli.main import main
from minsheng.core.ledger import queries as ledger
from minsheng.core.people import factors, single
from minsheng.core.people.models import SignInSubject, Staff
from minsheng.core.policies import queries as policies
from minsheng.core.policies.models import City
from minsheng.domain.actors import SYSTEM
from minsheng.gateways import one_time
from minsheng.gateways.identity import Begun, IdentityRefused, Verified

ISSUER = "https://id.example"


@dataclass(slots=True)
class Service:
    """A service that says who it was, and how they signed in there."""

    subject: str = f"{ISSUER}#lu"
    methods: tuple[str, ...] = ("pwd",)
    name: str = "by hand"

    def begin(self, *, redirect_uri: str) -> Begun:
        return Begun(f"{ISSUER}/auth?redirect_uri={redirect_uri}", {"state": "s"})

    def complete(self, answer: Mapping[str, str], *, kept: Mapping[str, str], redirect_uri: str) -> Verified:
        if answer.get("state") != kept["state"]:
            raise IdentityRefused("identity_mismatch")
        return Verified(self.subject, "", "", self.methods)


@pytest.fixture
def service(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Service:
    """Return the installation's service."""
    settings.OPENID_STAFF = {"issuer": ISSUER, "client_id": "minsheng", "client_secret": "secret"}
    made = Service()
    monkeypatch.setattr(single, "provider", lambda: made)
    return made


@pytest.fixture
def seat(town: Town, service: Service) -> Staff:
    """Return a seat's account that is bound to the service."""
    staff = Staff.objects.get(pk=town.staff["seat"])
    single.bind(staff.username, "lu", city=town.code, actor=town.actor("admin"), now=town.now)
    return staff


def come_back(browser: Client, state: str = "s", wanted: str = "/find") -> Any:
    """Go to the service and return from it."""
    browser.get("/sign-in/single", {"next": wanted})
    return browser.get("/sign-in/single/return", {"state": state, "code": "c"})


@pytest.mark.slow
def test_a_provider_that_others_made_signs_a_bound_account_in(town: Town, settings: Any) -> None:
    back = "http://testserver/sign-in/single/return"
    with peers.openid_provider(back) as issuer:
        settings.OPENID_STAFF = {
            "issuer": issuer, "client_id": "minsheng", "client_secret": "for-tests-only-0123456789abcdef"
        }  # fmt: skip
        seat = Staff.objects.get(pk=town.staff["seat"])
        single.bind(seat.username, "nameless", city=town.code, actor=town.actor("admin"), now=town.now)
        browser, stranger = Client(), Client()
        away = browser.get("/sign-in/single?next=/find")
        returned = peers.through_the_provider(away["Location"], back, login="nameless")
        inside = browser.get(returned.removeprefix("http://testserver"))
        again = browser.get(returned.removeprefix("http://testserver"))
        elsewhere = stranger.get(returned.removeprefix("http://testserver"))
        away = stranger.get("/sign-in/single")
        unbound = stranger.get(
            peers.through_the_provider(away["Location"], back, login="lu").removeprefix("http://testserver")
        )

    assert away["Location"].startswith(f"{issuer}/auth?")
    assert "code_challenge_method=S256" in away["Location"]
    assert inside["Location"] == "/find"
    assert browser.get("/find").status_code == 200
    assert [each["Location"] for each in (again, elsewhere, unbound)] == ["/sign-in"] * 3
    assert stranger.get("/find").status_code == 302


def test_an_answer_to_another_question_signs_nobody_in(seat: Staff) -> None:
    browser = Client()

    answer = come_back(browser, state="other")

    assert answer["Location"] == "/sign-in"
    assert "与本次登录不符" in text_of(browser.get("/sign-in"))
    assert browser.get("/find").status_code == 302


def test_an_account_that_is_not_bound_not_in_use_or_without_a_role_stays_out(
    town: Town, seat: Staff, service: Service
) -> None:
    service.subject = f"{ISSUER}#stranger"
    assert come_back(Client())["Location"] == "/sign-in"
    service.subject = f"{ISSUER}#lu"
    Staff.objects.filter(pk=seat.pk).update(is_active=False)
    assert come_back(Client())["Location"] == "/sign-in"
    Staff.objects.filter(pk=seat.pk).update(is_active=True)
    assert come_back(Client())["Location"] == "/find"
    seat.assignments.all().delete()
    assert come_back(Client())["Location"] == "/sign-in"


def test_the_second_factor_stays_unless_the_service_has_asked_for_one_that_the_pack_trusts(
    town: Town, seat: Staff, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    City.objects.filter(code=town.code).update(overlays=["dengbao3"])
    begun = factors.set_up_codes(seat.pk, now=town.now)
    factors.confirm_codes(seat.pk, one_time.code_at(begun.secret, town.now), actor=SYSTEM, now=town.now)
    service.methods = ("pwd", "otp", "mfa")

    asked = come_back(Client())
    known = policies.rules_for
    monkeypatch.setattr(policies, "rules_for", lambda city, *, now: replace(known(city, now=now), sso_factor=("mfa",)))
    trusted = Client()
    inside = come_back(trusted)
    service.methods = ("pwd",)
    weak = come_back(Client())

    assert [each["Location"] for each in (asked, inside, weak)] == ["/sign-in/factor", "/find", "/sign-in/factor"]
    assert trusted.get("/find").status_code == 200


def test_an_old_password_is_nothing_to_who_signs_in_by_the_service(town: Town, seat: Staff) -> None:
    Staff.objects.filter(pk=seat.pk).update(password_changed_at=town.now - timedelta(days=400))
    browser = Client()

    come_back(browser)

    assert browser.get("/find").status_code == 200


def test_the_administrator_binds_accounts_and_nobody_binds_themselves(town: Town, service: Service) -> None:
    desk, address = town.desk("admin"), "/sign-in/single/accounts"
    seat, other = (Staff.objects.get(pk=town.staff[each]) for each in ("seat", "dispatcher"))
    own = Staff.objects.get(pk=town.staff["admin"]).username

    done = desk.post(address, {"username": seat.username, "subject": "lu"})
    taken = desk.post(address, {"username": other.username, "subject": "lu"})
    self_bound = desk.post(address, {"username": own, "subject": "me"})

    assert [each.status_code for each in (done, taken, self_bound)] == [302, 422, 422]
    assert "已与另一个账号绑定" in text_of(taken)
    assert seat.username in text_of(desk.get(address))
    assert ledger.history(f"staff/{seat.pk}")[-1].type == "SubjectBound"
    assert "lu" not in str(ledger.content(ledger.history(f"staff/{seat.pk}")[-1]))
    for role in ("security_admin", "supervisor", "seat"):
        assert town.desk(role).get(address).status_code == 403, role
    desk.post(address, {"username": seat.username, "subject": ""})
    assert not SignInSubject.objects.exists()
    assert ledger.history(f"staff/{seat.pk}")[-1].type == "SubjectUnbound"


def test_unbinding_ends_the_sessions_of_the_account(town: Town, seat: Staff) -> None:
    browser = Client()
    come_back(browser)
    assert browser.get("/find").status_code == 200

    single.bind(seat.username, "", city=town.code, actor=town.actor("admin"), now=town.now)

    assert browser.get("/find").status_code == 302


def test_without_a_service_there_is_no_such_way(
    town: Town, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(installation, "opened", nullcontext)
    browser = Client()

    assert browser.get("/sign-in/single").status_code == 404
    assert "用统一身份登录" not in text_of(browser.get("/sign-in"))
    assert main(["staff", "bind", Staff.objects.get(pk=town.staff["seat"]).username, "lu"]) == 1
    assert "没有接入" in capsys.readouterr().err
