"""`minsheng pack` and `minsheng calendar`: a new city is a folder, and whoever writes it is told what is wrong."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from minsheng.app.cli.main import main
from minsheng.domain.faults import Faulty
from minsheng.domain.parameters import PARAMETERS
from minsheng.gateways import packfiles

HEADER = """[pack]
id = "wuxi"
version = "2027-01-01"
city = "无锡市"
title = "无锡市12345热线办法"
document = "锡政办发〔2026〕99号"
clause_prefix = "WX"
effective_from = 2027-01-01
zone = "Asia/Shanghai"
"""

STORY = """title: A night order in the fourth city
pack: wuxi@2027-01-01
steps:
- at: 2026-10-12 10:00:00
  by: seat
  do: submit
  order: o1
  with: {type: help, channel: phone, content: 路灯不亮, appellant: citizen, publish: no}
  expect:
    status: SUBMITTED
    due: {dispatch: 2026-10-12 11:00:00}
"""

HEIR = (
    HEADER
    + """inherits = "jiangyin"

[dispatch_limit]
value = "1 WH"
clause = "WX-8.1"
"""
)


def whole_city(*, replaced: tuple[str, str] = ("", "")) -> str:
    """Return a whole pack of a fourth city, made from a shipped one; `replaced` changes its text."""
    text = (packfiles.shipped_folder() / "jiangyin" / "pack.toml").read_text(encoding="utf-8")
    body = text.partition("\n\n")[2]
    return (HEADER + "\n" + body).replace(*replaced) if replaced[0] else HEADER + "\n" + body


def folder_with(tmp_path: Path, text: str, *, story: str = "", name: str = "pack.toml") -> Path:
    folder = tmp_path / "wuxi"
    (folder / "scenarios").mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8")
    if story:
        (folder / "scenarios" / "W01.yaml").write_text(story, encoding="utf-8")
    return folder


# check


def test_check_holds_for_the_shipped_packs_and_all_their_scenarios(capsys: pytest.CaptureFixture[str]) -> None:
    status = main(["pack", "check", str(packfiles.shipped_folder())])

    said = capsys.readouterr().out
    assert status == 0, said
    assert "jiangyin@2020-07-13" in said
    assert "叠加包，改变 6 个参数" in said


@pytest.mark.clause("SZ-47")
@pytest.mark.parametrize("text", [whole_city(replaced=('"2 WH"', '"1 WH"')), HEIR])
def test_check_plays_the_scenarios_of_a_fourth_city(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    # a new city is a folder, no code
    folder = folder_with(tmp_path, text, story=STORY)

    status = main(["pack", "check", str(folder)])

    said = capsys.readouterr().out
    assert status == 0, said
    assert "wuxi@2027-01-01" in said
    assert "W01.yaml" in said


def test_check_fails_when_a_scenario_does_not_hold(tmp_path: Path) -> None:
    folder = folder_with(tmp_path, HEIR, story=STORY.replace("11:00:00", "12:00:00"))

    assert main(["pack", "check", str(folder)]) == 1


def test_check_says_so_when_a_folder_has_no_scenarios(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status = main(["pack", "check", str(folder_with(tmp_path, whole_city()))])

    assert status == 0
    assert "没有剧本" in capsys.readouterr().out


def test_check_names_file_line_key_and_reason_of_every_fault(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = whole_city(replaced=('[sign_limit]\nvalue = "4 WH"', '[sign_limit]\nvalue = "4 hours"'))
    text = text.replace("[sign_starts_at]", "[sign_start_at]").replace('zone = "Asia/Shanghai"\n', "")
    folder = folder_with(tmp_path, text)

    status = main(["pack", "check", str(folder)])

    said = capsys.readouterr().out
    line = text.splitlines().index('value = "4 hours"') + 1
    assert status == 2
    assert f"{folder / 'pack.toml'}:{line}  sign_limit.value  期限“4 hours”应为正整数加单位" in said
    assert "sign_start_at  没有这个参数，是不是“sign_starts_at”" in said
    assert "sign_starts_at  缺少这个参数（签收时限起算）" in said
    assert "pack.toml:1  pack.zone  缺少这一项" in said
    assert "有 4 处错误" in said


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"[pack\nid = 1\n", "第 1 行第 6 列附近不合 TOML 格式"),
        (b'[pack]\nid = "wuxi', "不合 TOML 格式"),
        ("[pack]\ntitle = '无锡'".encode("gb18030"), "不是 UTF-8 编码"),
        (b"", "缺少 [pack] 表"),
        (b"[pack]\nid = " + b"9" * 5000, "数字过长"),
        (b"id = " + b"[" * 50000, "嵌套过深"),
    ],
)
def test_check_refuses_a_file_that_cannot_be_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes, reason: str
) -> None:
    folder = folder_with(tmp_path, "")
    (folder / "pack.toml").write_bytes(content)

    status = main(["pack", "check", str(folder)])

    assert status == 2
    assert reason in capsys.readouterr().out


@pytest.mark.parametrize("where", ["nowhere", "."])
def test_check_refuses_a_folder_without_packs(tmp_path: Path, capsys: pytest.CaptureFixture[str], where: str) -> None:
    status = main(["pack", "check", str(tmp_path / where)])

    assert status == 2
    assert "文件夹里没有规则包" in capsys.readouterr().out


def test_check_refuses_an_heir_of_an_unknown_city(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = folder_with(tmp_path, HEIR.replace('"jiangyin"', '"jiangyan"'))

    status = main(["pack", "check", str(folder)])

    assert status == 2
    assert "是不是“jiangyin”" in capsys.readouterr().err


def test_folder_holds_several_versions(tmp_path: Path) -> None:
    folder_with(tmp_path, HEIR)
    later = HEIR.replace("2027-01-01", "2028-01-01").replace("1 WH", "2 WH")
    folder = folder_with(tmp_path, later, name="pack-2028-01-01.toml")

    found = packfiles.read_packs(folder)

    assert [pack.name for pack in found] == ["wuxi@2028-01-01", "wuxi@2027-01-01"]


@pytest.mark.parametrize(
    ("text", "name", "reason"),
    [
        (HEIR, "pack-2027-01-01.toml", "版本 2027-01-01 在同一文件夹里出现两次"),
        (HEIR.replace("2027-01-01", "2028-01-01"), "pack-2029-01-01.toml", "文件名里的版本是 2029-01-01"),
        (
            HEIR.replace("2027-01-01", "2028-01-01").replace('"wuxi"', '"suzhou_new"'),
            "pack-2028-01-01.toml",
            "同一编号",
        ),
    ],
)
def test_folder_with_versions_that_contradict_each_other_is_refused(
    tmp_path: Path, text: str, name: str, reason: str
) -> None:
    folder_with(tmp_path, HEIR)
    folder = folder_with(tmp_path, text, name=name)

    with pytest.raises(Faulty, match=reason):
        packfiles.read_packs(folder)


def test_library_takes_a_folder_in_place_of_a_shipped_version(tmp_path: Path) -> None:
    text = (packfiles.shipped_folder() / "suqian" / "pack.toml").read_text(encoding="utf-8")
    folder = folder_with(tmp_path, text.replace('city = "宿迁市"', 'city = "宿迁市（试）"'))

    library = packfiles.library([folder])

    assert len(library) == len(packfiles.shipped_packs())
    assert [pack.city for pack in library if pack.id == "suqian"] == ["宿迁市（试）"]


# show and diff


def test_show_lists_every_parameter_with_its_clause_or_as_a_default(capsys: pytest.CaptureFixture[str]) -> None:
    status = main(["pack", "show", "jiangyin"])

    said = capsys.readouterr().out
    assert status == 0
    assert "澄委办〔2020〕44号" in said
    assert "锡委办发〔2018〕81号" in said
    rows = {line.split()[0]: line for line in said.splitlines() if line.startswith("  ")}
    assert len(rows) == len(PARAMETERS)
    assert "4 WH（4个工作小时）" in rows["sign_limit"]
    assert "JY-10.2a" in rows["sign_limit"]
    assert "默认（文件未规定）：文件未写审核时限" in rows["return_review_limit"]


@pytest.mark.clause("JY-0", "JY-1", "JY-38", "SZ-1", "SZ-48", "SQ-0", "SQ-1")
@pytest.mark.parametrize(
    ("pack", "words"),
    [
        ("suzhou", ("苏府办〔2020〕312号", "2020-12-16", "江苏省促进政务服务便利化条例", "苏政办发〔2020〕29号",
                    "解释      市政务服务管理办公室")),
        ("jiangyin", ("澄委办〔2020〕44号", "2020-07-13", "苏政办发〔2020〕29号", "锡委办发〔2018〕81号",
                      "废止      澄政办发〔2013〕57号、澄政办发〔2013〕58号")),
        ("suqian", ("宿政办发〔2020〕55号", "2020-10-19", "苏政办发〔2020〕29号")),
    ],
)  # fmt: skip
def test_show_says_on_which_documents_the_rules_rest(
    capsys: pytest.CaptureFixture[str], pack: str, words: tuple[str, ...]
) -> None:
    status = main(["pack", "show", pack])

    header = capsys.readouterr().out.partition("\n\n")[0]
    assert status == 0
    assert [each for each in words if each not in header] == []


@pytest.mark.clause("JS-0")
def test_show_as_json_gives_values_clauses_and_defaults(capsys: pytest.CaptureFixture[str]) -> None:
    status = main(["pack", "show", "suzhou@2020-12-16", "--overlay", "jiangsu_2021", "--json"])

    shown = json.loads(capsys.readouterr().out)
    parameters = {row["name"]: row for row in shown["parameters"]}
    assert status == 0
    assert shown["overlays"] == ["jiangsu_2021@2021-11-30"]
    assert parameters["ext_window"] == {
        "name": "ext_window",
        "label": "延期申请窗口",
        "group": "延期",
        "in_effect": True,
        "value": "any_before",
        "clause": "SZ-15.3c, A-04",
        "default": False,
        "reason": "",
    }
    assert parameters["sign_limit"]["default"] is True
    assert parameters["display_name"]["value"] == "12345政务服务便民热线"


def test_show_of_an_overlay_lists_what_it_changes(capsys: pytest.CaptureFixture[str]) -> None:
    status = main(["pack", "show", "jiangsu_2021"])

    said = capsys.readouterr().out
    assert status == 0
    assert "苏政办发〔2021〕81号" in said
    assert "sign_limit" not in said


def test_show_knows_the_packs_of_a_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = folder_with(tmp_path, HEIR)

    status = main(["pack", "show", "wuxi", "--packs", str(folder)])

    assert status == 0
    assert "WX-8.1" in capsys.readouterr().out


@pytest.mark.parametrize("name", ["jiangyn", "jiangyin@2019-01-01"])
def test_show_of_an_unknown_pack_says_which_there_are(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    status = main(["pack", "show", name])

    assert status == 2
    assert "现有：" in capsys.readouterr().err


def test_diff_lists_what_differs_with_both_clauses(capsys: pytest.CaptureFixture[str]) -> None:
    status = main(["pack", "diff", "jiangyin", "suqian"])

    said = capsys.readouterr().out
    block = said[said.index("sign_limit ") :].splitlines()[:3]
    assert status == 0
    assert "4 WH（4个工作小时）" in block[1]
    assert "JY-10.2a" in block[1]
    assert "1 CH（1小时）" in block[2]
    assert "SQ-10.3b" in block[2]
    assert "redo_max" not in said


def test_diff_of_a_pack_with_itself_is_empty(capsys: pytest.CaptureFixture[str]) -> None:
    main(["pack", "diff", "jiangyin", "jiangyin@2020-07-13"])

    assert capsys.readouterr().out == f"共 0 个参数取值不同，{len(PARAMETERS)} 个相同。\n"


def test_diff_as_json_shows_what_an_overlay_changes(capsys: pytest.CaptureFixture[str]) -> None:
    status = main(["pack", "diff", "suzhou", "suzhou+jiangsu_2021", "--json"])

    shown = json.loads(capsys.readouterr().out)
    rows = {row["name"]: row for row in shown["differing"]}
    assert status == 0
    assert len(rows) == 6
    assert (rows["research_panel"]["a"]["value"], rows["research_panel"]["b"]["value"]) == (False, True)


def test_diff_with_an_overlay_alone_shows_what_it_does_not_speak_of(capsys: pytest.CaptureFixture[str]) -> None:
    main(["pack", "diff", "suzhou", "jiangsu_2021"])
    plain = capsys.readouterr().out
    main(["pack", "diff", "suzhou", "jiangsu_2021", "--json"])
    rows = json.loads(capsys.readouterr().out)["differing"]

    assert "未写" in plain
    assert any(row["b"] is None for row in rows)


# calendar


def test_calendar_show_lists_days_off_and_make_up_days_with_their_source(capsys: pytest.CaptureFixture[str]) -> None:
    status = main(["calendar", "show", "2026"])

    said = capsys.readouterr().out
    assert status == 0
    assert "国办发明电〔2025〕7号" in said
    assert "春节  2月15日（周日）至2月23日（周一），共 9 天" in said
    assert "9月20日（周日）" in said


@pytest.mark.parametrize(("year", "reason"), [("2027", "暂按周一至周五计算"), ("2019", "没有 2019 年的日历")])
def test_calendar_show_says_what_holds_for_an_unknown_year(
    year: str, reason: str, capsys: pytest.CaptureFixture[str]
) -> None:
    status = main(["calendar", "show", year])

    assert status == 1
    assert reason in capsys.readouterr().err


def test_calendar_check_reads_the_shipped_years(capsys: pytest.CaptureFixture[str]) -> None:
    status = main(["calendar", "check"])

    assert status == 0
    assert "CN 2026 年（已公布）：放假 33 天，调休上班 6 天" in capsys.readouterr().out


def test_calendar_check_names_the_faults_of_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "CN-2027.toml"
    file.write_text('country = "CN"\nyear = 2027\nstatus = "maybe"\nsource = "试"\n', encoding="utf-8")

    status = main(["calendar", "check", str(file)])

    said = capsys.readouterr().out
    assert status == 2
    assert f"{file}:3  status  应为 final" in said


def test_calendar_check_names_a_missing_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status = main(["calendar", "check", str(tmp_path / "CN-2027.toml")])

    assert status == 2
    assert "读不出来" in capsys.readouterr().out


def test_calendar_of_an_unknown_country_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    status = main(["calendar", "show", "2026", "--country", "XX"])

    assert status == 2
    assert "没有 XX 的日历" in capsys.readouterr().err
