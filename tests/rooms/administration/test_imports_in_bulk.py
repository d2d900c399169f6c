"""A long list costs as many statements as a short one, and its facts are those that single changes leave."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.town_ground import Town, relayed

from minsheng.core.ledger import actions as ledger_actions
from minsheng.core.ledger import queries as ledger
from minsheng.core.ledger import verification
from minsheng.core.people import place_files, terms, unit_details, unit_files
from minsheng.core.people.accounts import files, term_files
from minsheng.core.people.models import RoleAssignment, Staff, Unit
from minsheng.core.people.sheets import Outcome, Sheet, Taken
from minsheng.core.people.terms import Term
from minsheng.gateways.tables import Row


def rows(sheet: Sheet, *lines: tuple[str, ...]) -> list[Row]:
    """Return lines as the rows of a file; columns that are not given are empty."""
    found = []
    for number, line in enumerate(lines, start=2):
        cells = line + ("",) * (len(sheet.columns) - len(line))
        found.append(Row(number, cells, dict(zip(sheet.columns, cells, strict=True))))
    return found


@pytest.fixture
def statements(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], Any]], int]:
    """Return what counts the statements of a piece of work, those of the ledger's own cursor too."""

    def counted(work: Callable[[], Any]) -> int:
        own: list[bytes] = []
        execute = ledger_actions.execute
        with monkeypatch.context() as patch, CaptureQueriesContext(connection) as asked:
            patch.setattr(ledger_actions, "execute", lambda *a, **k: own.append(a[0]) or execute(*a, **k))
            work()
        return len(asked) + len(own)

    return counted


LISTS: tuple[tuple[str, Sheet, Any, Callable[[int], tuple[str, ...]]], ...] = (
    ("staff", files.SHEET, files.putting, lambda n: (f"w{n}", f"王{n}", "城管局", "officer")),
    ("roles", term_files.SHEET, term_files.putting, lambda n: (f"jiangyin-some{n}", "officer")),
    ("units", unit_files.SHEET, unit_files.putting, lambda n: (f"第{n}局", "", "", "", "城管局")),
    ("places", place_files.SHEET, place_files.putting, lambda n: (f"路口{n}", f"人民路{n}号")),
)


@pytest.mark.parametrize(("name", "sheet", "putting", "line"), LISTS, ids=[each[0] for each in LISTS])
def test_a_hundred_rows_cost_as_many_statements_as_one(
    town: Town, statements: Callable[[Callable[[], Any]], int], name: str, sheet: Sheet, putting: Any,
    line: Callable[[int], tuple[str, ...]],
) -> None:  # fmt: skip
    town.hire_all([(f"some{number}", (), "城管局") for number in range(102)])
    taken: list[Taken] = []

    def work(*numbers: int) -> Callable[[], None]:
        lines = rows(sheet, *(line(number) for number in numbers))
        put = putting(town.code, actor=town.actor("admin"), now=town.now)
        return lambda: taken.extend(sheet.take_all(lines, put))

    one = statements(work(101))
    hundred = statements(work(*range(1, 101)))

    assert {each.outcome for each in taken} == {Outcome.ADDED}
    assert len(taken) == 101
    assert hundred == one <= 12


def test_a_list_leaves_the_facts_of_single_changes_and_they_verify(town: Town) -> None:
    alone = files.add_account(
        town.code, "alone", name="王一", unit="城管局", actor=town.actor("admin"), now=town.now
    )  # fmt: skip
    terms.give("alone", Term("officer"), city=town.code, actor=town.actor("admin"), now=town.now)
    put = files.putting(town.code, actor=town.actor("admin"), now=town.now)
    files.SHEET.take_all(rows(files.SHEET, ("listed", "王二", "城管局", "officer"), ("other", "王三", "", "seat")), put)
    relayed()

    def facts(username: str) -> list[tuple[str, Any, Any]]:
        history = ledger.history(f"staff/{Staff.objects.get(username=username).pk}")
        return [(each.type, ledger.content(each), each.actor) for each in history]

    assert alone
    assert facts("alone") == facts("listed")
    assert [each[0] for each in facts("other")] == ["StaffAdded", "RoleGiven"]
    columns = ("role", "granted_at", "granted_by", "starts_on", "ends_on", "desk", "level", "kinds")
    first, second = (
        RoleAssignment.objects.filter(staff__username=each).values(*columns) for each in ("alone", "listed")
    )
    assert list(first) == list(second)
    assert verification.verify().fault is None


def test_a_row_that_is_refused_leaves_nothing_and_later_rows_see_what_came_before(town: Town) -> None:
    lines = rows(
        files.SHEET,
        ("w1", "王一", "城管局", "officer、dispatcher"),
        ("w1", "王一", "城管局", "officer"),
        ("W1", "王一", "城管局", "officer"),
        ("w1", "王一", "城管局", "callback_agent"),
        ("w1", "王一", "城管局", "officer"),
        ("w1", "别人", "城管局", "officer"),
    )
    put = files.putting(town.code, actor=town.actor("admin"), now=town.now)

    taken = files.SHEET.take(lines, put)

    refused, added, known = Outcome.REFUSED, Outcome.ADDED, Outcome.KNOWN
    assert [each.outcome for each in taken] == [refused, added, refused, refused, known, refused]
    staff = Staff.objects.get(username="w1")
    assert list(staff.assignments.values_list("role", flat=True)) == ["officer"]
    assert [each.type for each in ledger.history(f"staff/{staff.pk}")] == ["StaffAdded", "RoleGiven"]
    assert not staff.has_usable_password()


def test_units_of_a_list_lie_under_those_before_them_with_the_facts_of_single_ones(town: Town) -> None:
    actor = town.actor("admin")
    lines = rows(
        unit_files.SHEET,
        ("下级局", "", "", "", "上级局"),
        ("上级局",),
        ("下级局", "", "", "", "上级局"),
        ("再下级局", "", "", "", "下级局"),
        ("再下级局",),
        ("城管局", "", "", "", "没有的局"),
    )
    put = unit_files.putting(town.code, actor=actor, now=town.now)

    taken = unit_files.SHEET.take(lines, put)
    unit_details.add(town.code, "单独局", unit_details.Details(), joined_on=None, actor=actor, now=town.now)

    refused, added, known = Outcome.REFUSED, Outcome.ADDED, Outcome.KNOWN
    assert [each.outcome for each in taken] == [refused, added, added, added, known, refused]
    found = {row.name: row for row in Unit.objects.filter(city=town.code).select_related("parent")}
    assert found["再下级局"].parent == found["下级局"]
    assert found["下级局"].parent == found["上级局"]
    listed, alone = (ledger.history(f"unit/{found[name].pk}") for name in ("上级局", "单独局"))
    assert [{**ledger.content(each), "name": ""} for each in listed] == [
        {**ledger.content(each), "name": ""} for each in alone
    ]
    assert verification.verify().fault is None
