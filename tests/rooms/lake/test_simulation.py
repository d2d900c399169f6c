"""A simulated year: what is planted is what reports find; killed anywhere it goes on; the same seed gives the same."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests import lake_ground as making

from minsheng.domain import kinds
from minsheng.domain.rejected import Rejected
from minsheng.domain.worktime import WorkTime
from minsheng.figures.lake import yearbook
from minsheng.figures.lake.store import Store
from minsheng.figures.reports.release import annual, checks
from minsheng.figures.simulation import clockwork, plan, run, targets
from minsheng.figures.simulation.clockwork import OfficeTime, seconds_of


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """Return the lake of a thousandth of the year."""
    return making.simulated(tmp_path_factory.mktemp("lake") / "year")


def content(store: Store) -> dict[tuple[str, str], str]:
    return {(each.dataset, each.month): each.sha256 for each in store.read().files}


@pytest.mark.clause("AR-1.1a", "AR-2.1.1", "AR-2.2.5", "AR-2.3", "AR-2.5.1", "AR-2.5.2", "AR-2.6.2")
def test_every_cell_of_the_release_is_what_was_planted(store: Store) -> None:
    assert annual.plain(making.release(store)) == making.truth(store)


@pytest.mark.parametrize("seed", [2, 3])
def test_every_cell_is_what_was_planted_with_other_seeds(tmp_path: Path, seed: int) -> None:
    other = making.simulated(tmp_path / "lake", scale=0.0004, seed=seed)

    assert annual.plain(making.release(other)) == making.truth(other)
    assert checks.broken(making.release(other)) == []


@pytest.mark.clause("AR-2.1.1", "AR-2.2.5", "AR-2.3", "AR-2.5.1", "AR-2.5.2", "AR-2.6.2")
def test_every_identity_holds(store: Store) -> None:
    assert checks.broken(making.release(store)) == []


def test_all_sixteen_tables_are_there(store: Store) -> None:
    assert [table.id for table in making.release(store).tables] == [f"E-{number}" for number in range(16)]
    assert list(making.truth(store)) == [f"E-{number}" for number in range(16)]


def test_every_file_has_its_checksum(store: Store) -> None:
    assert store.verify() == []


def test_the_same_seed_makes_the_same_files(store: Store, tmp_path: Path) -> None:
    again = making.simulated(tmp_path / "again")

    assert content(again) == content(store)
    assert making.truth(again) == making.truth(store)


def test_another_seed_makes_others(store: Store, tmp_path: Path) -> None:
    other = making.simulated(tmp_path / "other", seed=7)

    assert content(other)["orders", "2023-05"] != content(store)["orders", "2023-05"]


def test_hot_topics_come_in_their_days(store: Store) -> None:
    topics = {topic["name"]: topic for topic in yearbook.read("suzhou", making.YEAR).assumed["topics"]}
    found: Counter[str] = Counter()
    for file in store.read().of("orders", city="suzhou"):
        for row in store.rows(file, columns=("topic", "registered_at")).to_pylist():
            if row["topic"] is not None:
                topic = topics[row["topic"]]
                assert topic["since"] <= row["registered_at"].date() <= topic["until"]
                found[row["topic"]] += 1

    for name, topic in topics.items():
        assert found[name] == pytest.approx(topic["appeals"] * making.SCALE, abs=2), name


def test_appeals_of_a_day_come_by_day_more_than_by_night(store: Store) -> None:
    hours: Counter[int] = Counter()
    for file in store.read().of("orders", city="suzhou"):
        hours.update(
            moment.hour for moment in store.rows(file, columns=("registered_at",))["registered_at"].to_pylist()
        )

    assert min(hours[9], hours[10]) > 4 * max(hours[3], hours[4])


def test_holidays_are_quieter_than_the_days_around(store: Store) -> None:
    days: Counter[str] = Counter()
    for file in store.read().of("orders", city="suzhou", months=("2023-10",)):
        rows = store.rows(file, columns=("registered_at", "topic")).to_pylist()
        days.update(f"{row['registered_at']:%m-%d}" for row in rows if row["topic"] is None)

    holiday = sum(days[f"10-0{day}"] for day in (2, 3, 4, 5))
    ordinary = sum(days[f"10-{day}"] for day in (16, 17, 18, 19))
    assert holiday < 0.75 * ordinary


def test_a_lake_of_something_else_is_not_mixed(store: Store) -> None:
    with pytest.raises(Rejected) as refused:
        run.simulate(making.order(seed=2), store, worktime=making.worktime())

    assert refused.value.code == "lake_of_another"


@pytest.mark.parametrize(("scale", "code"), [(0.0, "scale_range"), (1.5, "scale_range")])
def test_a_scale_out_of_range_is_refused(tmp_path: Path, scale: float, code: str) -> None:
    with pytest.raises(Rejected) as refused:
        run.simulate(making.order(scale=scale), Store(tmp_path), worktime=making.worktime())

    assert refused.value.code == code
    assert not (tmp_path / "manifest.json").exists()


@pytest.mark.parametrize(("pack", "year"), [("suzhou", 1999), ("jiangyin", 2023), ("../suzhou", 2023)])
def test_a_year_that_nobody_published_is_refused(pack: str, year: int) -> None:
    with pytest.raises(Rejected) as refused:
        yearbook.read(pack, year)

    assert refused.value.code == "no_release"


def test_a_run_that_is_killed_goes_on_where_it_was(store: Store, tmp_path: Path) -> None:
    """Kill it at random moments until it comes through; what stands then is what an undisturbed run makes."""
    folder = tmp_path / "killed"
    words = ["simulate", "--year", str(making.YEAR), "--scale", str(making.SCALE), "--lake", str(folder)]
    chance = random.Random(20231231)
    kills = 0
    while not (folder / f"truth-{making.YEAR}.json").exists():
        killed = making.killed_after(words, lines=chance.randint(0, 6), then=chance.random() * 0.1)
        kills += killed
        if (folder / "manifest.json").exists():
            assert Store(folder).verify() == []
        assert kills < 60
    assert kills > 0
    assert content(Store(folder)) == content(store)
    assert making.truth(Store(folder)) == making.truth(store)


class TestTargets:
    def test_published_margins_are_met_by_atoms(self) -> None:
        release = yearbook.read("suzhou", making.YEAR)
        goal = plan.plan(release, making.worktime(), city="suzhou", scale=1.0, seed=1).years[making.YEAR].targets

        def total(**wanted: object) -> int:
            # Who was sent to 110 is no appeal, and stands beside the published totals (SZ-13.6).
            return sum(
                int(count)
                for atom, count in zip(goal.atoms, goal.counts, strict=True)
                if all(getattr(atom, name) == value for name, value in wanted.items())
                and (atom.mark != "to_110" or "mark" in wanted)
            )

        for label, enterprise in (("群众诉求", False), ("企业诉求", True)):
            for column, source in (("电话", "phone"), ("互联网", "online"), ("承办转办", "transfer")):
                assert total(enterprise=enterprise, source=source) == release.figure("E-1", label, column)
            for column, disposal in (("民声接听员", "seat"), ("政策专员", "specialist"), ("部门办理", "unit")):
                assert total(enterprise=enterprise, disposal=disposal) == release.figure("E-1", label, column)
        assert total(disposal="unit", consult=True) == release.figure("E-8", "咨询类", "诉求数量")
        assert total(mark="talent") == release.figure("E-4", "尚贤", "诉求总量")
        assert total(mark="move_car") == 4_234_700
        assert total(mark="to_110") == release.figure("E-7", "12345与110高效对接联动", "12345转110诉求量")

    def test_published_changes_follow_from_the_year_before(self) -> None:
        from minsheng.domain.indicators import percent_change

        release = yearbook.read("suzhou", making.YEAR)
        columns = ("电话", "互联网", "民声接听员", "政策专员", "部门办理")
        for label in ("群众诉求", "企业诉求"):
            for column in columns:
                change = percent_change(release.figure("E-1", label, column), release.previous[label][column])
                assert float(change or 0) == release.measure("E-1", label, f"{column}同比"), (label, column)
        for column in columns:
            before = sum(release.previous[label][column] for label in ("群众诉求", "企业诉求"))
            change = percent_change(release.figure("E-1", "总计", column), before)
            assert float(change or 0) == release.measure("E-1", "总计", f"{column}同比"), column

    @given(st.lists(st.integers(0, 10**7), min_size=1, max_size=30), st.integers(0, 10**7))
    def test_sharing_gives_everything_away(self, weights: list[int], whole: int) -> None:
        found = targets.shared(whole, np.array(weights, dtype=np.float64))

        assert found.sum() == (whole if sum(weights) else 0)
        assert (found >= 0).all()

    @given(st.lists(st.integers(0, 500), min_size=1, max_size=8), st.integers(1, 12), st.integers(0, 2**32))
    @settings(max_examples=60)
    def test_dealing_leaves_no_card(self, deck: list[int], hands: int, seed: int) -> None:
        chance = np.random.default_rng(seed)
        cards = np.array(deck, dtype=np.int64)
        sizes = targets.shared(int(cards.sum()), chance.random(hands) + 0.01)

        dealt = plan.deal(cards, sizes, chance)

        assert (dealt.sum(axis=0) == cards).all()
        assert (dealt.sum(axis=1) == sizes).all()


UNTIL_24 = replace(making.worktime(), office_hours=kinds.office_hours(["00:00-12:00", "18:00-24:00"]))
# The published year's own hours, and an office that works until 24:00.
WORKTIMES = [(each, OfficeTime.of(each, date(2023, 1, 1), date(2024, 3, 31))) for each in (making.worktime(), UNTIL_24)]
either = pytest.mark.parametrize(("worktime", "office"), WORKTIMES, ids=["published", "until_24"])


class TestOfficeTime:
    """The arrays of office time agree with `domain.worktime`, moment by moment."""

    @either
    @given(after=st.integers(0, 360 * clockwork.DAY), days=st.integers(1, 20))
    @settings(max_examples=200, deadline=None)
    def test_due_moments_are_those_of_the_rules(
        self, worktime: WorkTime, office: OfficeTime, after: int, days: int
    ) -> None:
        from minsheng.domain.worktime import Amount

        start = seconds_of(date(2023, 1, 3)) + after
        wanted = worktime.due(_aware(start), Amount(days, "WD")).moment

        found = int(office.due(np.array([start]), np.array([days]))[0])

        assert _aware(found) == wanted

    @either
    @given(after=st.integers(0, 300 * clockwork.DAY), length=st.integers(0, 40 * clockwork.DAY))
    @settings(max_examples=200, deadline=None)
    def test_office_time_between_two_moments_is_that_of_the_rules(
        self, worktime: WorkTime, office: OfficeTime, after: int, length: int
    ) -> None:
        start = seconds_of(date(2023, 1, 3)) + after
        found = office.to_work(np.array([start, start + length]))

        wanted = worktime.between(_aware(start), _aware(start + length)).total_seconds()
        # The last second of an office until 24:00 stands for 24:00 where it is somebody's due moment.
        assert abs(int(found[1] - found[0]) - wanted) <= (worktime is UNTIL_24)

    @either
    @given(work=st.integers(0, 2_000_000))
    def test_to_office_time_and_back(self, worktime: WorkTime, office: OfficeTime, work: int) -> None:
        moments = office.from_work(np.array([work], dtype=np.int64))

        assert office.to_work(moments)[0] == work


def _aware(seconds: int) -> datetime:
    return datetime(1970, 1, 1, tzinfo=ZoneInfo("Asia/Shanghai")) + timedelta(seconds=seconds)
