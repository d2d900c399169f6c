"""The questions of a survey: kinds, skip rules, which are asked after given answers, and whether answers are whole.

Source: SZ-7b.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from minsheng.domain.orders import fields
from minsheng.domain.rejected import Rejected

SINGLE, MULTIPLE, SCALE, TEXT = KINDS = ("single", "multiple", "scale", "text")
# How people write the kinds.
_WRITTEN: Final = {"单选": SINGLE, "多选": MULTIPLE, "量表": SCALE, "文字": TEXT}
MOST: Final = 30
MOST_OPTIONS: Final = 20
ENDS: Final = ("结束", "end")
_SEPARATOR: Final = re.compile(r"[、,，/]")
_RULE: Final = re.compile(r"(?P<option>[^→]+)→(?P<to>\d{1,2}|结束|end)")
# Of a text no more is kept.
LONGEST: Final = 1_000
_LOWEST, _HIGHEST = 2, 10


@dataclass(frozen=True, slots=True)
class QuestionLine:
    """A question as somebody writes it, a line each: its words, kind, options (of a scale: how many), skip rules."""

    text: str = fields.text()
    kind: str = fields.text()
    options: str = fields.text()
    skips: str = fields.text()


@dataclass(frozen=True, slots=True)
class Question:
    """A question; `skips`: by option the number of the question that is asked next, 0 for the end."""

    text: str
    kind: str
    options: tuple[str, ...] = ()
    skips: tuple[tuple[str, int], ...] = ()


# What somebody answers: by the question's number, from 1, the options chosen, or the one text.
Answers = Mapping[int, tuple[str, ...]]


def read(lines: Sequence[QuestionLine]) -> tuple[Question, ...]:
    """Return the questions that were written. Raises: Rejected, naming the question by its number."""
    if not 1 <= len(lines) <= MOST:
        raise Rejected("questions_count", most=MOST)
    return tuple(_read(line, number, len(lines)) for number, line in enumerate(lines, start=1))


def _read(line: QuestionLine, number: int, count: int) -> Question:
    kind = _WRITTEN.get(line.kind, line.kind)
    if kind not in KINDS:
        raise Rejected("question_kind", number=number)
    options: tuple[str, ...] = ()
    if kind in (SINGLE, MULTIPLE):
        options = tuple(dict.fromkeys(each.strip() for each in _SEPARATOR.split(line.options) if each.strip()))
        if not 2 <= len(options) <= MOST_OPTIONS:
            raise Rejected("question_options", number=number, most=MOST_OPTIONS)
    elif kind == SCALE:
        written = line.options.strip() or "5"
        if not written.isdecimal() or not _LOWEST <= int(written) <= _HIGHEST:
            raise Rejected("question_scale", number=number, least=_LOWEST, most=_HIGHEST)
        options = tuple(str(each) for each in range(1, int(written) + 1))
    return Question(line.text, kind, options, _skips(line.skips, number, count, options, kind))


def _skips(written: str, number: int, count: int, options: tuple[str, ...], kind: str) -> tuple[tuple[str, int], ...]:
    found: list[tuple[str, int]] = []
    for each in (part.strip() for part in re.split(r"[;；]", written.replace("->", "→")) if part.strip()):
        rule = _RULE.fullmatch(each)
        option = rule["option"].strip() if rule else ""
        to = 0 if rule is None or rule["to"] in ENDS else int(rule["to"])
        # Only one that is chosen alone leads somewhere, and only onward: nobody is asked in a circle.
        if (
            rule is None
            or kind not in (SINGLE, SCALE)
            or option not in options
            or not (to == 0 or number < to <= count)
        ):
            raise Rejected("question_skip", number=number)
        found.append((option, to))
    return tuple(found)


def asked(questions: Sequence[Question], answers: Answers) -> tuple[int, ...]:
    """Return the numbers of the questions that are asked of somebody who answers so."""
    found: list[int] = []
    number = 1
    while 1 <= number <= len(questions):
        found.append(number)
        chosen = answers.get(number, ())
        onward = next((to for option, to in questions[number - 1].skips if option in chosen), number + 1)
        number = onward or len(questions) + 1
    return tuple(found)


def skippable(questions: Sequence[Question]) -> set[int]:
    """Return the numbers of the questions that some answer leads past."""
    found: set[int] = set()
    for number, question in enumerate(questions, start=1):
        for _, to in question.skips:
            found.update(range(number + 1, to or len(questions) + 1))
    return found


def hold(questions: Sequence[Question], answers: Answers) -> dict[int, tuple[str, ...]]:
    """Return the answers to what is asked, without those to what is skipped.

    Raises: Rejected, naming the question, for what is no answer to it or lacks; a text may be left out.
    """
    kept: dict[int, tuple[str, ...]] = {}
    for number in asked(questions, answers):
        question = questions[number - 1]
        given = tuple(dict.fromkeys(each for each in answers.get(number, ()) if each))
        if question.kind == TEXT:
            given = tuple(each[:LONGEST] for each in given[:1])
        elif not given:
            raise Rejected("question_unanswered", number=number)
        elif not set(given) <= set(question.options) or (question.kind != MULTIPLE and len(given) > 1):
            raise Rejected("answer_not_offered", number=number)
        if given:
            kept[number] = given
    return kept
