"""A unit keeps its own roster, by hand and from files; the center sees who has nobody.

Clauses: SZ-9b, SQ-11, JY-10.5.
"""

from __future__ import annotations

import csv
import html
import io
import re
from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.town_ground import Town, moment, text_of

from minsheng.cases.orders.storage import queries as orders
from minsheng.core.ledger import queries as ledger
from minsheng.core.people import rosters
from minsheng.core.people.models import Roster, Unit
from minsheng.domain.actors import SYSTEM, Actor
from minsheng.domain.rejected import Rejected

OFFICER = "officer@城管局"
HEADING = "单位,开始时间,结束时间,值班人,电话,替班人,替班人电话"


@pytest.fixture
def bare(town: Town) -> Town:
    """Return the town with nobody on any roster."""
    Roster.objects.all().delete()
    return town


def shift(**more: str) -> dict[str, str]:
    given = {
        "starts_at": "2026-09-18T17:30", "ends_at": "2026-09-21T09:00", "person": "孙夜班", "phone": "13700000001",
        "substitute": "李替班", "substitute_phone": "0510-86860001", "key": str(uuid4()),
    }  # fmt: skip
    return {**given, **more}


def facts(unit: str = "城管局") -> list[str]:
    stream = f"unit/{Unit.objects.get(name=unit).pk}"
    return [event.type for event in ledger.history(stream) if event.type.startswith("Roster")]


def send_file(desk: Client, *lines: str, heading: str = HEADING, encoding: str = "utf-8") -> Any:
    content = "\r\n".join((heading, *lines, "")).encode(encoding)
    return desk.post("/roster/import", {"file": SimpleUploadedFile("值班.csv", content)})


def hidden(answer: Any) -> dict[str, str]:
    """Return what the preview keeps for its buttons."""
    page = text_of(answer)
    return {
        name: html.unescape(value)
        for name, value in re.findall(r'<input type="hidden" name="(key|rows)" value="([^"]*)"', page)
    }


class TestByHand:
    @pytest.mark.clause("SQ-11", "JY-10.5")
    def test_a_shift_of_the_unit_keeps_a_night_dispatch_from_being_a_breach(self, bare: Town) -> None:
        bare.at(moment("2026-09-18T23:00:00"))
        before = bare.dispatched()

        answer = bare.desk(OFFICER).post("/roster/add", shift(), follow=True)
        after = bare.dispatched()

        assert "已登记值班" in text_of(answer)
        assert ["RosterMissing" in [each.type for each in orders.history(one)] for one in (before, after)] == [
            True, False,
        ]  # fmt: skip
        assert facts() == ["RosterEntryAdded"]

    def test_the_week_shows_who_is_there_with_telephone_and_substitute(self, bare: Town) -> None:
        desk = bare.desk(OFFICER)
        desk.post("/roster/add", shift())

        page = text_of(desk.get("/roster"))
        next_week = text_of(desk.get("/roster?week=2026-09-21"))

        assert all(words in page for words in ("孙夜班", "13700000001", "李替班", "051086860001"))
        assert "孙夜班" in next_week
        assert "孙夜班" not in text_of(desk.get("/roster?week=2026-09-28"))
        assert desk.get("/roster?week=junk").status_code == 200

    def test_names_and_numbers_stand_in_no_fact_and_not_in_clear_in_the_table(self, bare: Town) -> None:
        bare.desk(OFFICER).post("/roster/add", shift())

        row = Roster.objects.get()
        bodies = str([ledger.content(each) for each in ledger.history(f"unit/{row.unit_id}")])

        assert not any(words in bodies for words in ("孙夜班", "13700000001", "李替班", "86860001"))
        assert b"13700000001" not in bytes(row.phone_enc or b"")
        assert b"86860001" not in bytes(row.substitute_phone_enc or b"")

    def test_the_same_shift_stands_once_however_often_it_is_sent(self, bare: Town) -> None:
        desk, form = bare.desk(OFFICER), shift()

        desk.post("/roster/add", form)
        desk.post("/roster/add", form)
        other = desk.post("/roster/add", shift(), follow=True)

        assert "没有重复登记" in text_of(other)
        assert (Roster.objects.count(), facts()) == (1, ["RosterEntryAdded"])

    @pytest.mark.parametrize(
        ("wrong", "said"),
        [
            ({"person": " "}, "请填写值班人姓名"),
            ({"person": "\u200b"}, "请填写"),
            ({"phone": ""}, "请填写值班电话"),
            ({"phone": "12"}, "电话号码不正确"),
            ({"starts_at": "明天"}, "时间应写成"),
            ({"ends_at": "2026-09-18T17:00"}, "结束时间须晚于开始时间"),
            ({"starts_at": "2026-09-10T17:30", "ends_at": "2026-09-11T09:00"}, "不能补登"),
            ({"ends_at": "2027-09-18T17:30"}, "一班最长 31 天"),
            ({"substitute": ""}, "替班人"),
            ({"substitute_phone": ""}, "替班电话"),
        ],
    )
    def test_a_shift_that_cannot_be_is_refused_and_changes_nothing(
        self, bare: Town, wrong: dict[str, str], said: str
    ) -> None:
        answer = bare.desk(OFFICER).post("/roster/add", shift(**wrong))

        assert answer.status_code == 422
        assert said in text_of(answer)
        assert (Roster.objects.count(), facts()) == (0, [])

    def test_a_shift_to_come_goes_and_one_that_runs_ends_now(self, bare: Town) -> None:
        desk = bare.desk(OFFICER)
        desk.post("/roster/add", shift())
        desk.post("/roster/add", shift(starts_at="2026-09-19T09:00", person="钱周末"))
        bare.at(moment("2026-09-18T20:00:00"))
        running, to_come = Roster.objects.order_by("starts_at")

        for each in (running, to_come):
            desk.post("/roster/remove", {"key": str(uuid4()), "entry": str(each.pk)})
        again = desk.post("/roster/remove", {"key": str(uuid4()), "entry": str(to_come.pk)}, follow=True)

        assert [row.ends_at for row in Roster.objects.all()] == [bare.now]
        assert "已经结束或已被删除" in text_of(again)
        assert facts() == ["RosterEntryAdded"] * 2 + ["RosterEntryRemoved"] * 2

    def test_nobody_keeps_the_roster_of_another_unit(self, bare: Town) -> None:
        bare.desk(OFFICER).post("/roster/add", shift())
        entry = Roster.objects.get()

        bare.desk("officer@住建局").post("/roster/remove", {"key": str(uuid4()), "entry": str(entry.pk)})
        stranger = text_of(bare.desk("officer@住建局").get("/roster?unit=城管局"))

        assert Roster.objects.get() == entry
        assert "孙夜班" not in stranger
        with pytest.raises(Rejected, match="roster_not_your_unit"):
            rosters.take_off(
                bare.code, entry.pk, unit="城管局", actor=Actor("officer", "住建局", "staff:1"), now=bare.now
            )

    @pytest.mark.parametrize(
        ("who", "reads"),
        [
            ("leader@城管局", 200), ("head@城管局", 200), ("supervisor", 200), ("office", 200), ("dispatcher", 200),
            ("duty_leader", 200), ("seat", 403), ("auditor", 403), ("discipline", 403), ("admin", 403),
        ],
    )  # fmt: skip
    def test_others_change_nothing_and_see_what_their_role_needs(self, bare: Town, who: str, reads: int) -> None:
        desk = bare.desk(who)

        assert desk.get("/roster").status_code == reads
        for path in ("add", "remove", "import", "import/confirm", "import/rejects"):
            assert desk.post(f"/roster/{path}", shift()).status_code == 403
        assert not Roster.objects.exists()


class TestFromAFile:
    ROW = "城管局,2026-09-18 17:30,2026-09-19 09:00,孙夜班,13700000001,,"

    def test_nothing_is_written_before_it_is_confirmed(self, bare: Town) -> None:
        desk = bare.desk(OFFICER)

        preview = send_file(desk, self.ROW)
        before = Roster.objects.count()
        answers = [desk.post("/roster/import/confirm", hidden(preview), follow=True) for _ in range(2)]

        assert "将新增 1 班" in text_of(preview)
        assert (before, Roster.objects.count()) == (0, 1)
        assert "新增 1 班，已有 0 班" in text_of(answers[0])
        assert "已经导入过" in text_of(answers[1])
        assert "已有 1 班" in text_of(send_file(desk, self.ROW))

    @pytest.mark.parametrize(
        ("row", "said"),
        [
            (ROW.replace("城管局", "住建局"), "由该单位自己填报"),
            (ROW.replace("城管局", "没有"), "没有名为“没有”的单位"),
            (ROW.replace("2026-09-18 17:30", "周五"), "“开始时间”无法识别"),
            (ROW.replace("13700000001", "=1+1"), "电话号码不正确"),
            (ROW.replace("孙夜班", ""), "请填写：值班人"),
            (ROW + ",多一列", "列数与表头不符"),
        ],
    )
    def test_a_bad_row_is_told_why_and_the_others_are_taken(self, bare: Town, row: str, said: str) -> None:
        desk = bare.desk(OFFICER)

        preview = send_file(desk, row, self.ROW)
        desk.post("/roster/import/confirm", hidden(preview))

        assert said in text_of(preview)
        assert [each.person for each in Roster.objects.all()] == ["孙夜班"]

    def test_the_rejects_file_is_safe_from_formulas_and_can_be_mended_and_sent_again(self, bare: Town) -> None:
        desk = bare.desk(OFFICER)
        preview = send_file(desk, self.ROW.replace("13700000001", "12").replace("孙夜班", '"=HYPERLINK(""x"")"'))

        answer = desk.post("/roster/import/rejects", hidden(preview))
        lines = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
        mended = text_of(answer).replace(",12,", ",13700000001,").encode()
        again = desk.post("/roster/import", {"file": SimpleUploadedFile("改.csv", mended)})

        assert lines[0][:4] == ["行号", "原因", "单位", "开始时间"]
        assert (lines[1][0], lines[1][5]) == ("2", '\'=HYPERLINK("x")')
        assert "将新增 1 班" in text_of(again)
        assert not Roster.objects.exists()

    def test_a_workbook_is_read_like_a_file_of_text(self, bare: Town) -> None:
        kept = io.BytesIO()
        with xlsxwriter.Workbook(kept, {"in_memory": True}) as book:
            sheet, moments = book.add_worksheet(), book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
            sheet.write_row(0, 0, ["开始时间", "结束时间", "值班人", "电话"])
            for place, day in enumerate((18, 19)):
                sheet.write_datetime(1, place, datetime(2026, 9, day, 17 - 8 * place, 30 - 30 * place), moments)  # noqa: DTZ001
            sheet.write_row(1, 2, ["孙夜班", 13700000001])
        desk = bare.desk(OFFICER)

        preview = desk.post("/roster/import", {"file": SimpleUploadedFile("值班.xlsx", kept.getvalue())})
        desk.post("/roster/import/confirm", hidden(preview))

        (found,) = rosters.between(
            bare.code, unit="城管局", since=moment("2026-09-18T00:00:00"), until=moment("2026-09-20T00:00:00")
        )
        assert (found.starts_at, found.ends_at) == (moment("2026-09-18T17:30:00"), moment("2026-09-19T09:00:00"))
        assert found.phone == "13700000001"

    @pytest.mark.parametrize(
        ("name", "content", "said"),
        [
            ("空.csv", b"\xef\xbb\xbf", "是空的"),
            ("列.csv", "单位,值班人\n城管局,孙\n".encode(), "缺少：开始时间、结束时间、电话"),
            ("坏.xlsx", b"PK\x03\x04broken", "不是有效的 XLSX 工作簿"),
            ("引号.csv", f'{HEADING}\n"城管局,a\n'.encode(), "引号没有配对"),
            ("乱.csv", b"\xff\xfe\xff\xff", "既不是 UTF-8 也不是 GB18030"),
            ("长.csv", (HEADING + "\n" + (ROW + "\n") * 1001).encode(), "一次最多导入 1000 行"),
        ],
    )
    def test_a_file_that_is_none_is_refused_in_chinese(self, bare: Town, name: str, content: bytes, said: str) -> None:
        answer = bare.desk(OFFICER).post("/roster/import", {"file": SimpleUploadedFile(name, content)})

        assert answer.status_code == 422
        assert said in html.unescape(text_of(answer))

    def test_the_model_file_is_read_by_the_import(self, bare: Town) -> None:
        desk = bare.desk(OFFICER)
        heading = desk.get("/roster/model").content.decode("utf-8-sig").strip()

        assert "将新增 1 班" in text_of(send_file(desk, self.ROW, heading=heading, encoding="gb18030"))

    @pytest.mark.parametrize("rows", ["", "[]", "{}", '[[1,false,["a"]]]', "x"])
    def test_rows_that_no_preview_made_change_nothing(self, bare: Town, rows: str) -> None:
        answer = bare.desk(OFFICER).post("/roster/import/confirm", {"key": str(uuid4()), "rows": rows}, follow=True)

        assert "请重新选择文件并预览" in text_of(answer)
        assert not Roster.objects.exists()


class TestWhoHasNobody:
    def test_the_office_sees_the_units_without_anybody_first_and_how_many(self, bare: Town) -> None:
        bare.desk(OFFICER).post("/roster/add", shift())

        page = text_of(bare.desk("office").get("/roster"))

        plain = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", page))
        assert "没有任何人值班的单位：2 个；非工作时间有空缺的：1 个" in plain
        assert page.index("light red") < page.index("light yellow")
        assert "孙夜班" in text_of(bare.desk("office").get("/roster?unit=城管局"))
        assert bare.desk("office").get("/roster?unit=没有").status_code == 404

    def test_a_unit_that_is_covered_is_on_no_list(self, town: Town) -> None:
        assert "都有人值班" in text_of(town.desk("supervisor").get("/roster"))
        assert "值班" not in _warnings(town.desk(OFFICER))

    @pytest.mark.parametrize("who", [OFFICER, "leader@城管局", "head@城管局"])
    def test_the_units_own_desk_says_it(self, bare: Town, who: str) -> None:
        nobody = _warnings(bare.desk(who))
        bare.desk(OFFICER).post("/roster/add", shift())
        holes = _warnings(bare.desk(who))

        assert "今后 7 天没有任何人值班" in nobody
        assert "值班有空缺，最早是 09-21 12:00–13:30" in holes
        assert "值班" not in _warnings(bare.desk("dispatcher"))

    def test_what_is_beyond_seven_days_does_not_count(self, bare: Town) -> None:
        rosters.put(
            bare.code,
            rosters.Entry(moment("2026-09-26T00:00:00"), moment("2026-09-30T00:00:00"), "孙夜班", "13700000001"),
            unit="城管局", actor=SYSTEM, now=bare.now,
        )  # fmt: skip

        assert "今后 7 天没有任何人值班" in _warnings(bare.desk(OFFICER))


def _warnings(desk: Client) -> str:
    found = re.findall(r'<p class="message warning"[^>]*>(.*?)</p>', text_of(desk.get("/")), re.S)
    return re.sub(r"<[^>]+>", "", " ".join(found))
