"""Lists from files: every row is looked at first, all good ones are taken in or none, the others come back."""

from __future__ import annotations

import csv
import io

import pytest
from tests.administration_ground import hidden, kinds_of, plain, send_file
from tests.town_ground import Town, text_of

from minsheng.core.people.models import RoleAssignment, Staff

HEADING = "账号,姓名,单位,岗位,起始日期,截止日期,席位,级别,专员类别"
GOOD = ("w1,王一,城管局,经办人,,,,,", "w2,王二,,政策专员,2026-10-01,2026-12-31,,,law", "w3,王三,,座席、回访员,,,,,")
BAD = (
    "w4,王四,没有的局,经办人,,,,,",
    "w5,,,座席,,,,,",
    "w6,王六,,座席、dispatcher,,,,,",
    "w7,王七,,经办人,,,,,",
    "w8,王八,,飞行员,,,,,",
    "w9,王九,,座席,明天,,,,",
    "jiangyin-seat甲,别人,,座席,,,,,",
)


def test_good_rows_are_taken_in_and_the_others_come_back_to_be_mended(town: Town) -> None:
    desk = town.desk("admin")

    seen = send_file(desk, "staff", HEADING, *GOOD, *BAD)
    kept, before = hidden(seen), Staff.objects.filter(username__startswith="w").count()
    rejects = desk.post("/administration/import/staff/rejects", kept)
    done = [desk.post("/administration/import/staff/confirm", kept, follow=True) for _ in range(2)]

    assert "将新增3行；已有0行，不变；7行不合格" in plain(seen)
    assert before == 0
    lines = list(csv.DictReader(io.StringIO(rejects.content.decode("utf-8-sig"))))
    assert [line["账号"] for line in lines] == ["w4", "w5", "w6", "w7", "w8", "w9", "jiangyin-seat甲"]
    assert [line["行号"] for line in lines] == ["5", "6", "7", "8", "9", "10", "11"]
    reasons = "".join(line["原因"] for line in lines)
    wanted = ("没有名为“没有的局”", "名称是空的", "同一账号", "飞行员", "起始日期", "已登记")
    assert [each for each in wanted if each not in reasons] == [], reasons
    assert "新增3行" in plain(done[0])
    assert "已经导入过" in plain(done[1])
    held = dict(Staff.objects.filter(username__startswith="w").values_list("username", "pk"))
    assert list(held) == ["w1", "w2", "w3"]
    assert RoleAssignment.objects.filter(staff=held["w3"]).count() == 2
    assert kinds_of(f"staff/{held['w2']}") == ["StaffAdded", "RoleGiven"]


def test_a_second_import_of_the_same_file_finds_everything_known(town: Town) -> None:
    desk = town.desk("admin")
    for _ in range(2):
        seen = send_file(desk, "staff", HEADING, *GOOD)
        desk.post("/administration/import/staff/confirm", hidden(seen))

    again = plain(send_file(desk, "staff", HEADING, *GOOD))

    assert "将新增0行；已有3行" in again
    assert "确认导入" not in again


def test_a_row_that_has_become_bad_meanwhile_keeps_all_others_out_too(town: Town) -> None:
    desk = town.desk("admin")
    kept = hidden(send_file(desk, "staff", HEADING, *GOOD))
    town.hire_all([("别", ("seat",), None)])
    Staff.objects.filter(display_name="别").update(username="w2")

    answer = desk.post("/administration/import/staff/confirm", kept)

    assert answer.status_code == 409
    assert "没有导入任何一行" in plain(answer)
    assert "2行，已有0行" in plain(answer) or "将新增2行" in plain(answer)
    assert not Staff.objects.filter(username="w1").exists()


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (("姓名,单位", "王一,城管局"), "账号"),
        ((HEADING,), "是空的"),
        ((HEADING, '"w1,王一'), "引号"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(town: Town, lines: tuple[str, ...], said: str) -> None:
    answer = send_file(town.desk("admin"), "staff", *lines)

    assert answer.status_code == 422
    assert said in plain(answer)


def test_rows_that_are_lost_change_nothing_and_lead_back(town: Town) -> None:
    desk = town.desk("admin")

    for sent in ({}, {"key": "x", "rows": "[]"}, {**hidden(send_file(desk, "staff", HEADING, *GOOD)), "rows": "{"}):
        for address in ("confirm", "rejects"):
            answer = desk.post(f"/administration/import/staff/{address}", sent, follow=True)
            assert "没有收到预览的内容" in plain(answer)
    assert not Staff.objects.filter(username="w1").exists()


def test_the_model_has_the_columns_and_terms_come_from_a_file_too(town: Town) -> None:
    desk = town.desk("admin")

    model = desk.get("/administration/import/staff/model").content.decode("utf-8-sig")
    seen = send_file(desk, "roles", "账号,岗位,截止日期", "jiangyin-seat甲,回访员,2026-12-31", "nobody,座席,")
    desk.post("/administration/import/roles/confirm", hidden(seen))

    assert model.strip() == HEADING
    assert "没有账号" in plain(seen) or "nobody" in text_of(seen)
    assert RoleAssignment.objects.filter(staff=town.staff["seat"], role="callback_agent").count() == 1
    assert desk.get("/administration/import/nothing").status_code == 404
