"""The demonstration: every stage is there, nothing was refused, ledger and rows agree, and it stays a demonstration."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, transaction
from pytest_django import DjangoDbBlocker

from minsheng.app.cli import demo as command
from minsheng.app.demo import actions, cities, playing, reports, reset
from minsheng.cases.appeals.models import Appeal
from minsheng.cases.orders.models import Breach, Order
from minsheng.cases.orders.storage import queries
from minsheng.core.ledger import tasks as ledger
from minsheng.core.ledger import verification
from minsheng.core.people import queries as people
from minsheng.core.people.models import Staff
from minsheng.core.people.signin import StaffBackend
from minsheng.core.policies import actions as policy_actions
from minsheng.domain.actors import SYSTEM, Actor
from minsheng.domain.orders.order import STATES
from minsheng.figures.reports import queries as report_queries
from minsheng.gateways import packfiles
from minsheng.public.publication.models import PublicCase

# A working morning, a weekend night, the first minutes after a long holiday, and a year without a final calendar.
MORNING = datetime.fromisoformat("2026-09-16T10:40:00+08:00")
NIGHT = datetime.fromisoformat("2026-11-22T03:10:00+08:00")
AFTER_HOLIDAY = datetime.fromisoformat("2026-10-08T09:02:00+08:00")
PROVISIONAL = datetime.fromisoformat("2027-01-12T14:00:00+08:00")

# States that a pack doesn't know: without a panel, without the unit's written opinion, without the text message.
UNKNOWN = {
    "demo_suzhou": {"CALLBACK_MANUAL"},
    "demo_jiangyin": {"RESEARCH", "DETERMINE", "CALLBACK_MANUAL"},
    "demo_suqian": {"RESEARCH", "DETERMINE"},
}


@pytest.fixture(scope="module")
def filled(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[playing.Filled]:
    """Fill once for all tests here, in a transaction that is rolled back."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield actions.fill(now=MORNING, scale=0.1)
        transaction.set_rollback(True)


def _statuses(city: str) -> dict[str, int]:
    found: dict[str, int] = {}
    for status in Order.objects.filter(city=city).values_list("status", flat=True):
        found[status] = found.get(status, 0) + 1
    return found


def test_no_step_is_refused(filled: playing.Filled) -> None:
    assert filled.refused == []
    assert filled.appeals > 300


@pytest.mark.parametrize("city", cities.CITIES, ids=lambda city: city.code)
def test_every_state_of_the_pack_is_there_twice(filled: playing.Filled, city: cities.DemoCity) -> None:
    found = _statuses(city.code)

    assert {state for state in STATES if found.get(state, 0) < 2} == UNKNOWN[city.code]


def test_every_appeal_has_a_category_of_the_tree(filled: playing.Filled) -> None:
    found = set(Appeal.objects.values_list("category", flat=True))

    assert len(found) > 20
    assert found <= set(packfiles.categories().by_code)


@pytest.mark.parametrize(
    ("city", "reasons"),
    [
        ("demo_suzhou", {"not_accepted", "no_objection", "unreached", "not_redispatched"}),
        ("demo_jiangyin", {"no_objection", "unreached", "not_redispatched"}),
        ("demo_suqian", {"no_reply"}),
    ],
)
def test_orders_are_closed_for_each_reason_of_the_pack(filled: playing.Filled, city: str, reasons: set[str]) -> None:
    found = set(Order.objects.filter(city=city, status="CLOSED").values_list("reason", flat=True))

    everywhere = {
        "online", "emergency_referral", "rejected", "linked", "satisfied", "decision", "children_closed", "internal"
    }  # fmt: skip
    assert found == everywhere | reasons


def test_queues_look_alive(filled: playing.Filled) -> None:
    still_open = Order.objects.exclude(status="CLOSED")

    assert still_open.filter(due__lt=MORNING).count() > 10
    assert still_open.filter(due__gte=MORNING, due__lt=datetime.fromisoformat("2026-09-17T00:00:00+08:00")).exists()
    assert Order.objects.filter(is_published=True).exists()
    assert Order.objects.filter(supervised=True).exists()
    assert Order.objects.filter(extension_pending=True).count() >= 3
    assert set(Breach.objects.values_list("code", flat=True)) >= {
        "late_dispatch", "late_sign", "three_late_signs", "not_handled", "late_handle", "late_audit"
    }  # fmt: skip


def test_ledger_verifies_and_rows_equal_their_facts(filled: playing.Filled) -> None:
    while ledger.relay_once():
        pass
    report = verification.verify()
    rebuilt = verification.rebuild(check=True)

    assert report.fault is None
    assert report.events > 2000
    assert {"order", "contact", "attachment", "report", "publication", "case", "meeting"} <= set(rebuilt)
    assert {name: counts.changed for name, counts in rebuilt.items() if counts.changed} == {}
    assert all(PublicCase.objects.filter(city=city.code).count() >= 2 for city in cities.CITIES)


def test_release_of_a_simulated_year_is_published_and_a_bulletin_waits_for_the_leader(
    filled: playing.Filled, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "LAKE_FOLDER", tmp_path / "lake")

    with transaction.atomic():
        reports.show(now=MORNING, scale=0.001)

        found = {(line.kind.code, line.status) for city in cities.CITIES for line in report_queries.listed(city.code)}
        fault = verification.verify().fault
        transaction.set_rollback(True)

    assert {("annual_release", "SENT"), ("monthly_bulletin", "REVIEW")} <= found
    assert fault is None


def test_internal_referrals_exist_for_insiders_alone(filled: playing.Filled) -> None:
    for city in cities.CITIES:
        internal = set(Order.objects.filter(city=city.code, is_internal=True).values_list("id", flat=True))
        seen_by = {
            role: set(queries.visible(Actor(role), city=city.code).values_list("id", flat=True))
            for role in ("dispatcher", "seat", "auditor", "supervisor", "designated_officer")
        }
        urban = set(queries.visible(Actor("officer", "市城市管理局"), city=city.code).values_list("id", flat=True))

        assert len(internal) >= 4
        assert internal <= seen_by.pop("designated_officer")
        assert all(not internal & seen for seen in seen_by.values())
        assert not internal & urban


def test_rosters_reach_into_the_next_weeks_and_are_extended(filled: playing.Filled) -> None:
    in_three_weeks = datetime.fromisoformat("2026-10-06T12:00:00+08:00")
    in_nine_weeks = datetime.fromisoformat("2026-11-18T12:00:00+08:00")

    assert people.on_roster("demo_suqian", unit="市水务局", at=in_three_weeks)
    assert actions.extend_rosters(now=MORNING) == 0
    with transaction.atomic():
        assert actions.extend_rosters(now=in_nine_weeks) > 100
        assert people.on_roster("demo_suqian", unit="市水务局", at=in_nine_weeks)
        transaction.set_rollback(True)


def test_demonstration_account_is_let_in_only_in_demonstration_mode(filled: playing.Filled, settings: Any) -> None:
    def sign_in() -> Staff | None:
        return StaffBackend().authenticate(None, username="sz_dispatcher", password=cities.PASSWORD)

    settings.DEMO = False
    assert sign_in() is None
    settings.DEMO = True
    assert sign_in() is not None


def test_every_role_has_an_account_and_one_has_not_acknowledged(filled: playing.Filled) -> None:
    for city in cities.CITIES:
        staff = Staff.objects.filter(city=city.code)

        assert all(staff.values_list("is_demo", flat=True))
        assert list(staff.filter(confidentiality_ack_at=None).values_list("username", flat=True)) == [
            f"{city.prefix}_town0_head"
        ]
        assert {role for account in cities.accounts_of(city) for role in [account.role]} >= {"seat", "officer", "head"}


def test_second_run_keeps_what_is_there(
    filled: playing.Filled, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MINSHENG_DEMO", "1")
    monkeypatch.setattr("minsheng.gateways.clock.now", lambda: MORNING)
    before = Order.objects.count()

    status = command.run(argparse.Namespace(reset=False, scale=1.0))

    said = capsys.readouterr().out
    assert status == 0
    assert "已有演示数据" in said
    assert cities.PASSWORD in said
    assert "sq_town0_head" in said
    assert Order.objects.count() == before


def test_external_database_wants_the_mode_said(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("MINSHENG_DEMO", raising=False)

    status = command.run(argparse.Namespace(reset=True, scale=1.0))

    assert status == 1
    assert "MINSHENG_DEMO=1" in capsys.readouterr().err


@pytest.mark.django_db
def test_no_table_of_the_program_is_a_stranger_to_the_reset_nor_any_of_its_months() -> None:
    assert reset._strange_tables() == []

    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE stranger (id int)")
    assert reset._strange_tables() == ["stranger"]


def test_reset_is_refused_without_the_mode_and_beside_a_real_city(filled: playing.Filled, settings: Any) -> None:
    settings.DEMO = False
    assert "MINSHENG_DEMO=1" in reset.obstacle()

    settings.DEMO = True
    with transaction.atomic():
        policy_actions.open_city("real", name="真实市", pack="suqian", actor=SYSTEM, now=MORNING)
        assert "真实市" in reset.obstacle()
        transaction.set_rollback(True)


def test_fill_beside_a_real_city_is_refused(
    filled: playing.Filled, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MINSHENG_DEMO", "1")
    with transaction.atomic():
        policy_actions.open_city("real", name="真实市", pack="suqian", actor=SYSTEM, now=MORNING)
        status = command.run(argparse.Namespace(reset=False, scale=1.0))
        transaction.set_rollback(True)

    assert status == 1
    assert "真实市" in capsys.readouterr().err


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("now", "place"),
    [(AFTER_HOLIDAY, 0), (NIGHT, 1), (PROVISIONAL, 2)],
    ids=["after_holiday", "night", "provisional"],
)
def test_demonstration_is_whole_at_any_moment(now: datetime, place: int) -> None:
    city = cities.CITIES[place]

    filled = actions.fill(now=now, scale=0.1, chosen=[city])

    assert filled.refused == []
    assert {state for state in STATES if _statuses(city.code).get(state, 0) < 2} == UNKNOWN[city.code]
