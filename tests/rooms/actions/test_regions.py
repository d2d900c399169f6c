"""Regions as a tree with codes: entered in any order, ended, served by units, and the district of figures.

Clauses: SZ-12.2, SZ-15.1.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from tests import town_ground as towns
from tests.town_ground import Town

from minsheng.cases.appeals.models import Appeal
from minsheng.cases.orders.reading import exporting
from minsheng.core.ledger import queries as ledger
from minsheng.core.people import queries, regions, statistics, units
from minsheng.core.people.models import Region, Unit
from minsheng.core.policies import actions as policies
from minsheng.core.policies.queries import rules_for
from minsheng.domain.actors import SYSTEM
from minsheng.domain.rejected import Rejected
from minsheng.figures.lake import order_rows
from minsheng.gateways import packfiles

ROWS = (
    ("320281", "江阴市"),
    ("320281001", "澄江街道"),
    ("320281002", "南闸街道"),
    ("320281001003", "朝阳社区"),
)


@pytest.fixture
def town(db: None, test_clock: Any) -> Town:
    """Return a town, a county's platform, with its regions."""
    found = towns.build("jiangyin", test_clock)
    policies.place_city(found.code, tier="county", parent=None, actor=SYSTEM, now=found.now)
    for code, name in ROWS:
        put(found, code, name)
    return found


def put(town: Town, code: str, name: str, parent: str = "") -> bool:
    return regions.put(town.code, code, name, parent=parent, actor=SYSTEM, now=town.now)


def end(town: Town, code: str, on: date = date(2026, 9, 18)) -> bool:
    return regions.end(town.code, code, on=on, actor=SYSTEM, now=town.now)


def serve(town: Town, unit: str, *codes: str) -> bool:
    return regions.serve(town.code, unit, codes, actor=SYSTEM, now=town.now)


def chain(town: Town, code: str) -> list[str]:
    return [each.name for each in regions.tree(town.code).chain(code)]


class TestTree:
    def test_a_region_lies_within_the_nearest_above_whatever_came_first(self, town: Town) -> None:
        policies.open_city("other", name="别处", pack="suzhou", actor=SYSTEM, now=town.now)
        for code, name in reversed(ROWS):
            regions.put("other", code, name, actor=SYSTEM, now=town.now)

        assert regions.tree("other").by_code == regions.tree(town.code).by_code
        assert chain(town, "320281001003") == ["朝阳社区", "澄江街道", "江阴市"]

    def test_a_region_above_all_takes_what_is_there(self, town: Town) -> None:
        put(town, "320200", "无锡市", "")

        assert chain(town, "320281001003") == ["朝阳社区", "澄江街道", "江阴市", "无锡市"]

    def test_a_new_name_is_a_fact_and_the_same_once_more_is_none(self, town: Town) -> None:
        again = [put(town, "320281001", name) for name in ("澄江街道", "澄江新区", "澄江新区")]

        assert again == [False, True, False]
        facts = ledger.history("region/jiangyin-320281001")
        assert [each.type for each in facts] == ["RegionAdded", "RegionRenamed"]
        assert ledger.content(facts[1])["former"] == "澄江街道"

    def test_what_was_dissolved_stays_and_is_no_more_from_its_day(self, town: Town) -> None:
        assert [end(town, "320281002"), end(town, "320281002")] == [True, False]

        assert "320281002" in regions.tree(town.code).by_code
        assert "320281002" in regions.tree(town.code, on=date(2026, 9, 17)).by_code
        assert "320281002" not in regions.tree(town.code, on=date(2026, 9, 18)).by_code
        with pytest.raises(Rejected, match="region_unknown"):
            serve(town, "城管局", "320281002")

    @pytest.mark.parametrize(
        ("code", "name", "parent", "refusal"),
        [
            ("32028", "甲", "", "region_bad_code"),
            ("320281009", " ", "", "field_missing"),
            ("320281009", "长" * 51, "", "region_name_too_long"),
            ("320281009", "甲", "320999", "region_unknown"),
            ("320282001", "甲", "320281", "region_not_below"),
            ("320281001003", "朝阳社区", "320281", "region_elsewhere"),
        ],
    )
    def test_what_can_not_be_is_refused(self, town: Town, code: str, name: str, parent: str, refusal: str) -> None:
        with pytest.raises(Rejected, match=refusal):
            put(town, code, name, parent)

        assert Region.objects.count() == len(ROWS)

    def test_what_has_regions_below_is_not_dissolved(self, town: Town) -> None:
        with pytest.raises(Rejected, match="region_has_below"):
            end(town, "320281001")
        end(town, "320281001003")
        assert end(town, "320281001")

    def test_what_ends_later_keeps_what_it_lies_in(self, town: Town) -> None:
        end(town, "320281001003", date(2030, 1, 1))
        with pytest.raises(Rejected, match="region_has_below"):
            end(town, "320281001", date(2026, 12, 1))
        end(town, "320281001", date(2030, 1, 1))

        with pytest.raises(Rejected, match="region_above_ends"):
            end(town, "320281001003", date(2030, 1, 2))
        assert end(town, "320281001003", date(2029, 1, 1))

    def test_nothing_begins_in_a_region_that_is_no_more(self, town: Town) -> None:
        end(town, "320281002")

        with pytest.raises(Rejected, match="region_above_ends"):
            put(town, "320281002001", "南闸社区", "320281002")
        assert put(town, "320281002001", "南闸社区")
        assert chain(town, "320281002001") == ["南闸社区", "江阴市"]
        row = {"parent": "320281002", "ends": date(2026, 9, 18), "actor": SYSTEM, "now": town.now}
        assert regions.put(town.code, "320281002002", "旧社区", **row)  # type: ignore[arg-type]

    def test_a_code_that_is_no_more_is_not_known_as_if_it_were(self, town: Town) -> None:
        end(town, "320281002")

        with pytest.raises(Rejected, match="region_has_ended"):
            put(town, "320281002", "南闸街道")
        again = {"ends": date(2026, 9, 18), "actor": SYSTEM, "now": town.now}
        assert not regions.put(town.code, "320281002", "南闸街道", **again)  # type: ignore[arg-type]
        end(town, "320281001003", date(2027, 1, 1))
        assert not put(town, "320281001003", "朝阳社区")

    def test_cities_have_trees_of_their_own(self, town: Town) -> None:
        policies.open_city("other", name="别处", pack="suzhou", actor=SYSTEM, now=town.now)

        assert regions.tree("other").by_code == {}
        assert regions.put("other", "320281001", "同码", actor=SYSTEM, now=town.now)
        assert chain(town, "320281001")[0] == "澄江街道"


class TestUnits:
    def test_units_name_the_regions_they_serve(self, town: Town) -> None:
        assert [serve(town, "城管局", "320281001", "320281002"), serve(town, "城管局", "320281002", "320281001")] == [
            True, False,
        ]  # fmt: skip
        serve(town, "住建局", "320281")

        assert regions.units_of(town.code, "320281001003", now=town.now) == ["城管局", "住建局"]
        assert regions.units_of(town.code, "320281", now=town.now) == ["住建局"]
        pk = Unit.objects.get(city=town.code, name="城管局").pk
        assert [each.type for each in ledger.history(f"unit/{pk}")] == ["UnitAdded", "UnitRegionsSet"]

    def test_a_unit_that_is_merged_leaves_its_regions_to_its_heir(self, town: Town) -> None:
        serve(town, "城管局", "320281001", "320281002")
        serve(town, "住建局", "320281002")

        units.carry_out(town.code, units.Change("merge", "城管局", ("住建局",)), actor=SYSTEM, now=town.now)

        assert regions.served(town.code)["住建局"] == ["320281001", "320281002"]
        assert regions.units_of(town.code, "320281001", now=town.now) == ["住建局"]

    def test_an_unknown_unit_or_region_changes_nothing(self, town: Town) -> None:
        serve(town, "城管局", "320281001")

        with pytest.raises(Rejected, match="region_unknown"):
            serve(town, "城管局", "320281002", "320999")
        with pytest.raises(queries.UnknownUnit):
            serve(town, "没有局", "320281001")
        assert regions.served(town.code) == {"城管局": ["320281001"]}


class TestDistricts:
    def row(self, town: Town, order: str) -> dict[str, Any]:
        (told,) = exporting.told([order])
        scenery = order_rows.Scenery(
            rules_for(town.code, now=town.now), packfiles.categories(), statistics.regions(town.code), town.now
        )
        return order_rows.order_row(told, scenery)

    def test_a_units_district_is_that_of_all_it_serves_else_what_its_row_says(self, town: Town) -> None:
        Unit.objects.filter(city=town.code).update(region="老区")
        serve(town, "城管局", "320281001003", "320281001")
        serve(town, "住建局", "320281001", "320281002")

        assert statistics.regions(town.code) == {"城管局": "澄江街道", "江阴市纪委监委": "老区"}

    @pytest.mark.parametrize(("tier", "district"), [("county", "澄江街道"), ("city", "江阴市"), ("province", "无锡市")])
    def test_the_tier_of_the_platform_says_what_a_district_is(self, town: Town, tier: str, district: str) -> None:
        put(town, "320200", "无锡市")
        policies.place_city(town.code, tier=tier, parent=None, actor=SYSTEM, now=town.now)
        serve(town, "城管局", "320281001003")

        assert statistics.regions(town.code) == {"城管局": district}

    def test_an_order_counts_where_its_place_is_unless_its_unit_has_a_district(self, town: Town) -> None:
        order = town.register()
        Appeal.objects.filter(id=order).update(place="江阴市南闸街道锡澄路1号，张三家门口")
        before = self.row(town, order)["district"]
        town.act(order, "dispatcher", "dispatch", unit="城管局", basis="权责清单")
        serve(town, "城管局", "320281001")

        assert (before, self.row(town, order)["district"]) == ("南闸街道", "澄江街道")
        assert "张三" not in str(self.row(town, order))

    def test_without_regions_a_place_says_nothing(self, town: Town) -> None:
        Region.objects.update(parent=None)
        Region.objects.all().delete()
        order = town.register()
        Appeal.objects.filter(id=order).update(place="南闸街道")

        assert self.row(town, order)["district"] is None

    def test_of_an_internal_referral_no_place_is_counted(self, town: Town) -> None:
        order = town.internal()
        Appeal.objects.filter(id=order).update(place="南闸街道")

        assert self.row(town, order)["district"] is None
