"""Addresses of the notices' pages."""

from __future__ import annotations

from django.urls import path

from minsheng.cases.notices import pages

app_name = "notices"
urlpatterns = [path("notices/", pages.latest, name="latest")]
