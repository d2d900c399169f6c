"""Units that are renamed, merged, split, ended: orders, staff, clients, rosters, old names; the ledger still verifies.

Clauses: SZ-3, SZ-8a, JY-3b.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from tests.town_ground import UNITS, Town, row, steps

from minsheng.cases.orders import actions, successions
from minsheng.cases.orders.reading import identities
from minsheng.cases.orders.storage import queries
from minsheng.core.drafts import texts
from minsheng.core.ledger import queries as ledger
from minsheng.core.ledger import verification, witnesses
from minsheng.core.people import actions as people
from minsheng.core.people import queries as people_queries
from minsheng.core.people import rosters, statistics, units
from minsheng.core.people.models import Roster, Staff, Unit
from minsheng.core.people.units import Change
from minsheng.core.policies import queries as policies
from minsheng.domain.actors import SYSTEM, Actor
from minsheng.domain.rejected import Rejected
from minsheng.domain.worktime import WorkTime

OLD, NEW, OTHER = "城管局", "综合行政执法局", "住建局"


@pytest.fixture
def town(db: None, test_clock: Callable[[datetime], None]) -> Town:
    """Return a town under jiangyin's rules, on a Friday afternoon."""
    from tests import town_ground as towns  # not before Django is set up

    return towns.build("jiangyin", test_clock)


def carry_out(town: Town, what: str, unit: str = OLD, *successors: str, key: str = "k", **staff: str) -> int | None:
    return successions.carry_out(
        town.code, Change(what, unit, successors, staff), key=key, actor=town.actor("admin"), now=town.now
    )


def is_sound() -> bool:
    """Tell whether the ledger verifies and every row is what its facts make of it."""
    return (
        verification.verify().fault is None
        and witnesses.compare_all().altered == []
        and actions.rebuild(check=True)[1] == 0
    )


class TestComplaintsAboutTheOldName:
    """People go on complaining about the name they know (JY-12, SZ-26)."""

    @pytest.mark.parametrize("what", ["rename", "merge"])
    def test_complaint_is_about_the_successor_which_does_not_learn_who_complains(self, town: Town, what: str) -> None:
        new = NEW if what == "rename" else OTHER
        carry_out(town, what, OLD, new)

        order = town.register(target_unit=OLD)

        assert queries.state_of(row(order)).about == (new,)
        assert is_target_of(town, order, new)

    def test_complaint_about_a_split_unit_is_about_all_that_it_went_into(self, town: Town) -> None:
        carry_out(town, "split", OLD, OTHER, UNITS[2], **dict.fromkeys(staff_of(town, OLD), OTHER))

        order = town.register(target_unit=OLD)

        assert is_target_of(town, order, OTHER)
        assert is_target_of(town, order, UNITS[2])

    def test_order_from_before_stays_about_its_successors_successor(self, town: Town) -> None:
        order = town.register(target_unit=OLD)
        carry_out(town, "rename", OLD, NEW)
        carry_out(town, "merge", NEW, OTHER, key="second")

        assert is_target_of(town, order, OTHER)


def is_target_of(town: Town, order: str, unit: str) -> bool:
    """Tell whether somebody of the unit counts as complained about."""
    somebody = Actor("officer", unit, None)
    return identities.situation_of(queries.state_of(row(order)), actor=somebody, city=town.code).is_target


def staff_of(town: Town, unit: str) -> list[str]:
    return [name for name, _ in units.accounts(town.code, unit=unit)]


class TestOrders:
    @pytest.mark.parametrize("what", ["rename", "merge"])
    def test_open_orders_go_to_the_successor_with_their_clocks_and_closed_ones_stay(
        self, town: Town, what: str
    ) -> None:
        to, handled = town.dispatched(), town.handled(target_unit=OLD)
        done = town.replied()
        town.act(done, "auditor", "pass_audit")
        town.act(done, "callback_agent", "callback", reached=True, satisfied="satisfied", resolved=True)
        due = row(to).due
        new = NEW if what == "rename" else OTHER

        moved = carry_out(town, what, OLD, new)

        assert moved == 2
        assert [(row(each).lead, row(each).units) for each in (to, handled)] == [(new, [new])] * 2
        assert row(to).due == due
        assert (row(done).lead, row(done).units) == (OLD, [OLD])
        assert steps(to)[-1] == "UnitSucceeded"
        assert queries.state_of(row(handled)).about == (new, OLD)
        assert is_sound()

    def test_the_successor_works_on_with_the_draft_that_was_begun(self, town: Town) -> None:
        order = town.handled()
        texts.save(f"order/{order}", unit=OLD, text="已换新灯", saved_by="staff:1", now=town.now)

        carry_out(town, "rename", OLD, NEW)

        assert texts.of(f"order/{order}", unit=NEW) is not None
        officer = town.desk(f"officer@{OLD}")  # the same person, now of the new name
        page = officer.get("/?tab=handling")
        assert [each.id for each in page.context["rows"]] == [order]

    @pytest.mark.parametrize(("what", "successors"), [("end", ()), ("split", (OTHER, "江阴市纪委监委"))])
    def test_a_unit_with_open_orders_is_neither_split_nor_ended(
        self, town: Town, what: str, successors: tuple[str, ...]
    ) -> None:
        order = town.dispatched()
        version = row(order).version

        with pytest.raises(Rejected, match="unit_has_orders") as refused:
            carry_out(town, what, OLD, *successors)

        assert refused.value.params["count"] == 1
        assert people_queries.unit_facts(town.code, names=[OLD], now=town.now)[OLD].joined
        assert row(order).version == version
        assert units.former(town.code) == []

    def test_an_order_that_waits_for_an_internal_referral_is_found_by_its_former_units(self, town: Town) -> None:
        order = town.handled()
        town.act(order, f"officer@{OLD}", "propose_referral")

        with pytest.raises(Rejected, match="unit_has_orders"):
            carry_out(town, "end")
        carry_out(town, "rename", OLD, NEW)
        town.act(order, "designated_officer", "refuse_referral", reason="不属内部批转")

        assert queries.state_of(row(order)).lead == NEW
        assert is_sound()

    def test_a_second_run_moves_what_came_under_the_old_name_meanwhile_and_nothing_else(self, town: Town) -> None:
        carry_out(town, "merge", OLD, OTHER)

        again = carry_out(town, "merge", OLD, OTHER)
        other_key = carry_out(town, "merge", OLD, OTHER, key="another")

        stream = f"unit/{Unit.objects.get(city=town.code, name=OLD).pk}"
        assert (again, other_key) == (None, None)
        assert [each.type for each in ledger.history(stream)].count("UnitMerged") == 1

    def test_one_key_does_one_thing(self, town: Town) -> None:
        carry_out(town, "rename", OLD, NEW)

        with pytest.raises(Rejected):
            carry_out(town, "end", OTHER)

    def test_one_order_that_cannot_go_keeps_all_as_it_was(self, town: Town) -> None:
        order = town.handled()
        referral = town.internal()  # 住建局 handles what is about 城管局

        seen = successions.preview(town.code, Change("merge", OLD, (OTHER,)), now=town.now)
        with pytest.raises(Rejected, match="branch_mismatch"):
            carry_out(town, "merge", OLD, OTHER)

        assert "被反映的单位不能自己办理" in seen.refusal
        assert (row(order).lead, row(referral).handler) == (OLD, OTHER)
        assert Unit.objects.get(city=town.code, name=OLD).left_on is None

    def test_a_preview_says_what_would_happen_and_changes_nothing(self, town: Town) -> None:
        order = town.handled()
        before = [event.hash for event in ledger.history(f"order/{order}")]

        seen = successions.preview(town.code, Change("rename", OLD, (NEW,)), now=town.now)

        assert (seen.orders, seen.numbers, seen.refusal) == (1, (row(order).number,), "")
        assert (seen.has.staff, seen.has.shifts, seen.has.contacts) == (3, 1, 1)
        assert [event.hash for event in ledger.history(f"order/{order}")] == before
        assert Unit.objects.filter(city=town.code, name=OLD).exists()


class TestTheRest:
    def test_staff_clients_and_shifts_of_a_merged_unit_go_along(self, town: Town) -> None:
        token = people.add_client(town.code, name="接口", roles=["officer"], unit=OLD, actor=SYSTEM, now=town.now)

        carry_out(town, "merge", OLD, OTHER)

        client = people.authenticate(token, now=town.now)
        staff = Staff.objects.get(pk=town.staff[f"officer@{OLD}"])
        assert client is not None
        assert (client.unit, staff.unit and staff.unit.name, staff.is_active) == (OTHER, OTHER, True)
        assert [each.type for each in ledger.history(f"staff/{staff.pk}")] == ["UnitChanged"]
        assert Roster.objects.filter(unit__name=OTHER).count() == 2
        assert not people_queries.contacts(town.code, unit=OLD, on=town.now.date())

    @pytest.mark.parametrize("what", ["end", "split"])
    def test_nobody_acts_for_a_unit_that_is_no_more(self, town: Town, what: str) -> None:
        token = people.add_client(town.code, name="接口", roles=["officer"], unit=OLD, actor=SYSTEM, now=town.now)
        goes = Staff.objects.get(pk=town.staff[f"officer@{OLD}"])
        successors = (OTHER, "江阴市纪委监委") if what == "split" else ()

        carry_out(town, what, OLD, *successors, **({goes.username: OTHER} if what == "split" else {}))

        goes.refresh_from_db()
        leader = Staff.objects.get(pk=town.staff[f"leader@{OLD}"])
        assert people.authenticate(token, now=town.now) is None
        assert (goes.is_active, goes.unit and goes.unit.name) == ((True, OTHER) if what == "split" else (False, OLD))
        assert not leader.is_active
        assert not Roster.objects.filter(unit__name=OLD, ends_at__gt=town.now).exists()
        assert OLD not in people_queries.unit_names(town.code, now=town.now)
        with pytest.raises(Rejected, match="unit_not_joined"):
            town.dispatched()
        assert is_sound()

    def test_old_names_are_found_with_what_became_of_them_and_are_never_used_again(self, town: Town) -> None:
        carry_out(town, "rename", OLD, NEW)
        town.later(days=1)
        carry_out(town, "merge", NEW, OTHER, key="second")

        found = units.former(town.code, words="城管")

        assert [(each.name, each.what, each.successors) for each in found] == [(OLD, "rename", (NEW,))]
        assert units.former(town.code, names=[NEW])[0].successors == (OTHER,)
        for name in (OLD, NEW):
            with pytest.raises(Rejected):
                people.add_unit(town.code, name=name, joined_on=None, actor=SYSTEM, now=town.now)
        with pytest.raises(Rejected, match="unit_name_was_used"):
            carry_out(town, "rename", OTHER, OLD, key="third")

    def test_a_unit_that_left_counts_until_the_day(self, town: Town) -> None:
        before = sum(
            n for (what, _, _), n in statistics.stocks(town.code, on=town.now.date()).items() if what == "units"
        )

        carry_out(town, "end")

        yesterday, today = (town.now - timedelta(days=1)).date(), town.now.date()
        counts = [
            sum(n for (what, _, _), n in statistics.stocks(town.code, on=on).items() if what == "units")
            for on in (yesterday, today)
        ]
        assert counts == [before, before - 1]
        assert not any(each.unit == OLD for each in rosters.lacking(town.code, worktime=_worktime(town), now=town.now))

    @pytest.mark.parametrize(
        ("what", "unit", "successors", "code"),
        [
            ("rename", "没有", (NEW,), "unknown_unit"),
            ("rename", OLD, (), "unit_name_empty"),
            ("rename", OLD, (" ",), "unit_name_empty"),
            ("rename", OLD, (OLD,), "unit_same_name"),
            ("rename", OLD, (OTHER,), "name_taken"),
            ("rename", OLD, ("局" * 101,), "unit_name_too_long"),
            ("merge", OLD, (), "unit_successors_missing"),
            ("merge", OLD, (OLD,), "unit_successors_missing"),
            ("merge", OLD, ("没有",), "unknown_unit"),
            ("split", OLD, (OTHER,), "unit_successors_missing"),
            ("end", OLD, (OTHER,), "unit_successors_missing"),
        ],
    )
    def test_a_change_that_cannot_be_is_refused_and_changes_nothing(
        self, town: Town, what: str, unit: str, successors: tuple[str, ...], code: str
    ) -> None:
        with pytest.raises(Rejected, match=code):
            carry_out(town, what, unit, *successors)

        assert units.former(town.code) == []
        assert carry_out(town, "rename", OLD, NEW) == 0  # the key was given back

    def test_a_unit_that_has_left_is_changed_no_more(self, town: Town) -> None:
        carry_out(town, "end")

        with pytest.raises(Rejected, match="unit_has_left"):
            carry_out(town, "rename", OLD, NEW, key="second")


def _worktime(town: Town) -> WorkTime:
    return policies.rules_for(town.code, now=town.now).worktime
