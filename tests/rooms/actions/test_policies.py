"""Cities and calendar years on PostgreSQL. Clauses: SZ-49, JY-38, SQ-26; A-48."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from minsheng.core.ledger import queries as ledger
from minsheng.core.policies import actions, queries
from minsheng.domain.actors import Actor
from minsheng.domain.worktime import Amount, CalendarYear

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
BY = Actor("office", person="staff:1")
YEAR = CalendarYear(
    2027, frozenset({date(2027, 1, 1)}), frozenset({date(2027, 1, 3)}), final=True, source="国办发明电〔2026〕1号"
)
PROVISIONAL = CalendarYear(2027, frozenset(), frozenset(), final=False, source="暂定")


@pytest.fixture
def suqian(db: None) -> str:
    actions.open_city("suqian", name="宿迁", pack="suqian", actor=BY, now=NOW)
    return "suqian"


def test_rules_for_gives_the_citys_pack_and_the_same_object_until_something_changes(suqian: str) -> None:
    rules = queries.rules_for(suqian, now=NOW)

    assert rules.pack == "suqian"
    assert queries.rules_for(suqian, now=NOW) is rules


def test_rules_for_lays_an_overlay_over_the_pack_from_its_first_day(db: None) -> None:
    actions.open_city("jiangyin", name="江阴", pack="jiangyin", overlays=["jiangsu_2021"], actor=BY, now=NOW)

    now_in_force = queries.rules_for("jiangyin", now=NOW)
    before_the_overlay = queries.rules_for("jiangyin", now=datetime(2020, 8, 3, 1, 0, tzinfo=UTC))

    assert [name.split("@")[0] for name in now_in_force.overlays] == ["jiangsu_2021"]
    assert before_the_overlay.overlays == ()


def test_rules_for_a_moment_before_the_pack_is_refused(suqian: str) -> None:
    with pytest.raises(queries.PackUnusable, match="pack_unusable"):
        queries.rules_for(suqian, now=datetime(2010, 1, 1, tzinfo=UTC))


def test_rules_for_a_pack_in_a_folder_of_the_operator(db: None, tmp_path: object) -> None:
    from pathlib import Path

    from minsheng.gateways import packfiles

    folder = Path(str(tmp_path)) / "wuxi"
    folder.mkdir()
    shipped = (packfiles.shipped_folder() / "suqian" / "pack.toml").read_text(encoding="utf-8")
    folder.joinpath("pack.toml").write_text(shipped.replace('id = "suqian"', 'id = "wuxi"', 1), encoding="utf-8")

    actions.open_city("wuxi", name="无锡", pack="wuxi", pack_folder=str(folder), actor=BY, now=NOW)

    assert queries.rules_for("wuxi", now=NOW).pack == "wuxi"


def test_rules_for_a_city_that_works_every_day(db: None, tmp_path: object) -> None:
    from pathlib import Path

    folder = Path(str(tmp_path))
    (folder / "wuxi").mkdir()
    (folder / "wuxi" / "pack.toml").write_text(
        """[pack]
id = "wuxi"
version = "2020-07-13"
title = "无锡市12345热线办法"
document = "锡政办发〔2020〕1号"
effective_from = 2020-07-13
city = "无锡市"
zone = "Asia/Shanghai"
inherits = "jiangyin"

[calendar]
value = "every_day"
default = "全年无休"
""",
        encoding="utf-8",
    )
    actions.open_city("wuxi", name="无锡", pack="wuxi", pack_folder=str(folder), actor=BY, now=NOW)
    start = datetime(2030, 2, 1, 1, 0, tzinfo=UTC)

    due = queries.rules_for("wuxi", now=NOW).worktime.due(start, Amount(2, "WD"))

    assert (due.moment.date(), due.provisional) == (date(2030, 2, 3), False)


def test_an_unknown_city_is_refused(db: None) -> None:
    with pytest.raises(queries.UnknownCity):
        queries.rules_for("nowhere", now=NOW)
    with pytest.raises(queries.UnknownCity):
        queries.city("nowhere")


def test_opening_a_city_is_a_fact_and_can_be_listed(suqian: str) -> None:
    assert [(city.code, city.name, city.pack) for city in queries.cities()] == [("suqian", "宿迁", "suqian")]
    assert [event.type for event in ledger.history("city/suqian")] == ["CityOpened"]


def test_opening_a_city_that_cannot_be_changes_nothing(suqian: str) -> None:
    with pytest.raises(actions.CityExists):
        actions.open_city("suqian", name="宿迁", pack="suqian", actor=BY, now=NOW)
    with pytest.raises(actions.BadCityCode):
        actions.open_city("Su Qian", name="宿迁", pack="suqian", actor=BY, now=NOW)
    with pytest.raises(queries.PackUnusable):
        actions.open_city("wuxi", name="无锡", pack="no_such_pack", actor=BY, now=NOW)
    with pytest.raises(queries.UnknownCity):
        actions.open_city("wuxi", name="无锡", pack="suqian", parent="nowhere", actor=BY, now=NOW)

    assert len(queries.cities(active=False)) == 1


def test_loading_a_year_makes_deadlines_that_touch_it_final(suqian: str) -> None:
    start = datetime(2026, 12, 31, 1, 0, tzinfo=UTC)
    before = queries.rules_for(suqian, now=NOW).worktime.due(start, Amount(1, "WD"))

    concerned = actions.load_calendar(YEAR, loaded_by="staff:1", actor=BY, now=NOW)

    after = queries.rules_for(suqian, now=NOW).worktime.due(start, Amount(1, "WD"))
    assert concerned == ["suqian"]
    assert (before.moment.date(), before.provisional) == (date(2027, 1, 1), True)
    assert (after.moment.date(), after.provisional) == (date(2027, 1, 3), False)


def test_loading_a_year_is_told_to_each_city_through_the_ledger(suqian: str) -> None:
    actions.open_city("suzhou", name="苏州", pack="suzhou", actor=BY, now=NOW)

    actions.load_calendar(YEAR, loaded_by="staff:1", actor=BY, now=NOW)

    for city in ("suqian", "suzhou"):
        event = ledger.history(f"city/{city}")[-1]
        assert event.type == "CalendarLoaded"
        assert ledger.content(event)["year"] == 2027


def test_a_year_may_be_loaded_again_but_never_from_final_to_provisional(suqian: str) -> None:
    actions.load_calendar(PROVISIONAL, loaded_by="staff:1", actor=BY, now=NOW)
    actions.load_calendar(YEAR, loaded_by="staff:1", actor=BY, now=NOW)

    with pytest.raises(actions.YearIsFinal):
        actions.load_calendar(PROVISIONAL, loaded_by="staff:1", actor=BY, now=NOW)

    assert queries.rules_for(suqian, now=NOW).worktime.calendar.is_final(2027)
