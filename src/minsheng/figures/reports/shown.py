"""What the reports' pages show, as plain values for templates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID, uuid4

from django.utils.translation import gettext as _

from minsheng import wording
from minsheng.cases.honors import queries as honors
from minsheng.domain.duties import report as duty
from minsheng.domain.indicators import BY_ID
from minsheng.domain.report_kinds import ReportKind, Section, period_of
from minsheng.figures.reports import forms
from minsheng.figures.reports.cycle import issuing
from minsheng.figures.reports.documents import fields, papers
from minsheng.figures.reports.documents.figures import Chart, Figures
from minsheng.figures.reports.models import Job, Report
from minsheng.figures.reports.queries import Line, Step
from minsheng.figures.reports.release.annual import Cell, Table

# What is being counted, in words; anything else is shown as "数据".
STAGES = {
    "appeals": "诉求", "handling": "办理", "due": "到期工单", "units": "承办单位", "classes": "类型",
    "districts": "区域", "callbacks": "回访", "calls": "话务", "threads": "论坛", "article_uses": "知识库",
    "move_car": "挪车", "deliveries": "数据共享", "delivered": "数据共享", "broadcasts": "政风热线",
    "questions": "问答", "papers": "文件", "stocks": "在册数", "incidents": "运行情况", "assessment": "单位评估",
    "violations": "监察情形",
    "months": "各月诉求", "days": "每日诉求",
}  # fmt: skip

# The section of the annual release that tells of commendations.
HONORS = "honors"


@dataclass(frozen=True, slots=True)
class Light:
    """A due moment as a light: color and word, never the color alone."""

    color: str
    word: str
    due: datetime | None


@dataclass(frozen=True, slots=True)
class ShownCell:
    """A figure on a page: how it is printed, its definition, and where the rows behind it are."""

    text: str
    change: str
    definition: str
    address: str
    is_figure: bool


@dataclass(frozen=True, slots=True)
class ShownTable:
    """A table on a page."""

    id: str
    title: str
    heads: tuple[str, ...]
    columns: tuple[str, ...]
    rows: tuple[tuple[tuple[str, ...], str, tuple[ShownCell, ...]], ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ShownSection:
    """A section on a page: its words with figures filled in, the words as they are written, tables and charts."""

    code: str
    heading: str
    level: int
    paragraphs: tuple[str, ...]
    tables: tuple[ShownTable, ...]
    charts: tuple[tuple[Chart, str], ...]
    form: forms.WordsForm | None
    is_open: bool
    is_missing: bool


def line_of(line: Line, *, now: datetime) -> dict[str, Any]:
    """Return a report as a row of the list."""
    return {
        "id": line.id,
        "kind": _(line.kind.label),
        "period": period_of(line.since, line.until).name,
        "state": wording.REPORT_STATES.get(line.status, line.status),
        "light": light_of(line.status, line.due, is_late=line.is_late, now=now),
        "sent_at": line.sent_at,
        "sent_to": line.sent_to,
        "received": line.received,
    }


def light_of(status: str, due: datetime | None, *, is_late: bool, now: datetime) -> Light | None:
    """Return how a report stands to its due moment; None for one that has none."""
    if due is None:
        return None
    if status in (duty.SENT, duty.WITHDRAWN):
        return Light("gray", _("已报送（超期）") if is_late else _("按期报送"), due)
    if due < now:
        return Light("red", _("超期未报"), due)
    return Light("yellow" if (due - now).days < 5 else "green", _("应报送"), due)


def job_of(job: Job | None) -> dict[str, Any] | None:
    """Return the last counting of a report: whether it runs, how far it is, what became of it."""
    if job is None:
        return None
    share = round(100 * job.done / job.of) if job.of else 0
    return {
        "runs": job.state in ("WAITING", "RUNNING"),
        "state": job.state,
        "stage": _(STAGES.get(job.stage, "数据")) if job.stage else "",
        "share": min(share, 100),
        "failure": job.failure,
        "stopping": job.stop_wanted,
    }


def step_of(step: Step, names: Mapping[str, str]) -> dict[str, Any]:
    """Return one fact of a report's course."""
    role = str(step.actor.get("role", ""))
    person = names.get(str(step.actor.get("person", "")), "")
    return {
        "what": wording.REPORT_EVENTS.get(step.type, step.type),
        "at": step.at,
        "who": _("系统") if role == "system" else f"{wording.ROLES.get(role, role)} {person}".strip(),
        "words": str(step.body.get("reason") or step.body.get("recipient") or step.body.get("leader") or ""),
        "is_breach": step.type == "ReportOverdue",
    }


def sections_of(
    row: Report,
    kind: ReportKind,
    counted: Figures | None,
    *,
    words: forms.WordsForm | None,
    may_write: bool,
    now: datetime,
) -> list[ShownSection]:
    """Return the report's sections; before figures are there, their headings alone."""
    names = papers.names_of(period_of(row.since, row.until), issuing.sender_of(row.city_id, now=now))
    shown = [each for each in kind.sections if may_write or not each.is_left_out(row.words)]
    return [_section(row, each, counted, words, names, may_write=may_write) for each in shown]


def table_of(table: Table, *, report: UUID) -> ShownTable:
    """Return a table for a page; figures with rows behind them are links."""
    if table.ranked:
        return _ranked(table, report)
    rows = tuple(
        (
            row.lead,
            row.label,
            tuple(_cell(dict(row.cells).get(column), report, table.id, row.label, column) for column in table.columns),
        )
        for row in table.rows
    )
    return ShownTable(table.id, table.title, table.heads, table.columns, rows, tuple(papers.notes_of(table)))


def _ranked(table: Table, report: UUID) -> ShownTable:
    """Return a ranked table: each row has names of its own, in its own order."""
    ranks = max((len(papers.ranking(row)) for row in table.rows), default=0)
    rows = []
    for row in table.rows:
        cells = []
        for name, cell, share in papers.ranking(row):
            made = _cell(cell, report, table.id, row.label, name)
            change = f"{share.shown}{share.unit}" if share is not None else ""
            cells.append(ShownCell(f"{name} {made.text}", change, made.definition, made.address, is_figure=True))
        cells += [ShownCell("", "", "", "", is_figure=False)] * (ranks - len(cells))
        rows.append((row.lead, row.label, tuple(cells)))
    columns = tuple(_("第%(rank)s位") % {"rank": place} for place in range(1, ranks + 1))
    return ShownTable(table.id, table.title, table.heads, columns, tuple(rows), tuple(papers.notes_of(table)))


def _section(
    row: Report,
    section: Section,
    counted: Figures | None,
    words: forms.WordsForm | None,
    names: Mapping[str, str],
    *,
    may_write: bool,
) -> ShownSection:
    text = row.words.get(section.code, section.text)
    wrong = words if words is not None and words.data.get("section") == section.code else None
    form = wrong
    if form is None and may_write:
        form = forms.WordsForm(
            initial={"key": uuid4(), "section": section.code, "text": text or _proposed(row, section)},
            auto_id=f"id_{section.code}_%s",
        )
    tables: Sequence[ShownTable] = ()
    charts: Sequence[tuple[Chart, str]] = ()
    paragraphs: Sequence[str] = ()
    if counted is not None:
        lines = [line.strip() for line in text.splitlines() if line.strip()]
        paragraphs = [fields.filled(line, counted, names=names) for line in lines]
        tables = [table_of(counted[each], report=row.pk) for each in section.tables if counted.has(each)]
        found = [counted.chart(code) for code in section.charts]
        charts = [(chart, chart.picture().svg) for chart in found if chart is not None and chart.categories]
    return ShownSection(
        section.code,
        section.heading or _("前言"),
        section.level,
        tuple(paragraphs),
        tuple(tables),
        tuple(charts),
        form,
        is_open=wrong is not None,
        is_missing=section.is_written and not row.words.get(section.code, "").strip(),
    )


def _proposed(row: Report, section: Section) -> str:
    """Return what the words of the section on honors may begin with: the commendations of the period (AR-1.1c)."""
    if section.code != HONORS:
        return ""
    lines = []
    for each in honors.standing(row.city_id, since=row.since, until=row.until):
        told = "，".join(filter(None, (each.document, f"{each.on:%Y-%m-%d}")))
        lines.append(f"{each.heading}获{each.year}年度通报表扬（{told}）。")
    return "\n".join(lines)


def _cell(cell: Cell | None, report: UUID, table: str, label: str, column: str) -> ShownCell:
    if cell is None:
        return ShownCell("", "", "", "", is_figure=False)
    definition = BY_ID[cell.definition].words if cell.definition in BY_ID else ""
    place = urlencode({"table": table, "row": label, "column": column})
    address = f"/reports/{report}/rows?{place}" if cell.rows and not cell.small else ""
    text = cell.shown + ("%" if cell.unit == "%" and cell.value is not None and not cell.small else "")
    return ShownCell(text, cell.change_shown, definition, address, is_figure=cell.value is not None)
