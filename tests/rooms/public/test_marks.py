"""Who stands behind a city's portal, as its hotline has said it: in the foot of every page."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import pytest
from tests.town_ground import Town
from tests.visiting_ground import Citizen

from minsheng.app.cli import city, main
from minsheng.core.ledger.models import Event

MARKS = ["--host", "某市政府公共服务中心", "--site-code", "3200000001", "--icp", "苏ICP备00000001号"]


@contextlib.contextmanager
def _open() -> Iterator[None]:
    """Stand for an installation that is open already: the tests' own."""
    yield


@pytest.fixture(autouse=True)
def _installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(city.installation, "opened", _open)


def test_marks_stand_in_the_foot_and_in_the_ledger_and_an_empty_one_goes(town: Town) -> None:
    assert main.main(["city", "mark", town.code, *MARKS]) == 0
    page = Citizen(town.code).shown()
    for mark in MARKS[1::2]:
        assert mark in page
    assert Event.objects.filter(stream=f"city/{town.code}", type="CityMarked").count() == 1

    assert main.main(["city", "mark", town.code, "--icp", "", "--police", "苏公网安备 00000002号"]) == 0
    page = Citizen(town.code).shown()
    assert "苏ICP备" not in page
    assert "苏公网安备 00000002号" in page
    assert "3200000001" in page


@pytest.mark.parametrize(("words", "said"), [(["nowhere", "--icp", "1"], "nowhere"), (["jiangyin"], "没有给出")])
def test_a_city_or_a_mark_that_there_is_not_is_said(
    town: Town, capsys: pytest.CaptureFixture[str], words: list[str], said: str
) -> None:
    assert main.main(["city", "mark", *words]) != 0
    assert said in capsys.readouterr().err
