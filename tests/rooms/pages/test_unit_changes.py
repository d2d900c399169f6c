"""The administrator changes units, page and command: seen first, done once; old names are found. SZ-3, SZ-8a."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from tests import files_ground
from tests.town_ground import Town, bring, row, text_of

from minsheng.app.cli import main, unit
from minsheng.core.people import units
from minsheng.core.people.models import Staff, Unit

OLD, NEW, OTHER, THIRD = "城管局", "综合行政执法局", "住建局", "江阴市纪委监委"


def form(**more: Any) -> dict[str, Any]:
    return {"key": str(uuid4()), "unit": OLD, **more}


def plain(answer: Any) -> str:
    return re.sub(r"\s+", "", re.sub(r"<[^>]+>", "", text_of(answer)))


class TestPages:
    def test_a_change_is_seen_first_and_done_when_confirmed_once(self, town: Town) -> None:
        order, desk, sent = town.handled(), town.desk("admin"), form(name=NEW)

        seen = desk.post("/units/changes/rename", sent)
        before = row(order).lead
        done = [desk.post("/units/changes/rename", {**sent, "confirm": "1"}, follow=True) for _ in range(2)]

        assert "未办结工单1件：移交“综合行政执法局”" in plain(seen)
        assert row(order).number in plain(seen)
        assert "人行道破损" not in text_of(seen)
        assert (before, row(order).lead) == (OLD, NEW)
        assert "变更完成，移交工单1件" in plain(done[0])
        assert "没有重复执行" in plain(done[1])
        assert units.former(town.code, names=[OLD])[0].successors == (NEW,)

    @pytest.mark.parametrize(
        ("what", "fields", "said"),
        [
            ("rename", {"name": ""}, "请填写单位名称"),
            ("rename", {"name": OTHER}, "已存在"),
            ("rename", {"name": OLD}, "与原名称相同"),
            ("merge", {"into": OLD}, "合并选一个"),
            ("merge", {"into": ""}, "请选择单位"),
            ("split", {"parts": [OTHER]}, "拆分至少选两个"),
            ("end", {"unit": "没有"}, "没有名为“没有”的单位"),
        ],
    )
    def test_what_cannot_be_is_refused_in_chinese(
        self, town: Town, what: str, fields: dict[str, Any], said: str
    ) -> None:
        answer = town.desk("admin").post(f"/units/changes/{what}", {**form(), **fields, "confirm": "1"})

        assert answer.status_code == 422
        assert said in plain(answer)
        assert units.former(town.code) == []

    @pytest.mark.parametrize(("what", "fields"), [("end", {}), ("split", {"parts": [OTHER, THIRD]})])
    def test_a_unit_with_open_orders_cannot_be_confirmed(self, town: Town, what: str, fields: dict[str, Any]) -> None:
        town.dispatched()

        seen = town.desk("admin").post(f"/units/changes/{what}", {**form(), **fields})
        forced = town.desk("admin").post(f"/units/changes/{what}", {**form(), **fields, "confirm": "1"})

        assert "还有1件未办结的工单" in plain(seen)
        assert 'name="confirm"' not in text_of(seen)
        assert forced.status_code == 422
        assert Unit.objects.get(name=OLD).left_on is None

    def test_people_of_a_unit_that_is_split_go_where_they_are_put(self, town: Town) -> None:
        goes = Staff.objects.get(pk=town.staff[f"officer@{OLD}"])
        desk, sent = town.desk("admin"), form(parts=[OTHER, THIRD])

        seen = desk.post("/units/changes/split", sent)
        desk.post("/units/changes/split", {**sent, f"staff-{goes.username}": THIRD, "confirm": "1"})

        goes.refresh_from_db()
        assert f'name="staff-{goes.username}"' in text_of(seen)
        assert (goes.unit and goes.unit.name, goes.is_active) == (THIRD, True)
        assert not Staff.objects.get(pk=town.staff[f"leader@{OLD}"]).is_active

    @pytest.mark.parametrize("who", ["seat", "dispatcher", "supervisor", "office", f"officer@{OLD}"])
    def test_others_change_no_unit(self, town: Town, who: str) -> None:
        desk = town.desk(who)

        assert desk.get("/units/changes").status_code == 403
        for what in ("rename", "merge", "split", "end"):
            assert desk.get(f"/units/changes/{what}").status_code == 403
            assert desk.post(f"/units/changes/{what}", form(name=NEW, confirm="1")).status_code == 403
        assert town.desk("admin").get("/units/changes/other").status_code == 404
        assert Unit.objects.filter(name=OLD).exists()

    @pytest.mark.parametrize(("what", "fields"), [("rename", {"name": NEW}), ("merge", {"into": OTHER})])
    def test_a_file_of_the_unit_itself_is_still_its_own(
        self, town: Town, settings: Any, tmp_path: Path, what: str, fields: dict[str, Any]
    ) -> None:
        settings.FILES_FOLDER, settings.DEMO = tmp_path / "files", True
        order, officer = town.handled(target_unit=OLD), town.desk(f"officer@{OLD}")
        bring(officer, order, ("延期依据.png", files_ground.PNG), purpose="EXTENSION")
        before = "延期依据.png" in text_of(officer.get(f"/orders/{order}/attachments"))

        town.desk("admin").post(f"/units/changes/{what}", form(**fields, confirm="1"))

        assert before
        assert "延期依据.png" in text_of(town.desk(f"officer@{OLD}").get(f"/orders/{order}/attachments"))

    def test_an_old_name_is_found_and_names_its_successor(self, town: Town) -> None:
        done = town.replied()
        town.act(done, "auditor", "pass_audit")
        town.act(done, "callback_agent", "callback", reached=True, satisfied="satisfied", resolved=True)
        town.desk("admin").post("/units/changes/rename", form(name=NEW, confirm="1"))

        found = plain(town.desk("dispatcher").post("/find", {"words": "城管局"}))
        shown = text_of(town.desk("dispatcher").get(f"/orders/{done}/"))
        listed = plain(town.desk("admin").get("/units/changes"))

        for page in (found, listed):
            assert re.search(f"{OLD}[-0-9]+更名{NEW}", page)
        assert OLD in shown  # as it was at the time
        assert NEW not in shown


class TestCommand:
    @pytest.fixture(autouse=True)
    def installed(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(unit.installation, "opened", _open)

    def test_it_says_first_and_does_with_yes_once(self, town: Town, capsys: pytest.CaptureFixture[str]) -> None:
        order = town.handled()
        words = ["unit", "rename", OLD, NEW, "--city", town.code]

        said = main.main(words), row(order).lead
        done = [main.main([*words, "--yes"]) for _ in range(2)]
        main.main(["unit", "list", "--city", town.code])

        out = capsys.readouterr().out
        assert (said, done, row(order).lead) == ((0, OLD), [0, 0], NEW)
        assert "以上为预览，没有改动" in out
        assert "变更完成，移交工单 1 件" in out
        assert "已经变更过，没有重复执行" in out
        assert f"更名，现为：{NEW}" in out

    def test_split_merge_and_end_by_command(self, town: Town) -> None:
        goes = Staff.objects.get(pk=town.staff[f"officer@{OLD}"])
        staff = f"{goes.username}={OTHER}"

        statuses = [
            main.main(["unit", "split", OLD, OTHER, THIRD, "--staff", staff, "--city", town.code, "--yes"]),
            main.main(["unit", "merge", OTHER, THIRD, "--city", town.code, "--yes"]),
            main.main(["unit", "end", THIRD, "--city", town.code, "--yes"]),
        ]

        goes.refresh_from_db()
        assert statuses == [0, 0, 0]
        assert (goes.unit and goes.unit.name, goes.is_active) == (THIRD, False)
        assert units.former(town.code, names=[OLD])[0].successors == (OTHER, THIRD)

    def test_a_refusal_is_said_and_nothing_is_done(self, town: Town, capsys: pytest.CaptureFixture[str]) -> None:
        town.dispatched()

        seen = main.main(["unit", "end", OLD, "--city", town.code])
        done = main.main(["unit", "end", OLD, "--city", town.code, "--yes"])
        elsewhere = main.main(["unit", "end", OLD, "--city", "nowhere", "--yes"])

        assert (seen, done, elsewhere) == (1, 1, 1)
        assert "还有 1 件未办结的工单" in capsys.readouterr().err
        assert Unit.objects.get(name=OLD).left_on is None


@contextmanager
def _open() -> Iterator[None]:
    """Stand in the place of an installation: the tests' database is open already."""
    yield
