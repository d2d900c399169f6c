"""Changes of contact on PostgreSQL and on the page. Clauses: JY-3c, JY-20.1, SZ-9b, SZ-11.5, A-54."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test import Client

from minsheng.core.ledger import queries as ledger
from minsheng.core.ledger import tasks, verification
from minsheng.core.lifecycles import actions as lifecycles
from minsheng.core.people import actions, contacts, queries, vault
from minsheng.core.people.models import UnitContact
from minsheng.core.policies import actions as policies
from minsheng.domain.actors import SYSTEM, Actor
from minsheng.domain.rejected import Rejected
from minsheng.domain.worktime import CalendarYear

# Wednesday 2026-09-30: three working days later is Saturday 10-10, a make-up day (register JY-3c).
EFFECTIVE = date(2026, 9, 30)
NOW = datetime(2026, 9, 30, 1, 0, tzinfo=UTC)
DUE = datetime(2026, 10, 10, 9, 30, tzinfo=UTC)
LATE = datetime(2026, 10, 12, 1, 0, tzinfo=UTC)
OFFICER = Actor("officer", "城管局", "staff:1")
PASSWORD = "Good-Passw0rd"


@pytest.fixture
def city(db: None) -> str:
    policies.open_city("jiangyin", name="江阴", pack="jiangyin", actor=SYSTEM, now=NOW)
    actions.add_unit("jiangyin", name="城管局", joined_on=date(2020, 1, 1), actor=SYSTEM, now=NOW)
    return "jiangyin"


def announce(city: str, **more: Any) -> UUID:
    given: dict[str, Any] = {"post": "联系人", "person": "赵六", "phone": "13700000001", "effective_on": EFFECTIVE}
    return contacts.change(city, **{**given, **more}, actor=more.pop("actor", OFFICER), now=NOW)


def test_a_change_starts_the_clock_of_three_working_days(city: str) -> None:
    contact = announce(city)

    found = queries.filings(city, unit="城管局")

    assert [(each.id, each.status, each.due, each.late) for each in found] == [(contact, "PENDING", DUE, False)]
    assert ledger.alarm(f"contact/{contact}") == DUE


def test_filing_in_time_stops_the_clock(city: str) -> None:
    contact = announce(city)

    contacts.file(contact, city=city, actor=OFFICER, now=DUE)

    found = queries.filings(city, unit="城管局")[0]
    assert (found.status, found.late) == ("FILED", False)
    assert ledger.alarm(f"contact/{contact}") is None
    assert [event.type for event in ledger.history(f"contact/{contact}")] == ["ContactChanged", "ContactFiled"]


def test_the_sweeper_records_a_missed_filing_at_its_due_moment(city: str) -> None:
    contact = announce(city)

    rung = tasks.sweep_once(LATE)
    again = tasks.sweep_once(LATE)

    missed = ledger.history(f"contact/{contact}")[-1]
    assert (rung, again) == (1, 0)
    assert (missed.type, missed.at) == ("ContactOverdue", DUE)
    assert queries.compliance(city) == [queries.Compliance("城管局", ("联系人",), 1, 1, ("联系人",))]


def test_filing_late_records_the_breach_first_when_no_sweeper_ran(city: str) -> None:
    contact = announce(city)

    contacts.file(contact, city=city, actor=OFFICER, now=LATE)

    types = [event.type for event in ledger.history(f"contact/{contact}")]
    assert types == ["ContactChanged", "ContactOverdue", "ContactFiled"]
    assert queries.filings(city, unit="城管局")[0].late


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"post": "局长"}, "field_missing"),
        ({"person": " "}, "field_missing"),
        ({"effective_on": None}, "field_missing"),
        ({"phone": "没有"}, "bad_phone"),
        ({"actor": Actor("leader", "城管局")}, "not_your_role"),
    ],
)
def test_a_change_that_is_refused_changes_nothing(city: str, more: dict[str, Any], code: str) -> None:
    with pytest.raises(Rejected, match=code):
        contacts.change(
            city,
            **{
                "post": "联系人",
                "person": "赵六",
                "phone": "13700000001",
                "effective_on": EFFECTIVE,
                "actor": OFFICER,
                **more,
            },
            now=NOW,
        )

    assert not UnitContact.objects.exists()


def test_filing_is_refused_to_another_unit_another_city_and_twice(city: str) -> None:
    contact = announce(city)
    contacts.file(contact, city=city, actor=OFFICER, now=NOW)

    for actor, where in ((Actor("officer", "教育局"), city), (OFFICER, "suzhou"), (OFFICER, city)):
        with pytest.raises(Rejected):
            contacts.file(contact, city=where, actor=actor, now=NOW)

    assert ledger.head(f"contact/{contact}") == 2


def test_rebuilding_gives_the_rows_that_stood_there(city: str) -> None:
    contact = announce(city)
    contacts.file(contact, city=city, actor=OFFICER, now=LATE)
    before = lifecycles.rebuild(contacts.KIND, check=True)
    UnitContact.objects.update(status="PENDING", due=None, version=1)

    found, rebuilt, after = (lifecycles.rebuild(contacts.KIND, check=check) for check in (True, False, True))

    assert (before, found, rebuilt, after) == ((1, 0), (1, 1), (1, 1), (1, 0))
    assert verification.verify().fault is None


def test_a_year_loaded_later_moves_a_provisional_deadline(city: str) -> None:
    start = datetime(2026, 12, 31, 1, 0, tzinfo=UTC)
    contact = contacts.change(
        city,
        post="联系人",
        person="赵六",
        phone="13700000001",
        effective_on=date(2026, 12, 31),
        actor=OFFICER,
        now=start,
    )
    before = ledger.alarm(f"contact/{contact}")
    year = CalendarYear(2027, frozenset({date(2027, 1, 1)}), frozenset(), final=True, source="通知")
    policies.load_calendar(year, loaded_by="staff:1", actor=Actor("office"), now=start)

    moved = lifecycles.recompute(contacts.KIND, city, year=2027, now=start)

    after = ledger.alarm(f"contact/{contact}")
    assert moved == 1
    assert before is not None
    assert after is not None
    assert before.date() == date(2027, 1, 5)
    assert after.date() == date(2027, 1, 6)
    assert lifecycles.recompute(contacts.KIND, city, year=2027, now=start) == 0


class TestPages:
    @pytest.fixture
    def enter(self, city: str) -> Callable[..., Client]:
        """Return what signs somebody in."""

        def sign_in(*roles: str, acknowledge: bool = True) -> Client:
            staff = actions.add_staff(
                city,
                username=f"s-{roles[0]}",
                display_name="王某",
                password=PASSWORD,
                roles=roles,
                unit="城管局",
                actor=SYSTEM,
                now=NOW,
            )
            if acknowledge:
                actions.acknowledge(staff, actor=SYSTEM, now=NOW)
            client = Client()
            client.post("/sign-in", {"username": f"s-{roles[0]}", "password": PASSWORD})
            return client

        return sign_in

    @staticmethod
    def form(**more: str) -> dict[str, str]:
        given = {"post": "经办人", "person": "赵六", "phone": "13700000001", "effective_on": "2026-09-30"}
        return {"key": str(uuid4()), **given, **more}

    def test_nobody_sees_anything_before_acknowledging_confidentiality(self, enter: Callable[..., Client]) -> None:
        answer = enter("officer", acknowledge=False).get("/contacts")

        assert (answer.status_code, answer.headers["Location"]) == (302, "/confidentiality")

    def test_an_officer_announces_and_files_a_change(
        self, enter: Callable[..., Client], city: str, test_clock: Callable[[datetime], None]
    ) -> None:
        test_clock(NOW)
        client = enter("officer")

        announced = client.post("/contacts/change", self.form(), follow=True).content.decode()
        contact = queries.filings(city, unit="城管局")[0].id
        filed = client.post(
            "/contacts/file", {"key": str(uuid4()), "contact": str(contact)}, follow=True
        ).content.decode()

        assert "待备案" in announced
        assert "2026-10-10 17:30" in announced
        assert "13700000001" not in announced
        assert "已备案" in filed

    def test_pressing_the_button_twice_announces_once(self, enter: Callable[..., Client], city: str) -> None:
        client, form = enter("officer"), self.form()

        answers = [client.post("/contacts/change", form).status_code for _ in range(2)]
        other = client.post("/contacts/change", {**form, "person": "钱八"})

        assert answers == [302, 302]
        assert UnitContact.objects.count() == 1
        assert other.status_code == 422

    def test_refused_filing_is_kept_among_the_refusals(
        self, enter: Callable[..., Client], city: str, test_clock: Callable[[datetime], None]
    ) -> None:
        contact = announce(city)
        contacts.file(contact, city=city, actor=OFFICER, now=NOW)
        test_clock(LATE)

        enter("officer").post("/contacts/file", {"key": str(uuid4()), "contact": str(contact)})

        with connection.cursor() as cursor:
            cursor.execute("SELECT stream, command, code, actor->>'unit' FROM ledger_refusal")
            assert cursor.fetchall() == [(f"contact/{contact}", "file_contact", "not_allowed_now", "城管局")]

    def test_a_form_with_mistakes_says_what_to_do_and_changes_nothing(self, enter: Callable[..., Client]) -> None:
        client = enter("officer")

        for wrong in ({"person": ""}, {"phone": "abc"}, {"effective_on": "昨天"}, {"post": "局长"}, {"key": "x"}):
            answer = client.post("/contacts/change", self.form(**wrong))
            assert answer.status_code == 422
            assert "请先更正以下内容" in answer.content.decode() or "key" in wrong

        assert not UnitContact.objects.exists()

    def test_others_may_not_change_contacts(self, enter: Callable[..., Client]) -> None:
        assert enter("leader").post("/contacts/change", self.form()).status_code == 403
        assert enter("seat").get("/contacts").status_code == 403
        assert enter("supervisor").post("/contacts/file", {}).status_code == 403
        assert Client().get("/contacts").status_code == 302

    @pytest.mark.clause("JY-3b")
    def test_the_center_sees_which_units_lack_a_contact(self, enter: Callable[..., Client], city: str) -> None:
        page = enter("supervisor").get("/contacts").content.decode()

        assert "城管局" in page
        assert "不齐全" in page

    def test_the_number_is_encrypted_in_the_table(self, city: str) -> None:
        contact = announce(city)

        row = UnitContact.objects.get(pk=contact)

        assert row.phone_enc is not None
        assert b"13700000001" not in bytes(row.phone_enc)
        assert vault.decrypt(bytes(row.phone_enc), owner=f"contact/{contact}", field="phone") == "13700000001"
        with connection.cursor() as cursor:
            cursor.execute("SELECT string_agg(body::text, '') FROM ledger_event")
            assert "赵六" not in cursor.fetchone()[0]
