"""Bursts ring the security administrator, and a city is administered from listed addresses alone.

Clauses: GB/T 22239-2019 8.1.4.4 c, f, 8.1.5; SZ-26.
"""

from __future__ import annotations

from contextlib import nullcontext
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from tests.town_ground import Town, relayed, text_of, with_identity

from minsheng.app.cli import installation
from minsheng.app.cli.main import main
from minsheng.core.ledger import actions as ledger_actions
from minsheng.core.ledger import queries as ledger
from minsheng.core.people import alarms, factors
from minsheng.core.people.alarms import KINDS
from minsheng.core.people.models import AdminNetwork, Alarm, Staff
from minsheng.core.policies import queries as policies
from minsheng.domain.rejected import Rejected

INSIDE, OUTSIDE = "10.1.2.3", "192.0.2.9"


@pytest.fixture(autouse=True)
def quick(settings: Any) -> None:
    """Check passwords fast: many are checked here."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher", *settings.PASSWORD_HASHERS]


def rung() -> list[tuple[str, str, int]]:
    return list(Alarm.objects.order_by("rang_at", "pk").values_list("kind", "about", "count"))


def facts(town: Town) -> list[str]:
    return [each.type for each in ledger.history(f"security/{town.code}")]


def test_sprayed_passwords_from_one_address_ring_once(town: Town) -> None:
    most = KINDS["sign_in_address"].most
    browser = Client(REMOTE_ADDR=OUTSIDE)

    for number in range(most + 5):
        browser.post("/sign-in", {"username": f"guess-{number}", "password": "Summer-2026"})

    assert rung() == [("sign_in_address", OUTSIDE, most)]
    assert facts(town) == ["AlarmRang"]
    assert OUTSIDE not in str([each.body for each in ledger.history(f"security/{town.code}")])
    relayed()
    page = text_of(town.desk("security_admin").get("/security"))
    assert OUTSIDE in page
    assert "登录失败" in text_of(town.desk("security_admin").get("/notices/"))


def test_many_openings_ring(town: Town) -> None:
    order = town.handled()
    with_identity(town, order)
    most = policies.rules_for(town.code, now=town.now).openings_per_hour
    desk = town.desk("supervisor")

    for _ in range(most + 10):
        desk.post(f"/orders/{order}/identity", {"reason": "核对办理情况", "fields_wanted": ["name"]})

    assert rung() == [("openings", f"staff:{town.staff['supervisor']}", most)]


def test_many_exports_and_forbidden_pages_ring(town: Town) -> None:
    office, seat = town.desk("office"), town.desk("seat")

    for _ in range(KINDS["exports"].most + 1):
        office.get("/cockpit/tiles.csv")
    for _ in range(KINDS["forbidden"].most + 1):
        assert seat.get("/jobs").status_code == 403

    assert rung() == [
        ("exports", f"staff:{town.staff['office']}", KINDS["exports"].most),
        ("forbidden", f"staff:{town.staff['seat']}", KINDS["forbidden"].most),
    ]


def test_a_locked_factor_rings(town: Town) -> None:
    staff = town.staff["seat"]
    begun = factors.set_up_codes(staff, now=town.now)

    for _ in range(6):
        with pytest.raises(Rejected):
            factors.confirm_codes(staff, "000000", actor=town.actor("seat"), now=town.now)

    assert begun.secret
    assert rung() == [("factor", f"staff:{staff}", 5)]


def test_many_refusals_ring_once_an_hour(town: Town) -> None:
    who = {"role": "officer", "unit": "城管局", "person": "staff:1"}
    for _ in range(KINDS["refusals"].most):
        ledger_actions.refuse(
            at=town.now, city=town.code, stream="order/x", actor=who, command="reveal", code="reveal_target_never"
        )

    alarms.watch_refusals(town.now)
    alarms.watch_refusals(town.now + timedelta(minutes=5))

    assert rung() == [("refusals", "staff:1", KINDS["refusals"].most)]


def test_an_alarm_is_seen_to_by_the_security_administrator_alone(town: Town) -> None:
    alarms.count("openings", "staff:1", city=town.code, now=town.now)
    sent = {"alarm": str(Alarm.objects.get().pk)}
    for other in ("admin", "audit_admin", "supervisor"):
        assert town.desk(other).post("/security/alarms/seen", sent).status_code == 403, other
    guard = town.desk("security_admin")

    guard.post("/security/alarms/seen", sent)
    guard.post("/security/alarms/seen", sent)

    assert Alarm.objects.get().seen_at == town.now
    assert facts(town) == ["AlarmRang", "AlarmSeenTo"]
    assert guard.post("/security/alarms/seen", {"alarm": "x"}).status_code == 404


def listing(town: Town, address: str, text: str, **more: str) -> Any:
    """Set the list of addresses from one of them."""
    guard = town.desk("security_admin")
    guard.defaults["REMOTE_ADDR"] = address
    return guard.post("/security/addresses", {"networks": text, **more})


def test_administrators_are_let_in_from_listed_addresses_alone_and_at_once(town: Town) -> None:
    admin, seat = town.desk("admin"), town.desk("seat")
    admin.defaults["REMOTE_ADDR"] = seat.defaults["REMOTE_ADDR"] = OUTSIDE
    assert admin.get("/jobs").status_code == 200

    assert listing(town, INSIDE, "10.1.2.0/24\n2001:db8::/32").status_code == 302

    for address in ("/", "/jobs", "/account/factors", "/notices/"):
        answer = admin.get(address)
        assert answer.status_code == 403, address
        assert "不能从这里管理" in text_of(answer), address
    assert seat.get("/").status_code == 200
    admin.defaults["REMOTE_ADDR"] = INSIDE
    assert admin.get("/jobs").status_code == 200
    assert rung() == [("elsewhere", f"staff:{town.staff['admin']}", 1)]
    assert facts(town) == ["AdminNetworksSet", "AlarmRang"]


def test_nobody_locks_themselves_out_without_a_warning(town: Town) -> None:
    warned = listing(town, OUTSIDE, "10.1.2.0/24")
    assert warned.status_code == 422
    assert OUTSIDE in text_of(warned)
    assert not AdminNetwork.objects.exists()

    sure = listing(town, OUTSIDE, "10.1.2.0/24", sure="on")

    assert sure.status_code == 302
    assert listing(town, OUTSIDE, "").status_code == 403


@pytest.mark.parametrize(
    ("text", "said"), [("10.1.2", "不是地址或网段"), ("\n".join(f"10.0.{n}.0" for n in range(51)), "最多 50 个")]
)
def test_a_list_that_can_not_be_is_refused_and_changes_nothing(town: Town, text: str, said: str) -> None:
    answer = listing(town, INSIDE, text)

    assert answer.status_code == 422
    assert said in text_of(answer)
    assert not AdminNetwork.objects.exists()
    assert facts(town) == []


def test_the_command_line_lets_in_again(
    town: Town, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(installation, "opened", nullcontext)

    assert main(["city", "addresses", town.code, "10.1.2.7/24"]) == 0
    assert capsys.readouterr().out.strip() == "10.1.2.0/24"
    assert main(["city", "addresses", town.code, "--clear"]) == 0
    assert "任何地址" in capsys.readouterr().out

    assert Staff.objects.exists()
    assert not AdminNetwork.objects.exists()
