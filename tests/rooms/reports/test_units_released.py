"""The units of a city in its release: how many of each kind stood at the end of the year."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest
from tests import lake_ground as making

from minsheng.core.people.models import Unit
from minsheng.core.policies import actions as policies
from minsheng.domain.actors import SYSTEM
from minsheng.domain.periods import Period
from minsheng.figures.lake import engines, export
from minsheng.figures.lake.store import Store
from minsheng.figures.reports.release import releases

NOW = datetime.fromisoformat("2023-12-31T18:00:00+08:00")
KINDS = {"platform": 10, "government": 528, "party": 116, "enterprise": 217}
LABELS = {"platform": "热线平台", "government": "政府部门", "party": "党群组织", "enterprise": "国有企事业"}


def released(folder: Path) -> dict[str, int]:
    """Return how many units of each kind the release of 2023 has for the whole city."""
    export.export(Store(folder), now=NOW)
    with engines.opened(Store(folder)) as lake:
        table = releases.build(lake, making.parameters(Period(date(2023, 1, 1), date(2024, 1, 1))))["E-14"]
    return {kind: int(table.cell("全市", label).value or 0) for kind, label in LABELS.items()}


@pytest.mark.clause("SZ-3")
@pytest.mark.clause("AR-1.2b")
def test_release_counts_the_units_of_each_kind_at_the_end_of_the_year(db: None, tmp_path: Path) -> None:
    policies.open_city("suzhou", name="苏州市", pack="suzhou", actor=SYSTEM, now=NOW)
    Unit.objects.bulk_create(
        Unit(
            city_id="suzhou", name=f"{kind}{number}", kind=kind, level="city" if number % 3 else "county",
            joined_on=date(2020, 1, 1), left_on=None,
        )
        for kind, count in KINDS.items()
        for number in range(count)
    )  # fmt: skip

    assert released(tmp_path / "first") == KINDS
    assert sum(KINDS.values()) == 871
    Unit.objects.filter(name="party7").update(left_on=date(2023, 12, 30))
    found = released(tmp_path / "second")
    assert (found["party"], sum(found.values())) == (115, 870)
