"""`minsheng city place|show|list`: tiers and parents, circles refused, nothing seen for it. Clauses: SZ-6b, SZ-47."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

import pytest
from tests import town_ground as towns

from minsheng.app.cli import city as command
from minsheng.app.cli import main
from minsheng.core.ledger import queries as ledger
from minsheng.core.policies import actions, queries
from minsheng.domain.actors import SYSTEM

NOW = datetime.fromisoformat("2026-09-18T16:00:00+08:00")


@contextmanager
def _open() -> Iterator[None]:
    """Stand in the place of an installation: the tests' database is open already."""
    yield


@pytest.fixture(autouse=True)
def cities(db: None, monkeypatch: pytest.MonkeyPatch, test_clock: Callable[[datetime], None]) -> None:
    monkeypatch.setattr(command.installation, "opened", _open)
    test_clock(NOW)
    for code, name in (("jiangsu", "江苏"), ("suzhou", "苏州"), ("kunshan", "昆山")):
        actions.open_city(code, name=name, pack="suzhou", actor=SYSTEM, now=NOW)


def run(*words: str) -> int:
    return main.main(["city", *words])


def test_a_city_is_placed_and_shown_with_what_is_above_and_below(capsys: pytest.CaptureFixture[str]) -> None:
    placed = [
        run("place", "jiangsu", "--tier", "province"),
        run("place", "suzhou", "--parent", "jiangsu"),
        run("place", "kunshan", "--tier", "county", "--parent", "suzhou"),
        run("place", "kunshan", "--tier", "county", "--parent", "suzhou"),
    ]
    capsys.readouterr()

    run("show", "suzhou")
    shown = capsys.readouterr().out
    run("list")
    listed = capsys.readouterr().out

    assert placed == [0, 0, 0, 0]
    assert "suzhou  苏州（市级）" in shown
    assert "上级平台：江苏（jiangsu）" in shown
    assert "下级平台：昆山（kunshan）" in shown
    assert "kunshan  昆山（县级，上级 suzhou）" in listed
    facts = [(each.type, ledger.content(each)) for each in ledger.history("city/kunshan")]
    assert [kind for kind, _ in facts] == ["CityOpened", "CityPlaced"]
    assert (facts[1][1]["tier"], facts[1][1]["parent"]) == ("county", "suzhou")


def test_what_is_opened_under_another_is_a_countys(capsys: pytest.CaptureFixture[str]) -> None:
    opened = run("open", "wujiang", "--name", "吴江", "--pack", "suzhou", "--parent", "suzhou")
    refused = run("open", "taicang", "--name", "太仓", "--pack", "suzhou", "--tier", "city", "--parent", "suzhou")

    assert (opened, refused) == (0, 1)
    assert (queries.city("wujiang").tier, queries.city("wujiang").parent) == ("county", "suzhou")
    assert "不能作为市级平台的上级" in capsys.readouterr().err
    with pytest.raises(queries.UnknownCity):
        queries.city("taicang")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("place", "suzhou", "--parent", "suzhou"), "“suzhou”不能以“suzhou”为上级"),
        (("place", "suzhou", "--parent", "kunshan"), "“suzhou”不能以“kunshan”为上级：后者就是它自己，或在它之下"),
        (("place", "jiangsu", "--parent", "kunshan"), "“kunshan”是县级，不能作为市级平台的上级"),
        (("place", "suzhou", "--tier", "county"), "“suzhou”是县级，不能作为县级平台的上级"),
        (("place", "suzhou", "--parent", "nowhere"), "没有代码为“nowhere”的城市"),
        (("place", "nowhere", "--tier", "city"), "没有代码为“nowhere”的城市"),
    ],
)
def test_what_can_not_be_is_refused_and_changes_nothing(
    words: tuple[str, ...], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    run("place", "kunshan", "--tier", "county", "--parent", "suzhou")
    before = queries.cities()

    assert run(*words) == 1

    assert says in capsys.readouterr().err
    assert queries.cities() == before


def test_a_parent_is_taken_away(capsys: pytest.CaptureFixture[str]) -> None:
    run("place", "kunshan", "--tier", "county", "--parent", "suzhou")

    assert run("place", "kunshan", "--no-parent") == 0
    assert "上级平台：无" in capsys.readouterr().out


def test_people_of_the_parent_see_no_more_than_before(test_clock: Callable[[datetime], None]) -> None:
    town = towns.build("jiangyin", test_clock)
    order = town.register()
    actions.open_city("wuxi", name="无锡", pack="suzhou", actor=SYSTEM, now=NOW)
    above = towns.Town("wuxi", test_clock)
    browser = above.desk(above.hire("主管", "supervisor"))

    actions.place_city("jiangyin", tier="county", parent="wuxi", actor=SYSTEM, now=NOW)

    assert browser.get(f"/orders/{order}/").status_code == 404
    assert town.desk("supervisor").get(f"/orders/{order}/").status_code == 200
