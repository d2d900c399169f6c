"""Addresses of the pages of cases that are their own."""

from __future__ import annotations

from django.urls import path

from minsheng.cases.accountability import pages

app_name = "accountability"
urlpatterns = [
    path("cases/exempt", pages.exempt_page, name="exempt"),
    path("cases/<uuid:case>/evidence/<str:order>/", pages.evidence_page, name="evidence"),
]
