"""Addresses of the handbooks."""

from __future__ import annotations

from django.urls import path

from minsheng.desks.help import pages

app_name = "help"
urlpatterns = [
    path("help", pages.index, name="index"),
    path("help/<slug:role>", pages.handbook, name="role"),
]
