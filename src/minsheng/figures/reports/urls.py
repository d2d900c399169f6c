"""Addresses of reports."""

from __future__ import annotations

from django.urls import path

from minsheng.figures.reports.pages import (
    assessments as assessment_pages,
)
from minsheng.figures.reports.pages import (
    board as cockpit_pages,
)
from minsheng.figures.reports.pages import (
    bulletins as bulletin_pages,
)
from minsheng.figures.reports.pages import (
    cycle as pages,
)
from minsheng.figures.reports.pages import (
    documents as document_pages,
)
from minsheng.figures.reports.pages import (
    release as release_pages,
)

app_name = "reports"
urlpatterns = [
    path("reports/", pages.index, name="index"),
    path("reports/plan", pages.plan, name="plan"),
    path("reports/<uuid:report_id>/", pages.report, name="report"),
    path("reports/<uuid:report_id>/progress", pages.progress, name="progress"),
    path("reports/<uuid:report_id>/compose", pages.compose, name="compose"),
    path("reports/<uuid:report_id>/stop", pages.stop, name="stop"),
    path("reports/<uuid:report_id>/write", pages.write, name="write"),
    path("reports/<uuid:report_id>/submit", pages.submit, name="submit"),
    path("reports/<uuid:report_id>/approve", pages.approve, name="approve"),
    path("reports/<uuid:report_id>/send_back", pages.send_back, name="send_back"),
    path("reports/<uuid:report_id>/send", pages.send, name="send"),
    path("reports/<uuid:report_id>/acknowledge", pages.acknowledge, name="acknowledge"),
    path("reports/<uuid:report_id>/instruct", pages.instruct, name="instruct"),
    path("reports/<uuid:report_id>/withdraw", pages.withdraw, name="withdraw"),
    path("reports/<uuid:report_id>/rows", document_pages.rows, name="rows"),
    path("reports/<uuid:report_id>/document.pdf", document_pages.download, {"kind": "pdf"}, name="pdf"),
    path("reports/<uuid:report_id>/document.docx", document_pages.download, {"kind": "docx"}, name="docx"),
    path("reports/<uuid:report_id>/tables.xlsx", document_pages.spreadsheet, name="xlsx"),
    path("reports/<uuid:report_id>/tables/<str:table_id>.csv", document_pages.table, name="csv"),
    path("reports/<uuid:report_id>/charts/<str:code>.csv", document_pages.chart, name="chart_csv"),
    path("assessment/", assessment_pages.index, name="assessment"),
    path("assessment/scores", assessment_pages.scores, name="scores"),
    path("assessment/population", assessment_pages.population, name="population"),
    path("assessment/<uuid:report_id>/", assessment_pages.unit, name="assessed_unit"),
    path("assessment/<uuid:report_id>/unweighed", assessment_pages.unweighed, name="unweighed"),
    path("assessment/<uuid:report_id>/<int:place>.csv", assessment_pages.weighed_for, name="weighed_for"),
    path("bulletins/", bulletin_pages.received, name="received"),
    path("bulletins/<uuid:report_id>/document.pdf", bulletin_pages.document, name="received_pdf"),
    path("bulletins/<uuid:report_id>/sign", bulletin_pages.sign, name="sign"),
    path("cockpit/", cockpit_pages.cockpit, name="cockpit"),
    path("cockpit/rows", cockpit_pages.rows, name="cockpit_rows"),
    path("cockpit/<str:part>.<str:kind>", cockpit_pages.export, name="cockpit_export"),
    path("portal/<slug:city>/releases", release_pages.index, name="releases"),
    path("portal/<slug:city>/releases/<uuid:report_id>", release_pages.release, name="release"),
    path("portal/<slug:city>/releases/<uuid:report_id>/document.pdf", release_pages.document, name="release_pdf"),
]
