"""`minsheng rehearse`: what it says of files that do not hold, or that cannot be used."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from minsheng.app.cli.main import main
from minsheng.gateways import packfiles

HELD, FAILED, UNUSABLE = 0, 1, 2
HAPPY_PATH = packfiles.shipped_folder() / "jiangyin" / "scenarios" / "D01.yaml"

STORY = """\
title: A story
pack: jiangyin
overlays: [jiangsu_2021]
set: {ext_window: any_before}
units:
  城管局: {kind: government, level: city, phone: 0510-1}
steps:
- at: 2026-09-18 16:40:00
  by: seat
  do: submit
  order: o1
  with:
    type: help
    channel: phone
    appellant: citizen
    publish: yes
    content: 人行道破损
  expect:
    status: SUBMITTED
    due: {dispatch: 2026-09-20 10:10:00}
- at: 2026-09-20 09:00:00
  do: dispatch
  order: o1
  with: {unit: 城管局, basis: 清单}
- at: 2026-09-20 15:00:01
  order: o1
  expect: {violations: [late_sign@城管局]}
"""


def written(tmp_path: Path, text: str, name: str = "story.yaml") -> Path:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def objects(out: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in out.splitlines()]


def test_story_that_holds_prints_a_line_a_step(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = written(tmp_path, STORY)

    status = main(["rehearse", str(path)])

    said = capsys.readouterr().out.splitlines()
    assert status == HELD
    assert said == [
        "✓ 2026-09-18 16:40:00 o1 座席 提交交办 → 待交办",
        "✓ 2026-09-20 09:00:00 o1 交办 → 待签收",
        "· 2026-09-20 15:00:01 o1 查看 → 待签收",
        f"✓ {path} A story：3 步，3 步相符，0 步不符",
    ]


def test_folder_stands_for_its_stories(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    written(tmp_path, STORY, "a.yaml")
    written(tmp_path, STORY, "b.yaml")

    status = main(["rehearse", str(tmp_path)])

    assert status == HELD
    assert capsys.readouterr().out.count("3 步相符") == 2


# A test that can fail: each of these is a word changed in a file that holds.
@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("status: SUBMITTED", "status: DRAFT", "status: 应为 DRAFT，实为 SUBMITTED"),
        ("dispatch: 2026-09-20 10:10:00", "dispatch: 2026-09-20 10:10:01", "due.dispatch: 应为 2026-09-20 10:10:01"),
        ("dispatch: 2026-09-20 10:10:00", "dispatch: null", "due.dispatch: 应为 无"),
        ("dispatch: 2026-09-20 10:10:00", "sign: 2026-09-20 10:10:00", "due.sign: 应为 2026-09-20 10:10:00，实为 无"),
        ("violations: [late_sign@城管局]", "violations: []", "violations: 应为 （空），实为 late_sign@城管局"),
        ("violations: [late_sign@城管局]", "timers: {sign: met}", "timers.sign: 应为 met，实为 missed"),
        ("violations: [late_sign@城管局]", "timers: {audit: met}", "timers.audit: 应为 met，实为 absent"),
        ("violations: [late_sign@城管局]", "flags: {repeat: unresolved}", "flags.repeat: 应为 unresolved，实为 否"),
        ("violations: [late_sign@城管局]", "flags: {hidden_from: [seat]}", "flags.hidden_from: 应为 seat，实为 （空）"),
        ("violations: [late_sign@城管局]", "flags: {satisfied: satisfied}", "flags.satisfied: 应为 satisfied"),
        ("violations: [late_sign@城管局]", "flags: {in_execution: true}", "flags.in_execution: 应为 是，实为 无"),
        ("violations: [late_sign@城管局]", "count: {urges: 1}", "count.urges: 应为 1，实为 0"),
        ("violations: [late_sign@城管局]", "notices: [overdue>head@城管局]", "notices: 应为 overdue>head@城管局"),
        ("violations: [late_sign@城管局]", "provisional: [sign]", "provisional: 应为 sign，实为 （空）"),
        ("violations: [late_sign@城管局]", "history: [submit, register]", "history: 应为 submit、register"),
        ("violations: [late_sign@城管局]", "says: 退回", "says: 应为 退回"),
        ("violations: [late_sign@城管局]", "refused: true", "refused: 应为 是，实为 否"),
        ("violations: [late_sign@城管局]", "refused: not_allowed_now", "refused: 应为 not_allowed_now，实为 否"),
        (
            "  do: dispatch\n  order: o1\n  with: {unit: 城管局, basis: 清单}",
            "  by: seat\n  do: sign\n  order: o1",
            "refused: 应为 否，实为 not_your_role",
        ),
    ],
)
def test_changed_expectation_fails(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], old: str, new: str, what: str
) -> None:
    assert old in STORY
    path = written(tmp_path, STORY.replace(old, new))

    status = main(["rehearse", str(path)])

    said = capsys.readouterr()
    assert status == FAILED, said
    assert what in said.out
    assert "步不符" in said.out


def test_file_that_holds_says_nothing_of_another_that_does_not(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good = written(tmp_path, STORY, "good.yaml")
    bad = written(tmp_path, STORY.replace("SUBMITTED", "DRAFT"), "bad.yaml")
    broken = written(tmp_path, "title: [", "broken.yaml")

    status = main(["rehearse", str(bad), str(broken), str(good)])

    said = capsys.readouterr()
    assert status == UNUSABLE
    assert f"✗ {bad} A story：3 步，2 步相符，1 步不符" in said.out
    assert f"✓ {good}" in said.out
    assert said.err.startswith(f"{broken}:")


@pytest.mark.parametrize(
    ("old", "new", "line", "key"),
    [
        # unknown keys anywhere
        ("title: A story", "titel: A story", 1, "titel"),
        ("level: city", "rank: city", 6, "units.城管局.rank"),
        ("  by: seat", "  who: seat", 9, "steps[1].who"),
        ("    type: help", "    kind: help", 13, "steps[1].with.kind"),
        ("status: SUBMITTED", "state: SUBMITTED", 19, "steps[1].expect.state"),
        ("{dispatch: 2026-09-20 10:10:00}", "{dispatched: 2026-09-20 10:10:00}", 20, "steps[1].expect.due.dispatched"),
        ("{dispatch: 2026-09-20 10:10:00}", "{overdue_watch: 2026-09-20}", 20, "steps[1].expect.due.overdue_watch"),
        ("violations: [late_sign@城管局]", "flags: {late: true}", 27, "steps[3].expect.flags.late"),
        ("violations: [late_sign@城管局]", "count: {calls: 1}", 27, "steps[3].expect.count.calls"),
        ("ext_window", "ext_windows", 4, "ext_windows"),
        ("    content: 人行道破损", "    emergency:\n      spot: 甲", 18, "steps[1].with.emergency.spot"),
        # what cannot be read
        ("pack: jiangyin", "pack: wuxi", 2, "wuxi"),
        ("pack: jiangyin", "pack: jiangyin@2019-01-01", 2, "jiangyin@2019-01-01"),
        ("pack: jiangyin\n", "", 1, "pack"),
        ("jiangsu_2021", "zhejiang_2021", 3, "zhejiang_2021"),
        ("any_before", "sometimes", 4, "ext_window"),
        ("ext_window: any_before", "callback.chain: [sms]", 4, "sms_answer_window"),
        ("set: {ext_window: any_before}", "set:\n  emergency:\n    track: none", 6, "emergency.track"),
        ("set: {ext_window: any_before}", "set:\n  emergency.track: none", 5, "emergency.track"),
        ("kind: government", "kind: school", 6, "units.城管局.kind"),
        ("level: city", "level: nation", 6, "units.城管局.level"),
        ("phone: 0510-1", "joined: perhaps", 6, "units.城管局.joined"),
        ("phone: 0510-1", "phone: [1]", 6, "units.城管局.phone"),
        ("- at: 2026-09-18 16:40:00\n  by", "- by", 8, "steps[1].at"),
        ("at: 2026-09-18 16:40:00", "at: someday", 8, "steps[1].at"),
        ("at: 2026-09-20 09:00:00", "at: 2026-09-18 16:39:59", 21, "steps[2].at"),
        ("at: 2026-09-18 16:40:00", "at: 2019-09-18 16:40:00", 2, "jiangyin"),
        ("  by: seat", "  by: officer", 9, "steps[1].by"),
        ("  by: seat", "  by: seat@城管局", 9, "steps[1].by"),
        ("  do: submit", "  do: submitted", 10, "steps[1].do"),
        ("  do: submit", "  do: load_calendar", 10, "steps[1].do"),
        ("  do: submit", "  do: file_contact", 10, "steps[1].do"),
        ("  do: submit\n", "", 11, "steps[1].with"),
        ("  order: o1\n  with:", "  with:", 10, "steps[1].do"),
        ("  order: o1\n  expect: {v", "  tree: t1\n  expect: {v", 26, "steps[3].tree"),
        ("    type: help", "    type: praise", 13, "steps[1].with.type"),
        ("    type: help", "    type: help\n    utility: maybe", 14, "steps[1].with.utility"),
        ("    type: help", "    type: help\n    upper_due: soon", 14, "steps[1].with.upper_due"),
        ("do: dispatch", "do: publish", 24, "steps[2].with.unit"),
        (
            "  do: dispatch\n  order: o1\n  with: {unit: 城管局, basis: 清单}",
            "  do: publish\n  order: o1\n  with: {exception: x}",
            24,
            "steps[2].with.exception",
        ),
        ("    type: help", "    type: help\n    emergency: {level: huge}", 14, "steps[1].with.emergency.level"),
        ("    type: help", "    type: help\n    emergency: fire", 14, "steps[1].with.emergency"),
        ("    type: help", "    type: help\n    place: [a]", 14, "steps[1].with.place"),
        ("violations: [late_sign@城管局]", "violations: late_sign@城管局", 27, "steps[3].expect.violations"),
        ("violations: [late_sign@城管局]", "count: {urges: many}", 27, "steps[3].expect.count.urges"),
        ("violations: [late_sign@城管局]", "timers: {sign: late}", 27, "steps[3].expect.timers.sign"),
        ("violations: [late_sign@城管局]", "status: [a]", 27, "steps[3].expect.status"),
        ("expect: {violations: [late_sign@城管局]}", "expect: [1]", 27, "steps[3].expect"),
        ("pack: jiangyin", "clauses: [JY-10.1a, JY-10.1]\npack: jiangyin", 2, "clauses"),
        ("pack: jiangyin", "clauses: JY-10.1a\npack: jiangyin", 2, "clauses"),
        ("pack: jiangyin", "clauses: [[JY-10.1a]]\npack: jiangyin", 2, "clauses"),
        ("pack: jiangyin", "pack: jiangyin\npack: suqian", 3, "pack"),
        ("title: A story", "title: [A", 2, "文件"),
    ],
)  # fmt: skip
def test_file_that_cannot_be_used_is_named_with_line_and_key(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], old: str, new: str, line: int, key: str
) -> None:
    assert old in STORY
    path = written(tmp_path, STORY.replace(old, new, 1))

    status = main(["rehearse", str(path)])

    said = capsys.readouterr()
    assert status == UNUSABLE
    assert said.out == ""
    assert said.err.startswith(f"{path}:{line}: {key}: "), said.err


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("", "文件"),
        ("- a\n", ""),
        ("title: x\nsteps: []\npack: jiangyin\n", "steps"),
        ("pack: &a [*a]\nsteps: *a\n", "文件"),
        ("pack: jiangyin\nsteps:\n- 1\n", "steps[1]"),
        ("pack: jiangyin\nsteps:\n- {at: 2026-09-18, contact: c, do: file_contact, with: {x: 1}}\n", "steps[1].with.x"),
        ("pack: jiangyin\nsteps:\n- {at: 2026-09-18, contact: c, do: change_contact, with: {effective: x}}\n",
         "steps[1].with.effective"),
        ("pack: jiangyin@2020-07-13\nsteps:\n- {at: 2019-09-18, do: submit, order: o, with: "
         "{type: help, channel: phone, appellant: citizen, publish: no, content: x}}\n", "at"),
    ],
)  # fmt: skip
def test_file_of_another_shape_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, key: str
) -> None:
    path = written(tmp_path, text)

    status = main(["rehearse", str(path)])

    said = capsys.readouterr().err
    assert status == UNUSABLE
    assert said.startswith(f"{path}:")
    assert f": {key}: " in said


def test_story_that_names_a_range_of_clauses_says_how_to_name_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = written(tmp_path, STORY.replace("pack: jiangyin", "pack: jiangyin\nclauses: [JY-10.1a, JY-10.1]"))
    exact = written(tmp_path, STORY.replace("pack: jiangyin", "pack: jiangyin\nclauses: [JY-10.1a]"), "exact.yaml")

    refused, held = main(["rehearse", str(path)]), main(["rehearse", str(exact)])

    assert (refused, held) == (UNUSABLE, HELD)
    assert "条款表里没有“JY-10.1”，请逐条写出完整编号" in capsys.readouterr().err


def test_file_that_is_not_there_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status = main(["rehearse", str(tmp_path / "none.yaml")])

    assert status == UNUSABLE
    assert "读不了这个文件" in capsys.readouterr().err


def test_file_in_another_encoding_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "gbk.yaml"
    path.write_bytes("title: 人行道".encode("gbk"))

    status = main(["rehearse", str(path)])

    assert status == UNUSABLE
    assert "UTF-8" in capsys.readouterr().err


def test_folder_of_packs_that_cannot_be_used_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status = main(["rehearse", "--packs", str(tmp_path), str(HAPPY_PATH)])

    assert status == UNUSABLE
    assert "pack.toml" in capsys.readouterr().err


def test_merge_keys_and_loose_moments_are_read(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        """
pack: jiangyin
steps:
- &seat
  at: 2026-09-18 8:40:00 Z
  do: submit
  order: o1
  with: &form {type: help, channel: phone, appellant: citizen, publish: no, content: x}
- <<: *seat
  order: o2
  with:
    <<: *form
    publish: yes
  expect: {status: SUBMITTED, due: {dispatch: 2026-09-20 10:10}}
- {at: 2026-09-19, order: o2, expect: {status: SUBMITTED, count: {orders: 2}}}
""",
    )

    assert main(["rehearse", str(path)]) == HELD


def test_empty_values_and_steps_without_an_object_are_read(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        """
pack: jiangyin
title: Nothing much
units:
steps:
- at: 2026-04-02 09:00
  expect: {due: {sign: null}, timers: {sign: absent}, violations: , count: {orders: 0}, provisional: []}
- at: 2026-04-02 09:00
  do: load_calendar
  with: {year: 2027, holidays: 2027-01-01}
  expect: {refused: calendar_malformed}
- at: 2026-04-02 09:00
  do: load_calendar
  with: {year: 2027, holidays: , workdays: [[1]]}
  expect: {refused: calendar_malformed}
- {at: 2026-04-02 09:00, do: file_contact, contact: c1, with: , expect: {refused: not_found}}
- {at: 2026-04-02 09:00, do: submit, order: o1, with: {type: report, channel: phone, appellant: citizen, content: x}}
- {at: 2026-04-02 09:01, do: propose_referral, order: o1, expect: {flags: {hidden_from: seat}}}
- {at: 2026-04-02 09:01, do: answer, order: o2, with: {article: }, expect: {refused: not_found}}
""",
    )

    assert main(["rehearse", str(path)]) == HELD


@pytest.mark.clause("SZ-0")
def test_version_in_force_changes_from_step_to_step(tmp_path: Path) -> None:
    """Clauses: SZ-49, JY-38 (a version applies from its day on)."""
    shipped = (packfiles.shipped_folder() / "jiangyin" / "pack.toml").read_text(encoding="utf-8")
    later = shipped.replace('version = "2020-07-13"', 'version = "2026-10-08"').replace(
        "effective_from = 2020-07-13", "effective_from = 2026-10-08"
    )
    folder = tmp_path / "packs" / "jiangyin"
    folder.mkdir(parents=True)
    (folder / "pack.toml").write_text(later.replace('value = "2 WH"', 'value = "1 WH"'), encoding="utf-8")
    step = "do: submit, with: {type: help, channel: phone, appellant: citizen, publish: no, content: x}"
    path = written(
        tmp_path,
        f"""
pack: jiangyin
steps:
- {{at: 2026-09-28 09:00, order: o1, {step}, expect: {{due: {{dispatch: 2026-09-28 11:00}}}}}}
- {{at: 2026-10-08 09:00, order: o2, {step}, expect: {{due: {{dispatch: 2026-10-08 10:00}}}}}}
# what was due under the old version stays
- {{at: 2026-10-08 09:00, order: o1, expect: {{due: {{dispatch: 2026-09-28 11:00}}}}}}
""",
    )

    assert main(["rehearse", "--packs", str(folder.parent), str(path)]) == HELD


@pytest.mark.clause("JY-38", "SZ-49", "SQ-0", "SQ-26")
@pytest.mark.parametrize(
    ("pack", "eve", "first"),
    [("suzhou", "2020-12-15", "2020-12-16"), ("jiangyin", "2020-07-12", "2020-07-13"),
     ("suqian", "2020-10-18", "2020-10-19")],
)  # fmt: skip
def test_no_order_of_a_day_before_the_rules_began_can_use_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], pack: str, eve: str, first: str
) -> None:
    text = "pack: {}\nsteps:\n- {{at: {} 10:00, do: register, order: o1, with: {{type: help, channel: phone}}}}\n"
    early = written(tmp_path, text.format(pack, eve), "early.yaml")
    in_time = written(tmp_path, text.format(pack, first), "in-time.yaml")

    refused, held = main(["rehearse", str(early)]), main(["rehearse", str(in_time)])

    assert (refused, held) == (UNUSABLE, HELD)
    assert f"自 {first} 起施行，{eve} 还不能适用" in capsys.readouterr().err


# --json


def test_json_has_an_object_a_step_and_one_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = written(tmp_path, STORY.replace("violations: [late_sign@城管局]", "violations: []"))

    status = main(["rehearse", "--json", str(path)])

    submitted, dispatched, looked, closing = objects(capsys.readouterr().out)
    assert status == FAILED
    assert set(submitted) == {
        "file",
        "step",
        "at",
        "order",
        "do",
        "outcome",
        "code",
        "message",
        "status",
        "due",
        "timers",
        "violations",
        "flags",
        "notices",
        "failed",
    }
    assert submitted["file"] == str(path)
    assert (submitted["step"], submitted["at"], submitted["order"]) == (1, "2026-09-18T16:40:00+08:00", "o1")
    assert (submitted["do"], submitted["outcome"], submitted["code"]) == ("submit", "ok", "")
    assert submitted["due"] == {"dispatch": "2026-09-20T10:10:00+08:00"}
    assert dispatched["timers"] == {"dispatch": "met", "sign": "running", "return": "running", "handle": "running"}
    assert dispatched["notices"] == ["dispatched>officer@城管局"]
    assert dispatched["flags"]["responsible_unit"] == "城管局"
    assert (looked["outcome"], looked["do"], looked["violations"]) == ("looked", "", ["late_sign@城管局"])
    assert looked["failed"] == [{"what": "violations", "expected": [], "found": ["late_sign@城管局"]}]
    assert closing == {"file": str(path), "title": "A story", "passed": 2, "failed": 1}


def test_json_of_a_refusal_has_its_code_and_message(capsys: pytest.CaptureFixture[str]) -> None:
    path = packfiles.shipped_folder() / "jiangyin" / "scenarios" / "D02.yaml"

    main(["rehearse", "--json", str(path)])

    refused = [each for each in objects(capsys.readouterr().out) if each.get("outcome") == "refused"]
    assert [each["code"] for each in refused] == ["field_missing", "no_more_return"]
    assert "不得再次退回" in refused[1]["message"]


def test_json_names_the_clocks_of_several_units_with_the_unit(capsys: pytest.CaptureFixture[str]) -> None:
    path = packfiles.shipped_folder() / "jiangyin" / "scenarios" / "X02-lead-and-co-units.yaml"

    main(["rehearse", "--json", str(path)])

    dispatched = next(each for each in objects(capsys.readouterr().out) if each.get("status") == "DISPATCHED")
    assert {"sign@水利局", "sign@生态环境局", "handle@住建局", "dispatch"} <= set(dispatched["timers"])


# --explain


def test_explain_derives_every_due_moment(capsys: pytest.CaptureFixture[str]) -> None:
    main(["rehearse", "--explain", str(HAPPY_PATH)])

    said = capsys.readouterr().out
    # JY-10.1a: the clause, the pack and its version, the start, what was counted, what was skipped and why
    assert (
        "    交办时限 2026-09-20 10:10:00\n"
        "      依据 JY-10.1a（参数 dispatch_limit），规则 jiangyin@2020-07-13\n"
        "      自 2026-09-18 16:40:00 起，2 个工作小时\n"
        "      计入 2026-09-18 16:40:00–17:30:00\n"
        "      计入 2026-09-20 09:00:00–10:10:00\n"
        "      不计 2026-09-19 周末\n"
    ) in said
    assert "办理（城管局）时限 2026-09-28 17:30:00" in said
    assert "      不计 2026-09-25 节假日\n" in said
    assert "      不计 2026-09-20 当日不计\n" in said


@pytest.mark.parametrize(
    ("pack", "story", "words"),
    [
        ("jiangyin", "X06-audit-rejected", "余下 工作时间8小时30分"),
        ("jiangyin", "X05-upper-limit", "至指定时刻"),
        ("jiangyin", "X19-provisional-year", "，暂定"),
        ("suqian", "X05-city-rules", "余下 2小时40分"),
        ("suqian", "D04", "计入 2026-09-30 22:30:00–2026-10-01 02:30:00"),
    ],
)
def test_explain_says_what_a_due_moment_rests_on(
    capsys: pytest.CaptureFixture[str], pack: str, story: str, words: str
) -> None:
    main(["rehearse", "--explain", str(packfiles.shipped_folder() / pack / "scenarios" / f"{story}.yaml")])

    assert words in capsys.readouterr().out


def test_explain_as_json_gives_the_lines_by_clock(capsys: pytest.CaptureFixture[str]) -> None:
    main(["rehearse", "--json", "--explain", str(HAPPY_PATH)])

    submitted = objects(capsys.readouterr().out)[0]
    assert submitted["derivations"]["dispatch"][0] == "交办时限 2026-09-20 10:10:00"
