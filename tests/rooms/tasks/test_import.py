"""`minsheng import`: quirks of real files, each letter once, bad rows told why. Clauses: SZ-15.1, JY-9.1, SQ-10.1."""

from __future__ import annotations

import argparse
import csv
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from minsheng.app.cli import imports as command
from minsheng.app.cli import installation
from minsheng.cases.appeals.models import Appeal
from minsheng.cases.orders.imports import actions as imports
from minsheng.cases.orders.imports import csv as imports_csv
from minsheng.cases.orders.imports.actions import Defaults, Outcome
from minsheng.cases.orders.imports.csv import BadFile
from minsheng.cases.orders.models import Order
from minsheng.core.ledger import verification
from minsheng.core.people.models import Appellant
from minsheng.core.policies import actions as policies
from minsheng.domain.actors import SYSTEM
from minsheng.domain.rejected import Rejected

NOW = datetime.fromisoformat("2026-09-07T09:00:00+08:00")
DEFAULTS = Defaults(type="help", channel="web", publish="yes", real_name=True)
HEADING = "留言编号,留言用户,留言主题,留言时间,留言详情"


@pytest.fixture
def city(db: None) -> str:
    return open_city()


def open_city(code: str = "suqian") -> str:
    policies.open_city(code, name="测试市", pack=code, actor=SYSTEM, now=NOW)
    return code


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Return what writes a file of letters."""

    def write_file(*rows: str, heading: str = HEADING, encoding: str = "utf-8") -> Path:
        path = tmp_path / "letters.csv"
        path.write_bytes("\r\n".join((heading, *rows, "")).encode(encoding))
        return path

    return write_file


def rows_of(path: Path) -> list[imports_csv.Row]:
    with imports_csv.open_text(path) as stream:
        return list(imports_csv.read(path, stream=stream).rows)


def take(path: Path, city: str = "suqian", **more: Any) -> list[imports.Taken]:
    settings = {"defaults": DEFAULTS, "submit": True, "now": NOW, **more}
    return imports.take_in(rows_of(path), city=city, **settings)


class TestReading:
    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
    def test_encodings_are_told_apart(self, write: Callable[..., Path], encoding: str) -> None:
        rows = rows_of(write("1,U1,路灯,2019/7/1 18:08:42,路灯不亮", encoding=encoding))

        assert [(row.line, row.get("id"), row.get("text")) for row in rows] == [(2, "1", "路灯不亮")]

    @pytest.mark.parametrize("delimiter", [",", "\t", ";"])
    def test_delimiters_are_told_apart(self, write: Callable[..., Path], delimiter: str) -> None:
        path = write(delimiter.join(("1", "路灯不亮")), heading=delimiter.join(("id", "text")))

        assert rows_of(path)[0].get("text") == "路灯不亮"

    def test_line_breaks_in_fields_keep_the_count_of_lines(self, write: Callable[..., Path]) -> None:
        path = write('1,U1,甲,2019-04-24 16:03:40,"一\r\n\r\n\r\n\r\n二"', "", '2,U1,乙,2019-04-24 16:03:40,"\n\t　三"')

        rows = rows_of(path)

        assert [(row.line, row.get("text")) for row in rows] == [(2, "一\n\n二"), (8, "三")]

    @pytest.mark.parametrize(
        ("cell", "text"),
        [
            ("　　尊敬的领导：　", "尊敬的领导："),
            ("一_x000D_\n二_x000D_", "一\n\n二"),
            ("\n\t\t\n\t文\n\t", "文"),
            ("\ufeff文\u200b", "文"),
        ],
    )
    def test_what_spreadsheets_leave_is_cleaned_away(self, cell: str, text: str) -> None:
        assert imports_csv.clean(cell) == text

    @pytest.mark.parametrize(
        ("text", "moment"),
        [
            ("2019-04-24 16:03:40", "2019-04-24T16:03:40+08:00"),
            ("2016/11/11 14:56:14", "2016-11-11T14:56:14+08:00"),
            ("2019/7/1 8:8:2", "2019-07-01T08:08:02+08:00"),
            ("2019-7-1", "2019-07-01T00:00:00+08:00"),
            ("2019年7月1日 18时8分", "2019-07-01T18:08:00+08:00"),
            ("2019-04-24T16:03:40Z", "2019-04-24T16:03:40+00:00"),
            ("2019-02-30 10:00:00", None),
            ("昨天", None),
            ("", None),
        ],
    )
    def test_dates_are_read_in_their_forms(self, text: str, moment: str | None) -> None:
        found = imports_csv.moment_of(text)

        assert (found.isoformat() if found else None) == moment

    @pytest.mark.parametrize(
        ("content", "code"),
        [
            (b"", "no_rows"),
            (b"a,b\n1,2\n", "no_text_column"),
            (b"\xff\xfe\xff\xff", "bad_encoding"),
            (None, "not_a_file"),
        ],
    )
    def test_a_file_that_is_none_is_refused(self, tmp_path: Path, content: bytes | None, code: str) -> None:
        path = tmp_path / "letters.csv"
        if content is not None:
            path.write_bytes(content)

        with pytest.raises(BadFile) as refused:
            rows_of(path)

        assert refused.value.code == code

    @pytest.mark.parametrize(
        "rest",
        [
            "文" * 2_100_000,
            # The rows that follow would be swallowed up to the file's end.
            "路灯不亮\r\n2,U2,乙,2019-04-24 16:03:40,积水",
            # The next row's quotation mark closes it.
            '路灯不亮\r\n2,U2,乙,2019-04-24 16:03:40,"积水"',
        ],
    )
    def test_a_quotation_mark_that_nobody_closes_is_told_before_a_row_is_taken(
        self, rest: str, write: Callable[..., Path]
    ) -> None:
        path = write("0,U0,子,2019-04-24 16:03:40,噪音", '1,U1,甲,2019-04-24 16:03:40,"' + rest)

        with imports_csv.open_text(path) as stream, pytest.raises(BadFile) as refused:
            imports_csv.read(path, stream=stream)

        assert (refused.value.code, refused.value.params["line"]) == ("open_quote", 3)

    def test_text_is_cleaned_where_it_enters(self, write: Callable[..., Path]) -> None:
        [row] = rows_of(write("1,U1,\u200b,2019-04-24 16:03:40,路\x08灯\x0b不亮"))

        assert (row.get("title"), row.get("text")) == ("", "路灯\n不亮")


class TestTaking:
    def test_a_letter_becomes_an_order_whose_clocks_start_now(self, city: str, write: Callable[..., Path]) -> None:
        taken = take(write("17,U1,路灯,2016/11/11 14:56:14,路灯不亮"))

        assert [each.outcome for each in taken] == [Outcome.ADDED]
        appeal = Appeal.objects.get()
        assert (appeal.title, appeal.content, appeal.source_no) == ("路灯", "路灯不亮", "17")
        assert appeal.said_at == datetime(2016, 11, 11, 6, 56, 14, tzinfo=UTC)
        assert appeal.appellant_id is None
        order = Order.objects.get()
        assert (order.status, order.registered_at, order.type, order.channel) == ("SUBMITTED", NOW, "help", "web")

    def test_without_submit_it_stays_a_draft(self, city: str, write: Callable[..., Path]) -> None:
        take(write("17,U1,路灯,2016/11/11 14:56:14,路灯不亮"), submit=False)

        assert Order.objects.get().status == "DRAFT"

    def test_a_name_or_number_goes_to_the_vault(self, city: str, write: Callable[..., Path]) -> None:
        path = write(
            "路灯不亮,王小明,138 1234 5678,投诉,网站,否,是", heading="内容,姓名,电话,类型,渠道,是否公开,是否实名"
        )

        taken = take(path, defaults=Defaults())

        assert taken[0].reason == ""
        assert Appeal.objects.get().appellant_id == Appellant.objects.get().pk
        assert (Order.objects.get().type, Order.objects.get().channel) == ("complaint", "web")

    @pytest.mark.parametrize("named", ["1303", "路灯照明", "城市管理 / 市政设施 / 路灯照明"])
    def test_a_category_is_taken_by_code_or_name(self, city: str, write: Callable[..., Path], named: str) -> None:
        take(write(f"路灯不亮,{named}", heading="内容,分类"))

        assert Appeal.objects.get().category == "1303"

    def test_the_same_file_twice_adds_nothing(self, city: str, write: Callable[..., Path]) -> None:
        path = write("1,U1,甲,2019-04-24 16:03:40,一", "1,U1,乙,2019-04-24 16:03:40,二")

        first, second = take(path), take(path)

        assert [each.outcome for each in first] == [Outcome.ADDED] * 2
        assert [each.outcome for each in second] == [Outcome.KNOWN] * 2
        assert Order.objects.count() == 2

    def test_an_import_that_ended_early_is_continued(self, city: str, write: Callable[..., Path]) -> None:
        path = write(*[f"{number},U1,甲,2019-04-24 16:03:40,第{number}封" for number in range(6)])
        imports.take_in(rows_of(path)[:4], city=city, defaults=DEFAULTS, submit=True, now=NOW)

        taken = take(path)

        assert [each.outcome for each in taken] == [Outcome.KNOWN] * 4 + [Outcome.ADDED] * 2

    def test_the_same_letter_in_another_form_is_the_same(self, city: str, write: Callable[..., Path]) -> None:
        take(write("1,U1,甲,2019-04-04 06:03:40,一", encoding="utf-8-sig"))

        again = take(write('1,U1,　甲,2019/4/4 6:03:40,"\n一_x000D_"', encoding="gb18030"))

        assert [each.outcome for each in again] == [Outcome.KNOWN]

    def test_twice_in_one_file_is_taken_once(self, city: str, write: Callable[..., Path]) -> None:
        taken = take(write(*["1,U1,甲,2019-04-24 16:03:40,一"] * 2))

        assert [each.outcome for each in taken] == [Outcome.ADDED, Outcome.KNOWN]

    def test_cities_do_not_share_letters(self, city: str, write: Callable[..., Path]) -> None:
        open_city("jiangyin")
        path = write("1,U1,甲,2019-04-24 16:03:40,一")

        for name in (city, "jiangyin"):
            assert take(path, name)[0].outcome is Outcome.ADDED

    @pytest.mark.parametrize(
        ("row", "reason"),
        [
            ("1,U1,甲,2019-04-24 16:03:40,", "没有来信内容"),
            ("1,U1,甲,2019-04-24 16:03:40", "列数与表头不符"),
            ("1,U1,甲,2019-04-24 16:03:40,一,二", "列数与表头不符"),
            ("1,U1,甲,2019-13-24 16:03:40,一", "来信时间无法识别"),
            ("1,U1,甲,0001-01-01 00:00:00,一", "来信时间无法识别"),
            ("1,U1,甲,2019-04-24 16:03:40,a\0b", "含有无法保存的字符"),
            ("1,U1,甲,2019-04-24 16:03:40," + "文" * 20_001, "不得超过 20000 个字"),
            ("1,U1," + "题" * 201 + ",2019-04-24 16:03:40,一", "不得超过 200 个字"),
        ],
    )
    def test_a_bad_row_is_told_why_and_the_good_ones_are_kept(
        self, city: str, write: Callable[..., Path], row: str, reason: str
    ) -> None:
        taken = take(write("1,U1,好,2019-04-24 16:03:40,一", row, "3,U1,好,2019-04-24 16:03:40,三"))

        assert [each.outcome for each in taken] == [Outcome.ADDED, Outcome.REFUSED, Outcome.ADDED]
        assert reason in taken[1].reason
        assert taken[1].row.line == 3
        assert Order.objects.count() == 2

    @pytest.mark.parametrize(
        ("heading", "row", "reason"),
        [
            ("内容,类型", "一,吵架", "没有名为“吵架”的诉求类型"),
            ("内容,渠道", "一,飞鸽", "没有名为“飞鸽”的渠道"),
            ("内容,是否公开", "一,也许", "应写“是”或“否”"),
            ("内容,电话", "一,abc", "电话号码不正确"),
            ("内容,分类", "一,飞船", "没有名为“飞船”的分类"),
        ],
    )
    def test_a_bad_cell_is_told_why(
        self, city: str, write: Callable[..., Path], heading: str, row: str, reason: str
    ) -> None:
        taken = take(write(row, heading=heading))

        assert reason in taken[0].reason
        assert Order.objects.count() == Appellant.objects.count() == 0

    def test_what_the_pack_wants_is_named(self, city: str, write: Callable[..., Path]) -> None:
        path = write("1,U1,甲,2019-04-24 16:03:40,一")

        unreal = take(path, defaults=Defaults(type="help", channel="web"))
        untyped = take(path, defaults=Defaults(channel="web"))

        assert "实名信息" in unreal[0].reason
        assert "--type" in untyped[0].reason

    def test_a_type_of_the_citys_own_may_be_assumed_and_another_may_not(
        self, city: str, write: Callable[..., Path]
    ) -> None:
        open_city("example")
        path = write("1,U1,甲,2019-04-24 16:03:40,一")

        own = take(path, "example", defaults=Defaults(type="x_praise", channel="phone"), submit=False)
        strange = take(path, defaults=Defaults(type="x_praise", channel="web", real_name=True))

        assert own[0].reason == ""
        assert "没有名为“x_praise”的诉求类型" in strange[0].reason

    def test_an_unknown_city_is_refused(self, city: str, write: Callable[..., Path]) -> None:
        with pytest.raises(Rejected) as refused:
            take(write("1,U1,甲,2019-04-24 16:03:40,一"), "nowhere")

        assert refused.value.code == "unknown_city"


@pytest.mark.django_db(transaction=True)
def test_two_imports_at_once_take_each_letter_once(write: Callable[..., Path]) -> None:
    open_city()
    path = write(*[f"{number},U1,甲,2019-04-24 16:03:40,第{number}封" for number in range(60)])
    found: list[imports.Taken] = []

    def work() -> None:
        found.extend(take(path))
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    outcomes = [each.outcome for each in found]
    assert (outcomes.count(Outcome.ADDED), outcomes.count(Outcome.KNOWN)) == (60, 60)
    assert Order.objects.count() == 60
    assert verification.verify().fault is None


class TestCommand:
    @pytest.fixture
    def run(self, city: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., int]]:
        monkeypatch.setattr(installation, "opened", nullcontext)
        parser = argparse.ArgumentParser()
        command.add_arguments(parser)

        def run_with(path: Path, *more: str) -> int:
            words = [str(path), "--city", city, "--type", "help", "--channel", "web", "--real-name", *more]
            return command.run(parser.parse_args(words))

        return run_with

    def test_the_closing_line_counts(
        self, run: Callable[..., int], write: Callable[..., Path], capsys: pytest.CaptureFixture[str]
    ) -> None:
        path = write("1,U1,甲,2019-04-24 16:03:40,一", "2,U1,乙,某日,二", "3,U1,丙,2019-04-24 16:03:40,三")

        status = run(path)

        assert status == 1
        assert "读 3 行，新增 2 件，已有 0 件，不合格 1 行" in capsys.readouterr().out

    def test_rejects_can_be_mended_and_imported(self, run: Callable[..., int], write: Callable[..., Path]) -> None:
        path = write("1,U1,甲,2019-04-24 16:03:40,一", '2,U1,乙,某日,"二\n行"')
        run(path)
        rejects = path.with_name("letters.csv.rejects.csv")

        with rejects.open(encoding="utf-8-sig", newline="") as stream:
            rows = list(csv.reader(stream))
        rejects.write_text(rejects.read_text("utf-8-sig").replace("某日", "2019-04-25"), "utf-8")
        mended = run(rejects)

        assert rows[0] == ["行号", "原因", *HEADING.split(",")]
        assert rows[1][0] == "3"
        assert "来信时间" in rows[1][1]
        assert rejects.stat().st_mode & 0o077 == 0
        assert mended == 0
        assert Order.objects.count() == 2

    def test_rejects_of_an_earlier_run_go_away(self, run: Callable[..., int], write: Callable[..., Path]) -> None:
        run(write("2,U1,乙,某日,二"))
        path = write("2,U1,乙,2019-04-25,二")

        status = run(path)

        assert status == 0
        assert not path.with_name("letters.csv.rejects.csv").exists()

    def test_limit_reads_no_more(self, run: Callable[..., int], write: Callable[..., Path]) -> None:
        path = write(*[f"{number},U1,甲,2019-04-24 16:03:40,第{number}封" for number in range(9)])

        run(path, "--limit", "4")

        assert Order.objects.count() == 4

    @pytest.mark.parametrize("words", [("--rejects", "SELF"), ("--city", "nowhere")])
    def test_what_cannot_be_is_refused(
        self, run: Callable[..., int], write: Callable[..., Path], words: tuple[str, str]
    ) -> None:
        path = write("1,U1,甲,2019-04-24 16:03:40,一")

        status = run(path, words[0], words[1].replace("SELF", str(path)))

        assert status == 2
        assert Order.objects.count() == 0

    def test_a_missing_file_is_told(
        self, run: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        status = run(tmp_path / "none.csv")

        assert status == 2
        assert "无法读取文件" in capsys.readouterr().err


def test_the_document_names_every_column() -> None:
    text = (Path(__file__).parents[3] / "docs" / "import.md").read_text("utf-8")

    named = set(re.findall(r"`([^`]+)`", text))
    assert {alias for name, aliases in imports_csv.COLUMNS.items() for alias in (name, *aliases)} <= named
