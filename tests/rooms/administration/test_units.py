"""Units and regions by pages: tree and list, a new one, details, regions served; files by page and by command.

Clauses: SZ-3, SZ-8a, SZ-9b.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from tests.administration_ground import hidden, keyed, kinds_of, plain, send_file
from tests.town_ground import Town, text_of

from minsheng.app.cli import main, unit
from minsheng.core.people.models import Region, Unit, UnitRegion

LIST = "/administration/units"


def unit_of(name: str) -> Unit:
    return Unit.objects.get(name=name)


def new(**more: Any) -> dict[str, Any]:
    return keyed(**{"name": "水务局", "kind": "government", "level": "city", **more})


def details(**more: Any) -> dict[str, Any]:
    return keyed(**{"kind": "government", "level": "city", "parent": "", "region": "", "phone": "", **more})


class TestUnits:
    def test_a_unit_is_added_once_shown_below_its_parent_and_exported(self, town: Town) -> None:
        desk, sent = town.desk("admin"), new(parent="城管局", level="county", phone="0510-86860000")

        for _ in range(2):
            desk.post(f"{LIST}/new", sent)
        tree = text_of(desk.get(LIST))
        found = plain(desk.get(LIST, {"words": "水务", "level": "county"}))
        table = desk.get(LIST, {"words": "水务", "export": "csv"}).content.decode("utf-8-sig")

        assert re.search(r"城管局</a>.*?　<a[^>]*>水务局", tree, re.DOTALL)
        assert "共1条" in found
        assert table.splitlines()[1] == "水务局,政府部门,县级,城管局,,0510-86860000,已加入,0"
        assert kinds_of(f"unit/{unit_of('水务局').pk}") == ["UnitAdded"]
        assert kinds_of(f"administration/{town.code}") == ["ListExported"]

    @pytest.mark.parametrize(
        ("given", "said"),
        [
            ({"name": " "}, "请填写单位名称"),
            ({"name": "城管局"}, "已存在"),
            ({"name": "长" * 101}, "100"),
            ({"kind": "x"}, "请从列表中选择"),
            ({"parent": "没有"}, "请从列表中选择"),
            ({"joined_on": "昨天"}, "日期应写成"),
            ({"joined_on": "0001-01-01"}, "1949"),
        ],
    )
    def test_what_cannot_be_is_refused_in_chinese(self, town: Town, given: dict[str, Any], said: str) -> None:
        before = Unit.objects.count()

        answer = town.desk("admin").post(f"{LIST}/new", new(**given))

        assert (answer.status_code, Unit.objects.count()) == (422, before)
        assert said in plain(answer)

    def test_its_page_says_what_hangs_on_it_and_nothing_of_an_order(self, town: Town) -> None:
        town.handled()

        page = text_of(town.desk("admin").get(f"{LIST}/{unit_of('城管局').pk}"))

        assert "<dt>在办工单</dt><dd>1</dd>" in page
        assert "经办人" in page
        assert all(words not in page for words in ("人行道破损", "周联系", "郑值班"))
        for what in ("rename", "merge", "split", "end"):
            assert f"/units/changes/{what}?unit=" in page

    def test_details_are_changed_once_and_no_unit_is_above_itself(self, town: Town) -> None:
        desk, row = town.desk("admin"), unit_of("住建局")
        address, sent = f"{LIST}/{row.pk}/do/details", details(kind="party", parent="城管局", phone="12345")

        for _ in range(2):
            desk.post(address, sent)
        circle = desk.post(f"{LIST}/{unit_of('城管局').pk}/do/details", details(parent="住建局"))
        nothing = desk.post(f"{LIST}/{row.pk}/do/nothing", details())

        row.refresh_from_db()
        assert (row.kind, row.parent and row.parent.name, row.phone) == ("party", "城管局", "12345")
        assert kinds_of(f"unit/{row.pk}") == ["UnitAdded", "UnitDetailsSet"]
        assert (circle.status_code, nothing.status_code) == (422, 404)
        assert "不能归自己" in plain(circle)

    @pytest.mark.parametrize("who", ["seat", "supervisor", "auditor", "officer@城管局"])
    def test_nobody_else_opens_any_of_it(self, town: Town, who: str) -> None:
        desk, row = town.desk(who), unit_of("住建局")

        for address in (LIST, f"{LIST}/new", f"{LIST}/{row.pk}", "/administration/regions", "/administration/clients"):
            assert desk.get(address).status_code == 403
        for address in (f"{LIST}/new", f"{LIST}/{row.pk}/do/details", "/administration/regions"):
            assert desk.post(address, details()).status_code == 403


class TestFiles:
    HEADING = "名称,类别,层级,上级单位,加入日期"
    ROWS = (
        "水务局,党群部门,县级,城管局,2026-01-01",
        "水务站,,镇级,水务局,",
        "城管局,,,,",
        "坏局,公司,,,",
        "坏局二,,,没有,",
    )

    def test_good_rows_come_in_with_their_tree(self, town: Town) -> None:
        desk = town.desk("admin")

        seen = send_file(desk, "units", self.HEADING, *self.ROWS)
        desk.post("/administration/import/units/confirm", hidden(seen))

        assert "将新增2行；已有1行，不变；2行不合格" in plain(seen)
        assert "应为：政府部门、党群部门" in plain(seen)
        station = unit_of("水务站")
        assert (station.parent and station.parent.name, station.level, unit_of("水务局").kind) == (
            "水务局", "town", "party",
        )  # fmt: skip

    def test_the_command_reads_the_same_file(
        self, town: Town, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(unit.installation, "opened", _open)
        file = tmp_path / "units.csv"
        file.write_text("\n".join((self.HEADING, *self.ROWS)), encoding="utf-8")

        status = main.main(["unit", "load", str(file), "--city", town.code])

        assert status == 1
        assert "新增 2 个单位，已有 1 个单位，不合格 2 行" in capsys.readouterr().out
        assert unit_of("水务站").parent == unit_of("水务局")


class TestRegions:
    def test_regions_are_entered_served_renamed_and_ended(self, town: Town) -> None:
        desk, row = town.desk("admin"), unit_of("城管局")
        seen = send_file(desk, "regions", "代码,名称", "320281,江阴市", "320281101,澄江街道")
        desk.post("/administration/import/regions/confirm", hidden(seen))

        served = desk.post(f"{LIST}/{row.pk}/do/regions", keyed(codes="320281101"))
        unknown = desk.post(f"{LIST}/{row.pk}/do/regions", keyed(codes="320281999"))
        desk.post("/administration/regions", keyed(code="320281101", name="澄江新街道"))
        above = desk.post("/administration/regions", keyed(code="320281", on="2026-10-01"))
        ended = desk.post("/administration/regions", keyed(code="320281101", on="2026-10-01"))
        page = plain(desk.get("/administration/regions"))
        table = desk.get("/administration/regions", {"words": "街道", "export": "csv"}).content.decode("utf-8-sig")

        assert (served.status_code, unknown.status_code, above.status_code, ended.status_code) == (302, 422, 422, 302)
        assert UnitRegion.objects.get().unit == row
        assert "澄江新街道3202811012026-10-01城管局" in page
        assert table.splitlines()[1] == "320281101,澄江新街道,320281,2026-10-01"
        assert str(Region.objects.get(code="320281101").ended_on) == "2026-10-01"

    @pytest.mark.parametrize(
        ("given", "said"),
        [
            ({"code": "12", "name": "甲"}, "代码"),
            ({"code": "", "name": "甲"}, "请填写区划代码"),
            ({"code": "320281", "on": "2026-10-01"}, "区划"),
            ({"code": "320281", "on": ""}, "请填写撤销日期"),
        ],
    )
    def test_what_cannot_be_is_refused_in_chinese(self, town: Town, given: dict[str, Any], said: str) -> None:
        answer = town.desk("admin").post("/administration/regions", keyed(**given))

        assert answer.status_code == 422
        assert said in plain(answer)
        assert not Region.objects.exists()


@contextmanager
def _open() -> Iterator[None]:
    """Stand in the place of an installation: the tests' database is open already."""
    yield
