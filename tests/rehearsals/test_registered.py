"""A story tells of every registered life cycle by its name; what is registered by nobody is no thing of a story."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from minsheng.app.cli.main import main
from minsheng.app.cli.rehearse import HELD, UNUSABLE
from minsheng.domain import lifecycle
from minsheng.domain.cycles import PLAYED

REPORT = """
pack: suqian
steps:
- {at: 2026-03-02 09:00, do: plan, report: 月报, with: {kind: assessment_monthly, since: 2026-02-01, until: 2026-03-01,
   is_duty: true}, expect: {status: PLANNED, timers: {report_due: running}}}
- {at: 2026-03-02 09:30, do: approve, report: 月报, by: duty_leader, expect: {refused: report_not_now}}
- {at: 2026-03-03 09:00, do: compose, report: 月报, with: {digest: d}, expect: {status: DRAFT}}
- {at: 2026-03-03 09:30, do: compose, report: 月报, with: {digest: d, refused: [E1]}, expect: {refused: true}}
- {at: 2026-03-03 10:00, do: submit, report: 月报, expect: {status: REVIEW, notices: [report_submitted>duty_leader]}}
- {at: 2026-03-03 10:01, do: approve, report: 月报, by: seat, expect: {refused: not_your_role}}
- {at: 2026-03-04 10:00, do: approve, report: 月报, expect: {status: APPROVED}}
- {at: 2026-05-04 10:00, report: 月报, expect: {timers: {report_due: missed}, violations: [late_report@office]}}
- {at: 2026-05-05 10:00, do: send, report: 月报, with: {recipients: [市政府]},
   expect: {status: SENT, timers: {report_due: missed}}}
- {at: 2026-05-06 10:00, do: acknowledge, report: 月报, by: office, with: {recipient: 市政府}, expect: {status: SENT}}
"""
MOVED = """
pack: suqian
steps:
- {at: 2026-12-29 09:00, do: plan, report: r, with: {kind: k, since: 2026-11-01, until: 2026-12-01, is_duty: true}}
- {at: 2026-12-29 09:30, do: change_contact, contact: r, by: officer@城管局,
   with: {unit: 城管局, post: officer, effective: 2026-12-29}, expect: {status: PENDING}}
- {at: 2026-12-29 10:00, do: file_contact, contact: r, expect: {status: FILED, timers: {contact_change: met}}}
- {at: 2026-12-29 11:00, do: load_calendar, with: {year: 2027, holidays: [2027-01-01], workdays: []}}
- {at: 2026-12-29 11:01, report: r, expect: {status: PLANNED, timers: {report_due: running}}}
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "story.yaml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("text", [REPORT, MOVED], ids=["a report from plan to receipt", "a contact of the same name"])
def test_story_of_a_registered_life_cycle_holds(tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str) -> None:
    status = main(["rehearse", "--json", str(written(tmp_path, text))])

    said = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [each["failed"] for each in said[:-1] if each["failed"]] == []
    assert status == HELD


def told(do: str, thing: str, given: str) -> str:
    return f"pack: jiangyin\nsteps:\n- {{at: 2026-09-18, do: {do}, {thing} with: {{{given}}}}}\n"


@pytest.mark.parametrize(
    ("text", "key", "reason"),
    [
        (told("praise", "praise: t1,", "content: x"), "steps[1].praise", "没有登记这一类事项"),
        (told("approve_praise", "praise: t1,", ""), "steps[1].praise", "能演练的事项有 order、contact、report"),
        (told("submit", "order: o1, case: k1,", ""), "steps[1].case", "一个步骤只能写一件事项"),
        (told("praise", "praise: t1,", ""), "steps[1].praise", "没有登记这一类事项"),
        (told("praise_all", "order: t1,", ""), "steps[1].do", "没有“praise_all”这个命令"),
        (told("submit", "", ""), "steps[1].do", "“submit”要写明 order 或 report"),
        (told("plan", "order: o1,", ""), "steps[1].do", "“plan”要写明 report"),
        (told("plan", "report: r1,", "kind: k, since: 2026-01-01"), "steps[1].with.until", "缺少这个键"),
        (told("plan", "report: r1,", "kind: [k]"), "steps[1].with.since", "缺少这个键"),
        (told("write", "report: r1,", "section: [k], digest: d"), "steps[1].with.section", "这里应写文字"),
        (told("plan", "report: r1,", "kind: k, since: x, until: x, is_duty: x"), "steps[1].with.since", "日期应写成"),
        (told("register_paper", "paper: p1,", "issued: x"), "steps[1].with.issued", "日期应写成 2026-09-18"),
        (told("send", "report: r1,", "recipients: x"), "steps[1].with.recipients", "这里应写成列表"),
        (told("plan", "report: r1,", "kind: k, since: 2026-01-01, until: 2026-02-01, is_duty: x"),
         "steps[1].with.is_duty", "这里应写 true 或 false"),
    ],
)  # fmt: skip
def test_what_cannot_be_told_is_refused_with_its_place(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, key: str, reason: str
) -> None:
    status = main(["rehearse", str(written(tmp_path, text))])

    said = capsys.readouterr().err
    assert status == UNUSABLE
    assert f": {key}: " in said
    assert reason in said


@pytest.mark.parametrize("name", sorted(PLAYED))
def test_registered_life_cycles_are_sound(name: str) -> None:
    cycle = PLAYED[name].cycle

    assert cycle.name == name
    assert lifecycle.lint(cycle.rows, lifecycle.shape_of(cycle)) == []
