"""`minsheng rehearse FILE...`: play stories about orders under a city's rules and print what held.

Needs no database, no network and no Django. Exit status: 0 all held, 1 an expectation failed, 2 a file could not
be used.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from minsheng import wording
from minsheng.domain import clocks, rehearsal
from minsheng.domain.clocks import Timer
from minsheng.domain.faults import Faulty
from minsheng.domain.packs import Pack, Rules
from minsheng.domain.scenario import FileFault, Scenario, Unusable
from minsheng.domain.worktime import HALF, Amount, Derivation
from minsheng.gateways import packfiles
from minsheng.gateways.stories import play_file

HELD, FAILED, UNUSABLE = 0, 1, 2
MARKS = {"ok": "✓", "refused": "⊘", "looked": "·"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the files and the two ways of printing."""
    parser.add_argument("files", nargs="+", metavar="FILE", help="剧本文件（YAML），或放剧本的文件夹")
    parser.add_argument("--json", action="store_true", help="每步输出一个 JSON 对象，每个文件再输出一个")
    parser.add_argument("--explain", action="store_true", help="在每个时限下列出推算过程")
    parser.add_argument("--packs", action="append", default=[], metavar="DIR", help="另外使用这个文件夹里的规则包")


def run(args: argparse.Namespace) -> int:
    """Play the files and return the exit status."""
    try:
        library = packfiles.library(Path(each) for each in args.packs)
    except Faulty as faulty:
        for fault in faulty.faults:
            print(fault, file=sys.stderr)
        return UNUSABLE
    files = expand(args.files)
    if not files:
        print("没有找到剧本（*.yaml），没有演练。请核对文件夹。", file=sys.stderr)
        return UNUSABLE
    return play_files(files, library=library, show=_printer(as_json=args.json, explain=args.explain))


def expand(names: Sequence[str]) -> list[Path]:
    """Return the files that names and folders stand for."""
    files: list[Path] = []
    for name in names:
        path = Path(name)
        files.extend(sorted(path.glob("*.yaml")) if path.is_dir() else [path])
    return files


class Show:
    """What is said of steps and files; the two printers below say it to people and to programs."""

    def step(self, story: Scenario, result: rehearsal.Result) -> None:
        """Say what a step led to."""
        raise NotImplementedError

    def file(self, story: Scenario, held: int, failed: int) -> None:
        """Say how a file ended."""
        raise NotImplementedError

    def fault(self, fault: FileFault) -> None:
        """Say why a file cannot be used."""
        raise NotImplementedError


def play_files(files: Sequence[Path], *, library: Sequence[Pack], show: Show) -> int:
    """Play every file, say what held, and return the exit status."""
    status = HELD
    for path in files:
        try:
            story, results = play_file(path, library=library)
        except Unusable as unusable:
            show.fault(unusable.fault)
            status = UNUSABLE
            continue
        failed = sum(bool(result.failed) for result in results)
        for result in results:
            show.step(story, result)
        show.file(story, len(results) - failed, failed)
        if failed:
            status = max(status, FAILED)
    return status


def _printer(*, as_json: bool, explain: bool) -> Show:
    return JsonLines(explain=explain) if as_json else Lines(explain=explain)


class Lines(Show):
    """One line a step for people: a mark, and below it what differs."""

    def __init__(self, *, explain: bool, quiet: bool = False) -> None:
        self.explain, self.quiet = explain, quiet

    def step(self, story: Scenario, result: rehearsal.Result) -> None:
        """Print the step's line, its differences, and the derivations where they are wanted."""
        if self.quiet and not result.failed:
            return
        step = result.step
        mark = "✗" if result.failed else MARKS[result.outcome]
        what = wording.COMMANDS.get(step.do, step.do) if step.do else "查看"
        by = f"{wording.label_of_actor(step.by.role, step.by.unit)} " if step.by else ""
        line = f"{mark} {step.at:%Y-%m-%d %H:%M:%S} {step.name} {by}{what} → {_standing(result.status)}"
        print(line + (f"  [{result.code}] {result.message}" if result.code else f"  {result.message}".rstrip()))
        for failure in result.failed:
            print(f"    {failure.what}: 应为 {_text(failure.expected)}，实为 {_text(failure.found)}")
        if self.explain:
            for timer in result.timers.values():
                if timer.due is not None and any(timer in fact.clocks for fact in result.facts):
                    for text in derivation_lines(timer, result.rules):
                        print(f"    {text}")

    def file(self, story: Scenario, held: int, failed: int) -> None:
        """Print the file's line."""
        mark = "✗" if failed else "✓"
        print(f"{mark} {story.file} {story.title}：{held + failed} 步，{held} 步相符，{failed} 步不符")

    def fault(self, fault: FileFault) -> None:
        """Print why the file cannot be used."""
        print(fault, file=sys.stderr)


class JsonLines(Show):
    """One JSON object a step, and one a file, for programs."""

    def __init__(self, *, explain: bool) -> None:
        self.explain = explain

    def step(self, story: Scenario, result: rehearsal.Result) -> None:
        """Print the step's object."""
        step = result.step
        said: dict[str, Any] = {
            "file": story.file,
            "step": step.number,
            "at": step.at.isoformat(),
            "order": step.name,
            "do": step.do,
            "outcome": result.outcome,
            "code": result.code,
            "message": result.message,
            "status": result.status,
            "due": {name: _iso(timer.due) for name, timer in result.timers.items()},
            "timers": {name: timer.status for name, timer in result.timers.items()},
            "violations": list(result.violations),
            "flags": dict(result.flags),
            "notices": list(result.notices),
            "failed": [{"what": each.what, "expected": each.expected, "found": each.found} for each in result.failed],
        }
        if self.explain:
            said["derivations"] = {
                name: derivation_lines(timer, result.rules)
                for name, timer in result.timers.items()
                if timer.due is not None
            }
        print(json.dumps(said, ensure_ascii=False, default=_plain))

    def file(self, story: Scenario, held: int, failed: int) -> None:
        """Print the file's object."""
        said = {"file": story.file, "title": story.title, "passed": held, "failed": failed}
        print(json.dumps(said, ensure_ascii=False))

    def fault(self, fault: FileFault) -> None:
        """Print why the file cannot be used, for people; programs see the exit status."""
        print(fault, file=sys.stderr)


def derivation_lines(timer: Timer, rules: Rules) -> list[str]:
    """Return how a due moment came about, in Chinese, a line each: clause, pack, start, what counted, what not."""
    derived = clocks.explain(timer, rules)
    unit = f"（{timer.unit}）" if timer.unit else ""
    mark = "，暂定" if timer.provisional else ""
    due = wording.moment_text(timer.due, rules) if timer.due else "无"
    basis = timer.basis
    lines = [
        f"{wording.TIMERS[timer.name]}{unit}时限 {due}{mark}",
        f"  依据 {basis.clause or '—'}（参数 {basis.key}），规则 {basis.pack}",
        f"  自 {wording.moment_text(basis.start, rules)} 起，{_length_text(basis.length, derived)}",
    ]
    lines += [f"  计入 {_span(start, end)}" for start, end in derived.counted]
    lines += [f"  不计 {day:%Y-%m-%d} {why}" for day, why in derived.skipped]
    return lines


def _length_text(length: str, derived: Derivation) -> str:
    if length.startswith("rest "):
        return f"余下 {derived.length}"
    if length == "until":
        return "至指定时刻"
    units = {"WH": "个工作小时", "WD": "个工作日", "CH": "小时", "CD": "个自然日", "MIN": "分钟"}
    amount = Amount.parse(length)
    words = units[amount.unit]
    return f"半{words}" if amount.count == HALF else f"{amount.count} {words}"


def _span(start: datetime, end: datetime) -> str:
    same_day = start.date() == end.date()
    return (
        f"{start:%Y-%m-%d %H:%M:%S}–{end:%H:%M:%S}"
        if same_day
        else f"{start:%Y-%m-%d %H:%M:%S}–{end:%Y-%m-%d %H:%M:%S}"
    )


def _standing(status: str) -> str:
    name, _, reason = status.partition("(")
    return wording.label_of_status(name, reason.rstrip(")") or None)


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment is not None else None


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Mapping):
        return dict(value)
    return str(value)


def _text(value: object) -> str:
    if value is None:
        return "无"
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S}"
    if isinstance(value, tuple | list):
        return "、".join(str(each) for each in value) or "（空）"
    return str(value)
