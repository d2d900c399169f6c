"""Reads of surveys: what everybody may see of one, its figures without a small cell, texts that name nobody."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from minsheng.cases.surveys.models import Answer, Callee, Survey
from minsheng.domain.surveys import results, survey
from minsheng.domain.surveys.questions import TEXT, Question
from minsheng.domain.surveys.results import LEAST, Figures, Given

# Rows as others pass them on.
Row = Survey


def public(city: str) -> QuerySet[Survey]:
    """Return the surveys that everybody sees: those open by a link, and published results; the newest first."""
    rows = Survey.objects.filter(city=city, version__gt=0)
    return (rows.filter(status=survey.OPEN, has_link=True) | rows.filter(status=survey.PUBLISHED)).order_by("-id")


def of(city: str, id: UUID) -> Survey | None:
    """Return a survey of a city."""
    return Survey.objects.filter(city=city, pk=id, version__gt=0).first()


def figures(row: Survey, questions: tuple[Question, ...], shares: Mapping[str, int]) -> list[Figures]:
    """Return the figures of a survey that is over; while it is open they would tell each new answer by difference."""
    if row.status not in (survey.CLOSED, survey.PUBLISHED):
        return []
    return results.figures(questions, _given(row.pk), shares)


def told(row: Survey, state: survey.Survey) -> dict[str, Any]:
    """Return what pages and exports show of a survey that is over: its figures in words, without a small cell."""
    found = [
        {
            "number": each.number,
            "text": state.questions[each.number - 1].text,
            "of": each.of,
            "cells": [_cell(cell) for cell in each.cells],
            "mean": f"{each.mean:.2f}" if each.mean is not None else "",
            "interval": f"{each.low:.2f} – {each.high:.2f}" if each.low is not None and each.high is not None else "",
        }
        for each in figures(row, state.questions, state.shares)
    ]
    return {"told": found, "purpose": state.purpose, "answers": state.answers, "seed": state.seed}


def _cell(cell: results.Cell) -> dict[str, Any]:
    share = f"{cell.share:.1%}" if cell.share is not None else ""
    interval = f"{cell.low:.1%} – {cell.high:.1%}" if cell.low is not None and cell.high is not None else ""
    return {"option": cell.option, "count": cell.count, "share": share, "interval": interval}


def districts(row: Survey) -> dict[str, int | None]:
    """Return how many answered of each district, without small numbers; nothing while the survey is open."""
    if row.status not in (survey.CLOSED, survey.PUBLISHED):
        return {}
    return results.shown_districts(_given(row.pk))


def texts(row: Survey, questions: tuple[Question, ...]) -> dict[int, list[str]]:
    """Return what was written, by question, in an order of its own; nothing where few wrote, or while it is open."""
    if row.status not in (survey.CLOSED, survey.PUBLISHED):
        return {}
    found: dict[int, list[str]] = {}
    for number, question in enumerate(questions, start=1):
        if question.kind == TEXT:
            said = [each.answers[number][0] for each in _given(row.pk) if number in each.answers]
            found[number] = sorted(said) if len(said) >= LEAST else []
    return found


def callee(survey: UUID) -> Callee | None:
    """Return somebody who is to be called, by chance."""
    return Callee.objects.filter(survey=survey, state="TO_CALL").order_by("?").first()


def callee_of(survey: UUID, order: str) -> Callee | None:
    """Return somebody of the sample by their order."""
    return Callee.objects.filter(survey=survey, order=order).first() if "\0" not in order else None


def callees(survey: UUID) -> dict[str, int]:
    """Return how many of those to be called stand how."""
    found: dict[str, int] = {}
    for state in Callee.objects.filter(survey=survey).values_list("state", flat=True):
        found[state] = found.get(state, 0) + 1
    return found


def _given(survey: UUID) -> list[Given]:
    rows: QuerySet[Answer, Any] = Answer.objects.filter(survey=survey).order_by("id")
    return [Given({int(number): tuple(chosen) for number, chosen in row.answers.items()}, row.district) for row in rows]
