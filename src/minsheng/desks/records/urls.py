"""Addresses of the desk of records."""

from __future__ import annotations

from django.urls import path

from minsheng.desks.records import pages

app_name = "records"
urlpatterns = [path("records/", pages.records, name="records")]
